internal import Files
internal import Glibc

extension SpoolLoop {
  private static let pollInterval: Duration = .seconds(2)

  func startInotify() {
    do throws(FileError) {
      let inotify = try Inotify()
      requestsWatch = try inotify.add(try store.root.folder(JobStore.requestsName))
      self.inotify = inotify
    } catch {
      // Told when the watches are opened: they are polled.
      inotify = nil
      inotifyFailure = error.message
    }
  }

  private func reopenState() {
    do throws(FileError) {
      if try store.reopenIfLost(), let inotify {
        requestsWatch = try inotify.add(try store.root.folder(JobStore.requestsName))
      }
      // Other machines' requests make no event.
      if NetworkFileSystems.name(ofType: try store.root.fileSystemType()) != nil { isRequestsDirty = true }
    } catch {
      reporter.met(error, at: .requests)
    }
  }

  // MARK: Scanning

  /// Opens a watch that is not open, notices one that is lost, and looks at everything in it.
  func rescan(watch index: Int, _ now: Moment) {
    let settings = watches[index].configuration
    reopenState()
    do throws(FileError) {
      try reopenIfNeeded(watch: index, now)
      for subfolder in watches[index].folders.keys.sorted() where watches[index].folders[subfolder] != nil {
        try scan(Place(watch: index, subfolder: subfolder), now)
      }
      reporter.over(at: .watch(index))
    } catch where error.kind != .retry || error.isLostMount {
      lose(watch: index, reason: error.message)
    } catch {
      reporter.met(error, at: .watch(index))
    }
    let isQuick = watches[index].lost != nil || watches[index].mode == .poll
    let pause = Duration.seconds(settings.rescanSeconds)
    watches[index].nextRescan = now + (isQuick ? min(Self.pollInterval, pause) : pause)
  }

  private func reopenIfNeeded(watch index: Int, _ now: Moment) throws(FileError) {
    let isFirst = !watches[index].hasBeenFound
    let current = try Folder(path: watches[index].path, followsLink: false)
    if let open = watches[index].folders[Name(bytes: [])] {
      if try open.folder.status().identity == current.status().identity { return }
      // Another folder has its path: mounted over, or deleted and made again.
      lose(watch: index, reason: "another folder took its place")
    }
    watches[index].hasBeenFound = true
    try chooseMode(watch: index, current)
    watchParent(of: index, current)
    open(current, in: Place(watch: index, subfolder: Name(bytes: [])), now)
    let wasLost = watches[index].lost != nil
    watches[index].lost = nil
    reporter.statusChanged()
    if wasLost || !isFirst { reporter.emit(.watchFound(inbox: watches[index].configuration.inbox)) }
  }

  private func chooseMode(watch index: Int, _ folder: Folder) throws(FileError) {
    let settings = watches[index].configuration
    let (mode, reason): (WatchMode, String)
    if settings.mode == .poll {
      (mode, reason) = (.poll, "as configured")
    } else if inotify == nil {
      (mode, reason) = (.poll, inotifyFailure ?? "inotify is not to be had")
    } else if settings.mode == .auto, let network = NetworkFileSystems.name(ofType: try folder.fileSystemType()) {
      (mode, reason) = (.poll, "the file system is \(network), which does not report all changes")
    } else {
      (mode, reason) = (.inotify, settings.mode == .auto ? "the file system reports changes" : "as configured")
    }
    let isNews = watches[index].mode != mode || !watches[index].hasToldMode
    watches[index].mode = mode
    watches[index].hasToldMode = true
    if isNews { reporter.emit(.modeChosen(inbox: settings.inbox, mode: mode, reason: reason)) }
  }

  /// An open folder does not hear of its own removal: its name in the folder above does.
  private func watchParent(of index: Int, _ folder: Folder) {
    guard watches[index].mode == .inotify, let inotify, !watches[index].isParentWatched else { return }
    // Without it the rescan finds out.
    guard let parent = try? folder.parent(), let watch = try? inotify.add(parent, isForNames: true) else { return }
    parentWatches[watch, default: []].insert(index)
    watches[index].isParentWatched = true
  }

  /// Looks at every name in a folder, and at every name that was in it.
  func scan(_ place: Place, _ now: Moment) throws(FileError) {
    guard let folder = watches[place.watch].folders[place.subfolder] else { return }
    let names = try folder.folder.names()
    let present = Set(names)
    for name in folder.entries.keys where !present.contains(name) { forget(name, in: place, now) }
    for name in names.sorted() { look(at: name, in: place, now) }
  }

  // MARK: Opening and losing

  func open(_ folder: Folder, in place: Place, _ now: Moment) {
    let opened = DropFolder(folder: folder, rules: rules)
    if watches[place.watch].mode == .inotify, let inotify {
      do throws(FileError) {
        let watch = try inotify.add(folder)
        placesByWatch[watch] = place
        opened.watch = watch
      } catch {
        // No watch left: polled from now on, said once.
        watches[place.watch].mode = .poll
        reporter.emit(.modeChosen(inbox: watches[place.watch].configuration.inbox, mode: .poll, reason: error.message))
      }
    }
    watches[place.watch].folders[place.subfolder] = opened
    if !place.subfolder.bytes.isEmpty {
      do throws(FileError) { try scan(place, now) } catch { reporter.met(error, at: .watch(place.watch)) }
    }
  }

  /// Forgets a folder below an inbox, with those below it.
  func close(_ place: Place) {
    let prefix = place.subfolder.bytes
    for subfolder in watches[place.watch].folders.keys {
      let isBelow = prefix.isEmpty || subfolder == place.subfolder || subfolder.bytes.starts(with: prefix + [0x2F])
      guard isBelow else { continue }
      if let watch = watches[place.watch].folders[subfolder]?.watch {
        placesByWatch[watch] = nil
        inotify?.remove(watch)
      }
      watches[place.watch].folders[subfolder] = nil
      held[Place(watch: place.watch, subfolder: subfolder)] = nil
      reporter.forget(Place(watch: place.watch, subfolder: subfolder))
    }
  }

  private func lose(watch index: Int, reason: String) {
    close(Place(watch: index, subfolder: Name(bytes: [])))
    guard watches[index].lost == nil else { return }
    watches[index].lost = reason
    reporter.statusChanged()
    reporter.emit(.watchLost(inbox: watches[index].configuration.inbox, reason: reason))
  }

  /// Watches a folder that is or may become a job: its changes are changes of its name in the inbox.
  func watchHints(_ folder: Folder, in place: Place, name: Name) {
    guard watches[place.watch].mode == .inotify, let inotify, hintsByWatch.count < 1024 else { return }
    // Without a watch the rescan finds the changes.
    guard let watch = try? inotify.add(folder) else { return }
    hintsByWatch[watch] = Look(place: place, name: name)
  }

  // MARK: Events

  func readEvents(_ now: Moment) {
    guard let inotify else { return }
    for event in inotify.read() {
      switch event {
      case .changed(let watch, let name): changed(watch, name, now)
      case .created(let watch, let name): changed(watch, name, now, isCreated: true)
      case .closed(let watch, let name): changed(watch, name, now, isClosed: true)
      case .lost(let watch):
        if hintsByWatch.removeValue(forKey: watch) != nil {
          inotify.remove(watch)
        } else if let place = placesByWatch[watch] {
          placesByWatch[watch] = nil
          inotify.remove(watch)
          lostFolder(place, now)
        } else if let indexes = parentWatches.removeValue(forKey: watch) {
          for index in indexes {
            watches[index].isParentWatched = false
            watches[index].nextRescan = now
          }
        }
      case .overflow:
        for index in watches.indices where watches[index].mode == .inotify {
          reporter.emit(.overflow(inbox: watches[index].configuration.inbox))
          watches[index].nextRescan = now
        }
        isRequestsDirty = true
      }
    }
  }

  private func changed(
    _ watch: Int32, _ name: Name, _ now: Moment, isCreated: Bool = false, isClosed: Bool = false
  ) {
    for index in parentWatches[watch] ?? [] where watches[index].path.components.last == name {
      watches[index].nextRescan = now
    }
    if watch == requestsWatch {
      isRequestsDirty = true
    } else if let hint = hintsByWatch[watch] {
      look(at: hint.name, in: hint.place, now)
    } else if let place = placesByWatch[watch] {
      look(at: name, in: place, now, isCreated: isCreated, isClosed: isClosed)
    }
  }

  private func lostFolder(_ place: Place, _ now: Moment) {
    if place.subfolder.bytes.isEmpty {
      lose(watch: place.watch, reason: "the folder was deleted, moved or unmounted")
      watches[place.watch].nextRescan = now
    } else {
      close(place)
    }
  }
}
