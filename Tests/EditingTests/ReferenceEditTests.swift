import Editing
import Images
import Inversion
import Tensors
import TestSupport
import Testing
import WeightFiles

/// Edits of real codes and their pictures, end to end against the released generator.
@Suite struct ReferenceEditTests {
  /// 8-bit pictures: one level, where float32 rounding falls on either side of a half.
  private static let levels = 1

  private func check(_ key: String, _ make: ([[Float]], [Float]) -> [[Float]]) throws {
    let file = try Fixtures.safetensors("tiny32/edit.safetensors")
    let values = try file.floats(named: "codes")
    let codes = [Array(values[..<384]), Array(values[384...])]
    let edited = make(codes, try file.floats(named: "boundary"))
    #expect(edited.flatMap { $0 } == (try file.floats(named: "\(key).codes")))
    let reference = try file.bytes(named: "\(key).images_u8")
    let networks = try TinyModel.model.get().model
    for (index, code) in edited.enumerated() {
      let picture = try ImageTensors.picture(networks.synthesize(Tensor(code, [1, 8, 48])))
      let expected = reference[index * 3072..<(index + 1) * 3072]
      let worst = zip(picture.pixels, expected).map { abs(Int($0) - Int($1)) }.max() ?? 256
      #expect(worst <= Self.levels, "\(key) \(index)")
    }
  }

  @Test func manipulation() throws {
    try check("manipulate") { codes, boundary in
      codes.flatMap {
        EditArithmetic.manipulation(of: $0, along: boundary, from: -3, to: 3, count: 3, width: 48, layers: [1, 2])
          .map(EditArithmetic.rounded)
      }
    }
  }

  @Test func interpolation() throws {
    try check("interpolate") { codes, _ in
      codes.flatMap { EditArithmetic.interpolation(from: codes[0], to: $0, count: 5).map(EditArithmetic.rounded) }
    }
  }

  @Test func mixing() throws {
    try check("mix") { codes, _ in
      codes.flatMap { style in
        codes.map { EditArithmetic.mix(style: style, content: $0, width: 48, layers: [4, 5, 6, 7]) }
      }
    }
  }
}
