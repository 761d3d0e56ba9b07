"""./dev: works in an empty environment, describes each of its words, and refuses others."""

import pathlib
import re
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
DEV = ROOT / "dev"


def dev(*words):
    with tempfile.TemporaryDirectory() as home:
        return subprocess.run(["bash", str(DEV), *words], env={"HOME": home, "PATH": "/usr/bin:/bin"}, cwd=home,
                              capture_output=True, text=True)


class Dev(unittest.TestCase):
    def test_help_names_every_word_once(self):
        words = re.findall(r"^do_(\w+)\(\)", DEV.read_text(), re.M)
        self.assertIn("test", words)
        help_text = dev("help")
        self.assertEqual(help_text.returncode, 0, help_text.stderr)
        listed = re.findall(r"^  (\w+)  +\S", help_text.stdout, re.M)
        self.assertEqual(sorted(listed), sorted(words))

    def test_no_word_is_help(self):
        self.assertEqual(dev().stdout, dev("--help").stdout)

    def test_an_unknown_word_is_refused(self):
        answer = dev("no-such-word")
        self.assertEqual(answer.returncode, 2)
        self.assertEqual(answer.stdout, "")
        self.assertIn("no such word: no-such-word", answer.stderr)

    def test_the_packages_named_are_pinned(self):
        for name in ("tools/requirements.txt", "bench/requirements.txt"):
            for line in (ROOT / name).read_text().splitlines():
                if line and not line.startswith("#"):
                    self.assertRegex(line, r"^[\w.-]+==\d[\w.]*$", name)


if __name__ == "__main__":
    unittest.main()
