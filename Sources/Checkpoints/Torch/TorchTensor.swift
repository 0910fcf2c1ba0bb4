internal import WeightFiles

/// A block of numbers of a PyTorch checkpoint, as a pickle names it.
struct TorchStorage: Equatable {
  let key: String
  let type: ElementType
  /// Elements.
  let count: Int

  var sizeInBytes: Int { count * type.sizeInBytes }
}

/// A view of a storage: element (i, j, …) is at offset + i · strides[0] + j · strides[1] + …
struct TorchTensor {
  /// A view that repeats elements may have this many, however small its storage is.
  static let maximumRepeatedCount = 1 << 22

  let storage: TorchStorage
  let offset: Int
  let shape: [Int]
  let strides: [Int]
  /// Elements of the view.
  let count: Int

  /// - Throws: where an element lies outside of the storage, in whatever way the numbers lie.
  init(storage: TorchStorage, offset: Int, shape: [Int], strides: [Int]) throws(PickleRefusal) {
    func refuse(_ what: String) -> PickleRefusal {
      PickleRefusal("has a tensor of shape \(shape) with strides \(strides) at \(offset) that \(what); it is damaged")
    }
    guard shape.count == strides.count, shape.count <= 8 else { throw refuse("has not one stride for each dimension") }
    guard offset >= 0, shape.allSatisfy({ $0 >= 0 }), strides.allSatisfy({ $0 >= 0 }) else { throw refuse("is negative somewhere") }
    var count = 1
    for dimension in shape {
      let (product, overflows) = count.multipliedReportingOverflow(by: dimension)
      guard !overflows else { throw refuse("is more than memory can hold") }
      count = product
    }
    if count > 0 {
      var last = offset
      for (dimension, stride) in zip(shape, strides) {
        let (step, overflows) = (dimension - 1).multipliedReportingOverflow(by: stride)
        let (sum, overflowsToo) = last.addingReportingOverflow(step)
        guard !overflows, !overflowsToo else { throw refuse("is more than memory can hold") }
        last = sum
      }
      guard last < storage.count else { throw refuse("reaches past its storage of \(storage.count)") }
    }
    guard count <= max(storage.count, Self.maximumRepeatedCount) else {
      throw refuse("repeats its storage of \(storage.count) more than \(Self.maximumRepeatedCount) times")
    }
    self.storage = storage
    self.offset = offset
    self.shape = shape
    self.strides = strides
    self.count = count
  }

  /// Whether its elements lie one after the other.
  var isContiguous: Bool {
    var expected = 1
    for (dimension, stride) in zip(shape, strides).reversed() where dimension != 1 {
      if stride != expected { return false }
      expected *= dimension
    }
    return true
  }

  /// The places of all elements in the storage, in C order.
  func forEachIndex(_ body: (Int) throws(WeightFileError) -> Void) throws(WeightFileError) {
    guard count > 0 else { return }
    var index = [Int](repeating: 0, count: shape.count)
    var place = offset
    for _ in 0..<count {
      try body(place)
      for axis in shape.indices.reversed() {
        index[axis] += 1
        place += strides[axis]
        if index[axis] < shape[axis] { break }
        place -= strides[axis] * shape[axis]
        index[axis] = 0
      }
    }
  }
}
