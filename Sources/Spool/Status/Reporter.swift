internal import Files

/// The voice of the spool's loop and its parts: events go to the listener at once, a trouble once until it has passed.
/// Parts speak to it and never ask it anything.
final class Reporter {
  private let desk: FrontDesk
  private var troubles = Troubles()
  private var toldLacks = 0

  init(desk: FrontDesk) {
    self.desk = desk
  }

  /// What the status shows of troubles; nil where there are none.
  var trouble: String? { troubles.reason }

  func emit(_ event: SpoolEvent) {
    desk.emit(event)
  }

  /// Something that the status shows is new.
  func statusChanged() {
    desk.markDirty()
  }

  /// Something failed that may pass.
  func met(_ trouble: FileError, at source: Troubles.Source) {
    if trouble.message != troubles.reason { statusChanged() }
    if troubles.met(trouble.message, at: source) { emit(.trouble(reason: trouble.message)) }
  }

  /// It succeeded.
  func over(at source: Troubles.Source) {
    guard troubles.over(at: source) else { return }
    statusChanged()
    emit(.troubleOver)
  }

  /// Nothing is looked at there any more.
  func forget(_ place: Place) {
    if troubles.forget(place) { emit(.troubleOver) }
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
