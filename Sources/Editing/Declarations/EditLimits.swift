import Inversion
import ModelPacks

/// What one job may ask for. Whoever writes a sidecar is not trusted with more.
package enum EditLimits {
  package static let maximumEdits = 64
  package static let maximumFrames = 256
  package static let maximumImages = 64
  /// Attributes of one manipulation, and those it is to leave alone.
  package static let maximumAttributes = 16
  /// Pictures that one edit works with: styles, stations of a chain.
  package static let maximumPartners = 16
  /// Sizes of a piece that one edit tries.
  package static let maximumSizes = 16
  /// Faces of a photograph that are told apart.
  package static let maximumFaces = 64
  /// Pixels from a photograph's corner.
  package static let maximumPlace = 1_000_000.0
  package static let maximumSteps = InversionSettings.stepCounts.upperBound
  /// Side of the largest picture a pack may declare.
  package static let maximumResolution = 1024
  /// Two layers for each doubling from 4 pixels.
  package static let maximumLayers = 18
  /// Codes further away than this are noise in every model.
  package static let maximumDistance = PackAttribute.longestMove
}
