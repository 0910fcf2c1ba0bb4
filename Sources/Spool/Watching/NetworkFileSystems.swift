/// File systems that do not report what other machines (or their own daemons) change, by statfs(2)'s magic number.
package enum NetworkFileSystems {
  private static let names: [Int64: String] = [
    0x6969: "nfs", 0xFF53_4D42: "cifs", 0xFE53_4D42: "smb2", 0x517B: "smb", 0x0102_1997: "9p", 0x6573_5546: "fuse",
    0x5346_414F: "afs", 0x00C3_6400: "ceph", 0x7375_7245: "coda",
    0x0BD0_0BD0: "lustre", 0x4750_4653: "gpfs", 0x1983_0326: "beegfs", 0x0116_1970: "gfs2", 0x7461_636F: "ocfs2", 0xAAD7_AAEA: "panfs",
  ]

  /// Those that may give a file another inode number when it is renamed or mounted anew.
  private static let renumbering: Set<String> = ["cifs", "smb2", "smb", "9p", "fuse"]

  /// The name of such a file system, nil for others.
  package static func name(ofType type: Int64) -> String? {
    names[type]
  }

  /// Whether inode numbers say for good which file it is.
  static func keepsNumbers(ofType type: Int64) -> Bool {
    names[type].map { !renumbering.contains($0) } ?? true
  }
}
