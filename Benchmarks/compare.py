"""Runs an inversion step of idinvert and of PyTorch in turn and compares speed, memory and numbers.

Prints tables; the last line is one JSON object. Needs a Python with PyTorch, numpy and PyYAML; see `Benchmarks/run`.
"""

import argparse
import json
import math
import os
import platform
import statistics
import struct
import subprocess
import sys
import tempfile
import time

from peer import Peer

HERE = os.path.dirname(os.path.abspath(__file__))
VARIANTS = ["released", "frozen", "frozen channels_last", "frozen compiled", "frozen channels_last compiled"]
# Relative. Random networks amplify rounding: in float32 the gradient of a 256-pixel network differs by 3e-4 from that
# in float64 whoever computes it.
LOSS_TOLERANCE = 1e-4
GRADIENT_TOLERANCE = 1e-2


def read_sample(path):
    import numpy

    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        data = file.read()
    return {name: numpy.frombuffer(data[entry["data_offsets"][0]:entry["data_offsets"][1]], "<f4").reshape(entry["shape"])
            for name, entry in header.items() if name != "__metadata__"}


class Ours:
    def __init__(self, program, pack, threads):
        self.command = [program, "bench", "--model", pack, "--json"]
        self.threads = threads

    def bench(self, *arguments, threads=None):
        command = self.command + list(arguments)
        if threads != "default":
            command += ["--threads", str(threads or self.threads)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        return json.loads(output)


def relative(value, reference):
    import numpy

    value, reference = numpy.asarray(value, "f8"), numpy.asarray(reference, "f8")
    return float(numpy.linalg.norm(value - reference) / numpy.linalg.norm(reference))


def compare(ours, theirs, variant, sample, rounds, folder):
    """One variant against ours, in turn; gives medians in milliseconds and how far the numbers differ."""
    import numpy

    gradient_file = os.path.join(folder, "gradient.npy")
    losses = theirs.ask(f"check {gradient_file}")["losses"]
    loss_error = max(abs(a / b - 1) for a, b in zip(losses, sample["losses"].tolist()))
    gradient_error = relative(sample["gradient"], numpy.load(gradient_file).reshape(sample["gradient"].shape))
    theirs.ask("step 1")
    times = {"ours": [], "theirs": []}
    peak, starts = 0, []
    for _ in range(rounds):
        report = ours.bench("--quick", "--steps", "0", "--runs", "3")
        times["ours"].append(report["step"]["median"])
        peak = max(peak, report.get("peak_mib") or 0)
        if report.get("startup_seconds"):
            starts.append([report["startup_seconds"], report["startup_seconds"] - report["first_step"] / 1e3])
        times["theirs"].append(statistics.median(theirs.ask("step 2")["milliseconds"]))
        print(f"{variant}: PyTorch {times['theirs'][-1]:.0f} ms, idinvert {times['ours'][-1]:.0f} ms", file=sys.stderr)
    memory = theirs.ask("memory")
    return {
        "variant": variant, "rounds": rounds, "ours_ms": statistics.median(times["ours"]),
        "theirs_ms": statistics.median(times["theirs"]),
        "ratio": statistics.median(times["theirs"]) / statistics.median(times["ours"]),
        "ours_all_ms": times["ours"], "theirs_all_ms": times["theirs"], "ours_peak_mib": peak, "ours_starts": starts,
        "theirs_peak_mib": memory["peak_mib"], "torch": memory["torch"], "loss_error": loss_error,
        "gradient_error": gradient_error,
    }


def seconds_of_a_job(program, pack, picture, threads, runs):
    """The median of whole jobs of 100 steps, start-up and writing of results included."""
    times = []
    for _ in range(runs):
        with tempfile.TemporaryDirectory() as folder:
            start = time.perf_counter()
            subprocess.run(
                [program, "run", picture, "--model", pack, "--steps", "100", "--threads", str(threads), "-o", folder],
                check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            times.append(time.perf_counter() - start)
    return statistics.median(times)


def evaluations_ratio(program):
    """How many times fewer network evaluations `optimizer: fast` needs for the loss of 100 Adam steps.

    From the program that `Benchmarks/Optimizers` builds to, run from the project's folder with the default pack.
    """
    if not program:
        return None, "no program was given that measures it (--optimizer-program)"
    try:
        output = subprocess.run([program, "--json"], cwd=os.path.join(HERE, ".."), check=True, capture_output=True, text=True)
        found = json.loads(output.stdout.strip().splitlines()[-1])
        return found["evaluations_ratio"], found
    except (OSError, subprocess.CalledProcessError, ValueError, KeyError, IndexError) as error:
        return None, f"could not be measured: {error}"


def quota_check(ours):
    """A step under a CPU quota of one processor against a step of one thread, in turn; 1 is no loss."""
    name = f"idinvert-bench-{os.getpid()}"
    for base, version in [("/sys/fs/cgroup", 2), ("/sys/fs/cgroup/cpu", 1)]:
        group = os.path.join(base, name)
        limits = {"cpu.max": "100000 100000"} if version == 2 else {"cpu.cfs_period_us": "100000", "cpu.cfs_quota_us": "100000"}
        if version == 2 and not os.path.exists(os.path.join(base, "cgroup.controllers")):
            continue
        try:
            os.mkdir(group)
        except OSError:
            continue
        try:
            for file, value in limits.items():
                with open(os.path.join(group, file), "w", encoding="ascii") as handle:
                    handle.write(value)
            limited, single = [], []
            for _ in range(3):
                command = ours.command + ["--quick", "--steps", "0", "--runs", "3"]
                script = f'echo $$ > {group}/cgroup.procs && exec "$@"'
                output = subprocess.run(["sh", "-c", script, "sh", *command], check=True, capture_output=True, text=True)
                limited.append(json.loads(output.stdout))
                single.append(ours.bench("--quick", "--steps", "0", "--runs", "3", threads=1)["step"]["median"])
            median = statistics.median(report["step"]["median"] for report in limited)
            return median / statistics.median(single), f"threads chosen: {limited[0]['machine']['threads']}"
        except (OSError, subprocess.CalledProcessError) as error:
            return None, f"skipped: {error}"
        finally:
            try:
                os.rmdir(group)
            except OSError:
                pass
    return None, "skipped: no cgroup can be made here"


def rounded(value, digits=3):
    if isinstance(value, float):
        return round(value, digits) if math.isfinite(value) else None
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--program", required=True, help="the idinvert executable")
    parser.add_argument("--pack", required=True, help="a folder with a model pack")
    parser.add_argument("--picture", required=True, help="for a whole job of 100 steps")
    parser.add_argument("--default-pack", required=True, help="the default model pack, for a job with it")
    parser.add_argument("--optimizer-program", help="the OptimizerBenchmark executable")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=5, help="alternating rounds of each variant")
    parser.add_argument("--variants", default=",".join(VARIANTS), help="comma-separated")
    parser.add_argument("--training", help="a file whose last line is what compare_training.py found, for the summary")
    parser.add_argument("--brief", action="store_true", help="only the comparison of steps")
    options = parser.parse_args()

    ours = Ours(options.program, options.pack, options.threads)
    results, failed, report = [], {}, {}
    with tempfile.TemporaryDirectory() as folder:
        sample_file = os.path.join(folder, "sample.safetensors")
        ours.bench("--quick", "--steps", "0", "--runs", "1", "--dump-sample", sample_file)
        sample = read_sample(sample_file)
        for variant in options.variants.split(","):
            theirs = Peer("measure.py", ["--pack", options.pack, "--sample", sample_file, "--variant", variant], options.threads)
            try:
                results.append(compare(ours, theirs, variant, sample, options.rounds, folder))
            except (RuntimeError, BrokenPipeError) as error:
                failed[variant] = str(error)
            finally:
                try:
                    theirs.end()
                except OSError:
                    pass
        if not options.brief:
            report = ours.bench("--steps", "0")
    print(f"\n{platform.platform()}, load average {os.getloadavg()[0]:.1f}, {options.threads} threads, "
          f"PyTorch {results[0]['torch'] if results else '?'}, medians of {options.rounds} alternating rounds\n")
    print(f"{'PyTorch variant':32}{'PyTorch ms':>12}{'idinvert ms':>13}{'ratio':>8}{'MiB':>8}{'loss off':>11}{'gradient off':>14}")
    same = bool(results)
    for result in results:
        good = result["loss_error"] <= LOSS_TOLERANCE and result["gradient_error"] <= GRADIENT_TOLERANCE
        same &= good
        print(f"{result['variant']:32}{result['theirs_ms']:12.0f}{result['ours_ms']:13.1f}{result['ratio']:8.2f}"
              f"{result['theirs_peak_mib']:8.0f}{result['loss_error']:11.1e}{result['gradient_error']:14.1e}"
              + ("" if good else "  DIFFERENT"))
    for variant, reason in failed.items():
        print(f"{variant:32}could not be run: {reason}")

    ratios = {result["variant"]: result["ratio"] for result in results}
    best = min(results, key=lambda result: result["theirs_ms"] / result["ours_ms"], default=None)
    summary = {
        "step_ratio_best": best and best["ratio"], "step_ratio_best_variant": best and best["variant"],
        "step_ratio_plain": ratios.get("released"), "numbers_agree": same,
        "step_ms": statistics.median(result["ours_ms"] for result in results) if results else None,
        "pytorch_peak_mib": best and best["theirs_peak_mib"],
    }
    if not options.brief:
        for name, pack in [("seconds_100_steps", options.pack), ("seconds_100_steps_default_pack", options.default_pack)]:
            summary[name] = seconds_of_a_job(options.program, pack, options.picture, options.threads, options.rounds)
        summary["evaluations_ratio"], summary["evaluations_ratio_note"] = evaluations_ratio(options.optimizer_program)
        summary["quota_ratio"], summary["quota_note"] = quota_check(ours)
        # To the end of the first step and to its beginning, medians over all fresh processes of the rounds.
        starts = [start for result in results for start in result["ours_starts"]]
        for place, name in enumerate(["startup_seconds", "startup_seconds_to_first_step"]):
            summary[name] = statistics.median(start[place] for start in starts) if starts else None
        summary["threads_1_to_2"] = (report.get("threads") or {}).get("ratio")
        roofline = report.get("roofline") or {}
        summary["fraction_of_roofline"] = roofline.get("fraction")
        summary["roofline"] = roofline
        summary["machine"] = report["machine"]
        summary["networks"] = report["networks"]
        print(f"\n{json.dumps(report, indent=1)}")
    summary["peak_mib"] = report.get("peak_mib") or max((result["ours_peak_mib"] for result in results), default=None)
    if options.training:
        with open(options.training, encoding="utf-8") as file:
            summary["training"] = json.loads(file.read().strip().splitlines()[-1])
    summary["load_average"] = os.getloadavg()[0]
    summary["variants"] = results
    print(json.dumps(clean(summary)))
    sys.exit(0 if same else 1)


def clean(value):
    """Numbers rounded, so that the line can be read; no NaN, which JSON does not have."""
    if isinstance(value, dict):
        return {key: clean(part) for key, part in value.items()}
    if isinstance(value, list):
        return [clean(part) for part in value]
    if isinstance(value, float) and 0 < abs(value) < 1e-2:
        return float(f"{value:.2e}")
    return rounded(value)


main()
