/* What invariants_check says of results and namespaces that are broken on purpose. */
#include "fixture.h"
#include "invariants.h"

#include <simrun/fs/tmpfs.h>

/* A finished run without a namespace's tree: a root and the mounts that each container has. */
struct broken {
    struct domain *d;
    struct sentry s;
    struct sim_case c;
    struct spec_mount mounts[2];
    struct boot_record rec;
    struct quirks rows;
    struct mount_ns *ns;
    struct sim_result *r;
    struct invariant_input in;
};

static struct mount_ns *new_namespace(struct sentry *s)
{
    struct ctx c = {.s = s, .creds = creds_root()};
    struct inode *root;
    struct mount_ns *ns;
    struct error err = {0};
    assert_int_equal(fs_tmpfs_register(s), 0);
    struct filesystem *fs = filesystem_find(s, "tmpfs");
    assert_int_equal(fs->mount(&c, fs, "", (struct mount_flags){0}, "", &root, &err), 0);
    assert_int_equal(mount_ns_new(&c, root, &ns), 0);
    assert_int_equal(dirent_mkdir(&c, ns->root, ns->root, "a", 0755), 0);
    return ns;
}

static void fill_record(struct broken *b)
{
    boot_record_init(&b->rec, &b->s.d);
    assert_int_equal(boot_compile(&b->s.d, &b->c.real, &b->rec.compiled), 0);
    size_t n = b->rec.compiled.n;
    b->rec.mounts = mem_resize(&b->s.d, NULL, 0, n, sizeof(*b->rec.mounts), "provenance");
    b->rec.root.fd = 0;
    b->rec.root.mount_id = 1;
    for (size_t i = 0; i < n; i++) {
        b->rec.mounts[i] = (struct boot_provenance){
            .state = BOOT_MOUNT_DONE, .fs = "tmpfs", .fd = -1, .mount_id = i + 2};
        ptrvec_init(&b->rec.mounts[i].rules, &b->s.d);
        if (strcmp(b->rec.compiled.v[i].m.type, "bind") == 0) {
            b->rec.mounts[i].fd = 1;
        }
    }
}

static void open_broken(struct broken *b, struct domain *d)
{
    *b = (struct broken){.d = d};
    b->mounts[0] = (struct spec_mount){.destination = "/t", .type = "tmpfs", .source = ""};
    b->mounts[1] = (struct spec_mount){.destination = "/t/b", .type = "bind", .source = "/s"};
    b->c.real = (struct spec){
        .has_root = true, .root_path = "/", .cwd = "", .mounts = b->mounts, .n_mounts = 2};
    b->c.config.file_access = ACCESS_PROXY_EXCLUSIVE;
    sentry_init(&b->s, "sentry", PROFILE_GVISOR_2018_08_14);
    fill_record(b);
    b->ns = new_namespace(&b->s);
    quirks_init(&b->rows, PROFILE_GVISOR_2018_08_14);
    b->r = sim_result_new(d, "broken");
    b->in = (struct invariant_input){.c = &b->c,
                                     .rec = &b->rec,
                                     .ns = b->ns,
                                     .n_fds = 2,
                                     .rows = &b->rows,
                                     .gofer_rows = &b->rows};
}

static void close_broken(struct broken *b)
{
    sim_result_free(b->r);
    mount_ns_put(b->ns);
    boot_record_release(&b->rec);
    assert_int_equal(sentry_close(&b->s, NULL, NULL), 0);
}

/* Exactly the invariants of `ids` (blank separated) are said to be broken. */
static void assert_broken(struct broken *b, const char *ids)
{
    struct str seen;
    str_init(&seen, b->d);
    assert_int_equal(invariants_check(&b->in, b->r), 0);
    for (size_t i = 0; i < b->r->n_findings; i++) {
        const struct sim_finding *f = &b->r->findings[i];
        assert_string_equal(f->severity, "error");
        if (!strstr(str_get(&seen), f->code)) {
            str_addf(&seen, "%s%s", seen.n ? " " : "", f->code);
        }
    }
    assert_string_equal(str_get(&seen), ids);
    str_release(&seen);
}

static void add_node(struct broken *b, struct sim_node node)
{
    struct sim_result *r = b->r;
    r->nodes = mem_resize(b->d, r->nodes, r->n_nodes, r->n_nodes + 1, sizeof(node), "nodes");
    r->nodes[r->n_nodes++] = node;
    r->has_nodes = true;
}

#define DIRECTORY(at, filesystem, ...)                                                             \
    add_node(&b, (struct sim_node){.path = (at),                                                   \
                                   .type = "dir",                                                  \
                                   .fs = (filesystem),                                             \
                                   .flags = "",                                                    \
                                   .mode = "0755",                                                 \
                                   .size = -1,                                                     \
                                   .readdir = true,                                                \
                                   __VA_ARGS__})

static void add_sound_tree(struct broken *b_)
{
    struct broken b = *b_;
    DIRECTORY("/", "9p", .mountpoint = true);
    DIRECTORY("/dev", "devtmpfs", .mountpoint = true);
    DIRECTORY("/dev/pts", "devpts", .mountpoint = true);
    DIRECTORY("/proc", "proc", .mountpoint = true);
    DIRECTORY("/sys", "sysfs", .mountpoint = true);
    DIRECTORY("/t", "tmpfs", .mountpoint = true, .nlink = 2);
    DIRECTORY("/t/b", "9p", .mountpoint = true);
    DIRECTORY("/tmp", "tmpfs", .mountpoint = true, .nlink = 1);
    *b_ = b;
}

/* ------------------------------------------------------------------------------------------------
 * the record */

static void a_sound_run_breaks_nothing(void **state)
{
    struct broken b;
    open_broken(&b, *state);
    add_sound_tree(&b);
    assert_broken(&b, "");
    assert_true(b.r->checks > 20);
    assert_int_equal(b.r->checks_skipped, 0);
    close_broken(&b);
}

static void numbers_of_descriptors(void **state)
{
    struct broken b;
    open_broken(&b, *state);
    b.rec.fds_left = 1;
    assert_broken(&b, "PI-01");
    close_broken(&b);
    open_broken(&b, *state);
    b.rec.root.fd = 1;
    assert_broken(&b, "PI-02");
    close_broken(&b);
    open_broken(&b, *state);
    b.in.n_fds = 3;
    assert_broken(&b, "PI-01 PI-03");
    close_broken(&b);
}

static void a_wrong_compiled_list(void **state)
{
    struct broken b;
    open_broken(&b, *state);
    struct boot_mount *v = b.rec.compiled.v;
    for (size_t i = 0; i < b.rec.compiled.n; i++) {
        v[i].spec_index = v[i].spec_index < 0 ? -1 : 1 - v[i].spec_index;
    }
    assert_broken(&b, "PI-04");
    close_broken(&b);
    open_broken(&b, *state);
    for (size_t i = 0; i < b.rec.compiled.n; i++) {
        const char *was = b.rec.compiled.v[i].m.destination;
        b.rec.compiled.v[i].m.destination = strcmp(was, "/dev/pts") == 0 ? "/dev/x"
                                            : strcmp(was, "/sys") == 0   ? "/sis"
                                                                         : was;
    }
    assert_broken(&b, "PI-05 PI-06");
    close_broken(&b);
}

static void wrong_mounts(void **state)
{
    struct broken b;
    open_broken(&b, *state);
    b.rec.mounts[1].mount_id = 9;
    assert_broken(&b, "PI-08");
    close_broken(&b);
    open_broken(&b, *state);
    b.rec.mounts[0].data = mem_dup(&b.s.d, "mode=0700,size=1");
    b.rec.mounts[0].overlay = true;
    assert_broken(&b, "PI-10 PI-11");
    close_broken(&b);
}

static void errors_have_one_known_text(void **state)
{
    struct broken b;
    open_broken(&b, *state);
    mount_ns_put(b.ns);
    b.ns = b.in.ns = NULL;
    b.in.error = "failed to configure mounts: invalid option \"a=b=c\"";
    assert_broken(&b, "");
    b.in.error = "failed to configure mounts: something else";
    assert_broken(&b, "PI-13");
    b.in.error = NULL;
    assert_broken(&b, "PI-13 PI-12");
    close_broken(&b);
}

/* A panic needs a row; a process that waits for another one does not. */
static void ends_need_a_row(void **state)
{
    struct broken b;
    struct domain dead = {.fate = FATE_HANG, .fate_text = "open of a fifo waits"};
    open_broken(&b, *state);
    b.in.ns = NULL;
    b.in.dead = &dead;
    assert_broken(&b, "");
    dead.fate_text = "waits for itself: renameMu";
    assert_broken(&b, "VI-17");
    close_broken(&b);
    open_broken(&b, *state);
    dead.fate = FATE_PANIC;
    b.in.dead = &dead;
    b.rows.asked[VP_06] = true;
    assert_broken(&b, "");
    assert_int_equal(b.r->checks, 2);
    assert_int_equal(b.r->checks_skipped, 2);
    close_broken(&b);
}

/* ------------------------------------------------------------------------------------------------
 * the tree */

static void mounts_out_of_place(void **state)
{
    struct broken b;
    open_broken(&b, *state);
    add_sound_tree(&b);
    b.r->nodes[6].mountpoint = false;
    assert_broken(&b, "PI-07");
    close_broken(&b);
    open_broken(&b, *state);
    add_sound_tree(&b);
    b.r->nodes[6] = b.r->nodes[7]; /* /t/b is gone */
    b.r->n_nodes--;
    b.r->nodes[5].nlink = 1;
    b.r->nodes[6].nlink = 1;
    assert_broken(&b, "PI-07 PI-09");
    close_broken(&b);
}

/* VQ-09 loses mounts: where it acted nothing is said of their places. */
static void a_row_that_acted_suspends(void **state)
{
    struct broken b;
    open_broken(&b, *state);
    add_sound_tree(&b);
    b.r->nodes[6].mountpoint = false;
    b.rows.asked[VQ_09] = true;
    assert_broken(&b, "");
    assert_true(b.r->checks_skipped >= 2);
    close_broken(&b);
    open_broken(&b, *state);
    add_sound_tree(&b);
    b.r->nodes[6].mountpoint = false;
    b.rows.asked[VQ_09] = true;
    b.rows.value[VQ_09] = 0; /* asked, but off: it did not act */
    assert_broken(&b, "PI-07");
    close_broken(&b);
    open_broken(&b, *state);
    add_sound_tree(&b);
    b.r->nodes[6].mountpoint = false;
    assert_int_equal(ptrvec_push(&b.rec.mounts[0].rules, (void *)(uintptr_t) "PQ-17"), 0);
    assert_broken(&b, "");
    close_broken(&b);
}

static void odd_listings(void **state)
{
    struct broken b;
    open_broken(&b, *state);
    add_sound_tree(&b);
    DIRECTORY("/tmp", "tmpfs", .mountpoint = true, .nlink = 1);
    assert_broken(&b, "FI-02");
    close_broken(&b);
    open_broken(&b, *state);
    add_sound_tree(&b);
    DIRECTORY("/tmp/s", "", .error = "lookup: no such file or directory");
    assert_broken(&b, "FI-02");
    close_broken(&b);
    open_broken(&b, *state);
    add_sound_tree(&b);
    DIRECTORY("/tmp/s", "", .error = "lookup: bad file descriptor"); /* FQ-51 */
    DIRECTORY("/u", "9p", .nlink = 1);
    b.r->nodes[9].readdir = false;
    assert_broken(&b, "FI-03");
    close_broken(&b);
}

static void links_sizes_and_fixed_names(void **state)
{
    struct broken b;
    open_broken(&b, *state);
    add_sound_tree(&b);
    b.r->nodes[7].nlink = 2;
    assert_broken(&b, "FI-05");
    close_broken(&b);
    open_broken(&b, *state);
    add_sound_tree(&b);
    DIRECTORY("/tmp/l", "tmpfs", .target = "abc");
    b.r->nodes[8].type = "symlink";
    b.r->nodes[8].size = 4;
    assert_broken(&b, "FI-06");
    close_broken(&b);
    open_broken(&b, *state);
    add_sound_tree(&b);
    struct sim_node node = b.r->nodes[1];
    node.mountpoint = false;
    node.path = "/dev/new";
    b.r->nodes[2] = node; /* between /dev and /proc */
    b.rows.asked[VQ_09] = true;
    assert_broken(&b, "FI-11");
    close_broken(&b);
}

static void operations_fail_with_an_errno(void **state)
{
    struct broken b;
    open_broken(&b, *state);
    add_sound_tree(&b);
    b.r->ops = mem_resize(b.d, NULL, 0, 1, sizeof(*b.r->ops), "ops");
    b.r->n_ops = 1;
    b.r->ops[0] = (struct sim_op_result){.op = "[\"stat\", \"/\"]", .error = "EUNKNOWN"};
    assert_broken(&b, "FI-10");
    close_broken(&b);
}

/* -------------------------------------------------------------------------------------------------
 * the namespace */

static void what_the_live_tree_shows(void **state)
{
    struct broken b;
    struct dirent *a;
    open_broken(&b, *state);
    struct ctx c = {.s = &b.s, .creds = creds_root()};
    assert_int_equal(dirent_walk(&c, b.ns->root, b.ns->root, "a", &a), 0);
    a->mounted = true;
    assert_broken(&b, "VI-07 VI-03"); /* and somebody holds a dirent */
    a->mounted = false;
    dirent_put(a);
    close_broken(&b);
    open_broken(&b, *state);
    c.s = &b.s;
    assert_int_equal(dirent_walk(&c, b.ns->root, b.ns->root, "a", &a), 0);
    b.rows.asked[VQ_34] = true; /* the original leaks such references */
    assert_broken(&b, "");
    dirent_put(a);
    close_broken(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SUBJECT_TEST(a_sound_run_breaks_nothing),
        SUBJECT_TEST(numbers_of_descriptors),
        SUBJECT_TEST(a_wrong_compiled_list),
        SUBJECT_TEST(wrong_mounts),
        SUBJECT_TEST(errors_have_one_known_text),
        SUBJECT_TEST(ends_need_a_row),
        SUBJECT_TEST(mounts_out_of_place),
        SUBJECT_TEST(a_row_that_acted_suspends),
        SUBJECT_TEST(odd_listings),
        SUBJECT_TEST(links_sizes_and_fixed_names),
        SUBJECT_TEST(operations_fail_with_an_errno),
        SUBJECT_TEST(what_the_live_tree_shows),
    };
    return cmocka_run_group_tests_name("sim_subject_invariants", tests, NULL, NULL);
}
