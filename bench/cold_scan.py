#!/usr/bin/env python3
"""The latest classic values of a whole market, from a store's files to a table, beside DuckDB with TA-Lib.

    cold_scan.py MOMENTUM [--store FOLDER] [--stocks 5500] [--years 10] [--runs 3]

MOMENTUM is the program; a demo store is made where FOLDER has none. Whole history, page cache warm, wall time, best of the
runs, which take turns. Ours is the whole process, start to written CSV, from the store. The peer reads a file of its own, which
DuckDB wrote beforehand as it reads best: doubles, zstd, in the order of instruments and days; its time begins after its
imports. It computes the classic set of each stock with TA-Lib and NumPy (talib_classic.py) and keeps the last values.
Checked: the 20-bar changes of all stocks that both have, on unadjusted prices.
"""
import argparse
import csv
import math
import pathlib
import subprocess
import sys
import tempfile
import time

import duckdb
import numpy as np

import talib_classic


def peer_file(store, path):
    files = sorted(str(file) for file in (pathlib.Path(store) / "data").glob("*.parquet"))
    duckdb.execute("copy (select instrument, high::double as high, low::double as low, close::double as close, "
                   f"volume::double as volume from read_parquet({files}) order by instrument, date) "
                   f"to '{path}' (format parquet, compression zstd)")


def peer(path):
    """Last 20-bar changes, after everything else was computed as well."""
    table = duckdb.execute("select * from read_parquet(?)", [str(path)]).fetchnumpy()
    bounds = np.flatnonzero(np.diff(table["instrument"])) + 1
    starts = np.concatenate(([0], bounds))
    ends = np.concatenate((bounds, [len(table["instrument"])]))
    columns = [np.ma.filled(table[name].astype(float), np.nan) for name in ("high", "low", "close", "volume")]
    found = []
    with np.errstate(divide="ignore", invalid="ignore"):
        for start, end in zip(starts, ends):
            high, low, close, volume = (column[start:end] for column in columns)
            if end - start < 120:
                continue
            values = talib_classic.columns(high, low, close, volume)
            total = talib_classic.score(close, volume, values)[0]
            found.append((values[17][-1], total[-1]))
    return sorted(change for change, _ in found if not math.isnan(change))


def ours(program, store, out):
    subprocess.run([program, "scan", "--store", store, "--adjust", "none", "--format", "csv", "--unranked", "--delisted",
                    "--quiet", "-o", out], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("--store")
    parser.add_argument("--stocks", type=int, default=5500)
    parser.add_argument("--years", type=int, default=10)
    parser.add_argument("--runs", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = options.store or folder + "/store"
        if not pathlib.Path(store, "catalog.db").exists():
            subprocess.run([options.program, "demo", "--store", store, "--stocks", str(options.stocks), "--years",
                            str(options.years), "--quiet"], check=True)
        out, file_of_peer = folder + "/scan.csv", folder + "/peer.parquet"
        peer_file(store, file_of_peer)
        best = {"ours": math.inf, "DuckDB + TA-Lib": math.inf}
        for _ in range(options.runs):
            begin = time.perf_counter()
            ours(options.program, store, out)
            best["ours"] = min(best["ours"], time.perf_counter() - begin)
            begin = time.perf_counter()
            theirs = peer(file_of_peer)
            best["DuckDB + TA-Lib"] = min(best["DuckDB + TA-Lib"], time.perf_counter() - begin)
        with open(out, encoding="utf-8", newline="") as file:
            rows = [row for row in csv.DictReader(file) if row["momentum_20"] and row["status"] != "stale"]
    mine = np.array(sorted(float(row["momentum_20"]) for row in rows))
    other = np.array(theirs)
    near = np.searchsorted(other, mine)
    gap = np.minimum(np.abs(other[np.minimum(near, len(other) - 1)] - mine), np.abs(other[np.maximum(near - 1, 0)] - mine))
    if len(mine) < 0.9 * len(other) or gap.max() > 1e-9:
        sys.exit(f"the answers differ: {len(mine)} and {len(other)} stocks, up to {gap.max()}")
    print(f"checked: {len(mine):,} changes, all among the peer's {len(other):,}")
    for name, seconds in best.items():
        print(f"{name:20}{seconds:8.3f} s{best['DuckDB + TA-Lib'] / seconds:8.1f} x")


if __name__ == "__main__":
    main()
