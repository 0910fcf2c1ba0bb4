import Foundation
import Kernels
import Synchronization
import TestSupport
import Testing

@Suite struct WorkersTests {
  @Test(arguments: [1, 2, 3, 16]) func everyPieceRunsExactlyOnce(_ threads: Int) {
    let workers = Workers(threads: threads)
    for pieces in [0, 1, 2, 3, 17, 1000] {
      let counts = (0..<pieces).map { _ in Counter() }
      workers.run(pieces) { piece, worker in
        #expect(worker >= 0 && worker < threads)
        counts[piece].value.add(1, ordering: .relaxed)
      }
      #expect(counts.allSatisfy { $0.value.load(ordering: .relaxed) == 1 })
    }
  }

  private final class Counter: Sendable {
    let value = Atomic<Int>(0)
  }

  /// Short jobs one after another are where a worker that wakes late could run a piece of the next job.
  @Test func manyShortJobsFromSeveralThreadsDoNotMix() async {
    let workers = Workers(threads: 4)
    await withTaskGroup(of: Int.self) { group in
      for caller in 0..<3 {
        group.addTask {
          var wrong = 0
          for job in 0..<5_000 {
            let pieces = 1 + (job + caller) % 7
            let sum = Counter()
            workers.run(pieces) { piece, _ in sum.value.add(piece + 1, ordering: .relaxed) }
            if sum.value.load(ordering: .relaxed) != pieces * (pieces + 1) / 2 { wrong += 1 }
          }
          return wrong
        }
      }
      for await wrong in group { #expect(wrong == 0) }
    }
  }

  @Test func workersThatNobodyHoldsEnd() throws {
    let before = try threadCount()
    for _ in 0..<20 { Workers(threads: 5).run(10) { _, _ in } }
    var after = try threadCount()
    // They end by themselves, soon after they have been told.
    for _ in 0..<200 where after > before + 4 {
      usleep(10_000)
      after = try threadCount()
    }
    #expect(after <= before + 4, "\(before) threads before, \(after) after")
  }

  private func threadCount() throws -> Int {
    try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count
  }
}

@Suite struct ProcessorsTests {
  /// What the control groups with these files, by their paths, allow.
  private func withGroups(
    _ membership: String, _ files: [String: String] = [:], _ body: (ControlGroups) -> Void
  ) throws {
    try withTemporaryFolder { root in
      for (path, text) in files {
        let file = root.appendingPathComponent(path)
        try FileManager.default.createDirectory(at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
        try Data(text.utf8).write(to: file)
      }
      body(ControlGroups(membership: membership, root: root.path))
    }
  }

  @Test func theTightestQuotaOnTheWayUpCounts() throws {
    try withGroups("0::/system.slice/idinvert.service\n", [
      "system.slice/idinvert.service/cpu.max": "max 100000\n",
      "system.slice/cpu.max": "150000 100000\n",
    ]) { #expect($0.processors == 1.5) }
  }

  @Test func theFirstVersionsQuotaCounts() throws {
    try withGroups("4:cpu,cpuacct:/job\n2:memory:/job\n", [
      "cpu,cpuacct/job/cpu.cfs_quota_us": "50000\n",
      "cpu,cpuacct/job/cpu.cfs_period_us": "100000\n",
      "cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
    ]) { #expect($0.processors == 0.5) }
  }

  @Test func theTightestMemoryLimitOnTheWayUpCounts() throws {
    try withGroups("0::/system.slice/idinvert.service\n", [
      "system.slice/idinvert.service/memory.max": "max\n",
      "system.slice/idinvert.service/memory.high": "3000000000\n",
      "system.slice/memory.max": "4000000000\n",
    ]) { groups in
      #expect(groups.memoryBytes == 3_000_000_000)
      #expect(groups.processors == nil)
    }
  }

  @Test(arguments: [("", nil), ("1500000000\n", 1_500_000_000)] as [(String, Int?)])
  func theFirstVersionsMemoryLimitCounts(_ limit: String, _ expected: Int?) throws {
    try withGroups("4:cpu,cpuacct:/job\n2:memory:/job\n", [
      "memory/memory.limit_in_bytes": "9223372036854771712\n",
      "memory/job/memory.limit_in_bytes": limit,
    ]) { #expect($0.memoryBytes == expected) }
  }

  @Test(arguments: ["", "nonsense", "0::/nowhere\n", "1:cpu\n", "0::no-slash\n"])
  func aMissingOrStrangeFileMeansNoLimit(_ membership: String) throws {
    try withGroups(membership) { #expect($0.processors == nil && $0.memoryBytes == nil) }
  }

  @Test func thereIsMemory() { #expect(SystemMemory.bytes > 64 << 20) }

  @Test func thereIsAtLeastOneThread() { #expect(Processors.defaultThreadCount() >= 1) }
}

@Suite(.serialized) struct BufferPoolTests {
  @Test(arguments: [0, 1, 63, 64, 65, 256, 257, 1000, 4097, 100_000, 1_500_000])
  func aReturnedBufferIsUsedAgain(_ count: Int) {
    _ = FloatBuffer(repeating: 1, count: count)
    // Other tests run at the same time, allocate too, and may take one from under us: one quiet round of ten is enough.
    let isUsedAgain = (0..<50).contains { _ in
      let before = BufferPool.statistics.systemAllocations
      for _ in 0..<10 {
        let buffer = FloatBuffer(repeating: 2, count: count)
        #expect(buffer.count == count && buffer.values.allSatisfy { $0 == 2 })
      }
      return BufferPool.statistics.systemAllocations - before < 10
    }
    #expect(isUsedAgain)
  }

  @Test("Buffers of all sizes keep their numbers when unused memory goes back to the system")
  func trimmingLeavesBuffersInUse() {
    let counts = (0..<48).map { 20_000 + $0 * 17_001 }
    func filled(_ index: Int) -> FloatBuffer { FloatBuffer(repeating: Float(index), count: counts[index]) }
    var buffers = counts.indices.map { Optional(filled($0)) }
    for round in 0..<4 {
      for index in counts.indices where index % 4 == round { buffers[index] = nil }
      BufferPool.trim()
      for index in counts.indices where index % 4 == round { buffers[index] = filled(index) }
      for (index, buffer) in buffers.enumerated() {
        #expect(buffer?.values.allSatisfy { $0 == Float(index) } == true, "round \(round), buffer \(index)")
      }
    }
  }
}
