#!/usr/bin/env python3
"""The classic score of every bar, all contestants in one go, on one core.

    run.py --classic-bench build/bin/classic_bench [--executor-bench build/bin/executor_bench]
           [--rounds 3] [--core 1] [--json FILE]

Contestants take turns, so that a change of the machine's pace meets all of them; the figure is the best of all rounds,
beside the median of the rounds, in processor time of the one thread. Ratios count, not nanoseconds. The fused loop's
scores are compared with the reference bit by bit first, on a plain market and on a rough one, and a wrong one ends the
run with status 1. TA-Lib seeds and rounds otherwise, so its scores are not compared. It is given the first stocks of
the same market: its work per stock does not depend on their number. TA-Lib's columns of a stock stay in cache; the
fused loop's 26 planes of a tile of 32 do not, so its columns are also shown for short tiles that do. The executor hands its
columns out a stretch of 96 rows at a time; its reader looks at every 16th row.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile

HERE = pathlib.Path(__file__).resolve().parent


def call(command):
    """The JSON object that a contestant prints; its complaints pass through."""
    done = subprocess.run([str(part) for part in command], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        sys.exit(f"{command[0]} ended with status {done.returncode}")
    return json.loads(done.stdout)


def contestants(options, flat):
    fused = [options.classic_bench, "--stocks", options.stocks, "--bars", options.bars, "--runs", options.runs,
             "--check", 0]
    small = fused.copy()
    small[2] = min(options.stocks, 640)  # writes 208 bytes a bar: the rate settles soon
    cached = [options.classic_bench, "--stocks", 32, "--bars", 150, "--runs", 500 * options.runs, "--check", 0]
    for target in [None] + options.targets:
        pin, tail = (["--target", target], f", {target}") if target else ([], "")
        yield "fused, score and status" + tail, "ns_per_bar", fused + pin
        yield "fused, score and 26 columns" + tail, "ns_per_bar", small + ["--columns"] + pin
        yield "fused, 26 columns in cache" + tail, "ns_per_bar", cached + ["--columns"] + pin
    if options.executor_bench:
        executor = [options.executor_bench, "--stocks", options.stocks, "--bars", options.bars, "--runs", options.runs]
        yield "executor, fused, score", "ns_per_bar", executor
        yield "executor, fused, score and 26 columns", "ns_per_bar", executor + ["--columns"]
        yield "executor, node by node, score", "ns_per_bar", executor + ["--nodes"]
    peer = [sys.executable, HERE / "talib_classic.py", flat, "--runs", options.runs]
    yield "TA-Lib + NumPy, score", "ns_per_bar", peer


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--classic-bench", required=True, help="the program built from classic_bench.cc")
    parser.add_argument("--executor-bench", help="the program built from executor_bench.cc")
    parser.add_argument("--stocks", type=int, default=5500)
    parser.add_argument("--bars", type=int, default=2500)
    parser.add_argument("--peer-stocks", type=int, default=200)
    parser.add_argument("--runs", type=int, default=3, help="in one call of a contestant")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--core", type=int, help="the one core to run on; default: the last one allowed")
    parser.add_argument("--targets", nargs="*", default=["AVX2"], help="vector targets to run beside the best one")
    parser.add_argument("--json", help="write the figures here as well")
    options = parser.parse_args()
    os.sched_setaffinity(0, {options.core if options.core is not None else max(os.sched_getaffinity(0))})

    with tempfile.TemporaryDirectory() as folder:
        flat = pathlib.Path(folder) / "panel.bin"
        bench = [options.classic_bench, "--bars", options.bars, "--runs", 1]
        checks = [call(bench + ["--stocks", options.peer_stocks, "--check", 64, "--flat", flat,
                                "--flat-stocks", options.peer_stocks]),
                  call(bench + ["--stocks", 64, "--check", 64, "--columns"]),
                  call(bench + ["--stocks", 96, "--check", 96, "--rough"])]
        print(f"checked: {sum(check['checked_bars'] for check in checks):,} bars, all equal to the reference")

        found = {}
        for _ in range(options.rounds):
            for name, key, command in contestants(options, flat):
                one = call(command)
                if one.get("slow_tiles", 0) != 0:
                    sys.exit(f"{name}: {one['slow_tiles']} tiles went to the reference; no figure of the fused loop")
                entry = found.setdefault(name, {"best": [], "median": []})
                entry["best"].append(one[key])
                entry["median"].append(one["median_" + key])
                if "columns_ns_per_bar" in one:
                    entry = found.setdefault("TA-Lib + NumPy, 26 columns, no score", {"best": [], "median": []})
                    entry["best"].append(one["columns_ns_per_bar"])
                    entry["median"].append(one["columns_median_ns_per_bar"])

    peer = found["TA-Lib + NumPy, score"]
    rows = [{"name": name, "ns_per_bar": min(entry["best"]), "median_ns_per_bar": statistics.median(entry["median"]),
             "times_talib": min(peer["best"]) / min(entry["best"]),
             "median_times_talib": statistics.median(peer["median"]) / statistics.median(entry["median"])}
            for name, entry in found.items()]
    print(f"{'':40}{'ns/bar best':>12}{'median':>9}{'x TA-Lib':>10}{'median':>9}")
    for row in rows:
        print(f"{row['name']:40}{row['ns_per_bar']:12.2f}{row['median_ns_per_bar']:9.2f}{row['times_talib']:10.1f}"
              f"{row['median_times_talib']:9.1f}")
    if options.json:
        pathlib.Path(options.json).write_text(json.dumps(rows, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
