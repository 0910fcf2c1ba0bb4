"""Runs whole training iterations of one variant on demand, so that another program can run in between.

The networks are those of `Training` in the sizes it recommends, with random numbers. An iteration of the generator makes
pictures without a tape, steps the discriminator, an eighth of the time with the gradient penalty (timed by itself and counted
as an eighth), steps the generator and moves its average. One of the encoder steps encoder and discriminator.

Reads commands from standard input, a line each, and answers each with a line of JSON:
  iteration gan|encoder   one iteration; gives its milliseconds
  memory                  gives the peak so far in MiB
"""

import argparse
import copy
import json
import sys
import time

import torch
import torch.nn.functional as F

from training_networks import Discriminator, Encoder, Generator, Perceptual

SIZES = {64: dict(batch=32, base=1024, most=64, z=96, encoder=192), 128: dict(batch=16, base=2048, most=128, z=128, encoder=256)}
PENALTY_EVERY = 8


def frozen(network, value=True):
    for p in network.parameters():
        p.requires_grad_(not value)


class Iterations:
    def __init__(self, side, channels_last, compiled):
        sizes = SIZES[side]
        self.batch, self.z = sizes["batch"], sizes["z"]

        def channels(at):
            return min(sizes["base"] // at, sizes["most"])

        torch.manual_seed(1)
        self.g = Generator(side, channels, self.z, sizes["most"])
        self.average = copy.deepcopy(self.g)
        self.d = Discriminator(side, channels)
        self.sides = self.g.synthesis.sides
        self.e = Encoder(side, 24, sizes["encoder"], len(self.sides), self.z)
        self.f = Perceptual()
        frozen(self.f)
        frozen(self.average)
        layout = torch.channels_last if channels_last else torch.contiguous_format
        for network in (self.g, self.average, self.d, self.e, self.f):
            network.to(memory_format=layout)
        make = torch.compile if compiled else (lambda module: module)
        self.synthesis, self.score = make(self.g.synthesis), make(self.d)
        self.draw, self.encode, self.features = make(self.average.synthesis), make(self.e), make(self.f)
        self.reals = torch.randn(self.batch, 3, side, side).contiguous(memory_format=layout) * 0.5
        self.stored = [torch.randn(1, 1, r, r) for r in self.sides]
        adam = dict(betas=(0.0, 0.99), eps=1e-8)
        self.steps = {
            "g": torch.optim.Adam(self.g.parameters(), lr=2e-3, **adam), "d": torch.optim.Adam(self.d.parameters(), lr=2e-3, **adam),
            "e": torch.optim.Adam(self.e.parameters(), lr=1.5e-3, betas=(0.9, 0.99))}

    def make(self):
        codes = self.g.codes(
            torch.randn(self.batch, self.z), torch.randn(self.batch, self.z), torch.randint(1, len(self.sides) + 1, (self.batch,)))
        return self.synthesis(codes, [torch.randn(self.batch, 1, r, r) for r in self.sides])

    def step(self, name, loss):
        self.steps[name].zero_grad(set_to_none=True)
        loss.backward()
        self.steps[name].step()

    def step_discriminator(self, fakes, reals):
        frozen(self.d, False)
        self.step("d", F.softplus(self.score(fakes)).mean() + F.softplus(-self.score(reals)).mean())

    def penalty(self, reals):
        # Double backward through a compiled function is refused.
        x = reals.detach().requires_grad_(True)
        (gradient,) = torch.autograd.grad(self.d(x).sum(), x, create_graph=True)
        self.d.zero_grad(set_to_none=True)
        (gradient.square().sum((1, 2, 3)).mean() * (0.15 * PENALTY_EVERY)).backward()

    def gan(self):
        with torch.no_grad():
            fakes = self.make()
        self.step_discriminator(fakes, self.reals)
        frozen(self.d)
        self.step("g", F.softplus(-self.score(self.make())).mean())
        with torch.no_grad():
            torch._foreach_lerp_(list(self.average.parameters()), list(self.g.parameters()), 0.002)

    def encoder(self):
        reals = self.reals[:16]
        frozen(self.d)
        pictures = self.draw(self.encode(reals), self.stored)
        with torch.no_grad():
            features = self.features(reals)
        loss = F.mse_loss(pictures, reals) + 5e-5 * F.mse_loss(self.features(pictures), features)
        self.step("e", loss + 0.08 * F.softplus(-self.score(pictures)).mean())
        self.step_discriminator(pictures.detach(), reals)

    def milliseconds(self, kind):
        """One iteration, with an eighth of a penalty."""
        reals = self.reals if kind == "gan" else self.reals[:16]
        start = time.perf_counter()
        self.gan() if kind == "gan" else self.encoder()
        middle = time.perf_counter()
        frozen(self.d, False)
        self.penalty(reals)
        return ((middle - start) + (time.perf_counter() - middle) / PENALTY_EVERY) * 1e3


def peak_mib():
    with open("/proc/self/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return None


VARIANTS = {"plain": (False, False), "channels_last": (True, False), "channels_last compiled": (True, True)}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--side", type=int, choices=list(SIZES), required=True)
    parser.add_argument("--variant", choices=list(VARIANTS), required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()
    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    run = Iterations(options.side, *VARIANTS[options.variant])
    for line in sys.stdin:
        command, *arguments = line.split()
        if command == "iteration":
            answer = {"milliseconds": run.milliseconds(arguments[0])}
        else:
            answer = {"peak_mib": peak_mib(), "torch": torch.__version__}
        print(json.dumps(answer), flush=True)


main()
