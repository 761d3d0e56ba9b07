"""What the tests of commands that fill a store share: files made from a formula, and what a store says of itself."""

import datetime
import json

import program_case
from program_case import PROGRAM, ProgramCase, main  # noqa: F401: for those who import from here

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
    return program_case.write(path, lines, header)


class Case(ProgramCase):
    def market(self, folder="bars", count=60, skip=0, codes=CODES):
        for code in codes:
            write(self.folder / folder / f"{code}.csv", rows(code, count, skip))
        return folder

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
