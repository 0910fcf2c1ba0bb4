internal import Slurm

/// What is out, as `status` and the metrics show it.
package struct RemoteSummary: Sendable, Equatable {
  package struct Job: Sendable, Equatable {
    package var id: String
    package var batch: String
    package var slurm: Int?
    package var state: String
    package var node: String
    package var attempt: Int
    package var step: Int
  }

  /// Slurm jobs by their state's word; `unclear` where Slurm may have them or not.
  package var batches: [String: Int] = [:]
  /// Why those that wait do, the most frequent first.
  package var reasons: [String] = []
  package var nodes: [String] = []
  /// Jobs that have no place yet.
  package var waiting = 0
  package var trouble: String?
  package var jobs: [Job] = []

  package init() {}
}

extension RemoteTable {
  /// - Parameter jobsAtMost: beyond so many jobs none is listed.
  package func summary(jobsAtMost: Int = .max) -> RemoteSummary {
    var summary = RemoteSummary()
    var reasons: [String: Int] = [:]
    summary.waiting = waiting.count
    summary.trouble = trouble
    var nodes: Set<String> = []
    for batch in batches.values where batch.isOut {
      let word = word(of: batch)
      summary.batches[word, default: 0] += 1
      if batch.sight?.state == .waiting, let reason = batch.sight?.reason { reasons[reason, default: 0] += 1 }
      if batch.sight?.state == .running, let node = batch.sight?.nodes, !node.isEmpty { nodes.insert(node) }
    }
    summary.nodes = nodes.sorted()
    summary.reasons = reasons.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map(\.key)
    guard entries.count <= jobsAtMost else { return summary }
    for (id, entry) in entries.sorted(by: { $0.key < $1.key }) {
      guard let name = entry.batch, let batch = batches[name] else { continue }
      summary.jobs.append(
        .init(
          id: id, batch: name, slurm: batch.sight?.id, state: word(of: batch), node: batch.sight?.nodes ?? "",
          attempt: entry.record.attempt, step: entry.step))
    }
    return summary
  }

  private func word(of batch: RemoteBatch) -> String {
    switch batch.phase {
    case .planned, .ready: "SUBMITTING"
    case .unclear: "UNCLEAR"
    case .out, .ended: batch.absentSince != nil ? "UNCLEAR" : batch.sight?.word ?? "UNCLEAR"
    }
  }
}
