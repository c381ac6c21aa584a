# IN: a text file; OUT: a C file that defines case_default_rootfs with its bytes.
file(READ ${IN} hex HEX)
string(LENGTH "${hex}" digits)
math(EXPR size "${digits} / 2")
string(REGEX REPLACE "([0-9a-f][0-9a-f])" "0x\\1," bytes "${hex}")
string(REGEX REPLACE "(0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,0x..,)" "\\1\n    " bytes "${bytes}")
file(WRITE ${OUT}
    "#include <simrun/sim/case.h>\n\nconst char case_default_rootfs[] = {\n    ${bytes}0};\n"
    "const size_t case_default_rootfs_n = ${size};\n")
