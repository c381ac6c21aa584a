# The build rules of this project: one CMake target for each folder, whose public headers live under its own
# include root, so an include against the arrows of the design does not compile.

set(SIMRUN_SANITIZE "" CACHE STRING "comma separated sanitizers: address,undefined or thread")
option(SIMRUN_FUZZ "build the fuzz targets with libFuzzer (clang only)" OFF)
option(SIMRUN_COVERAGE "instrument for gcov" OFF)

add_library(simrun_flags INTERFACE)
target_compile_features(simrun_flags INTERFACE c_std_17)
target_compile_definitions(simrun_flags INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64)
target_compile_options(simrun_flags INTERFACE
    -Wall -Wextra -Wconversion -Wshadow -Wstrict-prototypes -Wmissing-prototypes -Wvla -Werror
    -fno-omit-frame-pointer
    # What is installed must not tell where it was built.
    $<$<CONFIG:Release,RelWithDebInfo>:-ffile-prefix-map=${PROJECT_SOURCE_DIR}=simrun>
    $<$<CONFIG:Release,RelWithDebInfo>:-ffile-prefix-map=${PROJECT_BINARY_DIR}=simrun/build>)
if(SIMRUN_SANITIZE)
    target_compile_options(simrun_flags INTERFACE -fsanitize=${SIMRUN_SANITIZE} -fno-sanitize-recover=all)
    target_link_options(simrun_flags INTERFACE -fsanitize=${SIMRUN_SANITIZE})
endif()
if(SIMRUN_FUZZ)
    target_compile_options(simrun_flags INTERFACE -fsanitize=fuzzer-no-link)
    target_link_options(simrun_flags INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(SIMRUN_COVERAGE)
    target_compile_definitions(simrun_flags INTERFACE SIMRUN_COVERAGE=1)
    target_compile_options(simrun_flags INTERFACE --coverage -fprofile-update=atomic)
    target_link_options(simrun_flags INTERFACE --coverage -Wl,--wrap=_exit)
    target_link_libraries(simrun_flags INTERFACE simrun_coverage) # tests/coverage
endif()

# simrun_module(NAME SOURCES file... [DEPENDS module...] [LIBS library...])
# A static library `simrun_NAME` whose public headers are below ./include. DEPENDS are the arrows of the design (public);
# LIBS are private libraries that no user of the module sees.
function(simrun_module name)
    cmake_parse_arguments(M "" "" "SOURCES;DEPENDS;LIBS" ${ARGN})
    add_library(simrun_${name} STATIC ${M_SOURCES})
    target_include_directories(simrun_${name} PUBLIC ${CMAKE_CURRENT_SOURCE_DIR}/include
                                              PRIVATE ${CMAKE_CURRENT_SOURCE_DIR})
    list(TRANSFORM M_DEPENDS PREPEND simrun_)
    target_link_libraries(simrun_${name} PUBLIC ${M_DEPENDS} PRIVATE simrun_flags ${M_LIBS})
endfunction()

# simrun_unit_test(NAME SOURCES file... LIBS module... [PRIVATE_OF dir...])
# A cmocka program run by ctest as unit.NAME. PRIVATE_OF adds a module's source folder so that a test may include its
# private headers.
function(simrun_unit_test name)
    cmake_parse_arguments(T "" "" "SOURCES;LIBS;PRIVATE_OF" ${ARGN})
    add_executable(test_${name} ${T_SOURCES})
    list(TRANSFORM T_LIBS PREPEND simrun_)
    target_link_libraries(test_${name} PRIVATE simrun_flags ${T_LIBS} simrun_test_support cmocka)
    foreach(dir ${T_PRIVATE_OF})
        target_include_directories(test_${name} PRIVATE ${PROJECT_SOURCE_DIR}/${dir})
    endforeach()
    target_compile_definitions(test_${name} PRIVATE SIMRUN_SOURCE_DIR="${PROJECT_SOURCE_DIR}")
    add_test(NAME unit.${name} COMMAND test_${name})
    set_tests_properties(unit.${name} PROPERTIES SKIP_RETURN_CODE 77 LABELS unit)
endfunction()
