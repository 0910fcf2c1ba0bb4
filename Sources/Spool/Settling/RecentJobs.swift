internal import DequeModule
internal import Files
internal import Foundation

/// What became of the images that were taken last, so that a sidecar that comes too late hears the truth. Kept in memory
/// alone: after a restart nothing is known.
struct RecentJobs {
  struct Item {
    var place: Place
    var image: Name
    var sidecar: Name?
    var claimed: Date
    /// The folder of its answer, once there is one.
    var folder: Name?
    var isFailure = false
  }

  private struct Key: Hashable {
    var place: Place
    var name: FoldedName
  }

  private static let capacity = 4096
  private var items: [String: Item] = [:]
  private var byName: [Key: String] = [:]
  private var order = Deque<String>()

  mutating func claimed(_ record: JobRecord, in place: Place, at date: Date) {
    guard let image = record.entries.first(where: { $0.role == .image })?.name else { return }
    let sidecar = record.entries.first { $0.role == .sidecar }?.name
    items[record.id] = Item(place: place, image: image, sidecar: sidecar, claimed: date)
    for name in [image, image.stemAndExtension.stem] { byName[Key(place: place, name: name.folded)] = record.id }
    order.append(record.id)
    if order.count > Self.capacity { forget(order.removeFirst()) }
  }

  mutating func ended(_ record: JobRecord, folder: Name) {
    items[record.id]?.folder = folder
    items[record.id]?.isFailure = record.isFailure
  }

  /// It went back to the inbox.
  mutating func forget(_ id: String) {
    guard let item = items.removeValue(forKey: id) else { return }
    for name in [item.image, item.image.stemAndExtension.stem] {
      let key = Key(place: item.place, name: name.folded)
      if byName[key] == id { byName[key] = nil }
    }
  }

  private func item(_ name: Name, in place: Place) -> Item? {
    byName[Key(place: place, name: name.folded)].flatMap { items[$0] }
  }

  /// Why no image will come for a sidecar; nil where none was taken since then. A sidecar of the same name as the one that
  /// was used is the first half of a new drop.
  func reason(forSidecar sidecar: Name, base: Name, in place: Place, since: Date) -> String? {
    guard let item = item(base, in: place), item.sidecar != sidecar, item.claimed >= since else { return nil }
    let with = item.sidecar.map { "with \($0)" } ?? "without it"
    let time = Self.time(item.claimed)
    guard let folder = item.folder else {
      return "\(item.image) is being worked on \(with) since \(time); drop both again to have it done with this one"
    }
    if item.isFailure { return "\(item.image) was taken \(with) at \(time) and failed (\(folder)); drop both again" }
    return "\(item.image) was done \(with) at \(time) (\(folder)); drop both again to have it done with this one"
  }

  /// Why an image goes without the sidecar that its name shares with another image's; nil where none was used lately.
  func note(forImage image: Name, in place: Place, since: Date, rules: NameRules) -> String? {
    guard let item = item(image.stemAndExtension.stem, in: place), item.claimed >= since, item.image != image,
      let sidecar = item.sidecar, rules.sidecarBase(sidecar).folded == image.stemAndExtension.stem.folded
    else { return nil }
    return "\(sidecar) was used for \(item.image) at \(Self.time(item.claimed)), before \(image) came: done without it"
  }

  private static func time(_ date: Date) -> String {
    let parts = Calendar.current.dateComponents([.hour, .minute], from: date)
    func two(_ value: Int?) -> String { (value ?? 0) < 10 ? "0\(value ?? 0)" : "\(value ?? 0)" }
    return "\(two(parts.hour)):\(two(parts.minute))"
  }
}
