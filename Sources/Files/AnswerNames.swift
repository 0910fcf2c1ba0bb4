/// The names that an answer (a folder in an outbox) keeps for files of its own. What a person dropped under one of them,
/// in whatever case, lies in the folder `originals` instead of beside the results.
package enum AnswerNames {
  /// In an outbox: the folder of failures.
  package static let failed: Name = "failed"
  /// In an outbox: the gallery's newest page; the others are `index-1.html`, `index-2.html`, …
  package static let gallery: Name = "index.html"
  package static let originals: Name = "originals"
  package static let error: Name = "error.txt"
  package static let marker: Name = ".job.json"
  package static let report: Name = "result.json"
  package static let sheet: Name = "sheet.png"
  package static let page: Name = "report.html"
  package static let snapshots: Name = "snapshots"
  package static let latents: Name = "latent.safetensors"
  package static let latentArray: Name = "latent.npy"
  /// The photograph as the model saw it, and what was made of it.
  package static let pictures: [Name] = ["original.png", "encoder.png", "inverted.png"]
  /// Of a face that is put back: where pixels may change, and the whole photographs.
  package static let pasted: [Name] = ["mask.png", "whole"]

  /// Of the methods that are compared.
  package static let compared: [Name] = ["by-encoder", "by-in-domain", "by-image2stylegan", "by-conventional"]

  private static let all = Set(
    ([originals, error, marker, report, sheet, page, snapshots, latents, latentArray] + pictures + pasted + compared + [matrix(1)])
      .map(\.folded))

  /// Whether nothing of a person's may have this name at the top of an answer. Folders of edits (`01-reconstruct`) are not
  /// among them: what the work made is looked at as it is.
  package static func isReserved(_ name: Name) -> Bool {
    if name.hasPrefix(".") || all.contains(name.folded) { return true }
    guard let text = name.string?.lowercased() else { return false }
    return [("\(originals) (", ")"), (faceStart, ""), (matrixStart + "-", ".png")].contains { start, end in
      let inner = text.dropFirst(start.count).dropLast(end.count)
      return text.hasPrefix(start) && text.hasSuffix(end) && !inner.isEmpty && inner.allSatisfy(\.isNumber)
    }
  }

  private static let galleryStart = "index-", galleryEnd = ".html"

  /// A full page of the gallery, from 1, the oldest.
  package static func galleryPage(_ number: Int) -> Name { Name("\(galleryStart)\(number)\(galleryEnd)") }

  /// The number of a page of the gallery.
  package static func galleryNumber(_ name: Name) -> Int? {
    guard let text = name.string, text.hasPrefix(galleryStart), text.hasSuffix(galleryEnd) else { return nil }
    return Int(text.dropFirst(galleryStart.count).dropLast(galleryEnd.count)).flatMap { galleryPage($0) == name && $0 > 0 ? $0 : nil }
  }

  /// Whether no answer may have this name at the top of an outbox: the folder of failures and the gallery have it, on a file
  /// system that ignores case at least.
  package static func isOfOutbox(_ name: Name) -> Bool {
    if name.folded == failed.folded || name.folded == gallery.folded { return true }
    guard let text = name.string?.lowercased(), text.hasPrefix(galleryStart), text.hasSuffix(galleryEnd) else { return false }
    let inner = text.dropFirst(galleryStart.count).dropLast(galleryEnd.count)
    return !inner.isEmpty && inner.allSatisfy(\.isNumber)
  }

  private static let faceStart = "face-"
  private static let matrixStart = "matrix"

  /// The matrix of contents and styles of a job with several photographs: `matrix.png`, `matrix-2.png`, …
  package static func matrix(_ number: Int) -> Name {
    number > 1 ? Name("\(matrixStart)-\(number).png") : Name("\(matrixStart).png")
  }

  /// The folder of a photograph's further faces, by their number: `face-2`.
  package static func face(_ number: Int) -> String { faceStart + String(number) }

  /// `originals`, `originals (2)`, …: the further ones are used where a name meets another one even there. No photograph's
  /// folder is named so.
  package static func originals(_ number: Int) -> Name {
    number > 1 ? Name("\(originals) (\(number))") : originals
  }
}
