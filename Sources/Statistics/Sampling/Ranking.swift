/// The area under the receiver's curve: how often a positive item's score is above a negative one's, ties counting half.
///
/// - Returns: nil without positives or without negatives.
package func areaUnderROC(scores: [Double], isPositive: [Bool]) -> Double? {
  let ranks = averageRanks(scores)
  let positives = isPositive.count { $0 }, negatives = isPositive.count - positives
  guard positives > 0, negatives > 0 else { return nil }
  let sum = zip(ranks, isPositive).reduce(0) { $1.1 ? $0 + $1.0 : $0 }
  return (sum - Double(positives * (positives + 1)) / 2) / Double(positives * negatives)
}

/// The area under the precision-recall curve in steps, thresholds at each different score, as scikit-learn has it.
///
/// - Returns: nil without positives.
package func averagePrecision(scores: [Double], isPositive: [Bool]) -> Double? {
  let positives = isPositive.count { $0 }
  guard positives > 0 else { return nil }
  let order = scores.indices.sorted { (scores[$0], $1) > (scores[$1], $0) }
  var (found, seen, area, lastRecall) = (0, 0, 0.0, 0.0)
  for (place, index) in order.enumerated() {
    seen += 1
    if isPositive[index] { found += 1 }
    guard place + 1 == order.count || scores[order[place + 1]] != scores[index] else { continue }
    let recall = Double(found) / Double(positives)
    area += (recall - lastRecall) * Double(found) / Double(seen)
    lastRecall = recall
  }
  return area
}

/// Spearman's correlation of ranks, ties sharing theirs.
///
/// - Returns: nil when one of the two does not vary.
package func spearman(_ a: [Double], _ b: [Double]) -> Double? {
  precondition(a.count == b.count, "\(a.count) and \(b.count) values")
  let x = averageRanks(a), y = averageRanks(b)
  let middle = Double(a.count + 1) / 2
  var (shared, squaresX, squaresY) = (0.0, 0.0, 0.0)
  for (p, q) in zip(x, y) {
    shared += (p - middle) * (q - middle)
    squaresX += (p - middle) * (p - middle)
    squaresY += (q - middle) * (q - middle)
  }
  guard squaresX > 0, squaresY > 0 else { return nil }
  return shared / (squaresX * squaresY).squareRoot()
}

/// Ranks from 1, equal values sharing the mean of theirs.
private func averageRanks(_ values: [Double]) -> [Double] {
  let order = values.indices.sorted { (values[$0], $0) < (values[$1], $1) }
  var ranks = [Double](repeating: 0, count: values.count)
  var start = 0
  while start < order.count {
    var end = start + 1
    while end < order.count, values[order[end]] == values[order[start]] { end += 1 }
    for place in start..<end { ranks[order[place]] = Double(start + end + 1) / 2 }
    start = end
  }
  return ranks
}
