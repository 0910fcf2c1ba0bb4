/// What a person reads when the body throws.
package func refusal<Value>(_ body: () throws -> Value) -> String {
  do {
    _ = try body()
    return "it was accepted"
  } catch {
    return "\(error)"
  }
}
