"""Bars of minutes: the demo market's, imported ones, and what show, scan and the store's upkeep make of them."""

import csv
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
        self.good("store", "convert", "--store", "store", "--to", "hdf", "other")
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


if __name__ == "__main__":
    main()
