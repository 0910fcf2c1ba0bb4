"""Runs whole training iterations of idinvert and of PyTorch in turn and compares speed and memory.

Prints a table; the last line is one JSON object. Needs a Python with PyTorch and numpy.
"""

import argparse
import json
import os
import statistics
import subprocess

from peer import Peer

VARIANTS = ["plain", "channels_last", "channels_last compiled"]


def ours(program, side, threads):
    command = [program, "bench", "--training", "--side", str(side), "--runs", "3", "--threads", str(threads), "--json"]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def compare(program, side, variant, threads, rounds):
    theirs = Peer("training.py", ["--side", str(side), "--variant", variant], threads)
    try:
        for kind in ("gan", "encoder"):
            theirs.ask(f"iteration {kind}")
        times = {kind: {"ours": [], "theirs": []} for kind in ("gan", "encoder")}
        peak = 0
        for _ in range(rounds):
            report = ours(program, side, threads)
            peak = max(peak, report["peak_mib"])
            for iteration in report["iterations"]:
                kind = iteration["kind"]
                times[kind]["ours"].append(iteration["time"]["median"])
                times[kind]["theirs"].append(statistics.median(
                    theirs.ask(f"iteration {kind}")["milliseconds"] for _ in range(2)))
        memory = theirs.ask("memory")
    finally:
        theirs.end()
    return [
        {"side": side, "kind": kind, "variant": variant, "ours_ms": statistics.median(both["ours"]),
         "theirs_ms": statistics.median(both["theirs"]),
         "ratio": statistics.median(both["theirs"]) / statistics.median(both["ours"]), "ours_peak_mib": peak,
         "theirs_peak_mib": memory["peak_mib"], "torch": memory["torch"]}
        for kind, both in times.items()]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the idinvert executable")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=5, help="alternating rounds of each variant")
    parser.add_argument("--sides", default="64,128", help="comma-separated")
    parser.add_argument("--variants", default=",".join(VARIANTS), help="comma-separated")
    options = parser.parse_args()
    results, failed = [], {}
    for side in map(int, options.sides.split(",")):
        for variant in options.variants.split(","):
            try:
                results += compare(options.program, side, variant, options.threads, options.rounds)
            except (RuntimeError, BrokenPipeError) as error:
                failed[f"{side} px, {variant}"] = str(error)
    print(f"load average {os.getloadavg()[0]:.1f}, {options.threads} threads, medians of {options.rounds} alternating rounds\n")
    print(f"{'side':>5} {'iteration':10}{'PyTorch variant':26}{'PyTorch ms':>12}{'idinvert ms':>13}{'ratio':>8}{'MiB':>16}")
    for r in results:
        print(f"{r['side']:5} {r['kind']:10}{r['variant']:26}{r['theirs_ms']:12.0f}{r['ours_ms']:13.0f}{r['ratio']:8.2f}"
              f"{r['theirs_peak_mib']:8.0f}{r['ours_peak_mib']:8.0f}")
    for name, reason in failed.items():
        print(f"{name}: could not be run: {reason}")
    best = {}
    for r in results:
        name = f"{r['kind']}_{r['side']}_ratio_best"
        best[name] = min(best.get(name, float("inf")), r["ratio"])
    print(json.dumps({
        **{name: round(ratio, 3) for name, ratio in best.items()}, "load_average": os.getloadavg()[0],
        "results": [{key: round(value, 3) if isinstance(value, float) else value for key, value in r.items()} for r in results]}))


main()
