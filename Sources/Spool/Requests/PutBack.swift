internal import Files
internal import Glibc

/// The way of a failure's originals back to the inbox: all of them, or none where a name is taken there.
struct PutBack {
  let failure: Answer
  let inbox: Folder

  private struct Move {
    var source: Folder
    var name: Name
    var newName: Name
  }

  /// - Throws: kind *refuse* when a name is taken by a new drop, or nothing may be moved; nothing was moved then.
  func run() throws(FileError) {
    let added = try added(), job = failure.marker.isFolder ? try Originals(answer: failure.folder).jobFolder() : nil
    let moves = (job == nil ? added : []) + (try moves())
    for move in moves where try isTaken(move) { throw taken(move.newName) }
    if let job { try add(added, to: job) }
    var done: [Move] = []
    for move in moves {
      do throws(FileError) {
        try self.move(move)
        done.append(move)
      } catch where error.kind == .refuse {
        // Half of a drop would be taken for a whole one, or for a part of what was dropped in this very moment.
        for move in done.reversed() { try inbox.move(move.newName, to: move.source, as: move.name) }
        throw error.errno == EEXIST ? taken(move.newName) : error
      }
    }
  }

  /// Whether something else has the name: not the file itself, or what keeps the name for it, where a move was interrupted.
  private func isTaken(_ move: Move) throws(FileError) -> Bool {
    try inbox.removeReservation(of: move.newName, from: move.source)
    guard let there = try inbox.statusIfPresent(of: move.newName) else { return false }
    return try there.identity != move.source.status(of: move.name).identity
  }

  /// What a person laid into the failure, to be used: it goes along.
  private func added() throws(FileError) -> [Move] {
    let originals = Originals(answer: failure.folder), folders = try originals.folders()
    let ours = Set([AnswerNames.error, AnswerNames.marker] + folders), known = Set(failure.marker.originals.map(\.name))
    func isAdded(_ name: Name) -> Bool { !name.hasPrefix(".") && !ours.contains(name) && !known.contains(name) }
    var moves = try failure.folder.names().sorted().filter(isAdded).map {
      Move(source: failure.folder, name: $0, newName: $0)
    }
    // In a job folder they are parts of it.
    for name in failure.marker.isFolder ? [] : folders {
      let inner = try failure.folder.folder(name)
      moves += try inner.names().sorted().filter(isAdded).map { Move(source: inner, name: $0, newName: $0) }
    }
    return moves
  }

  /// A job folder's additions go into that folder: all of them, or none where a name is taken there.
  private func add(_ added: [Move], to name: Name) throws(FileError) {
    let job = try failure.folder.folder(name)
    for addition in added where try job.contains(addition.name) {
      throw FileError(.rename, failure.folder.printablePath(of: addition.name), "\(name) has a file of that name already; remove one of them")
    }
    for addition in added { try addition.source.move(addition.name, to: job, as: addition.newName) }
  }

  private func taken(_ name: Name) -> FileError {
    FileError(.rename, inbox.printablePath(of: name), "a file of that name lies in the inbox; move it away first")
  }

  /// What is left to be moved, after an earlier try perhaps. The sidecar comes first: an image alone might start without it.
  private func moves() throws(FileError) -> [Move] {
    let originals = Originals(answer: failure.folder)
    var moves: [Move] = []
    for original in failure.marker.originals.reversed() where !original.isCopy {
      if failure.marker.isFolder {
        guard let name = try originals.jobFolder() else { continue }
        moves.append(Move(source: failure.folder, name: name, newName: original.name))
      } else if let source = try originals.find(original.name, isFailure: true) {
        moves.append(Move(source: source, name: original.name, newName: original.name))
      }
    }
    return moves
  }

  private func move(_ move: Move) throws(FileError) {
    if let there = try inbox.statusIfPresent(of: move.newName), try there.identity == move.source.status(of: move.name).identity {
      try inbox.sync()
      return try move.source.remove(move.name)
    }
    do {
      try move.source.move(move.name, to: inbox, as: move.newName)
    } catch where error.errno == EXDEV {
      if try move.source.status(of: move.name).kind == .folder {
        let partial = Folder.temporaryName(for: move.newName)
        try inbox.removeTree(partial)
        try move.source.copyTree(move.name, to: inbox, as: partial, limit: .max)
        try inbox.move(partial, to: inbox, as: move.newName)
      } else {
        try move.source.copy(move.name, to: inbox, as: move.newName, limit: .max)
      }
      try move.source.removeTree(move.name)
    }
  }
}
