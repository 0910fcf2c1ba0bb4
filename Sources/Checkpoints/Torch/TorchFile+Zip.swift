internal import PrintableText
internal import WeightFiles

extension TorchFile {
  /// Reads the format of PyTorch since 1.6: a zip archive of `NAME/data.pkl`, `NAME/data/0`, `NAME/data/1` …
  init(zip file: ReadOnlyFile) throws(WeightFileError) {
    let archive = try ZipArchive(file)
    func refuse(_ message: String) -> WeightFileError { WeightFileError(file: file.name, message: message) }
    let suffix = "/data.pkl"
    let pickles = archive.entries.keys.filter { $0.hasSuffix(suffix) && $0.dropLast(suffix.count).allSatisfy { $0 != "/" } }
    guard let pickle = pickles.first, pickles.count == 1, let entry = archive.entries[pickle] else {
      throw refuse("is a zip archive without the one 'data.pkl' of a PyTorch checkpoint")
    }
    let prefix = String(pickle.dropLast("data.pkl".count))
    guard archive.entries[prefix + "constants.pkl"] == nil else {
      throw refuse("is a TorchScript program, of which nothing is run; save the network's state_dict() instead")
    }
    if let entry = archive.entries[prefix + "byteorder"] {
      let order = String(decoding: try archive.bytes(of: entry, limit: 64), as: UTF8.self)
      guard order == "little" else { throw refuse("has the byte order \(quoted(order)); save it again on a usual machine") }
    }
    if let entry = archive.entries[prefix + "version"] {
      let text = String(decoding: try archive.bytes(of: entry, limit: 64), as: UTF8.self).filter { !$0.isWhitespace }
      // The versions that PyTorch up to 2.x writes; see caffe2/serialize/versions.h there.
      guard let version = Int(text), (1...10).contains(version) else {
        throw refuse("has the archive version \(quoted(text)); 1 to 10 are read")
      }
    }
    var machine = PickleMachine(PickleCursor(try archive.bytes(of: entry, limit: Self.maximumPickleBytes)), dialect: .torch)
    let value = try Self.run(&machine, file: file.name)
    guard machine.cursor.left == 0 else { throw refuse("has \(machine.cursor.left) bytes behind its pickle; it is damaged") }
    var places: [String: ZipEntry] = [:]
    for (key, storage) in machine.storages {
      guard let record = archive.entries[prefix + "data/" + key] else {
        throw refuse("has no record for the storage \(quoted(key)); fetch it again")
      }
      guard record.size == storage.sizeInBytes else {
        throw refuse("has \(record.size) bytes for the storage \(quoted(key)), which needs \(storage.sizeInBytes)")
      }
      places[key] = record
    }
    dictionary = try StateDictionary(value, of: machine, file: file.name)
    storages = ZipStorages(archive: archive, places: places)
  }
}

private struct ZipStorages: TorchStorages {
  let archive: ZipArchive
  let places: [String: ZipEntry]

  func forEachPiece(
    of storage: TorchStorage, _ body: (ArraySlice<UInt8>) throws(WeightFileError) -> Void
  ) throws(WeightFileError) {
    guard let entry = places[storage.key] else { return }
    try archive.forEachPiece(of: entry, body)
  }
}
