"""Writers that die at a system call, and system calls that fail, one after the other: nothing is ever lost or half there.

MOMENTUM_CRASHES says how many kills, spread evenly over all calls of all commands, and half as many failures. ./dev crash: all.
"""

import resource
import subprocess

import system_calls
from crash_case import RUN, CrashCase, progress, spread, told
from power_loss import Disk, image
from store_case import main
from system_calls import KILLED

# How a disk fails, by call: in that one, or in all of its name from there on.
BROKEN, FULL, NOTHING_WRITTEN = ("EIO", False), ("ENOSPC", True), (0, False)
FAILURES = {
    "write": (BROKEN, FULL, NOTHING_WRITTEN), "pwrite64": (BROKEN, FULL, NOTHING_WRITTEN),
    "openat": (("ENOSPC", False), ("EMFILE", False)), "mkdir": (("ENOSPC", False),),
    "fsync": (BROKEN, FULL), "fdatasync": (BROKEN, FULL), "ftruncate": (BROKEN,), "rename": (BROKEN, FULL),
    "unlink": (BROKEN,), "close": (BROKEN,), "flock": (("ENOLCK", False),), "fcntl": (("ENOLCK", False),),
}


class Crash(CrashCase):
    def points(self):
        return [(command, call) for command in self.all_commands() for call in system_calls.changes(command.calls)]

    def moments(self):
        """(command, call, image) of all points: what the disk holds before that call, if it holds what the calls before say."""
        for command in self.all_commands():
            self.put(command.made)
            disk, after = Disk(str(self.home / "store")), set(map(id, system_calls.changes(command.calls)))
            for call in command.calls:
                if id(call) in after:
                    yield command, call, image(disk.now())
                disk.apply(call)

    def test_a_writer_killed_before_any_of_its_calls(self):
        kills, befores, points = {}, 0, list(self.moments())
        for number, (command, call, held) in enumerate(spread(points)):
            what = f"{command.name} killed before {call}"
            with self.point(what):
                self.put(command.made)
                done = self.runs.killed_before(call, command.arguments, RUN)
                self.assertEqual(done.returncode, KILLED, f"{what}: {done.stderr}")
                self.assertEqual(image(self.there()), held, f"{what}: the disk holds not what it wrote")
                kills[command.name] = kills.get(command.name, 0) + 1
                befores += self.expect_whole(command, what) == command.before
            progress(what, number, len(points))
        told(f"{sum(kills.values())} kills at {len(points)} calls: "
             + ", ".join(f"{name} {count}" for name, count in kills.items())
             + f"; {befores} left the store as before; {self.looks()}")
        self.assertGreater(min(kills.values()), 0)
        self.assertGreater(befores, 0)

    def looks(self):
        return (f"{len(self.checked)} different disks so far, of which it took at most {self.slowest * 1000:.0f} ms "
                "to open and verify a store")

    def test_files_that_may_not_grow(self):
        """Writes that are cut short for true: up to a limit on the size of files, and an error from there on."""
        sizes = (1, 38, 100, 511, 2000, 3500, 4096, 5000, 20000, 50000, 80000, 100000)
        points = [(command, size) for command in self.all_commands() for size in sizes]
        failures = 0
        for command, size in spread(points, share=4):
            what = f"{command.name} with files of {size} bytes at most"
            self.put(command.made)
            done = subprocess.run(system_calls.alone(command.arguments, RUN), cwd=self.home, env=self.environment(),
                                  capture_output=True, text=True, timeout=120, check=False,
                                  preexec_fn=lambda most=size: resource.setrlimit(resource.RLIMIT_FSIZE, (most, most)))
            with self.point(what):
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
            with self.point(what):
                self.put(command.made)
                done = self.runs.failing(call, how, command.arguments, RUN, lasting)
                self.assertIn(done.returncode, (0, 5), f"{what}: {done.stderr}")
                failures += done.returncode != 0
                if done.returncode != 0 and lasting and call.name == "write":
                    self.assertEqual(done.stdout, "", what)  # nor can the line be written
                elif done.returncode != 0:
                    self.expect_one_line(done, what)
                else:
                    unmoved[call.name] = unmoved.get(call.name, 0) + 1
                seen = self.expect_whole(command, what, finished=done.returncode == 0)
                if seen == command.after and done.returncode != 0:
                    stand.append(what)
            progress(what, number, len(points))
        told(f"{failures} failures in {len(points)} ways; {sum(unmoved.values())} did no harm ({unmoved}); "
             f"{self.looks()}; "
             f"the change stands in spite of an error in {len(stand)}:" + "".join(f"\n  {what}" for what in stand))
        self.assertGreater(failures, 0)


if __name__ == "__main__":
    main()
