"""check_layers on small trees: a clean one passes, each violation is reported where it stands, and nothing else is."""

import contextlib
import io
import pathlib
import sys
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "tools"))
import check_layers  # noqa: E402

LAYERS = """\
# name | may use | libraries
base    |              | fmt/ xxhash.h
kernels | base         | hwy/
expr    | base kernels |
engine  | base kernels expr | arrow/
"""

CLEAN = {
    "cmake/layers.txt": LAYERS,
    "cmake/layer.cmake": "function(momentum_layer name)\n  target_link_libraries(momentum_${name} PUBLIC x)\nendfunction()\n",
    "CMakeLists.txt": "add_compile_options(-ffp-contract=off -fno-fast-math)  # never -march=native\n",
    "src/base/CMakeLists.txt": "momentum_layer(base SOURCES date.cc)\n",
    "src/base/include/momentum/base/date.h": "#pragma once\n#include <chrono>\n#include <sys/stat.h>\n",
    "src/base/date.cc": '#include "momentum/base/date.h"\n#include <fmt/chrono.h>\n#include <xxhash.h>\n',
    "src/kernels/CMakeLists.txt": "momentum_layer(kernels SOURCES sum_simd.cc USES base LIBS hwy::hwy)\n",
    "src/kernels/sum_internal.h": "#pragma once\n",
    "src/kernels/sum_simd.cc": '#include "sum_internal.h"\n#include "hwy/highway.h"\n#include "momentum/base/date.h"\n'
                               '#include "operators.gen.inc"\n'
                               "double f(double x) { return x * 2; }  // not std::exp(x)\n",
    "src/engine/scan.cc": '#include <arrow/api.h>\n#include "momentum/expr/graph.h"\n#include <cmath>\n'
                          "double f(double x) { return std::exp(x); }\n",
    "tests/kernels/sum_test.cc": '#include <gtest/gtest.h>\n#include "momentum/kernels/sum.h"\n',
}


def check(files):
    """The messages for CLEAN with `files` laid over it."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder).resolve()
        for name, text in {**CLEAN, **files}.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            code = check_layers.main([str(root)])
        found = out.getvalue().splitlines()[:-1]
        assert (code == 1) == bool(found), out.getvalue()
        return found


class CheckLayers(unittest.TestCase):
    def refused(self, where, says, files):
        found = check(files)
        self.assertEqual(len(found), 1, found)
        self.assertTrue(found[0].startswith(where + ": "), found[0])
        self.assertIn(says, found[0])

    def kernel(self, body):
        """Messages for a kernels source with this body, which begins on line 2."""
        return check({"src/kernels/x.cc": '#include "hwy/highway.h"\n' + textwrap.dedent(body)})

    def test_clean(self):
        self.assertEqual(check({}), [])

    def test_an_empty_tree_is_no_success(self):
        with tempfile.TemporaryDirectory() as folder:
            (pathlib.Path(folder) / "cmake").mkdir()
            (pathlib.Path(folder) / "cmake/layers.txt").write_text(LAYERS)
            with contextlib.redirect_stdout(io.StringIO()):
                self.assertEqual(check_layers.main([folder]), 1)

    def test_upward_include(self):
        self.refused("src/kernels/x.cc:2", "upward", {"src/kernels/x.cc": '\n#include "momentum/expr/graph.h"\n'})

    def test_upward_include_in_angle_brackets(self):
        self.refused("src/base/x.h:1", "upward", {"src/base/x.h": "#  include <momentum/engine/scan.h>\n"})

    def test_unlisted_include(self):
        layers = LAYERS + "cli | base engine | CLI/\n"
        self.refused("src/cli/main.cc:1", "may use base engine",
                     {"cmake/layers.txt": layers, "src/cli/main.cc": '#include "momentum/kernels/sum.h"\n'})

    def test_unknown_layer_in_include(self):
        self.refused("src/engine/x.cc:1", "no layer 'store'", {"src/engine/x.cc": '#include "momentum/store/x.h"\n'})

    def test_upward_include_in_a_test(self):
        self.refused("tests/base/x_test.cc:1", "upward", {"tests/base/x_test.cc": '#include "momentum/expr/graph.h"\n'})

    def test_a_row_that_points_upward(self):
        self.refused("cmake/layers.txt:2", "no lower layer",
                     {"cmake/layers.txt": LAYERS.replace("base    |     ", "base    | expr")})

    def test_folder_without_a_row(self):
        self.refused("src/utils/x.cc:1", "no row", {"src/utils/x.cc": "\n"})

    def test_library_outside_its_row(self):
        self.refused("src/kernels/x.cc:1", "not among the libraries", {"src/kernels/x.cc": "#include <arrow/api.h>\n"})
        self.refused("src/expr/x.cc:1", "(none)", {"src/expr/x.cc": '#include "hwy/highway.h"\n'})
        self.refused("src/base/x.cc:1", "immintrin.h", {"src/base/x.cc": "#include <immintrin.h>\n"})
        self.refused("src/base/x.cc:1", "xxhash.hpp", {"src/base/x.cc": "#include <xxhash.hpp>\n"})

    def test_private_header_of_another_layer(self):
        self.refused("src/expr/x.cc:1", "sum_internal.h", {"src/expr/x.cc": '#include "sum_internal.h"\n'})

    def test_dots_in_an_include(self):
        says = "never at '..'"
        self.refused("src/base/x.cc:1", says, {"src/base/x.cc": '#include "../kernels/sum_internal.h"\n'})
        self.refused("tests/base/x_test.cc:1", says, {"tests/base/x_test.cc": '#include "../../src/base/x.h"\n'})
        self.refused("src/engine/x.cc:1", says, {"src/engine/x.cc": '#include "momentum/../momentum/expr/graph.h"\n'})

    def test_macro_include(self):
        self.refused("src/base/x.cc:2", "macro", {"src/base/x.cc": '#define H "momentum/expr/graph.h"\n#include H\n'})

    def test_include_in_a_comment_or_a_string_is_none(self):
        self.assertEqual(check({"src/base/x.cc": '/*\n#include "momentum/expr/x.h"\n*/\n'
                                                 'const char* s = R"(\n std::exp(x) // )";\n'}), [])

    def test_target_link_libraries(self):
        self.refused("src/base/CMakeLists.txt:2", "layer.cmake only",
                     {"src/base/CMakeLists.txt": "\ntarget_link_libraries(momentum_base PUBLIC z)\n"})

    def test_layer_smuggled_in_as_a_library(self):
        self.refused("src/kernels/CMakeLists.txt:1", "names 'expr'",
                     {"src/kernels/CMakeLists.txt": "momentum_layer(kernels LIBS momentum::expr)\n"})

    def test_flags(self):
        for flag in ("-march=native", "-mavx2", "-mavx512f", "-mfma", "-msse4.2", "-mtune=native", "-ffast-math", "-Ofast",
                     "-ffp-contract=fast", "-ffinite-math-only", "-mbmi2"):
            with self.subTest(flag):
                self.refused("src/base/CMakeLists.txt:1", flag,
                             {"src/base/CMakeLists.txt": f"set_source_files_properties(a.cc COMPILE_OPTIONS {flag})\n"})
                self.refused("CMakePresets.json:1", flag, {"CMakePresets.json": f'{{"CMAKE_CXX_FLAGS": "{flag}"}}\n'})

    def test_target_attributes_and_pragmas(self):
        for line in ('#pragma GCC target("avx2")', "#pragma STDC FP_CONTRACT ON", '#pragma GCC optimize("fast-math")',
                     "#pragma clang fp contract(fast)", '__attribute__((target("fma"))) void f();',
                     '[[gnu::target_clones("avx2", "default")]] void f();', '_Pragma("GCC target(\\"avx2\\")")'):
            with self.subTest(line):
                self.refused("src/base/x.cc:1", "Highway's business", {"src/base/x.cc": line + "\n"})

    def test_fused_multiply_add(self):
        for call in ("hn::MulAdd(a, b, c)", "hn::NegMulAdd(a, b, c)", "MulSub(a, b, c)", "hn::NegMulSub(a, b, c)",
                     "std::fma(a, b, c)", "fma(a, b, c)", "__builtin_fma(a, b, c)"):
            with self.subTest(call):
                found = self.kernel(f"auto f() {{ return {call}; }}\n")
                self.assertEqual(len(found), 1, found)
                self.assertIn("src/kernels/x.cc:2: ", found[0])
                self.assertIn("proven exact:", found[0])

    def test_proven_exact_on_the_line_above_it_and_above_the_function(self):
        self.assertEqual(self.kernel("auto f() { return hn::MulAdd(a, b, c); }  // proven exact: Markstein division\n"), [])
        self.assertEqual(self.kernel("""\
            auto f() {
              // The remainder is representable.
              // proven exact: Markstein division
              return hn::MulAdd(a, b, c);
            }
            """), [])
        self.assertEqual(self.kernel("""\
            namespace n {
            // proven exact: the product's error is a double
            template <class D>
            HWY_INLINE V two_product(D d,
                                     V a) {
              if (a) {
                return hn::MulSub(a, b, p);
              }
            }
            }
            """), [])

    def test_a_mark_covers_its_function_only_and_needs_a_reason(self):
        found = self.kernel("""\
            // proven exact: the product's error is a double
            V g(V a) {
              return hn::MulSub(a, b, p);
            }
            V h(V a) {
              return hn::MulSub(a, b, p);
            }
            """)
        self.assertEqual([m.split(": ")[0] for m in found], ["src/kernels/x.cc:7"])
        self.assertEqual(len(self.kernel("auto f() { return hn::MulAdd(a, b, c); }  // proven exact:\n")), 1)
        self.assertEqual(len(self.kernel("// proven exact: all of it\nnamespace n {\nauto x = hn::MulAdd(a, b, c);\n}\n")), 1)

    def test_approximations_have_no_excuse(self):
        self.assertEqual(len(self.kernel("auto x = hn::ApproximateReciprocal(v);  // proven exact: it is not\n")), 1)

    def test_min_and_max(self):
        self.assertEqual(len(self.kernel("auto x = hn::Min(a, b);\nauto y = Max(a, b);\nusing hn::Max;\n")), 3)
        self.assertEqual(self.kernel("auto x = hn::Min(a, b);  // no NaN: both are counts\n"
                                     "// no NaN: both are indices\nauto y = hn::Max(a, b);\nauto z = std::min(a, b);\n"), [])
        self.assertEqual(len(self.kernel("// no NaN: both are counts\n\nauto x = hn::Min(a, b);\n")), 1)

    def test_libm(self):
        for line in ("auto y = std::exp(x);", "auto y = ::log(x);", "auto y = 2 * pow(x, y);", "auto y = -log1p(x);",
                     "return log(x);", "f(tanh(x));", "auto y = std::logf(x);", "transform(a, b, std::log);",
                     "auto y = __builtin_exp(x);"):
            with self.subTest(line):
                self.assertEqual(len(self.kernel(line + "\n")), 1)
        for line in ("auto y = std::sqrt(x);", "Expr log(Expr x);", "auto y = kernels::log(x);", "auto y = x.log();",
                     "auto y = node->exp();", "auto y = std::frexp(x, &e);", "double* log(int);", "catalog(x);"):
            with self.subTest(line):
                self.assertEqual(self.kernel(line + "\n"), [])
        self.assertEqual(len(self.kernel('#include "hwy/contrib/math/math-inl.h"\n')), 1)

    def test_file_size(self):
        self.assertEqual(check({"src/base/x.cc": "int x;\n" * 800}), [])
        self.refused("src/base/x.cc:801", "801 lines", {"src/base/x.cc": "int x;\n" * 801})


if __name__ == "__main__":
    unittest.main()
