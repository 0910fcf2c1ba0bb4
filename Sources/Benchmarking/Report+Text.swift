import Foundation

extension Report {
  /// A table for a terminal.
  package var text: String {
    var lines = [
      "\(model), \(resolution)×\(resolution), on \(machine.processor); \(machine.threads) "
        + "\(machine.threads == 1 ? "thread" : "threads"), kernels \(machine.kernels)"
    ]
    if !networks.isEmpty {
      lines += ["", row(["", "GFLOP", "forward ms", "GFLOP/s", "backward ms", "GFLOP/s"])]
      lines += networks.map { network in
        row([
          network.name, number(network.gflop, 1), number(network.forward.milliseconds.median, 1),
          number(network.forward.gflops, 0), number(network.backward.milliseconds.median, 1),
          number(network.backward.gflops, 0),
        ])
      }
    }
    lines += [
      "",
      line("one step", "\(number(step.median, 1)) ms (\(number(step.least, 1)) to \(number(step.most, 1)), \(step.runs) runs); "
        + "\(number(stepGflop, 1)) GFLOP at \(number(stepGflops, 0)) GFLOP/s"),
    ]
    if let inversion {
      lines.append(line("\(inversion.steps) steps", "\(number(inversion.seconds, 1)) s; loss "
        + "\(number(inversion.firstTotal, 4)) to \(number(inversion.lastTotal, 4))"))
    }
    lines.append(line("start-up", "\(startupSeconds.map { number($0, 2) } ?? "?") s to the end of the first step; "
      + "reading the pack \(number(loadSeconds, 2)) s, first step \(number(firstStep / 1e3, 2)) s"))
    if let peakMib { lines.append(line("memory", "\(number(peakMib, 0)) MiB at the most; estimated \(number(estimatedMib, 0))")) }
    if let threads {
      lines.append(line("threads", "\(number(threads.one.median, 1)) ms with one, \(number(threads.two.median, 1)) ms with two: "
        + "\(number(threads.ratio, 2)) times as fast"))
    }
    if let roofline {
      lines += [
        line("machine", "\(number(roofline.peakGflops, 0)) GFLOP/s, reads \(number(roofline.bandwidthGbs, 1)) GB/s"),
        line("roofline", "a step takes at least \(number(roofline.bound, 0)) ms here, "
          + "\(number(roofline.directBound, 0)) ms without Winograd; reached \(number(roofline.fraction * 100, 0)) %"),
      ]
    }
    return lines.joined(separator: "\n")
  }

  /// One JSON object on several lines.
  package func json() throws -> String {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    encoder.keyEncodingStrategy = .convertToSnakeCase
    encoder.nonConformingFloatEncodingStrategy = .convertToString(
      positiveInfinity: "inf", negativeInfinity: "-inf", nan: "nan")
    return String(decoding: try encoder.encode(self), as: UTF8.self)
  }

  private func row(_ cells: [String]) -> String {
    let widths = [10, 8, 12, 9, 13, 9]
    return zip(cells, widths).enumerated().map { index, cell in
      let space = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
      return index == 0 ? cell.0 + space : space + cell.0
    }.joined()
  }

  private func line(_ title: String, _ content: String) -> String {
    title + String(repeating: " ", count: max(1, 12 - title.count)) + content
  }

  private func number(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
