/*
 * Random operations on the model's file system and on a naive tree: every errno and, after every
 * operation, the whole visible tree must agree. Once on one tmpfs, once on an overlay of two. A
 * failure prints the seed of its sequence.
 */
#include "tree_model.h"
#include "vfs_test.h"

enum { SEQUENCES = 2000, STEPS = 40, USER = 7, FIRST_SEED = 20180814 };

static const char *const targets[] = {"a", "b/c", "../a", "/b", "/a/b", "d/a", "c", "../../d"};
static const unsigned modes[] = {0777, 0755, 0700, 0500, 0000, 01777, 0311, 0644};

struct game {
    struct test_world w;
    struct tree tree;
    uint64_t state, seed;
    int step;
    char op[160];
    bool canary, mismatch;
};

static unsigned pick(struct game *g, unsigned n)
{
    g->state ^= g->state << 13;
    g->state ^= g->state >> 7;
    g->state ^= g->state << 17;
    return (unsigned)(g->state >> 11) % n;
}

/* Mostly a way that is there, so that operations get somewhere. */
static const char *path(struct game *g, char *out)
{
    char *at = out;
    int node = 0;
    for (unsigned depth = 0; depth < 3; depth++) {
        unsigned name = pick(g, TREE_NAMES);
        for (unsigned tries = pick(g, 6); tries > 0 && !g->tree.node[node].child[name]; tries--) {
            name = pick(g, TREE_NAMES);
        }
        *at++ = '/';
        *at++ = (char)('a' + name);
        node = g->tree.node[node].child[name];
        if (node ? g->tree.node[node].type == 'f' || pick(g, 3) == 0 : pick(g, 8) != 0) {
            break;
        }
    }
    *at = '\0';
    return out;
}

/* The canary must be told, not fail. */
#define FAIL(g, ...)                                                                               \
    do {                                                                                           \
        if ((g)->canary) {                                                                         \
            (g)->mismatch = true;                                                                  \
            return;                                                                                \
        }                                                                                          \
        print_error("seed %llu step %d: %s\n", (unsigned long long)(g)->seed, (g)->step, (g)->op); \
        fail_msg(__VA_ARGS__);                                                                     \
    } while (0)

/* ------------------------------------------------------------------------------- the whole tree */

static void compare_node(struct game *g, int node, char *where)
{
    struct test_world *w = &g->w;
    const struct tree_node *n = &g->tree.node[node];
    static const char types[] = {
        [INODE_REGULAR] = 'f', [INODE_DIRECTORY] = 'd', [INODE_SYMLINK] = 'l', [INODE_PIPE] = 'p'};
    struct sys_stat st;
    int r = sys_stat(&w->p, where[0] ? where : "/", false, &st);
    if (r || types[st.type] != n->type || (st.mode & 07777) != n->perms || st.uid != n->owner ||
        st.gid != n->owner || (n->type == 'f' && st.size != n->size)) {
        FAIL(g, "%s: %s, type %d mode %o owner %u size %d; expected %c %o %u %d", where,
             code_name(r), (int)st.type, st.mode, st.uid, (int)st.size, n->type, n->perms, n->owner,
             n->size);
    }
    if (n->type == 'f') {
        struct file *f = NULL;
        OK(sys_open(&w->p, where, O_RDONLY, 0, &f));
        size_t got = 0;
        OK(file_pread(&w->p.c, f, 0, w->text, sizeof(w->text), &got));
        OK(sys_close(&w->p, f));
        if (got != (size_t)n->size || memcmp(w->text, n->bytes, got) != 0) {
            FAIL(g, "%s: another content", where);
        }
    } else if (n->type == 'l') {
        char *target = NULL;
        OK(sys_readlink(&w->p, where, &target));
        if (strcmp(target, n->bytes) != 0) {
            FAIL(g, "%s -> %s, expected %s", where, target, n->bytes);
        }
        mem_free(target);
    } else if (n->type == 'd') {
        char names[2 * TREE_NAMES + 1] = "";
        for (int i = 0; i < TREE_NAMES; i++) {
            if (n->child[i]) {
                const char name[] = {(char)('a' + i), '\0'};
                strcat(strcat(names, names[0] ? " " : ""), name);
            }
        }
        if (strcmp(ls(w, where[0] ? where : "/"), names) != 0) {
            FAIL(g, "%s lists %s, expected %s", where, w->text, names);
        }
        size_t end = strlen(where);
        for (int i = 0; i < TREE_NAMES; i++) {
            if (n->child[i]) {
                where[end] = '/';
                where[end + 1] = (char)('a' + i);
                where[end + 2] = '\0';
                compare_node(g, n->child[i], where);
                where[end] = '\0';
            }
        }
    }
}

/* ------------------------------------------------------------------------------------ operations
 */

/* Both sides of one operation. TREE_SKIP: neither was done. */
static int operation(struct game *g, int *real)
{
    struct process *p = &g->w.p;
    struct tree *t = &g->tree;
    char a[16], b[16];
    path(g, a);
    path(g, b);
    unsigned which = pick(g, 16), mode = modes[pick(g, ARRAY_LEN(modes))];
    const char *target = targets[pick(g, ARRAY_LEN(targets))];
    char content[24];
    snprintf(content, sizeof(content), "%.*s%d", (int)pick(g, 12), "abcdefghijkl", g->step);
    uint32_t owner = pick(g, 2) ? USER : 0;
    int size = (int)pick(g, 40), r;
    snprintf(g->op, sizeof(g->op), "op %u %s %s mode %o target %s size %d user %u", which, a, b,
             mode, target, size, t->user);
#define BOTH(expected, call)                                                                       \
    r = (expected);                                                                                \
    if (r != TREE_SKIP) {                                                                          \
        *real = (call);                                                                            \
    }                                                                                              \
    return r
    switch (which) {
    case 0:
    case 1:
        BOTH(tree_mkdir(t, a, mode), sys_mkdir(p, a, mode));
    case 2:
    case 3:
        BOTH(tree_put(t, a, content), put_file(&g->w, a, content));
    case 4:
        BOTH(tree_symlink(t, target, a), sys_symlink(p, target, a));
    case 5:
        BOTH(tree_link(t, a, b), sys_link(p, a, b));
    case 6:
        BOTH(tree_unlink(t, a), sys_unlink(p, a));
    case 7:
    case 15:
        BOTH(tree_rmdir(t, a), sys_rmdir(p, a));
    case 8:
    case 9:
    case 10:
        BOTH(tree_rename(t, a, b), sys_rename(p, a, b));
    case 11:
        BOTH(tree_chmod(t, a, mode), sys_chmod(p, a, mode));
    case 12:
        BOTH(tree_lchown(t, a, owner), sys_chown(p, a, owner, owner, false));
    case 13:
        BOTH(tree_truncate(t, a, size), sys_truncate(p, a, size));
    default:
        BOTH(tree_mkfifo(t, a), sys_mknod(p, a, S_IFIFO | 0644));
    }
#undef BOTH
}

/* Reading, as whoever acts now. */
static void compare_reading(struct game *g)
{
    char a[16];
    int node;
    path(g, a);
    snprintf(g->op, sizeof(g->op), "read %s user %u", a, g->tree.user);
    int expected = tree_list(&g->tree, a, &node);
    const char *got = ls(&g->w, a);
    if (expected ? strcmp(got, code_name(-expected)) != 0 : got[0] == 'E') {
        FAIL(g, "listing: %s, expected %s", got, code_name(-expected));
    }
    expected = tree_read(&g->tree, a, &node);
    if (expected != TREE_SKIP) {
        got = cat(&g->w, a);
        if (expected ? strcmp(got, code_name(-expected)) != 0
                     : strcmp(got, g->tree.node[node].bytes) != 0) {
            FAIL(g, "content: %s, expected %s", got, code_name(-expected));
        }
    }
}

static void step(struct game *g)
{
    struct test_world *w = &g->w;
    g->tree.user = pick(g, 3) ? 0 : USER;
    if (g->tree.user) {
        become(w, USER);
    }
    int real = 0, expected = operation(g, &real);
    if (expected != TREE_SKIP && code_errno(real) != expected) {
        FAIL(g, "%s, expected %s", code_name(real), code_name(-expected));
    }
    compare_reading(g);
    become_root(w);
    if (pick(g, 4) == 0) {
        mount_ns_flush(w->ns); /* what follows is looked up afresh */
    }
    char where[TREE_BYTES * 4] = "";
    compare_node(g, 0, where);
    jobs_drain(&w->s.d);
}

static void play(struct game *g, uint64_t seed)
{
    g->seed = g->state = seed;
    for (g->step = 0; g->step < STEPS && !g->mismatch; g->step++) {
        step(g);
    }
    if (vfs_check_invariants(g->w.ns, 0, NULL, NULL)) {
        FAIL(g, "invariants");
    }
}

/* ------------------------------------------------------------------------------------- the games
 */

/* proves: VI-14 VI-08 */
static void test_one_tmpfs(void **state)
{
    (void)state;
    for (int i = 0; i < SEQUENCES; i++) {
        static struct game g;
        memset(&g, 0, sizeof(g));
        world_plain(&g.w, i % 2 ? PROFILE_STRICT : ORIGINAL, "");
        tree_init(&g.tree);
        g.tree.strict = i % 2;
        play(&g, FIRST_SEED + (uint64_t)i * 7919);
        world_done(&g.w);
    }
}

/* Both layers at once. Types agree where both have a name (VQ-27); the upper's content wins. */
static void random_layers(struct game *g, int dir, const char *where, char *lower, char *upper,
                          bool in_lower, bool in_upper)
{
    for (int name = 0; name < TREE_NAMES; name++) {
        unsigned layers = (in_lower ? pick(g, 2) : 0) | (in_upper ? pick(g, 2) << 1 : 0);
        char type = "dffl"[pick(g, 4)], path_here[16], word[40];
        if (layers == 0 || (type == 'd' && strlen(where) > 4)) {
            continue;
        }
        snprintf(path_here, sizeof(path_here), "%s%s%c", where, where[0] ? "/" : "",
                 (char)('a' + name));
        for (unsigned layer = 1; layer <= 2; layer++) {
            if (!(layers & layer)) {
                continue;
            }
            const char *link = targets[layer];
            if (type == 'd') {
                snprintf(word, sizeof(word), "%s/ ", path_here);
            } else if (type == 'f') {
                snprintf(word, sizeof(word), "%s=%u%s ", path_here, layer, path_here);
            } else {
                snprintf(word, sizeof(word), "%s->%s ", path_here, link);
            }
            strcat(layer == 1 ? lower : upper, word);
        }
        char bytes[40] = "";
        unsigned shown = layers & 2 ? 2 : 1;
        if (type == 'f') {
            snprintf(bytes, sizeof(bytes), "%u%s", shown, path_here);
        } else if (type == 'l') {
            snprintf(bytes, sizeof(bytes), "%s", targets[shown]);
        }
        int node = tree_add(&g->tree, dir, name, type, layers & 1, bytes);
        if (type == 'd') {
            random_layers(g, node, path_here, lower, upper, layers & 1, layers & 2);
        }
    }
}

/* One sequence on random layers. `damage`: a row that is switched on where the tree has it off. */
static bool overlay_game(int i, bool strict, const enum quirk *damage)
{
    static struct game g;
    static char lower[4096], upper[4096];
    memset(&g, 0, sizeof(g));
    lower[0] = upper[0] = '\0';
    tree_init(&g.tree);
    g.tree.node[0].lower = true;
    g.tree.strict = strict;
    g.canary = damage != NULL;
    g.seed = g.state = FIRST_SEED + (uint64_t)i * 104729;
    random_layers(&g, 0, "", lower, upper, true, true);
    world_overlay(&g.w, strict ? PROFILE_STRICT : ORIGINAL, lower, upper);
    g.w.s.d.quirks.value[VQ_30] = 0; /* who may write is asked of the real bits in both */
    if (damage) {
        g.w.s.d.quirks.value[*damage] = 1;
    }
    char *before = snapshot(&g.w, g.w.lower);
    play(&g, g.state);
    char *after = snapshot(&g.w, g.w.lower);
    assert_string_equal(before, after);
    mem_free(before);
    mem_free(after);
    become_root(&g.w);
    world_done(&g.w);
    return g.mismatch;
}

/* proves: VI-09 VI-10 VI-12 VI-14 */
static void test_overlay(void **state)
{
    (void)state;
    for (int i = 0; i < SEQUENCES; i++) {
        overlay_game(i, i % 2, NULL);
    }
}

/* The second opinion must notice when one row of the overlay is not as it thinks. */
static void test_canary(void **state)
{
    (void)state;
    static const enum quirk rows[] = {VQ_14, VQ_27, VQ_32, VQ_35};
    for (size_t k = 0; k < ARRAY_LEN(rows); k++) {
        int i = 0;
        while (i < 4 * SEQUENCES && !overlay_game(i, true, &rows[k])) {
            i++;
        }
        if (i == 4 * SEQUENCES) {
            fail_msg("%s on, and nobody noticed", quirk_id(rows[k]));
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_one_tmpfs),
        cmocka_unit_test(test_overlay),
        cmocka_unit_test(test_canary),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
