"""cmake/FindPyArrow.cmake on made-up wheels: which version it takes, from where, and what it says otherwise."""

import os
import pathlib
import subprocess
import tempfile
import textwrap
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]

PROJECT = f"""\
cmake_minimum_required(VERSION 3.25)
project(probe LANGUAGES NONE)
set_property(GLOBAL PROPERTY TARGET_SUPPORTS_SHARED_LIBS TRUE)
list(APPEND CMAKE_MODULE_PATH "{ROOT}/cmake")
find_package(PyArrow REQUIRED)
get_target_property(arrow PyArrow::arrow IMPORTED_LOCATION)
get_target_property(parquet PyArrow::parquet IMPORTED_LOCATION)
get_target_property(system PyArrow::arrow INTERFACE_SYSTEM_INCLUDE_DIRECTORIES)
get_target_property(links PyArrow::parquet INTERFACE_LINK_LIBRARIES)
message(STATUS "FOUND ${{arrow}} ${{parquet}} ${{system}} ${{links}}")
"""


class FindPyArrow(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.project = pathlib.Path(folder.name).resolve()
        (self.project / "CMakeLists.txt").write_text(PROJECT)

    def wheel(self, environment, version, so="2500"):
        place = self.project / environment / "lib/python3.11/site-packages/pyarrow"
        (place / "include/arrow/util").mkdir(parents=True)
        (place / "include/arrow/util/config.h").write_text(textwrap.dedent(f"""\
            #define ARROW_VERSION_MAJOR 1
            #define ARROW_VERSION_STRING "{version}"
            """))
        for name in ("arrow", "parquet"):
            (place / f"lib{name}.so.{so}").touch()
        return place

    def configure(self, *options):
        result = subprocess.run(["cmake", "-S", str(self.project), "-B", str(self.project / "b"), "-G", "Ninja", *options],
                                env={k: v for k, v in os.environ.items() if k != "PYARROW_DIR"}, capture_output=True, text=True)
        return result.returncode, " ".join((result.stdout + result.stderr).split())

    def assert_found(self, place, *options):
        code, text = self.configure(*options)
        self.assertEqual(code, 0, text)
        self.assertIn(f"FOUND {place}/libarrow.so.2500 {place}/libparquet.so.2500 {place}/include PyArrow::arrow", text)

    def assert_refused(self, why):
        code, text = self.configure()
        self.assertNotEqual(code, 0, text)
        self.assertIn(why, text)
        self.assertIn("Run ./dev build", text)

    def test_the_projects_own_environment(self):
        self.assert_found(self.wheel(".venv", "25.0.1"))
        self.assert_found(self.project / ".venv/lib/python3.11/site-packages/pyarrow")

    def test_a_place_that_is_named(self):
        self.wheel(".venv", "25.0.1")
        other = self.wheel("other", "25.0.2")
        self.assert_found(other, f"-DPython3_ROOT_DIR={self.project}/other")
        self.assert_found(other, f"-DPYARROW_DIR={other}")

    def test_no_wheel(self):
        self.assert_refused("no pyarrow in")

    def test_versions_on_either_side(self):
        for version, so in (("25.0.0", "2500"), ("24.0.0", "2400"), ("25.1.0", "2501"), ("26.0.0", "2600")):
            with self.subTest(version):
                self.setUp()
                self.wheel(".venv", version, so)
                self.assert_refused(f"is version {version}, wanted >=25.0.1,<25.1")

    def test_a_wheel_without_its_libraries(self):
        (self.wheel(".venv", "25.0.1") / "libparquet.so.2500").unlink()
        self.assert_refused("has no libarrow.so.2500 and libparquet.so.2500")


if __name__ == "__main__":
    unittest.main()
