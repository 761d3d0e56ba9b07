"""What the tests of the program share: a folder of their own, and runs of the program in it.

MOMENTUM_BIN names the program.
"""

import os
import subprocess
import tempfile
import unittest
from pathlib import Path

PROGRAM = os.environ.get("MOMENTUM_BIN", "")
# What a person may have set and the program listens to.
HEARD = ("LC_", "LANG", "COLUMNS", "NO_COLOR", "MOMENTUM_STORE", "XDG_")


def write(path, lines, header):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join([header, *lines]) + "\n", encoding="utf-8")
    return path


class ProgramCase(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        holder = tempfile.TemporaryDirectory()
        self.addCleanup(holder.cleanup)
        self.folder = Path(holder.name)

    def environment(self, **more):
        kept = {k: v for k, v in os.environ.items() if not k.startswith(HEARD)}
        return kept | {"LANG": "C.UTF-8", "TERM": "xterm", "HOME": str(self.folder)} | more

    def run_program(self, *arguments, **variables):
        return subprocess.run([PROGRAM, *map(str, arguments)], cwd=self.folder, env=self.environment(**variables),
                              capture_output=True, encoding="utf-8", timeout=120)

    def good(self, *arguments, **variables):
        done = self.run_program(*arguments, **variables)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done

    def bad(self, status, *arguments, **variables):
        """One line of error after whatever was said of reading, nothing on standard output. Returns that line."""
        done = self.run_program(*arguments, **variables)
        self.assertEqual(done.returncode, status, done.stdout + done.stderr)
        self.assertEqual(done.stdout, "")
        errors = [line for line in done.stderr.splitlines() if line.startswith("momentum: error: ")]
        self.assertEqual(len(errors), 1, done.stderr)
        self.assertEqual(done.stderr.splitlines()[-1], errors[0])
        return errors[0]


def main():
    if not PROGRAM:
        raise SystemExit("MOMENTUM_BIN names no program")
    unittest.main()
