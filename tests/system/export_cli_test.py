"""store export: one plain file with the numbers that show prints, for every reader.

A library that this Python lacks is a skip with its name.
"""

import csv
import datetime
import importlib
import math
import resource
import signal
import stat
import subprocess
import unittest

from store_case import PROGRAM, Case, days, main, write

USUAL = ["open", "high", "low", "close", "volume", "amount"]
MORE = ["ma20", "rsi", "macd_hist", "boll_upper", "trend_20", "raw_close", "preclose", "factor", "adj_volume"]


def library(name):
    try:
        return importlib.import_module(name)
    except ImportError:
        raise unittest.SkipTest(f"this Python has no {name}") from None


class ExportCase(Case):
    def export(self, name, *more, store="store"):
        done = self.good("store", "export", "--store", store, "-o", name, *more)
        return done.stderr

    def rows(self, name):
        with open(self.folder / name, encoding="utf-8", newline="") as file:
            return list(csv.reader(file))

    def codes(self):
        return sorted({row[0] for row in self.rows("all.csv")[1:]})

    def shown(self, code, columns, *more):
        """The rows of one instrument as show prints them; none where it has none."""
        done = self.run_program("show", code, "--store", "store", "--format", "csv", "--columns", ",".join(columns), *more)
        if done.returncode == 3:
            return []
        self.assertEqual(done.returncode, 0, done.stderr)
        heading, *lines = [line.split(",") for line in done.stdout.splitlines()]
        if heading[1] == "time":
            lines = [[f"{day} {time}", *cells] for day, time, *cells in lines]
        return [[code, *cells] for cells in lines]

    def expect_shown(self, name, codes, columns, *more, time="date"):
        found = self.rows(name)
        self.assertEqual(found[0], ["code", time, *columns])
        wanted = [row for code in codes for row in self.shown(code, columns, *more)]
        self.assertEqual(found[1:], wanted)


class Limits(ExportCase):
    def test_price_limits(self):
        self.imported(self.market(count=500))  # a demo takes no limits but its own
        self.export("all.csv")
        codes = self.codes()
        columns = ["up_limit", "close", "down_limit"]
        self.export("none.csv", "--columns", ",".join(columns))
        self.assertEqual({(row[2], row[4]) for row in self.rows("none.csv")[1:]}, {("", "")})
        self.export("days.csv", "--codes", codes[0], "--columns", "raw_close")
        days = [(day, float(close)) for _, day, close in self.rows("days.csv")[1:]]
        lines = [f"{code},{day},{close + 1 + k:.2f},{close / 2:.4f}" for k, code in enumerate((codes[0], codes[-1]))
                 for day, close in days[::3 + k]]
        (self.folder / "limits.csv").write_text("\n".join(["code,date,up,down", *lines]) + "\n")
        self.good("import", "--kind", "limits", "limits.csv", "--store", "store")
        for dates in ((), ("--start", "2024-12-30", "--end", "2025-06-30", "--adjust", "none")):
            self.export("some.csv", "--columns", ",".join(columns), *dates)
            self.expect_shown("some.csv", codes, columns, *dates)
        shown = {(row[0], row[1]): (row[2], row[4]) for row in self.rows("some.csv")[1:] if row[2]}
        given = {tuple(line.split(",")[:2]): line.split(",")[2:] for line in lines}
        self.assertGreater(len(shown), 60)
        for key, (up, down) in shown.items():
            self.assertEqual([float(up), float(down)], [float(text) for text in given[key]], key)
        self.export("small.csv", "--columns", ",".join(columns), *dates, "--memory-limit", "10M")
        self.assertEqual(self.rows("small.csv"), self.rows("some.csv"))


class Export(ExportCase):
    def setUp(self):
        super().setUp()
        self.good("demo", "--store", "store", "--stocks", "12", "--years", "2")

    def test_csv_has_what_show_has(self):
        said = self.export("all.csv")
        self.assertIn("SYNTHETIC", said)
        self.assertIn("12 instruments", said)
        codes = self.codes()
        self.assertEqual(len(codes), 12)
        self.expect_shown("all.csv", codes, USUAL)
        columns = [*reversed(MORE), "close"]
        for adjust in ("front", "back", "none"):
            dates = ("--start", "2024-06-03", "--end", "2025-06-30", "--adjust", adjust)
            self.export("some.csv", "--columns", ",".join(columns), *dates)
            self.expect_shown("some.csv", codes, columns, *dates)
            self.assertGreater(len(self.rows("some.csv")), 2000)
        # without adjustment and what depends on the past, no bar before the first day is read
        dates = ("--start", "2025-11-03", "--adjust", "none")
        self.export("raw.csv", "--codes", codes[3], "--codes", f"{codes[1]},{codes[3]}", *dates)
        self.expect_shown("raw.csv", [codes[1], codes[3]], USUAL, *dates)

    def test_the_same_bytes_in_any_plan(self):
        columns = ("--columns", ",".join(["close", "ma20", "turnover"]))
        for suffix in ("csv", "parquet", "h5"):
            self.export(f"a.{suffix}", *columns)
            whole = (self.folder / f"a.{suffix}").read_bytes()
            for more in (("--threads", "1"), ("--memory-limit", "10M"), ("--simd", "scalar")):
                self.export(f"b.{suffix}", *columns, *more)
                if suffix != "parquet":  # its row groups are those of its parts
                    self.assertEqual((self.folder / f"b.{suffix}").read_bytes(), whole, more)
        self.export("b.csv", *columns, "--memory-limit", "10M")
        self.assertEqual(self.rows("a.csv"), self.rows("b.csv"))
        self.bad(7, "store", "export", "--store", "store", "-o", "b.csv", "--memory-limit", "100K")

    def test_parquet(self):
        parquet = library("pyarrow.parquet")
        columns = ",".join([*USUAL, "ma60", "turnover"])
        self.export("a.csv", "--columns", columns)
        self.export("a.parquet", "--columns", columns)
        file = parquet.ParquetFile(self.folder / "a.parquet")
        schema = file.schema_arrow
        self.assertEqual([str(field.type) for field in schema], ["string", "date32[day]", *["double"] * 8])
        self.assertEqual(file.metadata.metadata[b"synthetic"], b"true")
        self.assertEqual(file.metadata.metadata[b"adjust_applied"], b"front (preclose)")
        self.assertIn("RLE_DICTIONARY", file.metadata.row_group(0).column(0).encodings)
        table = file.read()
        self.assertGreater(table.column("ma60").null_count, 100)
        rows = [[code, str(day), *("" if v is None else v for v in values)]
                for code, day, *values in zip(*(column.to_pylist() for column in table.columns))]
        wanted = [[code, day, *(v if v == "" else float(v) for v in values)]
                  for code, day, *values in self.rows("a.csv")[1:]]
        self.assertEqual(rows, wanted)

    def test_pandas_reads_its_own_layout(self):
        pandas = library("pandas")
        library("tables")
        columns = [*USUAL, "ma60"]
        self.export("a.csv", "--columns", ",".join(columns))
        self.export("a.h5", "--columns", ",".join(columns))
        wanted = {}
        for code, day, *values in self.rows("a.csv")[1:]:
            wanted.setdefault(f"/{code[-2:]}{code[:-3]}", []).append(
                (datetime.datetime.fromisoformat(day), [float(v) if v else math.nan for v in values]))
        with pandas.HDFStore(str(self.folder / "a.h5"), "r") as store:
            self.assertEqual(sorted(store.keys()), sorted(wanted))
            self.assertEqual(str(store.root._v_attrs.synthetic), "true")
        for key, rows in wanted.items():
            frame = pandas.read_hdf(self.folder / "a.h5", key)
            self.assertEqual(list(frame.columns), columns)
            self.assertEqual(frame.index.name, "date")
            want = pandas.DataFrame([values for _, values in rows], columns=columns,
                                    index=pandas.DatetimeIndex([day for day, _ in rows], name="date"))
            pandas.testing.assert_frame_equal(frame, want, check_exact=True, check_index_type=False, check_freq=False)

    def test_pandas_and_polars_read_the_rest(self):
        pandas, polars = library("pandas"), library("polars")
        self.export("a.csv")
        self.export("a.parquet")
        frame = pandas.read_parquet(self.folder / "a.parquet")
        text = pandas.read_csv(self.folder / "a.csv")
        self.assertTrue(frame["close"].equals(text["close"]))
        self.assertEqual(frame["code"].tolist(), text["code"].tolist())
        table = polars.read_parquet(self.folder / "a.parquet")
        self.assertEqual(table["volume"].to_list(), [float(row[6]) if row[6] else None for row in self.rows("a.csv")[1:]])

    def test_other_stored_columns(self):
        """Those that show does not have: as they were imported."""
        header = "code,date,open,high,low,close,volume,turnover,is_st,pe_ttm"
        lines = {code: [f"{code},{day},10,11,9,{10 + i / 100:.2f},100,{'' if i % 7 == 0 else f'0.{i:03d}'},{i % 2},{i / 8}"
                        for i, day in enumerate(days(300))] for code in ("600000.SH", "000001.SZ")}
        for code, rows in lines.items():
            write(self.folder / "bars" / f"{code}.csv", rows, header)
        lone = [f"600002.SH,{day},10,11,9,10,100" for day in days(5)]
        write(self.folder / "bars" / "lone.csv", lone, header[:header.index(",turnover")])
        self.imported("bars", store="own")
        self.export("a.csv", "--columns", "turnover,is_st,pe_ttm,pb", store="own")
        found = self.rows("a.csv")
        self.assertEqual(found[0], ["code", "date", "turnover", "is_st", "pe_ttm", "pb"])
        number = lambda text: float(text) if text else None  # noqa: E731
        wanted = [[row[0], row[1], *map(number, row[7:10]), None]
                  for code in ("000001.SZ", "600000.SH") for row in (line.split(",") for line in lines[code])]
        wanted += [[*line.split(",")[:2], None, None, None, None] for line in lone]
        self.assertEqual([[*row[:2], *map(number, row[2:])] for row in found[1:]], wanted)
        # beside a column that is computed, and cut at a day
        self.export("b.csv", "--columns", "is_st,ma5", "--start", "2024-06-03", "--end", "2024-06-07", store="own")
        self.assertEqual([row[2] for row in self.rows("b.csv")[1:]],
                         [line.split(",")[8] for code in ("000001.SZ", "600000.SH") for line in lines[code]
                          if "2024-06-03" <= line.split(",")[1] <= "2024-06-07"])

    def test_other_forms_and_states(self):
        self.good("store", "convert", "--store", "store", "--to", "hdf", "hdf")
        self.export("a.csv", "--columns", "close,ma5,turnover")
        self.export("b.csv", "--columns", "close,ma5,turnover", store="hdf")
        self.assertEqual(self.rows("a.csv"), self.rows("b.csv"))
        self.bad(3, "store", "export", "--store", "store", "--snapshot", "9", "-o", "c.csv")

    def test_nothing_is_no_error(self):
        for name in ("a.csv", "a.parquet", "a.h5"):
            self.assertIn("0 rows of 0 instruments", self.export(name, "--start", "2030-01-01"))
        self.assertEqual(self.rows("a.csv"), [["code", "date", *USUAL]])
        self.assertEqual(library("pyarrow.parquet").read_table(self.folder / "a.parquet").num_rows, 0)
        self.assertIn("0 rows", self.export("a.csv", "--end", "1999-01-01"))

    def test_refusals(self):
        export = ("store", "export", "--store", "store")
        self.assertIn("-o FILE", self.bad(2, *export))
        self.assertIn(".parquet, .csv or .h5", self.bad(2, *export, "-o", "a.json"))
        self.assertIn("--format", self.bad(2, *export, "-o", "a.csv", "--format", "csv"))
        self.assertIn("date", self.bad(2, *export, "-o", "a.csv", "--columns", "date"))
        self.assertIn("did you mean ma20", self.bad(3, *export, "-o", "a.csv", "--columns", "ma21"))
        self.assertIn("up_limit", self.bad(2, *export, "-o", "a.csv", "--columns", "close,up_limit", "--freq", "1w"))
        self.bad(3, *export, "-o", "a.csv", "--codes", "600999.SH")
        self.bad(2, *export, "-o", "a.csv", "--start", "2025-01-02", "--end", "2024-01-02")
        self.bad(2, *export, "-o", "a.csv", "--adjust", "additive")
        self.bad(3, "store", "export", "--store", "nowhere", "-o", "a.csv")
        self.bad(5, *export, "-o", "no/folder/a.csv")
        self.assertEqual([path.name for path in self.folder.iterdir()], ["store"])

    def test_the_old_file_stands_until_the_new_one_is_whole(self):
        for name in ("a.csv", "a.parquet", "a.h5"):
            path = self.folder / name
            path.write_text("old")
            path.chmod(0o600)

            def little():
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (30000, 30000))

            done = subprocess.run([PROGRAM, "store", "export", "--store", "store", "-o", name], cwd=self.folder,
                                  env=self.environment(), preexec_fn=little, restore_signals=False, capture_output=True,
                                  encoding="utf-8", timeout=60)
            self.assertEqual(done.returncode, 5, done.stderr)
            self.assertIn(f": {name};", done.stderr.splitlines()[-1])
            self.assertEqual(path.read_text(), "old")
            self.assertEqual(len(list(self.folder.glob("a.*"))), 1)
            self.export(name)
            self.assertGreater(path.stat().st_size, 30000)
            self.assertEqual(stat.S_IMODE(path.stat().st_mode), 0o600)
            path.unlink()

    def test_an_interrupt_leaves_nothing(self):
        self.good("demo", "--store", "large", "--stocks", "300", "--years", "3")
        run = subprocess.Popen([PROGRAM, "store", "export", "--store", "large", "-o", "a.csv", "--columns", "close,ma20"],
                               cwd=self.folder, env=self.environment(), stderr=subprocess.DEVNULL)
        while run.poll() is None and not list(self.folder.glob("a.csv.*")):
            pass
        if run.poll() is None:
            run.send_signal(signal.SIGINT)
        status = run.wait()
        if status == 0:
            self.skipTest("the export was quicker than the signal")
        self.assertEqual(status, 130)
        self.assertEqual(list(self.folder.glob("a.csv*")), [])


class OtherFrequencies(ExportCase):
    """Minutes, and the longer bars that are made of minutes and days."""

    def setUp(self):
        super().setUp()
        self.good("demo", "--store", "store", "--stocks", "5", "--years", "1", "--minutes", "30")

    def shown(self, code, columns, *more):
        done = self.run_program("show", code, "--store", "store", *more)
        if done.returncode == 4 and "no bars of minutes" in done.stderr:
            return []
        return super().shown(code, columns, *more)

    def test_csv_has_what_show_has(self):
        self.export("all.csv")
        codes = self.codes()
        columns = [*USUAL, "ma20", "macd_hist", "raw_close", "factor"]
        for freq in ("1m", "5m", "15m", "30m", "60m", "1w", "1mo"):
            time = "datetime" if freq.endswith("m") else "date"
            self.assertIn("SYNTHETIC", self.export("a.csv", "--freq", freq, "--columns", ",".join(columns)))
            self.expect_shown("a.csv", codes, columns, "--freq", freq, time=time)
            for adjust in ("front", "back", "none"):
                dates = ("--start", "2025-12-03", "--end", "2025-12-18", "--adjust", adjust, "--freq", freq)
                self.export("b.csv", "--columns", "open,close,volume", *dates)
                self.expect_shown("b.csv", codes, ["open", "close", "volume"], *dates, time=time)
                self.assertGreater(len(self.rows("b.csv")), 5)

    def test_the_same_bytes_in_any_plan(self):
        for suffix in ("csv", "h5"):
            self.export(f"a.{suffix}", "--freq", "15m", "--columns", "close,ma20")
            for more in (("--threads", "1"), ("--memory-limit", "32M"), ("--simd", "scalar")):
                self.export(f"b.{suffix}", "--freq", "15m", "--columns", "close,ma20", *more)
                self.assertEqual((self.folder / f"b.{suffix}").read_bytes(), (self.folder / f"a.{suffix}").read_bytes())

    def test_parquet(self):
        parquet = library("pyarrow.parquet")
        self.export("a.csv", "--freq", "30m", "--columns", "close,volume,ma60")
        self.export("a.parquet", "--freq", "30m", "--columns", "close,volume,ma60")
        file = parquet.ParquetFile(self.folder / "a.parquet")
        self.assertEqual([str(field.type) for field in file.schema_arrow], ["string", "timestamp[ms]", *["double"] * 3])
        self.assertEqual(file.metadata.metadata[b"freq"], b"30m")
        rows = [[code, f"{time:%Y-%m-%d %H:%M}", *("" if v is None else v for v in values)]
                for code, time, *values in zip(*(column.to_pylist() for column in file.read().columns))]
        self.assertEqual(rows, [[code, time, *(v if v == "" else float(v) for v in values)]
                                for code, time, *values in self.rows("a.csv")[1:]])

    def test_pandas(self):
        pandas = library("pandas")
        library("tables")
        for name in ("a.csv", "a.parquet", "a.h5"):
            self.export(name, "--freq", "60m")
        table = pandas.read_parquet(self.folder / "a.parquet")
        self.assertEqual(str(table["datetime"].dtype), "datetime64[ms]")
        text = pandas.read_csv(self.folder / "a.csv", parse_dates=["datetime"])
        self.assertTrue((table["datetime"] == text["datetime"]).all())
        self.assertTrue(table["close"].equals(text["close"]))
        for code, rows in table.groupby("code"):
            frame = pandas.read_hdf(self.folder / "a.h5", f"{code[-2:]}{code[:-3]}")
            self.assertEqual((frame.index.name, list(frame.columns)), ("datetime", USUAL))
            self.assertTrue((frame.index == rows["datetime"]).all())
            self.assertEqual(frame["close"].tolist(), rows["close"].tolist())
            self.assertEqual({str(time.time()) for time in frame.index},
                             {"10:30:00", "11:30:00", "14:00:00", "15:00:00"})

    def test_minutes_come_back(self):
        """What is exported as it was printed can be imported, and is the same."""
        for name in ("a.csv", "a.parquet"):
            self.export(name, "--freq", "1m", "--adjust", "none")
            store = name.replace(".", "-")
            self.good("import", name, "--store", store, "--freq", "1m")
            self.export(f"{store}.csv", "--freq", "1m", "--adjust", "none", store=store)
            self.export("once.csv", "--freq", "1m", "--adjust", "none")
            self.assertEqual(self.rows(f"{store}.csv"), self.rows("once.csv"))

    def test_minutes_alone(self):
        self.export("bars.csv", "--freq", "1m", "--adjust", "none")
        self.good("import", "bars.csv", "--store", "alone", "--freq", "1m")
        for freq in ("1m", "60m"):
            self.export("a.csv", "--freq", freq, "--adjust", "none", "--columns", "close,ma5,rsi")
            self.export("b.csv", "--freq", freq, "--columns", "close,ma5,rsi", store="alone")
            self.assertEqual(self.rows("b.csv"), self.rows("a.csv"))
        self.assertIn("--freq 1m", self.bad(4, "store", "export", "--store", "alone", "-o", "c.csv"))

    def test_refusals(self):
        export = ("store", "export", "--store", "store", "-o", "a.csv", "--freq")
        self.assertIn("turnover is of days", self.bad(2, *export, "60m", "--columns", "close,turnover"))
        self.assertIn("adj_volume is of days", self.bad(2, *export, "1w", "--columns", "adj_volume"))
        self.bad(2, *export, "2m")
        self.good("demo", "--store", "days", "--stocks", "2", "--years", "1")
        self.assertIn("no bars of minutes", self.bad(4, "store", "export", "--store", "days", "-o", "a.csv", "--freq", "5m"))
        self.assertEqual(list(self.folder.glob("a.csv*")), [])


if __name__ == "__main__":
    main()
