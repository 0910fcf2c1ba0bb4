import CLinux
import Glibc
import KernelInterface
import KernelsAVX2
import KernelsAVX512
import KernelsPortable
import Synchronization

/// Which instruction set the kernels use. Chosen once, at first use.
package enum Processor {
  package enum Variant: String, Sendable, CaseIterable {
    case portable, avx2, avx512
  }

  /// The environment variable that asks for a variant.
  package static let override = "IDINVERT_KERNELS"

  /// The best variant that this processor and system can run.
  package static let best: Variant = [.portable, .avx2, .avx512][Int(idi_cpu_vector_level())]

  /// The variant in use.
  package static var variant: Variant { choice.variant }

  /// Why `IDINVERT_KERNELS` was not followed, or nil.
  package static var note: String? { choice.note }

  /// One line for a report, such as "avx512 (best here: avx512)".
  package static var description: String {
    let name = "\(variant.rawValue) (best here: \(best.rawValue))"
    return note.map { "\(name); \($0)" } ?? name
  }

  /// What a wish leads to on a processor whose best variant is `best`.
  package static func choose(_ wish: String?, best: Variant) -> (variant: Variant, note: String?) {
    guard let wish, !wish.isEmpty else { return (best, nil) }
    let names = Variant.allCases.map(\.rawValue).joined(separator: ", ")
    guard let wanted = Variant(rawValue: wish) else {
      return (best, "\(override)='\(wish)' is not one of \(names); using \(best.rawValue)")
    }
    let order = Variant.allCases
    guard let rank = order.firstIndex(of: wanted), let limit = order.firstIndex(of: best), rank <= limit else {
      return (best, "\(override)=\(wish) needs a processor that has it; using \(best.rawValue)")
    }
    return (wanted, nil)
  }

  private static let choice = choose(getenv(override).map { String(cString: $0) }, best: best)

  static let table: KernelTable = table(of: variant)

  static func table(of variant: Variant) -> KernelTable {
    switch variant {
    case .portable: PortableKernels.table
    case .avx2: AVX2Kernels.table
    case .avx512: AVX512Kernels.table
    }
  }
}
