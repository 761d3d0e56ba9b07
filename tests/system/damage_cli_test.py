"""Bytes that change, pages that are torn and files that go, in every kind of file of a store: a named error, never other data.

MOMENTUM_CRASHES says how many damages of each kind; `all` is what ./dev crash does.
"""

import random

from dataclasses import dataclass

import system_calls
from crash_case import CRASHES, RUN, CrashCase, told
from store_case import main

DRAWS = 20 if CRASHES == "all" else max(1, int(CRASHES) // 20)  # of each damage to each kind of file


def flipped(data, draw):
    at = draw.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << draw.randrange(8)]) + data[at + 1:]


def torn(data, draw):
    """A page of 512 or 4,096 bytes with something else in it."""
    size = draw.choice([512, 4096])
    at = draw.randrange(0, len(data), size)
    return data[:at] + draw.randbytes(len(data[at:at + size])) + data[at + size:]


def zeroed(data, draw):
    at = draw.randrange(0, len(data), 512)
    return data[:at] + bytes(len(data[at:at + 512])) + data[at + 512:]


def moved(data, draw):
    """A page where another one should be."""
    size = min(4096, len(data) // 2)
    to, of = (size * draw.randrange(len(data) // size) for _ in range(2))
    return data[:to] + data[of:of + size] + data[to + size:]


def cut(data, draw):
    return data[:draw.randrange(len(data))]


def longer(data, draw):
    return data + draw.randbytes(draw.choice([1, 512]))


DAMAGES = (flipped, torn, zeroed, moved, cut, longer)


@dataclass
class Made:
    name: str
    tree: dict  # as on_disk() has it


class Damage(CrashCase):
    needs_strace = False  # but for one test

    @classmethod
    def made_stores(cls):
        if "stores" not in cls.__dict__:
            one = cls()
            CrashCase.setUp(one)
            one.file_of_bars("stored", 0, 700)
            one.file_of_bars("corrected", 0, 702, changed=(10, 400, 690))
            cls.stores = {}
            for storage in ("parquet", "hdf", "csv"):
                one.put({})
                one.good("import", "stored", "--store", "store", "--storage", storage)
                one.good("import", "corrected", "--store", "store", "--on-conflict", "replace")
                cls.stores[storage] = Made(storage, one.there())
        return cls.stores

    def answer(self):
        """What a scan answers; None: an error of the storage, in one line."""
        done = self.run_program("scan", "--store", "store", "--unranked", "--format", "csv", "--quiet")
        if done.returncode == 0:
            return done.stdout
        self.assertEqual(done.returncode, 5, f"{self.what}: {done.stderr}")
        self.assertEqual((done.stdout, len(done.stderr.splitlines())), ("", 1), f"{self.what}: {done.stderr}")
        return None

    def is_well(self):
        done = self.run_program("store", "verify", "--deep", "--store", "store")
        self.assertIn(done.returncode, (0, 5), f"{self.what}: {done.stderr}")
        return done.returncode == 0

    def damaged(self, made, path, damages=DAMAGES):
        """The store, once for each damage to one of its files that changes it."""
        data = made.tree[str(self.home / "store" / path)]
        for damage in damages:
            for number in range(DRAWS):
                self.what = f"{made.name}: {path}, {damage.__name__} {number}"
                other = damage(data, random.Random(self.what))
                if other != data:
                    self.put(made.tree)
                    (self.home / "store" / path).write_bytes(other)
                    yield

    def live(self, made):
        """A data file of each level, as the newest state has it."""
        self.put(made.tree)
        _, kept = self.eye.paths(self.home / "store")
        return [next(path for path in sorted(kept) if path.startswith(f"data/{level}")) for level in ("tail", "year", "base")]

    def test_data_files(self):
        cases = answered = 0
        for made in self.made_stores().values():
            self.put(made.tree)
            right = self.answer()
            self.assertIsNotNone(right)
            for path in self.live(made):
                for _ in self.damaged(made, path):
                    cases += 1
                    self.assertFalse(self.is_well(), f"{self.what}: nobody noticed")
                    answer = self.answer()
                    answered += answer is not None
                    self.assertIn(answer, (None, right), f"{self.what}: another answer")
                self.put(made.tree)
                (self.home / "store" / path).unlink()
                self.what = f"{made.name}: without {path}"
                self.assertFalse(self.is_well())
                self.assertIsNone(self.answer())
        told(f"{cases} damages to data files: all found; {answered} were where a scan does not read")

    def test_the_catalog(self):
        made = self.made_stores()["parquet"]
        self.put(made.tree)
        right, seen = self.answer(), self.eye.see(self.home / "store")
        cases = harmless = 0
        for _ in self.damaged(made, "catalog.db"):
            cases += 1
            well, answer = self.is_well(), self.answer()
            self.assertIn(answer, (None, right), f"{self.what}: another answer")
            if well:
                harmless += 1
                self.assertIsNotNone(answer, f"{self.what}: well, and not readable")
                self.expect_same(self.eye.see(self.home / "store"), seen, f"{self.what}: well, and another store")
            done = self.run_program("store", "repair", "--store", "store")
            self.assertEqual(done.returncode, 0, f"{self.what}: {done.stderr}")
            self.expect_same(self.eye.see(self.home / "store"), seen, f"{self.what}: repaired")
        told(f"{cases} damages to catalog.db, {harmless} of them where nothing is kept; a repair mended the others")

    def test_redo_files(self):
        made = self.made_stores()["parquet"]
        self.put(made.tree)
        right, seen = self.answer(), self.eye.see(self.home / "store")
        cases = refused = 0
        for path in sorted(f"redo/{path.name}" for path in (self.home / "store" / "redo").iterdir()):
            for _ in self.damaged(made, path):
                cases += 1
                self.assertEqual(self.answer(), right, f"{self.what}: a reader who minds")
                (self.home / "store" / "catalog.db").unlink()
                done = self.run_program("store", "repair", "--store", "store")
                self.assertIn(done.returncode, (0, 5), f"{self.what}: {done.stderr}")
                if done.returncode == 0:
                    self.expect_same(self.eye.see(self.home / "store"), seen, f"{self.what}: repaired to another store")
                else:
                    refused += 1
                    self.assertIn("redo/", done.stderr, self.what)
                    self.assertFalse((self.home / "store" / "catalog.db").exists(), self.what)
        told(f"{cases} damages to redo files: {refused} refused, the others repaired to the same store")
        self.assertGreater(refused, 0)

    def test_the_lock(self):
        made = self.made_stores()["parquet"]
        for _ in self.damaged(made, "writer.lock"):
            self.good("store", "pin", "2", "--store", "store")
            self.assertTrue(self.is_well(), self.what)

    def test_a_journal(self):
        """A commit that was under way: as before it, or an error, whatever its journal has become."""
        if system_calls.unusable():
            self.skipTest(system_calls.unusable())
        made = self.made_stores()["parquet"]
        self.file_of_bars("few", 699, 705)
        self.put(made.tree)
        before, seen = self.answer(), self.eye.see(self.home / "store")
        write = self.arguments("import", "few")
        done, calls = system_calls.record(write, RUN, self.home, self.environment(), self.home / "store")
        self.assertEqual(done.returncode, 0, done.stderr)
        after = self.answer()
        self.assertNotEqual(before, after)
        pages = [call for call in calls if call.name == "pwrite64" and call.path.endswith("catalog.db")]
        cases, answers = 0, {"before": 0, "after": 0, "none": 0}
        for call in (pages[1], pages[len(pages) // 2], pages[-1]):
            self.put(made.tree)
            self.runs.killed_before(call, write, RUN)
            amid = Made(f"amid-{call.number}", self.there())
            for _ in self.damaged(amid, "catalog.db-journal", (*DAMAGES, lambda data, draw: b"")):
                cases += 1
                answer = self.answer()
                self.assertIn(answer, (None, before, after), f"{self.what}: another answer")
                answers["none" if answer is None else "before" if answer == before else "after"] += 1
                if self.is_well():
                    self.assertIsNotNone(answer, f"{self.what}: well, and not readable")
                    if answer == before:
                        self.expect_same(self.eye.see(self.home / "store"), seen, f"{self.what}: well, and another store")
                else:
                    self.good("store", "repair", "--store", "store")
                    self.assertIn(self.answer(), (before, after), f"{self.what}: repaired to another store")
        told(f"{cases} damages to the journal of a commit under way: {answers}")


if __name__ == "__main__":
    main()
