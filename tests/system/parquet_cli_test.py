"""Results as Parquet files, read by another reader: the same columns, rows and bits as CSV."""

import csv
import io
import json
import struct

import pyarrow as pa
import pyarrow.parquet as pq

from store_case import Case, main

PLACES = {"as_of", "first_bar", "date", "score_row"}
TEXTS = {"ts_code", "name", "industry", "board", "status", "reason", "flags"}


def bits(value):
    return struct.pack("<d", value)


class Parquet(Case):
    def setUp(self):
        super().setUp()
        self.good("demo", "--store", "store", "--stocks", "40", "--years", "2")

    def expected(self, name, text):
        """A CSV cell in the type of its column."""
        if name == "flags" or text and (name in TEXTS or name in PLACES):
            return text
        if text == "":
            return None
        return text == "true" if name == "synthetic" else float(text)

    def same(self, path, text):
        table, rows = pq.read_table(self.folder / path), list(csv.reader(io.StringIO(text)))
        self.assertEqual(table.column_names, rows[0])
        self.assertEqual(table.num_rows, len(rows) - 1)
        for i, name in enumerate(rows[0]):
            kind = (pa.string() if name in TEXTS else pa.date32() if name in PLACES else pa.bool_() if name == "synthetic"
                    else pa.int64() if name == "bars" else pa.float64())
            self.assertEqual(table.schema.field(name).type, kind, name)
            for row, value in zip(rows[1:], table.column(name).to_pylist(), strict=True):
                expected = self.expected(name, row[i])
                if isinstance(expected, float) and kind == pa.float64():
                    self.assertEqual(bits(value), bits(expected))
                else:
                    self.assertEqual(str(value) if kind == pa.date32() and value else value, expected, name)
        return {key.decode(): value.decode() for key, value in table.schema.metadata.items()}

    def test_a_scan(self):
        self.good("scan", "--store", "store", "--unranked", "-o", "scan.parquet")
        notes = self.same("scan.parquet", self.good("scan", "--store", "store", "--unranked", "--format", "csv").stdout)
        answer = json.loads(self.good("scan", "--store", "store", "--format", "json").stdout)
        for key in ("as_of", "requested_as_of", "profile", "adjust_applied", "history", "store_snapshot"):
            self.assertEqual(notes[key], answer[key])
        self.assertEqual(float(notes["coverage"]), answer["coverage"])
        self.assertEqual((notes["numerics"], notes["synthetic"]), (str(answer["numerics"]), "true"))

    def test_one_instrument(self):
        code = json.loads(self.good("scan", "--store", "store", "--format", "json").stdout)["results"][0]["ts_code"]
        show = ["show", code, "--store", "store", "--scores", "--history", "365d"]
        self.good(*show, "--format", "parquet", "-o", "rows")
        notes = self.same("rows", self.good(*show, "--format", "csv").stdout)
        self.assertEqual((notes["ts_code"], notes["history"], notes["synthetic"]), (code, "365d", "true"))
        self.assertEqual(notes["as_of"], str(pq.read_table(self.folder / "rows").column("date")[-1].as_py()))

    def test_explain(self):
        code = json.loads(self.good("scan", "--store", "store", "--format", "json").stdout)["results"][0]["ts_code"]
        self.good("scan", "--store", "store", "--explain", code, "-o", "one.parquet")
        self.assertEqual(pq.read_table(self.folder / "one.parquet").column("ts_code").to_pylist(), [code])

    def test_no_rows(self):
        self.good("scan", "--store", "store", "--min-score", "101", "-o", "none.parquet")
        self.assertEqual(pq.read_table(self.folder / "none.parquet").num_rows, 0)

    def test_it_wants_a_file(self):
        for more in ([], ["-o", "-"]):
            self.assertIn("-o FILE", self.bad(2, "scan", "--store", "store", "--format", "parquet", *more))
        self.assertIn("no parquet", self.bad(2, "doctor", "-o", "a.parquet"))
        self.assertFalse((self.folder / "a.parquet").exists())

    def test_an_old_file_stands_until_the_new_one_is_whole(self):
        (self.folder / "scan.parquet").write_bytes(b"old")
        self.bad(3, "scan", "--store", "store", "--codes", "999999", "-o", "scan.parquet")
        self.assertEqual((self.folder / "scan.parquet").read_bytes(), b"old")
        self.good("scan", "--store", "store", "-o", "scan.parquet")
        self.assertGreater(pq.read_table(self.folder / "scan.parquet").num_rows, 0)
        self.assertEqual(sorted(path.name for path in self.folder.iterdir()), ["scan.parquet", "store"])


if __name__ == "__main__":
    main()
