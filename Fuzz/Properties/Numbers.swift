import Glibc
import WeightFiles

extension Property {
  static let safetensors = Property(
    "safetensors", maximumLength: 1 << 16,
    words: [
      "__metadata__", "\"dtype\":", "\"shape\":[", "\"data_offsets\":[", "\"F32\"", "\"F16\"", "\"BF16\"", "\"F64\"", "\"U8\"",
      "\"I64\"", "\"BOOL\"", "9223372036854775807", "18446744073709551615", "\\ud800", "\\u0000",
    ],
    seeds: {
      var writer = SafetensorsWriter(metadata: ["pack": "fruits64", "odd": "\u{1}\"\\é"])
      writer.add("a.weight", shape: [2, 3], values: [0, 1, -2.5, .infinity, .nan, .leastNonzeroMagnitude])
      writer.add("b", shape: [1], values: [3])
      let types = [("F64", 8), ("F16", 2), ("BF16", 2), ("I64", 8), ("U8", 1), ("BOOL", 1)]
      let others = types.map { type, size -> [UInt8] in
        let header = Array(#"{"x":{"dtype":"\#(type)","shape":[2,1],"data_offsets":[0,\#(2 * size)]}}"#.utf8)
        return [UInt8(header.count), 0, 0, 0, 0, 0, 0, 0] + header + [UInt8](repeating: 0x3C, count: 2 * size)
      }
      return [writer.bytes(), SafetensorsWriter().bytes()] + others
    },
    body: { bytes in
      try withFile(bytes) { path in
        guard let file = try acceptedOrRefused(WeightFileError.self, { try SafetensorsFile(path: path, name: "x") }) else {
          return false
        }
        var writer = SafetensorsWriter(metadata: file.metadata)
        var covered = 0
        for entry in file.entries {
          try require(entry.byteRange.lowerBound == covered, "'\(entry.name)' does not begin where the last one ended")
          covered = entry.byteRange.upperBound
          try readEveryWay(entry, of: file)
          guard entry.type == .float32, entry.name != "__metadata__" else { continue }
          writer.add(entry.name, shape: entry.shape, values: try file.floats(named: entry.name))
        }
        try checkReadBack(writer, of: file)
        return true
      }
    })

  static let numpy = Property(
    "npy", maximumLength: 1 << 16,
    words: ["'descr'", "'fortran_order'", "'shape'", "True", "False", "'<f4'", "'>f8'", "'|O'", "'<i8'", "(1,)", "10L"],
    seeds: {
      func file(_ header: String, _ version: UInt8, _ data: Int) -> [UInt8] {
        let length = [UInt8(header.utf8.count), 0] + (version == 1 ? [] : [0, 0])
        return [0x93] + Array("NUMPY".utf8) + [version, 0] + length + Array(header.utf8) + [UInt8](repeating: 0x40, count: data)
      }
      return [
        NumPyFile.bytes(shape: [1, 2, 3], values: [0, 1, 2, 3, 4, 5]), NumPyFile.bytes(shape: [], values: [1]),
        file("{'descr': '>f8', 'fortran_order': True, 'shape': (2, 3), }", 2, 48),
        file("{'descr': '<f2', 'fortran_order': True, 'shape': (2, 2, 2), }", 3, 16),
        file("{'descr': '|u1', 'fortran_order': False, 'shape': (7,), }", 1, 7),
        file("{'descr': '<i8', 'fortran_order': False, 'shape': (), }", 1, 8),
        file("{'descr': '|O', 'fortran_order': False, 'shape': (), }", 1, 8),
      ]
    },
    body: { bytes in
      try withFile(bytes) { path in
        guard let file = try acceptedOrRefused(WeightFileError.self, { try NumPyFile(path: path, name: "x.npy") }) else {
          return false
        }
        let floats = file.floats
        try require(floats.count == file.shape.reduce(1, *), "\(floats.count) numbers have shape \(file.shape)")
        guard case .floats(let values) = file.values else { return true }
        try withFile(NumPyFile.bytes(shape: file.shape, values: values)) { path in
          let again = try NumPyFile(path: path, name: "y.npy")
          try require(again.shape == file.shape, "the shape \(file.shape) becomes \(again.shape)")
          try require(again.floats.map(\.bitPattern) == values.map(\.bitPattern), "numbers change when written and read")
        }
        return true
      }
    })

  private static func readEveryWay(_ entry: SafetensorsEntry, of file: SafetensorsFile) throws {
    let size = entry.byteRange.count
    if let bytes = try acceptedOrRefused(WeightFileError.self, { try file.bytes(named: entry.name) }) {
      try require(bytes.count == size, "'\(entry.name)' has \(bytes.count) of \(size) bytes")
    }
    _ = try acceptedOrRefused(WeightFileError.self) { try file.integers(named: entry.name) }
    _ = try acceptedOrRefused(WeightFileError.self) { try file.doubles(named: entry.name) }
    if let floats = try acceptedOrRefused(WeightFileError.self, { try file.floats(named: entry.name) }) {
      try require(floats.count == entry.shape.reduce(1, *), "'\(entry.name)' has \(floats.count) numbers")
    }
    let finite = try acceptedOrRefused(WeightFileError.self) {
      try file.floats(named: entry.name, allowsNonFinite: false)
    }
    try require(finite?.allSatisfy(\.isFinite) ?? true, "'\(entry.name)' has a value that is not finite")
    guard let rows = entry.shape.first, rows > 0 else { return }
    _ = try acceptedOrRefused(WeightFileError.self) {
      let read = try file.rowReader(named: entry.name, shape: entry.shape)
      var row = [Float](repeating: 0, count: entry.shape.dropFirst().reduce(1, *))
      var span = row.mutableSpan
      try read(0, &span)
      try read(rows - 1, &span)
    }
  }

  private static func checkReadBack(_ writer: SafetensorsWriter, of file: SafetensorsFile) throws {
    try withFile(writer.bytes()) { path in
      let again = try SafetensorsFile(path: path, name: "y")
      try require(again.metadata == file.metadata, "metadata change when written and read")
      for entry in again.entries {
        let (found, expected) = (try again.floats(named: entry.name), try file.floats(named: entry.name))
        try require(entry.shape == file.entry(entry.name)?.shape, "'\(entry.name)' changes its shape")
        try require(found.map(\.bitPattern) == expected.map(\.bitPattern), "'\(entry.name)' changes its numbers")
      }
    }
  }
}

/// Calls the body with the path of a file without a name, in memory where that is possible, that holds the bytes.
func withFile<Result>(_ bytes: [UInt8], _ body: (String) throws -> Result) throws -> Result {
  let folder = unsafe access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp"
  var path = Array((folder + "/idinvert-fuzz-XXXXXX").utf8CString)
  let descriptor = unsafe mkstemp(&path)
  try require(descriptor >= 0, "no file can be made")
  unsafe unlink(path)
  defer { close(descriptor) }
  let written = unsafe bytes.withUnsafeBytes { unsafe write(descriptor, $0.baseAddress, $0.count) }
  try require(written == bytes.count, "the file in memory cannot be written")
  return try body("/proc/self/fd/\(descriptor)")
}
