"""A column file of ours in the hands of pyarrow, pandas, DuckDB and Polars: true types and true values.

COLUMN_SAMPLE names the program that writes it. A reader that this Python does not have is skipped.
"""

import datetime
import decimal
import importlib
import math
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

try:
    import pyarrow
    import pyarrow.parquet
except ImportError:
    pyarrow = None

ROWS, GROUPS = 120, 2
EPOCH = datetime.date(1970, 1, 1)


def expected():
    """The sample's rows, by formula."""
    for n in range(ROWS * GROUPS):
        hole = n % ROWS % 7 == 3
        yield (n // 60, EPOCH + datetime.timedelta(days=18000 + n % 60),
               None if hole else decimal.Decimal(1000 + n * n % 97) / 100,
               None if hole else decimal.Decimal(n * 10_000_019), None if hole else n % 13 / 3, 1.0 / (n + 1))


def plain(value):
    """A value as every reader has it: a date is no timestamp, missing is None."""
    if isinstance(value, datetime.datetime):
        return value.date()
    return None if isinstance(value, float) and math.isnan(value) else value


def with_pyarrow(module, path):
    table = importlib.import_module("pyarrow.parquet").read_table(path)
    return [tuple(row.values()) for row in table.to_pylist()]


def with_pandas(module, path):
    return [tuple(plain(value) for value in row) for row in module.read_parquet(path).itertuples(index=False)]


def with_duckdb(module, path):
    return module.connect().execute("select * from read_parquet(?)", [str(path)]).fetchall()


def with_polars(module, path):
    return [tuple(plain(value) for value in row) for row in module.read_parquet(path).rows()]


READERS = {"pyarrow": with_pyarrow, "pandas": with_pandas, "duckdb": with_duckdb, "polars": with_polars}


class EveryStorage(unittest.TestCase):
    """Each encoding with each codec, as each reader sees it."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.paths = []
        for encoding in ("plain", "dictionary", "delta", "byte_stream_split"):
            for codec in ("none", "lz4", "snappy", "zstd"):
                cls.paths.append(Path(cls.folder.name) / f"{encoding}-{codec}.parquet")
                subprocess.run([os.environ["COLUMN_SAMPLE"], cls.paths[-1], encoding, codec], check=True)

    @classmethod
    def tearDownClass(cls):
        cls.folder.cleanup()

    def check(self, reader):
        try:
            module = importlib.import_module(reader)
        except ImportError:
            self.skipTest(f"this Python has no {reader}")
        rows = list(expected())
        for path in self.paths:
            with self.subTest(path.name):
                self.assertEqual(READERS[reader](module, path), rows)

    def test_pyarrow(self):
        self.check("pyarrow")

    def test_pandas(self):
        self.check("pandas")

    def test_duckdb(self):
        self.check("duckdb")

    def test_polars(self):
        self.check("polars")


@unittest.skipIf(pyarrow is None, "this Python has no pyarrow")
class Interop(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory()
        cls.path = Path(cls.folder.name) / "sample.parquet"
        subprocess.run([os.environ["COLUMN_SAMPLE"], cls.path], check=True)
        # page_checksum_verification: the CRCs that our own reader does not need
        cls.file = pyarrow.parquet.ParquetFile(cls.path, page_checksum_verification=True)
        cls.table = cls.file.read()

    @classmethod
    def tearDownClass(cls):
        cls.file.close()
        cls.folder.cleanup()

    def test_types(self):
        schema = self.table.schema
        self.assertEqual(schema.names, ["instrument", "date", "close", "volume", "turnover", "ratio"])
        self.assertEqual(schema.field("instrument").type, pyarrow.int32())
        self.assertEqual(schema.field("date").type, pyarrow.date32())
        self.assertEqual(schema.field("close").type, pyarrow.decimal128(9, 2))
        self.assertEqual(schema.field("volume").type, pyarrow.decimal128(18, 0))
        self.assertEqual(schema.field("ratio").type, pyarrow.float64())
        self.assertEqual([field.nullable for field in schema], [False, False, True, True, True, True])
        physical = [self.file.schema.column(k).physical_type for k in range(6)]
        self.assertEqual(physical, ["INT32", "INT32", "INT32", "INT64", "DOUBLE", "DOUBLE"])

    def test_values(self):
        columns = {name: self.table.column(name).to_pylist() for name in self.table.column_names}
        self.assertEqual(self.table.num_rows, ROWS * GROUPS)
        self.assertEqual(list(zip(*(columns[name] for name in self.table.column_names))), list(expected()))

    def test_metadata(self):
        pairs = self.file.schema_arrow.metadata
        self.assertEqual(pairs[b"dataset"], b"daily")
        self.assertEqual(pairs["来源".encode()], "合成".encode())
        self.assertEqual(pairs[b"momentum.column_file"], b"1")
        close = self.file.metadata.row_group(0).column(2)
        self.assertEqual(close.statistics.null_count, 17)
        self.assertEqual(close.compression, "UNCOMPRESSED")
        self.assertIn("DELTA_BINARY_PACKED", close.encodings)


if __name__ == "__main__":
    unittest.main()
