import Foundation
import Spool
import Synchronization
import Testing

/// The one thing in which threads wait for each other.
@Suite struct BlockingQueueTests {
  @Test func whatIsInItComesInOrder() {
    let queue = BlockingQueue<Int>()
    for number in 1...3 { queue.add(number) }
    #expect(queue.elements == [1, 2, 3] && queue.count == 3)
    #expect(queue.remove { $0 == 2 } == 2 && queue.remove { $0 == 2 } == nil)
    #expect([queue.next(), queue.next(timeout: .zero), queue.next(timeout: .milliseconds(1))] == [1, 3, nil])
  }

  @Test func aFinishedQueueGivesWhatIsInItAndAClosedOneNothing() {
    let (finished, closed) = (BlockingQueue<Int>(), BlockingQueue<Int>())
    for queue in [finished, closed] { queue.add(1) }
    finished.finish()
    closed.close()
    #expect([finished.next(), finished.next()] == [1, nil])
    #expect(closed.next() == nil && closed.elements == [1])
  }

  @Test func whoWaitsIsWokenByAnElementAndByTheEnd() {
    let queue = BlockingQueue<Int>()
    let (got, ended) = (BlockingQueue<Int>(), Latch())
    Thread.detachNewThread {
      while let number = queue.next() { got.add(number) }
      ended.open()
    }
    queue.add(7)
    #expect(got.next(timeout: .seconds(5)) == 7)
    #expect(!ended.wait(.milliseconds(1)))
    queue.close()
    #expect(ended.wait(.seconds(5)))
  }

  @Test func aBellRousesOnceForManyRingsAlsoBeforeTheWait() {
    let bell = Bell()
    for _ in 0..<3 { bell.ring() }
    let start = ContinuousClock.now
    bell.wait()
    bell.wait(.milliseconds(20))
    #expect(ContinuousClock.now - start >= .milliseconds(20))
  }

  /// Waits that end by their time in the moment in which they are given something lose nothing.
  @Test func nothingIsLostOrGivenTwiceBetweenManyThreads() {
    let (queue, got) = (BlockingQueue<Int>(), BlockingQueue<Int>())
    let (count, threads) = (4000, 4)
    let ended = (0..<threads).map { _ in Latch() }
    for end in ended {
      Thread.detachNewThread {
        while true {
          guard let number = queue.next(timeout: .microseconds(50)) else { continue }
          if number < 0 { break }
          got.add(number)
        }
        end.open()
      }
    }
    for number in 0..<count { queue.add(number) }
    for _ in 0..<threads { queue.add(-1) }
    for end in ended { #expect(end.wait(.seconds(60))) }
    #expect(got.elements.sorted() == Array(0..<count))
  }
}
