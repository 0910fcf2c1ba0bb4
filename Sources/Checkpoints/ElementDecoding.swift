internal import WeightFiles

/// Little-endian elements as numbers.
enum ElementDecoding {
  /// - Precondition: the type is a floating-point one; the bytes are whole elements.
  static func floats(_ bytes: ArraySlice<UInt8>, _ type: ElementType) -> [Float] {
    switch type {
    case .float32: words(bytes, UInt32.self).map(Float.init(bitPattern:))
    case .float16: words(bytes, UInt16.self).map { Float(Float16(bitPattern: $0)) }
    case .bfloat16: words(bytes, UInt16.self).map { Float(bitPattern: UInt32($0) << 16) }
    default: doubles(bytes, type).map(Float.init)
    }
  }

  static func doubles(_ bytes: ArraySlice<UInt8>, _ type: ElementType) -> [Double] {
    switch type {
    case .float64: words(bytes, UInt64.self).map(Double.init(bitPattern:))
    case .float32, .float16, .bfloat16: floats(bytes, type).map(Double.init)
    case .int64: words(bytes, Int64.self).map(Double.init)
    case .int32: words(bytes, Int32.self).map(Double.init)
    case .int16: words(bytes, Int16.self).map(Double.init)
    case .int8: words(bytes, Int8.self).map(Double.init)
    case .uint64: words(bytes, UInt64.self).map(Double.init)
    case .uint32: words(bytes, UInt32.self).map(Double.init)
    case .uint16: words(bytes, UInt16.self).map(Double.init)
    case .uint8: bytes.map(Double.init)
    case .bool: bytes.map { $0 == 0 ? 0 : 1 }
    }
  }

  private static func words<Word: FixedWidthInteger & BitwiseCopyable>(_ bytes: ArraySlice<UInt8>, _ type: Word.Type) -> [Word] {
    let size = Word.bitWidth / 8
    return unsafe bytes.withUnsafeBytes { buffer in
      (0..<buffer.count / size).map { unsafe Word(littleEndian: buffer.loadUnaligned(fromByteOffset: $0 * size, as: Word.self)) }
    }
  }
}
