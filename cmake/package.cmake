# Debian packages: `./dev package`, or `cpack -G DEB` in a build directory. simrun: the command. libsimrun-dev: the
# model. Configured with the prefix /usr (the preset `package`) the library goes where Debian's multiarch wants it.
set(debian ${CMAKE_SOURCE_DIR}/cmake/debian)
file(STRINGS ${debian}/changelog first LIMIT_COUNT 1)
if(NOT first MATCHES "^simrun \\(${PROJECT_VERSION}\\) ")
    message(FATAL_ERROR "cmake/debian/changelog begins with \"${first}\": it has no entry for version ${PROJECT_VERSION}")
endif()
file(STRINGS ${debian}/changelog last REGEX "^ -- ")
list(GET last 0 last)
string(REGEX REPLACE "^ -- (.*)  .*" "\\1" maintainer "${last}")

find_program(SIMRUN_GZIP gzip REQUIRED)
execute_process(COMMAND ${SIMRUN_GZIP} -9nc ${debian}/changelog OUTPUT_FILE ${CMAKE_BINARY_DIR}/changelog.gz
    COMMAND_ERROR_IS_FATAL ANY)
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${debian}/changelog)
foreach(component_package tool:simrun dev:libsimrun-dev)
    string(REPLACE ":" ";" pair ${component_package})
    list(GET pair 0 component)
    list(GET pair 1 package)
    install(FILES ${debian}/copyright ${CMAKE_BINARY_DIR}/changelog.gz
        DESTINATION ${CMAKE_INSTALL_DATAROOTDIR}/doc/${package} COMPONENT ${component})
endforeach()

set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME simrun)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "${maintainer}")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL tool dev)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

# The first line of a description is the package's synopsis; the project's own would come before both.
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "")
set(CPACK_DEBIAN_TOOL_PACKAGE_NAME simrun)
set(CPACK_DEBIAN_TOOL_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_TOOL_PACKAGE_SHLIBDEPS ON)
set(CPACK_DEBIAN_TOOL_PACKAGE_SUGGESTS "sqlite3, parallel")
set(CPACK_COMPONENT_TOOL_DESCRIPTION "replay OCI specs and see which file tree a container gets
simrun replays OCI specs through a complete in-process model of gVisor's
file system layer and mount pipeline of August 2018, records every tree in
SQLite, compares it with what the real system did, and explains each node.
It needs no root, no sandbox and no container runtime.")

set(CPACK_DEBIAN_DEV_PACKAGE_NAME libsimrun-dev)
set(CPACK_DEBIAN_DEV_PACKAGE_SECTION libdevel)
set(CPACK_DEBIAN_DEV_PACKAGE_DEPENDS "libseccomp-dev")
set(CPACK_COMPONENT_DEV_DESCRIPTION "model of gVisor's file system layer of 2018 as a library
The static library and headers behind simrun: virtual file system, concrete
file systems, 9P client and server, and the OCI mount pipeline.")

include(CPack)
