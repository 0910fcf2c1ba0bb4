/// What a text may take before it is refused.
package struct YAMLLimits: Sendable {
  package var maximumBytes: Int
  /// Lists and mappings inside each other, the outermost counted.
  package var maximumDepth: Int

  /// 64 KiB and 16 levels.
  package init(maximumBytes: Int = 65_536, maximumDepth: Int = 16) {
    self.maximumBytes = maximumBytes
    self.maximumDepth = maximumDepth
  }
}
