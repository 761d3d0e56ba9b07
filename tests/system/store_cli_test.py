"""Stores as their users meet them: momentum demo, store info, and what is wrong with a store. End to end."""

import fcntl
import json
import os
import shutil
import sqlite3
import subprocess
import time

from store_case import HEADER, PROGRAM, Case, main, rows, write


class Demo(Case):
    def demo(self, store, *more):
        return json.loads(self.good("demo", "--store", store, "--stocks", "20", "--years", "1", *more, "--format",
                                    "json").stdout)

    def test_the_same_arguments_make_the_same_market(self):
        first = self.demo("a")
        self.assertEqual((first["instruments"], first["snapshot"], first["synthetic"]), (20, 2, True))
        self.demo("b")
        self.demo("c", "--seed", "2")
        self.assertEqual(self.contents("a"), self.contents("b"))
        self.assertNotEqual(self.contents("a"), self.contents("c"))
        info = self.info("a")
        self.assertTrue(info["synthetic"])
        self.assertIn("--stocks 20 --years 1 --seed 1 --end 2025-12-31", info["arguments"])
        self.assertEqual(info["bars"], first["bars"])
        self.assertGreater(info["factor_events"], 0)
        self.assertIn("合成数据 SYNTHETIC", self.good("store", "info", "--store", "a").stdout)

    def test_it_stays_apart_from_real_data(self):
        self.demo("demo")
        self.market()
        said = self.bad(4, "import", "bars", "--store", "demo")
        self.assertIn("real data for a store of synthetic data", said)
        write(self.folder / "a.csv", ["600000.SH,2024-01-02,1"], "code,date,factor")
        self.bad(4, "import", "a.csv", "--kind", "factors", "--store", "demo")
        self.imported("bars", store="real")
        self.assertIn("a store stands here", self.bad(2, "demo", "--store", "real"))
        self.assertIn("a store stands here", self.bad(2, "demo", "--store", "demo"))
        write(self.folder / "made" / "600005.SH.csv", [HEADER, *rows("600005.SH")], "SYNTHETIC data")
        self.assertIn("synthetic data for a store of real data", self.bad(4, "import", "made", "--store", "real"))
        self.assertEqual(self.imported("made", store="made_store")["stored"], 60)
        self.assertTrue(self.info("made_store")["synthetic"])

    def test_bad_values(self):
        for more in (["--stocks", "0"], ["--stocks", "6001"], ["--years", "99"], ["--end", "2024-02-30"],
                     ["--seed", "x"], ["--compression", "10"], ["--storage", "feather"], ["--format", "csv"]):
            self.bad(2, "demo", "--store", "demo", *more)
        self.assertFalse((self.folder / "demo").exists())


class Errors(Case):
    def test_usage(self):
        self.assertIn("no input", self.bad(2, "import", "--store", "store"))
        self.market()
        for more in (["--on-conflict", "maybe"], ["--freq", "5m"], ["--lock-wait", "-1"], ["--lock-wait", "x"],
                     ["--report", ""], ["--format", "csv"], ["--compression", "x"], ["--storage", "tape"]):
            self.bad(2, "import", "bars", "--store", "store", *more)
        self.bad(2, "store")
        self.bad(2, "store", "inf")
        self.assertFalse((self.folder / "store").exists())

    def test_nothing_to_import(self):
        self.bad(3, "import", "nowhere", "--store", "store")
        self.bad(4, "import", "bars", "--dialect", "nonsense", "--store", self.market("x") and "store")
        write(self.folder / "a" / "600000.SH.csv", ["600000.SH,2024-01-02,x,1,1,1,1,,"])
        self.bad(4, "import", "a", "--store", "store")
        self.assertFalse((self.folder / "store").exists())

    def test_a_folder_that_is_something_else(self):
        self.market()
        self.assertIn("neither a store nor an empty folder", self.bad(2, "import", "bars", "--store", "bars"))
        self.bad(2, "demo", "--store", "bars")
        self.bad(2, "import", "bars", "--store", "bars/600000.SH.csv")
        self.bad(3, "store", "info", "--store", "bars")
        self.bad(3, "store", "info", "--store", "nowhere")
        (self.folder / "empty").mkdir()
        self.assertEqual(self.imported("bars", store="empty")["stored"], 180)

    def test_a_snapshot_that_is_not_there(self):
        self.imported(self.market())
        self.bad(3, "store", "info", "--store", "store", "--snapshot", "9")
        older = json.loads(self.good("store", "info", "--store", "store", "--snapshot", "1", "--format", "json").stdout)
        self.assertEqual(older["bars"], 0)

    def test_a_damaged_store(self):
        self.imported(self.market())
        self.market("bars", 61)
        victim = next((self.folder / "store" / "data").glob("*.parquet"))
        whole = victim.read_bytes()

        def told(*words):
            for command in (["import", "bars"], ["store", "info"]):
                line = self.bad(5, *command, "--store", "store")
                self.assertIn(victim.name, line)
                for word in words:
                    self.assertIn(word, line)
            doctor = json.loads(self.good("doctor", "--store", "store", "--format", "json").stdout)["store"]
            self.assertEqual(doctor["state"], "unwell")
            self.assertIn(victim.name, doctor["error"])
            self.assertIn(victim.name, self.good("doctor", "--store", "store").stdout)

        victim.unlink()
        told()
        victim.write_bytes(whole[:-50])
        told()
        victim.write_bytes(whole)
        self.assertEqual(self.imported("bars")["stored"], 3)
        doctor = json.loads(self.good("doctor", "--store", "store", "--format", "json").stdout)["store"]
        self.assertEqual((doctor["state"], doctor["bars"]), ("well", 183))

    def test_a_newer_format(self):
        self.imported(self.market())
        database = sqlite3.connect(self.folder / "store" / "catalog.db")
        database.execute("PRAGMA user_version = 7")
        database.close()
        for command in (["import", "bars"], ["store", "info"]):
            self.assertIn("format 7", self.bad(5, *command, "--store", "store"))

    def test_another_writer(self):
        self.imported(self.market())
        before = self.good("scan", "--store", "store", "--unranked").stdout
        with open(self.folder / "store" / "writer.lock", "r+", encoding="utf-8") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            for more in ([], ["--lock-wait", "0"]):
                line = self.bad(5, "import", "bars", "--store", "store", *more)
                self.assertRegex(line, "another writer|locked|in use")
                self.assertIn("--lock-wait", line)
            self.good("store", "info", "--store", "store")
            self.assertEqual(self.good("scan", "--store", "store", "--unranked").stdout, before)
            self.good("show", "600000", "--store", "store")
            waiting = subprocess.Popen([PROGRAM, "import", "bars", "--store", "store", "--lock-wait", "60"],
                                       cwd=self.folder, env=self.environment(), stderr=subprocess.DEVNULL)
            time.sleep(0.2)
            self.assertIsNone(waiting.poll())
            fcntl.flock(lock, fcntl.LOCK_UN)
            self.assertEqual(waiting.wait(60), 0)

    def test_a_store_that_may_not_be_written(self):
        if os.geteuid() == 0:
            self.skipTest("root may write everywhere")
        self.imported(self.market())
        os.chmod(self.folder / "store" / "data", 0o555)
        self.addCleanup(os.chmod, self.folder / "store" / "data", 0o755)
        self.bad(5, "import", self.market("bars", 61), "--store", "store")

    def test_a_full_disk(self):
        """A limit on the size of files stands for it: writing past it fails."""
        self.imported(self.market("bars", 20))
        before = self.contents()
        self.market("bars", 60)
        limited = subprocess.run(["bash", "-c", "ulimit -f 2; exec \"$@\"", "bash", PROGRAM, "import", "bars",
                                  "--store", "store"], cwd=self.folder, env=self.environment(), capture_output=True,
                                 encoding="utf-8", timeout=60)
        self.assertEqual(limited.returncode, 5, limited.stderr)
        self.assertEqual(self.contents(), before)
        self.assertEqual(self.imported("bars")["stored"], 120)

    def test_a_disk_that_is_full(self):
        disk = self.folder / "disk"
        disk.mkdir()
        if shutil.which("mount") is None or subprocess.run(
                ["mount", "-t", "tmpfs", "-o", "size=1536k", "tmpfs", disk], capture_output=True).returncode != 0:
            self.skipTest("no small disk can be mounted here")
        self.addCleanup(subprocess.run, ["umount", disk], check=True)
        self.imported(self.market("bars", 20), store="disk/store")
        before, scanned = self.contents("disk/store"), self.good("scan", "--store", "disk/store", "--unranked").stdout
        free = shutil.disk_usage(disk).free
        (disk / "ballast").write_bytes(bytes(max(0, free - 16384)))
        files = sorted(path.name for path in (disk / "store" / "data").iterdir())
        self.market("bars", 150, codes=[f"{600000 + i}.SH" for i in range(40)])
        line = self.bad(5, "import", "bars", "--store", "disk/store")
        self.assertRegex(line, "(?i)no space|full")
        self.assertEqual(self.contents("disk/store"), before)
        self.assertEqual(self.good("scan", "--store", "disk/store", "--unranked").stdout, scanned)
        self.assertEqual(sorted(path.name for path in (disk / "store" / "data").iterdir()), files)
        (disk / "ballast").unlink()
        self.assertEqual(self.imported("bars", store="disk/store")["stored"], 40 * 150 - 2 * 20)


if __name__ == "__main__":
    main()
