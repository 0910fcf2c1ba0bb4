/// What the spool and the service tell: each event's name and its `MESSAGE_ID`, in the one place that has either. The
/// identifiers are constants of the journal's world, never changed, listed with their meaning in
/// `systemd/idinvert.catalog` and shown by `journalctl -x`.
package enum EventName: String, Sendable, CaseIterable {
  case jobAccepted = "0ea3189906c8420db8248f5f9985c479"
  case jobStarted = "4e1f3f69c32842fea97a8bb9115d9735"
  case jobProgress = "7ab2afdf98e14817ba0d001bdb3372a9"
  case jobFinished = "3bb84cc1e5a24b118d6ca9b8e5233d26"
  case jobFailed = "dba2a2eeceac4bc4bfbcd787998a1882"
  case jobDelayed = "ff3badbf12074af3a9be87cd791cbed2"
  case jobRecovered = "31c415ddc2ee4139971b4adb27f5f297"
  case jobTakenBack = "cb61b4549d25452d992f28d3303be3aa"
  case jobQuarantined = "5295920c185841c7a9f69b71c0d77bfb"
  case jobWarning = "200f89dae8fc4eeeae32c0c6ee379507"
  case jobSubmitted = "5a2e9cf0fb3144b494c21d4c527343e4"
  case attemptEnded = "baa562dc7f7048bc9de14b3d29dff1e1"
  case jobHeld = "fe306b5925ff43919e5198af327bac00"
  case serviceReady = "f77708e137f547f1a95e25e4f53e11ec"
  case serviceReloading = "05eb3f658ad0462595a5b5d8dbd84ea4"
  case reloadRefused = "730cbd5a10334d6c80626c19d17e328b"
  case serviceStopping = "9eb0343ce6034523891b3bdaebb929b7"
  case watchStarted = "944fa64a60a54bd38628f1c736853ce0"
  case watchLost = "94c9960c36ed4bd29bedd1705069147b"
  case watchFound = "9660fe49afd445e0ba5e874b61fed2f5"
  case queueOverflow = "5497eca85f6a497ebbef42d788e4c758"
  case fileSystemLimited = "388dd1e0f6ee409983f162cf2fc228cb"
  case fileIgnored = "08bf8307ef874ca7a83fee4fca699221"
  case fileHeld = "434d1113d12740799be5900a8d339459"
  case trouble = "ca209d18b27e41d3bfca312843842b68"
  case troubleOver = "138add8b6db5481382c81a1efa422cb9"
  case resultRemoved = "5b8bcc85e3a144e393b9e6cc840e6f8f"
  case requestRefused = "5b4b7ed720514039bbca0b35ea9ecbc9"
  case serviceFailed = "255b2c3e0cc943a8b01dd51e79c7dbda"

  /// The message: the name in words, always the same, so that it can be searched for.
  package var message: String {
    "\(self)".reduce(into: "") { text, letter in text += letter.isUppercase ? " " + letter.lowercased() : String(letter) }
  }

  /// The key under which a log handler finds the identifier.
  package static let identifierKey = "MESSAGE_ID"

  package enum Level: String, Sendable {
    case debug, info, notice, warning, error
  }

  /// How much it matters. Failed jobs are errors, so that `journalctl -p err` lists them.
  package var level: Level {
    switch self {
    case .jobAccepted, .jobSubmitted, .jobStarted, .jobProgress, .jobTakenBack, .troubleOver: .info
    case .jobFinished, .jobRecovered, .serviceReady, .serviceReloading, .serviceStopping, .watchStarted, .watchFound,
      .fileSystemLimited, .fileIgnored, .resultRemoved:
      .notice
    case .jobDelayed, .jobWarning, .attemptEnded, .jobHeld, .watchLost, .queueOverflow, .fileHeld, .requestRefused: .warning
    case .jobFailed, .jobQuarantined, .reloadRefused, .trouble, .serviceFailed: .error
    }
  }
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
  case slurmJob = "IDINVERT_SLURM_JOB"
  case slurmState = "IDINVERT_SLURM_STATE"
  case node = "IDINVERT_SLURM_NODE"
  case attempt = "IDINVERT_ATTEMPT"

  private static let prefix = "IDINVERT_"

  /// As it is shown to people: `name`.
  package static func shown(_ key: String) -> String {
    key.hasPrefix(prefix) ? key.dropFirst(prefix.count).lowercased() : key.lowercased()
  }
}
