package import struct Foundation.Date

/// Time since a fixed instant that never jumps.
package typealias Moment = Duration

/// Where the spool reads the time; a test hands it another.
package struct SpoolClock: Sendable {
  /// For waiting.
  package var now: @Sendable () -> Moment
  /// For what people and later processes read.
  package var date: @Sendable () -> Date

  package init(now: @escaping @Sendable () -> Moment, date: @escaping @Sendable () -> Date) {
    self.now = now
    self.date = date
  }

  /// The machine's clocks.
  package static let system: SpoolClock = {
    let start = ContinuousClock.now
    return SpoolClock(now: { start.duration(to: .now) }, date: { Date() })
  }()
}
