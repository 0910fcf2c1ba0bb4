package import NeuralNetworks

extension TensorPlan {
  package init(_ tensors: [NetworkTensor]) {
    for tensor in tensors {
      switch tensor.presence {
      case .required: required[tensor.name] = tensor.shape
      case .growing, .ignored: optional[tensor.name] = tensor.shape
      }
    }
  }

  package init(_ settings: GeneratorSettings) { self.init(settings.tensors) }
  package init(_ settings: EncoderSettings) { self.init(settings.tensors) }
  package init(_ settings: PerceptualSettings) { self.init(settings.tensors) }
  package init(_ settings: DiscriminatorSettings) { self.init(settings.tensors) }
}
