import ArgumentParser
import Editing
import Files
import Foundation
import PrintableText

/// `idinvert manual`: the manual pages, for whoever packages the program.
struct Manual: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print a manual page.", shouldDisplay: false)

  enum Page: String, ExpressibleByArgument, CaseIterable {
    case commands = "idinvert.1"
    case sidecar = "idinvert-sidecar.5"
    case configuration = "idinvert.yaml.5"
  }

  @Argument(help: "idinvert.1, idinvert-sidecar.5 or idinvert.yaml.5.") var page: Page
  @Option(help: ArgumentHelp("The commented configuration that idinvert.yaml.5 shows.", valueName: "file"))
  var config = "/etc/idinvert/idinvert.yaml"

  func run() throws {
    let version = Idinvert.configuration.version
    let manual: ManualPage
    switch page {
    case .commands: manual = try Self.commands(version)
    case .sidecar: manual = Sidecar.manual(version: version)
    case .configuration: manual = try configuration(version)
    }
    Terminal.say(manual.text.trimmingSuffix("\n"))
  }

  private func configuration(_ version: String) throws -> ManualPage {
    var page = ManualPage("idinvert.yaml", section: 5, version: version, purpose: "configuration of the idinvert service")
    page.heading("description")
    page.paragraph("/etc/idinvert/idinvert.yaml, or ~/.config/idinvert/idinvert.yaml for a user's own service. All keys with their defaults:")
    do throws(FileError) {
      page.verbatim(String(decoding: try readFile(Name(config), limit: 1 << 20).bytes, as: UTF8.self))
    } catch {
      throw CommandFailure.usage(error.message)
    }
    page.heading("see also")
    page.paragraph("idinvert(1), idinvert-sidecar(5)")
    return page
  }

  /// Commands and options as the parser knows them.
  private struct Tool: Decodable {
    struct Command: Decodable {
      let commandName: String
      let abstract, discussion: String?
      let shouldDisplay: Bool?
      let subcommands: [Command]?
      let arguments: [Argument]?
    }
    struct Argument: Decodable {
      struct Name: Decodable {
        let kind, name: String
        var written: String { (kind == "long" ? "--" : "-") + name }
      }
      let kind: String
      let shouldDisplay: Bool
      let names: [Name]?
      let valueName, abstract: String?

      var term: String {
        guard let names, kind != "positional" else { return "<\(valueName ?? "")>" }
        return names.map(\.written).joined(separator: ", ") + (kind == "option" ? " <\(valueName ?? "")>" : "")
      }
    }
    let command: Command
  }

  private static func commands(_ version: String) throws -> ManualPage {
    let tool = try JSONDecoder().decode(Tool.self, from: Data(Idinvert._dumpHelp().utf8)).command
    var page = ManualPage("idinvert", section: 1, version: version, purpose: "invert photographs into the latent space of a StyleGAN and edit them")
    page.heading("synopsis")
    page.paragraph("idinvert command [options]")
    page.heading("description")
    page.paragraph(
      "idinvert serve watches folders: a photograph dropped into an inbox, with a sidecar beside it, becomes a folder of results in the outbox. "
        + "idinvert run does one job at once.")
    page.heading("commands")
    for command in tool.subcommands ?? [] { add(command, after: "idinvert", to: &page) }
    page.heading("exit status")
    page.paragraph("0 done, 1 the job failed or nothing was done, 2 wrong usage, 3 the configuration cannot be used, 4 the model cannot be used.")
    page.heading("files")
    page.item("/etc/idinvert/idinvert.yaml", "the configuration")
    page.item("/var/spool/idinvert/inbox, /var/spool/idinvert/outbox", "where photographs are dropped and results appear")
    page.item(
      "~/.config/idinvert/idinvert.yaml, ~/Pictures/idinvert/inbox, ~/Pictures/idinvert/outbox", "the same of a user's own service (--user)")
    page.heading("see also")
    page.paragraph("idinvert-sidecar(5), idinvert.yaml(5), journalctl(1), systemctl(1)")
    return page
  }

  private static func add(_ command: Tool.Command, after parent: String, to page: inout ManualPage) {
    guard command.shouldDisplay ?? true, command.commandName != "help" else { return }
    let name = "\(parent) \(command.commandName)"
    page.subheading(name)
    page.paragraph([command.abstract, command.discussion].compactMap { $0 }.joined(separator: "\n\n"))
    for argument in command.arguments ?? [] where argument.shouldDisplay {
      // Every command has these two.
      guard argument.names?.contains(where: { ["help", "version"].contains($0.name) }) != true else { continue }
      page.item(argument.term, argument.abstract ?? "")
    }
    for inner in command.subcommands ?? [] { add(inner, after: name, to: &page) }
  }
}
