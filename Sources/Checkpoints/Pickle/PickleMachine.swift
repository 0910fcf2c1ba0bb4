internal import PrintableText

/// Reads one pickle: a stack of values, a memo, and a list of objects. It builds dictionaries, lists, tuples, numbers,
/// texts, tensors' descriptions and numpy arrays, and can build nothing else.
///
/// Time and memory have limits whatever the pickle says: its length, which the caller limits, the number of values, and what
/// is copied.
struct PickleMachine {
  /// The most values on the stack, objects, and slots of the memo: a byte of a pickle makes one of dozens of bytes. PyTorch
  /// makes eight objects for a tensor.
  static let maximumCount = 1 << 17
  /// What may be copied in one pickle, in bytes: a few of a pickle's bytes can ask for a copy of something large.
  static let maximumCopies = 32 << 20

  let dialect: PickleDialect
  private(set) var cursor: PickleCursor
  private(set) var objects: [PickleObject] = []
  /// The storages that were named, by their key; PyTorch only.
  var storages: [String: TorchStorage] = [:]
  private var copies = 0
  private var stack: [PickleValue] = []
  private var marks: [Int] = []
  private var memo: [Int: PickleValue] = [:]

  init(_ cursor: PickleCursor, dialect: PickleDialect) {
    self.cursor = cursor
    self.dialect = dialect
  }

  /// Reads up to STOP.
  ///
  /// - Returns: the pickle's value; `cursor` stands behind it.
  mutating func run() throws(PickleRefusal) -> PickleValue {
    guard try cursor.byte() == PickleOpcode.protocolNumber.rawValue else { throw PickleRefusal("is no pickle") }
    let number = try cursor.byte()
    guard (2...5).contains(number) else { throw PickleRefusal("is a pickle of protocol \(number); 2 to 5 are read") }
    while true {
      let byte = try cursor.byte()
      guard let opcode = PickleOpcode(rawValue: byte), opcode != .protocolNumber else {
        throw PickleRefusal(
          "has the instruction 0x\(String(byte, radix: 16)) at byte \(cursor.position - 1) of a pickle, which no checkpoint needs; "
            + "nothing of it was run")
      }
      if opcode == .stop {
        let value = try pop()
        guard stack.isEmpty, marks.isEmpty else { throw PickleRefusal("has a pickle that ends with values left over") }
        return value
      }
      try carryOut(opcode)
    }
  }

  private mutating func carryOut(_ opcode: PickleOpcode) throws(PickleRefusal) {
    switch opcode {
    case .none: try push(.none)
    case .newTrue: try push(.bool(true))
    case .newFalse: try push(.bool(false))
    case .binInt: try push(.integer(Int(Int32(truncatingIfNeeded: cursor.unsigned(4)))))
    case .binInt1: try push(.integer(cursor.unsigned(1)))
    case .binInt2: try push(.integer(cursor.unsigned(2)))
    case .long1: try push(Self.long(cursor.bytes(cursor.unsigned(1))))
    case .long4: try push(Self.long(cursor.bytes(Int(Int32(truncatingIfNeeded: cursor.unsigned(4))))))
    case .binFloat: try push(.real(Double(bitPattern: cursor.bytes(8).reduce(0) { $0 << 8 | UInt64($1) })))
    case .binUnicode: try push(.text(cursor.text(cursor.unsigned(4))))
    case .shortBinUnicode: try push(.text(cursor.text(cursor.unsigned(1))))
    case .binUnicode8: try push(.text(cursor.text(cursor.unsigned(8))))
    case .shortBinBytes: try push(.bytes(Array(cursor.bytes(cursor.unsigned(1)))))
    case .binBytes: try push(.bytes(Array(cursor.bytes(cursor.unsigned(4)))))
    case .binBytes8, .byteArray8: try push(.bytes(Array(cursor.bytes(cursor.unsigned(8)))))
    case .frame: _ = try cursor.unsigned(8)
    case .mark:
      guard marks.count < Self.maximumCount else { throw damaged("the stack") }
      marks.append(stack.count)
    case .pop: _ = try pop()
    case .emptyTuple: try push(object: .tuple([]))
    case .emptyList: try push(object: .list([]))
    case .emptyDictionary: try push(object: .dictionary([]))
    case .tuple: try push(object: .tuple(popToMark()))
    case .tuple1: try push(object: .tuple(pop(count: 1)))
    case .tuple2: try push(object: .tuple(pop(count: 2)))
    case .tuple3: try push(object: .tuple(pop(count: 3)))
    case .append: try append(pop(count: 1))
    case .appends: try append(popToMark())
    case .setItem: try setItems(pop(count: 2))
    case .setItems: try setItems(popToMark())
    case .binGet: try push(recall(cursor.unsigned(1)))
    case .longBinGet: try push(recall(cursor.unsigned(4)))
    case .binPut: try memorize(cursor.unsigned(1))
    case .longBinPut: try memorize(cursor.unsigned(4))
    case .memoize: try memorize(memo.count)
    case .global: try push(name(module: cursor.line(), cursor.line()))
    case .stackGlobal:
      let words = try pop(count: 2)
      guard case .text(let module) = words[0], case .text(let text) = words[1] else { throw damaged("a name") }
      try push(name(module: module, text))
    case .binPersistentID: try push(object: .storage(storage(pop())))
    case .reduce:
      let parts = try pop(count: 2)
      guard case .name(let name) = parts[0], case .tuple(let arguments)? = object(parts[1]) else {
        throw PickleRefusal("calls something that is no known name; nothing of it was run")
      }
      if name == .encode {
        try push(.bytes(encoded(arguments)))
      } else {
        try push(object: result(of: name, arguments))
      }
    case .build: try build(with: pop())
    case .protocolNumber, .stop: throw damaged("an instruction")
    }
  }

  // MARK: Stack, memo, objects

  /// What a value refers to; nil for a plain one.
  func object(_ value: PickleValue) -> PickleObject? {
    if case .object(let place) = value { objects[place] } else { nil }
  }

  func damaged(_ what: String) -> PickleRefusal {
    PickleRefusal("has a pickle in which \(what) is not as it must be (byte \(cursor.position)); it is damaged")
  }

  /// Takes note of a copy about to be made.
  mutating func charge(_ bytes: Int) throws(PickleRefusal) {
    copies += bytes
    guard copies <= Self.maximumCopies else {
      throw PickleRefusal("has a pickle that copies more than \(Self.maximumCopies) bytes; it is damaged")
    }
  }

  private mutating func push(_ value: PickleValue) throws(PickleRefusal) {
    guard stack.count < Self.maximumCount else {
      throw PickleRefusal("has a pickle with more than \(Self.maximumCount) values at once; it is damaged")
    }
    stack.append(value)
  }

  private mutating func push(object: PickleObject) throws(PickleRefusal) {
    guard objects.count < Self.maximumCount else {
      throw PickleRefusal("has a pickle of more than \(Self.maximumCount) objects; it is damaged")
    }
    objects.append(object)
    try push(.object(objects.count - 1))
  }

  private mutating func pop() throws(PickleRefusal) -> PickleValue { try pop(count: 1)[0] }

  /// The topmost values, none of them below the last mark.
  private mutating func pop(count: Int) throws(PickleRefusal) -> [PickleValue] {
    guard stack.count - (marks.last ?? 0) >= count else { throw damaged("the stack") }
    let values = Array(stack.suffix(count))
    stack.removeLast(count)
    return values
  }

  private mutating func popToMark() throws(PickleRefusal) -> [PickleValue] {
    guard let mark = marks.popLast() else { throw damaged("the stack") }
    let values = Array(stack[mark...])
    stack.removeLast(values.count)
    return values
  }

  private mutating func memorize(_ slot: Int) throws(PickleRefusal) {
    guard let value = stack.last, stack.count > (marks.last ?? 0) else { throw damaged("the stack") }
    guard slot < Self.maximumCount else {
      throw PickleRefusal("has a pickle that uses slot \(slot) of its memo; at most \(Self.maximumCount) are accepted")
    }
    memo[slot] = value
  }

  private func recall(_ slot: Int) throws(PickleRefusal) -> PickleValue {
    guard let value = memo[slot] else { throw damaged("slot \(slot) of the memo") }
    return value
  }

  private mutating func append(_ values: [PickleValue]) throws(PickleRefusal) {
    let place = try top("a list")
    guard case .list(var items) = objects[place] else { throw damaged("a list") }
    objects[place] = .list([])  // so that the items are not copied
    items.append(contentsOf: values)
    objects[place] = .list(items)
  }

  private mutating func setItems(_ values: [PickleValue]) throws(PickleRefusal) {
    let place = try top("a dictionary")
    guard values.count.isMultiple(of: 2), case .dictionary(var items) = objects[place] else { throw damaged("a dictionary") }
    objects[place] = .dictionary([])  // so that the items are not copied
    for index in stride(from: 0, to: values.count, by: 2) { items.append((values[index], values[index + 1])) }
    objects[place] = .dictionary(items)
  }

  /// The place of the object on top of the stack, which stays there.
  private func top(_ what: String) throws(PickleRefusal) -> Int {
    guard case .object(let place)? = stack.last, stack.count > (marks.last ?? 0) else { throw damaged(what) }
    return place
  }

  private func name(module: String, _ name: String) throws(PickleRefusal) -> PickleValue {
    guard let known = dialect.name(module, name) else {
      let foreign = module + " " + name
      throw PickleRefusal("names \(quoted(foreign)), which no checkpoint needs; nothing of it was run", foreignName: foreign)
    }
    return .name(known)
  }

  /// BUILD: the attributes of a dictionary, which mean nothing here, or the state of numpy's objects.
  private mutating func build(with state: PickleValue) throws(PickleRefusal) {
    let place = try top("a state")
    switch objects[place] {
    case .dictionary:
      guard case .dictionary? = object(state) else { throw damaged("an attribute") }
    case .arrayType(let type): objects[place] = .arrayType(try built(type, state))
    case .array: objects[place] = .array(try array(state))
    default: throw damaged("a state")
    }
  }

  /// Two's complement of any length, little-endian.
  private static func long(_ bytes: ArraySlice<UInt8>) -> PickleValue {
    guard bytes.count <= 8 else { return .large(Array(bytes)) }
    let isNegative = (bytes.last ?? 0) >= 0x80
    return .integer(bytes.reversed().reduce(isNegative ? -1 : 0) { $0 << 8 | Int($1) })
  }
}
