"""Bars of minutes: the demo market's, imported ones, and what show, scan and the store's upkeep make of them."""

import csv
import datetime
import io
import json

from program_case import ProgramCase, main, write

COLUMNS = "open,high,low,close,volume"


class Demo(ProgramCase):
    def setUp(self):
        super().setUp()
        self.good("demo", "--store", "store", "--stocks", 15, "--years", 1, "--minutes", 35)

    def shown(self, code, freq):
        text = self.good("show", code, "--store", "store", "--freq", freq, "--adjust", "none", "--columns", COLUMNS,
                         "--format", "csv").stdout
        return list(csv.DictReader(io.StringIO(text)))

    def best(self):
        return json.loads(self.good("scan", "--store", "store", "--freq", "60m", "--format", "json").stdout)

    def test_longer_bars_are_made_of_the_minutes(self):
        code = self.best()["results"][0]["ts_code"]
        minutes, halves, days = self.shown(code, "1m"), self.shown(code, "30m"), self.shown(code, "1d")
        self.assertEqual(len(minutes), 35 * 240)
        self.assertEqual([row["time"] for row in halves[:8]],
                         ["10:00", "10:30", "11:00", "11:30", "13:30", "14:00", "14:30", "15:00"])

        def one_of(rows):
            return (rows[0]["date"], float(rows[0]["open"]), max(float(row["high"]) for row in rows),
                    min(float(row["low"]) for row in rows), float(rows[-1]["close"]),
                    sum(float(row["volume"]) for row in rows))

        for shown, size in ((halves, 30), (days[-35:], 240)):
            self.assertEqual([one_of([row]) for row in shown],
                             [one_of(minutes[i:i + size]) for i in range(0, len(minutes), size)])

    def test_a_scan_of_hours(self):
        answer = self.best()
        self.assertEqual(answer["freq"], "60m")
        self.assertEqual(answer["results"][0]["bars"], 140)
        self.assertEqual(answer["results"][0]["first_bar"], self.shown(answer["results"][0]["ts_code"], "1m")[0]["date"])
        for arguments in (("--threads", 1), ("--threads", 2, "--simd", "scalar"), ("--memory-limit", "100M")):
            again = self.good("scan", "--store", "store", "--freq", "60m", "--format", "json", *arguments).stdout
            self.assertEqual(json.loads(again), answer)

    def test_what_the_store_says_and_how_it_is_kept(self):
        info = json.loads(self.good("store", "info", "--store", "store", "--format", "json").stdout)
        self.assertEqual(info["minutes"]["bars"], sum(l["rows"] for l in info["levels"] if l["dataset"] == "minute"))
        self.assertEqual(info["bars"], sum(l["rows"] for l in info["levels"] if l["dataset"] == "daily"))
        self.assertIn("minute", {column["column"] for column in info["columns"]})
        self.assertTrue(json.loads(self.good("store", "verify", "--deep", "--store", "store", "--format",
                                             "json").stdout)["well"])
        counts = json.loads(self.good("store", "diff", 2, 3, "--store", "store", "--format", "json").stdout)["counts"]
        self.assertEqual(counts, {"minute added": info["minutes"]["bars"]})
        log = json.loads(self.good("store", "log", "--store", "store", "--format", "json").stdout)["snapshots"]
        self.assertEqual([(line["dataset"], line["bars"], line["minutes"]) for line in log],
                         [("minute", info["bars"], info["minutes"]["bars"]), ("daily", info["bars"], 0), (None, 0, 0)])
        self.assertEqual([line["added"] for line in log], [info["minutes"]["bars"], info["bars"], 0])
        self.assertIn("minute: 97,920", self.good("store", "log", "--store", "store", "--format", "table").stdout)
        self.good("store", "publish", "--store", "store", "copy")
        self.assertEqual(json.loads(self.good("store", "log", "--store", "copy", "--format", "json").stdout)["snapshots"], log)
        made = json.loads(self.good("store", "convert", "--store", "store", "--to", "hdf", "other", "--format",
                                    "json").stdout)
        self.assertEqual((made["bars"], made["minutes"]), (info["bars"], info["minutes"]["bars"]))
        other = json.loads(self.good("store", "log", "--store", "other", "--format", "json").stdout)["snapshots"][0]
        self.assertEqual((other["dataset"], other["added"]), ("daily;minute", info["bars"] + info["minutes"]["bars"]))
        doctor = json.loads(self.good("doctor", "--store", "store", "--format", "json").stdout)["store"]
        self.assertEqual((doctor["bars"], doctor["minutes"]), (info["bars"], info["minutes"]["bars"]))
        answer = self.best()
        other = json.loads(self.good("scan", "--store", "other", "--freq", "60m", "--format", "json").stdout)
        self.assertEqual(other["results"], answer["results"])


class Import(ProgramCase):
    HEADER = "datetime,open,high,low,close,volume"

    def files(self, folder, lines):
        write(self.folder / folder / "600000.SH.csv", lines, self.HEADER)
        return folder

    def test_minutes_beside_days(self):
        write(self.folder / "days" / "600000.SH.csv", ["2024-01-02,10,10.4,9.9,10.2,300"],
              "date,open,high,low,close,volume")
        self.good("import", "days", "--store", "store")
        minutes = self.files("minutes", ["2024-01-02 09:31,10,10.1,9.9,10,100", "2024-01-02 15:00:00,10,10.4,10,10.2,200",
                                         "2024-01-02 12:00,10,10,10,10,1"])
        account = json.loads(self.good("import", minutes, "--store", "store", "--freq", "1m", "--format", "json",
                                       "--report", "rows.csv").stdout)
        self.assertEqual((account["freq"], account["dialect"], account["stored"], account["quarantined_by_reason"]),
                         ("1m", "plain_minutes", 2, {"minute outside of the trading hours": 1}))
        self.assertIn("12:00", (self.folder / "rows.csv").read_text(encoding="utf-8"))
        changed = self.files("more", ["2024-01-02 09:31,10,10.1,9.9,10.05,100"])
        said = self.good("import", changed, "--store", "store", "--freq", "1m").stderr
        self.assertIn("2024-01-02 09:31", said)
        self.good("import", changed, "--store", "store", "--freq", "1m", "--on-conflict", "replace")
        diff = self.good("store", "diff", 3, "--store", "store", "--format", "csv").stdout
        self.assertIn("minute,600000.SH,2024-01-02,corrected,09:31 close,10,10.05", diff)

    def test_what_is_refused(self):
        begin = self.files("begin", ["2024-01-02 09:30,10,10.1,9.9,10,100"])
        self.assertIn("--minute-names begin", self.bad(4, "import", begin, "--store", "store", "--freq", "1m"))
        self.assertIn("--freq 1m", self.bad(4, "import", begin, "--store", "store"))
        self.bad(2, "import", begin, "--store", "store", "--freq", "5m")
        self.bad(2, "import", begin, "--store", "store", "--minute-names", "begin")
        self.assertIn("import --freq 1m", self.bad(4, "scan", "--files", begin, "--freq", "5m"))


class Alone(ProgramCase):
    """A store of minutes without any bar of days."""

    def setUp(self):
        super().setUp()
        clock = [*range(571, 691), *range(781, 901)]
        weekdays = [f"2024-{month:02}-{day:02}" for month in (1, 2) for day in range(1, 30)
                    if (month, day) < (2, 23) and datetime.date(2024, month, day).weekday() < 5]
        for n, code in enumerate(("600000.SH", "600001.SH", "000001.SZ")):
            lines, price = [], 1000 + 10 * n
            for i, (day, minute) in enumerate((day, minute) for day in weekdays for minute in clock):
                last, price = price, max(300, price + (i * 7919 * (n + 3) >> 5) % 7 - 3)
                high, low = max(last, price) + 1, min(last, price) - 1
                cells = ",".join(f"{p / 100:.2f}" for p in (last, high, low, price))
                lines.append(f"{day} {minute // 60:02}:{minute % 60:02},{cells},{100 + i % 13}")
            write(self.folder / "minutes" / f"{code}.csv", lines, "datetime,open,high,low,close,volume")
        self.days = weekdays
        self.good("import", "minutes", "--store", "store", "--freq", "1m")

    def scan(self, *more, store="store"):
        answer = json.loads(self.good("scan", "--store", store, "--freq", "60m", "--format", "json", *more).stdout)
        del answer["store_snapshot"]
        return answer

    def test_scans_and_bars(self):
        answer = self.scan()
        self.assertEqual((answer["as_of"], answer["adjust_applied"], len(answer["results"])),
                         (self.days[-1], "none (no factors)", 3))
        self.assertEqual(answer["results"][0]["bars"], len(self.days) * 4)
        self.assertEqual(self.scan("--as-of", self.days[-2])["results"][0]["as_of"], self.days[-2])
        shown = self.good("show", "600001", "--store", "store", "--freq", "15m", "--columns", "close", "--format", "csv")
        self.assertEqual(len(shown.stdout.splitlines()), 1 + len(self.days) * 16)
        for command in (("scan",), ("show", "600001")):
            self.assertIn("--freq 1m", self.bad(4, *command, "--store", "store"))
        self.bad(3, "scan", "--store", "store", "--freq", "60m", "--as-of", "2024-03-01")

    def test_its_upkeep_and_its_copies(self):
        answer = self.scan()
        info = json.loads(self.good("store", "info", "--store", "store", "--format", "json").stdout)
        self.assertEqual((info["bars"], info["first"], info["minutes"]["bars"], info["minutes"]["instruments"]),
                         (0, None, len(self.days) * 720, 3))
        self.assertIn(self.days[-1], self.good("store", "info", "--store", "store").stdout)
        self.assertTrue(json.loads(self.good("store", "verify", "--deep", "--store", "store", "--format",
                                             "json").stdout)["well"])
        self.assertIn("well", self.good("doctor", "--store", "store").stdout)
        self.good("store", "compact", "--store", "store")
        for form in ("hdf", "csv"):
            self.good("store", "convert", "--store", "store", "--to", form, form)
            self.assertEqual(self.scan(store=form), answer)
        self.good("store", "publish", "--store", "store", "copy")
        self.assertEqual(self.scan(store="copy"), answer)
        self.good("store", "gc", "--store", "store", "--grace", "0")
        (self.folder / "store" / "catalog.db").unlink()
        self.good("store", "repair", "--store", "store")
        self.assertEqual(self.scan(), answer)


if __name__ == "__main__":
    main()
