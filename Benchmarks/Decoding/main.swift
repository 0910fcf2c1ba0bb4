import Decoding
import Foundation
import Images

// What a process of its own costs: decodes each picture there and here, in turns, and prints medians in milliseconds.
// DecodingBenchmark PROGRAM ROUNDS PICTURE…
let arguments = CommandLine.arguments
guard arguments.count > 3, let rounds = Int(arguments[2]), rounds > 0 else {
  print("DecodingBenchmark PROGRAM ROUNDS PICTURE…: PROGRAM is an idinvert")
  exit(2)
}

/// Processor time of this process and of those that it waited for, in seconds.
func processorTime() -> Double {
  [RUSAGE_SELF, RUSAGE_CHILDREN].map(\.rawValue).reduce(0) { sum, who in
    var usage = rusage()
    getrusage(who, &usage)
    return sum + Double(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) + Double(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) * 1e-6
  }
}

func median(_ values: [Double]) -> String { String(format: "%.1f", values.sorted()[values.count / 2] * 1000) }

print("picture\tapart: processor\twall\there: processor\twall\tadded: processor\twall")
for path in arguments.dropFirst(3) {
  let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
  let decoders: [any PictureDecoding] = [DecoderProcess(program: arguments[1]), DirectDecoder()]
  var processor: [[Double]] = [[], []], wall: [[Double]] = [[], []]
  for _ in 0..<rounds {
    for (index, decoder) in decoders.enumerated() {
      let start = (processorTime(), ContinuousClock().now)
      let picture = try decoder.decode(bytes, name: path, alpha: .drop, limits: PictureLimits()).picture
      wall[index].append((ContinuousClock().now - start.1) / .seconds(1))
      processor[index].append(processorTime() - start.0)
      precondition(!picture.pixels.isEmpty)
    }
  }
  let added = [processor, wall].map { times in zip(times[0], times[1]).map { $0 - $1 } }
  let columns = [processor[0], wall[0], processor[1], wall[1], added[0], added[1]].map(median)
  print(([URL(fileURLWithPath: path).lastPathComponent] + columns).joined(separator: "\t"))
}
