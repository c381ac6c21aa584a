/* Lexical path rules (contract pipeline 2; PI-15): the input is one path. */
#include <simrun/core.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* PI-15: no part is empty or "."; ".." stands only in front of a relative path. */
static void check_parts(const char *clean)
{
    bool rooted = clean[0] == '/', leading = true;
    if (strcmp(clean, ".") == 0 || strcmp(clean, "/") == 0) {
        return;
    }
    for (const char *p = clean + rooted; p;) {
        size_t n = strcspn(p, "/");
        bool up = n == 2 && memcmp(p, "..", 2) == 0;
        require(n > 0 && !(n == 1 && p[0] == '.'));
        require(!up || (leading && !rooted));
        leading &= up;
        p = p[n] == '/' ? p + n + 1 : NULL;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct domain d;
    domain_init(&d, "fuzz", PROFILE_GVISOR_2018_08_14);
    char *path = mem_dupn(&d, size ? (const char *)data : "", size);
    char *clean = path_clean(&d, path), *again = path_clean(&d, clean);
    char *joined = path_join(&d, "/base", path), *absolute = path_abs(&d, "/base", path);
    require(strcmp(clean, again) == 0);
    require((path[0] == '/') == (clean[0] == '/'));
    require(strlen(clean) <= strlen(path) || strcmp(clean, ".") == 0);
    check_parts(clean);
    require(joined[0] == '/');
    check_parts(joined);
    require(strcmp(absolute, path[0] == '/' ? path : joined) == 0);
    mem_free(path);
    mem_free(clean);
    mem_free(again);
    mem_free(joined);
    mem_free(absolute);
    require(domain_close(&d, NULL, NULL) == 0);
    return 0;
}
