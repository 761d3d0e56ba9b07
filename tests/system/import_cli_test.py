"""momentum import: bars and what is no bars, and kills in the middle. The built program, end to end."""

import csv
import json
import os
import random
import shutil
import signal
import subprocess
import time
from decimal import ROUND_HALF_UP, Decimal

from store_case import HEADER, PROGRAM, Case, days, main, rows, write


class Bars(Case):
    def test_a_folder_of_files_and_again(self):
        first = self.imported(self.market())
        self.assertEqual((first["stored"], first["new_instruments"], first["snapshot"]), (180, 3, 2))
        self.assertTrue(first["changed"])
        before = self.contents()
        self.assertEqual((before["bars"], before["instruments_with_bars"], before["factor_events"]), (180, 3, 3))
        again = self.imported("bars")
        self.assertEqual((again["stored"], again["already_there"], again["snapshot"]), (0, 180, 2))
        self.assertFalse(again["changed"])
        self.assertEqual(self.contents(), before)
        self.assertIn("nothing new", self.good("import", "bars", "--store", "store").stderr)

    def test_a_store_among_the_files_is_left_out(self):
        for storage in ("csv", "parquet"):
            self.good("import", self.market(), "--store", f"bars/{storage}", "--storage", storage)
        done = self.good("import", "bars", "--store", "bars/csv")
        self.assertIn("180 already there", done.stderr)
        self.assertIn("2 stores left out: bars/csv, bars/parquet", done.stderr)
        self.assertIn("a store, no folder of a vendor's files", self.bad(4, "import", "bars/csv", "--store", "other"))
        self.assertIn("跳过的库 2", self.good("scan", "--files", "bars", "--lang", "zh").stderr)

    def test_a_folder_with_data_in_it_is_no_lost_store(self):
        self.market("project/data")
        self.assertIn("neither a store nor an empty folder", self.bad(2, "import", "project/data", "--store", "project"))
        self.assertIn("not a store", self.bad(3, "scan", "--store", "project"))
        self.assertEqual([path.name for path in (self.folder / "project").iterdir()], ["data"])

    def test_the_summary_is_told(self):
        said = self.good("import", self.market(), "--store", "store").stderr
        self.assertIn("read 3 files (plain): rows in 180 = 180 stored", said)
        self.assertIn("stored as snapshot 2, 3 new instruments", said)
        self.assertEqual(self.good("import", "bars", "--store", "store", "--quiet").stderr, "")
        self.assertIn("已有 180", self.good("import", "bars", "--store", "store", "--lang", "zh").stderr)

    def test_growing_day_by_day_ends_in_the_same_data(self):
        self.imported(self.market("all", 60), store="whole")
        for count in (5, 25, 31, 32, 60):
            self.imported(self.market("part", count), store="parts")
        whole, parts = self.contents("whole"), self.contents("parts")
        for key in ("bars", "first", "last", "factor_events", "unverified_links", "sessions", "instruments"):
            self.assertEqual(whole[key], parts[key], key)
        self.assertEqual([(l["level"], l["rows"]) for l in whole["levels"]],
                         [(l["level"], l["rows"]) for l in parts["levels"]])

    def test_where_the_store_stands(self):
        self.market()
        self.good("import", "bars", MOMENTUM_STORE=str(self.folder / "named"))
        self.assertTrue((self.folder / "named" / "catalog.db").exists())
        self.good("import", "bars", XDG_DATA_HOME=str(self.folder / "data"))
        self.assertTrue((self.folder / "data" / "momentum" / "store" / "catalog.db").exists())
        self.good("import", "bars")
        self.assertTrue((self.folder / ".local" / "share" / "momentum" / "store" / "catalog.db").exists())

    def change(self, index, column, value, file="600000.SH.csv"):
        path = self.folder / "bars" / file
        lines = path.read_text(encoding="utf-8").splitlines()
        cells = lines[index].split(",")
        cells[column] = value
        lines[index] = ",".join(cells)
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def test_a_bar_that_differs_is_kept_or_replaced(self):
        self.imported(self.market())
        self.change(20, 6, "77")
        kept = self.imported("bars")
        self.assertEqual((kept["conflicting"], kept["already_there"], kept["changed"]), (1, 179, False))
        self.assertEqual(kept["contradicted"], [{"ts_code": "600000.SH", "date": "2024-01-29"}])
        done = self.good("import", "bars", "--store", "store", "--report", "rows.csv")
        self.assertIn("600000.SH 2024-01-29", done.stderr)
        with open(self.folder / "rows.csv", encoding="utf-8", newline="") as file:
            self.assertEqual([row["value"] for row in csv.DictReader(file)], ["600000.SH 2024-01-29"])
        replaced = self.imported("bars", "--on-conflict", "replace")
        self.assertEqual((replaced["corrected"], replaced["already_there"], replaced["changed"]), (1, 179, True))
        again = self.imported("bars")
        self.assertEqual((again["conflicting"], again["already_there"]), (0, 180))

    def test_a_dry_run_writes_nothing(self):
        answer = self.imported(self.market(), "--dry-run")
        self.assertEqual((answer["stored"], answer["snapshot"], answer["changed"]), (180, None, True))
        self.assertFalse((self.folder / "store").exists())
        self.imported(self.market("bars", 40))
        before = self.contents()
        answer = self.imported(self.market("bars", 60), "--dry-run")
        self.assertEqual((answer["stored"], answer["already_there"], answer["snapshot"]), (60, 120, 2))
        self.assertEqual(self.contents(), before)
        self.assertIn("dry run", self.good("import", "bars", "--store", "store", "--dry-run").stderr)

    def test_quarantined_rows_and_strict(self):
        self.market()
        self.change(20, 5, "-3")
        self.change(21, 3, "0.01")
        said = self.bad(4, "import", "bars", "--store", "store", "--strict", "--report", "rows.csv")
        self.assertIn("2 rows quarantined", said)
        self.assertFalse((self.folder / "store").exists())
        with open(self.folder / "rows.csv", encoding="utf-8", newline="") as file:
            refused = list(csv.DictReader(file))
        self.assertEqual([(row["line"], row["reason"]) for row in refused],
                         [("21", "negative price"), ("22", "high < low")])
        answer = self.imported("bars")
        self.assertEqual((answer["stored"], answer["quarantined"]), (178, 2))
        self.change(20, 5, "10.01")
        self.change(20, 3, "99")
        self.change(20, 4, "1")
        self.assertEqual(self.imported("bars")["stored"], 1)

    def test_older_bars_are_a_warning(self):
        self.imported(self.market("late", 60, 40))
        answer = self.imported(self.market("all", 60))
        self.assertEqual((answer["stored"], answer["prepended"]), (120, ["000001.SZ", "600000.SH", "600001.SH"]))
        self.imported(self.market("later", 60, 50, codes=("600002.SH",)))
        done = self.good("import", self.market("sooner", 60, codes=("600002.SH",)), "--store", "store")
        self.assertIn("warning: bars before the first stored one of 1 instruments (600002.SH)", done.stderr)

    def test_suspension_records(self):
        lines = [row + "," for row in rows("600000.SH", 30)]
        lines[10] = "600000.SH,2024-01-16,,,,,,,,suspended"
        write(self.folder / "bars" / "a.csv", lines, HEADER + ",status")
        answer = self.imported("bars")
        self.assertEqual((answer["stored"], answer["suspension_records"]), (29, 1))
        self.assertFalse(self.imported("bars")["changed"])

    def test_a_code_without_its_market(self):
        lines = [row.replace("600000.SH", "600000") for row in rows("600000.SH", 30)]
        write(self.folder / "bare" / "a.csv", lines)
        self.assertIn("name the market", self.bad(2, "import", "bare", "--store", "store"))
        self.assertIn("--market shares", self.bad(2, "import", "bare", "--store", "store"))
        self.assertEqual(self.imported("bare", "--market", "shares", store="shares")["new_instruments"], 1)
        self.assertFalse((self.folder / "store").exists())
        self.imported(self.market("bars", 20))
        answer = self.imported("bare")
        self.assertEqual((answer["stored"], answer["already_there"], answer["new_instruments"]), (10, 20, 0))
        self.imported(self.market("other", 20, codes=("600000.SZ",)))
        self.assertIn("600000.SH or 600000.SZ", self.bad(2, "import", "bare", "--store", "store"))

    def test_settings_of_a_store_stay(self):
        self.imported(self.market(), "--compression", "3")
        self.assertEqual(self.info()["compression"], 3)
        self.assertIn("compression 3", self.bad(2, "import", "bars", "--store", "store", "--compression", "4"))
        self.assertFalse(self.imported("bars", "--compression", "3")["changed"])
        self.assertIn("storage", self.bad(2, "import", "bars", "--store", "store", "--storage", "hdf"))
        self.bad(2, "import", "bars", "--store", "other", "--storage", "xml")

    def test_compression_changes_no_value(self):
        self.market("bars", 300, codes=[f"{600000 + i}.SH" for i in range(20)])
        shown, sizes = set(), []
        for level in ("0", "1", "6", "9", "compat"):
            self.imported("bars", "--compression", level, store=level)
            info = self.info(level)
            self.assertEqual(str(info["compression"]), level)
            self.assertTrue(all(column["reason"] for column in info["columns"]))
            self.assertEqual(sum(c["rows"] for c in info["columns"] if c["column"] == "close"), 300 * 20)
            shown.add(self.good("show", "600007", "--store", level, "--scores").stdout)
            sizes.append(info["bytes"])
        self.assertEqual(len(shown), 1)
        self.assertEqual(sizes[:4], sorted(sizes[:4], reverse=True))
        table = self.good("store", "info", "--store", "6", "--format", "table", COLUMNS="300").stdout
        self.assertIn(" ns a value", table)
        self.assertIn("compression compat", self.good("store", "info", "--store", "compat").stdout)

    def test_later_writes_keep_the_compression(self):
        self.imported(self.market("bars", 20), "--compression", "compat")
        self.imported(self.market("bars", 60))
        info = self.info()
        self.assertEqual(info["bars"], 60 * 3)
        self.assertEqual({(c["encoding"], c["codec"]) for c in info["columns"]}, {("dictionary", "zstd 1")})
        self.assertEqual({c["form"] for c in info["columns"]}, {"int32", "date on int32", "float64"})
        self.assertIn("compression compat", self.bad(2, "import", "bars", "--store", "store", "--compression", "6"))


class Kinds(Case):
    def kind(self, kind, header, lines, *more):
        write(self.folder / f"{kind}.csv", lines, header)
        return self.imported(f"{kind}.csv", "--kind", kind, *more)

    def setUp(self):
        super().setUp()
        self.imported(self.market())

    def test_instruments(self):
        header = "code,name,list_date,delist_date,industry,alias_of,from,to"
        lines = ["600000.SH,演示,1999-11-10,,银行,,2024-01-02,", "600009.SH,新的,2020-01-02,2021-01-04,机场,,,",
                 "430001.BJ,,,,,600001.SH,,2023-12-31", "430002.BJ,,,,,999999.SH,,"]
        answer = self.kind("instruments", header, lines)
        self.assertEqual((answer["stored"], answer["new_instruments"], answer["quarantined"]), (3, 1, 1))
        self.assertEqual(answer["quarantined_by_reason"], {"no such instrument in the store": 1})
        again = self.kind("instruments", header, lines)
        self.assertEqual((again["stored"], again["already_there"], again["changed"]), (0, 3, False))
        self.assertEqual(self.info()["instruments"], 4)
        # bars under the old code belong to the instrument that bore it
        old = [row.replace("600001.SH", "430001.BJ").replace("2024-", "2022-") for row in rows("600001.SH", 3)]
        write(self.folder / "old" / "a.csv", old)
        answer = self.imported("old")
        self.assertEqual((answer["new_instruments"], answer["prepended"]), (0, ["600001.SH"]))

    def test_calendar(self):
        lines = [f"SH,{day}" for day in days(80)]
        answer = self.kind("calendar", "market,date", lines + ["SH,2024-12-25"])
        self.assertEqual((answer["stored"], answer["changed"]), (81, True))
        again = self.kind("calendar", "market,date", lines)
        self.assertEqual((again["already_there"], again["changed"]), (80, False))

    def test_suspensions_make_a_jump_over_a_gap_a_link(self):
        lines = rows("600003.SH", 60)
        del lines[25:30]  # the ex-date follows; nobody says why the bars are missing
        for i in (25,):
            cells = lines[i].split(",")
            cells[7] = "5.00"
            lines[i] = ",".join(cells)
        write(self.folder / "gap" / "a.csv", lines)
        self.imported("gap")
        before = self.info()
        self.assertEqual(before["unverified_links"], 1)
        first, last = days(60)[25], days(60)[29]
        answer = self.kind("suspensions", "code,from,to", [f"600003.SH,{first},{last}", "999999.SH,2024-01-02,"])
        self.assertEqual((answer["stored"], answer["quarantined"]), (1, 1))
        after = self.info()
        self.assertEqual((after["unverified_links"], after["factor_events"]), (0, before["factor_events"] + 1))
        self.assertFalse(self.kind("suspensions", "code,from,to", [f"600003.SH,{first},{last}"])["changed"])

    def test_factors(self):
        lines = ["600000.SH,2024-01-02,1", "600000.SH,2024-02-05,1.5", "600000.SH,2024-03-05,3"]
        answer = self.kind("factors", "code,date,factor", lines)
        self.assertEqual((answer["stored"], answer["changed"]), (3, True))
        before = self.info()["factor_events"]
        self.assertFalse(self.kind("factors", "code,date,factor", lines)["changed"])
        # a later import derives none in their place
        self.imported(self.market("bars", 62))
        self.assertEqual(self.info()["factor_events"], before)

    def test_actions(self):
        header = "code,date,cash,bonus,rights,rights_price"
        lines = ["600000.SH,2024-02-05,0.1,0.3,,", "600000.SH,2024-03-05,,,0.2,4.5", "999999.SH,2024-03-05,1,,,",
                 "600001.SH,2024-03-05,0.12345678901,,,"]
        answer = self.kind("actions", header, lines)
        self.assertEqual((answer["stored"], answer["quarantined"]), (2, 2))
        self.assertEqual(answer["quarantined_by_reason"],
                         {"more than ten decimals": 1, "no such instrument in the store": 1})
        self.assertEqual(self.info()["corporate_actions"], 2)
        self.assertFalse(self.kind("actions", header, lines[:2])["changed"])
        other = ["600000.SH,2024-02-05,0.2,0.3,,"]
        kept = self.kind("actions", header, other)
        self.assertEqual((kept["conflicting"], kept["changed"]), (1, False))
        self.assertEqual(kept["contradicted"], [{"ts_code": "600000.SH", "date": "2024-02-05"}])
        self.assertEqual(self.kind("actions", header, other, "--on-conflict", "replace")["corrected"], 1)
        self.assertFalse(self.kind("actions", header, other)["changed"])
        # an older state is what it was
        snapshot = answer["snapshot"]
        old = json.loads(self.good("store", "info", "--store", "store", "--snapshot", snapshot - 1, "--format",
                                   "json").stdout)
        self.assertEqual(old["corporate_actions"], 0)

    def test_additive_prices(self):
        show = ("show", "600000", "--store", "store", "--columns", "close,adj_volume,volume")
        first, note = self.good(*show, "--method", "additive"), "no corporate actions"
        self.assertIn(note, first.stderr)
        day = days(60)[40]
        self.kind("actions", "code,date,cash,bonus", [f"600000.SH,{day},0.1,0.3"])
        done = self.good(*show, "--method", "additive", "--format", "json")
        self.assertNotIn(note, done.stderr)
        answer = json.loads(done.stdout)
        self.assertEqual(answer["adjust_applied"], "front (actions)")
        for row, cells in zip(answer["rows"], (line.split(",") for line in rows("600000.SH"))):
            close, volume = Decimal(cells[5]), int(cells[6])
            if row["date"] < str(day):
                close = ((close - Decimal("0.1")) / Decimal("1.3")).quantize(Decimal("0.01"), ROUND_HALF_UP)
                self.assertAlmostEqual(row["adj_volume"], volume * 1.3, 6)
            self.assertEqual(Decimal(repr(row["close"])), close)
            self.assertEqual(row["volume"], volume)
        self.bad(2, *show, "--method", "additive", "--scores")
        self.bad(2, *show, "--method", "sum")

    def test_limits(self):
        lines = ["600000.SH,2024-02-05,11.01,9.01", "600001.SH,2024-02-05,,", "600000.SH,2024-02-06,1,2"]
        answer = self.kind("limits", "code,date,up,down", lines)
        self.assertEqual((answer["stored"], answer["quarantined"]), (2, 1))
        self.assertEqual(self.info()["price_limits"], 2)
        self.assertFalse(self.kind("limits", "code,date,up,down", lines)["changed"])

    def test_limits_are_shown(self):
        lines = ["600000.SH,2024-02-05,11.01,9.01", "600000.SH,2024-02-06,11.5,", "600001.SH,2024-02-07,3,2"]
        answer = self.kind("limits", "code,date,up,down", lines)

        def shown(*more, store="store"):
            done = self.good("show", "600000", "--store", store, "--columns", "up_limit,close,down_limit", "--format",
                             "json", *more)
            rows = json.loads(done.stdout)["rows"]
            return {row["date"]: (row["up_limit"], row["down_limit"]) for row in rows
                    if (row["up_limit"], row["down_limit"]) != (None, None)}

        limits = {"2024-02-05": (11.01, 9.01), "2024-02-06": (11.5, None)}
        for adjust in ("front", "back", "none"):  # as traded, whatever the prices are
            self.assertEqual(shown("--adjust", adjust), limits)
        self.assertEqual(shown("--start", "2024-02-06"), {"2024-02-06": (11.5, None)})
        self.assertEqual(shown("--end", "2024-02-05"), {"2024-02-05": (11.01, 9.01)})
        self.assertEqual(shown("--last", "3"), {})
        self.assertEqual(shown("--snapshot", answer["snapshot"] - 1), {})
        self.bad(2, "show", "600000", "--store", "store", "--columns", "up_limit", "--freq", "1w")
        self.good("store", "publish", "--store", "store", "copy")
        self.assertEqual(shown(store="copy"), limits)
        self.assertIn("600000", self.good("show", "600000", "--store", "copy", "--columns", "close", "--format",
                                          "json").stdout)

    def test_what_is_no_kind(self):
        write(self.folder / "a.csv", ["600000.SH,2024-01-02"], "code,date")
        self.assertIn("did you mean factors?", self.bad(2, "import", "a.csv", "--kind", "factor", "--store", "store"))
        self.assertIn("the kinds are instruments", self.bad(2, "import", "a.csv", "--kind", "x", "--store", "store"))
        self.assertIn("--dialect", self.bad(2, "import", "a.csv", "--kind", "factors", "--dialect", "plain"))

    def test_facts_for_no_store(self):
        write(self.folder / "a.csv", ["600000.SH,2024-01-02,1"], "code,date,factor")
        self.bad(3, "import", "a.csv", "--kind", "factors", "--store", "nowhere")
        self.assertFalse((self.folder / "nowhere").exists())


class Dialects(Case):
    def test_they_are_listed(self):
        listed = json.loads(self.good("import", "--list-dialects", "--format", "json").stdout)
        self.assertEqual(listed[0]["name"], "plain")
        self.assertTrue(all(row["description"] and row["header"] and row["units"] for row in listed))
        table = self.good("import", "--list-dialects").stdout
        text = self.good("import", "--list-dialects", "--format", "table").stdout
        for row in listed:
            self.assertIn(row["name"], table)
            self.assertIn(row["header"], text)


class Killed(Case):
    ROUNDS = int(os.environ.get("MOMENTUM_KILLS", "20"))

    def test_an_import_killed_at_any_moment_is_whole_or_nothing(self):
        market = self.market("bars", 250, codes=[f"{600000 + i}.SH" for i in range(60)])
        begun = time.monotonic()
        self.imported(market, store="whole")
        takes = time.monotonic() - begun
        whole = self.contents("whole")
        chance = random.Random(7)
        finished = 0
        for _ in range(self.ROUNDS):
            child = subprocess.Popen([PROGRAM, "import", market, "--store", "store", "--quiet"], cwd=self.folder,
                                     env=self.environment(), stderr=subprocess.DEVNULL)
            time.sleep(chance.uniform(0, takes * 1.1))
            child.send_signal(signal.SIGKILL)
            child.wait()
            if (self.folder / "store" / "catalog.db").exists():
                bars = self.info()["bars"]
                self.assertIn(bars, (0, whole["bars"]))
                finished += bars > 0
            self.imported(market)
            self.assertEqual(self.contents(), whole)
            named = sum(level["files"] for level in whole["levels"])
            self.assertEqual(len(list((self.folder / "store" / "data").iterdir())), named)
            shutil.rmtree(self.folder / "store")
        self.assertLess(finished, self.ROUNDS)

    def test_an_interrupt_leaves_the_store_as_it_was(self):
        market = self.market("bars", 250, codes=[f"{600000 + i}.SH" for i in range(60)])
        self.imported("bars/600000.SH.csv")
        before, statuses = self.contents(), set()
        for delay in (0.02, 0.05, 0.1, 0.15):
            child = subprocess.Popen([PROGRAM, "import", market, "--store", "store"], cwd=self.folder,
                                     env=self.environment(), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            time.sleep(delay)
            child.send_signal(signal.SIGINT)
            out, _ = child.communicate(timeout=60)
            self.assertEqual(out, b"")
            statuses.add(child.returncode)
            if child.returncode == 0:
                break
            # -2: it came before the program could listen
            self.assertIn(child.returncode, (130, -signal.SIGINT))
            self.assertEqual(self.contents(), before)
        self.assertLessEqual(statuses, {0, 130, -signal.SIGINT})
        self.imported(market)
        self.assertEqual(self.info()["bars"], 60 * 250)


if __name__ == "__main__":
    main()
