internal import Files
internal import FoundationEssentials
internal import PrintableText
package import WeightFiles

extension FaceDetector {
  /// The detector that comes with the program.
  ///
  /// - Parameter executable: the running program, beside which the file lies.
  /// - Throws: `WeightFileError` when the file is missing or damaged.
  package static func bundled(
    besideExecutable executable: String? = ProgramFiles.runningExecutable
  ) throws(WeightFileError) -> FaceDetector {
    let name = "faces/detector.safetensors"
    let places = executable.map {
      ProgramFiles.places(installed: name, source: "Resources/" + name, besideExecutable: $0)
    } ?? []
    guard let path = places.first(where: { FileManager.default.fileExists(atPath: $0) }) else {
      throw WeightFileError(
        file: name,
        message: "is missing (looked in \(places.map(printable).joined(separator: ", "))); install the program again")
    }
    return try FaceDetector(path: path)
  }
}
