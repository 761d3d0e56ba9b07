"""HDF5 and CSV data files of ours in the hands of h5py and of Python's own csv: true values, by the lines that docs/formats.md has.

COLUMN_SAMPLE names the program that writes them. The HDF5 half is skipped where this Python has no h5py, and what is under Blosc
where it has no hdf5plugin.
"""

import csv
import datetime
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

try:
    import h5py
    import numpy
except ImportError:
    h5py = None
try:
    import hdf5plugin
except ImportError:
    hdf5plugin = None

ROWS = 240


def hole(n):
    return n % 120 % 7 == 3


class Sample(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def write(self, name, compression):
        path = self.folder / name
        subprocess.run([os.environ["COLUMN_SAMPLE"], path, str(compression)], check=True)
        return path


@unittest.skipIf(h5py is None, "this Python has no h5py")
class Hdf5(Sample):
    def check(self, compression):
        with h5py.File(self.write(f"{compression}.h5", compression)) as file:
            self.assertEqual(sorted(file), ["close", "date", "instrument", "ratio", "turnover", "volume"])
            self.assertEqual(file.attrs["dataset"].decode(), "daily")
            self.assertEqual(file.attrs["来源"].decode(), "合成")
            close = file["close"]
            raw = close[:]
            price = numpy.where(raw == close.attrs["missing"], numpy.nan, raw / 10.0 ** close.attrs["scale"])
            day = file["date"][:].astype("datetime64[D]")
            volume = file["volume"][:]
            for n in range(ROWS):
                self.assertEqual(file["instrument"][n], n // 60)
                self.assertEqual(day[n], numpy.datetime64("1970-01-01") + 18000 + n % 60)
                self.assertEqual(numpy.isnan(price[n]), hole(n))
                self.assertEqual(file["ratio"][n], 1.0 / (n + 1))
                if hole(n):
                    self.assertEqual(volume[n], file["volume"].attrs["missing"])
                else:
                    self.assertEqual(price[n], (1000 + n * n % 97) / 100)
                    self.assertEqual(volume[n], n * 10_000_019)

    def test_without_a_filter(self):
        self.check(0)

    def test_gzip(self):
        self.check(-1)

    @unittest.skipIf(hdf5plugin is None, "this Python has no hdf5plugin")
    def test_blosc(self):
        for compression in (1, 2, 9):
            self.check(compression)


class Csv(Sample):
    def test_values(self):
        path = self.write("a.csv", 1)
        lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
        table = list(csv.DictReader(lines))
        self.assertEqual(len(table), ROWS)
        epoch = datetime.date(1970, 1, 1)
        for n, row in enumerate(table):
            self.assertEqual(int(row["instrument"]), n // 60)
            self.assertEqual(row["date"], str(epoch + datetime.timedelta(days=18000 + n % 60)))
            self.assertEqual(float(row["ratio"]), 1.0 / (n + 1))
            self.assertEqual(row["close"] == "", hole(n))
            if not hole(n):
                self.assertEqual(float(row["close"]), (1000 + n * n % 97) / 100)
                self.assertEqual(float(row["turnover"]), n % 13 / 3)
                self.assertEqual(int(row["volume"]), n * 10_000_019)


if __name__ == "__main__":
    unittest.main()
