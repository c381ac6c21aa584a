/* Go's number and boolean parsers with their texts (contract filesystems 1.2). */
#include <simrun/core.h>

static int refuse(struct domain *d, struct error *err, const char *func, const char *s,
                  const char *why)
{
    CLEANUP_MEM char *quoted = go_quote(d, s);
    if (!quoted) {
        return CODE_FATE;
    }
    return error_set(d, err, -EINVAL, "strconv.%s: parsing %s: %s", func, quoted, why);
}

static int refuse_syntax(struct domain *d, struct error *err, const char *func, const char *s)
{
    return refuse(d, err, func, s, "invalid syntax");
}

static int refuse_range(struct domain *d, struct error *err, const char *func, const char *s)
{
    return refuse(d, err, func, s, "value out of range");
}

static unsigned digit_value(char c)
{
    if (c >= '0' && c <= '9') {
        return (unsigned)(c - '0');
    }
    if (c >= 'a' && c <= 'z') {
        return (unsigned)(c - 'a') + 10;
    }
    if (c >= 'A' && c <= 'Z') {
        return (unsigned)(c - 'A') + 10;
    }
    return 255;
}

/* 0, -EINVAL (syntax, *ret is 0) or -ERANGE (*ret is the greatest). The first problem from the left
 * decides. */
static int scan(const char *s, int base, int bits, uint64_t *ret)
{
    uint64_t max = bits == 64 ? UINT64_MAX : (UINT64_C(1) << bits) - 1;
    uint64_t n = 0;
    *ret = 0;
    if (!*s) {
        return -EINVAL;
    }
    for (; *s; s++) {
        unsigned digit = digit_value(*s);
        if (digit >= (unsigned)base) {
            return -EINVAL;
        }
        if (__builtin_mul_overflow(n, (uint64_t)base, &n) || __builtin_add_overflow(n, digit, &n) ||
            n > max) {
            *ret = max;
            return -ERANGE;
        }
    }
    *ret = n;
    return 0;
}

int go_parse_uint(struct domain *d, const char *func, const char *s, int base, int bits,
                  uint64_t *ret, struct error *err)
{
    int r = scan(s, base, bits, ret);
    if (r == -EINVAL) {
        return refuse_syntax(d, err, func, s);
    }
    return r ? refuse_range(d, err, func, s) : 0;
}

int go_parse_int(struct domain *d, const char *func, const char *s, int base, int bits,
                 int64_t *ret, struct error *err)
{
    bool negative = *s == '-';
    uint64_t n;
    int r = scan((negative || *s == '+') ? s + 1 : s, base, bits, &n);
    if (r == -EINVAL) {
        *ret = 0;
        return refuse_syntax(d, err, func, s);
    }
    /* The unsigned scan had twice the room; only now comes the signed bound. */
    uint64_t bound = UINT64_C(1) << (bits - 1);
    if (!negative && n >= bound) {
        *ret = (int64_t)(bound - 1);
        return refuse_range(d, err, func, s);
    }
    if (negative && n > bound) {
        *ret = -(int64_t)(bound - 1) - 1;
        return refuse_range(d, err, func, s);
    }
    *ret = negative && n > 0 ? -(int64_t)(n - 1) - 1 : (int64_t)n;
    return 0;
}

int go_parse_bool(struct domain *d, const char *s, bool *ret, struct error *err)
{
    static const char *const yes[] = {"1", "t", "T", "TRUE", "true", "True"};
    static const char *const no[] = {"0", "f", "F", "FALSE", "false", "False"};
    for (size_t i = 0; i < ARRAY_LEN(yes); i++) {
        if (strcmp(s, yes[i]) == 0) {
            *ret = true;
            return 0;
        }
        if (strcmp(s, no[i]) == 0) {
            *ret = false;
            return 0;
        }
    }
    return refuse_syntax(d, err, "ParseBool", s);
}
