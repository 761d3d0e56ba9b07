"""What the tests of crashes share: a small store, the commands that change it, and an eye of their own for what is in one.

The eye is Python's sqlite3 and pyarrow, not the program: it reads which files a catalog names and every bar in them. What a
command must end in is computed from the CSV files that it was given.
"""

import contextlib
import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import system_calls
from power_loss import image, on_disk
from store_case import Case, days, rows, write

CODES = tuple(f"{600000 + i}.SH" for i in range(6)) + tuple(f"{i + 1:06d}.SZ" for i in range(6))
# Weekdays from 2021 on: with 700 there are files of all levels, 20 more are another month's, 780 are three years.
STORED, MORE, SKIPPED, THREE_YEARS = 700, 720, 680, 780
STORE_AHEAD = os.environ.get("STORE_AHEAD", "")  # the program of store_ahead.cc
STILL = 9223372036854775807  # end_snapshot of what has not ended
# What the random numbers of a run are drawn from: a command, the one after it, all others.
RUN, AGAIN, OTHERS = 1, 2, 3

CRASHES = os.environ.get("MOMENTUM_CRASHES", "40")


def spread(things, share=1):
    """As many of them as are wanted, or that many by `share`, evenly; all where there are fewer."""
    most = len(things) if CRASHES == "all" else min(len(things), max(1, int(CRASHES) // share))
    return [things[i * len(things) // most] for i in range(most)]


def told(line):
    print(line, file=sys.stderr, flush=True)


def progress(what, number, count):
    """A line now and then, where it takes long."""
    if number % 100 == 99:
        told(f"  {number + 1} of {count}: {what}")


def scratch():
    """Where stores come and go by the thousand: in memory, where the system has such a place."""
    return "/dev/shm" if os.access("/dev/shm", os.W_OK) else None


@dataclass
class Command:
    """One that changes a store: `prepare` makes the store that it finds, `bars` are what it leaves, by (code, date)."""
    name: str
    arguments: list
    bars: dict
    made: dict = field(default_factory=dict)  # the store before it, by path; empty: none
    before: dict = field(default_factory=dict)  # what the eye saw, before and after a run to its end
    after: dict = field(default_factory=dict)
    calls: list = field(default_factory=list)
    left: dict = field(default_factory=dict)  # the files that it left, by path


def bars_from_2021(code, count):
    return [",".join([code, str(day), *line.split(",")[2:]]) for line, day in zip(rows(code, count), days(count, 2021))]


def bars_of(lines):
    """(code, date) -> (open, high, low, close, volume, preclose)."""
    out = {}
    for line in lines:
        cells = line.split(",")
        out[cells[0], cells[1]] = tuple(float(cell) for cell in cells[2:8])
    return out


class Eye:
    """Reads stores without the program. What it has seen it knows again by its bytes."""

    def __init__(self):
        self.files, self.bars, self.stores = {}, {}, {}

    def file(self, path):
        import pyarrow.parquet  # as it lies beside the libraries that are linked
        whole = path.read_bytes()
        if whole not in self.files:
            table = pyarrow.parquet.ParquetFile(pyarrow.BufferReader(whole)).read().to_pydict()
            columns = [[None if value is None else float(value) for value in table[name]]
                       for name in ("open", "high", "low", "close", "volume", "preclose")]
            self.files[whole] = [(i, str(day), values) for i, day, values in
                                 zip(table["instrument"], table["date"], zip(*columns))]
        return self.files[whole]

    def bars_of(self, paths, ids):
        key = tuple(path.read_bytes() for path in paths), tuple(ids.items())
        if key not in self.bars:
            out = {}
            for path in paths:
                for instrument, day, values in self.file(path):
                    assert (ids[instrument], day) not in out, f"two bars of {ids[instrument]} on {day}"
                    out[ids[instrument], day] = values
            self.bars[key] = out
        return self.bars[key]

    def paths(self, store):
        """The data files that a catalog names, older ones too, and those of the newest state."""
        with sqlite3.connect(f"file:{store}/catalog.db?mode=ro", uri=True) as catalog:
            rows_of = catalog.execute("SELECT path, end_snapshot FROM file WHERE removed IS NULL").fetchall()
        catalog.close()
        return {path for path, _ in rows_of}, {path for path, end in rows_of if end == STILL}

    def see(self, store):
        """All that a store holds, but for names, sizes and times that differ between two runs. None: no store."""
        key = image(on_disk(str(store)))
        if key not in self.stores:
            self.stores[key] = self.look(Path(store)) if (Path(store) / "catalog.db").exists() else None
        return self.stores[key]

    def look(self, store):
        with sqlite3.connect(f"file:{store}/catalog.db?mode=ro", uri=True) as catalog:
            def all_of(sql):
                return catalog.execute(sql).fetchall()
            ids = {number: f"{symbol}.{market}" for number, symbol, market in all_of(
                f"SELECT id, symbol, market FROM instrument WHERE end_snapshot={STILL}")}
            out = {
                "snapshots": all_of("SELECT id, parent, op, instruments, files, rows, days FROM snapshot ORDER BY id"),
                "accounts": all_of("SELECT * FROM account ORDER BY snapshot"),
                "instruments": all_of("SELECT * FROM instrument ORDER BY end_snapshot, id"),
                "days": all_of("SELECT * FROM market_days ORDER BY end_snapshot, kind, market, year"),
                "limits": all_of("SELECT * FROM price_limits ORDER BY end_snapshot, day"),
                "pins": all_of("SELECT snapshot, note FROM pin ORDER BY snapshot"),
                "dropped": all_of("SELECT snapshot FROM dropped ORDER BY snapshot"),
                "files": all_of("SELECT level, bucket, rows, first, last, begin_snapshot, end_snapshot, removed IS NULL "
                                "FROM file ORDER BY 1, 2, 3, 4, 5, 6, 7"),
            }
        catalog.close()
        out["bars"] = self.bars_of([store / path for path in sorted(self.paths(store)[1])], ids)
        return out


class CrashCase(Case):
    """A store for each command, what each one does to it when nothing happens, and what must be so when something does."""

    needs_strace = True

    @classmethod
    def setUpClass(cls):
        reason = system_calls.unusable() if cls.needs_strace else ""
        if reason:
            cls.skipTest(cls, reason)
        holder = tempfile.TemporaryDirectory(dir=scratch())
        cls.addClassCleanup(holder.cleanup)
        cls.home = Path(os.path.realpath(holder.name))
        cls.eye = Eye()
        cls.slowest = 0.0  # second, to open a store and verify it
        cls.checked = {}  # what was seen, by command and what the disk held
        one = cls()
        one.setUp()
        cls.runs = system_calls.Runs(cls.home, one.environment())
        cls.addClassCleanup(cls.runs.close)

    def setUp(self):
        self.folder = self.home

    @classmethod
    def all_commands(cls):
        """Prepared once for all tests of a class."""
        if "prepared" not in cls.__dict__:
            one = cls()
            one.setUp()
            cls.prepared = [one.prepare(command) for command in one.commands()]
        return cls.prepared

    def environment(self, **more):
        # LeakSanitizer traces the program itself, which can have one tracer only.
        return super().environment(ASAN_OPTIONS="detect_leaks=0", **more)

    def run_program(self, *arguments):
        return self.runs.run(arguments, OTHERS)

    @staticmethod
    def arguments(*arguments):
        """Of a command that does its work on one thread, and says nothing that depends on how long it takes."""
        return [*arguments, "--store", "store", "--threads", "1", "--format", "json", "--progress", "never"]

    def put(self, tree):
        """Makes the store this one: what on_disk() returned."""
        shutil.rmtree(self.home / "store", ignore_errors=True)
        for path, content in tree.items():
            if content is None:
                os.mkdir(path)
            else:
                with open(path, "wb") as file:
                    file.write(content)

    def there(self):
        return on_disk(str(self.home / "store"))

    def file_of_bars(self, name, skip, count, changed=()):
        """A folder of CSV files; `changed` days (by their index) get other prices. Its bars."""
        out = {}
        for code in CODES:
            lines = bars_from_2021(code, count)
            for index in changed:
                cells = lines[index].split(",")
                cells[2:6] = ["8.00", "9.00", "7.00", "8.88"]
                lines[index] = ",".join(cells)
            write(self.home / name / f"{code}.csv", lines[skip:])
            out |= bars_of(lines[skip:])
        return out

    def put_ahead(self, bars):
        """Corrects a bar of the store and leaves all of them where they will belong in a year. The bar."""
        (code, day), values = min(bars.items())
        values = (*values[:4], 4321.0, values[5])
        done = subprocess.run([STORE_AHEAD, "store", "2024-11-29", code.split(".")[0], day, *map(repr, values[:5])],
                              cwd=self.home, env=self.environment(), capture_output=True, text=True, timeout=120, check=False)
        self.assertEqual(done.returncode, 0, done.stderr)
        return {(code, day): values}

    def commands(self):
        """All commands that change a store, with the store that each one finds."""
        stored = self.file_of_bars("stored", 0, STORED)
        more = self.file_of_bars("more", SKIPPED, MORE)
        few = self.file_of_bars("few", STORED - 1, STORED + 2)
        corrected = self.file_of_bars("corrected", 0, STORED, changed=(10, 400, 690))
        old_year = self.file_of_bars("old-year", 0, THREE_YEARS - 2)
        new_year = self.file_of_bars("new-year", THREE_YEARS - 5, THREE_YEARS + 5)
        write(self.home / "facts.csv", ["600000.SH,新名字,银行,2024-03-01"], "code,name,industry,from")
        made = {"nothing": {}}

        def keep(name):
            made[name] = self.there()
        store, catalog = ("--store", "store"), self.home / "store" / "catalog.db"
        self.good("import", "stored", *store)
        keep("stored")
        ahead = stored | self.put_ahead(stored)
        keep("ahead")
        self.put({})
        self.good("import", "old-year", *store)
        keep("old-year")
        self.put(made["stored"])
        self.good("import", "corrected", *store, "--on-conflict", "replace")
        keep("corrected")
        self.good("store", "pin", "2", *store)
        catalog.unlink()
        keep("lost")
        self.put(made["corrected"])
        catalog.write_bytes(catalog.read_bytes()[:20000])
        keep("torn")
        # as torn, and a commit was under way: its journal would be rolled back into the catalog that lies beside it
        self.put(made["corrected"])
        pin = self.arguments("store", "pin", "3")
        _, calls = system_calls.record(pin, RUN, self.home, self.environment(), self.home / "store")
        written = [call for call in calls if call.name == "pwrite64" and call.path.endswith("catalog.db")]
        self.put(made["corrected"])
        self.runs.killed_before(written[-1], pin, RUN)
        catalog.write_bytes(catalog.read_bytes()[:20000])
        self.assertGreater((self.home / "store" / "catalog.db-journal").stat().st_size, 512)
        keep("torn-amid")
        replace = ["--on-conflict", "replace"]
        listed = [
            Command("create", self.arguments("import", "few"), few, made["nothing"]),
            Command("append", self.arguments("import", "few"), stored | few, made["stored"]),
            Command("append-months", self.arguments("import", "more"), stored | more, made["stored"]),
            Command("append-year", self.arguments("import", "new-year"), old_year | new_year, made["old-year"]),
            Command("correct", self.arguments("import", "corrected", *replace), corrected, made["stored"]),
            Command("facts", self.arguments("import", "facts.csv", "--kind", "instruments"), stored, made["stored"]),
            Command("pin", self.arguments("store", "pin", "2", "--note", "kept"), corrected, made["corrected"]),
            Command("compact", self.arguments("store", "compact"), ahead, made["ahead"]),
            Command("gc", self.arguments("store", "gc", "--grace", "0"), corrected, made["corrected"]),
            Command("repair-lost", self.arguments("store", "repair"), corrected, made["lost"]),
            Command("repair-torn", self.arguments("store", "repair"), corrected, made["torn"]),
            Command("repair-amid", self.arguments("store", "repair"), corrected, made["torn-amid"]),
        ]
        return listed

    def prepare(self, command):
        """What the command leaves when nothing happens, and its calls."""
        self.put(command.made)
        broken = command.name.startswith("repair")
        command.before = None if broken else self.eye.see(self.home / "store")
        done, command.calls = system_calls.record(command.arguments, RUN, self.home, self.environment(), self.home / "store")
        self.assertEqual(done.returncode, 0, done.stderr)
        command.after = self.eye.see(self.home / "store")
        self.assertTrue(command.after["bars"] == command.bars, f"{command.name}: other bars than its files have")
        self.assertNotEqual(command.before, command.after)
        command.left = self.there()
        self.put(command.made)
        self.runs.run(command.arguments, RUN)
        self.assertTrue(self.there() == command.left, f"{command.name}: two runs leave different bytes")
        return command

    @contextlib.contextmanager
    def point(self, what):
        """One of many: the next one is tried whatever becomes of it, and a fault is told at once."""
        with self.subTest(what):
            try:
                yield
            except AssertionError as fault:
                told(f"  FAULT: {fault!s:.1000}")
                raise

    def expect_whole(self, command, what, finished=False):
        """After a crash: the store opens, is well, is as before the command or as after it, and takes the next write.

        What holds for one content of the disk is not looked at again: the same command on the same bytes does the same.
        """
        key = command.name, image(self.there())
        if key not in self.checked:
            self.checked[key] = self.looked_at(command, what)
        seen = self.checked[key]
        if finished:
            self.expect_same(seen, command.after, f"{what}: it had said that it was done")
        return seen

    def looked_at(self, command, what):
        """What is there, None where that cannot be read; after it the next write is done."""
        store = self.home / "store"
        broken = command.name.startswith("repair")
        seen = None
        if not (store / "catalog.db").exists():
            self.assertTrue(broken or not command.made, f"{what}: the store is gone")
        else:
            begun = time.monotonic()
            done = self.run_program("store", "verify", "--deep", "--store", "store", "--threads", "1")
            type(self).slowest = max(self.slowest, time.monotonic() - begun)
            self.assertIn(done.returncode, (0, 5) if broken else (0,), f"{what}: {done.stdout} {done.stderr}")
            if done.returncode == 0:
                seen = self.eye.see(store)
            if seen is not None and seen != command.after and not (not command.made and self.is_empty(seen)):
                self.expect_same(seen, command.before, f"{what}: neither as before nor as after")
        again = self.runs.run(command.arguments, AGAIN)
        self.assertEqual(again.returncode, 0, f"{what}: the next write: {again.stderr}")
        self.expect_same(self.eye.see(store), command.after, f"{what}: after the next write")
        if command.name.startswith(("create", "append", "correct", "compact")):
            there = {f"data/{path.name}" for path in (store / "data").iterdir()}
            self.assertEqual(there, self.eye.paths(store)[0], f"{what}: what a dead writer left is still there")
        return seen

    def expect_same(self, seen, wanted, what):
        if seen is wanted or seen == wanted:
            return
        parts = [part for part in wanted or () if seen and seen[part] != wanted[part]]
        self.fail(f"{what}: differs in {parts or 'all'}: "
                  + "; ".join(f"{seen[part]!s:.300} is not {wanted[part]!s:.300}" for part in parts))

    def is_empty(self, seen):
        return [snapshot[2] for snapshot in seen["snapshots"]] == ["create"] and not seen["bars"]
