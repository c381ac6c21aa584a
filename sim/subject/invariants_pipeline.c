/* Contract pipeline 22: what the record of a run shows, whatever became of its tree. */
#include "invariants_impl.h"

/* A cleaned destination; NULL = fate oom of the result's domain, remembered. */
static char *clean_of(struct checker *k, const char *path)
{
    char *clean = path_clean(k->r->d, path);
    if (!clean) {
        k->code = CODE_FATE;
    }
    return clean;
}

static const struct spec *spec_of(const struct checker *k)
{
    return &k->in->c->real;
}

static bool is_bind(const struct spec_mount *m)
{
    return strcmp(m->type, "bind") == 0;
}

static bool takes_descriptors(const struct checker *k)
{
    return k->in->c->config.file_access != ACCESS_DIRECT;
}

/* ----------------------------------------------------------------------------------------------
 * compiled list */

/* PI-15: cleaning is idempotent and leaves no odd parts. */
static void check_clean(struct checker *k, const char *raw)
{
    CLEANUP_MEM char *clean = clean_of(k, raw);
    CLEANUP_MEM char *again = clean ? clean_of(k, clean) : NULL;
    if (!again || !invariant_wanted(k, PI_15) || strcmp(clean, ".") == 0) {
        return;
    }
    bool rooted = clean[0] == '/', sound = strcmp(clean, again) == 0;
    for (const char *p = clean + rooted; *p && sound; p += strcspn(p, "/"), p += *p == '/') {
        size_t n = strcspn(p, "/");
        bool dots = n == 2 && p[0] == '.' && p[1] == '.';
        sound = n != 0 && !(n == 1 && p[0] == '.') && !(rooted && dots);
    }
    if (!sound) {
        invariant_broken(k, PI_15, "%s is cleaned to %s", raw, clean);
    }
}

/* PI-04: without the added mounts the list is that of the kept spec mounts. */
static void check_order(struct checker *k)
{
    const struct boot_mounts *list = &k->in->rec->compiled;
    const struct spec *spec = spec_of(k);
    size_t at = 0;
    bool sound = true;
    invariant_wanted(k, PI_04);
    for (size_t i = 0; i <= list->n && sound; i++) {
        if (i < list->n && list->v[i].spec_index < 0) {
            continue;
        }
        while (at < spec->n_mounts && !mount_is_supported_dev(k->r->d, &spec->mounts[at])) {
            at++;
        }
        sound = i == list->n ? at == spec->n_mounts : list->v[i].spec_index == (int)at++;
    }
    if (!sound) {
        invariant_broken(k, PI_04, "the compiled list leaves the order of the spec at mount %zu",
                         at);
    }
}

/* PI-05: the pipeline's own devices, and nothing of the spec in their place. */
static void check_devices(struct checker *k)
{
    const struct boot_mounts *list = &k->in->rec->compiled;
    size_t devs = 0;
    invariant_wanted(k, PI_05);
    for (size_t i = 0; i < list->n; i++) {
        const struct spec_mount *m = &list->v[i].m;
        if (list->v[i].spec_index >= 0) {
            if (!mount_is_supported_dev(k->r->d, m)) {
                invariant_broken(k, PI_05, "%s of the spec was kept", m->destination);
            }
        } else if (strcmp(m->type, "devtmpfs") == 0) {
            const struct spec_mount *next = i + 1 < list->n ? &list->v[i + 1].m : NULL;
            devs++;
            if (strcmp(m->destination, "/dev") != 0 || !next || strcmp(next->type, "devpts") != 0 ||
                strcmp(next->destination, "/dev/pts") != 0) {
                invariant_broken(k, PI_05, "devtmpfs at %s without devpts behind", m->destination);
            }
        }
    }
    if (devs != 1) {
        invariant_broken(k, PI_05, "%zu devtmpfs were added", devs);
    }
}

/* PI-06: each of the places that every container has. */
static void check_needed(struct checker *k)
{
    static const char *const needed[] = {"/proc", "/sys", "/tmp"};
    const struct boot_mounts *list = &k->in->rec->compiled;
    for (size_t n = 0; n < ARRAY_LEN(needed) && invariant_wanted(k, PI_06); n++) {
        bool found = false;
        for (size_t i = 0; i < list->n && !found; i++) {
            CLEANUP_MEM char *clean = clean_of(k, list->v[i].m.destination);
            found = !clean || strcmp(clean, needed[n]) == 0;
        }
        if (!found) {
            invariant_broken(k, PI_06, "nothing is mounted at %s", needed[n]);
        }
    }
}

/* PI-16: what lies below a mount, joined to it, is a clean destination again. */
static void check_subtargets(struct checker *k)
{
    const struct boot_mounts *list = &k->in->rec->compiled;
    for (size_t i = 0; i < list->n && invariant_wanted(k, PI_16); i++) {
        const char *top = list->v[i].m.destination, *below = list->v[list->n - 1 - i].m.destination;
        struct ptrvec stubs;
        ptrvec_init(&stubs, k->r->d);
        if (top[0] == '/' && boot_subtargets(k->r->d, top, &below, 1, &stubs)) {
            k->code = CODE_FATE;
        }
        for (size_t s = 0; s < stubs.n; s++) {
            CLEANUP_MEM char *joined = path_join(k->r->d, top, stubs.p[s]);
            CLEANUP_MEM char *clean = clean_of(k, below);
            if (joined && clean && strcmp(joined, clean) != 0) {
                invariant_broken(k, PI_16, "%s below %s is not %s", joined, top, clean);
            }
            mem_free(stubs.p[s]);
        }
        ptrvec_release(&stubs);
    }
}

static void check_compiled(struct checker *k)
{
    const struct boot_mounts *list = &k->in->rec->compiled;
    check_order(k);
    check_devices(k);
    check_needed(k);
    check_subtargets(k);
    for (size_t i = 0; i < list->n && k->code == 0; i++) {
        check_clean(k, list->v[i].m.destination);
    }
}

/* ----------------------------------------------------------------------------------------------
 * descriptors and mounts */

/* PI-01, PI-02, PI-03 after success. */
static void check_descriptors(struct checker *k)
{
    const struct boot_record *rec = k->in->rec;
    bool gofer = takes_descriptors(k), sources = true;
    int next = 1;
    invariant_wanted(k, PI_02);
    if (rec->root.fd != (gofer ? 0 : -1)) {
        invariant_broken(k, PI_02, "the root has descriptor %d", rec->root.fd);
    }
    for (size_t i = 0; i < rec->compiled.n && gofer; i++) {
        if (is_bind(&rec->compiled.v[i].m)) {
            sources = sources && rec->compiled.v[i].m.source[0] != '\0';
            if (rec->mounts[i].fd != next++) {
                invariant_broken(k, PI_02, "%s has descriptor %d, not %d",
                                 rec->compiled.v[i].m.destination, rec->mounts[i].fd, next - 1);
            }
        }
    }
    size_t want = gofer ? (size_t)next : 0, taken = k->in->n_fds - rec->fds_left;
    invariant_wanted(k, PI_01);
    if (rec->fds_left || taken != want) {
        invariant_broken(k, PI_01, "%zu descriptors taken and %zu left, not %zu", taken,
                         rec->fds_left, want);
    }
    invariant_wanted(k, PI_03);
    if (sources && k->in->n_fds != want) {
        invariant_broken(k, PI_03, "the host side made %zu channels, not %zu", k->in->n_fds, want);
    }
}

/* PI-08 */
static void check_ids(struct checker *k)
{
    const struct boot_record *rec = k->in->rec;
    uint64_t id = 1;
    invariant_wanted(k, PI_08);
    for (size_t i = 0; i < rec->compiled.n; i++) {
        const struct boot_provenance *p = &rec->mounts[i];
        if (p->mount_id != (p->state == BOOT_MOUNT_DONE ? ++id : 0)) {
            invariant_broken(k, PI_08, "%s has mount id %llu", rec->compiled.v[i].m.destination,
                             (unsigned long long)p->mount_id);
        }
    }
    if (rec->root.mount_id != 1) {
        invariant_broken(k, PI_08, "the root has mount id %llu",
                         (unsigned long long)rec->root.mount_id);
    }
}

/* PI-10: keys of a tmpfs. */
static bool only_tmpfs_keys(const char *data)
{
    while (*data) {
        size_t n = strcspn(data, ",");
        if (strncmp(data, "mode", 4) != 0 && strncmp(data, "uid", 3) != 0 &&
            strncmp(data, "gid", 3) != 0) {
            return false;
        }
        data += n + (data[n] == ',');
    }
    return true;
}

static void check_mounts(struct checker *k)
{
    const struct boot_record *rec = k->in->rec;
    invariant_wanted(k, PI_10);
    invariant_wanted(k, PI_11);
    for (size_t i = 0; i < rec->compiled.n; i++) {
        const struct boot_provenance *p = &rec->mounts[i];
        const char *at = rec->compiled.v[i].m.destination;
        if (p->fs && strcmp(p->fs, "tmpfs") == 0 && p->data && !only_tmpfs_keys(p->data)) {
            invariant_broken(k, PI_10, "the tmpfs at %s gets \"%s\"", at, p->data);
        }
        if (p->overlay && !p->flags.read_only) {
            invariant_broken(k, PI_11, "what lies below the overlay at %s can be written", at);
        }
    }
}

/* ----------------------------------------------------------------------------------------------
 * errors */

static const char *after_prefix(const char *text, const char *prefix)
{
    size_t n = strlen(prefix);
    return strncmp(text, prefix, n) == 0 ? text + n : NULL;
}

static bool starts_with_any(const char *text, const char *const *prefixes, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (after_prefix(text, prefixes[i])) {
            return true;
        }
    }
    return false;
}

/* PI-13: one of the chains of pipeline 9, 11, 12, 13. The later ones of a list need no own entry
 * for what may follow: that is a filesystem's text. */
static bool is_known_chain(const char *text)
{
    static const char *const of_root[] = {
        "failed to generate root mount point: ",
        "invalid file access type: ",
        "error adding submount overlay: ",
        "failed to create tmpfs overlay: ",
        "upper Inode is not a directory",
        "lower Inode is not a ",
        "could not find filesystem ",
    };
    static const char *const of_mount[] = {
        "invalid file access type: ",
        "invalid option ",
        "failed to create mount with source ",
        "error adding submount overlay: ",
        "failed to create tmpfs overlay: ",
        "upper Inode is not a directory",
        "lower Inode is not a ",
        "failed to create directory ",
        "walk to ",
        "failed to find inode ",
        "failed to find mount destination ",
        "failed to mount at destination ",
        "could not find filesystem ",
    };
    const char *rest = after_prefix(text, "failed to create root mount: ");
    if (rest) {
        return starts_with_any(rest, of_root, ARRAY_LEN(of_root));
    }
    rest = after_prefix(text, "failed to configure mounts: ");
    if (rest) {
        return starts_with_any(rest, of_mount, ARRAY_LEN(of_mount));
    }
    return after_prefix(text, "failed to create root mount namespace: ") ||
           after_prefix(text, "not all mount points were consumed, remaining: &{[");
}

/* PI-12, PI-13: an error is one text of a known form. */
static void check_error(struct checker *k)
{
    invariant_wanted(k, PI_12);
    if (!k->in->error || !k->in->error[0]) {
        invariant_broken(k, PI_12, "the pipeline failed without a text");
    } else if (k->in->rec->compiled.n && invariant_wanted(k, PI_13) &&
               !is_known_chain(k->in->error)) {
        invariant_broken(k, PI_13, "unknown chain: %s", k->in->error);
    }
}

void invariants_of_pipeline(struct checker *k)
{
    if (k->in->rec->compiled.n) {
        check_compiled(k);
    }
    if (!k->in->ns) {
        check_error(k);
        return;
    }
    check_descriptors(k);
    check_ids(k);
    check_mounts(k);
}
