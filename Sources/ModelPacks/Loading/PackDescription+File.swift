import StrictYAML
import WeightFiles

extension PackDescription {
  /// A description with the hash of its pack.
  package struct Document: Sendable {
    package let document: PackDescription
    package let hash: String
  }

  /// What `pack.yaml` of a folder says; its files are not looked at.
  package init(folder: String) throws(PackError) {
    self = try Self.read(folder: folder).document
  }

  /// Reads `pack.yaml` of a folder.
  package static func read(folder: String) throws(PackError) -> Document {
    let path = folder + "/" + PackFileName.description
    do {
      let file = try ReadOnlyFile(path: path, name: path)
      let limit = YAMLLimits().maximumBytes
      let bytes = try file.bytes(at: 0, count: min(file.sizeInBytes, limit + 1))
      let root = try YAML.parse(bytes, file: PackFileName.description)
      let description = try PackDescription(root)
      return Document(document: description, hash: PackHash.hash(of: description, root: root))
    } catch let error as YAMLError {
      throw PackError(error)
    } catch let error as WeightFileError {
      throw PackError(error)
    } catch {
      throw PackError("\(error)")
    }
  }

  /// What each file of weights must hold, in the order of checking.
  package var plans: [(file: String, plan: TensorPlan)] {
    var plans = [(PackFileName.generator, TensorPlan(generator))]
    if let encoder {
      plans.append((PackFileName.encoder, TensorPlan(encoder)))
      if hasConventionalEncoder { plans.append((PackFileName.conventional, TensorPlan(encoder))) }
    }
    if let perceptual { plans.append((PackFileName.perceptual, TensorPlan(perceptual))) }
    if let discriminator { plans.append((PackFileName.discriminator, TensorPlan(discriminator))) }
    return plans
  }
}
