internal import PrintableText
package import WeightFiles

/// A direction as another program saved it: a plain `.npy`, or one that holds a pickled dictionary, as the released ones.
package struct BoundaryFile: Sendable {
  package let shape: [Int]
  package let values: [Float]
  /// The layers that move, where the file says so.
  package let layers: [Int]?
  package let sizeInBytes: Int
  package let sha256: String

  /// The released boundaries have 44 KB each.
  package static let maximumBytes = 1 << 20

  /// - Parameter name: what messages call the file; its last path component when nil.
  /// - Throws: `WeightFileError` for anything that is not exactly such a file.
  package init(path: String, name: String? = nil) throws(WeightFileError) {
    let name = name ?? String(path.split(separator: "/").last ?? "")
    let file = try ReadOnlyFile(path: path, name: name)
    guard file.sizeInBytes <= Self.maximumBytes else {
      throw WeightFileError(
        file: name, message: "has \(file.sizeInBytes) bytes; a boundary has at most \(Self.maximumBytes)")
    }
    let start = try file.bytes(at: 0, count: min(512, file.sizeInBytes))
    if let finding = ForeignFile.finding(start: start) { throw WeightFileError(file: name, message: finding) }
    let fields = try NumPyFile.fields(of: file)
    let data = try file.bytes(at: fields.dataOffset, count: file.sizeInBytes - fields.dataOffset)
    sizeInBytes = file.sizeInBytes
    sha256 = try file.sha256()
    guard fields.holdsObjects else {
      let array = try NumPyFile(fields, data: data, name: name)
      (shape, values, layers) = (array.shape, array.floats, nil)
      return
    }
    let dictionary = try ObjectArray(data, shape: fields.shape, file: name)
    let array = try dictionary.array("boundary")
    (shape, values, layers) = (array.shape, array.floats, try dictionary.layers())
  }
}

/// The dictionary in an object array of no dimension: `numpy.save(…, {'boundary': …, 'meta_data': {…}})`.
private struct ObjectArray {
  private let machine: PickleMachine
  private let entries: [(key: PickleValue, value: PickleValue)]
  private let file: String

  init(_ data: [UInt8], shape: [Int], file: String) throws(WeightFileError) {
    var machine = PickleMachine(PickleCursor(data), dialect: .numpy)
    let value = try TorchFile.run(&machine, file: file)
    guard shape.isEmpty, machine.cursor.left == 0, case .array(let array)? = machine.object(value), array.shape.isEmpty,
      case .objects(let items) = array.data, items.count == 1, case .dictionary(let entries)? = machine.object(items[0])
    else {
      throw WeightFileError(file: file, message: "holds Python objects that are no dictionary of a boundary; save the array itself")
    }
    self.machine = machine
    self.entries = entries
    self.file = file
  }

  func array(_ key: String) throws(WeightFileError) -> NumPyFile {
    guard let value = value(key, in: entries), case .array(let array)? = machine.object(value),
      case .bytes(let bytes) = array.data
    else { throw WeightFileError(file: file, message: "has no array '\(key)' in its dictionary; save the array itself") }
    let fields = NumPyFields(
      descriptor: array.type.byteOrder + array.type.code, isFortranOrder: array.isFortranOrder, shape: array.shape)
    return try NumPyFile(fields, data: bytes, name: file)
  }

  /// `meta_data['manipulate_layers']`, or the same key beside the boundary.
  func layers() throws(WeightFileError) -> [Int]? {
    let key = "manipulate_layers"
    var found = value(key, in: entries)
    if let metadata = value("meta_data", in: entries), case .dictionary(let inner)? = machine.object(metadata) {
      found = value(key, in: inner) ?? found
    }
    guard let found else { return nil }
    do throws(PickleRefusal) {
      return try machine.integers(found, "'\(key)'")
    } catch {
      throw WeightFileError(file: file, message: "has a '\(key)' that is no list of whole numbers")
    }
  }

  /// - Precondition: of keys that occur twice, the last one counts, as in Python.
  private func value(_ key: String, in entries: [(key: PickleValue, value: PickleValue)]) -> PickleValue? {
    entries.last { if case .text(key) = $0.key { true } else { false } }?.value
  }
}
