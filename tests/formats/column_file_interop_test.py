"""A column file of ours in the hands of pyarrow: true types and true values.

COLUMN_SAMPLE names the program that writes it. Skipped where this Python has no pyarrow.
"""

import datetime
import decimal
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
        epoch = datetime.date(1970, 1, 1)
        for n in range(ROWS * GROUPS):
            hole = n % ROWS % 7 == 3
            self.assertEqual(columns["instrument"][n], n // 60)
            self.assertEqual(columns["date"][n], epoch + datetime.timedelta(days=18000 + n % 60))
            self.assertEqual(columns["close"][n], None if hole else decimal.Decimal(1000 + n * n % 97) / 100)
            self.assertEqual(columns["volume"][n], None if hole else decimal.Decimal(n * 10_000_019))
            self.assertEqual(columns["turnover"][n], None if hole else n % 13 / 3)
            self.assertEqual(columns["ratio"][n], 1.0 / (n + 1))

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
