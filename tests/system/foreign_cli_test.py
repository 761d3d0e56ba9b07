"""Parquet and HDF5 files of others, imported and read: the bars are those that pyarrow, h5py, PyTables and pandas see.

What needs a library that this Python lacks, or ../shared, is a skip with its name.
"""

import csv
import datetime
import importlib
import io
import json
import unittest
from decimal import Decimal
from pathlib import Path

import pyarrow
import pyarrow.parquet

from store_case import Case, main

SHARED = Path(__file__).resolve().parents[2].parent / "shared" / "data"
NAMES = ("open", "high", "low", "close", "volume", "amount")


def library(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        raise unittest.SkipTest(f"this Python has no {name}") from None


def shared(name):
    path = SHARED / name
    if not path.exists():
        raise unittest.SkipTest(f"no {path}")
    return path


def scaled(value, power):
    """A number as it is printed, times a power of ten, rounded once."""
    return float(Decimal(repr(value)).scaleb(power))


class Foreign(Case):
    def shown(self, code, *more, names=NAMES):
        text = self.good("show", code, "--adjust", "none", "--format", "csv", "--columns", ",".join(("date", *names)),
                         *more).stdout
        return [(datetime.date.fromisoformat(row["date"]), *(float(row[name]) for name in names))
                for row in csv.DictReader(io.StringIO(text))]

    def refused(self, path, *more, command="import"):
        """Exit 4 and one line that names the file; a store is not even made. Returns the line."""
        files = (path, "--store", "refused") if command == "import" else ("--files", path)
        line = self.bad(4, command, *files, *more)
        self.assertIn(str(path), line)
        self.assertFalse((self.folder / "refused").exists())
        return line

    def damaged(self, path, whole, places, width):
        """Bytes that are others now: most files are refused, and none does more than that."""
        refused = 0
        for place in places:
            path.write_bytes(whole[:place] + bytes(b ^ 0xFF for b in whole[place:place + width]) + whole[place + width:])
            store = self.folder / f"damaged{place}"
            done = self.run_program("import", path, "--store", store, "--quiet")
            self.assertIn(done.returncode, (0, 4, 7), done.stderr)
            if done.returncode != 0:
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertFalse(store.exists())
                refused += 1
        self.assertGreater(refused, 0)

    def bars(self, rows=60):
        days = [datetime.date(2024, 1, 1) + datetime.timedelta(days=k) for k in range(rows)]
        price = [10 + k / 100 for k in range(rows)]
        return {"date": days, "open": price, "high": [p + 0.5 for p in price], "low": [p - 0.25 for p in price],
                "close": [p + 0.25 for p in price], "volume": [1000 + k for k in range(rows)],
                "amount": [10000.5 + k for k in range(rows)]}

    def expected(self, bars):
        return [(day, *map(float, values)) for day, *values in zip(bars["date"], *(bars[name] for name in NAMES))]


class Parquet(Foreign):
    def write(self, name="sh600000.parquet", table=None, rows=60, **types):
        bars = self.bars(rows)
        if table is None:
            arrays = {key: pyarrow.array(values) for key, values in bars.items()}
            table = pyarrow.table({key: array.cast(types.get(key, array.type)) for key, array in arrays.items()})
        pyarrow.parquet.write_table(table, self.folder / name)
        return self.folder / name, bars

    def test_types_are_converted_exactly(self):
        for number, types in enumerate((
                {}, {"date": pyarrow.timestamp("ms")}, {"date": pyarrow.timestamp("us"), "volume": pyarrow.float64()},
                {"date": pyarrow.timestamp("ns"), "volume": pyarrow.int32()}, {"date": pyarrow.date64()},
                {"volume": pyarrow.uint16()})):
            path, bars = self.write(**types)
            store = f"store{number}"
            self.good("import", path, "--store", store)
            self.assertEqual(self.shown("600000", "--store", store), self.expected(bars), types)
            self.assertEqual(self.shown("600000", "--files", path), self.expected(bars), types)

    def test_floats_are_kept_as_they_are(self):
        path, bars = self.write(close=pyarrow.float32())
        single = pyarrow.array(bars["close"], type=pyarrow.float32()).to_pylist()
        self.assertNotEqual(single, bars["close"])
        self.good("import", path, "--store", "store")
        self.assertEqual([row[4] for row in self.shown("600000", "--store", "store")], single)

    def test_scan_is_that_of_the_same_text(self):
        path, bars = self.write(rows=200)
        with open(self.folder / "sh600000.csv", "w", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(bars)
            writer.writerows(zip(*bars.values()))
        of_table = json.loads(self.good("scan", "--files", path, "--format", "json").stdout)
        of_text = json.loads(self.good("scan", "--files", self.folder / "sh600000.csv", "--format", "json").stdout)
        self.assertEqual(of_table, of_text)
        self.assertTrue(of_table["results"])

    def test_damage_is_one_line_and_nothing_is_stored(self):
        path, _ = self.write()
        whole = path.read_bytes()
        for size in (0, 3, 4, 100, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:size])
            self.refused(path)
            self.refused(path, command="scan")
        self.damaged(path, whole, (4, len(whole) // 3, len(whole) - 6, len(whole) - 300), 4)

    def test_what_no_dialect_has(self):
        path, bars = self.write(table=pyarrow.table({"day": [1], "price": [1.5]}))
        self.assertIn("no column of a known dialect", self.refused(path))
        table = pyarrow.table({**bars, "legs": [[1]] * len(bars["date"])})
        path, _ = self.write(table=table)
        self.assertIn("values of type list", self.refused(path))
        zoned = pyarrow.array([0] * len(bars["date"]), type=pyarrow.timestamp("us", "Asia/Shanghai"))
        path, _ = self.write(table=pyarrow.table({**bars, "date": zoned}))
        self.assertIn("instants in the zone Asia/Shanghai", self.refused(path))

    def test_kinds_are_text(self):
        path, _ = self.write(table=pyarrow.table({"code": ["600000.SH"]}))
        self.assertIn("instruments are read from text", self.refused(path, "--kind", "instruments"))

    def test_cache_of_tushare(self):
        folder = shared("parquet/legacy_cache")
        self.good("import", folder, "--store", "store")
        files = sorted(folder.glob("*.parquet"))
        self.assertEqual(len(files), 24)
        for path in files:
            rows = pyarrow.parquet.read_table(path).to_pylist()
            wanted = sorted((datetime.date.fromisoformat(row["date"]), *(row[name] for name in NAMES[:4]),
                             scaled(row["volume"], 2), scaled(row["amount"], 3)) for row in rows)
            self.assertEqual(self.shown(rows[0]["code"], "--store", "store"), wanted, path)

    def test_drift_of_schemas(self):
        folder = shared("parquet/schema_drift")
        for stem, code in (("000001", "000001.SZ"), ("000011", "000011.SZ"), ("000550", "000550.SZ"),
                           ("test_size", "000858.SZ")):
            path = folder / f"{stem}.parquet"
            self.assertIn("name the one whose they are", self.refused(path))
            self.good("import", path, "--store", stem, "--dialect", "eastmoney_front", "--market", "shares", "--report",
                      f"{stem}.csv")
            wanted, refused = [], []
            for number, row in enumerate(pyarrow.parquet.read_table(path).to_pylist(), 1):
                row = {{"日期": "date", "开盘": "open", "最高": "high", "最低": "low", "收盘": "close",
                        "成交量": "volume"}.get(name, name): value for name, value in row.items()}
                day = row["date"].date() if isinstance(row["date"], datetime.datetime) else row["date"]
                if any(row[name] < 0 for name in NAMES[:4]):
                    refused.append(number)
                else:
                    wanted.append((day, *(row[name] for name in NAMES[:4]), scaled(row["volume"], 2)))
            self.assertEqual(self.shown(code, "--store", stem, names=NAMES[:5]), wanted)
            with open(self.folder / f"{stem}.csv", encoding="utf-8") as file:
                report = list(csv.DictReader(file))
            self.assertEqual([int(row["line"]) for row in report], refused)
            self.assertLessEqual({row["reason"] for row in report}, {"negative price"})


class Hdf5(Foreign):
    def test_frames_of_pandas(self):
        pandas, _ = library("pandas"), library("tables")
        bars = self.bars()
        frame = pandas.DataFrame(bars)
        frame["date"] = pandas.to_datetime(frame["date"])
        indexed = frame.set_index("date")
        unnamed = indexed.rename_axis(None)
        for number, (one, form) in enumerate(((frame, "table"), (indexed, "table"), (indexed, "fixed"), (unnamed, "table"),
                                              (unnamed, "fixed"))):
            path, store = self.folder / f"{number}.h5", f"store{number}"
            one.to_hdf(path, key="bars/SH600000", format=form, **({"data_columns": True} if form == "table" else {}))
            self.good("import", path, "--store", store)
            self.assertEqual(self.shown("600000.SH", "--store", store), self.expected(bars), (number, form))
        frame.to_hdf(self.folder / "pickled.h5", key="SH600000", format="table")
        self.assertIn("pickled", self.refused(self.folder / "pickled.h5"))

    def test_records_of_pytables(self):
        tables, bars = library("tables"), self.bars()
        path = self.folder / "two.h5"
        with tables.open_file(path, "w") as file:
            for code in ("SH600000", "SZ000001"):
                layout = {"datetime": tables.UInt64Col(), **{f"{name}Price": tables.UInt32Col() for name in NAMES[:4]},
                          "transAmount": tables.UInt64Col(), "transCount": tables.UInt64Col()}
                table = file.create_table("/data", code, layout, createparents=True)
                for k, day in enumerate(bars["date"]):
                    row = table.row
                    row["datetime"] = int(day.strftime("%Y%m%d0000"))
                    for name in NAMES[:4]:
                        row[f"{name}Price"] = round(bars[name][k] * 1000)
                    row["transCount"], row["transAmount"] = bars["volume"][k], k
                    row.append()
        result = self.good("import", path, "--store", "store", "--format", "json")
        self.assertEqual(json.loads(result.stdout)["dialect"], "hikyuu")
        wanted = [(day, *(round(value, 3) for value in prices), volume * 100.0, k * 1000.0)
                  for k, (day, *prices, volume, _) in enumerate(self.expected(bars))]
        for code in ("600000.SH", "000001.SZ"):
            self.assertEqual(self.shown(code, "--store", "store"), wanted)

    def test_file_of_hikyuu(self):
        h5py, path = library("h5py"), shared("hdf5/sh_day.h5")
        self.good("import", path, "--store", "store")
        with h5py.File(path) as file:
            for name, table in file["data"].items():
                wanted = [(datetime.datetime.strptime(str(int(row["datetime"])), "%Y%m%d%H%M").date(),
                           *(scaled(int(row[f"{price}Price"]), -3) for price in NAMES[:4]), row["transCount"] * 100.0,
                           row["transAmount"] * 1000.0) for row in table[:]]
                self.assertEqual(self.shown(f"{name[2:]}.SH", "--store", "store"), wanted)
                # The units are what makes the average price of a day lie within its range.
                for _, _, high, low, _, volume, amount in wanted if name != "SH000001" else ():
                    if volume:
                        self.assertLess(abs(amount / volume / ((high + low) / 2) - 1), 0.11)

    def test_frames_of_no_bars(self):
        self.assertIn("needs open, high, low, close, volume", self.refused(shared("hdf5/pandas_fixed_SYNTHETIC.h5")))
        self.assertIn("data_columns=True", self.refused(shared("hdf5/pandas_table_SYNTHETIC.h5")))

    def test_damage_is_one_line_and_nothing_is_stored(self):
        whole = shared("hdf5/sh_day.h5").read_bytes()
        path = self.folder / "damaged.h5"
        for size in (0, 8, 500, len(whole) // 2, len(whole) - 1):
            path.write_bytes(whole[:size])
            self.refused(path)
        path.write_bytes(b"no HDF5 at all\n" * 100)
        self.refused(path)
        self.damaged(path, whole, (8, 30, 96, 800, 2000, 4000), 8)


if __name__ == "__main__":
    main()
