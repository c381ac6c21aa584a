# The page, its style and its script become bytes of the library, with the hashes that the page's
# policy allows them by. Sets html_assets to the C file.

set(html_dir ${CMAKE_CURRENT_LIST_DIR})
set(html_scripts text data list tree compare mounts graph explain case changes main)
list(TRANSFORM html_scripts REPLACE "(.+)" "${html_dir}/js/\\1.js")
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS
    ${html_scripts} ${html_dir}/report.html ${html_dir}/report.css)

# One scope and strict mode for all scripts, without a name in the window's scope.
set(html_script ${CMAKE_CURRENT_BINARY_DIR}/report.js)
file(WRITE ${html_script}.new "'use strict';\n(() => {\n")
foreach(file ${html_scripts})
    file(READ ${file} text)
    file(APPEND ${html_script}.new "${text}\n")
endforeach()
file(APPEND ${html_script}.new "})();\n")
file(COPY_FILE ${html_script}.new ${html_script} ONLY_IF_DIFFERENT)

# Bytes and hash come from one copy: the file may change while this runs.
set(html_style_file ${CMAKE_CURRENT_BINARY_DIR}/report.css)
file(COPY_FILE ${html_dir}/report.css ${html_style_file} ONLY_IF_DIFFERENT)

# html_source(FILE RET): its bytes as a list of C.
function(html_source file ret)
    file(READ ${file} hex HEX)
    string(REGEX REPLACE "(................................)" "\\1\n    " hex "${hex}")
    string(REGEX REPLACE "([0-9a-f][0-9a-f])" "'\\\\x\\1'," hex "${hex}")
    set(${ret} "${hex}" PARENT_SCOPE)
endfunction()

# html_hash(FILE RET): "sha256-" and the hash in base64, as a Content-Security-Policy wants it.
function(html_hash file ret)
    set(letters ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/)
    file(SHA256 ${file} hex)
    string(APPEND hex "00") # 33 bytes are whole groups of three
    set(text "")
    foreach(at RANGE 0 60 6)
        string(SUBSTRING ${hex} ${at} 6 group)
        foreach(shift 18 12 6 0)
            math(EXPR letter "(0x${group} >> ${shift}) & 63")
            string(SUBSTRING ${letters} ${letter} 1 letter)
            string(APPEND text ${letter})
        endforeach()
    endforeach()
    string(REGEX REPLACE ".$" "=" text "${text}")
    set(${ret} "sha256-${text}" PARENT_SCOPE)
endfunction()

html_source(${html_dir}/report.html html_page)
html_source(${html_style_file} html_style)
html_source(${html_script} html_code)
html_hash(${html_style_file} html_style_hash)
html_hash(${html_script} html_script_hash)
set(html_assets ${CMAKE_CURRENT_BINARY_DIR}/html_assets.c)
file(CONFIGURE OUTPUT ${html_assets} CONTENT [=[
/* Made from reports/html/. */
#include "html/html.h"

const char html_page[] = {
    @html_page@0x00
};
const char html_style[] = {
    @html_style@0x00
};
const char html_script[] = {
    @html_code@0x00
};
const char html_style_hash[] = "@html_style_hash@";
const char html_script_hash[] = "@html_script_hash@";
]=] @ONLY)
