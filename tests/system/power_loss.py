"""What a disk may hold after a power cut in the middle of a run: a model of a file system that promises POSIX and no more.

* What was written to a file lasts when the file has been synced; its name lasts when its folder has been. Neither syncs the
  other, and a rename, a removal or a new folder is a change of names.
* What has not been synced may have come to the disk or not, each write and each change of names by itself and in any order; a
  write may be torn between sectors. Changes of one name, and of one file, happen in their order.

A real file system keeps more (ext4 orders names, and one sync takes others with it); that is the run without the cut.
"""

import hashlib
import os
import random
from dataclasses import dataclass, field

SECTOR = 512


@dataclass(eq=False)
class File:
    synced: bytes = b""
    pending: list = field(default_factory=list)  # (offset, bytes), or (size, None): cut to it

    def content(self, kept):
        if not kept:
            return self.synced
        out = bytearray(self.synced)
        for offset, data in kept:
            if data is None:
                del out[offset:]
                out.extend(bytes(offset - len(out)))
            else:
                out.extend(bytes(max(0, offset + len(data) - len(out))))
                out[offset:offset + len(data)] = data
        return bytes(out)


FOLDER = File()


def image(tree):
    """A number for what a disk holds: equal for equal trees only."""
    out = hashlib.sha256()
    for path, content in sorted(tree.items()):
        out.update(f"{path} {'' if content is None else len(content)}\n".encode())
        out.update(b"" if content is None else _digest(content))
    return out.digest()


_digests = {}  # of files; most are in many trees


def _digest(content):
    if content not in _digests:
        if len(_digests) > 2000:
            _digests.clear()
        _digests[content] = hashlib.sha256(content).digest()
    return _digests[content]


def on_disk(folder):
    """path -> bytes, or None: a folder. Of `folder` and all that is in it; empty where it is not there."""
    out = {folder: None} if os.path.isdir(folder) else {}
    for at, folders, files in os.walk(folder):
        out |= {os.path.join(at, name): None for name in folders}
        for name in files:
            with open(os.path.join(at, name), "rb") as file:
                out[os.path.join(at, name)] = file.read()
    return out


@dataclass
class Renaming:
    """A change of names that comes to the disk as a whole: each name and what it stands for then; None: nothing."""
    folders: set
    names: list


class Disk:
    """Holds `folder` and what is in it, all of it synced. Paths are absolute."""

    def __init__(self, folder):
        self.root, self.pending, self.opened = folder, [], {}
        self.names = {path: FOLDER if content is None else File(content) for path, content in on_disk(folder).items()}
        self.synced = dict(self.names)

    def apply(self, call):
        """One call of system_calls. Whether it can have changed what a power cut leaves."""
        if call.result < 0:
            return False
        return getattr(self, call.name, lambda _: False)(call)

    def rename_to(self, folders, *names):
        for name, node in names:
            self.names[name] = node
            if node is None:
                del self.names[name]
        self.pending.append(Renaming({os.path.dirname(name) for name in folders}, list(names)))
        return True

    def openat(self, call):
        node, changed = self.names.get(call.path), False
        if node is None and "O_CREAT" in call.flags:
            node = File()
            changed = self.rename_to([call.path], (call.path, node))
        if node is not None and "O_TRUNC" in call.flags and node.content(node.pending):
            node.pending.append((0, None))
            changed = True
        self.opened[call.result] = [node, call.path, 0]
        return changed

    open = openat

    def close(self, call):
        self.opened.pop(call.fd, None)
        return False

    def write(self, call):
        if call.fd not in self.opened:
            return True  # the program says something
        node, _, at = self.opened[call.fd]
        node.pending.append((at, call.data[:call.result]))
        self.opened[call.fd][2] += call.result
        return True

    def pwrite64(self, call):
        self.opened[call.fd][0].pending.append((call.offset, call.data[:call.result]))
        return True

    def ftruncate(self, call):
        self.opened[call.fd][0].pending.append((call.offset, None))
        return True

    def fsync(self, call):
        node, path, _ = self.opened[call.fd]
        if node is not None and node is not FOLDER:
            node.synced, node.pending = node.content(node.pending), []
            return True
        kept = []
        for renaming in self.pending:
            if path in renaming.folders:
                self._place(self.synced, renaming)
            else:
                kept.append(renaming)
        self.pending = kept
        return True

    fdatasync = fsync

    def rename(self, call):
        return self.rename_to([call.path, call.to], (call.path, None), (call.to, self.names[call.path]))

    renameat = rename

    def unlink(self, call):
        return self.rename_to([call.path], (call.path, None))

    unlinkat = rmdir = unlink

    def mkdir(self, call):
        return self.rename_to([call.path], (call.path, FOLDER))

    mkdirat = mkdir

    @staticmethod
    def _place(names, renaming):
        for name, node in renaming.names:
            if node is None:
                names.pop(name, None)
            else:
                names[name] = node

    def tree(self, renamings, kept_of):
        """path -> bytes, or None: a folder. Without what no folder leads to."""
        names = dict(self.synced)
        for renaming in renamings:
            self._place(names, renaming)
        out = {}
        for name in sorted(names):
            folder = os.path.dirname(name)
            if name == self.root or (folder in out and out[folder] is None):
                node = names[name]
                out[name] = None if node is FOLDER else node.content(kept_of(node))
        return out

    def now(self):
        """What a program sees: the whole of it."""
        return self.tree(self.pending, lambda file: file.pending)

    def after_a_cut(self, seeds):
        """(how, tree) for the ways in which a cut at this moment is looked at."""
        yield "nothing that was not synced", self.tree([], lambda file: [])
        yield "all that was written", self.now()
        yield "all names, no content that was not synced", self.tree(self.pending, lambda file: [])
        yield "all content, no name that was not synced", self.tree([], lambda file: file.pending)
        for seed in seeds:
            draw = random.Random(seed)
            renamings = [renaming for renaming in self.pending if draw.random() < 0.5]
            files = {}

            def some(file):
                if id(file) not in files:
                    files[id(file)] = list(_some(file.pending, draw))
                return files[id(file)]
            yield f"some of it (seed {seed})", self.tree(renamings, some)


def _some(writes, draw):
    for offset, data in writes:
        chance = draw.random()
        if chance < 0.4:
            yield offset, data
        elif chance < 0.6 and data is not None and len(data) > SECTOR:
            first = draw.randrange(0, len(data), SECTOR)
            last = draw.randrange(first, len(data), SECTOR) + SECTOR
            yield offset + first, data[first:last]
