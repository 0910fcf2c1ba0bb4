import Dispatch
import Foundation
import Kernels
import Service
import Synchronization
import Testing

@Suite struct AdmissionTests {
  /// A job on a thread of its own that runs until it is told to end.
  private final class Job: Sendable {
    private let mayEnd = DispatchSemaphore(value: 0)
    private let hasEnded = DispatchSemaphore(value: 0)
    private let state = Mutex((isRunning: false, givesUp: false, threads: 0))

    init(_ admission: Admission, bytes: Int, isAlone: Bool = false) {
      Thread.detachNewThread { [self] in
        try? admission.run(bytes: bytes, isAlone: isAlone, whileWaiting: checkWhetherToGiveUp) { place in
          state.withLock { $0.isRunning = true }
          mayEnd.wait()
          admission.divide(place)
          state.withLock { $0.threads = Workers.current.threads }
        }
        hasEnded.signal()
      }
    }

    private func checkWhetherToGiveUp() throws {
      if state.withLock({ $0.givesUp }) { throw CancellationError() }
    }

    /// Runs soon, within a time that a busy machine keeps.
    var runs: Bool {
      for _ in 0..<500 {
        if state.withLock({ $0.isRunning }) { return true }
        usleep(10_000)
      }
      return false
    }

    /// Does not run, although there was time to.
    var waits: Bool {
      usleep(100_000)
      return !state.withLock { $0.isRunning }
    }

    /// - Returns: the threads it had at its end.
    @discardableResult
    func end() -> Int {
      mayEnd.signal()
      hasEnded.wait()
      return state.withLock { $0.threads }
    }

    func giveUp() {
      state.withLock { $0.givesUp = true }
      hasEnded.wait()
    }
  }

  @Test func jobsRunSideBySideAsLongAsTheyFit() {
    let admission = Admission(bytes: 100)
    let first = Job(admission, bytes: 40)
    #expect(first.runs)
    let second = Job(admission, bytes: 60)
    #expect(second.runs)
    let third = Job(admission, bytes: 1)
    #expect(third.waits)
    #expect(admission.count == 2)
    first.end()
    #expect(third.runs)
    second.end()
    third.end()
    #expect(admission.count == 0)
  }

  @Test func aJobThatNeedsMoreThanThereIsRunsByItself() {
    let admission = Admission(bytes: 100)
    let large = Job(admission, bytes: 1000)
    #expect(large.runs)
    let small = Job(admission, bytes: 1)
    #expect(small.waits)
    large.end()
    #expect(small.runs)
    small.end()
  }

  /// Three jobs that came one after another: the second waits for the first, and the third, which would fit, for the second.
  private func threeOfWhichTwoWait(
    _ admission: Admission, secondBytes: Int, secondIsAlone: Bool = false
  ) -> (Job, Job, Job) {
    let first = Job(admission, bytes: 60)
    #expect(first.runs)
    let second = Job(admission, bytes: secondBytes, isAlone: secondIsAlone)
    #expect(second.waits)
    let third = Job(admission, bytes: 10)
    #expect(third.waits)
    return (first, second, third)
  }

  @Test func whoNeedsMuchIsNotPassedOver() {
    let (first, large, small) = threeOfWhichTwoWait(Admission(bytes: 100), secondBytes: 60)
    first.end()
    #expect(large.runs && small.runs)
    large.end()
    small.end()
  }

  @Test func aJobThatMayEndTheProcessRunsAlone() {
    let (first, suspect, third) = threeOfWhichTwoWait(Admission(bytes: 100), secondBytes: 1, secondIsAlone: true)
    first.end()
    #expect(suspect.runs)
    #expect(third.waits)
    suspect.end()
    #expect(third.runs)
    third.end()
  }

  @Test func whoGivesUpWaitingMakesWay() {
    let admission = Admission(bytes: 100)
    let (first, large, small) = threeOfWhichTwoWait(admission, secondBytes: 60)
    large.giveUp()
    #expect(small.runs)
    first.end()
    small.end()
    #expect(admission.count == 0)
  }

  @Test func threadsAreDividedAmongThoseThatRun() {
    let all = Workers.common.threads
    let admission = Admission(bytes: 100)
    let first = Job(admission, bytes: 1)
    #expect(first.runs)
    let second = Job(admission, bytes: 1)
    #expect(second.runs)
    // The first of two gets the odd one; who is left over has all.
    #expect(first.end() == max(1, all - all / 2))
    #expect(second.end() == all)
    #expect(Workers.current.threads == all)
  }
}
