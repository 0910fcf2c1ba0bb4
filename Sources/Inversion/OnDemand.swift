import Synchronization

/// A value that is made when it is first needed, once.
final class OnDemand<Value: Sendable>: Sendable {
  private let known = Mutex<Value?>(nil)
  private let make: @Sendable () throws -> Value

  init(_ make: @escaping @Sendable () throws -> Value) { self.make = make }

  func value() throws -> Value {
    try known.withLock { known in
      if let known { return known }
      let new = try make()
      known = new
      return new
    }
  }
}
