/// Arithmetic on shapes that came from a file.
enum CheckedShape {
  /// At most this many dimensions are accepted.
  static let maximumDimensions = 8

  /// The product of the dimensions times the size of an element.
  ///
  /// - Returns: nil when a dimension is negative, there are more than eight, or the product leaves 63 bits.
  static func sizeInBytes(_ shape: [Int], _ type: ElementType) -> Int? {
    guard shape.count <= maximumDimensions else { return nil }
    var size = type.sizeInBytes
    for dimension in shape {
      guard dimension >= 0 else { return nil }
      let (product, overflows) = size.multipliedReportingOverflow(by: dimension)
      guard !overflows else { return nil }
      size = product
    }
    return size
  }
}
