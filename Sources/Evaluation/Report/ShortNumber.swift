internal import PrintableText

/// Four significant digits; a dash for what is not there.
func shortNumber(_ value: Double) -> String { value.isFinite ? PrintableText.shortNumber(value) : "–" }
