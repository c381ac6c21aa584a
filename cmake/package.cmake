# Debian packages: `cpack -G DEB` in a build directory (`./dev package`). simrun: the command. libsimrun-dev: the model.
set(CPACK_GENERATOR DEB)
set(CPACK_PACKAGE_NAME simrun)
set(CPACK_PACKAGE_VERSION ${PROJECT_VERSION})
set(CPACK_PACKAGE_CONTACT "simrun maintainers <simrun@localhost>")
set(CPACK_PACKAGE_DESCRIPTION_SUMMARY "which file tree a container gets from an OCI spec")
set(CPACK_PACKAGING_INSTALL_PREFIX /usr)
set(CPACK_STRIP_FILES ON)
set(CPACK_COMPONENTS_ALL tool dev)
set(CPACK_COMPONENTS_GROUPING IGNORE)
set(CPACK_DEB_COMPONENT_INSTALL ON)
set(CPACK_DEBIAN_FILE_NAME DEB-DEFAULT)
set(CPACK_DEBIAN_PACKAGE_CONTROL_STRICT_PERMISSION ON)

set(CPACK_DEBIAN_TOOL_PACKAGE_NAME simrun)
set(CPACK_DEBIAN_TOOL_PACKAGE_SECTION devel)
set(CPACK_DEBIAN_TOOL_PACKAGE_SHLIBDEPS ON)
set(CPACK_COMPONENT_TOOL_DESCRIPTION "which file tree a container gets from an OCI spec
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
