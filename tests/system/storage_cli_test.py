"""The same market in stores of all forms of data files: the same answers, and damage that is named."""

import json
import unittest

from store_case import Case, main

FORMS = {"parquet": ".parquet", "hdf": ".h5", "csv": ".csv"}


class Forms(Case):
    def scan(self, store):
        return self.good("scan", "--store", store, "--format", "csv", "--unranked").stdout

    def test_a_demo_market_scans_the_same(self):
        scans = []
        for form, suffix in FORMS.items():
            self.good("demo", "--store", form, "--stocks", "40", "--years", "2", "--storage", form)
            names = {path.suffix for path in (self.folder / form / "data").iterdir()}
            self.assertEqual(names, {suffix})
            self.assertEqual(self.info(form)["storage"], form)
            scans.append(self.scan(form))
        self.assertGreater(len(scans[0].splitlines()), 30)
        self.assertEqual(scans[0], scans[1])
        self.assertEqual(scans[0], scans[2])

    def test_later_imports_keep_the_form(self):
        for form, suffix in FORMS.items():
            store = f"store-{form}"
            self.market("bars", 50)
            made = json.loads(self.good("import", "bars", "--store", store, "--storage", form, "--format", "json").stdout)
            self.assertEqual(made["stored"], 150)
            self.market("bars", 60)
            self.assertEqual(self.imported("bars", store=store)["stored"], 30)
            self.assertEqual(self.imported("bars", store=store)["already_there"], 180)
            names = {path.suffix for path in (self.folder / store / "data").iterdir()}
            self.assertEqual(names, {suffix})

    def test_levels_of_hdf(self):
        sizes = []
        for level in range(10):
            store = f"store{level}"
            self.good("demo", "--store", store, "--stocks", "20", "--years", "2", "--storage", "hdf", "--compression", level)
            sizes.append(self.info(store)["bytes"])
        self.assertLess(sizes[1], sizes[0])
        self.assertLess(sizes[2], sizes[1])
        self.assertEqual(sizes[9], min(sizes))
        for lower, higher in zip(sizes, sizes[1:]):
            self.assertLess(higher, lower * 1.001)  # Zstd's own levels do not always gain

    def test_a_flipped_byte_is_named(self):
        for form in ("hdf", "csv"):
            self.good("demo", "--store", form, "--stocks", "20", "--years", "2", "--storage", form)
            victim = max((self.folder / form / "data").iterdir(), key=lambda path: path.stat().st_size)
            whole = victim.read_bytes()
            victim.write_bytes(whole[:-50])
            self.assertIn(victim.name, self.bad(5, "scan", "--store", form))
            victim.write_bytes(whole)
            answer, found = self.scan(form), 0
            for k in range(1, 12):
                at = len(whole) * k // 12
                victim.write_bytes(whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1:])
                done = self.run_program("scan", "--store", form, "--format", "csv", "--unranked")
                if done.returncode == 0:  # in a column that a scan does not read
                    self.assertEqual(done.stdout, answer)
                else:
                    self.assertEqual(done.returncode, 5, done.stderr)
                    self.assertIn(victim.name, done.stderr)
                    found += 1
            self.assertGreater(found, 3)


if __name__ == "__main__":
    main()
