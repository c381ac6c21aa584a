# What `cmake --install` puts where, and the Debian packages made from it. Two components: `tool` (the command and all
# that belongs to it) and `dev` (the model as one static library with its headers).

include(GNUInstallDirs)
include(CMakePackageConfigHelpers)

set(SIMRUN_MODEL_MODULES core host vfs p9 gofer syscalls boot
    fs_ramfs fs_tmpfs fs_dev fs_devpts fs_proc fs_sys fs_host fs_gofer)

# The model as others link it: one archive, so that nobody has to know our folders or their order. Static only: the
# structs of the headers are part of the interface, and nothing promises that they keep their layout between versions.
set(objects)
foreach(module ${SIMRUN_MODEL_MODULES})
    list(APPEND objects $<TARGET_OBJECTS:simrun_${module}>)
endforeach()
add_library(simrun-model STATIC ${objects})
set_target_properties(simrun-model PROPERTIES LINKER_LANGUAGE C EXPORT_NAME model)
target_include_directories(simrun-model INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
target_compile_definitions(simrun-model INTERFACE _GNU_SOURCE _FILE_OFFSET_BITS=64)
target_link_libraries(simrun-model INTERFACE seccomp)

install(TARGETS simrun RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR} COMPONENT tool)
install(DIRECTORY model/contract/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/contract COMPONENT tool FILES_MATCHING PATTERN "*.md")
foreach(section 1 5)
    install(DIRECTORY ${CMAKE_BINARY_DIR}/manual/man${section} DESTINATION ${CMAKE_INSTALL_MANDIR} COMPONENT tool
            FILES_MATCHING PATTERN "*.gz")
endforeach()
set(completion ${CMAKE_BINARY_DIR}/manual/completion)
install(FILES ${completion}/simrun DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions COMPONENT tool)
install(FILES ${completion}/_simrun DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/vendor-completions COMPONENT tool)
install(FILES ${completion}/simrun.fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d COMPONENT tool)
install(FILES README.md DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tool)
install(FILES reports/schema/result-1.schema.json DESTINATION ${CMAKE_INSTALL_DATADIR}/simrun COMPONENT tool)
install(DIRECTORY recipes/ DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples COMPONENT tool USE_SOURCE_PERMISSIONS)
install(DIRECTORY reports/datasette DESTINATION ${CMAKE_INSTALL_DOCDIR} COMPONENT tool)

install(TARGETS simrun-model EXPORT simrun-model ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT dev)
foreach(module ${SIMRUN_MODEL_MODULES})
    string(REPLACE "fs_" "fs/" folder ${module})
    install(DIRECTORY model/${folder}/include/simrun DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT dev)
endforeach()

# From its own place the file finds the prefix, wherever that was moved.
file(RELATIVE_PATH prefix_from_pc /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
string(REGEX REPLACE "/$" "" prefix_from_pc "${prefix_from_pc}")
configure_file(cmake/simrun-model.pc.in ${CMAKE_BINARY_DIR}/simrun-model.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/simrun-model.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT dev)
set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/simrun-model)
install(EXPORT simrun-model NAMESPACE simrun:: FILE simrun-model-config.cmake DESTINATION ${package_dir} COMPONENT dev)
write_basic_package_version_file(${CMAKE_BINARY_DIR}/simrun-model-config-version.cmake COMPATIBILITY ExactVersion)
install(FILES ${CMAKE_BINARY_DIR}/simrun-model-config-version.cmake DESTINATION ${package_dir} COMPONENT dev)
