internal import Checkpoints
internal import ModelPacks
internal import PrintableText
internal import WeightFiles

/// A checkpoint that is of the expected network, with the names of its tensors as the released code has them.
struct ImportedNetwork {
  let checkpoint: Checkpoint
  let source: PackSource
  /// What a wrapper of the network in training put before all names.
  private let prefix: String

  /// - Throws: `PackError` for a file that cannot be read, and for one that is of something else, with what to do.
  init(_ path: String, _ kind: NetworkKind) throws(PackError) {
    do throws(WeightFileError) {
      checkpoint = try Checkpoint(path: path)
      source = PackSource(
        file: printable(checkpoint.name), sha256: try checkpoint.sha256(), bytes: checkpoint.sizeInBytes)
    } catch {
      throw PackError(error)
    }
    let wrapper = "module."
    prefix = checkpoint.tensors.allSatisfy { $0.name.hasPrefix(wrapper) } ? wrapper : ""
    let option = kind.option ?? ""
    let found = NetworkKind(names: Set(tensors.map(\.name)), others: checkpoint.others)
    guard found != kind else { return }
    if case .foreign(let finding) = found { throw refuse(finding) }
    if let right = found.option { throw refuse("was given as \(option), but holds what \(right) takes") }
    let others = checkpoint.others.prefix(4).map { quoted($0) }.joined(separator: ", ")
    guard !checkpoint.tensors.isEmpty else {
      throw refuse(
        others.isEmpty
          ? "holds no tensors"
          : "holds \(others) and no tensors of a network; save one network's state dictionary by itself: "
            + "torch.save(network.state_dict(), …)")
    }
    throw refuse(
      "is not what \(option) takes: it has \(quoted(tensors[0].name)) and \(tensors.count - 1) more tensors, "
        + "and not those of genforce/idinvert_pytorch")
  }

  var tensors: [(name: String, shape: [Int], type: ElementType)] {
    checkpoint.tensors.map { (String($0.name.dropFirst(prefix.count)), $0.shape, $0.type) }
  }

  func shape(_ name: String) -> [Int]? { checkpoint.tensor(prefix + name)?.shape }

  /// The shape of a tensor that has to be there.
  func require(_ name: String, dimensions: Int) throws(PackError) -> [Int] {
    guard let shape = shape(name) else { throw refuse("'\(name)' is missing; is the file whole?") }
    guard shape.count == dimensions, shape.allSatisfy({ $0 > 0 }) else {
      throw refuse("'\(name)' has shape \(shape); \(dimensions) dimensions are needed")
    }
    return shape
  }

  func refuse(_ message: String) -> PackError { PackError("\(checkpoint.name): \(message)") }

  /// Compares with what the settings imply, before anything is written.
  func check(_ plan: TensorPlan) throws(PackError) {
    try plan.check(tensors, of: checkpoint.name, impliedBy: "the rest of the file")
  }

  /// A tensor's numbers, each of which must be finite.
  func forEachPiece(of name: String, _ take: ([Float]) throws(PackError) -> Void) throws(PackError) {
    var failure: PackError?
    do throws(WeightFileError) {
      try checkpoint.forEachPiece(ofFloats: prefix + name) { piece throws(WeightFileError) in
        guard failure == nil else { return }
        if let index = piece.firstNonFiniteIndex {
          failure = refuse("'\(name)' has the value \(piece[index]); every value must be finite")
          return
        }
        do throws(PackError) { try take(piece) } catch { failure = error }
      }
    } catch {
      throw PackError(error)
    }
    if let failure { throw failure }
  }

  func numbers(_ name: String) throws(PackError) -> [Float] {
    var result: [Float] = []
    try forEachPiece(of: name) { piece throws(PackError) in result.append(contentsOf: piece) }
    return result
  }
}
