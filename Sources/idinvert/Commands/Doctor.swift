import ArgumentParser
import Decoding
import Service

struct Doctor: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Tell what this machine offers and what stands in the way.",
    discussion: "Ends with 1 when something has to be done.")

  @OptionGroup var configuration: ConfigurationOption

  @Flag(help: "Look at the cluster too, and let a job run there; with executor: slurm it is looked at in any case.")
  var slurm = false

  func run() throws {
    var findings: [Finding]
    do {
      let settings = try ServiceConfiguration.load(configuration.place)
      findings = Diagnosis(settings, path: configuration.place.path, decoder: DecoderProcess()).findings
      if slurm || settings.execution.executor == .slurm {
        let cluster = SlurmDiagnosis(settings)
        findings += cluster.findings
        if slurm { findings.append(cluster.tryJob()) }
      }
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
