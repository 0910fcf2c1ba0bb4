"""The networks that are trained, with the sizes of `Training` and random numbers."""

import math

import torch
import torch.nn.functional as F

WIDTHS = [16, 16, 32, 32, 48, 48, 48, 64, 64, 64]


def leaky(x):
    return F.leaky_relu(x, 0.2)


def parameter(*shape, start=None):
    return torch.nn.Parameter(torch.randn(shape) if start is None else torch.full(shape, float(start)))


class Scaled(torch.nn.Module):
    """A convolution whose weights are scaled in use, or a dense layer."""

    def __init__(self, inputs, outputs, kernel=None, gain=math.sqrt(2), bias=True, multiplier=1):
        super().__init__()
        shape = (outputs, inputs) if kernel is None else (outputs, inputs, kernel, kernel)
        self.weight = parameter(*shape)
        self.bias = parameter(outputs, start=0) if bias else None
        self.scale = gain / math.sqrt(self.weight[0].numel()) * multiplier
        self.multiplier = multiplier
        with torch.no_grad():
            self.weight /= multiplier

    def forward(self, x):
        bias = None if self.bias is None else self.bias * self.multiplier
        if self.weight.dim() == 2:
            return F.linear(x, self.weight * self.scale, bias)
        return F.conv2d(x, self.weight * self.scale, bias, padding=self.weight.shape[2] // 2)


class Layer(torch.nn.Module):
    def __init__(self, index, inputs, outputs, w):
        super().__init__()
        self.is_up = index > 0 and index % 2 == 0
        self.conv = Scaled(inputs, outputs, 3, bias=False) if index else None
        self.strength = parameter(outputs, start=0.1)
        self.bias = parameter(outputs, start=0)
        self.style = Scaled(w, 2 * outputs, gain=1)
        line = torch.tensor([1.0, 2.0, 1.0])
        self.register_buffer("kernel", (line[:, None] * line / 16).expand(outputs, 1, 3, 3).contiguous())

    def forward(self, x, code, noise):
        if self.is_up:
            x = F.interpolate(x, scale_factor=2, mode="nearest")
        if self.conv is not None:
            x = self.conv(x)
        if self.is_up:
            x = F.conv2d(x, self.kernel, padding=1, groups=x.shape[1])
        x = leaky(x + noise * self.strength.view(1, -1, 1, 1) + self.bias.view(1, -1, 1, 1))
        x = x - x.mean((2, 3), keepdim=True)
        x = x / torch.sqrt((x * x).mean((2, 3), keepdim=True) + 1e-8)
        scale, shift = self.style(code).view(code.shape[0], 2, -1, 1, 1).unbind(1)
        return x * (scale + 1) + shift


class Synthesis(torch.nn.Module):
    def __init__(self, side, channels, w):
        super().__init__()
        count = 2 * (int(math.log2(side)) - 1)
        self.sides = [4 << index // 2 for index in range(count)]
        self.constant = parameter(1, channels(4), 4, 4, start=1)
        self.layers = torch.nn.ModuleList(
            Layer(index, channels(side // 2 if index % 2 == 0 and index else side), channels(side), w)
            for index, side in enumerate(self.sides))
        self.output = Scaled(channels(side), 3, 1, gain=1)

    def forward(self, codes, noise):
        x = self.constant.expand(codes.shape[0], -1, -1, -1)
        for index, layer in enumerate(self.layers):
            x = layer(x, codes[:, index], noise[index])
        return torch.tanh(self.output(x))


class Generator(torch.nn.Module):
    def __init__(self, side, channels, z, hidden):
        super().__init__()
        self.mapping = torch.nn.ModuleList(
            Scaled(z if index == 0 else hidden, hidden if index < 7 else z, multiplier=0.01) for index in range(8))
        self.synthesis = Synthesis(side, channels, z)

    def map(self, z):
        x = z / torch.sqrt((z * z).mean(1, keepdim=True) + 1e-8)
        for layer in self.mapping:
            x = leaky(layer(x))
        return x

    def codes(self, z, other, cut):
        layers = len(self.synthesis.layers)
        rows = torch.arange(layers).view(1, -1, 1) < cut.view(-1, 1, 1)
        return torch.where(rows, self.map(z)[:, None], self.map(other)[:, None])


class Discriminator(torch.nn.Module):
    def __init__(self, side, channels):
        super().__init__()
        self.from_rgb = Scaled(3, channels(side), 1)
        blocks = []
        while side > 4:
            blocks.append(torch.nn.ModuleList([
                Scaled(channels(side), channels(side), 3), Scaled(channels(side), channels(side // 2), 3)]))
            side //= 2
        self.blocks = torch.nn.ModuleList(blocks)
        last = channels(4)
        self.conv, self.dense, self.out = Scaled(last + 1, last, 3), Scaled(16 * last, last), Scaled(last, 1, gain=1)

    def forward(self, x):
        x = leaky(self.from_rgb(x))
        for conv, down in self.blocks:
            x = leaky(F.avg_pool2d(down(leaky(conv(x))), 2))
        groups = x.reshape(-1, 4, *x.shape[1:])
        deviation = torch.sqrt(groups.var(1, unbiased=False) + 1e-8).mean((1, 2, 3))
        channel = deviation.view(-1, 1, 1, 1, 1).expand(-1, 4, 1, 4, 4).reshape(-1, 1, 4, 4)
        x = leaky(self.conv(torch.cat([x, channel], 1)))
        return self.out(leaky(self.dense(x.flatten(1))))[:, 0]


def normalized(inputs, outputs, kernel):
    convolution = torch.nn.Conv2d(inputs, outputs, kernel, padding=kernel // 2, bias=False)
    return torch.nn.Sequential(convolution, torch.nn.BatchNorm2d(outputs), torch.nn.LeakyReLU(0.2))


class Residual(torch.nn.Module):
    def __init__(self, inputs, outputs):
        super().__init__()
        self.shortcut = normalized(inputs, outputs, 1) if inputs != outputs else torch.nn.Identity()
        hidden = min(inputs, outputs)
        self.main = torch.nn.Sequential(normalized(inputs, hidden, 3), normalized(hidden, outputs, 3))

    def forward(self, x):
        return self.main(x) + self.shortcut(x)


class Encoder(torch.nn.Module):
    def __init__(self, side, base, most, layers, w):
        super().__init__()
        blocks = int(math.log2(side))
        widths = [min(base << block, most) for block in range(blocks - 1)]
        self.first = normalized(3, widths[0], 3)
        self.blocks = torch.nn.ModuleList(Residual(a, b) for a, b in zip(widths, widths[1:]))
        self.dense = Scaled(16 * widths[-1], layers * w, gain=1, bias=False)
        self.norm = torch.nn.BatchNorm1d(layers * w)
        self.layers = layers

    def forward(self, x):
        x = self.first(x)
        for block in self.blocks:
            x = block(F.avg_pool2d(x, 2))
        return self.norm(self.dense(x.flatten(1))).view(x.shape[0], self.layers, -1)


class Perceptual(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.ModuleList(
            torch.nn.Conv2d(a, b, 3, padding=1) for a, b in zip([3] + WIDTHS, WIDTHS))
        self.register_buffer("mean", torch.tensor([103.939, 116.779, 123.68]).view(1, 3, 1, 1))

    def forward(self, x):
        x = ((x + 1) * 127.5).flip(1) - self.mean
        for index, layer in enumerate(self.layers):
            if index in (2, 4, 7):
                x = F.max_pool2d(x, 2)
            x = F.relu(layer(x))
        return x
