"""The power goes at any moment of any command that changes a store: what it had said to be done stays, nothing is half there.

Every moment between two system calls, and at each what a disk may hold then (power_loss.py). MOMENTUM_CRASHES says how many
of these states (half of it), evenly, beside the ends of all commands; ./dev crash takes all.
"""

from crash_case import CrashCase, progress, spread, told
from power_loss import Disk, image
from store_case import main

SEEDS = 2  # of the ways to keep some of what was not synced


class Power(CrashCase):
    def states(self, command):
        """(moment, how, tree, finished) of all states that differ, before the first call and after each one."""
        self.put(command.made)
        disk, seen, finished = Disk(str(self.home / "store")), set(), False
        for moment, call in enumerate([None, *command.calls]):
            if call is not None:
                changed = disk.apply(call)
                finished |= call.fd == 1 or moment == len(command.calls)  # its answer, or its end with exit 0
                if not changed and not finished:
                    continue
            for how, tree in disk.after_a_cut(range(moment * SEEDS, moment * SEEDS + SEEDS)):
                key = image(tree), finished
                if key not in seen:
                    seen.add(key)
                    yield f"power lost {'before all' if call is None else f'after {call}'}, {how}", tree, finished
        self.model = disk.now()

    def test_the_model_ends_in_what_the_command_left(self):
        for command in self.all_commands():
            for _ in self.states(command):
                pass
            self.assertEqual(self.model.keys(), command.left.keys(), command.name)
            for path, content in command.left.items():
                self.assertTrue(self.model[path] == content, f"{command.name}: {path} is another in the model")

    def test_the_power_goes(self):
        counts, ends = {}, []
        for command in self.all_commands():
            finished = [finished for _, _, finished in self.states(command)]
            counts[command.name] = len(finished)
            ends.append((command.name, finished.index(True)))  # it has said that it is done, and only what was synced is there
        everywhere = [(name, number) for name, count in counts.items() for number in range(count)]
        chosen, afters = set(spread(everywhere, share=2) + ends), 0
        for command in self.all_commands():
            for number, (what, tree, finished) in enumerate(self.states(command)):
                if (command.name, number) in chosen:
                    progress(what, number, counts[command.name])
                    self.put(tree)
                    with self.point(what):
                        afters += self.expect_whole(command, f"{command.name}, {what}", finished) == command.after
        told(f"{len(chosen)} of {len(everywhere)} states after a power cut ("
             + ", ".join(f"{name} {count}" for name, count in counts.items()) + f"); {afters} as after the command")
        self.assertGreater(len(chosen), afters)


if __name__ == "__main__":
    main()
