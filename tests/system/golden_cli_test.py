"""Every golden case through the program: the bars, indicators and scores of `show`, the record of `scan`.

MOMENTUM_BIN names the program. The cases lie in ../shared/golden/classic; where they are absent the tests are skipped.
"""

import csv
import io
import json
import math
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ.get("MOMENTUM_BIN", "")
GOLDEN = Path(__file__).resolve().parents[3] / "shared" / "golden" / "classic"
PARTS = ["价格动量", "均线排列", "MACD指标", "RSI指标", "成交量变化", "趋势强度"]
INPUTS = ["open", "high", "low", "close", "vol"]
MINIMUM_BARS, SCORED_ROWS = 120, 60
PRICE_LIKE = {"open", "high", "low", "close", "ma5", "ma10", "ma20", "ma60", "macd", "signal", "macd_hist", "boll_mid",
              "boll_std", "boll_upper", "boll_lower"}


def cases():
    return [json.loads(path.read_text(encoding="utf-8")) for path in sorted(GOLDEN.glob("*.json"))]


def case(number):
    return next(c for c in cases() if c["case"].startswith(f"{number:02}_"))


def bars(golden):
    with open(GOLDEN / golden["input"], encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def number(word):
    """A golden number: non-finite ones are strings."""
    return float(word)


def run(golden, *arguments):
    done = subprocess.run([PROGRAM, *arguments, "--quiet"], capture_output=True, encoding="utf-8", timeout=120)
    if done.returncode != 0:
        raise AssertionError(f"{golden['case']}: {done.stderr}")
    return done.stdout


STORES = None  # a folder for stores, while the cases go through stores


def code_of(golden):
    """A file's stem, where nothing else names the instrument; a store wants a market."""
    return golden["case"].upper() if STORES is None else "600000.SH"


def ask(command, golden, *options, form="json"):
    source = ["--files", str(GOLDEN / golden["input"])]
    if STORES is not None:
        store = Path(STORES) / golden["case"]
        source = ["--store", str(store)]
        if not store.exists():
            run(golden, "import", str(GOLDEN / golden["input"]), "--code", code_of(golden), *source)
    named = [code_of(golden), "--scores"] if command == "show" else []
    return run(golden, command, *named, *source, "--format", form, *options)


def shown_csv(golden, *options):
    """date -> row of floats, inf among them; None where nothing is written."""
    out = {}
    for row in csv.DictReader(io.StringIO(ask("show", golden, *options, form="csv"))):
        dated = {key: row[key] or None for key in ("date", "score_row")}
        out[row["date"]] = {k: float(v) if v else None for k, v in row.items() if k not in dated} | dated
    return out


def shown_json(golden, *options):
    text = ask("show", golden, *options)
    return {row["date"]: row for row in json.loads(text, parse_constant=lambda word: 1 / 0)["rows"]}


def record(golden, *options):
    answer = json.loads(ask("scan", golden, *options), parse_constant=lambda word: 1 / 0)
    (only,) = answer["results"] + answer["unranked"]
    return only, answer


@unittest.skipUnless(GOLDEN.is_dir(), "../shared/golden/classic is not here")
class Golden(unittest.TestCase):
    def near(self, ours, theirs, where):
        if ours is None or math.isnan(theirs):
            self.assertTrue(ours is None and math.isnan(theirs), f"{where}: {ours} and {theirs}")
        elif math.isinf(theirs) or math.isinf(ours):
            self.assertEqual(ours, theirs, where)
        else:
            self.assertLessEqual(abs(ours - theirs), 1e-8 * max(1.0, abs(theirs)), f"{where}: {ours} and {theirs}")

    def expect_columns(self, row, golden_row, where, scale=1.0):
        self.assertGreater(len(golden_row), 25)
        for name, word in golden_row.items():
            ours = row["volume" if name == "vol" else name]
            factor = scale if name in PRICE_LIKE else 1.0
            self.near(None if ours is None else ours * factor, number(word), f"{where}, {name}")

    def whole(self, row, golden):
        """Whether a shown row survives: every input column and every column of the profile is there."""
        return all(row["volume" if name == "vol" else name] is not None for name in golden["last"])

    def expect_show(self, golden, answer, *options, scale=1.0):
        table = shown_csv(golden, *options)
        name = golden["case"]
        if "first" not in answer or answer["first"] is None:
            self.assertEqual(answer["rows"], 0, name)
            columns = json.loads((GOLDEN / "01_trend_up_noisy.json").read_text(encoding="utf-8"))
            self.assertFalse([d for d, row in table.items() if self.whole(row, columns)], name)
        else:
            survivors = [date for date, row in table.items() if self.whole(row, {"last": answer["last"]})]
            self.assertEqual(len(survivors), answer["rows"], name)
            self.assertEqual(survivors[0], answer["first_row_date"], name)
            self.assertEqual(survivors[-1], answer["last_row_date"], name)
            self.expect_columns(table[survivors[0]], answer["first"], name + " first", scale)
            self.expect_columns(table[survivors[-1]], answer["last"], name + " last", scale)
            if answer.get("prev"):
                self.expect_columns(table[survivors[-2]], answer["prev"], name + " prev", scale)
        end = list(table.values())[-1]
        if answer["details"]:
            self.assertEqual(end["score"], answer["score"], name)
            self.assertEqual([end[part] for part in PARTS], [answer["details"][part] for part in PARTS], name)
            self.assertEqual(end["score_row"], answer["last_row_date"], name)
            self.assertEqual(round(end["score_raw"]), answer["score"], name)
        else:
            for key in ["score", "score_raw", "score_row", *PARTS]:
                self.assertIsNone(end[key], f"{name}, {key}")
        return table

    def expect_record(self, golden, answer, scored, window=None):
        name, rows = golden["case"], bars(golden)
        self.assertEqual(scored["ts_code"], code_of(golden))
        if not answer["details"]:
            self.assertIn(scored["status"], ("too_few_bars", "bad_data"), name)
            self.assertTrue(scored["reason"], name)
            for key in ("score", "score_raw", "score_details", "momentum_20", "rsi", "macd"):
                self.assertIsNone(scored[key], f"{name}, {key}")
            self.assertEqual(scored["as_of"], rows[-1]["date"], name)
            return
        self.assertEqual(scored["score"], answer["score"], name)
        self.assertEqual(scored["score_details"], answer["details"], name)
        self.assertEqual(scored["as_of"], answer["last_row_date"], name)
        stale = answer["last_row_date"] != rows[-1]["date"]
        self.assertEqual(scored["status"], "stale" if stale else "ok", name)
        self.assertEqual(bool(scored["reason"]), stale, name)
        if window is None:
            self.assertEqual((scored["bars"], scored["first_bar"]), (len(rows), rows[0]["date"]), name)
        for ours, theirs in (("momentum_20", "momentum_20"), ("rsi", "rsi"), ("volume_ratio", "vol_ratio_20")):
            theirs = number(answer["last"][theirs])
            self.near(scored[ours], theirs if math.isfinite(theirs) else math.nan, f"{name}, {ours}")

    def test_there_are_cases(self):
        self.assertGreaterEqual(len(cases()), 19)

    def test_every_case_bar_by_bar(self):
        for golden in cases():
            if golden["case"].startswith("30_"):
                continue
            with self.subTest(golden["case"]):
                self.expect_show(golden, golden)

    def test_csv_and_json_of_show_agree(self):
        for golden in cases():
            with self.subTest(golden["case"]):
                table, answer = shown_csv(golden), shown_json(golden)
                self.assertEqual(list(table), list(answer))
                self.assertEqual(list(table), [row["date"] for row in bars(golden)])
                for date, row in table.items():
                    finite = {k: None if isinstance(v, float) and math.isinf(v) else v for k, v in row.items()}
                    self.assertEqual(finite, answer[date], date)

    def test_shown_inputs_are_the_files(self):
        for golden in cases():
            for row, shown in zip(bars(golden), shown_csv(golden, "--adjust", "none").values(), strict=True):
                theirs = [float(row[name]) if row[name] else None for name in INPUTS]
                ours = [shown["volume" if name == "vol" else name] for name in INPUTS]
                self.assertEqual(ours, theirs, golden["case"])

    def test_every_case_scanned(self):
        for golden in cases():
            with self.subTest(golden["case"]):
                self.expect_record(golden, golden, record(golden)[0])

    def test_a_score_of_show_is_that_of_a_scan_of_that_day(self):
        for golden in (case(1), case(10), case(30)):
            table = shown_json(golden)
            for row in (bars(golden)[-1], bars(golden)[-30], bars(golden)[125]):
                scored = record(golden, "--as-of", row["date"])[0]
                shown = table[row["date"]]
                self.assertEqual((scored["score"], scored["score_raw"]), (shown["score"], shown["score_raw"]))
                self.assertEqual(scored["as_of"], shown["score_row"])

    def test_too_short_series(self):
        for which, count in ((16, 60), (18, 119)):
            short = record(case(which))[0]
            self.assertEqual((short["status"], short["bars"]), ("too_few_bars", count))
            self.assertIn(str(count), short["reason"])
            self.assertIn(str(MINIMUM_BARS), short["reason"])
        self.assertEqual(record(case(19))[0]["status"], "ok")

    def test_a_flat_price_says_which_column_is_missing(self):
        flat = record(case(6))[0]
        self.assertEqual(flat["status"], "bad_data")
        self.assertRegex(flat["reason"], r"^(rsi|trend_20) is missing on \d+ of 250 bars")
        self.assertNotIn("--history", flat["reason"])  # a shorter history is as flat

    def test_zero_volume_at_the_end_is_stale(self):
        golden = case(10)
        stale = record(golden)[0]
        self.assertEqual((stale["status"], stale["as_of"]), ("stale", golden["last_row_date"]))
        self.assertLess(stale["as_of"], bars(golden)[-1]["date"])
        self.assertIn(bars(golden)[-1]["date"], stale["reason"])

    def test_an_old_missing_close_under_both_origins(self):
        golden = case(26)
        gone = record(golden)[0]
        self.assertEqual(gone["status"], "bad_data")
        missing = next(row["date"] for row in bars(golden) if not row["close"])
        self.assertRegex(gone["reason"], f"^rsi is missing on .*{missing}: close is missing on {missing}; --history 365d begins after it")
        self.assertIn("--history", gone["reason"])

    def test_the_window_of_a_year(self):
        for which in (26, 27):
            golden = case(which)
            answer = golden["history_365d"]
            scored, whole = record(golden, "--history", "365d")
            self.assertEqual(whole["history"], "365d")
            self.assertEqual(record(golden)[1]["history"], "origin")
            self.expect_record(golden, answer, scored, window=365)
            self.assertEqual(scored["bars"], answer["rows"] + SCORED_ROWS)
            self.expect_show(golden, answer, "--history", "365d")

    def test_ex_dates(self):
        golden = case(30)
        rows = bars(golden)
        back = self.expect_show(golden, golden, "--adjust", "back")
        closes = [float(row["close"]) for row in rows]
        factor, ex_dates = 1.0, 0
        for before, row in zip(closes, rows[1:]):
            if row["preclose"] and float(row["preclose"]) != before:
                factor, ex_dates = factor * (before / float(row["preclose"])), ex_dates + 1
        self.assertEqual(ex_dates, 2)
        self.assertNotEqual(factor, 1.0)
        front = self.expect_show(golden, golden, scale=factor)
        self.assertEqual(front[rows[-1]["date"]]["close"], closes[-1])
        self.assertEqual(back[rows[0]["date"]]["close"], closes[0])
        for date, row in front.items():
            for name, value in row.items():
                if value is None or isinstance(value, str):
                    self.assertEqual(value, back[date][name])
                elif name in PRICE_LIKE:
                    self.near(value * factor, back[date][name], f"{date}, {name}")
                else:
                    self.assertEqual(value, back[date][name], f"{date}, {name}")

    def test_adjustment_decides_the_score_and_not_what_is_shown_of_it(self):
        golden = case(30)
        (front, whole), (back, _) = record(golden), record(golden, "--adjust", "back")
        self.assertEqual(whole["adjust_applied"], "front (preclose)")
        for key in ("score", "score_raw", "score_details", "momentum_20", "rsi", "volume_ratio", "pct_chg"):
            self.assertEqual(front[key], back[key])
        last = bars(golden)[-1]
        self.assertEqual(front["close"], float(last["close"]))
        self.assertGreater(back["close"], front["close"])
        plain, said = record(golden, "--adjust", "none")
        self.assertEqual(said["adjust_applied"], "none")
        self.assertEqual(plain["score"], golden["score_unadjusted"])
        self.assertNotEqual(plain["score"], front["score"])
        self.assertEqual(record(case(1))[1]["adjust_applied"], "none (no factors)")


class GoldenThroughAStore(Golden):
    """The same cases, each imported into a store of its own."""

    @classmethod
    def setUpClass(cls):
        global STORES
        cls.folder = tempfile.TemporaryDirectory()
        STORES = cls.folder.name

    @classmethod
    def tearDownClass(cls):
        global STORES
        STORES = None
        cls.folder.cleanup()


if __name__ == "__main__":
    if not PROGRAM:
        raise SystemExit("MOMENTUM_BIN names no program")
    unittest.main()
