"""The synthetic market: the same bytes everywhere, labelled, plausible, and with the cases it promises."""

import hashlib
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import make_synthetic  # noqa: E402


def market(seed):
    with tempfile.TemporaryDirectory() as folder:
        make_synthetic.write_market(pathlib.Path(folder), seed)
        return {p.name: p.read_bytes() for p in sorted(pathlib.Path(folder).iterdir())}


class MakeSynthetic(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.files = market(1)
        cls.days = [d.isoformat() for d in make_synthetic.sessions()]

    def rows(self, special):
        number = next(n for n, s in make_synthetic.SPECIAL.items() if s == special)
        exchange, base, _ = make_synthetic.BOARDS[number % len(make_synthetic.BOARDS)]
        lines = self.files[f"{exchange.lower()}{base + number:06d}.csv"].decode().splitlines()
        names = lines[1].split(",")
        return [dict(zip(names, line.split(","))) for line in lines[2:]]

    def test_bytes_depend_on_the_seed_only(self):
        digest = hashlib.sha256(b"".join(n.encode() + b for n, b in self.files.items())).hexdigest()
        self.assertEqual(digest, "d1cbd51118295c718495b8de0be0921b2a79a588fe29cc8a23958b69d057154d")
        self.assertNotEqual(self.files, market(2))

    def test_every_file_says_what_it_is(self):
        self.assertEqual(len(self.files), make_synthetic.STOCKS)
        for name, data in self.files.items():
            first, header, *rows = data.decode().splitlines()
            self.assertTrue(first.startswith("# SYNTHETIC 合成数据"), name)
            self.assertEqual(header, make_synthetic.HEADER)
            for row in rows:
                self.assertTrue(row.split(",")[9].startswith("演示"), row)

    def test_bars_are_possible(self):
        for name, data in self.files.items():
            previous = ""
            for line in data.decode().splitlines()[2:]:
                _, date, *prices, volume, _, _, _, _, status = line.split(",")
                self.assertGreater(date, previous, name)
                previous = date
                if status == "suspended" or "" in prices:
                    continue
                open_, high, low, close = (float(p) for p in prices)
                self.assertTrue(0 < low <= min(open_, close) <= max(open_, close) <= high, line)
                self.assertGreater(int(volume), 0, line)

    def test_suspended_and_stopped(self):
        rows = self.rows("suspended")
        self.assertEqual([r["status"] for r in rows[-6:]], ["trading"] + ["suspended"] * 5)
        self.assertEqual(rows[-1]["date"], self.days[-1])
        self.assertEqual(self.rows("stopped")[-1]["date"], self.days[-31])

    def test_missing_young_flat_gap(self):
        self.assertEqual([r["close"] == "" for r in self.rows("no_last_close")[-4:]], [False, True, True, True])
        self.assertEqual(len(self.rows("young")), 80)
        self.assertEqual(len({r["close"] for r in self.rows("flat")}), 1)
        self.assertEqual(len(self.rows("gap")), len(self.days) - 15)

    def ex_dates(self, special):
        rows = self.rows(special)
        return [(b["date"], float(b["preclose"]) / float(a["close"])) for a, b in zip(rows, rows[1:])
                if b["preclose"] != a["close"]]

    def test_ex_dates(self):
        cash = self.ex_dates("ex_cash")
        self.assertEqual([d for d, _ in cash], [self.days[130], self.days[380]])
        for _, ratio in cash:
            self.assertAlmostEqual(ratio, 0.97, delta=0.01)
        bonus = self.ex_dates("ex_bonus")
        self.assertEqual([d for d, _ in bonus], [self.days[200]])
        self.assertAlmostEqual(bonus[0][1], 2 / 3, delta=0.002)
        self.assertEqual(self.ex_dates("gap"), [])


if __name__ == "__main__":
    unittest.main()
