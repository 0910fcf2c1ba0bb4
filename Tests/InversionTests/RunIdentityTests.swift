import Inversion
import Testing

@Suite struct RunIdentityTests {
  /// A property that changes the result must change the identity: this counts those there are.
  @Test func everyPropertyIsPartOfTheIdentity() {
    let settings = InversionSettings()
    let names = Mirror(reflecting: settings).children.compactMap(\.label)
    #expect(names == ["method", "steps", "optimizer", "learningRate", "weights", "keep", "snapshots"])
    #expect(Mirror(reflecting: settings.weights).children.compactMap(\.label) == ["pixel", "perceptual", "domain"])
    #expect(
      Mirror(reflecting: DiffusionSettings()).children.compactMap(\.label)
        == ["method", "steps", "optimizer", "learningRate", "weights", "normalization", "keep", "snapshots"])
  }

  @Test func everyChangeOfSettingsIsAnotherIdentity() {
    let changes: [(inout InversionSettings) -> Void] = [
      { $0.method = .encoder }, { $0.steps = 7 }, { $0.optimizer = .fast }, { $0.learningRate = 0.02 }, { $0.weights.pixel = 3 },
      { $0.weights.perceptual = 3 }, { $0.weights.domain = 3 }, { $0.keep = .best }, { $0.snapshots = 3 },
    ]
    let others: [(inout DiffusionSettings) -> Void] = [
      { $0.method = .image2stylegan }, { $0.steps = 7 }, { $0.optimizer = .fast }, { $0.learningRate = 0.02 },
      { $0.weights.pixel = 3 }, { $0.normalization = .area },
      { $0.weights.perceptual = 3 }, { $0.keep = .best }, { $0.snapshots = 3 },
    ]
    var identities = [InversionSettings().identity, DiffusionSettings().identity]
    for change in changes {
      var settings = InversionSettings()
      change(&settings)
      identities.append(settings.identity)
    }
    for change in others {
      var settings = DiffusionSettings()
      change(&settings)
      identities.append(settings.identity)
    }
    #expect(Set(identities).count == identities.count)
  }

  /// The text is stored in caches: it changes with the meaning only.
  @Test func theIdentityIsAsItWas() {
    #expect(
      InversionSettings().identity
        == "method=in-domain steps=100 optimizer=adam rate=0.01 pixel=1.0 perceptual=5e-05 domain=2.0 keep=last snapshots=0")
  }
}
