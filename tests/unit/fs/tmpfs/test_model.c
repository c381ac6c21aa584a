/* Random directory operations on tmpfs against a naive model: arrays of nodes and names. */
#include "fs_test.h"

#include <simrun/fs/tmpfs.h>

enum { MAX_NODES = 400, MAX_ENTRIES = 400, STEPS = 300, NAMES = 6 };
static const char *const names[NAMES] = {"a", "b", "c", "dd", "e", "z"};

struct model_entry {
    int dir, name, node; /* node numbers; -1 dir = free slot */
};
struct model {
    bool is_dir[MAX_NODES];
    struct inode *inode[MAX_NODES]; /* one reference each */
    int n_nodes;
    struct model_entry entries[MAX_ENTRIES];
    int n_entries;
};

static int find(const struct model *m, int dir, int name)
{
    for (int i = 0; i < m->n_entries; i++) {
        if (m->entries[i].dir == dir && m->entries[i].name == name) {
            return i;
        }
    }
    return -1;
}

static bool is_empty(const struct model *m, int dir)
{
    for (int i = 0; i < m->n_entries; i++) {
        if (m->entries[i].dir == dir) {
            return false;
        }
    }
    return true;
}

static bool is_below(const struct model *m, int node, int above)
{
    while (node != above && node != 0) {
        int i = 0;
        while (i < m->n_entries && m->entries[i].node != node) {
            i++;
        }
        if (i == m->n_entries) {
            return false;
        }
        node = m->entries[i].dir;
    }
    return node == above;
}

static void drop(struct model *m, int entry)
{
    m->entries[entry] = m->entries[--m->n_entries];
}

static void add(struct model *m, int dir, int name, int node)
{
    m->entries[m->n_entries++] = (struct model_entry){dir, name, node};
}

static int pick(struct world *w, int n)
{
    return (int)(domain_random(&w->s.d) % (uint64_t)n);
}

/* A directory that still has a name, or the root. */
static int pick_dir(struct world *w, const struct model *m)
{
    int live[MAX_ENTRIES + 1], n = 0;
    live[n++] = 0;
    for (int i = 0; i < m->n_entries; i++) {
        if (m->is_dir[m->entries[i].node]) {
            live[n++] = m->entries[i].node;
        }
    }
    return live[pick(w, n)];
}

static void step_make(struct world *w, struct model *m, int dir, int name, bool is_dir)
{
    struct inode *parent = m->inode[dir];
    int rc = is_dir ? parent->ops->mkdir(&w->c, parent, names[name], 0755)
                    : parent->ops->symlink(&w->c, parent, "t", names[name]);
    if (find(m, dir, name) >= 0) {
        assert_int_equal(rc, -EEXIST);
        return;
    }
    assert_int_equal(rc, 0);
    int node = m->n_nodes++;
    m->is_dir[node] = is_dir;
    m->inode[node] = child_of(w, parent, names[name]);
    add(m, dir, name, node);
}

static void step_remove(struct world *w, struct model *m, int dir, int name)
{
    struct inode *parent = m->inode[dir];
    int entry = find(m, dir, name);
    if (entry < 0) {
        assert_int_equal(parent->ops->remove(&w->c, parent, names[name]), ERR_NOT_FOUND);
        return;
    }
    int node = m->entries[entry].node;
    if (!m->is_dir[node]) {
        assert_int_equal(parent->ops->remove(&w->c, parent, names[name]), 0);
    } else if (!is_empty(m, node)) {
        assert_int_equal(parent->ops->rmdir(&w->c, parent, names[name]), ERR_NOT_EMPTY);
        return;
    } else {
        assert_int_equal(parent->ops->rmdir(&w->c, parent, names[name]), 0);
    }
    drop(m, entry);
}

static void step_link(struct world *w, struct model *m, int dir, int name, int from_dir, int from)
{
    int source = find(m, from_dir, from);
    if (source < 0 || m->is_dir[m->entries[source].node]) {
        return;
    }
    int node = m->entries[source].node;
    struct inode *parent = m->inode[dir];
    int rc = parent->ops->link(&w->c, parent, m->inode[node], names[name]);
    if (find(m, dir, name) >= 0) {
        assert_int_equal(rc, -EEXIST);
        return;
    }
    assert_int_equal(rc, 0);
    add(m, dir, name, node);
}

/* What the core refuses before is not tried: other classes, a directory into itself. */
static void step_rename(struct world *w, struct model *m, int dir, int name, int to, int to_name)
{
    int source = find(m, dir, name), target = find(m, to, to_name);
    if (source < 0 || source == target) {
        return;
    }
    int node = m->entries[source].node;
    if (m->is_dir[node] && is_below(m, to, node)) {
        return;
    }
    if (target >= 0 && m->is_dir[node] != m->is_dir[m->entries[target].node]) {
        return;
    }
    struct inode *moved = m->inode[node];
    int rc =
        moved->ops->rename(&w->c, moved, m->inode[dir], names[name], m->inode[to], names[to_name]);
    if (target >= 0 && m->is_dir[m->entries[target].node] &&
        !is_empty(m, m->entries[target].node)) {
        assert_int_equal(rc, ERR_NOT_EMPTY);
        return;
    }
    assert_int_equal(rc, 0);
    if (target >= 0) {
        drop(m, target);
    }
    drop(m, find(m, dir, name));
    add(m, to, to_name, node);
}

static void check(struct world *w, const struct model *m)
{
    for (int node = 0; node < m->n_nodes; node++) {
        uint64_t links = m->is_dir[node] ? 1 : 0;
        for (int i = 0; i < m->n_entries; i++) {
            links += m->entries[i].node == node;
            links += m->entries[i].dir == node && m->is_dir[m->entries[i].node];
        }
        assert_int_equal(attr_of(w, m->inode[node]).links, links);
        if (!m->is_dir[node]) {
            continue;
        }
        struct str expected;
        str_init(&expected, &w->s.d);
        str_add(&expected, ". ..");
        for (int name = 0; name < NAMES; name++) {
            int entry = find(m, node, name);
            if (entry < 0) {
                continue;
            }
            str_addf(&expected, " %s", names[name]);
            struct inode *child = child_of(w, m->inode[node], names[name]);
            assert_ptr_equal(child, m->inode[m->entries[entry].node]);
            inode_put(child);
        }
        assert_listing(w, m->inode[node], str_get(&expected));
        str_release(&expected);
    }
}

/* proves: FI-05 FI-17 FI-20 FI-10 */
static void test_random_operations(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct world w;
        static struct model m;
        m = (struct model){.n_nodes = 1, .is_dir = {true}};
        world_open(&w, PROFILE_STRICT); /* link counts as they should be */
        assert_int_equal(fs_tmpfs_register(&w.s), 0);
        w.s.d.random_state = seed * 104729;
        m.inode[0] = world_mount(&w, "tmpfs", "");
        for (int step = 0; step < STEPS; step++) {
            int dir = pick_dir(&w, &m), other = pick_dir(&w, &m);
            int name = pick(&w, NAMES), second = pick(&w, NAMES);
            switch (pick(&w, 6)) {
            case 0:
            case 1:
                step_make(&w, &m, dir, name, pick(&w, 2) == 0);
                break;
            case 2:
                step_remove(&w, &m, dir, name);
                break;
            case 3:
                step_link(&w, &m, dir, name, other, second);
                break;
            default:
                step_rename(&w, &m, dir, name, other, second);
            }
            if (step % 25 == 0) {
                check(&w, &m);
            }
        }
        check(&w, &m);
        for (int i = 0; i < m.n_nodes; i++) {
            inode_put(m.inode[i]);
        }
        world_close(&w);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(test_random_operations)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
