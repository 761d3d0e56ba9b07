"""Scans of real A-share bars: the traps of that data, no look-ahead, filters that only select, equal bytes everywhere.

MOMENTUM_BIN names the program. The bars lie in ../shared/data/a_share; where they are absent the tests are skipped.
"""

import csv
import functools
import io
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ.get("MOMENTUM_BIN", "")
DATA = Path(__file__).resolve().parents[3] / "shared" / "data" / "a_share"
SAMPLE, ARCHIVE = DATA / "sample_csv", DATA / "stockdata_every12th.tar.xz"
DAY = "2022-01-14"
PARTS = ["价格动量", "均线排列", "MACD指标", "RSI指标", "成交量变化", "趋势强度"]
NAME, DATE, CLOSE, PRECLOSE, VOLUME = 1, 2, 6, 7, 8


def run(*arguments):
    done = subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, encoding="utf-8", timeout=240)
    if done.returncode != 0:
        raise AssertionError(done.stderr)
    return done


def answer_of(*arguments):
    return json.loads(run("scan", *arguments, "--format", "json", "--quiet").stdout, parse_constant=lambda word: 1 / 0)


@functools.cache
def market():
    """The whole archive, once: the JSON answer and what was said of reading."""
    done = run("scan", "--files", ARCHIVE, "--as-of", DAY, "--format", "json", "--unranked", "--progress", "never")
    return json.loads(done.stdout), done.stderr


@functools.cache
def sample(day=DAY, *options):
    return answer_of("--files", SAMPLE, "--as-of", day, *options)


def records(answer):
    return {record["ts_code"]: record for record in answer["results"] + answer["unranked"]}


@functools.cache
def rows(stem):
    """Bars of one file, ascending; cells as text."""
    with open(SAMPLE / f"{stem}.csv", encoding="utf-8", newline="") as file:
        return sorted(list(csv.reader(file))[2:], key=lambda row: row[DATE])


@functools.cache
def sessions():
    """Every date on which any sampled stock has a bar."""
    return sorted({row[DATE] for path in SAMPLE.glob("*.csv") for row in rows(path.stem)})


def write_cut(folder, first, last):
    """The sample's files with the rows of those days only; a file without any is not written."""
    for path in SAMPLE.glob("*.csv"):
        banner, header, *lines = path.read_text(encoding="utf-8").splitlines()
        kept = [line for line in lines if first <= line.split(",")[DATE] <= last]
        if kept:
            text = "\n".join([banner, header, *kept]) + "\n"
            (Path(folder) / path.name).write_text(text, encoding="utf-8")


def shown(code, stem, *options):
    text = run("show", code, "--files", SAMPLE / f"{stem}.csv", "--format", "json", "--quiet", *options).stdout
    return {row["date"]: row for row in json.loads(text)["rows"]}


def unverified(record):
    return [flag.removeprefix("unverified_link:") for flag in record["flags"] if flag.startswith("unverified_link:")]


@unittest.skipUnless(ARCHIVE.is_file(), "../shared/data/a_share/stockdata_every12th.tar.xz is not here")
class WholeMarket(unittest.TestCase):
    def test_every_symbol_is_ranked_or_says_why_not(self):
        answer, _ = market()
        self.assertEqual(len(records(answer)), 404)
        self.assertEqual(len(answer["results"]) + len(answer["unranked"]), 404)
        for record in answer["results"]:
            self.assertEqual((record["status"], record["as_of"], record["reason"]), ("ok", DAY, None))
            self.assertEqual(record["score"], record["score_details"]["总分"])
            self.assertTrue(0 <= record["score"] <= 100 and record["bars"] >= 120, record)
        for record in answer["unranked"]:
            self.assertIn(record["status"], ("no_bar", "too_few_bars", "stale", "bad_data", "suspended"))
            self.assertTrue(record["reason"], record)
            self.assertEqual(record["score"] is None, record["status"] in ("too_few_bars", "bad_data"), record)
        self.assertEqual((answer["as_of"], answer["synthetic"]), (DAY, False))

    def test_statistics_add_up(self):
        answer, _ = market()
        counts = answer["statistics"]
        self.assertEqual(counts["universe"], 404)
        self.assertEqual(counts["universe"],
                         counts["ranked"] + counts["filtered"] + counts["delisted"] + sum(counts["unranked"].values()))
        self.assertEqual(counts["ranked"], len(answer["results"]))
        for status, count in counts["unranked"].items():
            self.assertEqual(count, sum(record["status"] == status for record in answer["unranked"]))
        scores = [record["score"] for record in answer["results"]]
        self.assertEqual((counts["max_score"], counts["min_score"]), (max(scores), min(scores)))
        self.assertAlmostEqual(counts["avg_score"], sum(scores) / len(scores), 9)
        on_the_day = sum(record["as_of"] == DAY for record in records(answer).values())
        self.assertAlmostEqual(answer["coverage"], on_the_day / 404, 12)

    def test_order(self):
        answer, _ = market()
        keys = [(-r["score"], -r["score_raw"], -r["momentum_20"], r["ts_code"]) for r in answer["results"]]
        self.assertEqual(keys, sorted(keys))
        codes = [record["ts_code"] for record in answer["unranked"]]
        self.assertEqual(codes, sorted(codes))

    def test_every_row_is_accounted_for(self):
        self.assertIn("rows in 1,014,122 = 1,014,122 stored", market()[1])

    def test_companions_change_no_score(self):
        """A stock among 404 has the record that it has among 40."""
        whole, few = records(market()[0]), records(sample())
        both = set(whole) & set(few)
        self.assertGreater(len(both), 1)
        for code in both:
            self.assertEqual(whole[code], few[code])

    def test_threads_and_simd_change_no_byte(self):
        levels = json.loads(run("doctor", "--format", "json").stdout)["simd"]
        with tempfile.TemporaryDirectory() as folder:
            seen = []
            for threads, level in [(1, levels[0]), (2, levels[-1])]:
                path = Path(folder) / f"{threads}.csv"
                run("--threads", threads, "--simd", level, "scan", "--files", ARCHIVE, "--as-of", DAY, "--unranked",
                    "--quiet", "-o", path)
                seen.append(path.read_bytes())
            self.assertEqual(seen[0].count(b"\n"), 405)
            self.assertEqual(seen[0], seen[1])


@unittest.skipUnless(SAMPLE.is_dir(), "../shared/data/a_share/sample_csv is not here")
class Traps(unittest.TestCase):
    def test_an_ex_date_over_a_suspension_is_taken(self):
        """sh600519 did not trade on 16 sessions before its reform day: a gap in the rows, a preclose behind it."""
        before, after = "2006-04-25", "2006-05-25"
        bars = rows("sh600519")
        at = next(i for i, row in enumerate(bars) if row[DATE] == after)
        self.assertEqual(bars[at - 1][DATE], before)
        self.assertEqual(sum(before < day < after for day in sessions()), 16)
        self.assertLess(float(bars[at][PRECLOSE]), 0.5 * float(bars[at - 1][CLOSE]))
        # in the company of the others, whose bars make those days sessions
        text = run("show", "600519", "--files", SAMPLE, "--end", after, "--columns", "factor,close",
                   "--format", "json", "--quiet").stdout
        *_, old, new = json.loads(text)["rows"]
        self.assertEqual((old["date"], new["date"]), (before, after))
        self.assertEqual(new["factor"],
                         old["factor"] * (float(bars[at - 1][CLOSE]) / float(bars[at][PRECLOSE])))
        self.assertAlmostEqual(old["close"], float(bars[at][PRECLOSE]), 9)  # the step is gone
        record = records(sample(after))["600519.SH"]
        self.assertNotIn(after, unverified(record))
        self.assertAlmostEqual(record["pct_chg"], float(bars[at][CLOSE]) / float(bars[at][PRECLOSE]) - 1, 12)

    def test_a_dialect_that_knows_nothing_of_gaps_does_not_take_it(self):
        """The same bars as `plain`: sessions without a row are unknown, and the jump is a flag and no factor."""
        after = "2006-05-25"
        with tempfile.TemporaryDirectory() as folder:
            for stem in ("sh600519", "sh600000", "sz000002"):
                lines = [f"{stem},{r[DATE]},{','.join(r[3:9])}" for r in rows(stem)
                         if "2005-01-01" < r[DATE] <= after]
                head = "code,date,open,high,low,close,preclose,volume\n"
                (Path(folder) / f"{stem}.csv").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
            record = records(answer_of("--files", folder, "--as-of", after))["600519.SH"]
        self.assertEqual(unverified(record), [after])

    def test_reform_days_are_taken(self):
        """2005-07: every preclose that differs from the close before it is a factor, over a gap or not."""
        answer, days = records(sample("2008-01-02")), 0
        for path in sorted(SAMPLE.glob("*.csv")):
            bars = rows(path.stem)
            jumps = [row[DATE] for old, row in zip(bars, bars[1:])
                     if "2005-01-01" <= row[DATE] <= "2008-01-02" and row[PRECLOSE] != old[CLOSE]]
            reforms = [day for day in jumps
                       if next(row for row in bars if row[DATE] == day)[NAME].startswith(("G", "XDG"))]
            days += len(reforms)
            code = f"{path.stem[2:]}.{path.stem[:2].upper()}"
            if jumps:
                self.assertFalse(set(jumps) & set(unverified(answer[code])), code)
        self.assertGreater(days, 5)

    def test_a_preclose_before_2002_is_not_used(self):
        seen = 0
        for code, record in records(sample()).items():
            bars = rows(code[-2:].lower() + code[:-3])
            jumps = [row[DATE] for old, row in zip(bars, bars[1:])
                     if row[DATE] < "2002-01-01" and float(row[PRECLOSE]) > 0
                     and float(row[PRECLOSE]) != float(old[CLOSE]) > 0]
            self.assertEqual(unverified(record), jumps, code)
            seen += len(jumps)
        self.assertGreater(seen, 100)
        table = shown("000001", "sz000001", "--end", "2001-12-31", "--columns", "factor")
        self.assertGreater(len(table), 1000)
        self.assertEqual({row["factor"] for row in table.values()}, {1})

    def test_the_issue_price_of_the_first_bar_gives_no_factor(self):
        first = rows("sh601318")[0]
        self.assertNotEqual(first[PRECLOSE], first[CLOSE])
        table = shown("601318", "sh601318", "--last", "100000", "--columns", "factor,preclose")
        begin = table[first[DATE]]
        self.assertEqual((begin["factor"], begin["preclose"]), (1, float(first[PRECLOSE])))
        record = records(sample())["688220.SH"]  # its only bar is its first
        self.assertEqual(record["flags"], [])
        (bar,) = rows("sh688220")
        self.assertEqual(record["pct_chg"], float(bar[CLOSE]) / float(bar[PRECLOSE]) - 1)

    def test_delisted_names_are_there(self):
        answer = records(sample())
        for code in ("600001.SH", "600087.SH", "000033.SZ"):
            last = rows(code[-2:].lower() + code[:-3])[-1]
            record = answer[code]
            self.assertEqual((record["status"], record["as_of"], record["name"]), ("no_bar", last[DATE], last[NAME]))
            self.assertIn(last[DATE], record["reason"])
            self.assertIsNotNone(record["score"])
            self.assertEqual(record["close"], float(last[CLOSE]))
        there = records(sample(rows("sh600087")[-1][DATE]))
        self.assertEqual(there["600087.SH"]["status"], "ok")  # it traded that day

    def test_one_row_is_too_few(self):
        record = records(sample())["688220.SH"]
        self.assertEqual((record["status"], record["bars"], record["first_bar"], record["as_of"]),
                         ("too_few_bars", 1, DAY, DAY))
        self.assertEqual(record["reason"], "1 bar from the origin, 120 needed")

    def test_zero_volume_rows_are_bars(self):
        for stem, code, count in (("sz000504", "000504", 1), ("sz000906", "000906", 3)):
            quiet = [row for row in rows(stem) if float(row[VOLUME]) == 0]
            self.assertEqual(len(quiet), count)
            table = shown(code, stem)
            self.assertEqual(len(table), len(rows(stem)))
            for row in quiet:
                self.assertEqual(table[row[DATE]]["volume"], 0)

    def test_every_row_is_a_bar(self):
        for code, record in records(sample()).items():
            stem = code[-2:].lower() + code[:-3]
            self.assertEqual((record["bars"], record["first_bar"]), (len(rows(stem)), rows(stem)[0][DATE]))

    def test_the_name_is_the_one_of_that_day(self):
        for stem, code, days in (("sz000504", "000504.SZ", ("2019-05-06", "2021-04-28")),
                                 ("sz000906", "000906.SZ", ("2009-04-03",))):
            for day in days:
                bars = rows(stem)
                at = next(i for i, row in enumerate(bars) if row[DATE] == day)
                before, after = bars[at - 1], bars[at]
                self.assertNotEqual("ST" in before[NAME], "ST" in after[NAME])
                for row in (before, after):
                    self.assertEqual(records(sample(row[DATE]))[code]["name"], row[NAME])

    def test_not_yet_listed_is_not_in_the_universe(self):
        answer = sample("2015-06-01")
        for code in records(answer):
            self.assertLessEqual(rows(code[-2:].lower() + code[:-3])[0][DATE], "2015-06-01")
        listed = sum(rows(path.stem)[0][DATE] <= "2015-06-01" for path in SAMPLE.glob("*.csv"))
        self.assertEqual(answer["statistics"]["universe"], listed)


@unittest.skipUnless(SAMPLE.is_dir(), "../shared/data/a_share/sample_csv is not here")
class NoLookAhead(unittest.TestCase):
    def test_a_scan_of_a_day_is_the_scan_of_data_that_ends_there(self):
        for day in ("1999-06-30", "2006-06-23", "2009-12-15", "2015-07-08", "2020-02-03"):
            with self.subTest(day), tempfile.TemporaryDirectory() as folder:
                write_cut(folder, "1990-01-01", day)
                cut = answer_of("--files", folder, "--as-of", day)
                self.assertGreater(len(cut["results"]), 8)
                self.assertEqual(cut, sample(day))
                self.assertEqual(answer_of("--files", folder, "--allow-partial")["results"], cut["results"])

    def test_so_is_a_window_of_a_year(self):
        day = "2015-07-08"
        with tempfile.TemporaryDirectory() as folder:
            write_cut(folder, "2014-07-08", day)
            cut = answer_of("--files", folder, "--as-of", day)["results"]
            self.assertGreater(len(cut), 8)
            self.assertEqual(cut, sample(day, "--history", "365d")["results"])


@unittest.skipUnless(SAMPLE.is_dir(), "../shared/data/a_share/sample_csv is not here")
class Selecting(unittest.TestCase):
    def expect_selection(self, part, wanted):
        """`part` holds exactly the records of the whole scan that `wanted` takes, in the same order."""
        whole = sample()
        self.assertEqual(part["results"], [record for record in whole["results"] if wanted(record)])
        counts = part["statistics"]
        self.assertEqual(counts["universe"], whole["statistics"]["universe"])
        self.assertEqual(counts["ranked"], len(part["results"]))
        self.assertEqual(counts["filtered"], whole["statistics"]["ranked"] - counts["ranked"])
        self.assertEqual(counts["unranked"], whole["statistics"]["unranked"])
        self.assertEqual(counts["universe"],
                         counts["ranked"] + counts["filtered"] + counts["delisted"] + sum(counts["unranked"].values()))

    def test_min_score_is_inclusive(self):
        for least in (sample()["results"][3]["score"], 0, 100):
            self.expect_selection(sample(DAY, "--min-score", str(least)), lambda record: record["score"] >= least)

    def test_top(self):
        for count in (1, 7, 1000):
            best = {record["ts_code"] for record in sample()["results"][:count]}
            self.expect_selection(sample(DAY, "--top", str(count)), lambda record: record["ts_code"] in best)

    def test_codes(self):
        self.expect_selection(sample(DAY, "--codes", "600519,sz000001,300750.SZ"),
                              lambda record: record["ts_code"] in ("600519.SH", "000001.SZ", "300750.SZ"))

    def test_codes_then_top(self):
        codes = ("600519.SH", "000001.SZ", "300750.SZ")
        best = next(record["ts_code"] for record in sample()["results"] if record["ts_code"] in codes)
        self.expect_selection(sample(DAY, "--codes", ",".join(codes), "--top", "1"),
                              lambda record: record["ts_code"] == best)

    def test_industry(self):
        """The vendor names no industry: the bars of nine stocks with one made up here."""
        stems = sorted(path.stem for path in SAMPLE.glob("sh60*.csv"))[:9]
        with tempfile.TemporaryDirectory() as folder:
            for i, stem in enumerate(stems):
                lines = [f"{stem},{r[DATE]},{','.join(r[3:7])},{r[VOLUME]},{'银行钢铁'[i % 2 * 2:][:2]}"
                         for r in rows(stem) if "2008-01-01" <= r[DATE] <= "2009-12-01"]
                head = "code,date,open,high,low,close,volume,industry\n"
                (Path(folder) / f"{stem}.csv").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")
            whole = answer_of("--files", folder)
            for wanted in (["银行"], ["钢铁"], ["银行", "钢铁"]):
                part = answer_of("--files", folder, *[word for name in wanted for word in ("--industry", name)])
                self.assertEqual(part["results"], [r for r in whole["results"] if r["industry"] in wanted])
                self.assertGreater(len(part["results"]), 1)
                self.assertEqual(part["statistics"]["filtered"], len(whole["results"]) - len(part["results"]))


@unittest.skipUnless(SAMPLE.is_dir(), "../shared/data/a_share/sample_csv is not here")
class Forms(unittest.TestCase):
    def test_threads_and_simd_change_no_byte(self):
        expected = run("scan", "--files", SAMPLE, "--as-of", DAY, "--unranked", "--format", "csv", "--quiet").stdout
        self.assertEqual(expected.count("\n"), 41)
        for level in json.loads(run("doctor", "--format", "json").stdout)["simd"]:
            for threads in (1, 2):
                done = run("--threads", threads, "--simd", level, "scan", "--files", SAMPLE, "--as-of", DAY,
                           "--unranked", "--format", "csv", "--quiet")
                self.assertEqual(done.stdout, expected, f"{threads} threads, {level}")

    def test_csv_and_json_agree(self):
        text = run("scan", "--files", SAMPLE, "--as-of", DAY, "--unranked", "--format", "csv", "--quiet").stdout
        table = list(csv.DictReader(io.StringIO(text)))
        answer = sample()
        for line, record in zip(table, answer["results"] + answer["unranked"], strict=True):
            for key, value in record.items():
                if key == "score_details":
                    theirs = [(value or {}).get(part) for part in PARTS]
                    self.assertEqual([float(line[part]) if line[part] else None for part in PARTS], theirs)
                elif key == "flags":
                    self.assertEqual([flag for flag in line[key].split(";") if flag], value)
                elif key == "synthetic":
                    self.assertEqual(line[key], "false")
                elif value is None:
                    self.assertEqual(line[key], "", key)
                elif isinstance(value, str):
                    self.assertEqual(line[key], value)
                else:
                    self.assertEqual(float(line[key]), value)

    def test_csv_has_the_ranked_only_unless_asked(self):
        text = run("scan", "--files", SAMPLE, "--as-of", DAY, "--format", "csv", "--quiet").stdout
        codes = [line["ts_code"] for line in csv.DictReader(io.StringIO(text))]
        self.assertEqual(codes, [record["ts_code"] for record in sample()["results"]])

    def test_a_scan_and_show_say_the_same_of_a_stock(self):
        for code in ("600519.SH", "000504.SZ", "600001.SH"):
            record = records(sample())[code]
            text = run("show", code, "--files", SAMPLE, "--scores", "--last", "1", "--format", "json", "--quiet").stdout
            (row,) = json.loads(text)["rows"]
            self.assertEqual(row["score_row"], record["as_of"])
            self.assertEqual([row[part] for part in PARTS], [record["score_details"][part] for part in PARTS])
            for key in ("close", "amount", "rsi", "macd", "macd_hist", "momentum_20", "score", "score_raw"):
                self.assertEqual(row[key], record[key], f"{code} {key}")
            self.assertEqual(row["vol_ratio_20"], record["volume_ratio"])


if __name__ == "__main__":
    if not PROGRAM:
        raise SystemExit("MOMENTUM_BIN names no program")
    unittest.main()
