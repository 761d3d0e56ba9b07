#!/usr/bin/env python3
"""Refuses what the layering and the promise of equal bits forbid, and no compiler says. The first test of the suite.

    python3 tools/check_layers.py [ROOT] [-v]

* an include upward or of a layer not in the row of cmake/layers.txt; a library's header outside its row; `..`
* target_link_libraries in src/, or a layer named in a CMakeLists.txt that the row does not have
* instruction-set and fast-math flags, target attributes and pragmas: one inline function compiled so leaks everywhere
* in the compute plane, operations whose bits differ between machines (BANNED below)
* files over 800 lines (with -v those over 400 are listed)

Two comments lift a ban, each for one place, and must give their reason:
  // proven exact: <why>   on the line, in the comment above it, or in the comment above the function: a fused
                           multiply-add whose result equals that of the plain operations
  // no NaN: <why>         on the line or the line above: hn::Min and hn::Max on values that are never NaN nor -0
"""

import argparse
import pathlib
import re
import sys

COMPUTE_PLANE = ("kernels", "panel", "expr", "score")
SOURCE_SUFFIXES = (".h", ".cc", ".hpp", ".cpp", ".cxx", ".c", ".inc", ".ipp")
MOST_LINES, MANY_LINES = 800, 400
SKIPPED_FOLDERS = re.compile(r"^(build.*|\.venv|\.git|\.cache|__pycache__)$")

STANDARD = set("""
algorithm any array atomic barrier bit bitset cassert cctype cerrno cfenv cfloat charconv chrono cinttypes climits
clocale cmath codecvt compare complex concepts condition_variable coroutine csetjmp csignal cstdarg cstddef cstdint
cstdio cstdlib cstring ctime cuchar cwchar cwctype deque exception execution expected filesystem format forward_list
fstream functional future generator initializer_list iomanip ios iosfwd iostream istream iterator latch limits list
locale map mdspan memory memory_resource mutex new numbers numeric optional ostream print queue random ranges ratio
regex scoped_allocator semaphore set shared_mutex source_location span spanstream sstream stack stacktrace stdexcept
stdfloat stop_token streambuf string string_view strstream syncstream system_error thread tuple type_traits typeindex
typeinfo unordered_map unordered_set utility valarray variant vector version assert.h complex.h ctype.h errno.h fenv.h
float.h inttypes.h iso646.h limits.h locale.h math.h setjmp.h signal.h stdalign.h stdarg.h stdatomic.h stdbool.h
stddef.h stdint.h stdio.h stdlib.h stdnoreturn.h string.h tgmath.h threads.h time.h uchar.h wchar.h wctype.h aio.h
arpa/inet.h dirent.h dlfcn.h fcntl.h fnmatch.h ftw.h glob.h grp.h langinfo.h libgen.h malloc.h net/if.h netdb.h netinet/in.h
netinet/tcp.h poll.h pthread.h pwd.h sched.h semaphore.h spawn.h strings.h sys/file.h sys/ioctl.h sys/ipc.h sys/mman.h
sys/prctl.h sys/resource.h sys/select.h sys/shm.h sys/socket.h sys/stat.h sys/statfs.h sys/statvfs.h sys/sysinfo.h
sys/time.h sys/times.h sys/types.h sys/uio.h sys/un.h sys/utsname.h sys/wait.h syslog.h termios.h unistd.h utime.h
""".split())
STANDARD_FOLDERS = ("fmt/",)  # stands in for <format> and <print>, which g++ 12 does not have

LIBM = ("exp exp2 exp10 expm1 log log2 log10 log1p pow sin cos tan asin acos atan atan2 sinh cosh tanh "
        "asinh acosh atanh cbrt hypot tgamma lgamma erf erfc").split()
_LIBM_NAME = r"(?:" + "|".join(LIBM) + r")[fl]?"
_LIBM = _LIBM_NAME + r"\s*\("

# (what to look for, what to say, the comment that lifts it or None); in the compute plane only
BANNED = [
    (re.compile(r"\b(?:Neg)?Mul(?:Add|Sub|AddSub|SubAdd)\s*\("), "Highway {0} fuses on some targets only",
     "proven exact:"),
    (re.compile(r"\b(?:std::)?fma[fl]?\s*\(|__builtin_fma\w*"), "{0}: a fused multiply-add", "proven exact:"),
    (re.compile(r"\bApproximate\w+"), "{0}: not the same number on every machine", None),
    (re.compile(r"\b(?:hn|HWY_NAMESPACE)::(?:Min|Max)\b|(?<![\w:.>])(?:Min|Max)\s*\("),
     "{0} differs between targets for NaN and -0; compare and select", "no NaN:"),
    # std::exp, ::exp, or exp( where a value is expected; a declaration of our own `Expr log(` is none of these
    (re.compile(r"\bstd::" + _LIBM_NAME + r"\b|(?<![\w>])::" + _LIBM
                + r"|(?:(?:[=(,+/<!|?:{;-]|(?<= )[*&>])\s*|\breturn\s+|^\s+)(?<![\w:.])" + _LIBM
                + r"|__builtin_" + _LIBM),
     "{0}: libm's last bit differs between machines", None),
]

ISA_FLAG = re.compile(
    r"(?<![\w-])(-m(?:arch|tune|cpu|fpu)=\S*"
    r"|-m(?:avx|sse|ssse|fma|bmi|f16c|popcnt|aes|sha|lzcnt|adx|xop|3dnow|mmx)[\w.=-]*"
    r"|-ffast-math|-Ofast|-funsafe-math-optimizations|-fassociative-math|-freciprocal-math|-ffinite-math-only"
    r"|-fno-signed-zeros|-fno-math-errno|-ffp-contract=(?!off)\w+|/arch:\w+)")
ISA_SOURCE = re.compile(
    r"#\s*pragma\s+(?:GCC|clang)\s+(?:target|optimize|attribute|fp)\b.*"
    r"|#\s*pragma\s+STDC\s+(?:FP_CONTRACT|FENV_ACCESS)\b.*"
    r"|__attribute__\s*\(\(\s*(?:__)?(?:target|target_clones|optimize)\b"
    r"|\[\[\s*(?:gnu|clang)::(?:target|target_clones|optimize)\b"
    r"|\b_Pragma\s*\(")

GENERATED = re.compile(r"[a-z_]+\.gen\.(?:h|inc)$")  # the layer's own, in its build folder

INCLUDE = re.compile(r'^\s*#\s*include(?:_next)?\s*(?:([<"])([^>"]+)[>"]|(\w+))')


def split_comments(text):
    """(code lines with comments blanked, the same with strings blanked too, comment text per line)."""
    code, bare, comments = [""], [""], [""]
    i, n = 0, len(text)

    def put(piece, code_too=True, bare_too=True, comment=False):
        for c in piece:
            if c == "\n":
                for lines in (code, bare, comments):
                    lines.append("")
                continue
            if comment:
                comments[-1] += c
            code[-1] += c if code_too else " "
            bare[-1] += c if bare_too else " "

    token = re.compile(r'//(?:[^\n\\]|\\.|\\\n)*|/\*.*?\*/|R"([^()\\\s]{0,16})\(.*?\)\1"'
                       r'|"(?:[^"\\\n]|\\.)*"|(?<![0-9A-Fa-f])\'(?:[^\'\\\n]|\\.)+\'', re.S)
    for match in token.finditer(text):
        put(text[i:match.start()])
        piece = match.group()
        if piece.startswith(("//", "/*")):
            put(piece, code_too=False, bare_too=False, comment=True)
        else:
            put(piece, bare_too=False)
        i = match.end()
    put(text[i:n])
    return code, bare, comments


SCOPE = re.compile(r"\s*(?:template\s*<(?:[^<>]|<[^<>]*>)*>\s*)?(?:(?:inline|static|typedef)\s+)*"
                   r"(?:namespace|struct|class|enum|union|extern)\b")


class Marks:
    """Finds the comment that lifts a ban for a line."""

    def __init__(self, bare, comments):
        self.bare, self.comments = bare, comments
        self.heads = self._function_heads()

    def _starts_statement(self, line):
        above = self.bare[line - 1].strip() if line else ""
        return not above or above[-1] in ";{}:" or above[0] == "#"

    def _function_heads(self):
        """For every line the first lines of the statements whose braces are open there (namespaces left out)."""
        heads, stack = [], []
        for number, line in enumerate(self.bare):
            heads.append([h for h in stack if h is not None])
            opened_here = []
            for c in line:
                if c == "{":
                    head = number
                    while not self._starts_statement(head):
                        head -= 1
                    statement = " ".join(self.bare[head:number + 1])
                    scope = SCOPE.match(statement)
                    opened_here.append(None if scope else head)
                    stack.append(opened_here[-1])
                elif c == "}" and stack:
                    stack.pop()
            heads[-1] += [h for h in opened_here if h is not None]
        return heads

    def _above(self, line):
        """The comment block directly above a line."""
        while line and not self.bare[line - 1].strip() and self.comments[line - 1].strip():
            line -= 1
            yield self.comments[line]

    def lifted(self, mark, line):
        reason = re.compile(re.escape(mark) + r"\s*\S.{5,}")
        places = [self.comments[line]]
        if mark == "no NaN:":
            places += self.comments[line - 1:line] if line else []
        else:
            places += self._above(line)
            for head in self.heads[line]:
                places += [self.comments[head], *self._above(head)]
        return any(reason.search(text) for text in places)


class Checker:
    def __init__(self, root):
        self.root = root
        self.found = []
        self.large = []
        self.files = 0
        self.rows = self._read_rows()

    def say(self, path, line, message):
        self.found.append(f"{path.relative_to(self.root)}:{line}: {message}")

    def _read_rows(self):
        """name -> (layers it may use, header prefixes)."""
        path, rows = self.root / "cmake/layers.txt", {}
        for number, line in enumerate(path.read_text().splitlines(), 1):
            line = line.split("#")[0].strip()
            if not line:
                continue
            name, uses, *libraries = [field.split() for field in line.split("|")]
            for use in uses:
                if use not in rows:
                    self.say(path, number, f"row '{name[0]}' uses '{use}', which is no lower layer")
            rows[name[0]] = (set(uses), libraries[0] if libraries else [])
        return rows

    def _tree(self, top, suffixes, names=()):
        if top.is_file():
            yield top
        elif top.is_dir():
            for path in sorted(top.iterdir()):
                if path.is_dir() and not SKIPPED_FOLDERS.match(path.name):
                    yield from self._tree(path, suffixes, names)
                elif path.is_file() and (path.suffix in suffixes or path.name in names):
                    yield path

    def run(self):
        for top in ("src", "tests", "bench", "fuzz"):
            for path in self._tree(self.root / top, SOURCE_SUFFIXES):
                self.source(path, top)
        for path in self._tree(self.root, (".cmake",), ("CMakeLists.txt", "CMakePresets.json", "layers.txt")):
            self.build_file(path)
        for top in ("src", "tests", "bench", "fuzz", "tools", "python"):
            for path in self._tree(self.root / top, SOURCE_SUFFIXES + (".py", ".sh")):
                self.size(path)
        return self

    def layer_of(self, path, top):
        parts = path.relative_to(self.root / top).parts
        return parts[0] if len(parts) > 1 else ""

    def source(self, path, top):
        self.files += 1
        layer = self.layer_of(path, top)
        known = layer in self.rows
        if top == "src" and not known:
            self.say(path, 1, f"folder '{layer}' has no row in cmake/layers.txt")
            return
        code, bare, comments = split_comments(path.read_text())
        marks = None
        for number, line in enumerate(code):
            include = INCLUDE.match(line)
            if include:
                self.include(path, number + 1, top, layer if known else None, include)
                continue
            isa = ISA_SOURCE.search(bare[number])
            if isa:
                self.say(path, number + 1, f"'{isa.group().strip()}': instruction sets are Highway's business")
            if top == "src" and layer in COMPUTE_PLANE:
                marks = marks or Marks(bare, comments)
                self.banned(path, number, bare[number], marks)

    def banned(self, path, number, line, marks):
        for pattern, message, mark in BANNED:
            for match in pattern.finditer(line):
                if mark and marks.lifted(mark, number):
                    continue
                name = re.sub(r"^[^\w:]*(?:return\s+)?|[\s(]*$", "", match.group())
                allowed = f" (allowed under a comment '{mark} <reason>')" if mark else ""
                self.say(path, number + 1, message.format(name) + allowed)

    def include(self, path, line, top, layer, match):
        quote, header, macro = match.groups()
        if macro:
            self.say(path, line, f"include of the macro {macro}: nobody can check it")
            return
        if ".." in header.split("/") or header.startswith("/"):
            self.say(path, line, f"'{header}': includes start at an include root, never at '..' or '/'")
            return
        if header.startswith("momentum/"):
            self.edge(path, line, layer, header)
            return
        if top != "src" or layer is None:
            return
        if layer in COMPUTE_PLANE and re.match(r"hwy/contrib/(math|dot)", header):
            self.say(path, line, f"'{header}': polynomials with FMA; the compute plane has its own kernels")
            return
        if quote == '"' and GENERATED.match(header):
            return
        if quote == '"' and any((folder / header).is_file() for folder in (path.parent, self.root / "src" / layer)):
            return
        if header in STANDARD or header.startswith(STANDARD_FOLDERS):
            return
        prefixes = self.rows[layer][1]
        if not any(header.startswith(p) if p.endswith("/") else header == p for p in prefixes):
            row = " ".join(prefixes) or "none"
            self.say(path, line, f"'{header}': not among the libraries of layer '{layer}' ({row})")

    def edge(self, path, line, layer, header):
        if layer is None:
            return
        target = header.split("/")[1]
        if target not in self.rows:
            self.say(path, line, f"'{header}': no layer '{target}' in cmake/layers.txt")
        elif target != layer and target not in self.rows[layer][0]:
            names = list(self.rows)
            way = "upward, " if names.index(target) > names.index(layer) else ""
            row = " ".join(sorted(self.rows[layer][0])) or "none"
            self.say(path, line, f"'{header}': {way}layer '{layer}' may use {row}")

    def build_file(self, path):
        relative = path.relative_to(self.root)
        layer = self.layer_of(path, "src") if relative.parts[0] == "src" else ""
        for number, line in enumerate(path.read_text().splitlines(), 1):
            line = line.split("#")[0]
            flag = ISA_FLAG.search(line)
            if flag:
                self.say(path, number, f"'{flag.group(1)}': no instruction-set or fast-math flag anywhere")
            if relative.parts[0] != "src":
                continue
            if re.search(r"\b(?:target_link_libraries|link_libraries)\s*\(", line, re.I):
                self.say(path, number, "target_link_libraries in src/: edges are drawn by cmake/layer.cmake only")
            for name in re.findall(r"\bmomentum(?:::|_)(\w+)", line):
                if layer in self.rows and name in self.rows and name != layer and name not in self.rows[layer][0]:
                    self.say(path, number, f"layer '{layer}' names '{name}', which is not in its row")

    def size(self, path):
        lines = len(path.read_bytes().splitlines())
        if lines > MOST_LINES:
            self.say(path, lines, f"{lines} lines; {MOST_LINES} is the most, split it")
        elif lines > MANY_LINES:
            self.large.append(f"{path.relative_to(self.root)}: {lines} lines; why over {MANY_LINES}?")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("root", nargs="?", type=pathlib.Path, default=pathlib.Path(__file__).resolve().parents[1])
    parser.add_argument("-v", "--verbose", action="store_true")
    options = parser.parse_args(arguments)
    checker = Checker(options.root.resolve()).run()
    if options.verbose:
        print("\n".join(checker.large), end="\n" if checker.large else "")
    if checker.files == 0:
        checker.found.append("no source file found: is this the root of the tree?")
    for message in checker.found:
        print(message)
    print(f"check_layers: {checker.files} source files, {len(checker.rows)} layers, {len(checker.found)} found")
    return 1 if checker.found else 0


if __name__ == "__main__":
    sys.exit(main())
