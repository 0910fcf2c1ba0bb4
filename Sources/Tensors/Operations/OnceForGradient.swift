import Kernels
import Synchronization

/// Runs a backward kernel that gives several gradients once for all pullbacks.
final class OnceForGradient: Sendable {
  private struct Kept: Sendable {
    let gradient: FloatBuffer
    let results: [Tensor]
    var uses: Int
  }

  private let uses: Int
  private let body: @Sendable (Tensor) throws -> [Tensor]
  private let kept = Mutex<Kept?>(nil)

  /// - Parameter uses: how many pullbacks share a run; after so many its results are given up.
  init(uses: Int, _ body: @escaping @Sendable (Tensor) throws -> [Tensor]) {
    self.uses = uses
    self.body = body
  }

  /// Result `index` for that gradient.
  func callAsFunction(_ gradient: Tensor, _ index: Int) throws -> Tensor {
    let earlier = kept.withLock { kept -> [Tensor]? in
      guard var run = kept, run.gradient === gradient.buffer else { return nil }
      run.uses -= 1
      kept = run.uses > 0 ? run : nil
      return run.results
    }
    if let earlier { return earlier[index] }
    let results = try body(gradient)
    if uses > 1 { kept.withLock { $0 = Kept(gradient: gradient.buffer, results: results, uses: uses - 1) } }
    return results[index]
  }
}
