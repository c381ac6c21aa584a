/* Result codes: their errno, name and text. Everything is constant data, so that a code can be
 * printed in any state. */
#include <simrun/core.h>

enum {
    ERRNO_LAST = 133,    /* the last value of errno.def */
    UNNAMED_FIRST = 130, /* the first line of the table of bare numbers */
};

struct errno_row {
    const char *name;
    const char *text;
};

static const struct errno_row errno_rows[ERRNO_LAST + 1] = {
#define ERRNO(value, name, text) [value] = {#name, text},
#include "errno.def"
#undef ERRNO
};

/* "errno N" for every value without a text of its own, as the original prints it; a peer may send
 * any of them. */
#define ROW(n) "errno " #n
#define TEN(n)                                                                                     \
    ROW(n##0), ROW(n##1), ROW(n##2), ROW(n##3), ROW(n##4), ROW(n##5), ROW(n##6), ROW(n##7),        \
        ROW(n##8), ROW(n##9)
#define HUNDRED(n)                                                                                 \
    TEN(n##0), TEN(n##1), TEN(n##2), TEN(n##3), TEN(n##4), TEN(n##5), TEN(n##6), TEN(n##7),        \
        TEN(n##8), TEN(n##9)
#define THOUSAND(n)                                                                                \
    HUNDRED(n##0), HUNDRED(n##1), HUNDRED(n##2), HUNDRED(n##3), HUNDRED(n##4), HUNDRED(n##5),      \
        HUNDRED(n##6), HUNDRED(n##7), HUNDRED(n##8), HUNDRED(n##9)

static const char unnamed[][sizeof("errno 4095")] = {
    TEN(13),    TEN(14),     TEN(15),     TEN(16),     TEN(17),     TEN(18),    TEN(19),
    HUNDRED(2), HUNDRED(3),  HUNDRED(4),  HUNDRED(5),  HUNDRED(6),  HUNDRED(7), HUNDRED(8),
    HUNDRED(9), THOUSAND(1), THOUSAND(2), THOUSAND(3), HUNDRED(40),
};

_Static_assert(ARRAY_LEN(unnamed) + UNNAMED_FIRST > 4095, "every plain errno has a text");

struct internal_row {
    int code;
    const char *text;
};

/* The ramfs family's own error values (contract filesystems 1.3). */
static const struct internal_row internal_rows[] = {
    {ERR_INVALID_OP, "invalid operation"},
    {ERR_DENIED, "operation denied"},
    {ERR_NOT_FOUND, "node not found"},
    {ERR_CROSS_DEVICE, "can't link across filesystems"},
    {ERR_IS_DIRECTORY, "is a directory"},
    {ERR_NOT_DIRECTORY, "not a directory"},
    {ERR_NOT_EMPTY, "directory not empty"},
    {ERR_WOULD_BLOCK, "request would block"},
    {ERR_INTERRUPTED, "request was interrupted"},
    {ERR_SIZE_LIMIT, "exceeds file size limit"},
};

int code_errno(int code)
{
    if (code == 0) {
        return 0;
    }
    if (code < 0 && code >= -4095) {
        return -code;
    }
    if (code < -CODE_INTERNAL && code >= -(CODE_INTERNAL + 4095)) {
        return -code - CODE_INTERNAL;
    }
    return EIO;
}

const char *code_text(int code)
{
    if (code == 0) {
        return "success";
    }
    if (code == CODE_FATE) {
        return "fate";
    }
    for (size_t i = 0; i < ARRAY_LEN(internal_rows); i++) {
        if (internal_rows[i].code == code) {
            return internal_rows[i].text;
        }
    }
    int e = code_errno(code);
    if (e <= ERRNO_LAST && errno_rows[e].text) {
        return errno_rows[e].text;
    }
    if (e < UNNAMED_FIRST) {
        return e == 41 ? "errno 41" : "errno 58";
    }
    return unnamed[e - UNNAMED_FIRST];
}

const char *code_name(int code)
{
    if (code == 0) {
        return "";
    }
    int e = code_errno(code);
    if (e <= ERRNO_LAST && errno_rows[e].name) {
        return errno_rows[e].name;
    }
    return "EUNKNOWN";
}
