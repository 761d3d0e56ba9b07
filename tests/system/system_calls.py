"""The system calls of one run of the program, as strace sees them, and runs in which one of them kills or fails.

The runs are those of steady_program.cc, so that what one run does every other one does too. Only calls that concern one folder
count, and what the program says on standard output and standard error: every call by which a file, a name or a lock of that
folder comes, changes or goes. strace stands between the program and the kernel, so SQLite's calls and ours are seen alike, and
no part of the program knows of it.
"""

import errno
import os
import re
import shutil
import subprocess
from dataclasses import dataclass

STEADY_PROGRAM = os.environ.get("STEADY_PROGRAM", "")  # the program of steady_program.cc
BEGINS = "close(-4711)"  # what it says there
KILLED = 128 + 9
# Nothing here writes with these; who begins to must teach the model of a disk what they do.
UNKNOWN = {"creat", "writev", "pwritev", "pwritev2", "sync_file_range", "syncfs", "sync", "renameat2", "link", "linkat",
           "symlink", "symlinkat", "truncate", "fallocate", "dup", "dup2", "dup3", "sendfile", "copy_file_range", "splice"}
# What changes a file or a name, makes a change last, or takes and gives up a lock.
CHANGING = sorted(UNKNOWN | {"openat", "open", "write", "pwrite64", "fsync", "fdatasync", "rename", "renameat", "unlink",
                             "unlinkat", "ftruncate", "mkdir", "mkdirat", "rmdir", "flock", "fcntl", "close", "mmap"})
LINE = re.compile(r"^\d+ +(\w+)\((.*)\) += (-?\d+|0x[0-9a-f]+)(?:<[^>]*>)?(?: .*)?$", re.S)
PART = re.compile(r'"(?P<text>(?:\\x[0-9a-f]{2})*)"(?P<cut>\.\.\.)?|(?P<fd>AT_FDCWD|-?\d+)<(?P<path>(?:\\x[0-9a-f]{2})*)>'
                  r"(?:\(deleted\))?|(?P<word>[^,]+)")


class StraceFailed(Exception):
    """What strace printed is not what is understood here: a fault of this file, not of the program."""


@dataclass
class Call:
    name: str
    number: int  # the how manyth call of this name since main() began, from 1
    path: str = ""  # absolute; of what it was called with
    fd: int = -1
    to: str = ""  # of a rename
    data: bytes = b""
    offset: int = -1
    flags: str = ""
    result: int = 0

    def __str__(self):
        to = f" -> {os.path.basename(self.to)}" if self.to else ""
        return f"{self.name} {self.number} {os.path.basename(self.path)}{to}"


def unusable():
    """Why no program can be traced here; empty: one can."""
    if shutil.which("strace") is None:
        return "no strace on this machine"
    if not STEADY_PROGRAM:
        return "STEADY_PROGRAM names no program"
    done = subprocess.run(["strace", "-f", "-qq", "-o", "/dev/null", "true"], capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 else f"strace may not trace here ({done.stderr.strip()})"


def _bytes(text):
    return bytes.fromhex(text.replace("\\x", ""))


def _parts(text):
    """The arguments of a call: bytes of strings, (number, path) of descriptors, words."""
    out, at = [], 0
    while at < len(text):
        if text[at] in ", ":
            at += 1
            continue
        found = PART.match(text, at)
        if not found or found["cut"]:
            raise StraceFailed(text[:200])
        at = found.end()
        if found["text"] is not None:
            out.append(_bytes(found["text"]))
        elif found["fd"] is not None:
            out.append((-100 if found["fd"] == "AT_FDCWD" else int(found["fd"]), os.fsdecode(_bytes(found["path"]))))
        else:
            out.append(found["word"].strip())
    return out


class _Reader:
    """strace's lines to calls."""

    def __init__(self, folder, cwd):
        self.folder, self.cwd, self.counts = str(folder), str(cwd), {}

    def inside(self, path):
        """The folder above belongs to it, as one must sync that to keep the folder's own name."""
        return path in (self.folder, os.path.dirname(self.folder)) or path.startswith(self.folder + "/")

    def absolute(self, *parts):
        return os.path.normpath(os.path.join(self.cwd, *(os.fsdecode(p) if isinstance(p, bytes) else p for p in parts)))

    def call(self, line):
        """The call on this line, if it concerns the folder or is one to the outside."""
        if "<unfinished ...>" in line or " resumed>" in line or line.rstrip().endswith("= ?"):
            raise StraceFailed("calls of two threads at once: " + line[:200])
        found = LINE.match(line)
        if not found:
            return None  # an exit or a signal
        if BEGINS in line:
            self.counts = {}
            return None
        name, result = found[1], int(found[3], 0)
        number = self.counts[name] = self.counts.get(name, 0) + 1
        # Only what may be about the folder is worth reading to its end.
        text = found[2]
        if name == "mmap" and "<" not in text:
            return None
        call = self.read(Call(name, number, result=result), _parts(text))
        if call and name in UNKNOWN:
            raise StraceFailed(f"{name} is new here: teach power_loss.py what it does to a disk")
        if call and name == "mmap" and "MAP_SHARED" in text and "PROT_WRITE" in text:
            raise StraceFailed("a file that is written through memory: its writes cannot be seen")
        return call

    def read(self, call, parts):
        name = call.name
        if name in ("write", "pwrite64", "fsync", "fdatasync", "ftruncate", "flock", "fcntl", "close", "mmap"):
            call.fd, call.path = next((part for part in parts if isinstance(part, tuple)), (-1, ""))
            if name in ("write", "pwrite64"):
                call.data = parts[1]
            if name == "pwrite64":
                call.offset = int(parts[3])
            if name == "ftruncate":
                call.offset = int(parts[1])
            if name == "fcntl":
                call.flags = parts[1]
                if "F_DUPFD" in call.flags and self.inside(call.path):
                    raise StraceFailed("a descriptor that is doubled")
            said = name == "write" and call.fd in (1, 2)
            return call if said or self.inside(call.path) else None
        if name in ("openat", "open"):
            call.path = self.absolute(*(parts[0][1:] if name == "openat" else ()), parts[name == "openat"])
            call.flags = parts[1 + (name == "openat")]
        elif name in ("rename", "renameat"):
            at = name == "renameat"
            call.path = self.absolute(*((parts[0][1], parts[1]) if at else (parts[0],)))
            call.to = self.absolute(*((parts[2][1], parts[3]) if at else (parts[1],)))
            return call if self.inside(call.path) or self.inside(call.to) else None
        elif name in ("unlink", "mkdir", "rmdir"):
            call.path = self.absolute(parts[0])
        elif name in ("unlinkat", "mkdirat"):
            call.path = self.absolute(parts[0][1], parts[1])
        else:
            paths = [part[1] if isinstance(part, tuple) else self.absolute(part) for part in parts if not isinstance(part, str)]
            call.path = next((path for path in paths if self.inside(path)), "")
        return call if self.inside(call.path) else None


def alone(arguments, seed):
    """The command of one run in a process of its own."""
    return [STEADY_PROGRAM, "alone", str(seed), *arguments]


def record(arguments, seed, cwd, env, folder):
    """The finished run and its calls that concern `folder`, in order. The command must do its work on one thread."""
    trace = os.path.join(cwd, "strace.txt")
    done = subprocess.run(["strace", "-f", "--seccomp-bpf", "-qq", "-e", "signal=none", "-y", "-xx", "-s", "100000000", "-o", trace,
                           "-e", "trace=" + ",".join(CHANGING), *alone(arguments, seed)], cwd=cwd, env=env,
                          capture_output=True, text=True, timeout=120, check=False)
    reader = _Reader(os.path.realpath(folder), os.path.realpath(cwd))
    with open(trace, encoding="ascii") as lines:
        calls = [reader.call(line) for line in lines]
    os.remove(trace)
    return done, [call for call in calls if call is not None]


def changes(calls):
    """Those before which a kill or in place of which a failure may matter: not the reading ones."""
    for call in calls:
        reading = call.name in ("openat", "open") and "O_CREAT" not in call.flags
        if not reading and call.name != "mmap" and not (call.name == "fcntl" and "F_SETLK" not in call.flags):
            yield call


class Runs:
    """Runs of the program, one after the other, in `cwd`. Each is told a seed: of one seed all runs draw the same numbers."""

    def __init__(self, cwd, env):
        self.out, self.err = (os.path.join(cwd, name) for name in ("stdout.txt", "stderr.txt"))
        # All names of all libraries are looked up now, not once in each run.
        self.server = subprocess.Popen([STEADY_PROGRAM, "serve"], cwd=cwd, env=env | {"LD_BIND_NOW": "1"}, text=True, bufsize=1,
                                       stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def close(self):
        self.server.stdin.close()
        self.server.wait(120)
        self.server.stdout.close()

    def _ask(self, arguments, seed, *stop):
        self.server.stdin.write("\t".join(map(str, (seed, *stop, self.out, self.err, *arguments))) + "\n")
        answer = self.server.stdout.readline()
        if not answer:
            raise ChildProcessError("steady_program is gone")
        with open(self.out, encoding="utf-8") as out, open(self.err, encoding="utf-8") as err:
            return subprocess.CompletedProcess(arguments, int(answer), out.read(), err.read())

    def run(self, arguments, seed):
        return self._ask(arguments, seed, "", 0, 0, 0)

    def killed_before(self, call, arguments, seed):
        """Runs until just before that call is done: exit KILLED. Or to its end, where another run's calls are not these."""
        return self._ask(arguments, seed, call.name, call.number, 0, "kill")

    def failing(self, call, result, arguments, seed, lasting=False):
        """With that call not done: `result` is the name of an error, or a number. `lasting`: all of its name from there on."""
        value = -getattr(errno, result) if isinstance(result, str) else result
        return self._ask(arguments, seed, call.name, call.number, int(lasting), value)
