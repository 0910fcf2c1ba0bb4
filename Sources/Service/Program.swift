/// What the program is called.
package enum Program {
  package static let name = "idinvert"
  package static let version = "1.0.0"
}
