/// One tensor of a safetensors file, as its header describes it.
package struct SafetensorsEntry: Sendable, Hashable {
  package let name: String
  package let type: ElementType
  /// Outermost dimension first; empty for a single number.
  package let shape: [Int]
  /// Within the data, which begins after the header.
  package let byteRange: Range<Int>

  package init(name: String, type: ElementType, shape: [Int], byteRange: Range<Int>) {
    self.name = name
    self.type = type
    self.shape = shape
    self.byteRange = byteRange
  }

  /// The number of elements.
  package var count: Int { byteRange.count / type.sizeInBytes }
}
