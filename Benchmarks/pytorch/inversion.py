"""One step of in-domain inversion in PyTorch, as the released code does it and as well as PyTorch can."""

import os

import torch

import networks
import weights

VARIANTS = {
    # name: (frozen weights and cached target features, channels last, compiled)
    "released": (False, False, False),
    "frozen": (True, False, False),
    "frozen channels_last": (True, True, False),
    "frozen compiled": (True, False, True),
    "frozen channels_last compiled": (True, True, True),
}


class Models:
    def __init__(self, folder, frozen, channels_last, tanh=True, wscale=False, mean_bgr=(103.939, 116.779, 123.68),
                 generator="generator", encoder="encoder", perceptual="perceptual"):
        def read(name):
            return weights.read(os.path.join(folder, name + ".safetensors"))

        self.generator = networks.Generator(read(generator), frozen, channels_last, tanh)
        self.encoder = networks.Encoder(read(encoder), frozen, channels_last, wscale, self.generator.layers)
        self.perceptual = networks.Perceptual(read(perceptual), frozen, channels_last, mean_bgr)

    @staticmethod
    def of_pack(folder, frozen, channels_last):
        import yaml

        with open(os.path.join(folder, "pack.yaml"), encoding="utf-8") as file:
            pack = yaml.safe_load(file)
        return Models(folder, frozen, channels_last, pack["generator"]["final_tanh"], pack["encoder"]["wscale"],
                      pack["perceptual"].get("mean_bgr", (103.939, 116.779, 123.68)))


class Inversion:
    """Adam on a code; `step` returns the losses of the code before its update."""

    def __init__(self, models, target, code, cached, channels_last=False, compiled=False):
        self.models = models
        self.target = target.contiguous(memory_format=torch.channels_last) if channels_last else target
        self.code = code.clone().requires_grad_(True)
        self.adam = torch.optim.Adam([self.code], lr=0.01)
        self.cached = None
        if cached:
            with torch.no_grad():
                self.cached = models.perceptual(self.target)
        # One pass before compiling, so that everything frozen is made outside the compiled function.
        if compiled:
            with torch.no_grad():
                self.losses(self.code, self.target, self.cached)
        self.function = torch.compile(self.losses, dynamic=False) if compiled else self.losses

    def losses(self, code, target, features):
        models = self.models
        picture = models.generator(code)
        if features is None:
            features = models.perceptual(target)
        pixel = (target - picture).square().mean()
        perceptual = (features - models.perceptual(picture)).square().mean()
        domain = (code - models.encoder(picture)).square().mean()
        return pixel, perceptual, domain, pixel + 5e-5 * perceptual + 2 * domain

    def evaluate(self):
        self.adam.zero_grad()
        losses = self.function(self.code, self.target, self.cached)
        losses[3].backward()
        return [loss.item() for loss in losses]

    def step(self):
        losses = self.evaluate()
        self.adam.step()
        return losses
