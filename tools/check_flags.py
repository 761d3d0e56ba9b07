#!/usr/bin/env python3
"""The flags the compiler was really given, from wherever (CXXFLAGS too): equal bits on every machine need them.

    python3 tools/check_flags.py BUILD_FOLDER

Reads compile_commands.json: no file may have an instruction-set or fast-math flag, and every file of src/ has
-ffp-contract=off as its last word on contraction.
"""

import argparse
import json
import pathlib
import shlex
import sys

import check_layers


def check(commands, root):
    """(number of files of src/ seen in each layer of the compute plane, messages)"""
    seen, found = dict.fromkeys(check_layers.COMPUTE_PLANE, 0), []
    for entry in commands:
        path = pathlib.Path(entry["directory"], entry["file"]).resolve()
        name = path.relative_to(root) if path.is_relative_to(root) else path
        flags = entry["arguments"] if "arguments" in entry else shlex.split(entry["command"])
        for flag in flags:
            if check_layers.ISA_FLAG.match(flag):
                found.append(f"{name}: {flag}")
        if not name.parts[:1] == ("src",):
            continue
        contraction = [flag for flag in flags if flag.startswith("-ffp-contract")]
        if contraction[-1:] != ["-ffp-contract=off"]:
            found.append(f"{name}: no -ffp-contract=off")
        if name.parts[1] in seen:
            seen[name.parts[1]] += 1
    found += [f"src/{layer}: no file of it is compiled" for layer, files in seen.items() if files == 0]
    return seen, found


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("build", type=pathlib.Path)
    parser.add_argument("--root", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[1])
    options = parser.parse_args(arguments)
    commands = json.loads((options.build / "compile_commands.json").read_text())
    seen, found = check(commands, options.root.resolve())
    for message in found:
        print(message)
    print(f"check_flags: {len(commands)} commands, {sum(seen.values())} in the compute plane, {len(found)} wrong")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
