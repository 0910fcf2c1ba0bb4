import Kernels
import Testing

@Suite struct BlockedMapTests {
  @Test("Blocking and unblocking give the same picture, padding zero", arguments: [1, 3, 16, 17, 100], [1, 3])
  func roundTrip(_ channels: Int, _ batch: Int) {
    let shape = BlockedShape(batch: batch, channels: channels, height: 6, width: 10)
    var noise = Noise(channels)
    let values = noise.array(shape.plainCount), map = blocked(values, shape)
    #expect(plain(map, shape) == values)
    #expect(paddingIsZero(map, shape))
    let last = (batch - 1) * shape.blocks * shape.pixels * 16 + (channels - 1) / 16 * shape.pixels * 16
    #expect(map[last + 7 * 16 + (channels - 1) % 16] == values[values.count - shape.pixels + 7])
  }

  @Test("Mean pooling and its gradient", arguments: [1, 17, 48])
  func averagePooling(_ channels: Int) {
    let large = BlockedShape(batch: 2, channels: channels, height: 12, width: 8)
    let small = BlockedShape(batch: 2, channels: channels, height: 6, width: 4)
    var noise = Noise(channels)
    let x = noise.array(large.plainCount), g = noise.array(small.plainCount)
    let y = FloatBuffer(count: small.count), gx = FloatBuffer(count: large.count)
    BlockedPooling.averageForward(blocked(x, large), into: y, large)
    BlockedPooling.averageBackward(blocked(g, small), into: gx, large)
    var expected: [Double] = [], gradient = [Double](repeating: 0, count: x.count)
    for plane in 0..<2 * channels {
      for i in 0..<6 {
        for j in 0..<4 {
          let at = plane * 96 + i * 16 + j * 2
          expected.append((Double(x[at]) + Double(x[at + 1]) + Double(x[at + 8]) + Double(x[at + 9])) / 4)
          for o in [0, 1, 8, 9] { gradient[at + o] = Double(g[(plane * 6 + i) * 4 + j]) / 4 }
        }
      }
    }
    #expect(relativeError(plain(y, small), expected) < 1e-6)
    #expect(relativeError(plain(gx, large), gradient) < 1e-6)
  }

  @Test("Max pooling sends the gradient to the first of equal maxima", arguments: [1, 17, 48])
  func maximumPooling(_ channels: Int) {
    let large = BlockedShape(batch: 2, channels: channels, height: 12, width: 8)
    let small = BlockedShape(batch: 2, channels: channels, height: 6, width: 4)
    var noise = Noise(channels)
    // Few distinct values: many ties.
    let x = noise.array(large.plainCount).map { ($0 * 2).rounded() }, g = noise.array(small.plainCount)
    let y = FloatBuffer(count: small.count), argument = FloatBuffer(count: small.count)
    let gx = FloatBuffer(count: large.count)
    BlockedPooling.maximumForward(blocked(x, large), into: y, argument: argument, large)
    BlockedPooling.maximumBackward(blocked(g, small), argument: argument, into: gx, large)
    var expected: [Float] = [], gradient = [Float](repeating: 0, count: x.count)
    for plane in 0..<2 * channels {
      for i in 0..<6 {
        for j in 0..<4 {
          let at = plane * 96 + i * 16 + j * 2
          var best = 0
          for o in [1, 8, 9] where x[at + o] > x[at + best] { best = o }
          expected.append(x[at + best])
          gradient[at + best] = g[(plane * 6 + i) * 4 + j]
        }
      }
    }
    #expect(plain(y, small) == expected)
    #expect(plain(gx, large) == gradient)
  }
}
