/// How often something is due, and how fast it goes: the only clock of a training, which decides nothing but what is shown
/// and when it is saved.
struct Pace {
  private let clock = ContinuousClock()
  private var last: ContinuousClock.Instant
  private let interval: Duration

  init(every seconds: Double) {
    interval = .seconds(seconds)
    last = clock.now
  }

  mutating func isDue() -> Bool {
    guard clock.now - last >= interval else { return false }
    last = clock.now
    return true
  }
}

/// Images a second over about the last minute.
struct Speedometer {
  private let clock = ContinuousClock()
  private var marks: [(time: ContinuousClock.Instant, images: Int)] = []

  mutating func note(_ images: Int) {
    let now = clock.now
    marks.append((now, images))
    while marks.count > 2, now - marks[0].time > .seconds(60) { marks.removeFirst() }
  }

  var imagesPerSecond: Double? {
    guard let first = marks.first, let last = marks.last, last.images > first.images else { return nil }
    let seconds = (last.time - first.time) / .seconds(1)
    return seconds > 0 ? Double(last.images - first.images) / seconds : nil
  }

  mutating func restart() { marks = [] }
}
