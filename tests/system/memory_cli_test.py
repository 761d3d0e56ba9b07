"""--memory-limit: the same answer in less memory, or exit 7."""

import re

from store_case import CODES, Case, main


class Memory(Case):
    def least(self, *arguments):
        """What the refusal of a limit that is far too small asks for."""
        line = self.bad(7, *arguments, "--memory-limit", "1K")
        self.assertIn("--memory-limit is 1 MiB", line)
        return int(re.search(r"allow (\d+)M$", line).group(1))

    def test_a_store(self):
        self.good("demo", "--store", "store", "--stocks", "200", "--years", "3")
        for command in (["scan", "--unranked"], ["show", "000001", "--scores"]):
            asked = [*command, "--store", "store", "--format", "json", "--quiet"]
            if command[0] == "show":
                asked[1] = self.good("scan", "--store", "store", "--format", "csv").stdout.splitlines()[1].split(",")[0]
            whole = self.good(*asked).stdout
            least = self.least(*asked)
            for limit in ("2G", f"{2 * least}M", f"{least}M"):
                self.assertEqual(self.good(*asked, "--memory-limit", limit).stdout, whole, limit)

    def test_files(self):
        self.market(count=150, codes=[f"{600000 + i}.SH" for i in range(80)])
        asked = ["scan", "--files", "bars", "--format", "json", "--unranked", "--quiet"]
        whole = self.good(*asked).stdout
        self.assertIn("--memory-limit, 1 MiB", self.bad(7, *asked, "--memory-limit", "256K"))
        refused = self.bad(7, *asked, "--memory-limit", "3M")
        least = int(re.search(r"allow (\d+)M$", refused).group(1))
        for limit in ("1G", f"{least}M"):
            self.assertEqual(self.good(*asked, "--memory-limit", limit).stdout, whole, limit)

    def test_import(self):
        self.market()
        self.assertIn("--memory-limit", self.bad(7, "import", "bars", "--store", "store", "--memory-limit", "1K"))
        self.assertFalse((self.folder / "store").exists())
        self.imported("bars", store="whole")
        self.good("import", "bars", "--store", "store", "--memory-limit", "100M")
        self.assertEqual(self.contents("store"), self.contents("whole"))
        refused = self.bad(7, "import", self.market("more", 70), "--store", "store", "--memory-limit", "1M")
        self.assertIn("writing to the store", refused)
        self.assertEqual(self.contents("store"), self.contents("whole"))

    def test_a_demo_market(self):
        self.least("demo", "--store", "small", "--stocks", str(len(CODES)))

    def test_what_is_no_size(self):
        for size in ("much", "-1", "0", "12Q"):
            self.assertIn("512M", self.bad(2, "scan", "--store", "store", "--memory-limit", size))


if __name__ == "__main__":
    main()
