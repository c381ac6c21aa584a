/* How names, modes and times are shown. */
#include <sys/stat.h>
#include <time.h>

#include "tool.h"

void put_name(FILE *out, const char *name)
{
    for (const char *p = name; *p; p++) {
        unsigned char c = (unsigned char)*p;
        if (c < 0x20 || c == 0x7F || c == '\\') {
            fprintf(out, "\\%03o", (unsigned)c);
        } else {
            putc(c, out);
        }
    }
}

static char type_letter(uint32_t mode)
{
    switch (mode & S_IFMT) {
    case S_IFDIR:
        return 'd';
    case S_IFLNK:
        return 'l';
    case S_IFIFO:
        return 'p';
    case S_IFSOCK:
        return 's';
    case S_IFCHR:
        return 'c';
    case S_IFBLK:
        return 'b';
    default:
        return '-';
    }
}

void mode_text(uint32_t mode, char ret[11])
{
    static const char letters[] = "rwxrwxrwx";
    static const struct {
        uint32_t bit;
        int at;
        char with_x, without;
    } special[] = {{S_ISUID, 3, 's', 'S'}, {S_ISGID, 6, 's', 'S'}, {S_ISVTX, 9, 't', 'T'}};
    ret[0] = type_letter(mode);
    for (unsigned i = 0; i < 9; i++) {
        ret[i + 1] = mode >> (8 - i) & 1 ? letters[i] : '-';
    }
    for (size_t i = 0; i < ARRAY_LEN(special); i++) {
        if (mode & special[i].bit) {
            char *at = &ret[special[i].at];
            *at = *at == 'x' ? special[i].with_x : special[i].without;
        }
    }
    ret[10] = '\0';
}

void time_text(uint64_t seconds, char ret[32])
{
    time_t t = (time_t)seconds;
    struct tm tm;
    if (!gmtime_r(&t, &tm) || strftime(ret, 32, "%Y-%m-%d %H:%M:%S", &tm) == 0) {
        memcpy(ret, "?", 2); /* a peer may send any time */
    }
}
