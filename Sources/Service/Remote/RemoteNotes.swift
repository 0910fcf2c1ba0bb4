/// A job's record as the words that its attempt carries in `job.json`.
extension RemoteRecord {
  /// - Parameter notes: what an earlier process wrote; what is missing or cannot be read is as at the beginning.
  init(notes: [String: String]) {
    self.init()
    func number(_ key: String) -> Int { notes[key].flatMap { Int($0) } ?? 0 }
    attempt = number("attempt")
    batch = notes["batch"]
    tries = number("tries")
    mishaps = number("mishaps")
    needsTwice = notes["needs_twice"] != nil
    isAlone = notes["alone"] != nil
    ends = notes["ends"].map { $0.split(separator: "\n").map(String.init) } ?? []
  }

  var notes: [String: String] {
    var notes: [String: String] = [:]
    notes["attempt"] = String(attempt)
    notes["batch"] = batch
    if tries > 0 { notes["tries"] = String(tries) }
    if mishaps > 0 { notes["mishaps"] = String(mishaps) }
    if needsTwice { notes["needs_twice"] = "yes" }
    if isAlone { notes["alone"] = "yes" }
    if !ends.isEmpty { notes["ends"] = ends.joined(separator: "\n") }
    return notes
  }
}
