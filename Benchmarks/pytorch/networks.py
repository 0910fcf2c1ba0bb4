"""The three networks of in-domain inversion (Zhu et al. 2020) in PyTorch, written from their formulas.

`frozen=False` computes as the released code does: scales multiply the weights in every pass, batch normalization is a
step of its own, the kernels of fused up layers are put together in every pass, and all weights require gradients.
`frozen=True` does all that once, when the networks are made. Sizes come from the shapes of the weights.
"""

import math

import torch
import torch.nn.functional as F


def leaky(x):
    return F.leaky_relu(x, 0.2)


def scaled(weight, fan_in, gain=math.sqrt(2)):
    return weight * (gain / math.sqrt(fan_in))


def normalized_maps(x):
    x = x - x.mean((2, 3), keepdim=True)
    return x / torch.sqrt((x * x).mean((2, 3), keepdim=True) + 1e-8)


def transposed_kernel(weight):
    """[3, 3, in, out] to the [in, out, 4, 4] of a fused up layer: the sum of four shifts."""
    padded = F.pad(weight, (0, 0, 0, 0, 1, 1, 1, 1))
    kernel = padded[1:, 1:] + padded[:-1, 1:] + padded[1:, :-1] + padded[:-1, :-1]
    return kernel.permute(2, 3, 0, 1)


class Network:
    """Weights by name, and values made from them: once if frozen, else in every pass."""

    def __init__(self, weights, frozen, channels_last=False):
        self.frozen = frozen
        self.channels_last = channels_last
        self.made = {}
        self.weights = {}
        for name, value in weights.items():
            if not value.is_floating_point():
                continue
            value = value.float()
            self.weights[name] = value if frozen else value.requires_grad_(True)

    def make(self, name, function):
        if not self.frozen:
            return function(self.weights)
        if name not in self.made:
            with torch.no_grad():
                value = function(self.weights)
                self.made[name] = tuple(map(self.laid_out, value)) if isinstance(value, tuple) else self.laid_out(value)
        return self.made[name]

    def laid_out(self, value):
        if value is None:
            return None
        if self.channels_last and value.dim() == 4:
            return value.contiguous(memory_format=torch.channels_last)
        return value.contiguous()


class Generator(Network):
    def __init__(self, weights, frozen, channels_last=False, tanh=True):
        super().__init__(weights, frozen, channels_last)
        self.tanh = tanh
        self.layers = 1 + max(int(name.split(".")[1][5:]) for name in weights if name.startswith("synthesis.layer"))

    def __call__(self, codes):
        x = None
        for index in range(self.layers):
            name = f"synthesis.layer{index}"
            x = self.source(index, name, x, codes.shape[0])
            x = self.epilogue(name, x, codes[:, index])
        block = self.layers // 2 - 1
        weight = self.make(f"rgb{block}", lambda w: scaled(
            w[f"synthesis.output{block}.conv.weight"], w[f"synthesis.output{block}.conv.weight"].shape[1], 1))
        picture = F.conv2d(x, weight, self.weights[f"synthesis.output{block}.bias"])
        return torch.tanh(picture) if self.tanh else picture

    def source(self, index, name, x, batch):
        if index == 0:
            constant = self.make("constant", lambda w: w[f"{name}.const"])
            return constant.expand(batch, -1, -1, -1)
        if index % 2 == 1:
            return F.conv2d(x, self.convolution(name), padding=1)
        if f"{name}.weight" in self.weights:
            kernel = self.make(f"{name}.kernel", lambda w: transposed_kernel(
                scaled(w[f"{name}.weight"], 9 * w[f"{name}.weight"].shape[2])))
            x = F.conv_transpose2d(x, kernel, stride=2, padding=1)
        else:
            x = F.conv2d(F.interpolate(x, scale_factor=2, mode="nearest"), self.convolution(name), padding=1)
        channels = x.shape[1]
        line = torch.tensor([1.0, 2.0, 1.0])
        blur = self.make(f"{name}.blur", lambda w: w[f"{name}.blur.kernel"].detach() if f"{name}.blur.kernel" in w
                         else (line[:, None] * line / 16).expand(channels, 1, 3, 3))
        return F.conv2d(x, blur, padding=1, groups=channels)

    def convolution(self, name):
        return self.make(f"{name}.conv", lambda w: scaled(
            w[f"{name}.conv.weight"], 9 * w[f"{name}.conv.weight"].shape[1]))

    def epilogue(self, name, x, code):
        name = f"{name}.epilogue"
        if self.frozen:
            x = leaky(x + self.make(f"{name}.offset", lambda w: (
                w[f"{name}.apply_noise.noise"] * w[f"{name}.apply_noise.weight"].view(1, -1, 1, 1)
                + w[f"{name}.bias"].view(1, -1, 1, 1))))
            # F.instance_norm gives a wrong gradient where the upstream one is channels_last (PyTorch 2.15, CPU).
            x = normalized_maps(x) if self.channels_last else F.instance_norm(x, eps=1e-8)
        else:
            w = self.weights
            x = x + w[f"{name}.apply_noise.noise"].detach() * w[f"{name}.apply_noise.weight"].view(1, -1, 1, 1)
            x = leaky(x + w[f"{name}.bias"].view(1, -1, 1, 1))
            x = normalized_maps(x)
        dense = self.make(f"{name}.style", lambda w: scaled(
            w[f"{name}.style_mod.dense.fc.weight"], w[f"{name}.style_mod.dense.fc.weight"].shape[1], 1))
        style = F.linear(code, dense, self.weights[f"{name}.style_mod.dense.wscale.bias"])
        scale, shift = style.view(code.shape[0], 2, -1, 1, 1).unbind(1)
        return x * (scale + 1) + shift


class Encoder(Network):
    def __init__(self, weights, frozen, channels_last=False, wscale=False, layers=None):
        super().__init__(weights, frozen, channels_last)
        self.wscale = wscale
        self.layers = layers
        self.blocks = 1 + max(int(name.split(".")[0][5:]) for name in weights)

    def __call__(self, pictures):
        x = leaky(self.layer("block0.conv", "block0.bn", None, pictures))
        for block in range(1, self.blocks - 1):
            x = self.residual(f"block{block}", F.avg_pool2d(x, 2))
        x = x.contiguous().flatten(1)
        name = f"block{self.blocks - 1}"
        gain = 1 / math.sqrt(x.shape[1])
        if self.frozen:
            weight, bias = self.make(name, lambda w: self.folded(
                f"{name}.bn", w[f"{name}.fc.weight"] * gain, None))
            code = F.linear(x, weight, bias)
        else:
            code = self.normalized(f"{name}.bn", F.linear(x, self.weights[f"{name}.fc.weight"] * gain))
        return code.view(x.shape[0], self.layers, -1)

    def residual(self, name, x):
        main = leaky(self.layer(f"{name}.conv1", f"{name}.bn1", f"{name}.wscale1.bias", x))
        main = leaky(self.layer(f"{name}.conv2", f"{name}.bn2", f"{name}.wscale2.bias", main))
        if f"{name}.conv.weight" in self.weights:
            x = leaky(self.layer(f"{name}.conv", f"{name}.bn", None, x))
        return main + x

    def layer(self, convolution, norm, bias, x):
        def weight_of(w):
            weight = w[f"{convolution}.weight"]
            return scaled(weight, weight[0].numel()) if self.wscale else weight

        if self.frozen:
            weight, offset = self.make(convolution, lambda w: self.folded(
                norm, weight_of(w), w[bias] if bias else None))
            return F.conv2d(x, weight, offset, padding=weight.shape[2] // 2)
        weight = weight_of(self.weights)
        x = F.conv2d(x, weight, self.weights[bias] if bias else None, padding=weight.shape[2] // 2)
        return self.normalized(norm, x)

    def statistics(self, name):
        names = [f"{name}.bn.{part}" for part in ("running_mean", "running_var", "weight", "bias")]
        return [self.weights[part] for part in names] if names[0] in self.weights else None

    def normalized(self, name, x):
        statistics = self.statistics(name)
        if statistics is None:
            return x
        mean, variance, weight, bias = statistics
        return F.batch_norm(x, mean.detach(), variance.detach(), weight, bias, False, eps=1e-5)

    def folded(self, name, weight, offset):
        statistics = self.statistics(name)
        if statistics is None:
            return weight, offset
        mean, variance, gamma, beta = (part.double() for part in statistics)
        factor = gamma / torch.sqrt(variance + 1e-5)
        shift = beta - mean * factor + (0 if offset is None else offset.double() * factor)
        return (weight.double() * factor.view(-1, *[1] * (weight.dim() - 1))).float(), shift.float()


class Perceptual(Network):
    CONVOLUTIONS = [0, 2, 5, 7, 10, 12, 14, 17, 19, 21]

    def __init__(self, weights, frozen, channels_last=False, mean_bgr=(103.939, 116.779, 123.68)):
        super().__init__(weights, frozen, channels_last)
        self.mean = torch.tensor(mean_bgr, dtype=torch.float32).view(1, 3, 1, 1)

    def __call__(self, pictures):
        x = ((pictures + 1) * 255 / 2).flip(1) - self.mean
        for index in self.CONVOLUTIONS:
            if index in (5, 10, 17):
                x = F.max_pool2d(x, 2)
            weight = self.make(f"layer{index}", lambda w: w[f"layer{index}.weight"])
            x = F.relu(F.conv2d(x, weight, self.weights[f"layer{index}.bias"], padding=1))
        return x
