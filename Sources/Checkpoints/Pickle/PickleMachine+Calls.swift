
/// What REDUCE, BUILD and persistent ids make, by name. This is all that a pickle can cause.
extension PickleMachine {
  /// REDUCE.
  mutating func result(of name: PickleName, _ arguments: [PickleValue]) throws(PickleRefusal) -> PickleObject {
    switch name {
    case .orderedDictionary: return .dictionary(try pairs(arguments))
    case .rebuildTensor: return .tensor(try tensor(arguments, counts: 4...4))
    // requires_grad, backward hooks and, since 2.1, metadata follow.
    case .rebuildTensorV2: return .tensor(try tensor(arguments, counts: 6...7))
    case .rebuildParameter:
      guard arguments.count == 3, case .tensor(let tensor)? = object(arguments[0]) else { throw damaged("a parameter") }
      return .tensor(tensor)
    case .arrayType:
      guard arguments.count == 3, case .text(let code) = arguments[0], code.utf8.count <= 8 else { throw damaged("a dtype") }
      return .arrayType(NumPyType(code: code))
    case .reconstruct, .reconstructSince2:
      guard arguments.count == 3, case .name(.array) = arguments[0] else { throw damaged("an array") }
      // Empty: BUILD says what is in it.
      return .array(NumPyArray(shape: [0], type: NumPyType(code: "u1"), isFortranOrder: false, data: .bytes([])))
    case .fromBuffer, .fromBufferSince2:
      guard arguments.count == 4, case .bytes(let bytes) = arguments[0], case .arrayType(let type)? = object(arguments[1]),
        !type.holdsObjects, case .text(let order) = arguments[3], order == "C" || order == "F"
      else { throw damaged("an array") }
      return .array(
        NumPyArray(shape: try integers(arguments[2], "a shape"), type: type, isFortranOrder: order == "F", data: .bytes(bytes)))
    default: throw PickleRefusal("calls '\(name.rawValue)', which is not to be called; it is damaged")
    }
  }

  /// A persistent id: `('storage', class, key, location, count)`, in the older format with a view behind it.
  mutating func storage(_ value: PickleValue) throws(PickleRefusal) -> TorchStorage {
    guard dialect == .torch, case .tuple(let parts)? = object(value), (5...6).contains(parts.count),
      case .text("storage") = parts[0], case .text(let key) = parts[2], case .text = parts[3]
    else { throw damaged("a storage") }
    guard case .name(let name) = parts[1], let type = name.storedType else {
      throw damaged("a storage's class")
    }
    guard case .integer(let count) = parts[4], count >= 0, count <= Int.max / 8 else { throw damaged("a storage's size") }
    if parts.count == 6 {
      guard case .none = parts[5] else {
        throw PickleRefusal("has views of storages, as PyTorch before 0.4 wrote them; load it and save it again with a newer one")
      }
    }
    let storage = TorchStorage(key: key, type: type, count: count)
    guard storages[key, default: storage] == storage else { throw damaged("a storage that is named twice") }
    storages[key] = storage
    return storage
  }

  private func tensor(_ arguments: [PickleValue], counts: ClosedRange<Int>) throws(PickleRefusal) -> TorchTensor {
    guard counts.contains(arguments.count), case .storage(let storage)? = object(arguments[0]),
      case .integer(let offset) = arguments[1]
    else { throw damaged("a tensor") }
    return try TorchTensor(
      storage: storage, offset: offset, shape: integers(arguments[2], "a shape"), strides: integers(arguments[3], "a stride"))
  }

  /// `OrderedDict()` or `OrderedDict([[key, value], …])`.
  private mutating func pairs(_ arguments: [PickleValue]) throws(PickleRefusal) -> [(key: PickleValue, value: PickleValue)] {
    guard let first = arguments.first else { return [] }
    guard arguments.count == 1, case .list(let items)? = object(first) else { throw damaged("a dictionary") }
    try charge(items.count * 64)
    var pairs: [(key: PickleValue, value: PickleValue)] = []
    for item in items {
      guard let parts = elements(item), parts.count == 2 else { throw damaged("a dictionary") }
      pairs.append((parts[0], parts[1]))
    }
    return pairs
  }

  /// `_codecs.encode(text, 'latin1')`: how protocol 2 writes bytes.
  mutating func encoded(_ arguments: [PickleValue]) throws(PickleRefusal) -> [UInt8] {
    guard arguments.count == 2, case .text(let text) = arguments[0], case .text("latin1") = arguments[1] else {
      throw damaged("a text of bytes")
    }
    try charge(text.utf8.count)
    var bytes: [UInt8] = []
    for scalar in text.unicodeScalars {
      guard let byte = UInt8(exactly: scalar.value) else { throw damaged("a text of bytes") }
      bytes.append(byte)
    }
    return bytes
  }

  /// BUILD on a dtype: `(version, byte order, …)`.
  func built(_ type: NumPyType, _ state: PickleValue) throws(PickleRefusal) -> NumPyType {
    guard case .tuple(let parts)? = object(state), parts.count >= 2, case .text(let order) = parts[1],
      ["<", ">", "|", "="].contains(order)
    else { throw damaged("a dtype's state") }
    return NumPyType(code: type.code, byteOrder: order)
  }

  /// BUILD on an array: `(version, shape, dtype, is Fortran order, data)`.
  func array(_ state: PickleValue) throws(PickleRefusal) -> NumPyArray {
    guard case .tuple(let parts)? = object(state), parts.count == 5, case .arrayType(let type)? = object(parts[2]),
      case .bool(let isFortranOrder) = parts[3]
    else { throw damaged("an array's state") }
    let shape = try integers(parts[1], "a shape")
    if type.holdsObjects {
      guard case .list(let items)? = object(parts[4]) else { throw damaged("an array of objects") }
      return NumPyArray(shape: shape, type: type, isFortranOrder: isFortranOrder, data: .objects(items))
    }
    guard case .bytes(let bytes) = parts[4] else { throw damaged("an array's bytes") }
    return NumPyArray(shape: shape, type: type, isFortranOrder: isFortranOrder, data: .bytes(bytes))
  }

  /// The items of a list or a tuple; nil for anything else.
  func elements(_ value: PickleValue) -> [PickleValue]? {
    switch object(value) {
    case .list(let items), .tuple(let items): items
    default: nil
    }
  }

  /// A short list of whole numbers: a shape, strides, layers.
  func integers(_ value: PickleValue, _ what: String) throws(PickleRefusal) -> [Int] {
    guard let items = elements(value), items.count <= 256 else { throw damaged(what) }
    var result: [Int] = []
    for item in items {
      guard case .integer(let number) = item else { throw damaged(what) }
      result.append(number)
    }
    return result
  }
}
