# One layer = one folder = one include root = one target. The rows of layers.txt are the law: momentum_layer() refuses an
# edge that is not in its row, tools/check_layers.py refuses an include that is not.

file(STRINGS ${PROJECT_SOURCE_DIR}/cmake/layers.txt MOMENTUM_LAYER_ROWS REGEX "^[a-z]")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/cmake/layers.txt)

# momentum_layer(NAME [SOURCES f...] [USES layer...] [LIBS target...] [PUBLIC_LIBS target...])
# LIBS are private to the layer; PUBLIC_LIBS may appear in its public headers (both must stand in its row).
function(momentum_layer name)
  cmake_parse_arguments(A "" "" "SOURCES;USES;LIBS;PUBLIC_LIBS" ${ARGN})
  set(row "")
  foreach(line IN LISTS MOMENTUM_LAYER_ROWS)
    if(line MATCHES "^${name} *\\|([^|]*)\\|")
      separate_arguments(row UNIX_COMMAND "${CMAKE_MATCH_1}")
      set(found TRUE)
    endif()
  endforeach()
  if(NOT found)
    message(FATAL_ERROR "layer '${name}' has no row in cmake/layers.txt")
  endif()
  foreach(use IN LISTS A_USES)
    if(NOT use IN_LIST row)
      message(FATAL_ERROR "layer '${name}' may not use '${use}' (cmake/layers.txt)")
    endif()
  endforeach()

  add_library(momentum_${name} STATIC ${A_SOURCES})
  add_library(momentum::${name} ALIAS momentum_${name})
  file(GLOB_RECURSE headers CONFIGURE_DEPENDS ${CMAKE_CURRENT_SOURCE_DIR}/include/*.h)
  target_sources(momentum_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${CMAKE_CURRENT_SOURCE_DIR}/include FILES ${headers})
  target_include_directories(momentum_${name} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
  set_target_properties(momentum_${name} PROPERTIES VERIFY_INTERFACE_HEADER_SETS ON)
  foreach(use IN LISTS A_USES)
    target_link_libraries(momentum_${name} PUBLIC momentum::${use})
  endforeach()
  target_link_libraries(momentum_${name} PUBLIC momentum_flags ${A_PUBLIC_LIBS} PRIVATE ${A_LIBS})
endfunction()

# momentum_layer_part(LAYER PART SOURCES f... USES layer... LIBS target...): sources of a layer, in its folder PART, that alone
# see some libraries. USES as the layer has them.
function(momentum_layer_part layer part)
  cmake_parse_arguments(A "" "" "SOURCES;USES;LIBS" ${ARGN})
  add_library(momentum_${layer}_${part} OBJECT ${A_SOURCES})
  target_include_directories(momentum_${layer}_${part} PRIVATE ${CMAKE_CURRENT_SOURCE_DIR}
    ${CMAKE_CURRENT_SOURCE_DIR}/include ${CMAKE_CURRENT_SOURCE_DIR}/${part})
  list(TRANSFORM A_USES PREPEND momentum::)
  target_link_libraries(momentum_${layer}_${part} PRIVATE momentum_flags ${A_USES} ${A_LIBS})
  target_link_libraries(momentum_${layer} PRIVATE momentum_${layer}_${part} ${A_LIBS})
endfunction()

# momentum_program(NAME LAYER file...): an executable on top of one layer.
function(momentum_program name layer)
  add_executable(${name} ${ARGN})
  target_link_libraries(${name} PRIVATE momentum::${layer})
endfunction()

# momentum_test(LAYER file_test.cc... [LIBS target...]): one program per layer, linked to that layer and what it may use.
function(momentum_test layer)
  cmake_parse_arguments(A "" "" "LIBS" ${ARGN})
  if(NOT MOMENTUM_TESTS)
    return()
  endif()
  add_executable(${layer}_test ${A_UNPARSED_ARGUMENTS})
  target_link_libraries(${layer}_test PRIVATE momentum::${layer} ${A_LIBS} GTest::gtest GTest::gtest_main)
  target_compile_definitions(${layer}_test PRIVATE MOMENTUM_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
  gtest_discover_tests(${layer}_test TEST_PREFIX ${layer}. DISCOVERY_TIMEOUT 60 PROPERTIES LABELS ${layer})
endfunction()
