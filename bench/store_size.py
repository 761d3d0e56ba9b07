#!/usr/bin/env python3
"""Bytes a bar of a store at every level of compression, beside files that pyarrow writes of the same numbers.

    store_size.py MOMENTUM ARCHIVE [--levels 0 3 6 9 compat]

MOMENTUM is the program, ARCHIVE a .tar of daily bars in the dialect a_share (docs/cli.md). Each level is imported into a store of its
own. Of each store, and of each file of the peer, every number is read back by pyarrow and compared bit for bit with the cell of the
CSV that it comes from. The peer writes doubles, all rows in one file in the order of instruments and days: as it does by
default (dictionary, Snappy), and with dictionary and Zstd.
"""
import argparse
import csv
import datetime
import pathlib
import sqlite3
import subprocess
import sys
import tarfile
import tempfile

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

COLUMNS = {"开盘价": "open", "最高价": "high", "最低价": "low", "收盘价": "close", "前收盘价": "preclose", "成交量": "volume",
           "成交额": "amount", "流通市值": "float_value", "总市值": "total_value"}
BARS = ("date", "open", "high", "low", "close", "volume", "amount")
EPOCH = datetime.date(1970, 1, 1)


def read_cells(folder):
    """{(symbol, day): row of cells as doubles}, bytes of the files, bytes of the cells in BARS."""
    cells, whole, part = {}, 0, 0
    for path in sorted(folder.rglob("*.csv")):
        whole += path.stat().st_size
        with open(path, encoding="utf-8", newline="") as file:
            next(file)  # the banner
            for row in csv.DictReader(file):
                day = (datetime.date.fromisoformat(row["交易日期"]) - EPOCH).days
                values = [float(row[name]) if row.get(name) else np.nan for name in COLUMNS]
                cells[row["股票代码"][-6:], day] = values
                part += len(row["交易日期"]) + 1
                part += sum(len(row[name]) + 1 for name, column in COLUMNS.items() if column in BARS)
    return cells, whole, part


def doubles(column):
    """The doubles that a column of a store stands for: i / 10^s, one division."""
    column = column.combine_chunks()
    if not pa.types.is_decimal(column.type):
        return column.to_numpy(zero_copy_only=False)
    integers = np.frombuffer(column.buffers()[1], dtype="<i8")[::2][column.offset:column.offset + len(column)]
    values = integers / 10.0 ** column.type.scale
    values[np.asarray(column.is_null())] = np.nan
    return values


def read_store(folder):
    """Columns in the order of instruments and days; bytes by column, bytes in all."""
    parts, sizes, whole = [], dict.fromkeys(("instrument", "date", *COLUMNS.values()), 0), 0
    for path in (folder / "data").glob("*.parquet"):
        whole += path.stat().st_size
        file = pq.ParquetFile(path, page_checksum_verification=True)
        for group in range(file.num_row_groups):
            for k in range(file.metadata.num_columns):
                column = file.metadata.row_group(group).column(k)
                sizes[column.path_in_schema] += column.total_compressed_size
        table = file.read()
        parts.append([table["instrument"].to_numpy(), table["date"].cast(pa.int32()).to_numpy(),
                      *(doubles(table[name]) if name in table.column_names else np.full(len(table), np.nan)
                        for name in COLUMNS.values())])
    columns = [np.concatenate(column) for column in zip(*parts)]
    order = np.lexsort((columns[1], columns[0]))
    return [column[order] for column in columns], sizes, whole


def symbols(folder):
    with sqlite3.connect(folder / "catalog.db") as catalog:
        return dict(catalog.execute("select id, symbol from instrument where end_snapshot = 9223372036854775807"))


def check(columns, names, cells):
    """How many numbers are not their cell's."""
    wanted = np.array([cells[names[i], day] for i, day in zip(columns[0].tolist(), columns[1].tolist())])
    wrong = 0
    for k, column in enumerate(columns[2:]):
        want = np.ascontiguousarray(wanted[:, k])
        wrong += int(((want.view("i8") != column.view("i8")) & ~(np.isnan(want) & np.isnan(column))).sum())
    return wrong


def peer(path, columns, **how):
    names = ("instrument", "date", *COLUMNS.values())
    arrays = [pa.array(columns[0]), pa.array(columns[1]).cast(pa.date32()),
              *(pa.array(column, from_pandas=True) for column in columns[2:])]
    pq.write_table(pa.table(arrays, names=names), path, **how)
    file = pq.ParquetFile(path)
    sizes = dict.fromkeys(names, 0)
    for group in range(file.num_row_groups):
        for k in range(len(names)):
            column = file.metadata.row_group(group).column(k)
            sizes[column.path_in_schema] += column.total_compressed_size
    table = file.read()
    back = [table["instrument"].to_numpy(), table["date"].cast(pa.int32()).to_numpy(),
            *(table[name].to_numpy() for name in COLUMNS.values())]
    return back, sizes, path.stat().st_size


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("program")
    parser.add_argument("archive")
    parser.add_argument("--levels", nargs="+", default=["0", "3", "6", "9", "compat"])
    options = parser.parse_args()
    rows, wrong = [], 0
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        with tarfile.open(options.archive) as archive:
            archive.extractall(folder / "csv", filter="data")
        cells, csv_bytes, bars_bytes = read_cells(folder / "csv")
        rows.append(("CSV", bars_bytes, csv_bytes))
        for level in options.levels:
            store = folder / level
            subprocess.run([options.program, "import", folder / "csv", "--store", store, "--compression", level, "--quiet"],
                           check=True)
            columns, sizes, whole = read_store(store)
            wrong += check(columns, symbols(store), cells)
            rows.append((f"store, {level}", sum(sizes[column] for column in BARS), whole))
        for how, settings in (("pyarrow, defaults", {}), ("pyarrow, zstd", {"compression": "zstd"})):
            back, sizes, whole = peer(folder / "peer.parquet", columns, **settings)
            wrong += check(back, symbols(store), cells)
            rows.append((how, sum(sizes[column] for column in BARS), whole))
    bars = len(columns[0])
    print(f"{bars:,} bars; {bars * len(COLUMNS) * (len(rows) - 1):,} numbers compared with their cells, {wrong} differ")
    print(f"{'':20}{'date, OHLC, volume, amount':>28}{'below CSV':>11}{'all columns':>13}{'below CSV':>11}")
    for how, part, whole in rows:
        print(f"{how:20}{part / bars:28.2f}{1 - part / bars_bytes:11.1%}{whole / bars:13.2f}{1 - whole / csv_bytes:11.1%}")
    if wrong:
        sys.exit(1)


if __name__ == "__main__":
    main()
