import ArgumentParser
import Decoding
import Service

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell what this machine offers and what stands in the way.",
    discussion: "Ends with 1 when something has to be done.")

  @OptionGroup var configuration: ConfigurationOption

  func run() throws {
    let findings: [Finding]
    do {
      let settings = try ServiceConfiguration.load(configuration.place)
      findings = Diagnosis(settings, path: configuration.place.path, decoder: DecoderProcess()).findings
    } catch {
      findings = Diagnosis(configuration.place.defaults, path: configuration.place.path, decoder: DecoderProcess()).findings
        + [Finding(.bad, "configuration", error.description)]
    }
    let width = findings.map(\.subject.count).max() ?? 0
    for finding in findings {
      let pad = String(repeating: " ", count: width - finding.subject.count)
      Terminal.say("\(finding.mark) \(finding.subject)\(pad)  \(finding.text)")
    }
    if findings.contains(where: { $0.state == .bad }) { throw ExitCode(1) }
  }
}
