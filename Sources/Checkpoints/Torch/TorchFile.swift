internal import Files
internal import WeightFiles

/// Where the storages of a PyTorch file lie.
protocol TorchStorages: Sendable {
  /// Gives the bytes of a storage in order, in pieces of whole elements.
  func forEachPiece(
    of storage: TorchStorage, _ body: (ArraySlice<UInt8>) throws(WeightFileError) -> Void
  ) throws(WeightFileError)
}

/// The names and views of a PyTorch file, and where their numbers are.
struct TorchFile {
  /// A pickle of a checkpoint is a few hundred bytes for each tensor.
  static let maximumPickleBytes = 2 << 20

  let dictionary: StateDictionary
  let storages: any TorchStorages

  /// Runs a machine and passes on its refusal under the file's name.
  static func run(_ machine: inout PickleMachine, file: String) throws(WeightFileError) -> PickleValue {
    do {
      return try machine.run()
    } catch {
      throw WeightFileError(file: file, message: ForeignFile.finding(of: error.foreignName) ?? error.reason)
    }
  }
}
