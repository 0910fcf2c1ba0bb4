"""Runs steps of one variant on demand, so that another program can run in between.

Reads commands from standard input, a line each, and answers each with a line of JSON:
  check FILE   one evaluation at the sample's code; its gradient goes to FILE (numpy); gives the losses
  step N       N steps; gives the milliseconds of each
  memory       gives the peak so far in MiB
"""

import argparse
import json
import sys
import time

import numpy as np
import torch

import inversion
import weights


def peak_mib():
    with open("/proc/self/status", encoding="ascii") as file:
        for line in file:
            if line.startswith("VmHWM:"):
                return int(line.split()[1]) / 1024
    return None


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pack", required=True)
    parser.add_argument("--sample", required=True)
    parser.add_argument("--variant", choices=list(inversion.VARIANTS), required=True)
    parser.add_argument("--threads", type=int, required=True)
    options = parser.parse_args()

    torch.set_num_threads(options.threads)
    torch.set_num_interop_threads(1)
    frozen, channels_last, compiled = inversion.VARIANTS[options.variant]
    sample = weights.read(options.sample)
    models = inversion.Models.of_pack(options.pack, frozen, channels_last)
    run = inversion.Inversion(models, sample["target"], sample["code"], frozen, channels_last, compiled)

    for line in sys.stdin:
        command, *arguments = line.split(maxsplit=1)
        if command == "check":
            losses = run.evaluate()
            np.save(arguments[0].strip(), run.code.grad.numpy())
            answer = {"losses": losses}
        elif command == "step":
            times = []
            for _ in range(int(arguments[0])):
                start = time.perf_counter()
                run.step()
                times.append((time.perf_counter() - start) * 1e3)
            answer = {"milliseconds": times}
        else:
            answer = {"peak_mib": peak_mib(), "torch": torch.__version__}
        print(json.dumps(answer), flush=True)


main()
