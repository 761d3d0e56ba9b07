"""A store is published to a folder and to object stores, and read from there by whoever knows the place. End to end."""

import json
import os
import shutil
import signal
import subprocess
import threading
import time

import object_servers
from store_case import PROGRAM, Case, main


class Published(Case):
    variables = {}

    def json(self, *arguments):
        return json.loads(self.good(*arguments, "--format", "json", **self.variables).stdout)

    def publish(self, place, *more, store="store"):
        return self.json("store", "publish", place, "--store", store, *more)

    def scan(self, store, *more):
        return self.good("scan", "--store", store, "--format", "csv", "--unranked", *more, **self.variables).stdout

    def demo(self, stocks=60, years=2, store="store"):
        self.good("demo", "--store", store, "--stocks", stocks, "--years", years)

    def expect_equal_reads(self, place, code="600000.SH", store="store"):
        self.assertEqual(self.scan(place), self.scan(store))
        show = ("show", code, "--format", "csv", "--scores")
        self.assertEqual(self.good(*show, "--store", place, **self.variables).stdout,
                         self.good(*show, "--store", store).stdout)
        there, here = self.json("store", "info", "--store", place), self.json("store", "info", "--store", store)
        for info in (there, here):
            del info["store"]
        self.assertEqual(there, here)
        there, here = self.json("store", "log", "--store", place), self.json("store", "log", "--store", store)
        self.assertEqual(there["snapshots"], here["snapshots"])

    def code(self, store="store"):
        return self.scan(store).splitlines()[1].split(",")[0]


class Folders(Published):
    def test_a_folder_is_read_like_the_store(self):
        self.demo()
        done = self.publish("there")
        self.assertEqual((done["changed"], done["files_copied"]), (True, done["files"]))
        shutil.move(self.folder / "store", self.folder / "moved")
        for place in ("there", f"file://{self.folder}/there"):
            self.expect_equal_reads(place, self.code("moved"), store="moved")
            self.assertEqual(self.json("doctor", "--store", place)["store"]["state"], "well")

    def test_again_only_what_is_new(self):
        self.imported(self.market(count=250))
        first = self.publish("there")
        self.assertEqual(self.publish("there")["changed"], False)
        before = self.scan("there")
        self.imported(self.market(folder="more", count=255))
        self.assertEqual(self.scan("there"), before)  # until it is published
        second = self.publish("there")
        self.assertTrue(second["changed"])
        self.assertLess(second["files_copied"], second["files"])
        self.expect_equal_reads("there")
        self.assertEqual(self.scan("there", "--snapshot", first["snapshot"]), before)
        self.assertIn("not published", self.bad(3, "scan", "--store", "there", "--snapshot", "1"))
        removed = self.publish("there", "--grace", "0")["files_removed"]
        self.assertGreaterEqual(removed, 1)
        self.assertIn("not published", self.bad(3, "scan", "--store", "there", "--snapshot", first["snapshot"]))
        self.expect_equal_reads("there")

    def test_price_limits(self):
        self.imported(self.market(count=250))
        code = self.code()
        days = [line.split(",")[0] for line in self.good("show", code, "--store", "store", "--columns", "close", "--last",
                                                         40, "--format", "csv").stdout.splitlines()[1:]]
        (self.folder / "limits.csv").write_text("code,date,up,down\n" + "".join(
            f"{code},{day},{10 + k}.01,{9 + k}\n" for k, day in enumerate(days[::2])))
        self.good("import", "--kind", "limits", "limits.csv", "--store", "store")
        self.publish("there")
        show = ("show", code, "--columns", "up_limit,close,down_limit", "--last", 40, "--format", "csv", "--store")
        shown = self.good(*show, "store").stdout
        self.assertIn(",10.01,", shown)
        self.assertEqual(self.good(*show, "there").stdout, shown)
        export = ("store", "export", "--columns", "up_limit,down_limit", "-o")
        self.good(*export, "here.csv", "--store", "store")
        self.good(*export, "there.csv", "--store", "there")
        self.assertEqual((self.folder / "there.csv").read_bytes(), (self.folder / "here.csv").read_bytes())
        for path in (self.folder / "there/limits").iterdir():
            path.write_bytes(path.read_bytes()[:-1])
        self.assertIn("price limits", self.bad(5, *show, "there"))

    def test_every_form_of_files(self):
        for storage in ("hdf", "csv"):
            self.good("demo", "--store", storage, "--stocks", 20, "--years", 2, "--storage", storage)
            self.publish(f"{storage}-there", store=storage)
            self.expect_equal_reads(f"{storage}-there", self.code(storage), store=storage)

    def test_a_copy_is_not_written(self):
        self.imported(self.market())
        self.publish("there")
        before = {path: path.read_bytes() for path in (self.folder / "there").rglob("*") if path.is_file()}
        for command in (("import", "bars"), ("demo",), ("store", "gc"), ("store", "compact"), ("store", "repair"),
                        ("store", "pin", "1"), ("store", "unpin", "1"), ("store", "verify"), ("store", "diff", "1"),
                        ("store", "convert", "--to", "csv", "other"), ("store", "publish", "other")):
            for place in ("there", "s3://bucket/prefix", "gs://bucket/prefix", "abfs://a@bucket/prefix"):
                self.assertIn("a published copy can only be read", self.bad(2, *command, "--store", place))
        self.assertEqual(before, {path: path.read_bytes() for path in before})

    def test_places_that_are_none(self):
        self.imported(self.market())
        self.assertIn("no place to publish to", self.bad(2, "store", "publish", "--store", "store"))
        for place in ("ftp://host/x", "s3://"):
            self.bad(2, "store", "publish", place, "--store", "store")
        self.assertNotIn("secret", self.bad(2, "scan", "--store", "s3://key:secret@bucket/x"))
        self.assertIn("a store stands here", self.bad(2, "store", "publish", "store", "--store", "store"))

    def test_what_is_missing_or_cut_there_is_named(self):
        self.imported(self.market())
        self.publish("there")
        path = next((self.folder / "there" / "data").iterdir())
        whole = path.read_bytes()
        path.write_bytes(whole[:-1])
        self.assertIn(path.name, self.bad(5, "scan", "--store", "there"))
        path.unlink()
        self.assertIn(path.name, self.bad(5, "scan", "--store", "there"))
        path.write_bytes(whole)
        latest = self.folder / "there" / "latest"
        latest.write_bytes(latest.read_bytes()[:-1])
        self.assertIn("latest", self.bad(5, "scan", "--store", "there"))


class ObjectStore:
    """The same for every kind of them: `server` is the class that starts one."""

    most = 2  # sizes of a store that may come over the line for one scan

    @classmethod
    def setUpClass(cls):
        cls.there = cls.server()
        cls.addClassCleanup(cls.there.stop)
        cls.variables = cls.there.variables

    def place(self, port=None):
        return self.there.uri(self.id().rsplit(".", 1)[1], port)

    def object_of(self, path):
        return f"bucket/{self.id().rsplit('.', 1)[1]}/{path}"

    def data_files(self):
        from pyarrow import fs
        return sorted(info.path for info in self.there.files.get_file_info(fs.FileSelector(self.object_of("data")))
                      if info.is_file)

    def line(self):
        line = object_servers.Line(self.there.port)
        self.addCleanup(line.stop)
        return line

    def test_is_read_like_the_store(self):
        self.imported(self.market(count=250))
        first = self.publish(self.place())
        self.assertEqual(first["files_copied"], first["files"])
        self.expect_equal_reads(self.place())
        self.assertFalse(self.publish(self.place())["changed"])
        before = self.scan(self.place())
        self.imported(self.market(folder="more", count=255))
        second = self.publish(self.place())
        self.assertLess(second["files_copied"], second["files"])
        self.expect_equal_reads(self.place())
        self.assertEqual(self.scan(self.place(), "--snapshot", first["snapshot"]), before)
        self.assertGreaterEqual(self.publish(self.place(), "--grace", "0")["files_removed"], 1)
        self.expect_equal_reads(self.place())

    def test_every_form_of_files(self):
        for storage in ("parquet", "hdf", "csv"):
            self.good("demo", "--store", storage, "--stocks", 20, "--years", 2, "--storage", storage)
            place = self.there.uri(f"forms/{storage}")
            self.publish(place, store=storage)
            self.expect_equal_reads(place, self.code(storage), store=storage)

    def test_one_instrument_fetches_little(self):
        self.demo(stocks=600, years=4)
        size = self.publish(self.place())["bytes"]
        line = self.line()
        code = self.code()
        show = ("show", code, "--columns", "close", "--history", "60d", "--format", "csv")
        there = self.good(*show, "--store", self.place(line.port), **self.variables).stdout
        self.assertEqual(there, self.good(*show, "--store", "store").stdout)
        self.assertLess(line.bytes, size // 2)
        line.bytes = 0
        self.assertEqual(self.scan(self.place(line.port)), self.scan("store"))
        self.assertLess(line.bytes, self.most * size)  # nothing is fetched for each batch that wants it

    def test_what_is_missing_or_changed_there_is_named(self):
        self.imported(self.market())
        self.publish(self.place())
        path = self.data_files()[0]
        with self.there.files.open_input_file(path) as file:
            whole = file.read()

        def put(content):
            with self.there.files.open_output_stream(path) as file:
                file.write(content)

        name = path.rsplit("/", 1)[1]
        middle = len(whole) // 2
        for wrong in (whole[:-1], whole + b"x", whole[:middle] + bytes([whole[middle] ^ 1]) + whole[middle + 1:]):
            put(wrong)
            self.assertIn(name, self.bad(5, "scan", "--store", self.place(), **self.variables))
        self.there.files.delete_file(path)
        self.assertIn(name, self.bad(5, "scan", "--store", self.place(), **self.variables))
        put(whole)
        self.expect_equal_reads(self.place())
        self.there.files.delete_file(self.object_of("latest"))
        self.assertIn("no store is published here", self.bad(3, "scan", "--store", self.place(), **self.variables))

    def test_a_dead_line_is_exit_6_with_the_place(self):
        self.demo()
        self.publish(self.place())
        line = self.line()
        place = self.place(line.port)
        whole = self.scan(place)
        line.breaks_after = line.bytes // 2
        line.bytes = 0
        error = self.bad(6, "scan", "--store", place, **self.variables)
        self.assertIn(self.place().split("?")[0], error)
        line.bytes, line.breaks_after = 0, 2000
        self.bad(6, "store", "publish", self.there.uri("dead", line.port), "--store", "store", **self.variables)
        line.breaks_after = None
        self.assertEqual(self.scan(place), whole)
        self.bad(6, "scan", "--store", self.place(object_servers.free_port()), **self.variables)

    def test_an_interrupted_publication_goes_on(self):
        self.demo(stocks=300, years=3)
        place = self.place()
        files = self.info()["levels"]
        self.assertGreater(sum(level["files"] for level in files), 10)
        child = subprocess.Popen([PROGRAM, "store", "publish", place, "--store", "store"], cwd=self.folder,
                                 env=self.environment(**self.variables), stdout=subprocess.DEVNULL,
                                 stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not self.data_files_or_none() and child.poll() is None and time.monotonic() < deadline:
            time.sleep(0.002)
        child.send_signal(signal.SIGINT)
        child.wait(60)
        self.assertIn(child.returncode, (130, 0))
        if child.returncode == 130:
            self.assertIn("no store is published here", self.bad(3, "scan", "--store", place, **self.variables))
        self.publish(place)
        self.expect_equal_reads(place, self.code())

    def data_files_or_none(self):
        try:
            return self.data_files()
        except OSError:  # no such folder, in the words of either library
            return []

    def test_readers_see_one_copy_or_the_other(self):
        self.imported(self.market(count=200))
        self.publish(self.place())
        wanted, seen, failed = {self.scan(self.place())}, set(), []
        done = threading.Event()

        def read():
            while not done.is_set():
                got = self.run_program("scan", "--store", self.place(), "--format", "csv", "--unranked", **self.variables)
                seen.add(got.stdout) if got.returncode == 0 else failed.append(got.stderr)

        reader = threading.Thread(target=read)
        reader.start()
        try:
            for count in range(220, 300, 20):
                self.imported(self.market(folder=f"to-{count}", count=count))
                self.publish(self.place())
                wanted.add(self.scan(self.place()))
        finally:
            done.set()
            reader.join()
        self.assertEqual(failed, [])
        self.assertGreaterEqual(len(seen), 1)
        self.assertLessEqual(seen, wanted)


class S3(ObjectStore, Published):
    server = object_servers.S3

    def test_the_server_of_the_environment(self):
        self.imported(self.market())
        place = "s3://bucket/from-environment"
        self.variables = {**self.variables, "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.there.port}"}
        self.publish(place)
        self.assertEqual(self.scan(place), self.scan("store"))
        self.assertEqual(self.scan("store"), self.good("scan", "--format", "csv", "--unranked", MOMENTUM_STORE=place,
                                                          **self.variables).stdout)
        self.assertIn("no store is published here", self.bad(3, "scan", "--store", "s3://none/x", **self.variables))


class Azure(ObjectStore, Published):
    server = object_servers.Azure

    def test_a_wrong_key_is_exit_6(self):
        self.imported(self.market())
        self.publish(self.place())
        self.assertIn("credentials", self.bad(6, "scan", "--store", self.place(), AZURE_STORAGE_KEY="AAAA"))


class Gcs(ObjectStore, Published):
    server = object_servers.Gcs
    most = 8  # Arrow asks for all of an object when it opens one, and leaves it at what is on its way by then


if __name__ == "__main__":
    os.environ.pop("AWS_ENDPOINT_URL", None)
    main()
