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

  package init(
    add: Add, activate: Activate, scaleShift: ScaleShift, gradientSums: GradientSums, gradientApply: GradientApply,
    average: Average, averageGradient: AverageGradient, maximum: Maximum, maximumGradient: MaximumGradient,
    activateDouble: Activate, scaleShiftDouble: ScaleShift
  ) {
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
