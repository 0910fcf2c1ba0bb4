import CLinux
import KernelInterface

// The widest register of each instruction set. The data is the same everywhere: 16 channels side by side.
#if WIDE
typealias V = SIMD16<Float>
typealias Words = SIMD16<UInt32>
@inline(__always) var lanes: Int { 16 }
#elseif FMA && arch(x86_64)
typealias V = SIMD8<Float>
typealias Words = SIMD8<UInt32>
@inline(__always) var lanes: Int { 8 }
#else
typealias V = SIMD4<Float>
typealias Words = SIMD4<UInt32>
@inline(__always) var lanes: Int { 4 }
#endif

@inline(__always) func load(_ p: Source, _ offset: Int) -> V {
  UnsafeRawPointer(p).loadUnaligned(fromByteOffset: offset &* 4, as: V.self)
}

@inline(__always) func load(_ p: Target, _ offset: Int) -> V {
  UnsafeRawPointer(p).loadUnaligned(fromByteOffset: offset &* 4, as: V.self)
}

@inline(__always) func store(_ p: Target, _ offset: Int, _ v: V) {
  UnsafeMutableRawPointer(p).storeBytes(of: v, toByteOffset: offset &* 4, as: V.self)
}

/// `a + b · c`, one instruction where the machine has it. Elsewhere `addingProduct` would call `fmaf` for each lane.
@inline(__always) func fma(_ a: V, _ b: V, _ c: V) -> V {
  #if FMA || arch(arm64)
  a.addingProduct(b, c)
  #else
  a + b * c
  #endif
}

@inline(__always) func fma(_ a: V, _ b: V, _ c: Float) -> V { fma(a, b, V(repeating: c)) }

/// 0: none, 1: ReLU, 2: leaky ReLU. NaN stays NaN.
@inline(__always) func activated(_ v: V, _ activation: Int) -> V {
  if activation == 0 { return v }
  if activation == 1 { return v.replacing(with: 0, where: v .< 0) }
  return v.replacing(with: v * 0.2, where: v .< 0)
}

/// `g · activation'(y)`; the slope at exactly zero is that of the negative side.
@inline(__always) func masked(_ g: V, _ y: V, _ activation: Int) -> V { sloped(g, y .<= 0, activation) }

@inline(__always) private func sloped(_ g: V, _ isNegative: SIMDMask<V.MaskStorage>, _ activation: Int) -> V {
  if activation == 0 { return g }
  if activation == 1 { return g.replacing(with: 0, where: isNegative) }
  return g.replacing(with: g * 0.2, where: isNegative)
}

// Signs (`Kernels/Convolution/SignBitmap.swift`): a word of 32 bits for each lane of a tile, a bit for each pixel.
@inline(__always) func loadWords(_ p: Source, _ offset: Int) -> Words {
  UnsafeRawPointer(p).loadUnaligned(fromByteOffset: offset &* 4, as: Words.self)
}

@inline(__always) func storeWords(_ p: Target, _ offset: Int, _ words: Words) {
  UnsafeMutableRawPointer(p).storeBytes(of: words, toByteOffset: offset &* 4, as: Words.self)
}

/// `words` with `bit` where `y` is at most zero.
@inline(__always) func signed(_ words: Words, _ y: V, _ bit: Words) -> Words {
  words.replacing(with: words | bit, where: y .<= 0)
}

/// `masked`, by a bit of the signs.
@inline(__always) func masked(_ g: V, _ signs: Words, _ bit: UInt32, _ activation: Int) -> V {
  sloped(g, signs & Words(repeating: bit) .!= Words(repeating: 0), activation)
}

// What is done to a map's values before a convolution (`WinogradKernels.Input`), as a number that is known when the loops
// are compiled: 0 nothing, 1 ReLU's and 2 leaky ReLU's derivative, 3 scale and shift, 4 the gradient of an epilogue.

@inline(__always) func changeOf(_ y: Source?, _ activation: Int, _ factors: Source?) -> Int {
  if factors != nil { return y == nil ? 3 : 4 }
  return y == nil ? 0 : activation
}

/// Whether it goes by signs.
@inline(__always) func takesSigns(_ change: Int) -> Bool { change == 1 || change == 2 }

/// Factor i, if that change has it.
@inline(__always) func factor(_ i: Int, _ change: Int, _ f: Source, _ part: Int) -> V {
  if change < 3 || change == 3 && i == 2 { return V(repeating: 0) }
  return load(f, i &* 16 &+ part)
}

/// - Parameter bit: of the signs at `y`, which is elsewhere the number beside `x`.
@inline(__always)
func changed(_ x: V, _ y: Source, _ change: Int, _ bit: UInt32, _ a: V, _ b: V, _ c: V) -> V {
  if change == 0 { return x }
  if change < 3 { return masked(x, loadWords(y, 0), bit, change) }
  if change == 3 { return fma(b, x, a) }
  let y = load(y, 0)
  return masked(fma(fma(c, b, y), a, x), y, 2)
}

/// Calls `body` with the offset of each register of a 16-lane group.
@inline(__always) func forEachPart(_ body: (_ offset: Int) -> Void) {
  var part = 0
  while part < 16 { body(part); part &+= lanes }
}

/// Asks for the cache line at `p + offset` ahead of its use. The address may lie outside the buffer.
@inline(__always) func prefetch(_ p: Source, _ offset: Int) {
  idi_cpu_prefetch(UnsafeRawPointer(bitPattern: Int(bitPattern: p) &+ offset &* 4))
}

/// The same for what is needed much later: it stays out of the first level cache.
@inline(__always) func prefetchEarly(_ p: Source, _ offset: Int) {
  idi_cpu_prefetch_early(UnsafeRawPointer(bitPattern: Int(bitPattern: p) &+ offset &* 4))
}

/// The registers of a 16-lane group. Sums over lanes begin with such groups and add them up in one order (`laneSum`), so
/// that they are the same bytes on all machines with fused products.
#if WIDE
typealias Group = InlineArray<1, V>
@inline(__always) func group(_ v: V) -> Group { [v] }
#elseif FMA && arch(x86_64)
typealias Group = InlineArray<2, V>
@inline(__always) func group(_ v: V) -> Group { [v, v] }
#else
typealias Group = InlineArray<4, V>
@inline(__always) func group(_ v: V) -> Group { [v, v, v, v] }
#endif

/// Registers of a group.
@inline(__always) var groupRegisters: Int { 16 / lanes }

@inline(__always) func laneSum(_ a: Group, _ b: Group) -> Float {
  var low = SIMD4<Float>(repeating: 0)
  #if WIDE
  let v = a[0] + b[0], half = v.lowHalf + v.highHalf
  low = half.lowHalf + half.highHalf
  #elseif FMA && arch(x86_64)
  let half = (a[0] + b[0]) + (a[1] + b[1])
  low = half.lowHalf + half.highHalf
  #else
  low = ((a[0] + b[0]) + (a[2] + b[2])) + ((a[1] + b[1]) + (a[3] + b[3]))
  #endif
  return (low[0] + low[1]) + (low[2] + low[3])
}

/// Room for 36 groups, for what a first pass leaves to a second.
@inline(__always) func withScratch(_ body: (_ room: Target) -> Void) { withRoom(InlineArray<36, Group>.self, body) }

/// Calls `body` with the floats of a local variable, whose content is undefined. On the stack: a temporary allocation of more
/// than 1 KiB, or of wide alignment, comes from the heap. Not cleared: that took half a per cent of a step.
@inline(__always) func withRoom<let groups: Int>(_: InlineArray<groups, Group>.Type, _ body: (Target) -> Void) {
  var room = InlineArray<groups, Group>(initializingWith: {
    $0.withUnsafeMutableBufferPointer { _, initialized in initialized = groups }
  })
  withUnsafeMutablePointer(to: &room) { body(UnsafeMutableRawPointer($0).assumingMemoryBound(to: Float.self)) }
}
