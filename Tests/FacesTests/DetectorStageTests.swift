import Faces
import Images
import TestSupport
import Testing
import WeightFiles

@Suite("The detector, stage by stage")
struct DetectorStageTests {
  @Test("Every stage gives the reference's boxes", arguments: Expected.names)
  func stages(_ name: String) throws {
    let expected = try #require(Expected.all.photos[name])
    let file = try Fixtures.safetensors("align/detect/\(name).safetensors")
    let cascade = try detector.cascade(photo(name), minimumFace: 20)
    #expect(cascade.levels.map(\.level.scale) == expected.levels.map(\.scale))
    #expect(cascade.levels.map(\.level.width) == expected.levels.map(\.width))
    #expect(cascade.levels.map(\.level.height) == expected.levels.map(\.height))
    #expect(cascade.levels.map(\.proposals) == expected.levels.map(\.candidates))
    #expect(cascade.levels.map(\.kept) == expected.levels.map(\.kept))
    #expect(cascade.merged.count == expected.after_p_nms)
    #expect(cascade.refinement.passed.count == expected.r_passed)
    #expect(cascade.refinement.kept.count == expected.after_r)
    #expect(cascade.output.passed.count == expected.o_passed)

    try expectEqual(cascade.proposals, file, "p_kept")
    try expectEqual(cascade.merged, file, "p_nms")
    try expectEqual(cascade.refinement.candidates, file, "p_out", within: 1e-3)
    try expectEqual(cascade.refinement.passed, file, "r_pass", within: 1e-3)
    try expectEqual(cascade.refinement.kept, file, "r_out", within: 2e-3)
    try expectEqual(cascade.output.passed, file, "o_pass", within: 2e-3)
    for (judgement, letter) in [(cascade.refinement, "r"), (cascade.output, "o")] where !judgement.scores.isEmpty {
      #expect(try judgement.crops.flatMap(\.self).map(Int64.init) == file.integers(named: "\(letter)_crop"))
      #expect(try maxAbsoluteDifference(judgement.scores, file.floats(named: "\(letter)_score")) <= 1e-5)
      let moves = judgement.regressions.flatMap { move in (0..<4).map { move[$0] } }
      #expect(try maxAbsoluteDifference(moves, file.floats(named: "\(letter)_reg")) <= 5e-6)
    }
    if !cascade.output.points.isEmpty {
      #expect(try maxAbsoluteDifference(cascade.output.points.flatMap(\.self), file.floats(named: "o_points")) <= 5e-6)
    }

    #expect(cascade.faces.count == expected.faces.count)
    for (found, face) in zip(cascade.faces, expected.faces) {
      #expect(abs(found.face.score - face.score) <= 1e-5)
      let (a, b) = (found.face.box, face.faceBox)
      #expect(maxAbsoluteDifference([a.x1, a.y1, a.x2, a.y2], [b.x1, b.y1, b.x2, b.y2]) <= 2e-3)
      for (point, other) in zip(found.points, face.detectedPoints) { #expect((point - other).length <= 2e-3) }
    }
  }

  @Test("The first network gives the reference's maps", arguments: ["one", "gray"])
  func maps(_ name: String) throws {
    let file = try Fixtures.safetensors("align/detect/\(name).safetensors")
    let photo = try photo(name)
    let level = Level.all(width: photo.width, height: photo.height, minimumFace: 20)[3]
    let found = try detector.proposals(in: photo, level)
    #expect(try maxAbsoluteDifference(found.probabilities, file.floats(named: "level3.prob")) <= 1e-5)
    #expect(try maxAbsoluteDifference(found.regression, file.floats(named: "level3.reg")) <= 5e-6)
    try expectEqual(found.proposals, file, "level3.boxes")
  }

  @Test("A level of several tiles gives the same proposals in rows as one tile would")
  func tiles() throws {
    // The same photograph beside itself is more than one tile wide; both halves have the faces.
    let one = try photo("one")
    var wide = Picture(width: 4 * one.width, height: one.height, color: .white)
    for copy in 0..<4 { wide.paste(one, x: copy * one.width, y: 0) }
    let level = Level.all(width: wide.width, height: wide.height, minimumFace: 20)[0]
    let found = try detector.proposals(in: wide, level).proposals
    #expect(!found.isEmpty)
    for (a, b) in zip(found, found.dropFirst()) {
      #expect(a.box.y1 < b.box.y1 || (a.box.y1 == b.box.y1 && a.box.x1 < b.box.x1))
    }
    let faces = try detector.cascade(wide, minimumFace: 20).faces
    #expect(faces.count == 4)
  }

  @Test("The upright pass from the reference's boxes gives its points", arguments: Expected.faces)
  func upright(_ name: String, _ index: Int) throws {
    let face = try Expected.face(name, index)
    let pass = try detector.uprightPass(photo(name), box: face.faceBox, points: face.detectedPoints)
    for (point, other) in zip(pass.points, face.uprightPoints) { #expect((point - other).length <= 1e-3) }
    #expect(abs(pass.score - face.upright.score) <= 1e-5)
    let file = try Fixtures.safetensors("align/detect/\(name).safetensors")
    #expect(try maxAbsoluteDifference(pass.crop, file.floats(named: "upright\(index).crop")) <= 1e-5)
  }

  private func expectEqual(_ proposals: [Proposal], _ file: SafetensorsFile, _ key: String) throws {
    guard !proposals.isEmpty else { return }
    let expected = try file.floats(named: key)
    try #require(expected.count == proposals.count * 9)
    for (index, proposal) in proposals.enumerated() {
      #expect(proposal.box == box(expected, index, stride: 9))
      #expect(abs(proposal.score - expected[index * 9 + 4]) <= 1e-5)
      for side in 0..<4 { #expect(abs(proposal.regression[side] - expected[index * 9 + 5 + side]) <= 5e-6) }
    }
  }

  private func expectEqual(_ boxes: [ScoredBox], _ file: SafetensorsFile, _ key: String, within limit: Float) throws {
    guard !boxes.isEmpty else { return }
    let expected = try file.floats(named: key)
    try #require(expected.count == boxes.count * 5)
    let values = boxes.flatMap { [$0.box.x1, $0.box.y1, $0.box.x2, $0.box.y2] }
    let others = boxes.indices.flatMap { Array(expected[$0 * 5..<$0 * 5 + 4]) }
    #expect(maxAbsoluteDifference(values, others) <= limit)
    for (index, box) in boxes.enumerated() { #expect(abs(box.score - expected[index * 5 + 4]) <= 1e-5) }
  }
}
