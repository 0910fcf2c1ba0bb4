package import StrictYAML

/// What an operator allows one job: `limits` of the configuration.
package struct JobLimits: Sendable, Equatable {
  /// A limit that a field falls under; its declaration says so.
  package enum Name: String, Sendable {
    case steps, frames
  }

  package var edits: Int
  package var frames: Int
  package var steps: Int

  package init(
    edits: Int = EditLimits.maximumEdits, frames: Int = EditLimits.maximumFrames, steps: Int = EditLimits.maximumSteps
  ) {
    self.edits = edits
    self.frames = frames
    self.steps = steps
  }

  subscript(_ name: Name) -> Int {
    switch name {
    case .steps: steps
    case .frames: frames
    }
  }
}

extension Sidecar {
  /// Refuses what asks for more than is allowed, whichever field asks. What a pack does where nothing is said is looked at
  /// by `Editor`.
  package func check(_ limits: JobLimits) throws(YAMLError) {
    guard edits.count <= limits.edits else {
      throw values.place(of: Keys.edits).error("the job has \(edits.count) edits; limits.edits allows \(limits.edits)")
    }
    try inversion.values.check(limits)
    for edit in edits {
      try edit.values.check(limits)
      guard edit.frameCount > limits.frames else { continue }
      let field = edit.values.declaration.fields.first { $0.limit == .frames }
      throw (field.map { edit.values.place(of: $0) } ?? edit.values.place).error(
        "\(edit.title) makes \(edit.frameCount) pictures; limits.frames allows \(limits.frames)")
    }
  }
}

extension FieldValues {
  fileprivate func check(_ limits: JobLimits) throws(YAMLError) {
    for field in declaration.fields {
      guard let limit = field.limit, case .integer(let asked)? = self[field], asked > limits[limit] else { continue }
      throw place(of: field).error("\(field.name) is \(asked); limits.\(limit.rawValue) allows \(limits[limit])")
    }
  }
}
