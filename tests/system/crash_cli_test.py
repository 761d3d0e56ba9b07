"""Writers that die at a system call, and system calls that fail, one after the other: nothing is ever lost or half there.

MOMENTUM_CRASHES says how many kills, spread evenly over all calls of all commands, and half as many failures. ./dev crash: all.
"""

import resource
import subprocess

import system_calls
from crash_case import CrashCase, progress, spread, told
from store_case import main

KILLED = 128 + 9
# How a disk fails, by call: in that one, or in all of its name from there on.
BROKEN, FULL, NOTHING_WRITTEN = ("error=EIO", False), ("error=ENOSPC", True), ("retval=0", False)
FAILURES = {
    "write": (BROKEN, FULL, NOTHING_WRITTEN), "pwrite64": (BROKEN, FULL, NOTHING_WRITTEN),
    "openat": (("error=ENOSPC", False), ("error=EMFILE", False)), "mkdir": (("error=ENOSPC", False),),
    "fsync": (BROKEN, FULL), "fdatasync": (BROKEN, FULL), "ftruncate": (BROKEN,), "rename": (BROKEN, FULL),
    "unlink": (BROKEN,), "close": (BROKEN,), "flock": (("error=ENOLCK", False),), "fcntl": (("error=ENOLCK", False),),
}


class Crash(CrashCase):
    def points(self):
        return [(command, call) for command in self.all_commands() for call in system_calls.changes(command.calls)]

    def test_a_writer_killed_before_any_of_its_calls(self):
        kills, befores, points = {}, 0, self.points()
        for number, (command, call) in enumerate(spread(points)):
            what = f"{command.name} killed before {call}"
            self.place(command.made)
            done = system_calls.killed_before(call, self.command(*command.arguments), self.home, self.environment())
            self.assertIn(done.returncode, (0, KILLED), f"{what}: {done.stderr}")
            kills[command.name] = kills.get(command.name, 0) + (done.returncode != 0)
            seen = self.expect_whole(command, what, finished=done.returncode == 0)
            befores += seen == command.before
            progress(what, number, len(points))
        told(f"{sum(kills.values())} kills at {len(points)} calls: "
             + ", ".join(f"{name} {count}" for name, count in kills.items())
             + f"; {befores} left the store as before; to open the store and verify it took at most {self.slowest * 1000:.0f} ms")
        self.assertGreater(min(kills.values()), 0)
        self.assertGreater(befores, 0)

    def test_files_that_may_not_grow(self):
        """Writes that are cut short for true: up to a limit on the size of files, and an error from there on."""
        sizes = (1, 38, 100, 511, 2000, 3500, 4096, 5000, 20000, 50000, 80000, 100000)
        points = [(command, size) for command in self.all_commands() for size in sizes]
        failures = 0
        for command, size in spread(points, share=4):
            what = f"{command.name} with files of {size} bytes at most"
            self.place(command.made)
            done = subprocess.run(self.command(*command.arguments), cwd=self.home, env=self.environment(),
                                  capture_output=True, text=True, timeout=120, check=False,
                                  preexec_fn=lambda most=size: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
            self.assertIn(done.returncode, (0, 5), f"{what}: {done.stderr}")
            failures += done.returncode != 0
            if done.returncode != 0:
                self.expect_one_line(done, what)
            self.expect_whole(command, what, finished=done.returncode == 0)
        told(f"{failures} of {len(spread(points, share=4))} runs with limited files failed")
        self.assertGreater(failures, 0)

    def expect_one_line(self, done, what):
        self.assertEqual(done.stdout, "", what)
        errors = [line for line in done.stderr.splitlines() if line.startswith("momentum: error: ")]
        self.assertEqual(len(errors), 1, f"{what}: {done.stderr}")
        self.assertEqual(done.stderr.splitlines()[-1], errors[0], what)

    def test_a_call_that_fails(self):
        """Exit 5 and one line, or the work done all the same; never half of it."""
        points = [(command, call, how) for command, call in self.points() if call.fd != 2 for how in FAILURES[call.name]]
        failures, stand, unmoved = 0, [], {}
        for number, (command, call, (how, lasting)) in enumerate(spread(points, share=2)):
            what = f"{command.name} with {how} {'from' if lasting else 'at'} {call}"
            self.place(command.made)
            done = system_calls.failing(call, how, self.command(*command.arguments), self.home, self.environment(), lasting)
            self.assertIn(done.returncode, (0, 5), f"{what}: {done.stderr}")
            failures += done.returncode != 0
            if done.returncode != 0 and lasting and call.name == "write":
                self.assertEqual(done.stdout, "", what)  # nor can the line be written
            elif done.returncode != 0:
                self.expect_one_line(done, what)
            else:
                unmoved[call.name] = unmoved.get(call.name, 0) + 1
            if self.expect_whole(command, what, finished=done.returncode == 0) == command.after and done.returncode != 0:
                stand.append(what)
            progress(what, number, len(points))
        told(f"{failures} failures in {len(points)} ways; {sum(unmoved.values())} did no harm ({unmoved}); "
             f"the change stands in spite of an error in {len(stand)}:" + "".join(f"\n  {what}" for what in stand))
        self.assertGreater(failures, 0)


if __name__ == "__main__":
    main()
