internal import WeightFiles

/// Every name that a pickle may mention, as module and name. Each stands for one thing that this reader does itself;
/// nothing is looked up, imported or called.
enum PickleName: String, CaseIterable {
  case orderedDictionary = "collections OrderedDict"

  case rebuildTensor = "torch._utils _rebuild_tensor"
  case rebuildTensorV2 = "torch._utils _rebuild_tensor_v2"
  case rebuildParameter = "torch._utils _rebuild_parameter"
  case doubleStorage = "torch DoubleStorage"
  case floatStorage = "torch FloatStorage"
  case halfStorage = "torch HalfStorage"
  case bfloat16Storage = "torch BFloat16Storage"
  case longStorage = "torch LongStorage"
  case intStorage = "torch IntStorage"
  case shortStorage = "torch ShortStorage"
  case charStorage = "torch CharStorage"
  case byteStorage = "torch ByteStorage"
  case boolStorage = "torch BoolStorage"

  case reconstruct = "numpy.core.multiarray _reconstruct"
  case reconstructSince2 = "numpy._core.multiarray _reconstruct"
  case fromBuffer = "numpy.core.numeric _frombuffer"
  case fromBufferSince2 = "numpy._core.numeric _frombuffer"
  case array = "numpy ndarray"
  case arrayType = "numpy dtype"
  case encode = "_codecs encode"

  /// What the elements of a PyTorch storage are; nil for what is no storage.
  var storedType: ElementType? {
    switch self {
    case .doubleStorage: .float64
    case .floatStorage: .float32
    case .halfStorage: .float16
    case .bfloat16Storage: .bfloat16
    case .longStorage: .int64
    case .intStorage: .int32
    case .shortStorage: .int16
    case .charStorage: .int8
    case .byteStorage: .uint8
    case .boolStorage: .bool
    default: nil
    }
  }
}

/// Who wrote a pickle, and so which names may occur in it.
enum PickleDialect {
  case torch, numpy

  /// The name, or nil where it is none of this dialect's. Whole names are compared.
  func name(_ module: String, _ name: String) -> PickleName? {
    guard let known = PickleName(rawValue: module + " " + name) else { return nil }
    let isNumPy = module == "numpy" || module.hasPrefix("numpy.") || known == .encode
    return isNumPy == (self == .numpy) ? known : nil
  }
}
