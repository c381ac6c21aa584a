#include "internal.h"

#include <ctype.h>
#include <string.h>

#define LONGEST 200u /* with a suffix it fits every file system */

static bool stays(const char *name, const char *p)
{
    return isalnum((unsigned char)*p) || *p == '-' || *p == '_' || (*p == '.' && p != name);
}

char *rep_file_name(const char *name, const char *suffix)
{
    struct rep_buf buf = {0};
    for (const char *p = name; *p; p++) {
        if (*p == '/') {
            rep_buf_str(&buf, "+");
        } else if (stays(name, p)) {
            rep_buf_add(&buf, p, 1);
        } else {
            rep_buf_fmt(&buf, "%%%02X", (unsigned char)*p);
        }
    }
    if (buf.size > LONGEST) {
        struct rep_hash hash = rep_hash_of(name, strlen(name));
        buf.size = LONGEST;
        rep_buf_str(&buf, "%-"); /* no name is encoded so */
        for (size_t i = 0; i < sizeof hash.byte; i++) {
            rep_buf_fmt(&buf, "%02x", hash.byte[i]);
        }
    }
    rep_buf_str(&buf, suffix);
    if (buf.failed) {
        rep_buf_release(&buf);
        return NULL;
    }
    return buf.data;
}
