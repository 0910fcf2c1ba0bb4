internal import WeightFiles

extension TorchFile {
  /// 0x1950a86a20f9469cfc6c, the number that the older format begins with.
  private static let magic: [UInt8] = [0x6C, 0xFC, 0x9C, 0x46, 0xF9, 0x20, 0x6A, 0xA8, 0x50, 0x19]
  private static let protocolVersion = 1001

  /// Reads the format of PyTorch before 1.6, in which the released weights are: pickles of a magic number, a protocol
  /// version, facts about the machine, the object and the storages' keys; then for each key a count and the numbers.
  init(stream file: ReadOnlyFile) throws(WeightFileError) {
    func refuse(_ message: String) -> WeightFileError { WeightFileError(file: file.name, message: message) }
    let head = try file.bytes(at: 0, count: min(file.sizeInBytes, 2 * Self.maximumPickleBytes))
    var cursor = PickleCursor(head)
    func next() throws(WeightFileError) -> (PickleMachine, PickleValue) {
      var machine = PickleMachine(cursor, dialect: .torch)
      let value = try Self.run(&machine, file: file.name)
      cursor = machine.cursor
      return (machine, value)
    }
    guard case .large(Self.magic) = try next().1 else {
      throw refuse("is a pickle, but not one of PyTorch; checkpoints of torch.save are read")
    }
    guard case .integer(Self.protocolVersion) = try next().1 else {
      throw refuse("is of a protocol of PyTorch that is not known; \(Self.protocolVersion) is read")
    }
    let (facts, system) = try next()
    guard case .dictionary(let entries)? = facts.object(system) else { throw refuse("says nothing about its machine; it is damaged") }
    for case (.text("little_endian"), let value) in entries {
      guard case .bool(true) = value else { throw refuse("is of a big-endian machine; save it again on a usual one") }
    }
    let (machine, value) = try next()
    let (list, keys) = try next()
    guard case .list(let items)? = list.object(keys) else { throw refuse("has no list of its storages; it is damaged") }
    var places: [String: Int] = [:]
    var position = cursor.position
    for item in items {
      guard case .text(let key) = item, let storage = machine.storages[key], places[key] == nil else {
        throw refuse("lists a storage that its tensors do not use, or one twice; it is damaged")
      }
      guard file.sizeInBytes - position >= 8 else { throw refuse("ends before its storages do; fetch it again") }
      let count = try file.bytes(at: position, count: 8).reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      guard count == UInt64(storage.count) else {
        throw refuse("has \(Int64(bitPattern: count)) elements for a storage of \(storage.count); it is damaged")
      }
      position += 8
      guard file.sizeInBytes - position >= storage.sizeInBytes else {
        throw refuse("ends before its storages do; fetch it again")
      }
      places[key] = position
      position += storage.sizeInBytes
    }
    guard places.count == machine.storages.count else { throw refuse("has no numbers for some of its tensors; it is damaged") }
    guard position == file.sizeInBytes else {
      throw refuse("has \(file.sizeInBytes - position) bytes behind its last storage; it is damaged, or two files in one")
    }
    dictionary = try StateDictionary(value, of: machine, file: file.name)
    storages = StreamStorages(file: file, places: places)
  }
}

private struct StreamStorages: TorchStorages {
  let file: ReadOnlyFile
  let places: [String: Int]

  func forEachPiece(
    of storage: TorchStorage, _ body: (ArraySlice<UInt8>) throws(WeightFileError) -> Void
  ) throws(WeightFileError) {
    guard let place = places[storage.key] else { return }
    var done = 0
    while done < storage.sizeInBytes {
      let piece = try file.bytes(at: place + done, count: min(1 << 20, storage.sizeInBytes - done))
      try body(piece[...])
      done += piece.count
    }
  }
}
