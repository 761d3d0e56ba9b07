"""What the tests of commands that fill a store share: files made from a formula, and runs of the program.

MOMENTUM_BIN names the program.
"""

import datetime
import json
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ.get("MOMENTUM_BIN", "")
HEADER = "code,date,open,high,low,close,volume,preclose,name"
CODES = ("600000.SH", "600001.SH", "000001.SZ")


def days(count, year=2024):
    """`count` days of 2024 on, no weekends."""
    day, out = datetime.date(year, 1, 2), []
    while len(out) < count:
        if day.weekday() < 5:
            out.append(day)
        day += datetime.timedelta(days=1)
    return out


def rows(code, count=60, skip=0):
    """Bars in cents; the last `count` - `skip` of them. Ex-date on the 30th: preclose is not the close before."""
    out, seed, price = [], sum(map(ord, code)), 1000
    for i, day in enumerate(days(count)):
        preclose = price if i != 30 else price - 50
        open_ = preclose
        seed = (seed * 1103515245 + 12345) % 2**31
        price = preclose + seed // 65536 % 41 - 19
        high, low = max(open_, price) + 3, min(open_, price) - 4
        cells = [f"{p / 100:.2f}" for p in (open_, high, low, price)]
        out.append(",".join([code, str(day), *cells, str(100000 + seed // 65536 % 50000), f"{preclose / 100:.2f}",
                             "旧名" if i < 10 else "新名"]))
    return out[skip:]


def write(path, lines, header=HEADER):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


class Case(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def market(self, folder="bars", count=60, skip=0, codes=CODES):
        for code in codes:
            write(self.folder / folder / f"{code}.csv", rows(code, count, skip))
        return folder

    def environment(self, **more):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("LC_", "LANG", "MOMENTUM_STORE", "XDG_"))}
        return kept | {"LANG": "C.UTF-8", "HOME": str(self.folder)} | more

    def run_program(self, *arguments, **variables):
        return subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.folder, env=self.environment(**variables),
                              capture_output=True, encoding="utf-8", timeout=120)

    def good(self, *arguments, **variables):
        done = self.run_program(*arguments, **variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def bad(self, status, *arguments, **variables):
        """One line of error, nothing on standard output. Returns that line."""
        done = self.run_program(*arguments, **variables)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertEqual(done.stdout, "")
        errors = [line for line in done.stderr.splitlines() if line.startswith("momentum: error: ")]
        self.assertEqual(len(errors), 1, done.stderr)
        self.assertEqual(done.stderr.splitlines()[-1], errors[0])
        return errors[0]

    def imported(self, *paths, store="store", **variables):
        answer = json.loads(self.good("import", *paths, "--store", store, "--format", "json", **variables).stdout)
        self.assertEqual(answer["rows_in"], sum(answer[part] for part in (
            "stored", "already_there", "conflicting", "corrected", "suspension_records", "repeated", "quarantined")))
        self.assertEqual(answer["quarantined"], sum(answer["quarantined_by_reason"].values()))
        return answer

    def info(self, store="store"):
        return json.loads(self.good("store", "info", "--store", store, "--format", "json").stdout)

    def contents(self, store="store"):
        """What a store says of its data, without what differs between two stores of the same data."""
        info = self.info(store)
        for key in ("store", "uuid", "created", "snapshot", "tool_version"):
            del info[key]
        return info


def main():
    if not PROGRAM:
        raise SystemExit("MOMENTUM_BIN names no program")
    unittest.main()
