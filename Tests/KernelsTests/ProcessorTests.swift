import Kernels
import Testing

@Suite struct ProcessorTests {
  @Test("A wish is followed where the processor can, else explained")
  func choice() {
    #expect(Processor.choose(nil, best: .avx2) == (.avx2, nil))
    #expect(Processor.choose("", best: .avx512) == (.avx512, nil))
    #expect(Processor.choose("portable", best: .avx512) == (.portable, nil))
    let tooMuch = Processor.choose("avx512", best: .portable)
    #expect(tooMuch.variant == .portable && tooMuch.note?.contains("avx512") == true)
    let unknown = Processor.choose("sse9", best: .avx2)
    #expect(unknown.variant == .avx2 && unknown.note?.contains("'sse9'") == true)
  }

  @Test("The description names the variant")
  func description() {
    #expect(Processor.description.contains(Processor.variant.rawValue))
  }
}
