/* Support of the tests of vfs and syscalls. */
#include "vfs_test.h"

/* ------------------------------------------------------------------------------------------ worlds
 */

void world_empty(struct test_world *w, enum profile profile)
{
    memset(w, 0, sizeof(*w));
    sentry_init(&w->s, "test", profile);
    w->p.c = (struct ctx){.s = &w->s, .creds = creds_root(), .umask = 0022};
    OK(fs_tmpfs_register(&w->s));
}

void world_on(struct test_world *w, struct inode *root)
{
    OK(mount_ns_new(&w->p.c, root, &w->ns));
    process_init(&w->p, &w->s, w->ns, NULL);
}

void world_plain(struct test_world *w, enum profile profile, const char *tree)
{
    world_empty(w, profile);
    struct inode *root = new_tmpfs(w, "mode=0755");
    fill(w, root, tree);
    world_on(w, root);
}

void world_overlay(struct test_world *w, enum profile profile, const char *lower, const char *upper)
{
    world_empty(w, profile);
    w->lower = new_tmpfs(w, "mode=0755");
    w->upper = new_tmpfs(w, "mode=0755");
    fill(w, w->lower, lower);
    fill(w, w->upper, upper);
    struct inode *merged = NULL;
    struct error err = {0};
    OK(overlay_new_root(&w->p.c, w->upper, w->lower, (struct mount_flags){0}, &merged, &err));
    world_on(w, merged);
}

static void print_left(void *arg, const char *kind, size_t size)
{
    (void)arg;
    print_error("left in the ledger: %s, %zu bytes\n", kind, size);
}

static void print_broken(void *arg, const char *rule, const char *text)
{
    (void)arg;
    print_error("%s: %s\n", rule, text);
}

void world_done(struct test_world *w)
{
    assert_int_equal(w->s.d.fate, FATE_NONE);
    if (w->ns) {
        become_root(w);
        assert_int_equal(vfs_check_invariants(w->ns, 0, print_broken, NULL), 0);
        bool exact = w->p.cwd == w->ns->root && w->s.d.leak_count == 0 && w->ns->frozen.n == 0;
        process_release(&w->p);
        mount_ns_flush(w->ns);
        jobs_drain(&w->s.d);
        if (exact) {
            assert_int_equal(vfs_check_invariants(w->ns, VFS_CHECK_FLUSHED, print_broken, NULL), 0);
        }
        mount_ns_put(w->ns);
    }
    inode_put(w->upper);
    inode_put(w->lower);
    assert_int_equal(sentry_close(&w->s, print_left, NULL), 0);
}

void world_fated(struct test_world *w, enum fate fate, const char *text)
{
    assert_int_equal(w->s.d.fate, fate);
    if (strncmp(w->s.d.fate_text, text, strlen(text)) != 0) {
        assert_string_equal(w->s.d.fate_text, text);
    }
    process_release(&w->p);
    mount_ns_put(w->ns);
    sentry_close(&w->s, NULL, NULL);
}

struct inode *new_tmpfs(struct test_world *w, const char *data)
{
    struct filesystem *fs = filesystem_find(&w->s, "tmpfs");
    struct inode *root = NULL;
    struct error err = {0};
    OK(fs->mount(&w->p.c, fs, "none", (struct mount_flags){0}, data, &root, &err));
    return root;
}

struct inode *new_tmpfs_flags(struct test_world *w, struct mount_flags flags)
{
    struct filesystem *fs = filesystem_find(&w->s, "tmpfs");
    struct inode *root = NULL;
    struct error err = {0};
    OK(fs->mount(&w->p.c, fs, "none", flags, "mode=0755", &root, &err));
    return root;
}

/* ------------------------------------------------------------------------------------------- trees
 */

static void make_word(struct test_world *w, char *word)
{
    size_t n = strlen(word);
    char *arrow = strstr(word, "->"), *at = strpbrk(word, "=@#");
    if (arrow) {
        *arrow = '\0';
        OK(sys_symlink(&w->p, arrow + 2, word));
    } else if (at && *at == '=') {
        *at = '\0';
        OK(put_file(w, word, at + 1));
    } else if (at && *at == '@') {
        *at = '\0';
        OK(sys_chmod(&w->p, word, (unsigned)strtoul(at + 1, NULL, 8)));
    } else if (at) {
        *at = '\0';
        uint32_t id = (uint32_t)strtoul(at + 1, NULL, 10);
        OK(sys_chown(&w->p, word, id, id, false));
    } else if (word[n - 1] == '|') {
        word[n - 1] = '\0';
        OK(sys_mknod(&w->p, word, S_IFIFO | 0644));
    } else {
        OK(sys_mkdir(&w->p, word, 0755));
    }
}

void fill(struct test_world *w, struct inode *root, const char *tree)
{
    struct process before = w->p;
    struct mount_ns *ns;
    OK(mount_ns_new(&w->p.c, inode_get(root), &ns));
    process_init(&w->p, &w->s, ns, NULL);
    char *copy = mem_dup(&w->s.d, tree), *save = NULL;
    for (char *word = strtok_r(copy, " ", &save); word; word = strtok_r(NULL, " ", &save)) {
        make_word(w, word);
    }
    mem_free(copy);
    process_release(&w->p);
    mount_ns_put(ns);
    root->ms->id = 0;
    root->ms->root = NULL;
    w->p = before;
}

struct names {
    struct str out;
    bool dots;
};

static int add_name(void *arg, const char *name, const struct dent_attr *attr)
{
    (void)attr;
    struct names *names = arg;
    if (!names->dots && (strcmp(name, ".") == 0 || strcmp(name, "..") == 0)) {
        return 0;
    }
    str_addf(&names->out, "%s%s", names->out.n ? " " : "", name);
    return 0;
}

static struct file *open_inode(struct test_world *w, struct inode *inode)
{
    struct dirent *d = NULL;
    struct file *f = NULL;
    OK(dirent_new(inode_get(inode), "x", &d));
    OK(inode_open(&w->p.c, inode, d, (struct open_flags){.read = true}, &f));
    dirent_put(d);
    return f;
}

static void add_xattrs(struct test_world *w, struct inode *inode, struct str *out)
{
    struct ptrvec names;
    ptrvec_init(&names, &w->s.d);
    if (inode_listxattr(&w->p.c, inode, &names) == 0) {
        for (size_t i = 0; i < names.n; i++) {
            struct str value;
            str_init(&value, &w->s.d);
            OK(inode_getxattr(&w->p.c, inode, names.p[i], &value));
            str_addf(out, " %s=%s", (const char *)names.p[i], str_get(&value));
            str_release(&value);
            mem_free(names.p[i]);
        }
    }
    ptrvec_release(&names);
}

static void add_node(struct test_world *w, struct inode *inode, const char *path, struct str *out)
{
    struct unstable_attr a;
    OK(inode_getattr(&w->p.c, inode, &a));
    str_addf(out, "%s %d %llu %o %u:%u %lld %llu %lld %lld", path, (int)inode->stable.type,
             (unsigned long long)inode->stable.inode_id, a.perms, a.uid, a.gid, (long long)a.size,
             (unsigned long long)a.links, (long long)a.mtime, (long long)a.ctime);
    add_xattrs(w, inode, out);
    if (inode->stable.type == INODE_SYMLINK) {
        char *target = NULL;
        OK(inode_readlink(&w->p.c, inode, &target));
        str_addf(out, " -> %s", target);
        mem_free(target);
    } else if (inode->stable.type == INODE_REGULAR) {
        struct file *f = open_inode(w, inode);
        str_addf(out, " = %s", read_all(w, f));
        file_put(f);
    }
    str_addc(out, '\n');
    if (inode->stable.type != INODE_DIRECTORY) {
        return;
    }
    struct file *f = open_inode(w, inode);
    struct names names = {0};
    str_init(&names.out, &w->s.d);
    struct dir_ctx dc = {.emit = add_name, .arg = &names};
    OK(file_readdir(&w->p.c, f, &dc));
    file_put(f);
    char *list = mem_dup(&w->s.d, str_get(&names.out)), *save = NULL;
    str_release(&names.out);
    for (char *name = strtok_r(list, " ", &save); name; name = strtok_r(NULL, " ", &save)) {
        struct dirent *d = NULL;
        OK(inode_lookup(&w->p.c, inode, name, &d));
        char *below = mem_printf(&w->s.d, "%s/%s", path, name);
        add_node(w, d->inode, below, out);
        mem_free(below);
        dirent_put(d);
    }
    mem_free(list);
}

char *snapshot(struct test_world *w, struct inode *root)
{
    struct ctx before = w->p.c;
    w->p.c.creds = creds_root();
    struct str out;
    str_init(&out, &w->s.d);
    add_node(w, root, "", &out);
    w->p.c = before;
    return str_take(&out);
}

/* ------------------------------------------------------------------------------------ by paths */

void become(struct test_world *w, uint32_t uid)
{
    w->p.c.creds = (struct creds){.uid = uid, .gid = uid, .euid = uid, .egid = uid};
}

void become_root(struct test_world *w)
{
    w->p.c.creds = creds_root();
}

int put_file(struct test_world *w, const char *path, const char *content)
{
    struct file *f;
    int r = sys_open(&w->p, path, O_CREAT | O_WRONLY | O_TRUNC, 0644, &f);
    if (r) {
        return r;
    }
    size_t n = 0;
    if (content[0]) {
        r = sys_write(&w->p, f, content, strlen(content), &n);
        assert_true(r || n == strlen(content));
    }
    int closed = sys_close(&w->p, f);
    return r ? r : closed;
}

static const char *say(struct test_world *w, int r)
{
    snprintf(w->text, sizeof(w->text), "%s", code_name(r));
    return w->text;
}

const char *read_all(struct test_world *w, struct file *f)
{
    size_t n = 0;
    int r = file_pread(&w->p.c, f, 0, w->text, sizeof(w->text) - 1, &n);
    if (r) {
        return say(w, r);
    }
    w->text[n] = '\0';
    return w->text;
}

const char *cat(struct test_world *w, const char *path)
{
    struct file *f;
    int r = sys_open(&w->p, path, O_RDONLY, 0, &f);
    if (r) {
        return say(w, r);
    }
    const char *text = read_all(w, f);
    OK(sys_close(&w->p, f));
    return text;
}

const char *ls(struct test_world *w, const char *path)
{
    struct file *f;
    int r = sys_open(&w->p, path, O_RDONLY | O_DIRECTORY, 0, &f);
    if (r) {
        return say(w, r);
    }
    struct names names = {0};
    str_init(&names.out, &w->s.d);
    struct dir_ctx dc = {.emit = add_name, .arg = &names};
    r = sys_getdents(&w->p, f, &dc);
    OK(sys_close(&w->p, f));
    if (r == 0) {
        snprintf(w->text, sizeof(w->text), "%s", str_get(&names.out));
    } else {
        say(w, r);
    }
    str_release(&names.out);
    return w->text;
}

bool exists(struct test_world *w, const char *path)
{
    struct sys_stat st;
    return sys_stat(&w->p, path, false, &st) == 0;
}

struct sys_stat stat_of(struct test_world *w, const char *path)
{
    struct sys_stat st = {0};
    OK(sys_stat(&w->p, path, false, &st));
    return st;
}

int sys_mount_tmpfs(struct test_world *w, const char *path)
{
    return sys_mount(&w->p, "none", path, "tmpfs", 0, "mode=0755");
}

struct dirent *at(struct test_world *w, const char *path)
{
    struct dirent *d = NULL;
    OK(mount_ns_find_link(&w->p.c, w->ns, w->ns->root, w->p.cwd, path, LINK_LIMIT_SYSCALL, &d));
    return d;
}

bool logged(struct test_world *w, const char *text)
{
    for (size_t i = 0; i < w->s.d.log_n; i++) {
        const struct log_line *line = &w->s.d.log[i];
        if (line->level == LOG_WARNING && strcmp(line->text, text) == 0) {
            return true;
        }
    }
    return false;
}
