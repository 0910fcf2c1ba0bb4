import KernelInterface

func block(_ plain: Source, _ planeStride: Int, _ channels: Int, _ pixels: Int, _ blocked: Target) {
  if channels < 16 { zero(blocked, pixels) }
  for c in 0..<channels {
    let plane = plain + c &* planeStride
    for i in 0..<pixels { blocked[i &* 16 &+ c] = plane[i] }
  }
}

func unblock(_ blocked: Source, _ pixels: Int, _ channels: Int, _ plain: Target, _ planeStride: Int) {
  for c in 0..<channels {
    let plane = plain + c &* planeStride
    for i in 0..<pixels { plane[i] = blocked[i &* 16 &+ c] }
  }
}

func addLane(_ t: Source, _ lane: Int, _ width: Int, _ dx: Int, _ row: Target) {
  for x in max(0, dx)..<width &+ min(0, dx) { row[x] += t[(x &- dx) &* 16 &+ lane] }
}

func spread(
  _ g: Source, _ gStride: Int, _ channels: Int, _ w: Source, _ wStride: Int, _ pixels: Int, _ gx: Target
) {
  forEachPart { part in
    if channels == 3 {
      let w0 = load(w, part), w1 = load(w, wStride &+ part), w2 = load(w, 2 &* wStride &+ part)
      let g1 = g + gStride, g2 = g + 2 &* gStride
      for i in 0..<pixels { store(gx, i &* 16 &+ part, fma(fma(w0 * g[i], w1, g1[i]), w2, g2[i])) }
    } else {
      for i in 0..<pixels {
        var sum = V(repeating: 0)
        for c in 0..<channels { sum = fma(sum, load(w, c &* wStride &+ part), g[c &* gStride &+ i]) }
        store(gx, i &* 16 &+ part, sum)
      }
    }
  }
}
