"""Compares the PyTorch networks with the reference numbers in Tests/Fixtures. Exit code 1 if one is off."""

import os
import sys

import torch

import inversion
import weights

FIXTURES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..", "Tests", "Fixtures")
failures = 0


def relative(value, reference):
    value, reference = value.detach().double(), reference.double()
    return ((value - reference).norm() / reference.norm()).item()


def expect(what, error, tolerance):
    global failures
    good = error <= tolerance
    failures += not good
    print(f"{'ok  ' if good else 'OFF '} {what}: {error:.1e} (at most {tolerance:.0e})")


def fixture(name):
    return weights.read(os.path.join(FIXTURES, name))


def check_inversion(folder, variant, tolerance, run="invert", **names):
    frozen, channels_last, _ = inversion.VARIANTS[variant]
    models = inversion.Models(os.path.join(FIXTURES, folder), frozen, channels_last,
                              tanh=folder == "tiny256", perceptual="../vgg16", **names)
    golden = fixture(f"{folder}/{run}.safetensors")
    target = golden["target_u8"].permute(2, 0, 1)[None].float() / 255 * 2 - 1
    what = f"{folder} {run}, {variant}"
    with torch.no_grad():
        expect(f"{what}: encoder code", relative(models.encoder(target), golden["z0"]), 1e-5)
    steps = inversion.Inversion(models, target, golden["z0"], frozen, channels_last)
    losses = steps.step()
    for name, loss, expected in zip(["pixel", "perceptual", "domain", "total"], losses, golden["init.terms"].flatten()):
        expect(f"{what}: {name} loss", abs(loss / expected.item() - 1), 2e-5)
    expect(f"{what}: gradient", relative(steps.code.grad, golden["init.grad"]), tolerance)
    expect(f"{what}: code after one step", relative(steps.code, golden["code001"]), 1e-2 if folder == "tiny256" else 1e-6)


torch.set_num_threads(min(2, os.cpu_count() or 1))
for variant in ["released", "frozen", "frozen channels_last"]:
    check_inversion("tiny32", variant, 2e-5)
    check_inversion("tiny32", variant, 2e-5, "invert_bn_fused", generator="generator_fused", encoder="encoder_bn")
    check_inversion("tiny256", variant, 3e-3)
sys.exit(1 if failures else 0)
