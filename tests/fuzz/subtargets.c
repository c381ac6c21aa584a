/* Stub lists (contract pipeline 13; PI-16): the first line of the input is the root, each other one
 * a destination. */
#include <simrun/boot.h>

enum { MAX_DESTINATIONS = 64 };

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

static bool is_below(const char *clean, const char *root)
{
    size_t n = strcmp(root, "/") == 0 ? 0 : strlen(root);
    return strncmp(clean, root, n) == 0 && clean[n] == '/' && clean[n + 1] != '\0';
}

/* Each result belongs to the next destination that is below the root, and leads back to it. */
static void check(struct domain *d, const char *root, const char *const *destinations, size_t n,
                  const struct ptrvec *got)
{
    char *above = path_clean(d, root);
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        char *clean = path_clean(d, destinations[i]);
        if (is_below(clean, above)) {
            require(at < got->n);
            char *joined = path_join(d, above, got->p[at++]);
            require(root[0] != '/' || strcmp(joined, clean) == 0);
            mem_free(joined);
        }
        mem_free(clean);
    }
    require(at == got->n);
    mem_free(above);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct domain d;
    struct ptrvec got;
    const char *lines[MAX_DESTINATIONS + 1];
    size_t n = 0;
    domain_init(&d, "fuzz", PROFILE_GVISOR_2018_08_14);
    ptrvec_init(&got, &d);
    char *text = mem_dupn(&d, size ? (const char *)data : "", size);
    for (char *p = text; p && n < ARRAY_LEN(lines);) {
        lines[n++] = p;
        p = strchr(p, '\n');
        if (p) {
            *p++ = '\0';
        }
    }
    require(boot_subtargets(&d, lines[0], lines + 1, n - 1, &got) == 0);
    check(&d, lines[0], lines + 1, n - 1, &got);
    for (size_t i = 0; i < got.n; i++) {
        mem_free(got.p[i]);
    }
    ptrvec_release(&got);
    mem_free(text);
    require(domain_close(&d, NULL, NULL) == 0);
    return 0;
}
