/* The invariants of contract pipeline 22 on random inputs. A failure prints the seed of its case.
 */
#include "world.h"

enum { ROUNDS = 3000, MAX_MOUNTS = 7, MAX_OPTIONS = 3 };

struct random_case {
    struct spec spec;
    struct spec_mount mounts[MAX_MOUNTS];
    const char *options[MAX_MOUNTS][MAX_OPTIONS];
    char destinations[MAX_MOUNTS][48];
};

static uint64_t next(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static const char *pick(uint64_t *seed, const char *const *from, size_t n)
{
    return from[next(seed) % n];
}

static void random_destination(uint64_t *seed, char *out, size_t size)
{
    static const char *const parts[] = {"/a",   "/b", "/tmp", "/dev", "/proc", "/..",   "//",
                                        "/pts", "/.", "/x",   "/",    "/sys",  "/\xff", "rel"};
    out[0] = '\0';
    if (next(seed) % 12 == 0) {
        snprintf(out, size, "%s", "rel");
    }
    for (uint64_t n = 1 + next(seed) % 4; n > 0; n--) {
        strncat(out, pick(seed, parts, ARRAY_LEN(parts)), size - strlen(out) - 1);
    }
    if (next(seed) % 60 == 0) {
        out[0] = '\0';
    }
}

static void random_make(struct random_case *rc, uint64_t *seed)
{
    static const char *const types[] = {"bind", "tmpfs",  "bind",   "proc", "sysfs", "none",
                                        "",     "cgroup", "devpts", "bind", "tmpfs"};
    static const char *const options[] = {"ro", "rw", "noatime", "mode=0755", "uid=1", "size=1",
                                          "x",  "",   "gid=1,x", "=y",        "rbind"};
    memset(rc, 0, sizeof(*rc));
    rc->spec = (struct spec)SPEC_EMPTY;
    rc->spec.root_readonly = next(seed) % 4 == 0;
    rc->spec.mounts = rc->mounts;
    rc->spec.n_mounts = next(seed) % (MAX_MOUNTS + 1);
    for (size_t i = 0; i < rc->spec.n_mounts; i++) {
        struct spec_mount *m = &rc->mounts[i];
        random_destination(seed, rc->destinations[i], sizeof(rc->destinations[i]));
        *m = (struct spec_mount)MOUNT(rc->destinations[i], pick(seed, types, ARRAY_LEN(types)),
                                      next(seed) % 10 ? "/s" : "", .options = rc->options[i]);
        m->n_options = next(seed) % (MAX_OPTIONS + 1);
        for (size_t k = 0; k < m->n_options; k++) {
            rc->options[i][k] = next(seed) % 90 ? pick(seed, options, ARRAY_LEN(options)) : "a=b=c";
        }
    }
}

static size_t kept_binds(struct domain *d, const struct spec *spec)
{
    size_t n = 0;
    for (size_t i = 0; i < spec->n_mounts; i++) {
        n += strcmp(spec->mounts[i].type, "bind") == 0 &&
             mount_is_supported_dev(d, &spec->mounts[i]);
    }
    return n;
}

/* PI-04, PI-05, PI-06 */
static void check_compiled(struct world *w, const struct spec *spec)
{
    const struct boot_mounts *list = &w->rec.compiled;
    static const char *const needed[] = {"/proc", "/sys", "/tmp"};
    size_t at = 0, devs = 0, seen[3] = {0};
    for (size_t i = 0; i < list->n; i++) {
        const struct boot_mount *b = &list->v[i];
        char *clean = path_clean(w->d, b->m.destination);
        for (size_t k = 0; k < 3; k++) {
            seen[k] += strcmp(clean, needed[k]) == 0;
        }
        if (b->spec_index < 0 && strcmp(b->m.type, "devtmpfs") == 0) {
            devs++;
            assert_string_equal(b->m.destination, "/dev");
            assert_string_equal(list->v[i + 1].m.type, "devpts");
            assert_string_equal(list->v[i + 1].m.destination, "/dev/pts");
        } else if (b->spec_index >= 0) {
            while (!mount_is_supported_dev(w->d, &spec->mounts[at])) {
                at++;
            }
            assert_int_equal(b->spec_index, at++);
            assert_true(mount_is_supported_dev(w->d, &b->m));
        }
        mem_free(clean);
    }
    while (at < spec->n_mounts && !mount_is_supported_dev(w->d, &spec->mounts[at])) {
        at++;
    }
    assert_int_equal(at, spec->n_mounts);
    assert_int_equal(devs, 1);
    for (size_t k = 0; k < 3; k++) {
        assert_true(seen[k] >= 1);
    }
}

/* PI-01, PI-02, PI-08, PI-10, PI-11 */
static void check_taken(struct world *w, const struct spec *spec)
{
    int fd = 0;
    uint64_t id = 1;
    assert_int_equal(w->rec.root.mount_id, 1);
    assert_int_equal(w->rec.root.fd, 0);
    for (size_t i = 0; i < w->rec.compiled.n; i++) {
        const struct boot_provenance *p = &w->rec.mounts[i];
        if (strcmp(w->rec.compiled.v[i].m.type, "bind") == 0) {
            assert_int_equal(p->fd, ++fd);
        }
        if (p->state == BOOT_MOUNT_DONE) {
            assert_int_equal(p->mount_id, ++id);
        }
        if (p->overlay) {
            assert_true(p->flags.read_only);
        }
        if (strcmp(p->fs, "tmpfs") == 0 && !has_rule(p, "PQ-13")) {
            struct mount_options o;
            assert_int_equal(mount_options_parse(w->d, p->data, &o), 0);
            mem_free(mount_options_take(&o, "mode"));
            mem_free(mount_options_take(&o, "uid"));
            mem_free(mount_options_take(&o, "gid"));
            assert_int_equal(mount_options_refuse_rest(&o, &w->err), 0);
            mount_options_release(&o);
        }
    }
    assert_int_equal(fd, kept_binds(w->d, spec));
    assert_int_equal(w->rec.fds_left, 0);
}

/* Is something mounted by a relative destination? What it hides has no stub in it (section 13). */
static bool any_relative(const struct world *w)
{
    for (size_t i = 0; i < w->rec.compiled.n; i++) {
        if (w->rec.mounts[i].mount_id && w->rec.compiled.v[i].m.destination[0] != '/') {
            return true;
        }
    }
    return false;
}

/* PI-07, PI-09 */
static void check_reachable(struct world *w)
{
    uint64_t last = 0;
    bool relative = any_relative(w);
    for (size_t i = 0; i < w->rec.compiled.n; i++) {
        last = w->rec.mounts[i].mount_id ? w->rec.mounts[i].mount_id : last;
    }
    for (size_t i = 0; i < w->rec.compiled.n; i++) {
        const struct boot_provenance *p = &w->rec.mounts[i];
        const char *raw = w->rec.compiled.v[i].m.destination;
        uint64_t at = p->mount_id ? world_mount_at(w, raw) : 0;
        if (p->mount_id == last) {
            assert_int_equal(at, last);
        } else if (at != 0) {
            assert_true(at >= p->mount_id);
        }
        char *clean = path_clean(w->d, raw);
        if (clean[0] == '/' && !relative && !world_exists(w, clean)) {
            fail_msg("does not exist: %s of %s\n%s", clean, raw, w->mounts);
        }
        mem_free(clean);
    }
}

/* PI-13 */
static void check_error(const struct world *w)
{
    static const char *const prefixes[] = {
        "failed to configure mounts: failed to find mount destination ",
        "failed to configure mounts: failed to mount at destination ",
        "failed to configure mounts: failed to create directory ",
        "failed to configure mounts: failed to find inode ",
        "failed to configure mounts: invalid option ",
        "failed to configure mounts: error adding submount overlay: ",
        "failed to configure mounts: failed to create mount with source ",
        "not all mount points were consumed, remaining: &{[",
    };
    assert_non_null(w->err.text);
    for (size_t i = 0; i < ARRAY_LEN(prefixes); i++) {
        if (strncmp(w->err.text, prefixes[i], strlen(prefixes[i])) == 0) {
            return;
        }
    }
    fail_msg("unknown chain: %s", w->err.text);
}

/* What the run was, as one text: log, mounts, error. */
static char *run_case(const struct random_case *rc, bool overlay, int spare, uint64_t *ok)
{
    struct world w;
    char *text = NULL;
    world_init(&w, PROFILE_STRICT); /* where every input ends well or with one error: PI-12 */
    w.conf.overlay = overlay;
    size_t n_fds = 1 + kept_binds(w.d, &rc->spec);
    world_run(&w, &rc->spec, (size_t)((int)n_fds + spare));
    assert_false(domain_dead(w.d));
    check_compiled(&w, &rc->spec);
    if (w.r == 0) {
        assert_int_equal(spare, 0);
        assert_null(w.err.text);
        check_taken(&w, &rc->spec);
        check_reachable(&w);
        (*ok)++;
    } else {
        check_error(&w);
    }
    char *log = log_text(w.d, 0);
    assert_true(asprintf(&text, "%s%s%s", log, w.mounts, w.err.text ? w.err.text : "") >= 0);
    free(log);
    world_close(&w); /* PI-14: the ledger is empty, also after errors */
    return text;
}

/* proves: PI-01 PI-02 PI-04 PI-05 PI-06 PI-07 PI-08 PI-09 PI-10 PI-11 PI-12 PI-13 PI-14 PI-17 */
static void test_random(void **state)
{
    (void)state;
    uint64_t ok = 0;
    for (uint64_t round = 1; round <= ROUNDS; round++) {
        uint64_t seed = round * UINT64_C(0x9e3779b97f4a7c15);
        struct random_case rc;
        random_make(&rc, &seed);
        bool overlay = next(&seed) % 2 == 0;
        int spare = next(&seed) % 8 == 0 ? 1 : 0;
        char *first = run_case(&rc, overlay, spare, &ok);
        char *second = run_case(&rc, overlay, spare, &ok);
        assert_string_equal(first, second);
        free(first);
        free(second);
    }
    assert_true(ok > ROUNDS / 4); /* the generator must reach the checks of success */
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
    };
    return cmocka_run_group_tests_name("boot_invariants", tests, NULL, NULL);
}
