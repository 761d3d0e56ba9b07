"""check_flags on made-up compile commands."""

import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_flags  # noqa: E402

TREE = pathlib.Path("/tree")
LAYERS = ("kernels", "panel", "expr", "score")


def command(file, flags="-O2 -ffp-contract=off"):
    return {"directory": "/tree/build", "file": f"/tree/{file}", "command": f"g++ {flags} -c /tree/{file}"}


CLEAN = [command(f"src/{layer}/x.cc") for layer in LAYERS] + [command("tests/x_test.cc", "-O2")]


class CheckFlags(unittest.TestCase):
    def found(self, *more):
        return check_flags.check(CLEAN + list(more), TREE)[1]

    def test_clean(self):
        self.assertEqual(check_flags.check(CLEAN, TREE), (dict.fromkeys(LAYERS, 1), []))

    def test_forbidden_flags_in_any_file(self):
        for flag in ("-march=native", "-mavx2", "-mfma", "-ffast-math", "-Ofast", "-ffp-contract=fast"):
            with self.subTest(flag):
                self.assertEqual(self.found(command("tests/y_test.cc", "-O2 " + flag)), [f"tests/y_test.cc: {flag}"])

    def test_contraction_must_be_off_and_stay_off(self):
        self.assertEqual(self.found(command("src/base/y.cc", "-O2")), ["src/base/y.cc: no -ffp-contract=off"])
        later = self.found(command("src/score/y.cc", "-ffp-contract=off -ffp-contract=on"))
        self.assertIn("src/score/y.cc: no -ffp-contract=off", later)

    def test_arguments_as_a_list(self):
        entry = {"directory": "/tree/build", "file": "../src/base/y.cc", "arguments": ["g++", "-mavx"]}
        self.assertEqual(self.found(entry), ["src/base/y.cc: -mavx", "src/base/y.cc: no -ffp-contract=off"])

    def test_a_layer_that_is_not_compiled_proves_nothing(self):
        self.assertEqual(check_flags.check(CLEAN[1:], TREE)[1], ["src/kernels: no file of it is compiled"])


if __name__ == "__main__":
    unittest.main()
