internal import Files
package import Images
internal import Kernels
internal import ModelPacks
internal import PrintableText
internal import Synchronization

/// Makes `PreparedPhotographs` of a folder, with the same decoder, square and filter as a job's.
package enum Preparation {
  /// A file larger than this is refused.
  static let largestFile = 512 << 20

  private enum Outcome: Sendable {
    case picture(sha256: String, pixels: [UInt8], isGray: Bool, isEnlarged: Bool)
    case refused(String)
  }

  /// - Parameters:
  ///   - decoder: used by several threads at once.
  ///   - progress: called now and then with the number of files done; what it throws ends the preparation.
  /// - Throws: `TrainingError` when too few are left.
  package static func prepare(
    _ list: PhotographList, _ settings: TrainingSettings, decoder: any PictureDecoding, progress: (Int) throws -> Void = { _ in }
  ) throws -> PreparedPhotographs {
    let data = settings.data
    let fit: Fit = data.fit == "pad" ? .pad : .crop
    let color = try background(data.background)
    var result = PreparedPhotographs(
      side: data.resolution, preparation: "\(data.fit), Catmull-Rom, background \(data.background)", photographs: [],
      pixels: [])
    var seenFiles: [String: Int] = [:], seenPixels: [String: Int] = [:]
    result.refused = list.leftOut
    // A few at a time: decoded pictures are large, and somebody may want it to stop.
    let atOnce = max(8, Workers.current.threads)
    for start in stride(from: 0, to: list.entries.count, by: atOnce) {
      let entries = Array(list.entries[start..<min(start + atOnce, list.entries.count)])
      let outcomes = Mutex<[Outcome?]>(Array(repeating: nil, count: entries.count))
      Workers.current.run(entries.count) { index, _ in
        let outcome = decode(entries[index], of: list, by: decoder, side: data.resolution, fit: fit, background: color)
        outcomes.withLock { $0[index] = outcome }
      }
      for (entry, outcome) in zip(entries, outcomes.withLock({ $0 })) {
        switch outcome {
        case .refused(let reason): result.refused.append(.init(name: entry.name, reason: reason))
        case .picture(let hash, let pixels, let isGray, let isEnlarged):
          let pixelHash = sha256(pixels)
          let found = PreparedPhotographs.Photograph(
            name: entry.name, bytes: entry.bytes, sha256: hash, isHeldOut: false, labels: list.labels(of: entry))
          if let first = seenFiles[hash] ?? seenPixels[pixelHash] {
            let other = result.photographs[first]
            // Of two the one that labels describe is kept.
            let isBetter = list.labels?.rows[other.name] == nil && list.labels?.rows[entry.name] != nil
            if isBetter { result.photographs[first] = found }
            let (kept, refused) = isBetter ? (found, other) : (other, found)
            result.refused.append(.init(name: refused.name, reason: "is the same picture as \(kept.name)"))
            continue
          }
          seenFiles[hash] = result.count
          seenPixels[pixelHash] = result.count
          result.photographs.append(found)
          result.pixels += pixels
          if isGray { result.grayCount += 1 }
          if isEnlarged { result.enlargedCount += 1 }
        case nil: continue
        }
      }
      try progress(min(start + atOnce, list.entries.count))
    }
    guard result.count >= data.minimum else {
      let first = result.refused.first.map { "; of \(result.refused.count) refused the first is \($0.name): \($0.reason)" } ?? ""
      throw TrainingError(
        "\(list.folder.printablePath): has \(result.count) usable photographs; at least \(data.minimum) are needed, thousands are better\(first)")
    }
    result.split(data.heldOut, RandomNumbers(seed: UInt64(settings.seed)))
    return result
  }

  static func background(_ text: String) throws(TrainingError) -> PixelColor {
    guard let color = PixelColor(text) else {
      throw TrainingError(setting: "data.background", "is \(quoted(text)); write a color as #ffffff")
    }
    return color
  }

  private static func decode(
    _ entry: PhotographList.Entry, of list: PhotographList, by decoder: any PictureDecoding, side: Int, fit: Fit,
    background: PixelColor
  ) -> Outcome {
    let contents: FileContents
    do throws(FileError) {
      contents = try list.read(entry, limit: largestFile)
    } catch {
      return .refused(error.finding)
    }
    let decoded: DecodedPicture
    do throws(ImageError) {
      decoded = try decoder.decode(
        contents.bytes, name: entry.name, alpha: .over(background), limits: PictureLimits())
    } catch {
      // The name stands beside the reason.
      let text = error.description
      return .refused(text.split(separator: ": ", maxSplits: 1).last.map(String.init) ?? text)
    }
    let shorter = min(decoded.picture.width, decoded.picture.height)
    guard shorter * 2 >= side else {
      return .refused("is \(decoded.picture.width)×\(decoded.picture.height) pixels; at least \(side / 2) a side are needed")
    }
    let pixels = decoded.picture.fitted(to: side, by: fit, background: background).pixels
    guard let low = pixels.min(), let high = pixels.max(), high - low >= 8 else {
      return .refused("has one color only")
    }
    let isGray = stride(from: 0, to: pixels.count, by: 3).allSatisfy { (index: Int) -> Bool in
      let red = pixels[index]
      return red == pixels[index + 1] && red == pixels[index + 2]
    }
    return .picture(sha256: contents.sha256, pixels: pixels, isGray: isGray, isEnlarged: shorter < side)
  }
}

extension PreparedPhotographs {
  /// Keeps a share apart: all photographs of some people, where labels name them.
  mutating func split(_ share: Double, _ random: RandomNumbers) {
    var groups: [String: [Int]] = [:]
    for (index, item) in photographs.enumerated() {
      groups[item.labels["person"].map { "person " + $0 } ?? "file " + item.name, default: []].append(index)
    }
    let names = groups.keys.sorted()
    let order = random.permutation(of: names.count, .dataSplit, 0)
    let wanted = Int(Double(count) * share)
    var held = 0
    for number in order {
      guard held < wanted, let group = groups[names[number]] else { break }
      for index in group { photographs[index].isHeldOut = true }
      held += group.count
    }
  }
}
