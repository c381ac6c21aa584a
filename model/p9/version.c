/* Version strings (contract 3). */
#include <stdio.h>

#include "wire.h"

#define BASE     "9P2000.L"
#define EXTENDED BASE ".Google."

int p9_version_parse(struct p9_str s, uint32_t *ret)
{
    const size_t prefix = sizeof(EXTENDED) - 1;
    if (s.n == sizeof(BASE) - 1 && memcmp(s.p, BASE, s.n) == 0) {
        *ret = 0;
        return 0;
    }
    if (s.n <= prefix || memcmp(s.p, EXTENDED, prefix) != 0) {
        return -EINVAL;
    }
    uint64_t number = 0;
    for (size_t i = prefix; i < s.n; i++) {
        if (s.p[i] < '0' || s.p[i] > '9') {
            return -EINVAL;
        }
        number = number * 10 + (uint64_t)(s.p[i] - '0');
        if (number > UINT32_MAX) {
            return -EINVAL;
        }
    }
    *ret = (uint32_t)number;
    return 0;
}

const char *p9_version_format(uint32_t version, char *buf)
{
    if (version == 0) {
        snprintf(buf, P9_VERSION_TEXT, BASE);
    } else {
        snprintf(buf, P9_VERSION_TEXT, EXTENDED "%u", version);
    }
    return buf;
}
