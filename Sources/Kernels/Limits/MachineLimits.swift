import KernelInterface

/// The two numbers of a roofline (Williams, Waterman and Patterson 2009), measured here and now with all workers.
package struct MachineLimits: Sendable, Equatable {
  /// Floating-point operations in a second, a multiply-add counting as two, in units of 10⁹.
  package let peakGFLOPS: Double
  /// Reading memory that no cache holds, in units of 10⁹ bytes a second.
  package let bandwidthGBS: Double

  package init(peakGFLOPS: Double, bandwidthGBS: Double) {
    self.peakGFLOPS = peakGFLOPS
    self.bandwidthGBS = bandwidthGBS
  }

  /// Measures both, several times; a machine that others use too has slow moments, so the best time counts.
  ///
  /// Takes about a fifth of a second and 256 MiB, which are given back.
  ///
  /// - Parameter attempts: how often each is measured.
  package static func measure(attempts: Int = 9) -> MachineLimits {
    defer { BufferPool.trim() }
    return MachineLimits(peakGFLOPS: peak(attempts), bandwidthGBS: bandwidth(attempts))
  }

  private static func peak(_ attempts: Int) -> Double {
    let table = Processor.table, workers = Workers.current
    let sinks = FloatBuffer(repeating: 0, count: workers.threads * 16)
    // x = x / 2 + 1 settles at 2.
    let factor = FloatBuffer([Float](repeating: 0.5, count: 16) + [Float](repeating: 1, count: 16))
    let (rounds, pieces) = (20_000, 8 * workers.threads)
    var best = 0.0
    for _ in 0..<attempts {
      let seconds = seconds {
        workers.run(pieces) { _, worker in
          _ = table.roofline.multiplyAdd(rounds, factor.base, sinks.base + worker * 16)
        }
      }
      let operations = pieces * rounds * table.roofline.multiplyAdd(0, factor.base, sinks.base)
      best = max(best, Double(operations) * 1e-9 / seconds)
    }
    withExtendedLifetime((sinks, factor)) {}
    return best
  }

  private static func bandwidth(_ attempts: Int) -> Double {
    let table = Processor.table, workers = Workers.current
    let piece = 1 << 18, pieces = 256
    let memory = FloatBuffer(repeating: 1, count: piece * pieces)
    let sinks = FloatBuffer(repeating: 0, count: workers.threads * 16)
    var best = 0.0
    for _ in 0..<attempts {
      let seconds = seconds {
        workers.run(pieces) { index, worker in
          table.roofline.read(memory.base + index * piece, piece, sinks.base + worker * 16)
        }
      }
      best = max(best, Double(piece * pieces * 4) * 1e-9 / seconds)
    }
    withExtendedLifetime((memory, sinks)) {}
    return best
  }

  private static func seconds(_ body: () -> Void) -> Double {
    let duration = ContinuousClock().measure(body)
    return Double(duration.components.seconds) + Double(duration.components.attoseconds) * 1e-18
  }
}
