"""check_paths on a small tree: what exists passes, what does not is reported with its line."""

import contextlib
import io
import pathlib
import sys
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_paths  # noqa: E402

TREE = {
    "dev": "#!/bin/bash\ndo_test() { :; }\ndo_build() { :; }\n",
    "README.md": "# One tree\n\nSee [the map](docs/map.md#where-it-is), `src/base/date.cc`, `momentum/base/date.h`, "
                 "`src/base/date.{cc,md}`, `tests/base/*.cc`, `layers.txt`, `./dev test`, `build/bin/momentum`,\n"
                 "`src/<layer>/x.h`, `a/b`, `close/ma5`, [web](https://example.org/x) and `momentum scan --files my.csv`.\n",
    "docs/map.md": "# Map\n\n## Where it is\n\n[up](../README.md#one-tree)\n\n```\nsrc/not/checked.cc\n./dev build\n```\n",
    "cmake/layers.txt": "",
    "src/base/date.cc": "",
    "src/base/date.md": "",
    "src/base/include/momentum/base/date.h": "",
    "src/base/README.md": "Begin with `date.cc` and `include/momentum/base/date.h`.\n",
    "tests/base/date_test.cc": "",
}


def check(files):
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, text in {**TREE, **files}.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = check_paths.main([str(root)])
        found = out.getvalue().splitlines()[:-1]
        assert (code == 1) == bool(found), out.getvalue()
        return found


class CheckPaths(unittest.TestCase):
    def test_what_exists_passes(self):
        self.assertEqual(check({}), [])

    def test_what_does_not_is_reported(self):
        for text in ("`src/base/gone.cc`", "`src/base/date.{cc,h}`", "`momentum/base/gone.h`", "`tests/base/*.py`", "`gone.cmake`",
                     "[x](gone.md)", "[x](map.md#nowhere)", "[x](../../outside.md)", "`./dev fuzz`", "`./gone.sh`",
                     "`src/base/gone.cc:12`", "`src/gone/`", "```\n./dev fuzz\n```"):
            with self.subTest(text):
                found = check({"docs/broken.md": f"# Broken\n\n{text}\n"})
                self.assertEqual(len(found), 1, found)
                self.assertRegex(found[0], r"^docs/broken\.md:[34]: ")

    def test_a_folder_readme_is_read_too(self):
        self.assertEqual(check({"src/base/README.md": "`gone_internal.h`\n"}),
                         ["src/base/README.md:1: 'gone_internal.h': no such file in the tree"])

    def test_nothing_to_check_is_no_success(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.redirect_stdout(io.StringIO()):
            self.assertEqual(check_paths.main([folder]), 1)


if __name__ == "__main__":
    unittest.main()
