/* Provenance: what happened to each mount, and which rows of the contract acted. */
#include "boot_internal.h"

void provenance_init(struct boot_provenance *p, struct domain *d)
{
    *p = (struct boot_provenance){.state = BOOT_MOUNT_PENDING, .fs = "", .fd = -1};
    ptrvec_init(&p->ignored, d);
    ptrvec_init(&p->created, d);
    ptrvec_init(&p->created_on, d);
    ptrvec_init(&p->rules, d);
}

void provenance_release(struct boot_provenance *p)
{
    mem_free(p->data);
    mem_free(p->place);
    ptrvec_release(&p->ignored);
    ptrvec_release_owned(&p->created);
    ptrvec_release(&p->created_on);
    ptrvec_release(&p->rules);
}

void boot_record_init(struct boot_record *r, struct domain *d)
{
    *r = (struct boot_record){.d = d};
    provenance_init(&r->root, d);
}

void boot_record_release(struct boot_record *r)
{
    provenance_release(&r->root);
    for (size_t i = 0; r->mounts && i < r->compiled.n; i++) {
        provenance_release(&r->mounts[i]);
    }
    mem_free(r->mounts);
    boot_mounts_release(&r->compiled);
    boot_record_init(r, r->d);
}

int record_mounts(struct boot_record *rec)
{
    size_t n = rec->compiled.n;
    rec->mounts = mem_resize(rec->d, NULL, 0, n, sizeof(*rec->mounts), "provenance");
    if (!rec->mounts) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < n; i++) {
        provenance_init(&rec->mounts[i], rec->d);
    }
    return 0;
}

int provenance_rule(struct boot_provenance *p, const char *row)
{
    for (size_t i = 0; i < p->rules.n; i++) {
        if (strcmp(p->rules.p[i], row) == 0) {
            return 0;
        }
    }
    return ptrvec_push(&p->rules, (void *)row);
}

/* A row and whether it acts. */
struct rule_test {
    bool acts;
    const char *row;
};

static int apply(struct boot_provenance *p, const struct rule_test *tests, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (tests[i].acts && provenance_rule(p, tests[i].row) != 0) {
            return CODE_FATE;
        }
    }
    return 0;
}

/* ------------------------------------------------------------------------------------------ by the
 * list */

static bool is_mandatory(const char *clean, const char *type)
{
    return (strcmp(clean, "/proc") == 0 && strcmp(type, "proc") != 0) ||
           (strcmp(clean, "/sys") == 0 && strcmp(type, "sysfs") != 0) ||
           (strcmp(clean, "/tmp") == 0 && strcmp(type, "tmpfs") != 0);
}

/* Is a later entry mounted below entry `i`? */
static bool any_below(char *const *clean, size_t i, size_t n)
{
    for (size_t k = i + 1; k < n; k++) {
        if (path_is_below(clean[k], clean[i])) {
            return true;
        }
    }
    return false;
}

/* Is a later entry mounted above entry `i`? */
static bool hidden_later(char *const *clean, size_t i, size_t n)
{
    for (size_t k = i + 1; k < n; k++) {
        if (path_is_below(clean[i], clean[k])) {
            return true;
        }
    }
    return false;
}

int provenance_list_rules(struct boot_record *rec, char *const *clean)
{
    size_t n = rec->compiled.n;
    for (size_t i = 0; i < n; i++) {
        const struct boot_mount *b = &rec->compiled.v[i];
        bool added = b->spec_index < 0;
        bool known = mount_type_fs(b->m.type) != NULL;
        bool has_stub = clean[i][0] == '/' && clean[i][1] != '\0';
        const struct rule_test tests[] = {
            {added && strncmp(clean[i], "/dev", 4) != 0 && any_below(clean, i, n), "PQ-10"},
            {!added && is_mandatory(clean[i], b->m.type), "PQ-11"},
            {!known && has_stub, "PQ-22"},
            {has_stub && hidden_later(clean, i, n), "PQ-23"},
        };
        if (apply(&rec->mounts[i], tests, ARRAY_LEN(tests)) != 0) {
            return CODE_FATE;
        }
    }
    return 0;
}

/* ----------------------------------------------------------------------------- by options and
 * source */

static bool has_option(const struct spec_mount *m, const char *option)
{
    for (size_t i = 0; i < m->n_options; i++) {
        if (strcmp(m->options[i], option) == 0) {
            return true;
        }
    }
    return false;
}

bool option_is_flag(const char *option)
{
    return strcmp(option, "rw") == 0 || strcmp(option, "ro") == 0 || strcmp(option, "noatime") == 0;
}

/* Would tmpfs get this option? */
bool option_is_tmpfs(const char *option)
{
    size_t n = strcspn(option, "=");
    for (const char *const *key = mount_tmpfs_options; *key; key++) {
        if (strlen(*key) == n && memcmp(*key, option, n) == 0) {
            return true;
        }
    }
    return false;
}

static bool ends_writable(const struct spec_mount *m)
{
    bool read_only = false;
    for (size_t i = 0; i < m->n_options; i++) {
        if (option_is_flag(m->options[i]) && m->options[i][0] == 'r') {
            read_only = strcmp(m->options[i], "ro") == 0;
        }
    }
    return !read_only;
}

/* An option that holds a comma and reaches the data string all the same (PQ-13). */
static bool splits_data(const struct spec_mount *m, const char *fs)
{
    if (strcmp(fs, "whitelistfs") == 0) {
        return strchr(m->source, ',') != NULL;
    }
    for (size_t i = 0; strcmp(fs, "tmpfs") == 0 && i < m->n_options; i++) {
        if (option_is_tmpfs(m->options[i]) && strchr(m->options[i], ',')) {
            return true;
        }
    }
    return false;
}

static bool warns_twice(const struct spec_mount *m)
{
    for (size_t i = 0; i < m->n_options; i++) {
        if (!option_is_flag(m->options[i])) {
            return true;
        }
    }
    return false;
}

int provenance_mount_rules(struct boot_provenance *p, const struct config *conf,
                           const struct spec_mount *m, const struct mount_choice *ch)
{
    bool bind = mount_is_bind(m);
    bool gofer = ch->fd >= 0 || (ch->fs && strcmp(ch->fs, "9p") == 0);
    bool direct = bind && !gofer;
    bool none = strcmp(m->type, "none") == 0;
    bool comma = ch->fs && splits_data(m, ch->fs);
    const struct rule_test tests[] = {
        {direct && m->source[0] != '/' && (!conf->bundle || quirk_on(p->rules.d, PQ_05)), "PQ-05"},
        {(none || m->type[0] == '\0') && (has_option(m, "bind") || has_option(m, "rbind")),
         "PQ-06"},
        {gofer && has_option(m, "ro") && ends_writable(m), "PQ-08"},
        {gofer && m->source[0] == '\0', "PQ-09"},
        {none, "PQ-12"},
        {comma, "PQ-13"},
        {ch->fs && strcmp(ch->fs, "tmpfs") == 0 && ch->data[0] != '\0', "PQ-15"},
        {bind && conf->overlay && warns_twice(m), "PQ-16"},
    };
    if (apply(p, tests, ARRAY_LEN(tests)) != 0) {
        return CODE_FATE;
    }
    return comma ? log_q(p->rules.d, LOG_DEBUG, "A comma splits the options of the mount at ",
                         m->destination, "")
                 : 0;
}

int provenance_ignored(struct boot_provenance *p, const struct spec_mount *m, const char *fs)
{
    for (size_t i = 0; i < m->n_options; i++) {
        const char *option = m->options[i];
        bool used =
            fs && (option_is_flag(option) || (strcmp(fs, "tmpfs") == 0 && option_is_tmpfs(option)));
        if (!used && ptrvec_push(&p->ignored, (void *)option) != 0) {
            return CODE_FATE;
        }
    }
    return 0;
}

/* ---------------------------------------------------------------------------------------- by
 * place */

/* The filesystem that holds the inode's own data. */
static const char *real_fs(const struct inode *inode)
{
    while (inode->overlay) {
        inode = inode->overlay->upper ? inode->overlay->upper : inode->overlay->lower;
    }
    return inode->ms->fs ? inode->ms->fs->name : "";
}

int provenance_place(struct boot_provenance *p, struct dirent *target, struct dirent *root)
{
    bool reachable = false;
    p->hidden = (struct boot_hidden){
        .type = target->inode->stable.type,
        .fs = real_fs(target->inode),
        .mount_id = target->inode->ms->id,
        .root = target->mounted || target == root,
    };
    return dirent_full_name(target, root, &p->place, &reachable);
}

int provenance_created(struct boot_provenance *p, struct dirent *d, struct dirent *root)
{
    const char *fs = real_fs(d->inode);
    char *path = NULL;
    bool reachable = false;
    if (dirent_full_name(d, root, &path, &reachable) != 0) {
        return CODE_FATE;
    }
    if (ptrvec_push(&p->created, path) != 0 || ptrvec_push(&p->created_on, (void *)fs) != 0) {
        return CODE_FATE; /* the ledger frees the path */
    }
    bool on_host = strcmp(fs, "9p") == 0 || strcmp(fs, "whitelistfs") == 0;
    return on_host ? provenance_rule(p, "PQ-19") : 0;
}
