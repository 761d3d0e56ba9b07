# Arrow and Parquet as the pyarrow wheel brings them: no source build, and Python loads the very same libraries.
#
#   PyArrow::arrow     libarrow.so.2500
#   PyArrow::parquet   libparquet.so.2500, with PyArrow::arrow
#
# Where it looks, first hit wins: PYARROW_DIR (the folder holding include/ and libarrow.so.*, by -D or the environment),
# then the environment of -DPython3_ROOT_DIR (or Python3_ROOT), then the project's own .venv. pyarrow is never imported.
# The versioned file is linked itself: the wheel has no libarrow.so, and links beside it would dangle after an upgrade.
# Its folder becomes the build RPATH by way of IMPORTED_LOCATION. libarrow_compute is left out on purpose.

set(PyArrow_MIN 25.0.1)  # 25.0.0 crashes when it is first loaded on a thread that ends
set(PyArrow_END 25.1)    # exclusive: the library's ABI changes with every minor version

set(_pyarrow_places "")
set(_pyarrow_given FALSE)
foreach(given IN ITEMS "${PYARROW_DIR}" "$ENV{PYARROW_DIR}")
  if(given)
    list(APPEND _pyarrow_places "${given}")
    set(_pyarrow_given TRUE)
  endif()
endforeach()
if(NOT _pyarrow_given)
  foreach(root IN ITEMS "${Python3_ROOT_DIR}" "${Python3_ROOT}" "${PROJECT_SOURCE_DIR}/.venv")
    if(root)
      file(GLOB found LIST_DIRECTORIES TRUE "${root}/lib/python3*/site-packages/pyarrow")
      list(APPEND _pyarrow_places ${found})
    endif()
  endforeach()
endif()

set(_pyarrow_why "no pyarrow in ${PROJECT_SOURCE_DIR}/.venv")
if(_pyarrow_given)
  set(_pyarrow_why "no pyarrow at PYARROW_DIR")
endif()
set(PyArrow_ROOT_DIR "")
foreach(place IN LISTS _pyarrow_places)
  if(NOT EXISTS "${place}/include/arrow/util/config.h")
    continue()
  endif()
  file(STRINGS "${place}/include/arrow/util/config.h" line REGEX "define ARROW_VERSION_STRING")
  string(REGEX MATCH "[0-9]+\\.[0-9]+\\.[0-9]+" version "${line}")
  if(version VERSION_LESS PyArrow_MIN OR NOT version VERSION_LESS PyArrow_END)
    set(_pyarrow_why "${place} is version ${version}")
    continue()
  endif()
  # one file per SONAME, named major * 100 + minor
  string(REGEX REPLACE "^([0-9]+)\\.([0-9]+).*" "\\1;\\2" parts "${version}")
  list(GET parts 0 major)
  list(GET parts 1 minor)
  math(EXPR so "${major} * 100 + ${minor}")
  if(NOT EXISTS "${place}/libarrow.so.${so}" OR NOT EXISTS "${place}/libparquet.so.${so}")
    set(_pyarrow_why "${place} has no libarrow.so.${so} and libparquet.so.${so}")
    continue()
  endif()
  get_filename_component(PyArrow_ROOT_DIR "${place}" REALPATH)
  set(PyArrow_VERSION "${version}")
  set(PyArrow_SO_VERSION "${so}")
  break()
endforeach()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(PyArrow
  REQUIRED_VARS PyArrow_ROOT_DIR
  VERSION_VAR PyArrow_VERSION
  REASON_FAILURE_MESSAGE
    "${_pyarrow_why}, wanted >=${PyArrow_MIN},<${PyArrow_END}. Run ./dev build, it makes .venv with the right one.")

if(PyArrow_FOUND AND NOT TARGET PyArrow::arrow)
  foreach(name IN ITEMS arrow parquet)
    add_library(PyArrow::${name} SHARED IMPORTED)
    set_target_properties(PyArrow::${name} PROPERTIES
      IMPORTED_LOCATION "${PyArrow_ROOT_DIR}/lib${name}.so.${PyArrow_SO_VERSION}"
      IMPORTED_SONAME "lib${name}.so.${PyArrow_SO_VERSION}"
      INTERFACE_INCLUDE_DIRECTORIES "${PyArrow_ROOT_DIR}/include"
      INTERFACE_SYSTEM_INCLUDE_DIRECTORIES "${PyArrow_ROOT_DIR}/include")
  endforeach()
  set_target_properties(PyArrow::parquet PROPERTIES INTERFACE_LINK_LIBRARIES PyArrow::arrow)
endif()
