
/// A value while a pickle is read.
///
/// Containers are numbers of places in the machine's list of objects. They may refer to each other in circles, and there is
/// nothing that could recurse when they are looked at or given up.
enum PickleValue {
  case none
  case bool(Bool)
  case integer(Int)
  /// A whole number of more than 64 bits: little-endian two's complement.
  case large([UInt8])
  case real(Double)
  case text(String)
  case bytes([UInt8])
  case name(PickleName)
  case object(Int)
}

/// What a place in the list of objects holds.
enum PickleObject {
  case tuple([PickleValue])
  case list([PickleValue])
  case dictionary([(key: PickleValue, value: PickleValue)])
  case storage(TorchStorage)
  case tensor(TorchTensor)
  case arrayType(NumPyType)
  case array(NumPyArray)
}

/// The type of a numpy array's elements.
struct NumPyType {
  /// `f4`, `f8`, `O8` …
  var code: String
  /// `<`, `>`, `|` or `=`.
  var byteOrder = "<"

  var holdsObjects: Bool { code.first == "O" }
}

/// A numpy array inside a pickle.
struct NumPyArray {
  enum Data {
    case bytes([UInt8])
    case objects([PickleValue])
  }

  var shape: [Int]
  var type: NumPyType
  var isFortranOrder: Bool
  var data: Data
}

/// Why a pickle is not read on; the words follow the file's name.
struct PickleRefusal: Error {
  var reason: String
  /// Module and name, where the reason is a name that no checkpoint needs.
  var foreignName: String?

  init(_ reason: String, foreignName: String? = nil) {
    self.reason = reason
    self.foreignName = foreignName
  }
}
