internal import Files
internal import Glibc

/// Watches inboxes: chooses how, hears what the kernel tells of them, notices those that are lost. Owns inotify and the
/// moments of the scans; what lies in inboxes it does not know.
struct InboxWatcher {
  /// One inbox.
  struct Inbox {
    let configuration: WatchConfiguration
    /// With links resolved at start.
    let path: Name
    fileprivate(set) var mode: WatchMode = .poll
    /// Why it is lost; nil while it is watched.
    fileprivate(set) var lost: String?
    fileprivate(set) var nextRescan: Moment = .zero
    fileprivate var hasBeenFound = false
    fileprivate var hasToldMode = false
    fileprivate var isParentWatched = false

    init(_ configuration: WatchConfiguration) {
      self.configuration = configuration
      path = resolved(configuration.inbox)
    }
  }

  /// What the kernel's events ask for.
  enum Hint {
    case look(Spot, isCreated: Bool, isClosed: Bool)
    /// This folder is gone.
    case lost(Place)
    /// Somebody wrote, or may have written, a request.
    case requests
  }

  private static let pollInterval: Duration = .seconds(2)

  private let reporter: Reporter
  private(set) var inboxes: [Inbox]
  private var inotify: Inotify?
  /// Why there is none.
  private var failure: String?
  private var places: [Int32: Place] = [:]
  private var numbers: [Place: Int32] = [:]
  /// Watched folders whose changes mean: look at this name in the folder above.
  private var spots: [Int32: Spot] = [:]
  /// The folders above inboxes, and which inboxes.
  private var parents: [Int32: Set<Int>] = [:]
  private var requests: Int32?

  init(_ watches: [WatchConfiguration], reporter: Reporter) {
    inboxes = watches.map(Inbox.init)
    self.reporter = reporter
  }

  /// For poll(2); nil without inotify.
  var number: Int32? { inotify?.number }

  /// The inbox of that path, as configured.
  func index(of inbox: String) -> Int? { inboxes.firstIndex { $0.configuration.inbox == inbox } }

  func configuration(of inbox: String) -> WatchConfiguration? { index(of: inbox).map { inboxes[$0].configuration } }

  // MARK: Beginning

  /// Opens inotify where an inbox may use it.
  ///
  /// - Parameter requests: the folder of requests, which it listens to as well.
  mutating func start(requests: () throws(FileError) -> Folder) {
    guard inboxes.contains(where: { $0.configuration.mode != .poll }) else { return }
    do throws(FileError) {
      let inotify = try Inotify()
      self.requests = try inotify.add(try requests())
      self.inotify = inotify
    } catch {
      // Told when the watches are opened: they are polled.
      failure = error.message
    }
  }

  /// The folder of requests is another one.
  mutating func watch(requests folder: Folder) throws(FileError) {
    if let inotify { requests = try inotify.add(folder) }
  }

  // MARK: Inboxes that come and go

  /// The folder that has an inbox's path, where it is not the one that is open.
  func newcomer(at index: Int, instead open: Folder?) throws(FileError) -> Folder? {
    let current = try Folder(path: inboxes[index].path, followsLink: false)
    if let open, try open.status().identity == current.status().identity { return nil }
    return current
  }

  /// Takes a folder as an inbox, before it is opened with `watch` and the rest.
  mutating func choose(_ folder: Folder, for index: Int) throws(FileError) {
    inboxes[index].hasBeenFound = true
    try chooseMode(index, folder)
    watchParent(of: index, folder)
  }

  /// The inbox is open.
  ///
  /// - Parameter isFirst: whether it never was before.
  mutating func found(_ index: Int, isFirst: Bool) {
    let wasLost = inboxes[index].lost != nil
    inboxes[index].lost = nil
    reporter.statusChanged()
    if wasLost || !isFirst { reporter.emit(.watchFound(inbox: inboxes[index].configuration.inbox)) }
  }

  func hasBeenFound(_ index: Int) -> Bool { inboxes[index].hasBeenFound }

  mutating func lose(_ index: Int, reason: String) {
    guard inboxes[index].lost == nil else { return }
    inboxes[index].lost = reason
    reporter.statusChanged()
    reporter.emit(.watchLost(inbox: inboxes[index].configuration.inbox, reason: reason))
  }

  private mutating func chooseMode(_ index: Int, _ folder: Folder) throws(FileError) {
    let settings = inboxes[index].configuration
    let (mode, reason): (WatchMode, String)
    if settings.mode == .poll {
      (mode, reason) = (.poll, "as configured")
    } else if inotify == nil {
      (mode, reason) = (.poll, failure ?? "inotify is not to be had")
    } else if settings.mode == .auto, let network = NetworkFileSystems.name(ofType: try folder.fileSystemType()) {
      (mode, reason) = (.poll, "the file system is \(network), which does not report all changes")
    } else {
      (mode, reason) = (.inotify, settings.mode == .auto ? "the file system reports changes" : "as configured")
    }
    let isNews = inboxes[index].mode != mode || !inboxes[index].hasToldMode
    inboxes[index].mode = mode
    inboxes[index].hasToldMode = true
    if isNews { reporter.emit(.modeChosen(inbox: settings.inbox, mode: mode, reason: reason)) }
  }

  /// An open folder does not hear of its own removal: its name in the folder above does.
  private mutating func watchParent(of index: Int, _ folder: Folder) {
    guard inboxes[index].mode == .inotify, let inotify, !inboxes[index].isParentWatched else { return }
    // Without it the rescan finds out.
    guard let parent = try? folder.parent(), let number = try? inotify.add(parent, isForNames: true) else { return }
    parents[number, default: []].insert(index)
    inboxes[index].isParentWatched = true
  }

  // MARK: Folders

  /// Listens to a folder that is opened.
  mutating func watch(_ folder: Folder, _ place: Place) {
    guard inboxes[place.watch].mode == .inotify, let inotify else { return }
    do throws(FileError) {
      let number = try inotify.add(folder)
      places[number] = place
      numbers[place] = number
    } catch {
      // No watch left: polled from now on, said once.
      inboxes[place.watch].mode = .poll
      reporter.emit(.modeChosen(inbox: inboxes[place.watch].configuration.inbox, mode: .poll, reason: error.message))
    }
  }

  /// Listens no more to a folder that is closed.
  mutating func unwatch(_ place: Place) {
    guard let number = numbers.removeValue(forKey: place) else { return }
    places[number] = nil
    inotify?.remove(number)
  }

  /// Listens to a folder that is or may become a job: its changes are changes of its name in the inbox.
  mutating func watch(_ folder: Folder, for spot: Spot) {
    guard inboxes[spot.place.watch].mode == .inotify, let inotify, spots.count < 1024 else { return }
    // Without a watch the rescan finds the changes.
    guard let number = try? inotify.add(folder) else { return }
    spots[number] = spot
  }

  // MARK: Scans

  /// When the next scan is due.
  var nextRescan: Moment? { inboxes.map(\.nextRescan).min() }

  func isDue(_ index: Int, _ now: Moment) -> Bool { inboxes[index].nextRescan <= now }

  /// An inbox was scanned, or could not be.
  mutating func scanned(_ index: Int, _ now: Moment) {
    let isQuick = inboxes[index].lost != nil || inboxes[index].mode == .poll
    let pause = Duration.seconds(inboxes[index].configuration.rescanSeconds)
    inboxes[index].nextRescan = now + (isQuick ? min(Self.pollInterval, pause) : pause)
  }

  mutating func rescan(_ index: Int, at moment: Moment) {
    inboxes[index].nextRescan = min(inboxes[index].nextRescan, moment)
  }

  mutating func rescanAll(at moment: Moment) {
    for index in inboxes.indices { rescan(index, at: moment) }
  }

  // MARK: Events

  /// Takes the events that the kernel has.
  mutating func hints(_ now: Moment) -> [Hint] {
    guard let inotify else { return [] }
    var hints: [Hint] = []
    for event in inotify.read() {
      switch event {
      case .changed(let number, let name): changed(number, name, &hints, now)
      case .created(let number, let name): changed(number, name, &hints, now, isCreated: true)
      case .closed(let number, let name): changed(number, name, &hints, now, isClosed: true)
      case .lost(let number):
        if spots.removeValue(forKey: number) != nil {
          inotify.remove(number)
        } else if let place = places.removeValue(forKey: number) {
          numbers[place] = nil
          inotify.remove(number)
          if place.subfolder.bytes.isEmpty { rescan(place.watch, at: now) }
          hints.append(.lost(place))
        } else if let indexes = parents.removeValue(forKey: number) {
          for index in indexes {
            inboxes[index].isParentWatched = false
            rescan(index, at: now)
          }
        }
      case .overflow:
        for index in inboxes.indices where inboxes[index].mode == .inotify {
          reporter.emit(.overflow(inbox: inboxes[index].configuration.inbox))
          rescan(index, at: now)
        }
        hints.append(.requests)
      }
    }
    return hints
  }

  private mutating func changed(
    _ number: Int32, _ name: Name, _ hints: inout [Hint], _ now: Moment, isCreated: Bool = false, isClosed: Bool = false
  ) {
    for index in parents[number] ?? [] where inboxes[index].path.components.last == name { rescan(index, at: now) }
    if number == requests {
      hints.append(.requests)
    } else if let spot = spots[number] {
      hints.append(.look(spot, isCreated: false, isClosed: false))
    } else if let place = places[number] {
      hints.append(.look(Spot(place: place, name: name), isCreated: isCreated, isClosed: isClosed))
    }
  }
}
