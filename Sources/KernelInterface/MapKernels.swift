/// Element by element and channel by channel passes over blocked maps.
package struct MapKernels: Sendable {
  /// `c = a + b` over `count` floats.
  package typealias Add = @convention(c) (_ a: Source, _ b: Source, _ c: Target, _ count: Int) -> Void
  /// `y = lrelu(x + noise · weight + bias)`; `sums` gets Σy and Σy² of each lane.
  package typealias Activate = @convention(c) (
    _ x: Source, _ noise: Source, _ weight: Source, _ bias: Source, _ y: Target, _ pixels: Int, _ sums: Target
  ) -> Void
  /// `out = scale · y + shift` by lane.
  package typealias ScaleShift = @convention(c) (
    _ y: Source, _ scale: Source, _ shift: Source, _ out: Target, _ pixels: Int
  ) -> Void
  /// Σg and Σg·y of each lane.
  package typealias GradientSums = @convention(c) (_ g: Source, _ y: Source, _ pixels: Int, _ sums: Target) -> Void
  /// `dx = lrelu'(y) · (a · g + p · y + q)` by lane.
  package typealias GradientApply = @convention(c) (
    _ g: Source, _ y: Source, _ a: Source, _ p: Source, _ q: Source, _ dx: Target, _ pixels: Int
  ) -> Void
  /// Output rows `first ..< first + count` of the mean of 2×2 pixels; `width` is the input's.
  package typealias Average = @convention(c) (
    _ x: Source, _ width: Int, _ first: Int, _ count: Int, _ y: Target
  ) -> Void
  package typealias AverageGradient = @convention(c) (
    _ g: Source, _ width: Int, _ first: Int, _ count: Int, _ gx: Target
  ) -> Void
  /// The largest of 2×2 pixels and which it was (0...3, the first of equals).
  package typealias Maximum = @convention(c) (
    _ x: Source, _ width: Int, _ first: Int, _ count: Int, _ y: Target, _ argument: Target
  ) -> Void
  package typealias MaximumGradient = @convention(c) (
    _ g: Source, _ argument: Source, _ width: Int, _ first: Int, _ count: Int, _ gx: Target
  ) -> Void
  /// `y = scale · x + shift` by lane, then leaky ReLU with that slope (1 for none).
  package typealias AffineActivate = @convention(c) (
    _ x: Source, _ scale: Source, _ shift: Source, _ slope: Float, _ y: Target, _ pixels: Int
  ) -> Void
  /// Σ(x - shift) and Σ(x - shift)² of each lane.
  package typealias ShiftedSums = @convention(c) (_ x: Source, _ shift: Source, _ pixels: Int, _ sums: Target) -> Void
  /// `out = g · lrelu'(y)` over `count` floats; what is not above zero has the slope.
  package typealias Slope = @convention(c) (_ g: Source, _ y: Source, _ slope: Float, _ out: Target, _ count: Int) -> Void
  /// Σg and Σg·noise of each lane, noise being one number for each pixel.
  package typealias NoiseSums = @convention(c) (_ g: Source, _ noise: Source, _ pixels: Int, _ sums: Target) -> Void
  /// `out = a · g + p · x + q` by lane.
  package typealias Combine = @convention(c) (
    _ g: Source, _ x: Source, _ a: Source, _ p: Source, _ q: Source, _ out: Target, _ pixels: Int
  ) -> Void

  package init(
    affineActivate: AffineActivate, shiftedSums: ShiftedSums, slope: Slope, noiseSums: NoiseSums, combine: Combine,
    add: Add,
    activate: Activate, scaleShift: ScaleShift, gradientSums: GradientSums, gradientApply: GradientApply,
    average: Average, averageGradient: AverageGradient, maximum: Maximum, maximumGradient: MaximumGradient,
    activateDouble: Activate, scaleShiftDouble: ScaleShift
  ) {
    self.affineActivate = affineActivate
    self.shiftedSums = shiftedSums
    self.slope = slope
    self.noiseSums = noiseSums
    self.combine = combine
    self.add = add
    self.activate = activate
    self.scaleShift = scaleShift
    self.gradientSums = gradientSums
    self.gradientApply = gradientApply
    self.average = average
    self.averageGradient = averageGradient
    self.maximum = maximum
    self.maximumGradient = maximumGradient
    self.activateDouble = activateDouble
    self.scaleShiftDouble = scaleShiftDouble
  }

  package let affineActivate: AffineActivate
  package let shiftedSums: ShiftedSums
  package let slope: Slope
  package let noiseSums: NoiseSums
  package let combine: Combine
  package let add: Add
  package let activate: Activate
  package let scaleShift: ScaleShift
  package let gradientSums: GradientSums
  package let gradientApply: GradientApply
  package let average: Average
  package let averageGradient: AverageGradient
  package let maximum: Maximum
  package let maximumGradient: MaximumGradient
  /// The same in double precision, rounded once: the same bytes on every instruction set.
  package let activateDouble: Activate
  package let scaleShiftDouble: ScaleShift
}
