/// What the service tells, one `MESSAGE_ID` each: constants of the journal's world, never changed, listed with their
/// meaning in `systemd/idinvert.catalog` and shown by `journalctl -x`.
package enum ServiceEvent: String, Sendable, CaseIterable {
  case jobAccepted = "0ea3189906c8420db8248f5f9985c479"
  case jobStarted = "4e1f3f69c32842fea97a8bb9115d9735"
  case jobProgress = "7ab2afdf98e14817ba0d001bdb3372a9"
  case jobFinished = "3bb84cc1e5a24b118d6ca9b8e5233d26"
  case jobFailed = "dba2a2eeceac4bc4bfbcd787998a1882"
  case jobRetried = "ff3badbf12074af3a9be87cd791cbed2"
  case jobRecovered = "31c415ddc2ee4139971b4adb27f5f297"
  case jobTakenBack = "cb61b4549d25452d992f28d3303be3aa"
  case jobQuarantined = "5295920c185841c7a9f69b71c0d77bfb"
  case jobWarning = "200f89dae8fc4eeeae32c0c6ee379507"
  case serviceReady = "f77708e137f547f1a95e25e4f53e11ec"
  case serviceReloading = "05eb3f658ad0462595a5b5d8dbd84ea4"
  case reloadRefused = "730cbd5a10334d6c80626c19d17e328b"
  case serviceStopping = "9eb0343ce6034523891b3bdaebb929b7"
  case watchChosen = "944fa64a60a54bd38628f1c736853ce0"
  case watchLost = "94c9960c36ed4bd29bedd1705069147b"
  case watchFound = "9660fe49afd445e0ba5e874b61fed2f5"
  case queueOverflow = "5497eca85f6a497ebbef42d788e4c758"
  case fileSystemLacks = "388dd1e0f6ee409983f162cf2fc228cb"
  case fileIgnored = "08bf8307ef874ca7a83fee4fca699221"
  case fileHeld = "434d1113d12740799be5900a8d339459"
  case trouble = "ca209d18b27e41d3bfca312843842b68"
  case troubleOver = "138add8b6db5481382c81a1efa422cb9"
  case resultRemoved = "5b8bcc85e3a144e393b9e6cc840e6f8f"
  case requestRefused = "5b4b7ed720514039bbca0b35ea9ecbc9"
  case stopFailed = "255b2c3e0cc943a8b01dd51e79c7dbda"

  /// The message: always the same, so that it can be searched for.
  package var message: String {
    switch self {
    case .jobAccepted: "job accepted"
    case .jobStarted: "job started"
    case .jobProgress: "job progress"
    case .jobFinished: "job finished"
    case .jobFailed: "job failed"
    case .jobRetried: "job delayed"
    case .jobRecovered: "job recovered"
    case .jobTakenBack: "job taken back"
    case .jobQuarantined: "job quarantined"
    case .jobWarning: "job warning"
    case .serviceReady: "service ready"
    case .serviceReloading: "service reloading"
    case .reloadRefused: "reload refused"
    case .serviceStopping: "service stopping"
    case .watchChosen: "watch started"
    case .watchLost: "watch lost"
    case .watchFound: "watch found"
    case .queueOverflow: "queue overflow"
    case .fileSystemLacks: "file system limited"
    case .fileIgnored: "file ignored"
    case .fileHeld: "file held"
    case .trouble: "trouble"
    case .troubleOver: "trouble over"
    case .resultRemoved: "result removed"
    case .requestRefused: "request refused"
    case .stopFailed: "service failed"
    }
  }

  /// The key under which a log handler finds the identifier.
  package static let identifierKey = "MESSAGE_ID"
}

/// The journal's fields beside those of systemd.
package enum EventField: String, Sendable, CaseIterable {
  case job = "IDINVERT_JOB"
  case name = "IDINVERT_NAME"
  case watch = "IDINVERT_WATCH"
  case model = "IDINVERT_MODEL"
  case step = "IDINVERT_STEP"
  case steps = "IDINVERT_STEPS"
  case loss = "IDINVERT_LOSS"
  case seconds = "IDINVERT_SECONDS"
  case output = "IDINVERT_OUTPUT"
  case folder = "IDINVERT_FOLDER"
  case reason = "IDINVERT_REASON"
  case queue = "IDINVERT_QUEUE"

  static let prefix = "IDINVERT_"

  /// As it is shown to people: `name`.
  static func shown(_ key: String) -> String {
    key.hasPrefix(prefix) ? key.dropFirst(prefix.count).lowercased() : key.lowercased()
  }
}
