#!/usr/bin/env python3
"""Every path that the documents name must exist: maps rot where nobody looks.

    python3 tools/check_paths.py [ROOT]

Read are README*.md, THIRD_PARTY.md, docs/**/*.md and the README.md of every folder below src, tests, bench and tools.
Checked are
* links: [text](path) and their #heading, except those to the web;
* `code` that looks like a path of this tree: it has a slash and begins with a folder of the tree or an include root
  (`src/base/date.cc`, `momentum/base/date.h`, `tests/house/*.py`, `src/base/date.{h,cc}`), or it is a file name with one
  of our suffixes (`layers.txt` anywhere, in a folder's README first of all there);
* `./dev WORD`, in text and in fenced blocks: dev must have that word.
What is generated (build/...) or stands for something (<layer>) is not checked.
"""

import argparse
import itertools
import pathlib
import re
import sys
import urllib.parse

DOCUMENTS = ("README*.md", "THIRD_PARTY.md", "docs/**/*.md", "src/**/README.md", "tests/**/README.md",
             "bench/**/README.md", "fuzz/**/README.md", "tools/**/README.md")
GENERATED = re.compile(r"^(?:\./)?(?:build(?:-\w+)?|\.venv|\.cache)(?:/|$)")
FOLDERS = ("src", "tests", "tools", "docs", "cmake", "bench", "fuzz", "spec", "python", ".ci", "momentum")
FILE_NAME = re.compile(r"^[\w.*-]+\.(?:md|txt|py|cc|h|cmake|json|toml|sh)$")
PATH_LIKE = re.compile(r"^[\w.*{},/@+-]+$")
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+\"[^\"]*\")?\s*\)")
CODE = re.compile(r"(?<!`)(`{1,2})(?!`)(.+?)(?<!`)\1(?!`)")
DEV_WORD = re.compile(r"(?:^|[\s(`$&;])\./dev[ \t]+([a-z]+)")


def braces(text):
    """src/{a,b}/x.{h,cc} -> all four."""
    parts = re.split(r"\{([^{}]*)\}", text)
    choices = [[part] if i % 2 == 0 else part.split(",") for i, part in enumerate(parts)]
    return ["".join(choice) for choice in itertools.product(*choices)]


def heading_anchors(text):
    """The #names that GitHub gives to headings."""
    anchors = set()
    for line in text.splitlines():
        if re.match(r"#{1,6} ", line):
            title = re.sub(r"[`*]", "", line.lstrip("#").strip()).lower()
            anchors.add(re.sub(r"[^\w\- ]", "", title).replace(" ", "-"))
    return anchors


class Checker:
    def __init__(self, root):
        self.root = root
        self.found = []
        self.checked = 0
        dev = root / "dev"
        self.words = set(re.findall(r"^do_(\w+)\(\)", dev.read_text(), re.M)) if dev.is_file() else set()

    def documents(self):
        for pattern in DOCUMENTS:
            yield from sorted(p for p in self.root.glob(pattern) if p.is_file())

    def run(self):
        for document in self.documents():
            self.document(document)
        return self

    def document(self, document):
        fence = None
        for number, line in enumerate(document.read_text().splitlines(), 1):
            opening = re.match(r"\s*(`{3,}|~{3,})", line)
            if opening and (fence is None or opening.group(1).startswith(fence)):
                fence = None if fence else opening.group(1)
                continue
            where = f"{document.relative_to(self.root)}:{number}"
            for word in DEV_WORD.findall(line):
                self.expect(word in self.words, where, f"./dev has no word '{word}'")
            if fence:
                continue
            for _, code in CODE.findall(line):
                self.code(document, where, code.strip())
            for target in LINK.findall(CODE.sub("", line)):
                self.link(document, where, target)

    def expect(self, good, where, message):
        self.checked += 1
        if not good:
            self.found.append(f"{where}: {message}")

    def link(self, document, where, target):
        if re.match(r"[a-z][a-z0-9+.-]*:", target):
            return
        path, _, anchor = urllib.parse.unquote(target).partition("#")
        file = document.parent / path if path else document
        inside = file.resolve().is_relative_to(self.root)
        self.expect(inside and file.exists(), where, f"link to '{target}': no such file in the tree")
        if anchor and file.suffix == ".md" and file.is_file():
            anchors = heading_anchors(file.read_text())
            self.expect(anchor.lower() in anchors, where, f"link to '{target}': no such heading")

    def code(self, document, where, code):
        if code == "./dev" or code.startswith("./dev "):
            self.expect((self.root / "dev").is_file(), where, "no ./dev")
            return
        code = re.sub(r"(?::\d+(?:-\d+)?)$", "", code)  # file.cc:12
        if not PATH_LIKE.match(code) or GENERATED.match(code):
            return
        named = code[2:] if code.startswith("./") else code
        if "/" in named:
            if named.split("/")[0] in FOLDERS or code.startswith("./"):
                for path in braces(named):
                    self.expect(self.exists(document, path), where, f"'{path}': no such path")
        elif all(FILE_NAME.match(name) for name in braces(named)):
            for name in braces(named):
                self.expect(self.exists_somewhere(name), where, f"'{name}': no such file in the tree")

    def exists(self, document, path):
        bases = [self.root, document.parent]
        if path.startswith("momentum/"):
            bases += list(self.root.glob("src/*/include"))
        return any(self.matches(base, path.rstrip("/")) for base in bases)

    @staticmethod
    def matches(base, path):
        if "*" in path:
            return any(True for _ in base.glob(path))
        return (base / path).exists()

    def exists_somewhere(self, name):
        if self.matches(self.root, name):
            return True
        return any(self.matches(self.root / top, "**/" + name) for top in FOLDERS if (self.root / top).is_dir())


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("root", nargs="?", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[1])
    checker = Checker(parser.parse_args(arguments).root.resolve()).run()
    if checker.checked == 0:
        checker.found.append("no document names any path: is this the root of the tree?")
    for message in checker.found:
        print(message)
    print(f"check_paths: {checker.checked} names, {len(checker.found)} wrong")
    return 1 if checker.found else 0


if __name__ == "__main__":
    sys.exit(main())
