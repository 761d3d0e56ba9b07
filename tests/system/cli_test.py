"""The program as its users meet it: exit status, what goes to standard output, what goes to standard error.

Every input is made here, from a formula, and is no market's data.
"""

import csv
import datetime
import io
import json
import os
import pty
import re
import shlex
import signal
import subprocess
import time
import unittest
from pathlib import Path

import program_case
from program_case import PROGRAM, ProgramCase, main

LAST_DAY = datetime.date(2024, 6, 28)
HEADER = "code,date,open,high,low,close,volume"
PARTS = ["价格动量", "均线排列", "MACD指标", "RSI指标", "成交量变化", "趋势强度"]
RECORD = ["ts_code", "name", "industry", "board", "close", "pct_chg", "amount", "momentum_20", "momentum_20d", "rsi",
          "macd", "macd_hist", "volume_ratio", "score", "score_raw", "score_details", "status", "reason", "flags", "as_of",
          "first_bar", "bars", "synthetic"]
SHOWN = ["date", "open", "high", "low", "close", "volume", "amount", "ma5", "ma10", "ma20", "ma60", "macd", "signal",
         "macd_hist", "rsi", "k", "d", "j", "boll_mid", "boll_std", "boll_upper", "boll_lower", "momentum_5",
         "momentum_10", "momentum_20", "momentum_60", "vol_ma5", "vol_ma10", "vol_ratio_5", "vol_ratio_10", "vol_ratio_20",
         "volatility_20", "trend_20"]


def weekdays(count, last=LAST_DAY):
    days, day = [], last
    while len(days) < count:
        if day.weekday() < 5:
            days.append(day)
        day -= datetime.timedelta(days=1)
    return days[::-1]


def rows(code, count=150, last=LAST_DAY):
    """Bars in cents and shares that move up and down; different for every code."""
    out, seed = [], sum(map(ord, code))
    price = 1000 + seed % 500
    for i, day in enumerate(weekdays(count, last)):
        open_ = price
        seed = (seed * 1103515245 + 12345) % 2**31
        price += seed // 65536 % 41 - 19
        high, low = max(open_, price) + 3, min(open_, price) - 4
        volume = 100000 + seed // 65536 % 50000
        out.append(",".join([code, str(day)] + [f"{p / 100:.2f}" for p in (open_, high, low, price)] + [str(volume)]))
    return out


def write(path, lines, header=HEADER):
    return program_case.write(path, lines, header)


class Case(ProgramCase):
    def market(self, codes=("600000.SH", "600001.SH", "000001.SZ"), count=150):
        for code in codes:
            write(self.folder / "bars" / f"{code}.csv", rows(code, count))
        return "bars"

    def records(self, *arguments):
        done = self.good(*arguments, "--format", "json")
        return json.loads(done.stdout, parse_constant=lambda word: self.fail(word + " in JSON"))


class Usage(Case):
    def test_unknown_names_are_answered_with_the_nearest(self):
        self.assertIn("did you mean scan?", self.bad(2, "scna"))
        self.assertIn("did you mean --files?", self.bad(2, "scan", "--fils", "bars"))
        self.assertIn("--top", self.bad(2, "scan", "--files", "bars", "--top", "many"))
        self.assertIn("--as-of", self.bad(2, "scan", "--files", "bars", "--as-of", "2024-02-30"))
        self.bad(2)
        self.bad(2, "scan", "--dialect", "plain")
        self.bad(2, "show", "--files", "bars")

    def test_without_files_or_a_store_there_is_nothing_to_scan(self):
        self.assertIn("no such store", self.bad(3, "scan", "--store", "nowhere"))

    def test_verbose_tells_the_stages(self):
        said = self.good("scan", "--files", self.market(), "-v").stderr
        self.assertRegex(said, r"milliseconds of all threads: open \d+ plan \d+ read \d+ compute \d+ records \d+ rank")

    def test_formats_that_are_not_there(self):
        for arguments in (["--format", "yaml"], ["--format", "xlsx", "-o", "a.xlsx"], ["-o", "a.xlsx"]):
            self.assertIn("table, csv, json or parquet", self.bad(2, "scan", "--files", self.market(), *arguments))
        self.assertFalse((self.folder / "a.xlsx").exists())

    def test_a_profile_or_dialect_that_is_not_there(self):
        self.bad(2, "scan", "--files", self.market(), "--profile", "nonsense")
        self.bad(4, "scan", "--files", self.market(), "--dialect", "nonsense")

    def test_examples_of_every_help_work(self):
        self.market()
        self.good("import", "bars", "--store", "market")
        (self.folder / "minutes").mkdir()
        (self.folder / "minutes" / "600000.SH.csv").write_text(
            "date,time,open,high,low,close,volume\n2024-01-02,09:31,10,10,10,10,100\n", encoding="utf-8")
        for command in ([], ["scan"], ["show"], ["import"], ["demo"], ["store", "info"], ["doctor"], ["config"]):
            text = self.good(*command, "--help").stdout
            lines = text.split("Examples:")[-1].splitlines()
            self.examples([line.strip() for line in lines if line.startswith("  momentum ")])

    def examples(self, lines):
        self.assertGreater(len(lines), 1)
        for line in lines:
            done = subprocess.run(line.replace("momentum", shlex.quote(PROGRAM), 1), shell=True, cwd=self.folder,
                                  env=self.environment(MOMENTUM_STORE="market"), capture_output=True, timeout=120)
            self.assertEqual(done.returncode, 0, line + "\n" + done.stderr.decode())

    def test_examples_of_the_document_work(self):
        self.market()
        page = (Path(__file__).resolve().parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
        self.examples([line for line in page.splitlines() if line.startswith("momentum ")])

    def test_version_and_doctor(self):
        words = dict(line.split(" ", 1) for line in self.good("--version").stdout.splitlines())
        self.assertEqual(list(words), ["momentum", "numerics", "store", "build", "arrow", "simd"])
        self.assertEqual(words["store"], "format 3")
        self.assertRegex(words["arrow"], r"^\d+\.\d+\.\d+")
        machine = json.loads(self.good("doctor", "--format", "json").stdout)
        self.assertIn("scalar", machine["simd"])
        self.assertIn(machine["simd_in_use"], machine["simd"])
        self.assertEqual(words["simd"], machine["simd_in_use"])
        self.assertIn("SIMD", self.good("doctor").stdout)

    def test_a_simd_level_this_machine_lacks(self):
        lacking = {"sse4", "avx2", "avx512"} - set(json.loads(self.good("doctor", "--format", "json").stdout)["simd"])
        if not lacking:
            self.skipTest("this machine has every level")
        self.bad(2, "doctor", "--simd", lacking.pop())


class Output(Case):
    def test_csv_is_the_default_in_a_pipe(self):
        table = list(csv.reader(io.StringIO(self.good("scan", "--files", self.market()).stdout)))
        at = RECORD.index("score_details")
        self.assertEqual(table[0], RECORD[:at] + PARTS + RECORD[at + 1:])
        self.assertEqual(len(table), 4)
        self.assertTrue(all(len(row) == len(table[0]) for row in table))

    def test_bars_of_weeks_and_months(self):
        market = self.market()
        bars = {freq: sum(one["bars"] for one in answer["results"] + answer["unranked"])
                for freq in ("1d", "1w", "1mo")
                for answer in [self.records("scan", "--files", market, "--freq", freq)] if answer["freq"] == freq}
        self.assertEqual(list(bars), ["1d", "1w", "1mo"])
        self.assertAlmostEqual(bars["1d"] / bars["1w"], 5, delta=0.3)
        self.assertAlmostEqual(bars["1d"] / bars["1mo"], 21, delta=3)
        self.assertIn("--freq", self.bad(2, "scan", "--files", market, "--freq", "1y"))

    def test_json_has_the_record_of_the_contract(self):
        answer = self.records("scan", "--files", self.market())
        self.assertEqual(list(answer), ["as_of", "requested_as_of", "coverage", "profile", "adjust_applied", "history",
                                        "freq", "numerics", "store_snapshot", "synthetic", "results", "unranked", "statistics"])
        self.assertEqual(answer["as_of"], str(LAST_DAY))
        self.assertIsNone(answer["store_snapshot"])
        self.assertEqual(len(answer["results"]), 3)
        for record in answer["results"]:
            self.assertEqual(list(record), RECORD)
            self.assertEqual(list(record["score_details"]), PARTS + ["总分"])
            self.assertIsInstance(record["score"], int)
            self.assertEqual(record["score"], record["score_details"]["总分"])
            self.assertEqual(record["momentum_20"], record["momentum_20d"])
            self.assertEqual((record["status"], record["bars"], record["as_of"]), ("ok", 150, str(LAST_DAY)))
        keys = [(-r["score"], -r["score_raw"], -r["momentum_20"], r["ts_code"]) for r in answer["results"]]
        self.assertEqual(keys, sorted(keys))

    def test_counts_add_up_to_the_universe(self):
        self.market()
        write(self.folder / "bars" / "young.csv", rows("600009.SH", 50))
        counts = self.records("scan", "--files", "bars", "--top", "1")["statistics"]
        self.assertEqual(counts["ranked"], 1)
        self.assertEqual(counts["filtered"], 2)
        self.assertEqual(counts["unranked"].get("too_few_bars"), 1)
        self.assertEqual(counts["universe"], 4)
        self.assertEqual(counts["universe"],
                         counts["ranked"] + counts["filtered"] + counts["delisted"] + sum(counts["unranked"].values()))

    def test_csv_and_json_say_the_same(self):
        answer = self.records("scan", "--files", self.market())
        table = list(csv.DictReader(io.StringIO(self.good("scan", "--files", "bars").stdout)))
        for line, record in zip(table, answer["results"], strict=True):
            for key in ("close", "momentum_20", "rsi", "macd", "macd_hist", "volume_ratio", "score", "score_raw"):
                self.assertEqual(float(line[key]), record[key])
            self.assertEqual([float(line[part]) for part in PARTS], [record["score_details"][part] for part in PARTS])

    def test_neither_threads_nor_simd_change_a_byte(self):
        self.market()
        expected = self.good("scan", "--files", "bars", "--format", "json", "--unranked").stdout
        for level in json.loads(self.good("doctor", "--format", "json").stdout)["simd"]:
            for threads in (1, 2):
                done = self.good("--simd", level, "scan", "--files", "bars", "--format", "json", "--threads", threads)
                self.assertEqual(done.stdout, expected, level)

    def test_a_file_is_written_whole_and_its_suffix_is_the_format(self):
        self.market()
        done = self.good("scan", "--files", "bars", "-o", "out.json")
        self.assertEqual(done.stdout, "")
        self.assertEqual(len(json.loads((self.folder / "out.json").read_text(encoding="utf-8"))["results"]), 3)
        self.good("show", "600000", "--files", "bars", "-o", "out.csv")
        self.assertTrue((self.folder / "out.csv").read_text(encoding="utf-8").startswith("date,open,"))
        self.assertEqual(sorted(p.name for p in self.folder.iterdir()), ["bars", "out.csv", "out.json"])

    def test_an_output_that_cannot_be_written(self):
        self.market()
        self.bad(5, "scan", "--files", "bars", "-o", "none/out.csv")
        self.bad(5, "scan", "--files", "bars", "-o", ".")
        if os.path.exists("/dev/full"):
            with open("/dev/full", "w") as full:
                done = subprocess.run([PROGRAM, "scan", "--files", "bars"], cwd=self.folder, stdout=full,
                                      stderr=subprocess.PIPE, encoding="utf-8", timeout=120)
            self.assertEqual(done.returncode, 5, done.stderr)

    def test_table_languages_and_width(self):
        self.market()
        english = self.good("scan", "--files", "bars", "--format", "table", COLUMNS="80").stdout
        self.assertIn("score", english)
        self.assertIn("no room for:", english)
        chinese = self.good("scan", "--files", "bars", "--format", "table", LANG="zh_CN.UTF-8").stdout
        self.assertIn("得分", chinese)
        self.assertIn("得分", self.good("scan", "--files", "bars", "--format", "table", "--lang", "zh").stdout)
        self.assertNotIn("\x1b", english + chinese)
        self.assertIn("\x1b[", self.good("scan", "--files", "bars", "--format", "table", "--color", "always").stdout)

    def test_a_terminal_gets_a_coloured_table(self):
        self.market()
        ours, theirs = pty.openpty()
        process = subprocess.Popen([PROGRAM, "scan", "--files", "bars", "--quiet"], cwd=self.folder, stdout=theirs,
                                   stderr=subprocess.PIPE, env=self.environment())
        os.close(theirs)
        text = b""
        while True:
            try:
                piece = os.read(ours, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            text += piece
        os.close(ours)
        self.assertEqual(process.communicate()[1], b"")
        self.assertEqual(process.returncode, 0)
        self.assertIn(b"600000.SH", text)
        self.assertRegex(text, rb"\x1b\[3[12]m[+-]")

    def test_a_closed_pipe_ends_quietly(self):
        self.market()
        process = subprocess.Popen([PROGRAM, "scan", "--files", "bars", "--quiet"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment())
        process.stdout.close()
        self.assertEqual(process.stderr.read(), b"")
        process.stderr.close()
        self.assertEqual(process.wait(), 0)

    def test_messages_go_to_standard_error_and_quiet_drops_them(self):
        self.market()
        loud = self.good("scan", "--files", "bars")
        self.assertIn("rows in 450 = 450 stored", loud.stderr)
        quiet = self.good("scan", "--files", "bars", "--quiet")
        self.assertEqual(quiet.stderr, "")
        self.assertEqual(quiet.stdout, loud.stdout)

    def test_closed_descriptors(self):
        self.market()
        scan = ["scan", "--files", "bars"]
        for arguments, closed, status in (([*scan, "-o", "out.csv"], "2>&-", 0), (["scna"], "2>&-", 2), (scan, ">&-", 5)):
            line = " ".join(map(shlex.quote, [PROGRAM, *arguments])) + " " + closed
            done = subprocess.run(line, shell=True, cwd=self.folder, env=self.environment(), timeout=120,
                                  stderr=subprocess.DEVNULL)
            self.assertEqual(done.returncode, status, line)
        self.assertEqual((self.folder / "out.csv").read_text(encoding="utf-8"), self.good(*scan).stdout)

    @staticmethod
    def catches(process, number):
        status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
        return int(re.search(r"^SigCgt:\s*(\w+)", status, re.M)[1], 16) >> (number - 1) & 1

    def test_interrupt(self):
        lines = [line.split(",", 1)[1] for line in rows("600000.SH", 1000)]
        first = write(self.folder / "many" / "600000.csv", lines, HEADER.split(",", 1)[1])
        for number in range(600001, 602000):
            os.link(first, self.folder / "many" / f"{number}.csv")
        process = subprocess.Popen([PROGRAM, "scan", "--files", "many", "-o", "out.csv"], cwd=self.folder,
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=self.environment(),
                                   encoding="utf-8")
        while process.poll() is None and not self.catches(process, signal.SIGINT):
            time.sleep(0.01)  # a slow machine, or a build with sanitizers, is not there at once
        time.sleep(0.2)  # long enough to be at work, far too short to be done
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=120)
        if process.returncode == 0:
            self.skipTest("the scan was done before the signal came")
        self.assertEqual(process.returncode, 130, err)
        self.assertEqual(out, "")
        self.assertEqual(err.splitlines()[-1], "momentum: interrupted")
        self.assertEqual([p.name for p in self.folder.iterdir()], ["many"])


class Selection(Case):
    def test_filters_select_after_ranking(self):
        self.market()
        whole = {r["ts_code"]: r for r in self.records("scan", "--files", "bars")["results"]}
        for spelling in ("600001.SH", "sh600001", "600001"):
            picked = self.records("scan", "--files", "bars", "--codes", spelling)["results"]
            self.assertEqual(picked, [whole["600001.SH"]])
        (self.folder / "codes.txt").write_text("600001.SH # one\n000001\n")
        picked = self.records("scan", "--files", "bars", "--codes", "@codes.txt")["results"]
        self.assertEqual({r["ts_code"] for r in picked}, {"600001.SH", "000001.SZ"})

    def test_an_empty_result_is_no_error(self):
        answer = self.records("scan", "--files", self.market(), "--min-score", "101")
        self.assertEqual(answer["results"], [])
        self.assertEqual(answer["statistics"]["filtered"], 3)

    def test_unknown_names_are_exit_3(self):
        self.market()
        self.assertIn("999999", self.bad(3, "show", "999999", "--files", "bars"))
        self.bad(3, "scan", "--files", "bars", "--codes", "999999")
        self.bad(3, "scan", "--files", "bars", "--explain", "999999")
        self.bad(3, "scan", "--files", "bars", "--industry", "没有这个行业")
        self.bad(3, "show", "600000", "--files", "bars", "--columns", "no_such_column")
        self.bad(3, "scan", "--files", "bars", "--codes", "@no_such_file")

    def test_what_is_no_code_is_exit_2(self):
        self.bad(2, "show", "60/00", "--files", self.market())

    def test_sessions(self):
        self.market()
        self.assertIn(str(LAST_DAY), self.bad(3, "scan", "--files", "bars", "--as-of", "2030-01-01"))
        weekend = self.records("scan", "--files", "bars", "--as-of", "20240623")
        self.assertEqual((weekend["as_of"], weekend["requested_as_of"]), ("2024-06-21", "2024-06-23"))
        self.bad(3, "scan", "--files", "bars", "--as-of", "1990-01-01")

    def test_explain(self):
        self.market()
        answer = self.records("scan", "--files", "bars", "--explain", "600000")
        self.assertEqual([r["ts_code"] for r in answer["results"]], ["600000.SH"])
        self.assertEqual(answer["statistics"]["ranked"], 3)
        english = self.good("scan", "--files", "bars", "--explain", "600000", "--format", "table").stdout
        self.assertRegex(english, r"rank \d of 3")
        self.assertIn(f"{answer['results'][0]['score']} / 100", english)
        chinese = self.good("--lang", "zh", "scan", "--files", "bars", "--explain", "600000", "--format", "table").stdout
        for part in PARTS:
            self.assertIn(part, chinese)

    def test_the_rules_of_an_explanation_give_the_points(self):
        self.market(codes=[f"{number}.SH" for number in range(600000, 600012)])
        for record in self.records("scan", "--files", "bars")["results"]:
            text = self.good("--lang", "zh", "scan", "--files", "bars", "--explain", "sh" + record["ts_code"][:6],
                             "--format", "table", COLUMNS="200").stdout
            part, gained = None, dict.fromkeys(PARTS, 0)
            for line in text.splitlines():
                words = line.split()
                part = words[0] if words and words[0] in PARTS + ["总分"] else part
                points = [int(word) for word in words if re.fullmatch(r"\+\d+|0", word)]
                if part in gained and points:
                    gained[part] += points[0]
            for part in ("MACD指标", "RSI指标", "成交量变化"):
                self.assertEqual(gained[part], record["score_details"][part], text)
            self.assertRegex(text, r"均线排列 .*收盘 \d+\.\d\d+ (> ma5|<= ma5) \d+\.\d\d")
            self.assertRegex(text, r"趋势强度 .*趋势 -?\d+\.\d\d")

    def test_a_file_named_by_no_exchange_is_explained(self):
        lines = [line.split(",", 1)[1] for line in rows("600000.SH")]
        write(self.folder / "bars" / "my-basket_7.csv", lines, HEADER.split(",", 1)[1])
        (record,) = self.records("scan", "--files", "bars")["results"]
        answer = self.records("scan", "--files", "bars", "--explain", record["ts_code"])
        self.assertEqual(answer["results"], [record])

    def test_prices_without_factors_are_told_in_every_format(self):
        self.market()
        note = "momentum: note: no factors: "
        for command in (["scan"], ["show", "600000"]):
            for form in ("table", "csv", "json"):
                done = self.good(*command, "--files", "bars", "--format", form)
                self.assertEqual(done.stderr.count(note), 1, done.stderr)
            self.assertNotIn("note", self.good(*command, "--files", "bars", "--adjust", "none").stderr)
        self.assertIn("无复权因子", self.good("scan", "--files", "bars", "--lang", "zh").stderr)
        whole = [line + ",10.00" for line in rows("600000.SH")]
        write(self.folder / "whole.csv", whole, HEADER + ",preclose")
        self.assertNotIn(note, self.good("scan", "--files", "whole.csv").stderr)

    def test_unranked_say_why(self):
        self.market()
        write(self.folder / "bars" / "young.csv", rows("600009.SH", 50))
        answer = self.records("scan", "--files", "bars")
        (young,) = answer["unranked"]
        self.assertEqual((young["ts_code"], young["status"], young["bars"]), ("600009.SH", "too_few_bars", 50))
        self.assertIsNone(young["score"])
        self.assertTrue(young["reason"])
        self.assertNotIn("600009.SH", self.good("scan", "--files", "bars").stdout)
        self.assertIn("600009.SH", self.good("scan", "--files", "bars", "--unranked").stdout)
        self.assertIn("unranked 1: too_few_bars 1", self.good("scan", "--files", "bars", "--format", "table").stdout)


class Show(Case):
    def test_columns_and_rows(self):
        self.market()
        table = list(csv.reader(io.StringIO(self.good("show", "600000", "--files", "bars").stdout)))
        self.assertEqual(table[0], SHOWN)
        self.assertEqual(len(table), 151)
        self.assertEqual(table[1][SHOWN.index("ma5")], "")
        self.assertNotEqual(table[5][SHOWN.index("ma5")], "")

    def test_range_last_and_columns(self):
        self.market()
        text = self.good("show", "600000.SH", "--files", "bars", "--start", "2024-06-03", "--end", "2024-06-14",
                         "--last", "3", "--columns", "close,ma5").stdout
        table = list(csv.reader(io.StringIO(text)))
        self.assertEqual([row[0] for row in table], ["date", "2024-06-12", "2024-06-13", "2024-06-14"])
        self.assertEqual(table[0], ["date", "close", "ma5"])

    def test_scores_agree_with_the_scan(self):
        self.market()
        record = next(r for r in self.records("scan", "--files", "bars")["results"] if r["ts_code"] == "600000.SH")
        row = self.records("show", "600000", "--files", "bars", "--scores", "--last", "1")["rows"][0]
        self.assertEqual((row["score"], row["score_raw"]), (record["score"], record["score_raw"]))
        self.assertEqual([row[part] for part in PARTS], [record["score_details"][part] for part in PARTS])
        self.assertEqual(row["score_row"], str(LAST_DAY))


class BadInput(Case):
    def test_missing_file_and_empty_folder(self):
        self.assertIn("no_such.csv", self.bad(3, "scan", "--files", "no_such.csv"))
        (self.folder / "empty").mkdir()
        self.bad(4, "scan", "--files", "empty")

    def test_unreadable_file(self):
        if os.geteuid() == 0:
            self.skipTest("root may read everything")
        path = write(self.folder / "a.csv", rows("600000.SH"))
        path.chmod(0)
        self.bad(5, "scan", "--files", "a.csv")

    def test_binary_rubbish(self):
        (self.folder / "a.csv").write_bytes(bytes(range(256)) * 40)
        self.bad(4, "scan", "--files", "a.csv")

    def test_wrong_columns(self):
        write(self.folder / "a.csv", ["600000.SH,2024-06-28,1"], "code,date,colour")
        self.assertIn("a.csv", self.bad(4, "scan", "--files", "a.csv"))

    def quarantine(self, name, change, count, reason):
        """`change` edits the lines of 600000.SH; the scan goes on without what was refused."""
        lines = rows("600000.SH")
        change(lines)
        write(self.folder / "bars" / f"{name}.csv", lines)
        write(self.folder / "bars" / "good.csv", rows("600001.SH"))
        done = self.good("scan", "--files", "bars", "--report", "refused.csv", "--unranked")
        with open(self.folder / "refused.csv", encoding="utf-8", newline="") as file:
            refused = list(csv.DictReader(file))
        self.assertEqual(len(refused), count, refused)
        for row in refused:
            self.assertIn(reason, row["reason"])
            self.assertTrue(row["file"].endswith(f"{name}.csv"))
            self.assertGreater(int(row["line"]), 1)
        self.assertIn(f"{count} quarantined", done.stderr)
        self.assertIn("600001.SH", done.stdout)
        return done

    def edit(self, index, column, value):
        def change(lines):
            fields = lines[index].split(",")
            fields[column] = value
            lines[index] = ",".join(fields)
        return change

    def test_negative_price(self):
        self.quarantine("negative", self.edit(70, 5, "-3.50"), 1, "negative")

    def test_high_below_low(self):
        self.quarantine("crossed", self.edit(70, 3, "0.01"), 1, "high < low")

    def test_unparsable_number(self):
        self.quarantine("words", self.edit(70, 5, "ten"), 1, "")

    def test_two_different_rows_for_one_date(self):
        def change(lines):
            lines.insert(71, lines[70].rsplit(",", 1)[0] + ",7")
        self.quarantine("twice", change, 2, "two different rows")

    def test_the_same_row_again_is_dropped_and_counted(self):
        lines = rows("600000.SH")
        write(self.folder / "bars" / "a.csv", lines[:71] + lines[70:])
        done = self.good("scan", "--files", "bars")
        self.assertIn("rows in 151 = 150 stored + 1 repeated", done.stderr)

    def test_many_refused_rows_are_not_all_printed(self):
        def change(lines):
            for i in range(20, 30):
                self.edit(i, 5, "-1")(lines)
        done = self.quarantine("many", change, 10, "negative")
        self.assertIn("... and 5 more; --report FILE writes them all", done.stderr)

    def test_missing_price_is_missing_and_not_refused(self):
        lines = rows("600000.SH", 300)
        self.edit(280, 5, "NaN")(lines)
        write(self.folder / "a.csv", lines)
        answer = self.records("scan", "--files", "a.csv")
        (record,) = answer["unranked"]
        self.assertEqual((record["status"], record["bars"]), ("stale", 300))
        self.assertLess(record["as_of"], str(LAST_DAY))

    def test_order_of_dates_does_not_matter(self):
        lines = rows("600000.SH")
        write(self.folder / "up.csv", lines)
        write(self.folder / "down.csv", lines[::-1])
        self.assertEqual(self.good("scan", "--files", "up.csv").stdout, self.good("scan", "--files", "down.csv").stdout)

    def test_headings_without_rows(self):
        write(self.folder / "a.csv", [])
        self.bad(4, "scan", "--files", "a.csv")


if __name__ == "__main__":
    main()
