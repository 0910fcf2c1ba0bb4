internal import Files

/// The voice of the spool's loop and its parts: events go to the listener at once, a trouble once until it has passed.
/// Parts speak to it and never ask it anything.
final class Reporter {
  private let desk: FrontDesk
  private var troubles = Troubles()
  private var toldLacks = 0

  /// Gives a sign of life: the loop turns, or gets on with what is long.
  let alive: @Sendable () -> Void

  init(desk: FrontDesk, alive: @escaping @Sendable () -> Void) {
    self.desk = desk
    self.alive = alive
  }

  func emit(_ event: SpoolEvent) {
    desk.emit(event)
  }

  /// Something that the status shows is new.
  func statusChanged() {
    desk.totals.markDirty()
  }

  /// Something failed that may pass.
  func met(_ trouble: FileError, at source: Troubles.Source) {
    let isNews = troubles.met(trouble.message, at: source)
    desk.totals.trouble(troubles.reason)
    if isNews { emit(.trouble(reason: trouble.message)) }
  }

  /// It succeeded.
  func over(at source: Troubles.Source) {
    end(troubles.over(at: source))
  }

  /// Nothing is looked at there any more.
  func forget(_ place: Place) {
    end(troubles.forget(place))
  }

  private func end(_ isLast: Bool) {
    desk.totals.trouble(troubles.reason)
    if isLast { emit(.troubleOver) }
  }

  /// Tells what file systems turned out not to be able to do.
  func tellLacks() {
    let lacks = FileSystems.current.lacks
    for lack in lacks.dropFirst(toldLacks) {
      emit(.fileSystemLacks(path: lack.path, what: lack.capability.consequence))
    }
    toldLacks = lacks.count
  }
}
