package import Files

/// The sidecar that lies beside an image in a folder that is no inbox, found as an inbox finds it.
package enum SidecarBeside: Sendable, Equatable {
  case none
  /// - Parameter unused: others that could have been meant, less exactly.
  case found(Name, unused: [Name])
  /// It cannot be told which, or an editor saved it under another name: what to do.
  case doubt(String)

  /// Looks in a folder; one that cannot be read holds none.
  package init(of image: Name, in path: Name, rules: NameRules) {
    guard let folder = try? Folder(path: path), let names = try? folder.names(), let status = try? folder.status() else {
      self = .none
      return
    }
    let settling = Settling(Settling.Observation(status), at: .zero, quiet: .zero)
    let drops = DropFolder(folder: folder, rules: rules)
    for name in names + [image] {
      let kind: DropEntry.Kind? =
        switch rules.classify(name) {
        case .ignored: nil
        case .image: .image
        case .sidecar: .sidecar
        case .other: .other
        }
      if let kind { drops[name] = DropEntry(kind: name == image ? .image : kind, settling: settling, firstSeen: .zero) }
    }
    switch drops.sidecar(ofImage: image) {
    case .one(let sidecar): self = .found(sidecar, unused: drops.sidecars(alike: image).filter { $0 != sidecar }.sorted())
    case .several(let sidecars):
      let names = sidecars.map(\.description).joined(separator: " or ")
      self = .doubt("could go with \(names); rename the right one to \(image).yaml")
    case .shared(let sidecar): self = .doubt("could go with \(sidecar), as other spellings of its name could; rename that to \(image).yaml")
    case .none:
      guard let misnamed = drops.misnamedSidecars(ofImage: image).min(), let meant = rules.misnamedSidecar(misnamed) else {
        self = .none
        return
      }
      self = .doubt("\(misnamed) looks like its sidecar, saved as text by an editor; rename it to \(meant)")
    }
  }
}
