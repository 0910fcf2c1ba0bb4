// swift-tools-version: 6.2
import PackageDescription

// Kernels are numeric loops: a debug build of them is hundreds of times slower, so they are optimized in every configuration.
let optimized: [String] = ["-O"]

// One source tree, compiled three times; chosen at start (`Kernels/Processor.swift`).
#if arch(x86_64)
let avx2 = optimized + ["-target-cpu", "haswell", "-D", "FMA", "-D", "VARIANT_AVX2"]
let avx512 = optimized + ["-target-cpu", "skylake-avx512", "-D", "FMA", "-D", "WIDE", "-D", "VARIANT_AVX512"]
#else
let avx2 = optimized + ["-D", "VARIANT_AVX2"]
let avx512 = optimized + ["-D", "VARIANT_AVX512"]
#endif

let checked: [SwiftSetting] = [
  .treatAllWarnings(as: .error),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("MemberImportVisibility"),
]
let safe: [SwiftSetting] = checked + [.strictMemorySafety()]

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let deque = Target.Dependency.product(name: "DequeModule", package: "swift-collections")
let heap = Target.Dependency.product(name: "HeapModule", package: "swift-collections")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

// Typed helpers: one long literal of targets takes the compiler too long to check.
func library(_ name: String, _ dependencies: Target.Dependency..., settings: [SwiftSetting] = safe) -> Target {
  .target(name: name, dependencies: dependencies, exclude: readMe(of: name), swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: Target.Dependency...) -> Target {
  .testTarget(name: name + "Tests", dependencies: dependencies, swiftSettings: checked)
}

func system(_ name: String, pkgConfig: String, package: String) -> Target {
  .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([package])])
}

/// Folders that explain themselves in a README.
func readMe(of name: String) -> [String] {
  ["KernelsPortable", "Images", "Faces", "Inversion", "Editing", "Spool", "Service", "Decoding", "Slurm"].contains(name) ? ["README.md"] : []
}

// Lowest first: a target imports only what stands above it. `Tests/check-imports` compares with the sources.
var targets: [Target] = []

// MARK: C libraries and what Swift's Glibc module hides
targets += [
  .target(name: "CPNG", linkerSettings: [.linkedLibrary("png")]),
  .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
  .target(name: "CWebPMux", linkerSettings: [.linkedLibrary("webp"), .linkedLibrary("webpmux")]),
  .target(name: "CTIFF", linkerSettings: [.linkedLibrary("tiff")]),
  .target(name: "CLAPACK"),
  .target(name: "CHEIF"),
  system("CNettle", pkgConfig: "nettle", package: "nettle-dev"),
  system("CYaml", pkgConfig: "yaml-0.1", package: "libyaml-dev"),
  system("CLCMS", pkgConfig: "lcms2", package: "liblcms2-dev"),
  system("CWebP", pkgConfig: "libwebp", package: "libwebp-dev"),
  system("CZlib", pkgConfig: "zlib", package: "zlib1g-dev"),
  .target(name: "CSystemd"),
  .target(name: "CLinux"),
]

// MARK: Files and text
targets += [
  library("PrintableText"),
  library("Files", "PrintableText", "CLinux", "CNettle"),
  library("StrictYAML", "PrintableText", "CYaml"),
]

// MARK: The engine
targets += [
  library("KernelInterface", settings: checked),
  library("KernelsPortable", "CLinux", "KernelInterface", settings: checked + [.unsafeFlags(optimized)]),
  library("KernelsAVX2", "CLinux", "KernelInterface", settings: checked + [.unsafeFlags(avx2)]),
  library("KernelsAVX512", "CLinux", "KernelInterface", settings: checked + [.unsafeFlags(avx512)]),
  library(
    "Kernels", "CLinux", "KernelInterface", "KernelsPortable", "KernelsAVX2", "KernelsAVX512",
    settings: checked + [.unsafeFlags(optimized)]),
  library("Tensors", "Kernels"),
  library("NeuralNetworks", "Tensors", "Kernels"),
]

// MARK: Numbers about sets
targets += [
  library("Statistics", "CLAPACK"),
  library("Directions", "Statistics"),
]

// MARK: Pictures and the method
targets += [
  library("WeightFiles", "Kernels", "Files", "PrintableText"),
  library(
    "Images", "PrintableText", "CPNG", "CJPEG", "CTIFF", "CHEIF", "CWebP", "CWebPMux", "CLCMS", "CZlib"),
  library("Decoding", "Images", "PrintableText", "CLinux"),
  library("Inversion", "NeuralNetworks", "Tensors", "WeightFiles", "Files"),
  library("Faces", "Images", "Tensors", "Kernels", "WeightFiles", "Files", "PrintableText"),
]

// MARK: Models
targets += [
  library("ModelPacks", "Inversion", "Images", "NeuralNetworks", "WeightFiles", "StrictYAML", "Files", "PrintableText"),
]

// MARK: Directions of a pack
targets += [
  library(
    "PackDirections", "Directions", "ModelPacks", "NeuralNetworks", "Images", "Tensors", "WeightFiles", "Files", "PrintableText")
]

// MARK: Importing, by one command and never by the service
targets += [
  library("Checkpoints", "WeightFiles", "Files", "PrintableText", "CZlib"),
  library(
    "PackImport", "Checkpoints", "ModelPacks", "NeuralNetworks", "WeightFiles", "StrictYAML", "PrintableText"),
]

// MARK: Jobs
targets += [
  library(
    "Editing", "Inversion", "NeuralNetworks", "ModelPacks", "Images", "Faces", "StrictYAML", "WeightFiles", "Files",
    "PrintableText", "Tensors"),
]

// MARK: Training
targets += [
  library(
    "Training", "Directions", "Statistics", "ModelPacks", "Images", "NeuralNetworks", "Tensors", "Kernels", "WeightFiles",
    "StrictYAML", "Files", "PrintableText")
]

// MARK: Measuring
targets += [
  library("Benchmarking", "Training", "Inversion", "ModelPacks", "WeightFiles", "NeuralNetworks", "Tensors", "Kernels")
]

// MARK: Judging
targets += [
  library(
    "Evaluation", "Statistics", "Directions", "Editing", "Inversion", "ModelPacks", "NeuralNetworks", "Tensors", "Images",
    "WeightFiles", "Files", "PrintableText")
]

// MARK: The service
targets += [
  library("Spool", "Files", "PrintableText", heap, deque),
  library("Slurm", "PrintableText", "CLinux"),
  library(
    "Service", "Spool", "Slurm", "Editing", "Decoding", "Training", "Inversion", "ModelPacks", "Images", "Kernels", "StrictYAML",
    "Files", "PrintableText", "CSystemd", "CLinux", logging),
  .executableTarget(
    name: "idinvert",
    dependencies: [
      "Service", "Spool", "Editing", "Decoding", "Images", "Inversion", "ModelPacks", "Kernels", "StrictYAML", "Files",
      "PrintableText", "PackImport", "PackDirections", "Benchmarking", "Training", "Evaluation", argumentParser,
    ],
    swiftSettings: safe),
]

// MARK: Tests
targets += [
  .target(name: "TestSupport", dependencies: ["WeightFiles"], path: "Tests/TestSupport", swiftSettings: checked),
  .target(
    name: "FuzzProperties",
    dependencies: [
      "Service", "Spool", "Slurm", "Editing", "Inversion", "Tensors", "ModelPacks", "WeightFiles", "Checkpoints", "Images",
      "Decoding", "StrictYAML", "Files", "PrintableText", "TestSupport",
    ],
    path: "Fuzz/Properties", swiftSettings: safe),
  tests("Fuzz", "FuzzProperties", "TestSupport"),
  tests("Files", "Files", "PrintableText", "TestSupport"),
  tests("StrictYAML", "StrictYAML", "TestSupport"),
  tests("Kernels", "Kernels", "TestSupport"),
  tests("Tensors", "Tensors", "TestSupport", "Kernels", "WeightFiles"),
  tests("NeuralNetworks", "NeuralNetworks", "TestSupport", "Kernels", "Tensors", "WeightFiles"),
  tests("Statistics", "Statistics", "WeightFiles", "TestSupport"),
  tests("Directions", "Directions", "Statistics", "WeightFiles", "TestSupport"),
  tests("WeightFiles", "WeightFiles", "TestSupport"),
  tests("ModelPacks", "ModelPacks", "TestSupport", "Images", "NeuralNetworks", "StrictYAML", "Tensors", "WeightFiles"),
  tests("Checkpoints", "Checkpoints", "TestSupport", "WeightFiles"),
  tests(
    "PackImport", "PackImport", "TestSupport", "ModelPacks", "NeuralNetworks", "Tensors", "WeightFiles"),
  tests("PackDirections", "PackDirections", "ModelPacks", "NeuralNetworks", "Images", "TestSupport"),
  tests("Faces", "Faces", "Images", "WeightFiles", "TestSupport"),
  tests("Images", "Images", "TestSupport"),
  .executableTarget(
    name: "HostileDecoder", dependencies: ["Decoding", "Images"], path: "Tests/HostileDecoder",
    swiftSettings: checked),
  tests("Decoding", "Decoding", "Images", "TestSupport"),
  tests("Inversion", "Inversion", "TestSupport", "Files", "Images", "NeuralNetworks", "Tensors", "WeightFiles"),
  tests(
    "Editing", "Editing", "TestSupport", "Faces", "Files", "Images", "Inversion", "ModelPacks", "NeuralNetworks",
    "PrintableText", "StrictYAML", "Tensors", "WeightFiles"),
  tests(
    "Training", "Training", "TestSupport", "Files", "Images", "Kernels", "ModelPacks", "NeuralNetworks", "StrictYAML", "Tensors",
    "WeightFiles"),
  tests("Evaluation", "Evaluation", "Statistics", "ModelPacks", "Images", "Files", "TestSupport"),
  tests("Benchmarking", "Benchmarking", "TestSupport", "Inversion", "Kernels", "ModelPacks", "NeuralNetworks", "Tensors"),
  tests("Spool", "Spool", "Files"),
  tests("Slurm", "Slurm"),
  tests(
    "Service", "Service", "Spool", "Slurm", "Editing", "Training", "Images", "ModelPacks", "Kernels", "StrictYAML", "Files", "TestSupport",
    logging),
]

var products: [Product] = [.executable(name: "idinvert", targets: ["idinvert"])]

// Benchmarks and the fuzzer are part of this package, for what they call is `package`: from a package of their own they could
// reach only what is public.

// Micro-benchmarks: `IDINVERT_BENCHMARKS=1 swift run -c release KernelBenchmarks`.
if Context.environment["IDINVERT_BENCHMARKS"] == "1" {
  targets += [
    .executableTarget(
      name: "KernelBenchmarks", dependencies: ["Kernels", "Benchmarking"], path: "Benchmarks/Kernels",
      swiftSettings: checked),
    .executableTarget(
      name: "DecodingBenchmark", dependencies: ["Decoding", "Images"], path: "Benchmarks/Decoding", swiftSettings: checked),
    .executableTarget(
      name: "OptimizerBenchmark", dependencies: ["Inversion", "ModelPacks", "NeuralNetworks", "Tensors", "Images"],
      path: "Benchmarks/Optimizers", swiftSettings: checked),
  ]
}

// Fuzzing: `Fuzz/run`. libFuzzer brings the main function, so this can only be built with `--sanitize=fuzzer`.
if Context.environment["IDINVERT_FUZZ"] == "1" {
  targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: ["FuzzProperties"], path: "Fuzz/Driver",
      swiftSettings: checked + [.unsafeFlags(["-parse-as-library"])]))
  products.append(.executable(name: "Fuzz", targets: ["Fuzz"]))
}

let package = Package(
  name: "idinvert",
  products: products,
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-collections", exact: "1.6.0"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
  ],
  targets: targets,
  swiftLanguageModes: [.v6]
)
