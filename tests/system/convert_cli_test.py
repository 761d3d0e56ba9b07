"""store convert: the same market in stores of other forms, made from a store."""

import json
import os
import signal
import subprocess
import time
import unittest

from store_case import PROGRAM, Case, main


class Convert(Case):
    def demo(self, store="demo", stocks=40, *more):
        self.good("demo", "--store", store, "--stocks", stocks, "--years", "2", *more)
        return store

    def convert(self, source, form, destination, *more):
        done = self.good("store", "convert", "--store", source, "--to", form, destination, *more, "--format", "json")
        return json.loads(done.stdout)

    def scan(self, store, *more):
        return self.good("scan", "--store", store, "--format", "csv", "--unranked", *more).stdout

    def test_round_trip(self):
        """parquet -> hdf -> csv -> parquet: the same scan, byte for byte, and the same data files."""
        source = self.demo()
        scan = self.scan(source)
        self.assertGreater(len(scan.splitlines()), 30)
        uuids = {self.info(source)["uuid"]}
        for form, suffix, destination in (("hdf", ".h5", "b"), ("csv", ".csv", "c"), ("parquet", ".parquet", "d")):
            made = self.convert(source, form, destination)
            self.assertEqual({path.suffix for path in (self.folder / destination / "data").iterdir()}, {suffix})
            self.assertEqual(self.scan(destination), scan)
            info = self.info(destination)
            self.assertEqual(info["storage"], form)
            self.assertTrue(info["synthetic"])
            self.assertEqual((made["uuid"], made["bars"], made["bytes_after"], made["snapshot"]),
                             (info["uuid"], info["bars"], info["bytes"], info["snapshot"]["id"]))
            self.assertIn(self.info(source)["uuid"], info["snapshot"]["note"])
            uuids.add(info["uuid"])
            self.assertIn("well", self.good("store", "verify", "--deep", "--store", destination).stdout)
            source = destination
        self.assertEqual(len(uuids), 4)
        ours, first = self.contents("d"), self.contents("demo")
        self.assertEqual(ours, first)
        # but for who it is and where, a file is the one that the market was made with
        sizes = [sorted((path.name[:4], path.stat().st_size) for path in (self.folder / store / "data").iterdir())
                 for store in ("demo", "d")]
        self.assertEqual(sizes[0], sizes[1])

    def test_what_is_known_goes_along(self):
        self.imported(self.market())
        write = lambda name, text: (self.folder / name).write_text(text, encoding="utf-8")  # noqa: E731
        write("facts.csv", "code,name,list_date,industry\n600000.SH,甲,2020-01-02,银行\n")
        write("limits.csv", "code,date,up,down\n600000.SH,2024-01-02,11,9\n")
        write("actions.csv", "code,date,cash\n600000.SH,2024-02-13,0.5\n")
        for kind, name in (("instruments", "facts"), ("limits", "limits"), ("actions", "actions")):
            self.imported(f"{name}.csv", "--kind", kind)
        self.convert("store", "hdf", "new/store", "--compression", "compat")
        ours, first = self.contents("new/store"), self.contents("store")
        for key in ("instruments", "bars", "first", "last", "factor_events", "corporate_actions", "price_limits",
                    "sessions"):
            self.assertEqual(ours[key], first[key], key)
        self.assertEqual((ours["compression"], first["compression"]), ("compat", 6))
        self.assertEqual({column["codec"] for column in ours["columns"]}, {"gzip"})
        self.assertIn("every HDF5 library", ours["columns"][0]["reason"])
        self.assertEqual(self.scan("new/store"), self.scan("store"))
        # and a store that is no demo takes real bars
        self.market(count=62)
        self.assertEqual(self.imported("bars", store="new/store")["stored"], 6)
        self.assertEqual(self.imported("bars")["stored"], 6)
        self.assertEqual(self.scan("new/store"), self.scan("store"))

    def test_an_older_state(self):
        self.imported(self.market(count=50))
        self.imported(self.market(count=60))
        self.assertEqual(self.convert("store", "csv", "old", "--snapshot", "2")["bars"], 150)
        self.assertEqual(self.scan("old"), self.scan("store", "--snapshot", "2"))

    def test_refusals(self):
        self.imported(self.market())
        convert = ("store", "convert", "--store", "store")
        self.assertIn("--to", self.bad(2, *convert, "new"))
        self.assertIn("DEST", self.bad(2, *convert, "--to", "hdf"))
        self.assertIn("--to", self.bad(2, *convert, "--to", "xlsx", "new"))
        self.assertIn("--compression", self.bad(2, *convert, "--to", "hdf", "--compression", "10", "new"))
        self.assertIn("csv", self.bad(2, *convert, "--to", "hdf", "new", "--format", "csv"))
        self.assertIn("stands here already", self.bad(2, *convert, "--to", "hdf", "store"))
        self.good(*convert, "--to", "hdf", "full")
        self.assertIn("stands here already", self.bad(2, *convert, "--to", "hdf", "full"))
        (self.folder / "other").mkdir()
        (self.folder / "other" / "thesis.txt").write_text("mine")
        self.assertIn("new or empty", self.bad(2, *convert, "--to", "hdf", "other"))
        self.good("store", "publish", "--store", "store", "copy")
        before = sorted((self.folder / "copy").rglob("*"))
        self.assertIn("a published copy stands here", self.bad(2, *convert, "--to", "hdf", "copy"))
        self.assertEqual(before, sorted((self.folder / "copy").rglob("*")))
        self.assertIn("the store's own folder", self.bad(2, *convert, "--to", "hdf", "store/data/new"))
        self.assertIn("no folder of this machine", self.bad(2, *convert, "--to", "hdf", "s3://bucket/new"))
        self.bad(3, "store", "convert", "--store", "nowhere", "--to", "hdf", "new")
        self.bad(3, *convert, "--snapshot", "9", "--to", "hdf", "new")
        self.bad(7, *convert, "--memory-limit", "1M", "--to", "hdf", "new")
        if os.geteuid() != 0:
            (self.folder / "shut").mkdir(mode=0o500)
            self.bad(5, *convert, "--to", "hdf", "shut/new")
        victim = next((self.folder / "store" / "data").iterdir())
        victim.write_bytes(victim.read_bytes()[:-9])
        self.assertIn(victim.name, self.bad(5, *convert, "--to", "hdf", "new"))
        self.assertFalse((self.folder / "new").exists())

    def stopped(self, sign, destination):
        """The exit status of a conversion that got a signal when it had begun to write; None: it was done before."""
        run = subprocess.Popen([PROGRAM, "store", "convert", "--store", "demo", "--to", "hdf", "--compression", "9",
                                "--threads", "1", destination], cwd=self.folder, env=self.environment(),
                               stderr=subprocess.DEVNULL)
        data = self.folder / destination / "data"
        while run.poll() is None and not (data.exists() and any(data.iterdir())):
            time.sleep(0.001)
        if run.poll() is None:
            run.send_signal(sign)
        return run.wait()

    def test_an_interrupt_leaves_nothing(self):
        self.demo("demo", 60)
        status = self.stopped(signal.SIGINT, "new")
        if status == 0:
            self.skipTest("the conversion was quicker than the signal")
        self.assertEqual(status, 130)
        self.assertFalse((self.folder / "new").exists())
        (self.folder / "there").mkdir()  # an empty folder stays
        if self.stopped(signal.SIGINT, "there") == 130:
            self.assertEqual(list((self.folder / "there").iterdir()), [])

    def test_a_killed_one_is_begun_anew(self):
        self.demo("demo", 60)
        status = self.stopped(signal.SIGKILL, "new")
        if status == 0:
            self.skipTest("the conversion was quicker than the signal")
        self.assertEqual(status, -signal.SIGKILL)
        self.assertIn("stands here already",  # another form is not what was begun
                      self.bad(2, "store", "convert", "--store", "demo", "--to", "csv", "new"))
        self.convert("demo", "hdf", "new", "--compression", "9")
        self.assertEqual(self.scan("new"), self.scan("demo"))
        self.assertIn("well", self.good("store", "verify", "--deep", "--store", "new").stdout)
        names = list((self.folder / "new" / "data").iterdir())
        self.assertEqual(len(names), len(list((self.folder / "demo" / "data").iterdir())))


if __name__ == "__main__":
    main()
