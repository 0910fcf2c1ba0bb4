internal import CLinux
internal import Files
internal import Foundation
internal import Glibc
package import Images
internal import Kernels
internal import ModelPacks
internal import PrintableText
internal import Spool

/// Looks at the machine as the service would see it.
package struct Diagnosis {
  private let configuration: ServiceConfiguration
  private let path: String
  private let decoder: any PictureDecoding

  /// - Parameters:
  ///   - path: of the configuration.
  ///   - decoder: what the service decodes with.
  package init(_ configuration: ServiceConfiguration, path: String, decoder: any PictureDecoding) {
    self.configuration = configuration
    self.path = path
    self.decoder = decoder
  }

  package var findings: [Finding] {
    program + limits + folders + packs + manager
  }

  private var program: [Finding] {
    let affinity = Int(idi_cpu_affinity_count())
    let quota = ControlGroups().processors.map { "the control group allows \(shortNumber($0)) processors" } ?? "no quota"
    let threads = configuration.threads.map { "\($0), as configured" } ?? "\(Processors.defaultThreadCount())"
    let isThere = unsafe access(path, R_OK) == 0
    return [
      Finding(.good, "program", "\(Program.name) \(Program.version)"),
      Finding(.good, "configuration", isThere ? path : "built in; \(path) is not there"),
      Finding(Processor.note == nil ? .good : .note, "kernels", Processor.description),
      Finding(.good, "threads", "\(threads): \(affinity) processors by affinity, \(quota)"),
      memory, decoding,
    ]
  }

  /// Whether a picture comes through the decoder's process.
  private var decoding: Finding {
    do throws(ImageError) {
      let bytes = try Picture(width: 2, height: 1, color: .white).pngBytes()
      _ = try decoder.decode(bytes, name: "a test picture", alpha: .drop, limits: PictureLimits())
      return Finding(.good, "decoder", "\(PictureFormat.list), each in a process that can do nothing else")
    } catch {
      return Finding(.bad, "decoder", error.description)
    }
  }

  private var memory: Finding {
    let limit = configuration.limits.memoryBytes >> 20, system = SystemMemory.bytes >> 20
    let text = "\(limit) MiB for jobs (limits.memory), of \(system) MiB here"
    return limit <= system
      ? Finding(.good, "memory", text)
      : Finding(.note, "memory", text + "; lower limits.memory, so that a job too large is refused")
  }

  private var limits: [Finding] {
    func value(_ name: String) -> Int? {
      Processors.read("/proc/sys/fs/inotify/" + name).flatMap { Int($0.trimmingCharacters(in: .whitespacesAndNewlines)) }
    }
    guard let instances = value("max_user_instances"), let watches = value("max_user_watches"),
      let events = value("max_queued_events")
    else { return [Finding(.note, "inotify", "limits cannot be seen from here (hidden /proc)")] }
    let text = "\(instances) instances, \(watches) watches, \(events) queued events"
    guard instances < 8 || watches < 1024 else { return [Finding(.good, "inotify", text)] }
    return [
      Finding(
        .note, "inotify",
        text + "; raise them with: sysctl fs.inotify.max_user_instances=128 fs.inotify.max_user_watches=65536")
    ]
  }

  private var folders: [Finding] {
    var findings = [folder("state", configuration.state)]
    if configuration.cache.bytes > 0 { findings.append(folder("cache", configuration.cache.folder)) }
    for watch in configuration.watches {
      findings.append(folder("inbox", watch.folders.inbox))
      findings.append(folder("outbox", watch.folders.outbox))
      if let here = device(watch.folders.inbox), let other = device(configuration.state), here != other {
        findings.append(
          Finding(
            .note, "state", "\(configuration.state) is on another file system than \(watch.folders.inbox): files are copied"))
      }
    }
    return findings
  }

  private func device(_ path: String) -> UInt? {
    var status = stat()
    return unsafe stat(path, &status) == 0 ? status.st_dev : nil
  }

  private func folder(_ subject: String, _ path: String) -> Finding {
    let shown = printable(path)
    var status = stat()
    guard unsafe stat(path, &status) == 0 else {
      let reason = errno == ENOENT ? "is not there; the service makes it where it may" : "cannot be looked at by this user"
      return Finding(.note, subject, "\(shown) \(reason)")
    }
    guard status.st_mode & S_IFMT == S_IFDIR else { return Finding(.bad, subject, "\(shown) is not a folder; move it away") }
    guard unsafe access(path, R_OK | W_OK | X_OK) == 0 else {
      return Finding(
        .bad, subject, "\(shown) cannot be read and written by user \(getuid()); give it access, or ask as the service's user")
    }
    do throws(FileError) {
      let folder = try Folder(path: Name(path))
      let network = NetworkFileSystems.name(ofType: try folder.fileSystemType())
      let kind = network.map { subject == "inbox" ? "\($0), polled" : $0 } ?? "local"
      let missing = try folder.missingCapabilities()
      guard !missing.isEmpty else { return Finding(.good, subject, "\(shown) (\(kind))") }
      let consequences = Capability.allCases.filter(missing.contains).map(\.consequence).joined(separator: "; ")
      return Finding(.note, subject, "\(shown) (\(kind)): \(consequences)")
    } catch {
      return Finding(.bad, subject, error.message)
    }
  }

  private var packs: [Finding] {
    let library = PackLibrary(folders: configuration.models)
    var findings: [Finding] = []
    for entry in library.entries() {
      do {
        let pack = try ModelPack.load(entry.folder)
        findings.append(Finding(.good, "model", "\(pack.description.name) in \(entry.folder)"))
      } catch {
        findings.append(Finding(.bad, "model", "\(entry.folder): \(error)"))
      }
    }
    for name in Set(configuration.watches.map(\.model)).sorted() {
      do {
        _ = try library.folder(ofPackNamed: name)
      } catch {
        findings.append(Finding(.bad, "model", error.description))
      }
    }
    return findings
  }

  private var manager: [Finding] {
    guard FileManager.default.fileExists(atPath: "/run/systemd/system") else {
      return [Finding(.note, "systemd", "is not running here; idinvert serve works without")]
    }
    let units = ["/etc/systemd/system/", "/lib/systemd/system/", "/usr/lib/systemd/system/", "/usr/local/lib/systemd/system/"]
    guard let unit = units.map({ $0 + "idinvert.service" }).first(where: FileManager.default.fileExists) else {
      return [Finding(.note, "systemd", "is running; idinvert.service is not installed (sudo make install)")]
    }
    return [Finding(.good, "systemd", "is running; \(unit) is installed")]
  }
}
