import Inversion
import Tensors
import WeightFiles

extension Benchmark.Sample {
  /// A safetensors file of `target`, `code`, `gradient`, and `losses` (pixel, perceptual, domain, total).
  package var safetensors: [UInt8] {
    var writer = SafetensorsWriter()
    writer.add("target", shape: target.shape.dimensions, values: target.values)
    writer.add("code", shape: code.shape.dimensions, values: code.values)
    writer.add("gradient", shape: code.shape.dimensions, values: gradient)
    writer.add("losses", shape: [4], values: [losses.pixel, losses.perceptual, losses.domain, losses.total])
    return writer.bytes()
  }
}
