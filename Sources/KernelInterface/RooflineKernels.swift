/// What a processor can do at best: nothing but multiply-adds, nothing but loads.
package struct RooflineKernels: Sendable {
  /// `rounds` rounds of independent multiply-adds on registers; returns how many floating-point operations one round is
  /// (a multiply-add counts as two). `sink` gets one group of 16 sums, so that the work cannot be left out.
  package typealias MultiplyAdd = @convention(c) (_ rounds: Int, _ factor: Source, _ sink: Target) -> Int
  /// Adds up `count` floats, a multiple of 256, into one group of 16 sums.
  package typealias Read = @convention(c) (_ x: Source, _ count: Int, _ sink: Target) -> Void

  package init(multiplyAdd: MultiplyAdd, read: Read) {
    self.multiplyAdd = multiplyAdd
    self.read = read
  }

  package let multiplyAdd: MultiplyAdd
  package let read: Read
}
