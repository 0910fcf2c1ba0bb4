import KernelInterface

/// Between plain NCHW and the blocked layout.
package enum Layout {
  package static func block(_ plain: FloatBuffer, into blocked: FloatBuffer, _ shape: BlockedShape) {
    precondition(plain.count >= shape.plainCount && blocked.count >= shape.count, "a buffer is too small")
    let table = Processor.table, source = UnsafePointer(plain.base)
    Workers.current.run(shape.batch * shape.blocks) { piece, _ in
      let image = piece / shape.blocks, first = piece % shape.blocks * 16
      table.image.block(
        source + (image * shape.channels + first) * shape.pixels, shape.pixels, min(16, shape.channels - first),
        shape.pixels, blocked.base + piece * shape.pixels * 16)
    }
  }

  package static func unblock(_ blocked: FloatBuffer, into plain: FloatBuffer, _ shape: BlockedShape) {
    precondition(plain.count >= shape.plainCount && blocked.count >= shape.count, "a buffer is too small")
    let table = Processor.table, source = UnsafePointer(blocked.base)
    Workers.current.run(shape.batch * shape.blocks) { piece, _ in
      let image = piece / shape.blocks, first = piece % shape.blocks * 16
      table.image.unblock(
        source + piece * shape.pixels * 16, shape.pixels, min(16, shape.channels - first),
        plain.base + (image * shape.channels + first) * shape.pixels, shape.pixels)
    }
  }
}
