import StrictYAML
import Testing
import Training

@Suite("Settings of a training")
struct TrainingSettingsTests {
  @Test("read back as they were written, with every value changed")
  func roundTrip() throws {
    var settings = TrainingSettings.recommended(resolution: 128, photographs: 2000)
    settings.card.title = "A \"title\": with signs"
    settings.seed = 77
    var again = TrainingSettings()
    let found = try again.apply(try YAML.parse(Array(settings.yaml.utf8), file: "settings.yaml"))
    #expect(again == settings)
    #expect(found.count == settingsCatalog.count)
  }

  @Test("a wrong key is refused with a suggestion, a wrong value with its range")
  func wrong() throws {
    for (text, part) in [
      ("generator: {image: 5}", "did you mean 'images'"), ("encoder: {batch: 1}", "batch"), ("sead: 3", "did you mean 'seed'"),
    ] {
      #expect {
        var settings = TrainingSettings()
        try settings.apply(try YAML.parse(Array(text.utf8), file: "train.yaml"))
      } throws: { "\($0)".contains("train.yaml:1:") && "\($0)".contains(part) }
    }
  }

  @Test("a card that the pack will not take is refused before anything is trained", arguments: [
    ("{name: My Pack}", "card.name is 'My Pack'"), ("{name: ../evil}", "card.name"), (#"{license: "a\nb"}"#, "card.license must be one line"),
  ])
  func card(_ text: String, _ part: String) throws {
    var settings = TrainingSettings.recommended(resolution: 32, photographs: 500)
    try settings.apply(try YAML.parse(Array("card: \(text)".utf8), file: "train.yaml"))
    #expect { try settings.check() } throws: { "\($0)".contains(part) }
  }

  @Test("spread images over stages so that all are shown")
  func spread() {
    for resolution in [16, 32, 64, 128, 256] {
      var settings = TrainingSettings.recommended(resolution: resolution, photographs: 500)
      for images in [100, 12_345, 1_000_000] {
        settings.setImages(images)
        #expect(settings.generator.stageImages.reduce(0, +) == images)
        #expect((try? settings.check()) != nil, "\(resolution)")
      }
    }
  }
}
