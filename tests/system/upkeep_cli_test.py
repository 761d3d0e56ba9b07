"""The upkeep of a store from the outside: log, diff, pin, gc, compact, verify, repair. End to end."""

import csv
import fcntl
import io
import json
import os
import random
import shutil
import signal
import subprocess
import time

from store_case import PROGRAM, Case, main, rows, write


class Upkeep(Case):
    def json(self, *arguments, status=0):
        done = self.run_program("store", *arguments, "--store", "store", "--format", "json")
        self.assertEqual(done.returncode, status, done.stderr)
        return json.loads(done.stdout)

    def csv(self, *arguments):
        text = self.good("store", *arguments, "--store", "store", "--format", "csv").stdout
        return list(csv.DictReader(io.StringIO(text)))

    def correct(self, index=40, value="9.99", *more):
        """Another close of 600000.SH, in place of the stored one."""
        lines = rows("600000.SH")
        cells = lines[index].split(",")
        cells[3], cells[5] = "99.00", value
        cells[4] = "1.00"
        lines[index] = ",".join(cells)
        write(self.folder / "corrected" / "600000.SH.csv", lines)
        self.good("import", "corrected", "--store", "store", "--on-conflict", "replace", *more)
        return cells[1]

    def filled(self):
        """Snapshots: 1 empty, 2 forty bars each, 3 twenty more each, 4 a correction."""
        self.imported(self.market("bars", 40))
        self.imported(self.market("bars", 60))
        return self.correct()

    def of_snapshot(self, snapshot):
        """Data files that a snapshot brought: tail-4-<random>.parquet, year-1-4-<random>.parquet."""
        return sorted(path for path in (self.folder / "store" / "data").iterdir()
                      if path.name.split("-")[-2] == str(snapshot))

    def data(self):
        return {path.name for path in (self.folder / "store" / "data").iterdir()}


class Log(Upkeep):
    def test_what_each_commit_did(self):
        self.filled()
        log = self.json("log")["snapshots"]
        self.assertEqual([line["snapshot"] for line in log], [4, 3, 2, 1])
        self.assertEqual([line["added"] for line in log], [0, 60, 120, 0])
        self.assertEqual([line["corrected"] for line in log], [1, 0, 0, 0])
        self.assertEqual([line["kept"] for line in log], ["newest", "before_correction", "grace", "grace"])
        self.assertEqual(log[0]["bars"], 180)
        self.assertEqual(log[2]["op"], "import")
        self.assertGreater(log[1]["files_ended"], 0)
        self.assertIsNone(log[1]["pinned"])
        lines = self.csv("log")
        self.assertEqual(list(lines[0]), list(log[0]))
        self.assertEqual([line["added"] for line in lines], ["0", "60", "120", "0"])
        table = self.good("store", "log", "--store", "store", "--format", "table").stdout
        self.assertIn("before a correction", table)
        self.assertIn("更正之前", self.good("store", "log", "--store", "store", "--format", "table", "--lang", "zh").stdout)

    def test_differences(self):
        day = self.filled()
        found = self.csv("diff", "3", "4")
        bars = [row for row in found if row["what"] == "bar"]
        self.assertEqual({row["field"] for row in bars}, {"high", "low", "close"})
        close = next(row for row in bars if row["field"] == "close")
        self.assertEqual((close["code"], close["date"], close["change"], close["after"]),
                         ("600000.SH", day, "corrected", "9.99"))
        old = self.good("show", "600000.SH", "--store", "store", "--snapshot", "3", "--start", day, "--end", day,
                        "--columns", "raw_close", "--format", "csv").stdout.splitlines()[1].split(",")[1]
        self.assertEqual(float(close["before"]), float(old))
        # the factor of the corrected day and of the next
        self.assertTrue(all(row["what"] in ("bar", "factor") for row in found), found)
        answer = self.json("diff", "1")
        self.assertEqual((answer["before"], answer["after"]), (1, 4))
        self.assertEqual(answer["counts"]["instrument added"], 3)
        self.assertEqual(answer["counts"]["bar added"], 180)
        self.assertEqual(answer["counts"]["session added"], 60)
        self.assertEqual(sum(change["what"] == "bar" for change in answer["changes"]), 180)
        table = self.good("store", "diff", "3", "4", "--store", "store", "--format", "table").stdout
        self.assertIn("bar corrected: 1", table)
        self.assertIn("no difference", self.good("store", "diff", "4", "4", "--store", "store", "--format", "table").stdout)
        self.good("store", "diff", "1", "4", "--store", "store", "-o", "all.csv")
        self.assertGreater(len((self.folder / "all.csv").read_text().splitlines()), 240)

    def test_names_and_facts(self):
        self.imported(self.market("bars", 40))
        write(self.folder / "i.csv", ["600000.SH,新名字,银行,2024-03-01"], "code,name,industry,from")
        self.good("import", "i.csv", "--kind", "instruments", "--store", "store")
        found = self.csv("diff", "2", "3")
        self.assertIn(("fact", "600000.SH", "2024-03-01", "added", "name", "", "新名字"),
                      [tuple(row.values()) for row in found])

    def test_usage(self):
        self.imported(self.market("bars", 5))
        for bad in (["diff"], ["diff", "x"], ["diff", "0"], ["pin"], ["unpin"], ["gc", "--grace", "soon"],
                    ["gc", "--grace", "-1h"], ["gc", "--format", "csv"], ["verify", "--format", "csv"],
                    ["repair", "--lock-wait", "x"]):
            self.bad(2, "store", *bad, "--store", "store")
        for missing in (["diff", "9"], ["pin", "9"], ["unpin", "2"]):
            self.bad(3, "store", *missing, "--store", "store")
        for command in ("log", "gc", "compact", "verify", "repair"):
            self.bad(3, "store", command, "--store", "nowhere")


class Gc(Upkeep):
    def test_the_rule_and_the_named_error(self):
        self.filled()
        self.imported(self.market("bars", 61))
        before = self.data()
        self.assertEqual(self.json("gc")["dropped"], [])
        would = self.json("gc", "--grace", "0", "--dry-run")
        self.assertEqual((would["dropped"], would["dry_run"]), ([1, 2, 4], True))
        self.assertEqual(self.data(), before)
        done = self.json("gc", "--grace", "0")
        self.assertEqual((done["dropped"], done["removed"], done["kept"]), ([1, 2, 4], would["removed"], 2))
        self.assertEqual(self.data(), before - {os.path.basename(path) for path in done["removed"]})
        for command in (["store", "info"], ["scan"], ["show", "600000.SH"]):
            said = self.bad(3, *command, "--store", "store", "--snapshot", "2")
            self.assertRegex(said, r"snapshot 2 was dropped by gc on \d{4}-\d\d-\d\dT")
        self.good("show", "600000.SH", "--store", "store", "--snapshot", "3")
        self.assertEqual([line["kept"] for line in self.json("log")["snapshots"]],
                         ["newest", "dropped", "before_correction", "dropped", "dropped"])
        self.assertTrue(self.json("verify", "--deep")["well"])

    def test_pins(self):
        self.filled()
        self.good("store", "pin", "2", "--note", "report of May", "--store", "store")
        self.assertEqual(self.json("gc", "--grace", "0")["dropped"], [1])
        line = self.json("log")["snapshots"][2]
        self.assertEqual((line["kept"], line["pin_note"]), ("pinned", "report of May"))
        self.good("store", "unpin", "2", "--store", "store")
        self.assertEqual(self.json("gc", "--grace", "0")["dropped"], [2])

    def test_another_writer(self):
        self.filled()
        commands = (["gc"], ["compact"], ["repair"], ["pin", "2"])
        with open(self.folder / "store" / "writer.lock", "r+", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for command in commands:
                self.assertIn("locked by another writer", self.bad(5, "store", *command, "--store", "store"))
            self.good("store", "gc", "--dry-run", "--store", "store")
            self.good("store", "log", "--store", "store")
            self.good("store", "verify", "--deep", "--store", "store")
            waiting = [subprocess.Popen([PROGRAM, "store", *command, "--store", "store", "--lock-wait", "60"],
                                        cwd=self.folder, env=self.environment(), stderr=subprocess.DEVNULL)
                       for command in commands]
            time.sleep(0.2)
            self.assertEqual([one.poll() for one in waiting], [None] * len(commands))
            fcntl.flock(lock, fcntl.LOCK_UN)
            self.assertEqual([one.wait(60) for one in waiting], [0] * len(commands))

    def test_readers_while_writers_come_and_go(self):
        """A reader gives the same answer for its snapshot, or names gc: never another answer, never a damaged store."""
        self.filled()
        want = self.good("scan", "--store", "store", "--snapshot", "2", "--unranked", "--format", "csv").stdout
        writer = subprocess.Popen(
            ["bash", "-c", 'for i in $(seq 12); do "$0" import bars --store store --lock-wait 60 && '
             '"$0" import corrected --store store --on-conflict replace --lock-wait 60 && '
             '"$0" import bars --store store --on-conflict replace --lock-wait 60 && '
             '"$0" store gc --grace 0 --store store --lock-wait 60; done', PROGRAM],
            cwd=self.folder, env=self.environment(), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        answers = errors = 0
        while writer.poll() is None:
            for snapshot in (["--snapshot", "2"], []):
                done = self.run_program("scan", "--store", "store", *snapshot, "--unranked", "--format", "csv")
                if done.returncode == 0:
                    answers += 1
                    if snapshot:
                        self.assertEqual(done.stdout, want)
                else:
                    errors += 1
                    self.assertEqual(done.returncode, 3, done.stderr)
                    self.assertIn("gc", done.stderr)
        self.assertEqual(writer.returncode, 0)
        self.assertGreater(answers, 0)
        self.assertTrue(self.json("verify", "--deep")["well"])


class Verify(Upkeep):
    def test_a_store_that_is_well(self):
        self.filled()
        for deep in ([], ["--deep"]):
            answer = self.json("verify", *deep)
            self.assertEqual((answer["well"], answer["findings"], answer["rows"]), (True, [], 180))
            self.assertGreater(answer["older_files"], 0)
        self.assertIn("well", self.good("store", "verify", "--store", "store").stdout)

    def test_a_demo_market_that_is_well(self):
        self.good("demo", "--store", "store", "--stocks", "30", "--years", "2")
        self.assertTrue(self.json("verify", "--deep")["well"])
        self.assertFalse(json.loads(self.good("store", "compact", "--store", "store", "--format", "json").stdout)["changed"])

    def test_findings(self):
        self.filled()
        live = self.of_snapshot(4)
        self.assertTrue(live)
        whole = live[0].read_bytes()
        flipped = bytearray(whole)
        flipped[len(whole) // 3] ^= 1
        live[0].write_bytes(flipped)
        self.assertTrue(self.json("verify")["well"])  # its footer is
        answer = self.json("verify", "--deep", status=5)
        self.assertEqual(len(answer["findings"]), 1)
        self.assertIn(live[0].name, answer["findings"][0]["where"])
        done = self.run_program("store", "verify", "--deep", "--store", "store")
        self.assertEqual(done.returncode, 5)
        self.assertEqual(len(done.stdout.splitlines()), 2)
        self.assertIn("1 finding", done.stderr)
        live[0].unlink()
        older = self.of_snapshot(2)[0]
        older.unlink()
        answer = self.json("verify", status=5)
        self.assertEqual({os.path.basename(f["where"]) for f in answer["findings"]}, {live[0].name, older.name})

    def test_a_torn_catalog_is_a_finding(self):
        self.filled()
        catalog = self.folder / "store" / "catalog.db"
        catalog.write_bytes(catalog.read_bytes()[:5000])
        answer = self.json("verify", status=5)
        self.assertIn("catalog.db", answer["findings"][0]["where"])


class Repair(Upkeep):
    def test_nothing_to_do(self):
        self.filled()
        answer = self.json("repair")
        self.assertEqual((answer["rebuilt"], answer["snapshot"], answer["aside"]), (False, 4, []))

    def test_a_lost_catalog(self):
        self.filled()
        self.good("store", "pin", "2", "--note", "x", "--store", "store")
        write(self.folder / "c.csv", [f"SH,2024-01-{day:02d}" for day in (2, 3, 4)], "market,date")
        self.good("import", "c.csv", "--kind", "calendar", "--store", "store")
        before, log, info = self.contents(), self.json("log"), self.info()
        scan = self.good("scan", "--store", "store", "--unranked", "--format", "json").stdout
        (self.folder / "store" / "catalog.db").unlink()
        for command in (["import", "bars"], ["scan"], ["store", "info"], ["store", "gc"]):
            self.assertIn("momentum store repair", self.bad(5, *command, "--store", "store"))
        self.assertIn("repair", self.bad(5, "demo", "--store", "store"))
        answer = self.json("repair")
        self.assertEqual((answer["rebuilt"], answer["findings"]), (True, []))
        self.assertEqual(self.contents(), before)
        self.assertEqual(self.json("log"), log)
        self.assertEqual(self.info(), info)
        self.assertEqual(self.good("scan", "--store", "store", "--unranked", "--format", "json").stdout, scan)
        self.assertEqual(self.imported(self.market("bars", 62))["stored"], 6)

    def test_a_torn_catalog_is_kept(self):
        self.filled()
        before = self.contents()
        catalog = self.folder / "store" / "catalog.db"
        torn = catalog.read_bytes()[:9000]
        catalog.write_bytes(torn)
        answer = self.json("repair")
        self.assertEqual(answer["aside"], ["store/catalog.db.broken-1"])
        self.assertEqual((self.folder / "store" / "catalog.db.broken-1").read_bytes(), torn)
        self.assertEqual(self.contents(), before)

    def test_what_cannot_be_repaired_is_said(self):
        self.filled()
        catalog = self.folder / "store" / "catalog.db"
        catalog.write_bytes(b"torn")
        record = sorted((self.folder / "store" / "redo").glob("*.record"))[1]
        whole = record.read_bytes()
        record.unlink()
        self.assertIn(record.name, self.bad(5, "store", "repair", "--store", "store"))
        record.write_bytes(whole[:-1] + b"x")
        self.assertIn(record.name, self.bad(5, "store", "repair", "--store", "store"))
        self.assertEqual(catalog.read_bytes(), b"torn")
        record.write_bytes(whole)
        self.assertTrue(self.json("repair")["rebuilt"])

    def test_killed_commands(self):
        """SIGKILL in compact, gc and repair: the store is whole, and the next one of them finishes."""
        self.good("demo", "--store", "made", "--stocks", "60", "--years", "2")
        draw = random.Random(5)
        kills = 0
        for turn in range(12):
            shutil.rmtree(self.folder / "store", ignore_errors=True)
            shutil.copytree(self.folder / "made", self.folder / "store")
            before = self.contents()
            if turn % 2:
                (self.folder / "store" / "catalog.db").unlink()
            command = ["repair"] if turn % 2 else ["gc", "--grace", "0"]
            running = subprocess.Popen([PROGRAM, "store", *command, "--store", "store"], cwd=self.folder,
                                       env=self.environment(), stderr=subprocess.DEVNULL)
            time.sleep(draw.uniform(0, 0.08))
            running.send_signal(signal.SIGKILL)
            kills += running.wait(60) == -signal.SIGKILL
            self.good("store", "repair", "--store", "store")
            self.assertTrue(self.json("verify", "--deep")["well"])
            self.assertEqual(self.contents(), before)
            self.good("store", "gc", "--grace", "0", "--store", "store")
        self.assertGreater(kills, 0)


if __name__ == "__main__":
    main()
