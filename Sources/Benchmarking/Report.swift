/// What a benchmark found. Times are in milliseconds where a name does not say seconds.
package struct Report: Sendable, Equatable, Codable {
  package struct Machine: Sendable, Equatable, Codable {
    package var processor: String
    package var kernels: String
    package var threads: Int
  }

  /// One network, forward or backward to its input.
  package struct Direction: Sendable, Equatable, Codable {
    package var milliseconds: Timing
    /// Plain loops' operations over the time taken, in units of 10⁹ a second.
    package var gflops: Double
  }

  package struct Network: Sendable, Equatable, Codable {
    package var name: String
    /// Multiplications and additions of plain loops, one direction, in units of 10⁹.
    package var gflop: Double
    package var forward: Direction
    package var backward: Direction
  }

  package struct Threads: Sendable, Equatable, Codable {
    package var one: Timing
    package var two: Timing
    /// How many times as fast a step is with two threads: the median over pairs of steps, one after the other.
    package var ratio: Double
  }

  package struct Roofline: Sendable, Equatable, Codable {
    package var peakGflops: Double
    package var bandwidthGbs: Double
    /// The least time of a step.
    package var bound: Double
    /// The least time of a step of plain loops.
    package var directBound: Double
    /// `bound` over the median time of a step.
    package var fraction: Double
  }

  /// Losses at the encoder's code of the target, unweighted but for the total.
  package struct Losses: Sendable, Equatable, Codable {
    package var pixel: Double
    package var perceptual: Double
    package var domain: Double
    package var total: Double
  }

  /// A whole inversion.
  package struct Inversion: Sendable, Equatable, Codable {
    package var steps: Int
    /// With the target's features and the encoder's code, without the start of the program.
    package var seconds: Double
    package var firstTotal: Double
    package var lastTotal: Double
  }

  package var machine: Machine
  package var model: String
  package var resolution: Int
  /// Reading the pack and making the networks.
  package var loadSeconds: Double
  /// From the start of the process to the end of the first step, which also brings the weights into their final form;
  /// the making of a random pack is not counted.
  /// Nil where `/proc` does not say when the process started.
  package var startupSeconds: Double?
  package var firstStep: Double
  /// One step: losses, gradient and Adam's update.
  package var step: Timing
  /// Plain loops' operations of one step, in units of 10⁹.
  package var stepGflop: Double
  package var losses: Losses
  package var inversion: Inversion?
  /// After the steps above, before anything below.
  package var peakMib: Double?
  /// What the service would reckon with.
  package var estimatedMib: Double
  package var networks: [Network]
  package var threads: Threads?
  package var roofline: Roofline?

  package var stepGflops: Double { stepGflop / step.median * 1e3 }
}
