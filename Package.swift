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
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")

let package = Package(
  name: "idinvert",
  products: [.executable(name: "idinvert", targets: ["idinvert"])],
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
  ],
  targets: [
    // MARK: C libraries and what Swift's Glibc module hides
    .target(name: "CPNG", linkerSettings: [.linkedLibrary("png")]),
    .target(name: "CJPEG", linkerSettings: [.linkedLibrary("jpeg")]),
    .systemLibrary(name: "CNettle", pkgConfig: "nettle", providers: [.apt(["nettle-dev"])]),
    .systemLibrary(name: "CYaml", pkgConfig: "yaml-0.1", providers: [.apt(["libyaml-dev"])]),
    .systemLibrary(name: "CSystemd", pkgConfig: "libsystemd", providers: [.apt(["libsystemd-dev"])]),
    .target(name: "CLinux"),
    .target(name: "CLAPACK"),

    // MARK: Files and text
    .target(name: "PrintableText", swiftSettings: safe),
    .target(name: "Files", dependencies: ["PrintableText", "CLinux", "CNettle"], swiftSettings: safe),
    .target(name: "StrictYAML", dependencies: ["PrintableText", "CYaml"], swiftSettings: safe),

    // MARK: The engine
    .target(name: "KernelInterface", swiftSettings: checked),
    .target(
      name: "KernelsPortable", dependencies: ["CLinux", "KernelInterface"],
      swiftSettings: checked + [.unsafeFlags(optimized)]),
    .target(
      name: "KernelsAVX2", dependencies: ["CLinux", "KernelInterface"],
      swiftSettings: checked + [.unsafeFlags(avx2)]),
    .target(
      name: "KernelsAVX512", dependencies: ["CLinux", "KernelInterface"],
      swiftSettings: checked + [.unsafeFlags(avx512)]),
    .target(
      name: "Kernels",
      dependencies: ["CLinux", "KernelInterface", "KernelsPortable", "KernelsAVX2", "KernelsAVX512"],
      swiftSettings: checked + [.unsafeFlags(optimized)]),
    .target(name: "Tensors", dependencies: ["Kernels"], swiftSettings: safe),
    .target(name: "NeuralNetworks", dependencies: ["Tensors", "Kernels"], swiftSettings: safe),

    // MARK: Models and pictures
    .target(name: "WeightFiles", dependencies: ["Tensors", "Kernels", "Files", "PrintableText"], swiftSettings: safe),
    .target(
      name: "ModelPacks",
      dependencies: ["NeuralNetworks", "WeightFiles", "StrictYAML", "Files", "PrintableText"],
      swiftSettings: safe),
    .target(name: "Images", dependencies: ["PrintableText", "CPNG", "CJPEG"], exclude: ["README.md"], swiftSettings: safe),

    // MARK: Numbers about sets
    .target(name: "Statistics", dependencies: ["CLAPACK"], swiftSettings: safe),
    .target(name: "Directions", dependencies: ["Statistics"], swiftSettings: safe),

    // MARK: The method
    .target(
      name: "Inversion", dependencies: ["NeuralNetworks", "Tensors"], exclude: ["README.md"], swiftSettings: safe),
    .target(
      name: "Editing", dependencies: ["Inversion", "ModelPacks", "Images", "StrictYAML", "WeightFiles", "Files", "PrintableText"],
      exclude: ["README.md"], swiftSettings: safe),

    // MARK: Measuring
    .target(
      name: "Benchmarking",
      dependencies: ["Inversion", "ModelPacks", "WeightFiles", "NeuralNetworks", "Tensors", "Kernels"],
      swiftSettings: safe),

    // MARK: The service
    .target(name: "Spool", dependencies: ["Files", "PrintableText"], exclude: ["README.md"], swiftSettings: safe),
    .target(
      name: "Service",
      dependencies: [
        "Spool", "Editing", "Inversion", "ModelPacks", "Images", "Kernels", "StrictYAML", "Files", "PrintableText", "CSystemd",
        "CLinux", logging,
      ],
      exclude: ["README.md"],
      swiftSettings: safe),
    .executableTarget(
      name: "idinvert",
      dependencies: [
        "Service", "Spool", "Editing", "Inversion", "ModelPacks", "Images", "Kernels", "StrictYAML", "Files", "PrintableText",
        "Benchmarking", argumentParser,
      ],
      swiftSettings: safe),

    // MARK: Tests
    .target(
      name: "TestSupport", dependencies: ["WeightFiles", "Tensors", "Files"], path: "Tests/TestSupport",
      swiftSettings: checked),
    .target(
      name: "FuzzProperties",
      dependencies: [
        "Service", "Spool", "Editing", "Inversion", "Tensors", "ModelPacks", "WeightFiles", "Images", "StrictYAML", "Files",
        "PrintableText",
      ],
      path: "Fuzz/Properties", swiftSettings: safe),
    .testTarget(name: "FuzzTests", dependencies: ["FuzzProperties", "TestSupport"], swiftSettings: checked),
    .testTarget(name: "FilesTests", dependencies: ["Files", "PrintableText", "TestSupport"], swiftSettings: checked),
    .testTarget(name: "StrictYAMLTests", dependencies: ["StrictYAML", "TestSupport"], swiftSettings: checked),
    .testTarget(name: "KernelsTests", dependencies: ["Kernels", "TestSupport"], swiftSettings: checked),
    .testTarget(name: "TensorsTests", dependencies: ["Tensors", "TestSupport"], swiftSettings: checked),
    .testTarget(
      name: "StatisticsTests", dependencies: ["Statistics", "WeightFiles", "TestSupport"], swiftSettings: checked),
    .testTarget(
      name: "DirectionsTests", dependencies: ["Directions", "Statistics", "WeightFiles", "TestSupport"], swiftSettings: checked),
    .testTarget(name: "NeuralNetworksTests", dependencies: ["NeuralNetworks", "TestSupport"], swiftSettings: checked),
    .testTarget(name: "WeightFilesTests", dependencies: ["WeightFiles", "TestSupport"], swiftSettings: checked),
    .testTarget(name: "ModelPacksTests", dependencies: ["ModelPacks", "TestSupport"], swiftSettings: checked),
    .testTarget(name: "ImagesTests", dependencies: ["Images", "TestSupport"], swiftSettings: checked),
    .testTarget(name: "InversionTests", dependencies: ["Inversion", "TestSupport", "Images"], swiftSettings: checked),
    .testTarget(name: "EditingTests", dependencies: ["Editing", "TestSupport"], swiftSettings: checked),
    .testTarget(name: "BenchmarkingTests", dependencies: ["Benchmarking", "TestSupport"], swiftSettings: checked),
    .testTarget(name: "SpoolTests", dependencies: ["Spool", "TestSupport"], swiftSettings: checked),
    .testTarget(
      name: "ServiceTests", dependencies: ["Service", "Spool", "Editing", "ModelPacks", "Kernels", "StrictYAML", "Files", "TestSupport", logging],
      swiftSettings: checked),
  ],
  swiftLanguageModes: [.v6]
)

// Kernel micro-benchmarks: `IDINVERT_BENCHMARKS=1 swift run -c release KernelBenchmarks`.
if Context.environment["IDINVERT_BENCHMARKS"] == "1" {
  package.targets.append(
    .executableTarget(
      name: "KernelBenchmarks", dependencies: ["Kernels", "Benchmarking"], path: "Benchmarks/Kernels", swiftSettings: checked))
  package.targets.append(
    .executableTarget(
      name: "OptimizerBenchmark", dependencies: ["Inversion", "ModelPacks", "NeuralNetworks", "Tensors", "Images"],
      path: "Benchmarks/Optimizers", swiftSettings: checked))
}

// Fuzzing: `Fuzz/run`. libFuzzer brings the main function, so this can only be built with `--sanitize=fuzzer`.
if Context.environment["IDINVERT_FUZZ"] == "1" {
  package.targets.append(
    .executableTarget(
      name: "Fuzz", dependencies: ["FuzzProperties"], path: "Fuzz/Driver",
      swiftSettings: checked + [.unsafeFlags(["-parse-as-library"])]))
  package.products.append(.executable(name: "Fuzz", targets: ["Fuzz"]))
}
