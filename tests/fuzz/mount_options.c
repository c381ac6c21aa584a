/* Option filter and mount flags (contract pipeline 11.2, 11.4): each line of the input is one
 * option. */
#include <simrun/boot.h>

enum { MAX_OPTIONS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const ALLOWED[] = {"mode", "uid", "gid", NULL};

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool is_allowed(const char *option)
{
    size_t n = strcspn(option, "=");
    for (const char *const *key = ALLOWED; *key; key++) {
        if (strlen(*key) == n && strncmp(*key, option, n) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_fatal(const char *option)
{
    const char *equals = strchr(option, '=');
    return equals && strchr(equals + 1, '=');
}

static void check_filter(struct domain *d, const char *const *options, size_t n)
{
    struct error err = {0};
    struct ptrvec kept;
    size_t at = 0, warned = d->log_n, fatal = 0;
    ptrvec_init(&kept, d);
    while (fatal < n && !is_fatal(options[fatal])) {
        fatal++; /* PQ-14: the first one ends it */
    }
    int r = boot_filter_options(d, options, n, ALLOWED, &kept, &err);
    require(r == (fatal < n ? -EINVAL : 0));
    require((err.text != NULL) == (fatal < n));
    for (size_t i = 0; i < fatal; i++) {
        if (!is_allowed(options[i])) {
            warned++;
        } else if (r == 0) {
            require(at < kept.n && kept.p[at++] == options[i]);
        }
    }
    require(at == kept.n && warned == d->log_n);
    error_release(&err);
    ptrvec_release(&kept);
}

static void check_flags(struct domain *d, const char *const *options, size_t n)
{
    struct mount_flags flags, expected = {0};
    size_t warned = d->log_n;
    boot_mount_flags(d, options, n, &flags);
    for (size_t i = 0; i < n; i++) {
        bool ro = strcmp(options[i], "ro") == 0, rw = strcmp(options[i], "rw") == 0;
        bool noatime = strcmp(options[i], "noatime") == 0;
        expected.read_only = ro || (expected.read_only && !rw);
        expected.no_atime |= noatime;
        warned += !ro && !rw && !noatime;
    }
    require(flags.read_only == expected.read_only && flags.no_atime == expected.no_atime);
    require(!flags.force_page_cache && warned == d->log_n);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct domain d;
    const char *options[MAX_OPTIONS];
    size_t n = 0;
    domain_init(&d, "fuzz", PROFILE_GVISOR_2018_08_14);
    char *text = mem_dupn(&d, size ? (const char *)data : "", size);
    for (char *p = text; p && n < ARRAY_LEN(options);) {
        options[n++] = p;
        p = strchr(p, '\n');
        if (p) {
            *p++ = '\0';
        }
    }
    check_filter(&d, options, n);
    check_flags(&d, options, n);
    mem_free(text);
    require(domain_close(&d, NULL, NULL) == 0);
    return 0;
}
