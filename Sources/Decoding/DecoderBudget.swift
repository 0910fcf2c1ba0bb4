package import Images

/// What the decoding of one picture may cost.
package struct DecoderBudget: Equatable, Sendable {
  /// Memory that the process may take beside its program, in bytes.
  package var memory: Int
  /// Processor time, in seconds.
  package var processorSeconds: Int
  /// After which the process is ended, in seconds. Less than what the service's watchdog waits.
  package var seconds: Int

  package init(memory: Int, processorSeconds: Int, seconds: Int) {
    self.memory = memory
    self.processorSeconds = processorSeconds
    self.seconds = seconds
  }

  /// Many times of what an honest picture takes: on an old machine, beside other work.
  package init(for info: PictureInfo, fileBytes: Int, limits: PictureLimits) {
    let pixels = info.width * info.height
    // What is beside the pixels grows with them too: coefficients of a progressive JPEG, frames that refer to others.
    let beside = min(limits.decoderMemoryInBytes, 64 << 20 + pixels * 16)
    self.init(
      memory: 64 << 20 + fileBytes + pixels * (info.decodingBytesPerPixel + 8) + beside,
      processorSeconds: 20 + pixels / 2_000_000, seconds: 40 + pixels / 1_700_000)
  }
}
