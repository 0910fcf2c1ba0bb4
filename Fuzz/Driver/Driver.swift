import FuzzProperties
import Glibc

/// What libFuzzer calls. `FUZZ_TARGET` names the property; with `FUZZ_SEEDS` set to a folder, its seeds and its
/// dictionary are written there instead.
private let property: Property = {
  let name = environment("FUZZ_TARGET") ?? ""
  guard let property = Property.all.first(where: { $0.name == name }) else {
    print("FUZZ_TARGET must be one of " + Property.all.map(\.name).joined(separator: ", "))
    exit(2)
  }
  return property
}()

@_cdecl("LLVMFuzzerInitialize")
func initialize(_ count: UnsafeMutableRawPointer?, _ arguments: UnsafeMutableRawPointer?) -> CInt {
  if environment("FUZZ_LIST") != nil {
    for property in Property.all { print(property.name, property.maximumLength) }
    exit(0)
  }
  guard let folder = environment("FUZZ_SEEDS") else {
    _ = property
    return 0
  }
  do {
    for (index, seed) in try property.seeds().enumerated() { save(seed, to: "\(folder)/seed-\(index)") }
  } catch {
    print("the seeds of \(property.name) cannot be made: \(error)")
    exit(2)
  }
  let words = property.words.map { word in
    let bytes = word.unicodeScalars.allSatisfy { $0.value < 256 } ? word.unicodeScalars.map { UInt8($0.value) } : Array(word.utf8)
    return "\"" + bytes.map { "\\x" + ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined() + "\"\n"
  }
  save(Array(words.joined().utf8), to: "\(folder).dict")
  exit(0)
}

@_cdecl("LLVMFuzzerTestOneInput")
func testOneInput(_ start: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
  do {
    _ = try property.check(Array(UnsafeBufferPointer(start: start, count: count)))
  } catch {
    print("VIOLATION: \(error)")
    fflush(nil)
    abort()
  }
  return 0
}

private func environment(_ name: String) -> String? {
  getenv(name).map { String(cString: $0) }
}

private func save(_ bytes: [UInt8], to path: String) {
  guard let file = fopen(path, "w") else {
    print("\(path) cannot be written")
    exit(2)
  }
  fwrite(bytes, 1, bytes.count, file)
  fclose(file)
}
