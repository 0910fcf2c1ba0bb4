extension [Float] {
  /// The first infinite value or NaN.
  package var firstNonFiniteIndex: Int? {
    unsafe withUnsafeBufferPointer { unsafe WeightFiles.firstNonFiniteIndex($0) }
  }
}

/// The first infinite value or NaN.
func firstNonFiniteIndex(_ values: UnsafeBufferPointer<Float>) -> Int? {
  // An exponent of ones only, looked for in blocks that the compiler turns into vector instructions.
  var start = 0
  while start < values.count {
    let end = min(start + 4096, values.count)
    var largest: UInt32 = 0
    for index in start..<end { unsafe largest = max(largest, values[index].bitPattern & 0x7F80_0000) }
    if largest == 0x7F80_0000 { return (start..<end).first { unsafe !values[$0].isFinite } }
    start = end
  }
  return nil
}
