"""The configuration file: what it may say, and which of option, environment, file and default counts."""

import csv
import io
import json

from store_case import Case, main


class Config(Case):
    def configured(self, text, name=".config/momentum/config.toml"):
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def settings(self, *arguments, **variables):
        listed = json.loads(self.good("config", *arguments, "--format", "json", **variables).stdout)
        return {(one["command"], one["option"]): one for one in listed}

    def test_each_source_of_the_store(self):
        path = self.configured('store = "of_file"\n')
        store = (None, "store")
        named = self.settings("--store", "of_option", MOMENTUM_STORE="of_environment")[store]
        self.assertEqual((named["value"], named["source"], named["where"]), ("of_option", "option", "--store"))
        around = self.settings(MOMENTUM_STORE="of_environment")[store]
        self.assertEqual((around["value"], around["source"], around["where"]),
                         ("of_environment", "environment", "$MOMENTUM_STORE"))
        written = self.settings()[store]
        self.assertEqual((written["value"], written["source"], written["where"]), ("of_file", "file", f"{path}:1"))
        path.unlink()
        preset = self.settings(XDG_DATA_HOME="/data")[store]
        self.assertEqual((preset["value"], preset["source"]), ("/data/momentum/store", "default"))

    def test_the_commands_follow_it(self):
        self.market(count=130)
        self.configured('store = "market"\nquiet = true\n[scan]\ntop = 1\nformat = "json"\n[show]\nlast = 2\n')
        self.good("import", "bars")
        self.assertTrue((self.folder / "market" / "catalog.db").exists())
        self.assertEqual(json.loads(self.good("scan").stdout)["statistics"]["ranked"], 1)
        self.assertEqual(json.loads(self.good("scan", "--top", "2").stdout)["statistics"]["ranked"], 2)
        self.assertEqual(len(self.good("show", "600000").stdout.splitlines()), 3)
        self.bad(3, "scan", MOMENTUM_STORE="nowhere")

    def test_commands_of_store(self):
        path = self.configured('store = "market"\n[store-gc]\ngrace = "7d"\n')
        listed = self.settings()
        self.assertEqual([one for one in listed if one[0] and one[0].startswith("store-")],
                         [("store-pin", "note"), ("store-pin", "lock-wait"), ("store-unpin", "lock-wait"),
                          ("store-gc", "grace"), ("store-gc", "dry-run"), ("store-gc", "lock-wait"),
                          ("store-compact", "lock-wait"), ("store-verify", "deep"), ("store-repair", "lock-wait"),
                          ("store-convert", "to"), ("store-convert", "compression"), ("store-publish", "grace"),
                          ("store-export", "codes"), ("store-export", "start"), ("store-export", "end"),
                          ("store-export", "columns"), ("store-export", "adjust"), ("store-export", "freq")])
        grace = listed["store-gc", "grace"]
        self.assertEqual((grace["value"], grace["source"], grace["where"]), ("7d", "file", f"{path}:3"))
        self.assertEqual(listed["store-compact", "lock-wait"]["value"], "0")
        path.write_text('store = "market"\n', encoding="utf-8")
        self.assertEqual(self.settings()["store-gc", "grace"]["value"], "24h")
        self.good("import", self.market(count=5))
        path.write_text('store = "market"\n[store-gc]\ngrace = "0"\ndry-run = true\n', encoding="utf-8")
        self.assertEqual(json.loads(self.good("store", "gc", "--format", "json").stdout)["dropped"], [1])
        self.assertEqual(json.loads(self.good("store", "gc", "--format", "json", "--dry-run=false").stdout)["dropped"], [1])
        self.assertEqual(len(json.loads(self.good("store", "log", "--format", "json").stdout)["snapshots"]), 2)
        path.write_text('[store-gc]\ngrace = "soon"\n', encoding="utf-8")
        self.assertIn(f"{path}:2", self.bad(2, "store", "gc", "--store", "market"))

    def test_another_place(self):
        self.configured("threads = 3\n", "xdg/momentum/config.toml")
        other = self.configured("threads = 4\n", "other.toml")
        threads = (None, "threads")
        self.assertEqual(self.settings()[threads]["source"], "default")
        self.assertEqual(self.settings(XDG_CONFIG_HOME=str(self.folder / "xdg"))[threads]["value"], "3")
        self.assertEqual(self.settings("--config", other, XDG_CONFIG_HOME=str(self.folder / "xdg"))[threads]["value"], "4")
        self.assertIn("nowhere.toml", self.bad(3, "config", "--config", "nowhere.toml"))

    def test_mistakes_are_one_line_with_their_place(self):
        for text, place, words in (("\nthread = 3\n", 2, "did you mean threads?"), ("[scan]\ntop = true\n", 2, "a whole number"),
                                   ("[scan]\nadjust = 'qfq'\n", 2, "front, back, none"), ("a = \n", 1, "TOML")):
            path = self.configured(text)
            line = self.bad(2, "scan", "--files", "bars")
            self.assertIn(f"{path}:{place}", line)
            self.assertIn(words, line)

    def test_table_csv_and_json_say_the_same(self):
        self.configured('threads = 3\n[scan]\nindustry = ["银行", "证券"]\n')
        listed = self.settings()
        rows = list(csv.DictReader(io.StringIO(self.good("config", "--format", "csv").stdout)))
        self.assertEqual(len(rows), len(listed))
        for row in rows:
            one = listed[row["command"] or None, row["option"]]
            if row["option"] != "format":
                self.assertEqual([row[k] or None for k in ("value", "source", "where")],
                                 [one[k] for k in ("value", "source", "where")])
        self.assertEqual(listed["scan", "industry"]["value"], "银行,证券")
        table = self.good("config", "--format", "table", COLUMNS="200").stdout
        self.assertRegex(table, r"scan +industry +银行,证券 +file +\S*config\.toml:3")


if __name__ == "__main__":
    main()
