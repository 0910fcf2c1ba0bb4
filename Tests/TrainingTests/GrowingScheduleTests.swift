import Foundation
import NeuralNetworks
import TestSupport
import Testing

import Training

@Suite("Pictures grow by the number of images")
struct GrowingScheduleTests {
  private struct File: Decodable {
    struct Schedule: Decodable {
      struct Row: Decodable { let images: Int, side: Int, new_part: Double }
      let resolution: Int, initial: Int, hold_images: Int, fade_images: Int
      let rows: [Row]
    }
    let growing_schedule: Schedule
  }

  @Test("at the points of the original's own function")
  func original() throws {
    let numbers = try JSONDecoder().decode(
      File.self, from: Data(contentsOf: URL(fileURLWithPath: Fixtures.path("training/settings.json")))
    ).growing_schedule
    let both = numbers.hold_images + numbers.fade_images
    let schedule = GrowingSchedule(
      sides: [8, 16, 32, 64], images: [numbers.hold_images, both, both, 10_000_000], fadeImages: numbers.fade_images)
    #expect(numbers.rows.count == 14)
    for row in numbers.rows {
      let stage = schedule.stage(at: row.images)
      #expect(stage.side == row.side, "\(row)")
      #expect(abs(1 - stage.fade - row.new_part) < 1e-9, "\(row)")
    }
  }

  @Test("the moments are cleared when fading starts and when it ends, and at no other time")
  func phases() {
    let schedule = GrowingSchedule(sides: [16, 32], images: [1000, 2000], fadeImages: 500)
    var changes: [Int] = []
    for seen in 1...3000 where schedule.phase(at: seen) != schedule.phase(at: seen - 1) { changes.append(seen) }
    #expect(changes == [1001, 1500])
  }
}
