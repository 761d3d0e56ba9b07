#!/usr/bin/env python3
"""Three questions to a store, beside DuckDB, polars and pyarrow reading the same files.

    store_peers.py STORE_TASKS_BENCH STORE [--runs 5] [--threads 2]

all: every bar, all columns; one: every bar of one instrument; recent: the last 250 sessions of the market. Page cache warm, best of
the runs, answers checked (rows, sums of close and volume). Everyone gives doubles; ours opens files and plans in its time, the peers
list files before. DuckDB also reads a zstd file of its own.
"""
import argparse
import json
import math
import pathlib
import subprocess
import sys
import tempfile
import time

import duckdb
import polars
import pyarrow
import pyarrow.compute
import pyarrow.dataset
import pyarrow.parquet

KEYS = ("instrument", "date")


def ours(program, store, threads, runs):
    lines = subprocess.run([program, store, str(threads), str(runs)], check=True, stdout=subprocess.PIPE, text=True)
    return {line["task"]: line for line in map(json.loads, lines.stdout.splitlines())}


class DuckDB:
    def __init__(self, files, columns, threads):
        self.connection = duckdb.connect(config={"threads": threads})
        values = ", ".join(f"{name}::double as {name}" for name in columns)
        self.query = f"select instrument, date, {values} from read_parquet({files}, union_by_name=true)"

    def all(self):
        return self.connection.sql(self.query).to_arrow_table()

    def one(self, instrument):
        return self.connection.sql(self.query + " where instrument = ?", params=[instrument]).to_arrow_table()

    def recent(self, first):
        return self.connection.sql(self.query + " where date >= ?", params=[first]).to_arrow_table()


class Polars:
    """File by file: a column may be a decimal in one and a double in another."""

    def __init__(self, files, columns, _threads):
        self.frame = polars.concat([self.of(file, columns) for file in files])

    @staticmethod
    def of(file, columns):
        there = polars.read_parquet_schema(file)
        missing = polars.lit(None, polars.Float64)
        return polars.scan_parquet(file).select(*KEYS, *(
            polars.col(name).cast(polars.Float64) if name in there else missing.alias(name) for name in columns))

    def all(self):
        return self.frame.collect().to_arrow()

    def one(self, instrument):
        return self.frame.filter(polars.col("instrument") == instrument).collect().to_arrow()

    def recent(self, first):
        return self.frame.filter(polars.col("date") >= first).collect().to_arrow()


class PyArrow:
    """File by file, too."""

    def __init__(self, files, columns, threads):
        pyarrow.set_cpu_count(threads)
        self.files = [pyarrow.dataset.dataset(file) for file in files]
        self.schema = pyarrow.schema([("instrument", pyarrow.int32()), ("date", pyarrow.date32()),
                                      *((name, pyarrow.float64()) for name in columns)])

    def table(self, where=None):
        tables = []
        for data in self.files:
            names = [name for name in self.schema.names if name in data.schema.names]
            table = data.to_table(columns=names, filter=where)
            tables.append(table.cast(pyarrow.schema([self.schema.field(name) for name in names])))
        return pyarrow.concat_tables(tables, promote_options="default")

    def all(self):
        return self.table()

    def one(self, instrument):
        return self.table(pyarrow.compute.field("instrument") == instrument)

    def recent(self, first):
        return self.table(pyarrow.compute.field("date") >= first)


def check(name, table, wanted):
    found = (table.num_rows, *(pyarrow.compute.sum(table[column]).as_py() for column in ("close", "volume")))
    expected = (wanted["rows"], wanted["close"], wanted["volume"])
    if not all(math.isclose(a, b, rel_tol=1e-9) for a, b in zip(found, expected)):
        sys.exit(f"{name}: the answers differ: {found}, not {expected}")


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("store")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--threads", type=int, default=2)
    options = parser.parse_args()
    files = sorted(str(file) for file in (pathlib.Path(options.store) / "data").glob("*.parquet"))
    names = {}
    for file in files:
        names.update(dict.fromkeys(pyarrow.parquet.read_schema(file).names))
    columns = [name for name in names if name not in KEYS]
    mine = ours(options.program, options.store, options.threads, options.runs)
    days = duckdb.execute(f"select distinct date from read_parquet({files}) order by date desc limit 250").fetchall()
    arguments = {"all": (), "one": (mine["load"]["instruments"] // 2,), "recent": (days[-1][0],)}

    with tempfile.TemporaryDirectory() as folder:
        own = folder + "/own.parquet"
        duckdb.execute(f"copy ({DuckDB(files, columns, 2).query} order by instrument, date) to '{own}' "
                       "(format parquet, compression zstd)")
        peers = {"DuckDB, our files": DuckDB(files, columns, options.threads),
                 "DuckDB, its own file": DuckDB([own], columns, options.threads),
                 "polars, our files": Polars(files, columns, options.threads),
                 "pyarrow, our files": PyArrow(files, columns, options.threads)}
        print(f"{'milliseconds (times ours)':28}" + "".join(f"{task:>18}" for task in arguments))
        print(f"{'ours':28}" + "".join(f"{mine[task]['seconds'] * 1e3:18.1f}" for task in arguments))
        for name, peer in peers.items():
            cells = []
            for task, given in arguments.items():
                best = math.inf
                for _ in range(options.runs):
                    begin = time.perf_counter()
                    table = getattr(peer, task)(*given)
                    best = min(best, time.perf_counter() - begin)
                check(f"{name}, {task}", table, mine[task])
                cells.append(f"{best * 1e3:.1f} ({best / mine[task]['seconds']:.1f})")
            print(f"{name:28}" + "".join(f"{cell:>18}" for cell in cells))


if __name__ == "__main__":
    main()
