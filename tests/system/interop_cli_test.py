"""The data files of a store in the hands of others: pandas, polars, DuckDB and pyarrow see true prices and dates.

A library that this Python lacks is a skip with its name.
"""

import csv
import datetime
import importlib
import io
import sqlite3
import unittest

from store_case import Case, days, main, write

COLUMNS = ("open", "high", "low", "close", "volume")


def library(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        raise unittest.SkipTest(f"this Python has no {name}") from None


class Interop(Case):
    """Three instruments, two of them corrected, so that there is more than one file."""

    def setUp(self):
        super().setUp()
        self.imported(self.market(count=250))
        self.imported(self.market(folder="more", count=300))
        self.paths = sorted(str(path) for path in (self.folder / "store" / "data").glob("*.parquet"))
        self.assertTrue(self.paths)
        with sqlite3.connect(self.folder / "store" / "catalog.db") as catalog:
            live = [path for (path,) in catalog.execute(
                "select path from file where end_snapshot = (select max(end_snapshot) from file)")]
            ids = {f"{symbol}.{market}": number for number, symbol, market in catalog.execute(
                "select id, symbol, market from instrument")}
        self.paths = [path for path in self.paths if any(path.endswith(one) for one in live)]
        self.wanted = []
        for code, number in ids.items():
            shown = self.good("show", code, "--store", "store", "--adjust", "none", "--format", "csv", "--columns",
                              ",".join(("date", *COLUMNS))).stdout
            for row in csv.DictReader(io.StringIO(shown)):
                self.wanted.append((number, datetime.date.fromisoformat(row["date"]),
                                    *(float(row[name]) for name in COLUMNS)))
        self.wanted.sort()
        self.assertEqual(len(self.wanted), 900)

    def expect(self, rows):
        """rows: instrument, date, then COLUMNS, in any number type that is exact."""
        found = sorted((int(number), day, *map(float, values)) for number, day, *values in rows)
        self.assertEqual(found, self.wanted)

    def test_pyarrow(self):
        library("pyarrow")
        dataset = importlib.import_module("pyarrow.dataset")
        table = dataset.dataset(self.paths).to_table(columns=["instrument", "date", *COLUMNS])
        self.expect(zip(*(column.to_pylist() for column in table.columns)))

    def test_pandas(self):
        pandas = library("pandas")
        frame = pandas.concat(pandas.read_parquet(path, columns=["instrument", "date", *COLUMNS])
                              for path in self.paths)
        self.expect((row.instrument, row.date, *(getattr(row, name) for name in COLUMNS))
                    for row in frame.itertuples())

    def test_polars(self):
        polars = library("polars")
        for path in self.paths:
            self.assertEqual(polars.read_parquet_schema(path)["date"], polars.Date)
        frames = [polars.read_parquet(path, columns=["instrument", "date", *COLUMNS]) for path in self.paths]
        self.expect(row for frame in frames for row in frame.rows())

    def test_duckdb(self):
        duckdb = library("duckdb")
        self.expect(duckdb.execute(f"select instrument, date, {', '.join(COLUMNS)} "
                                   f"from read_parquet({self.paths}, union_by_name=true)").fetchall())

class Mixed(Case):
    """A column that is a decimal in one file and a double in another: what docs/formats.md says to readers of both."""

    COLUMNS = ("close", "turnover")

    def setUp(self):
        super().setUp()
        lines = [f"600000.SH,{day},10,11,9,{10 + i / 100:.2f},100,{1 / (i + 3) if i < 400 else i / 100!r}"
                 for i, day in enumerate(days(420, 2023))]
        write(self.folder / "bars" / "a.csv", lines, "code,date,open,high,low,close,volume,turnover")
        self.imported("bars")
        self.paths = sorted(str(path) for path in (self.folder / "store" / "data").glob("*.parquet"))
        self.assertEqual(len(self.paths), 2)
        self.wanted = sorted((line.split(",")[1], float(line.split(",")[5]), float(line.split(",")[7]))
                             for line in lines)

    def expect(self, rows):
        self.assertEqual(sorted((str(day), *values) for day, *values in rows), self.wanted)

    def test_pyarrow(self):
        pyarrow, parquet = library("pyarrow"), library("pyarrow.parquet")
        self.assertEqual(len({parquet.read_schema(path).field("turnover").type for path in self.paths}), 2)

        def doubles(table):
            for i, field in enumerate(table.schema):
                if pyarrow.types.is_decimal(field.type):
                    table = table.set_column(i, field.name, table.column(i).cast("string").cast("float64"))
            return table

        table = pyarrow.concat_tables([doubles(parquet.read_table(path)) for path in self.paths],
                                      promote_options="default")
        self.expect(zip(*(table.column(name).to_pylist() for name in ("date", *self.COLUMNS))))

    def test_polars(self):
        polars = library("polars")
        frame = polars.concat([polars.read_parquet(path).with_columns(polars.selectors.decimal().cast(polars.Float64))
                               for path in self.paths], how="diagonal")
        self.expect(frame.select("date", *self.COLUMNS).rows())

    def test_duckdb(self):
        duckdb = library("duckdb")
        self.expect(duckdb.execute(f"select date, close::double, turnover::double from read_parquet({self.paths}, "
                                   "union_by_name=true)").fetchall())


if __name__ == "__main__":
    main()
