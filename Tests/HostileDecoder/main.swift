import Decoding
import Glibc
import Images

// A decoder as a hole in a library would make it: confined like the true one, and then doing what the last line of its
// file says. Tests alone have it.
DecoderChild.run { (bytes, alpha, limits, listener) throws(ImageError) in
  let line = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).last ?? []
  switch String(decoding: line, as: UTF8.self) {
  case "crash": UnsafeMutablePointer<Int>(bitPattern: 16)!.pointee = 1
  case "hang":
    while true { _ = time(nil) }
  case "allocate":
    while true {
      let memory = mmap(nil, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
      guard let memory, memory != MAP_FAILED else { abort() }
      memset(memory, 1, 1 << 20)
    }
  case "write":
    // Its picture, and more.
    if let info = try? PictureInfo(of: bytes, name: "") {
      piece([UInt8](repeating: 7, count: info.width * info.height * 3))
      answer(.picture, info.width, info.height)
    }
    let more = [UInt8](repeating: 7, count: 1 << 20)
    for _ in 0..<64 { _ = write(4, more, more.count) }
    _exit(0)
  case "pieces":
    // One after another, for ever.
    while true { piece([UInt8](repeating: 7, count: 1000)) }
  case "huge":
    number(1 << 40)
    while true { _ = time(nil) }
  case "few":
    guard let info = try? PictureInfo(of: bytes, name: "") else { break }
    piece([UInt8](repeating: 7, count: info.width * info.height * 3 - 1))
    answer(.picture, info.width, info.height)
    _exit(0)
  case "stop":
    // In the middle of its picture, and stays.
    number(100)
    _ = write(4, [7], 1)
    while true { _ = time(nil) }
  case "break":
    // In the middle of its picture, and ends.
    number(100)
    _ = write(4, [7], 1)
    _exit(0)
  case "change its mind":
    // Half of it, and then a refusal.
    if let info = try? PictureInfo(of: bytes, name: "") { piece([UInt8](repeating: 7, count: info.width * info.height)) }
    answer(.truncated)
    _exit(0)
  case "size":
    answer(.picture, 100_000, 100_000)
    while true { _ = time(nil) }
  case "grow": _exit(ftruncate(4, 1 << 30) == 0 ? 0 : 9)
  case "lie":
    answer(.corrupt, texts: [String(repeating: "\u{1b}[31m\n", count: 1000)])
    _exit(0)
  case "noise":
    let noise = (0..<4096).map { UInt8(truncatingIfNeeded: $0 * 167 + 13) }
    _ = write(4, noise, noise.count)
    _exit(0)
  case "silence": _exit(0)
  case "leave": _exit(7)
  case "look": throw ImageError(name: "", kind: .corrupt(whatIsOpen()))
  default: break
  }
  return try Picture.decode(bytes, name: "", alpha: alpha, limits: limits, listener: listener)
}

private func number(_ value: Int) { _ = withUnsafeBytes(of: value.littleEndian) { write(4, $0.baseAddress, 8) } }

private func piece(_ pixels: [UInt8]) {
  number(pixels.count)
  _ = write(4, pixels, pixels.count)
}

private func answer(_ outcome: DecoderAnswer.Outcome, _ width: Int = 0, _ height: Int = 0, texts: [String] = []) {
  number(0)
  let bytes = DecoderAnswer(outcome, width: width, height: height, texts: texts).bytes
  let whole = bytes + [UInt8](repeating: 0, count: DecoderAnswer.length - bytes.count)
  _ = write(4, whole, whole.count)
}

/// Tries every door, and names those that were not locked.
private func whatIsOpen() -> String {
  var open: [String] = []
  func attempt(_ name: String, _ result: Int) { if result >= 0 { open.append(name) } }
  attempt("open", Int(Glibc.open("/etc/passwd", O_RDONLY)))
  attempt("socket", Int(socket(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0)))
  attempt("fork", Int(fork()))
  attempt("kill", Int(kill(getppid(), 0)))
  var byte: UInt8 = 0
  attempt("read", Glibc.read(3, &byte, 1))
  attempt("write elsewhere", Glibc.write(2, &byte, 1))
  attempt("dup", Int(dup(4)))
  attempt("mkdir", Int(mkdir("/tmp/idinvert-hostile", 0o700)))
  let code = mmap(nil, 4096, PROT_READ | PROT_EXEC, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0)
  if code != MAP_FAILED { open.append("executable memory") }
  return open.isEmpty ? "every door is locked" : "open: " + open.joined(separator: ", ")
}
