import KernelInterface

/// A matrix `[depth][outputs]` cut into panels of a few blocks of outputs, each panel contiguous, as the micro-kernel
/// reads it. Outputs are padded with zeros to whole blocks.
struct WeightPanels {
  let depth: Int
  /// Output blocks.
  let blocks: Int
  let panelBlocks: Int

  init(depth: Int, outputs: Int) {
    self.depth = depth
    blocks = blockCount(outputs)
    panelBlocks = Processor.table.panelBlocks
  }

  /// What matrices of either direction take at the most.
  static func bytes(matrices: Int, inputs: Int, outputs: Int) -> Int {
    matrices * (blockCount(inputs) * 16) * (blockCount(outputs) * 16) * 4
  }

  var panels: Int { (blocks + panelBlocks - 1) / panelBlocks }
  var count: Int { depth * blocks * 16 }

  /// Blocks in a panel: all but the last are full.
  func blocks(in panel: Int) -> Int { min(panelBlocks, blocks - panel * panelBlocks) }

  func offset(of panel: Int) -> Int { panel * panelBlocks * 16 * depth }

  /// Where row k of a panel begins.
  func offset(of panel: Int, row k: Int) -> Int { offset(of: panel) + k * blocks(in: panel) * 16 }

  /// Where weight (k, output) lies.
  func index(_ k: Int, _ output: Int) -> Int {
    let panel = output / (panelBlocks * 16)
    return offset(of: panel, row: k) + output - panel * panelBlocks * 16
  }
}
