#include "pack.h"
#include "support.h"

#define SEED 20180814u

struct expected {
    const struct rep_node *node;
    size_t count;
    size_t at;
};

static void assert_same_text(const char *a, const char *b)
{
    if (!a || !b) {
        assert_ptr_equal(a, b);
    } else {
        assert_string_equal(a, b);
    }
}

static int compare_node(void *arg, const struct rep_node *b)
{
    struct expected *expected = arg;
    assert_true(expected->at < expected->count);
    const struct rep_node *a = &expected->node[expected->at++];
    assert_string_equal(a->path, b->path);
    assert_same_text(a->type, b->type);
    assert_same_text(a->mode, b->mode);
    assert_same_text(a->rdev, b->rdev);
    assert_same_text(a->target, b->target);
    assert_same_text(a->fs, b->fs);
    assert_same_text(a->flags, b->flags);
    assert_same_text(a->upper, b->upper);
    assert_same_text(a->lower, b->lower);
    assert_same_text(a->error, b->error);
    assert_true(a->size == b->size && a->nlink == b->nlink);
    assert_true(a->uid == b->uid && a->gid == b->gid);
    assert_true(a->mountpoint == b->mountpoint && a->overlay == b->overlay);
    assert_true(a->special == b->special && a->readdir == b->readdir);
    return 0;
}

static int by_path(const void *a, const void *b)
{
    return strcmp(((const struct rep_node *)a)->path, ((const struct rep_node *)b)->path);
}

static void assert_tree(struct rep_db *db, const char *name, struct rep_node *nodes, size_t count)
{
    qsort(nodes, count, sizeof *nodes, by_path);
    struct expected expected = {.node = nodes, .count = count};
    OK(db, rep_read_tree(db, "latest", name, compare_node, &expected));
    assert_int_equal(expected.at, count);
}

static const char *pick(uint64_t *seed, const char *const *from, size_t count)
{
    return from[next_random(seed) % count];
}

static struct rep_node random_node(uint64_t *seed, const char *path)
{
    static const char *const types[] = {"dir", "file", "symlink", "chr", "?"};
    static const char *const layers[] = {NULL, "", "9p", "tmpfs"};
    static const char *const texts[] = {NULL, "", "../x", "\xff\x01 \n"};
    uint64_t bits = next_random(seed);
    return (struct rep_node){
        .path = path,
        .type = pick(seed, types, 5),
        .mode = bits & 1 ? "0755" : NULL,
        .rdev = bits & 2 ? "5:2" : NULL,
        .target = pick(seed, texts, 4),
        .fs = pick(seed, layers, 4),
        .flags = bits & 4 ? "ro,noatime" : "",
        .upper = pick(seed, layers, 4),
        .lower = pick(seed, layers, 4),
        .error = pick(seed, texts, 4),
        .size = bits & 8 ? (int64_t)(next_random(seed) >> 1) : -1,
        .nlink = next_random(seed),
        .uid = (uint32_t)next_random(seed),
        .gid = (uint32_t)next_random(seed),
        .mountpoint = (bits & 16) != 0,
        .overlay = (bits & 32) != 0,
        .special = (bits & 64) != 0,
        .readdir = (bits & 128) != 0,
    };
}

/* Appends a name of any bytes but NUL and '/'; never `.` or `..`. */
static void random_name(uint64_t *seed, struct rep_buf *path)
{
    size_t size = 1 + next_random(seed) % 4;
    rep_buf_str(path, next_random(seed) % 3 ? "" : "-");
    for (size_t i = 0; i < size; i++) {
        unsigned char c = (unsigned char)(1 + next_random(seed) % 255);
        c = c == '/' || c == '.' ? 'x' : c;
        rep_buf_add(path, &c, 1);
    }
}

/* Every path extends an earlier one, so parents are there; some are then left out. */
static size_t random_tree(uint64_t *seed, struct rep_arena *arena, struct rep_node *nodes,
                          size_t most)
{
    struct rep_buf path = {0};
    size_t count = 0;
    nodes[count++] = random_node(seed, "/");
    for (size_t i = 1; i < most; i++) {
        const char *parent = nodes[next_random(seed) % count].path;
        rep_buf_clear(&path);
        rep_buf_str(&path, parent[1] ? parent : "");
        rep_buf_str(&path, "/");
        random_name(seed, &path);
        bool twice = false;
        for (size_t j = 0; j < count && !twice; j++) {
            twice = strcmp(nodes[j].path, path.data) == 0;
        }
        if (!twice) {
            nodes[count++] = random_node(seed, rep_arena_copy(arena, path.data, path.size));
        }
    }
    rep_buf_release(&path);
    for (size_t i = 0; i < count; i++) {
        if (next_random(seed) % 16 == 0 && count > 1) {
            nodes[i] = nodes[--count];
        }
    }
    return count;
}

static void any_tree_comes_back(void **state)
{
    struct scratch *t = *state;
    uint64_t seed = SEED;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    print_message("seed %u\n", SEED);
    for (unsigned i = 0; i < 150; i++) {
        struct rep_arena arena = {0};
        struct rep_node nodes[120];
        char name[16];
        (void)snprintf(name, sizeof name, "tree%u", i);
        size_t count = random_tree(&seed, &arena, nodes, 1 + next_random(&seed) % 119);
        OK(db, record_tree(run, name, nodes, count));
        assert_tree(db, name, nodes, count);
        rep_arena_release(&arena);
    }
    end_run(run);
    assert_int_equal(query_int(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_int_equal(rep_close(db), 0);
}

/* golden sorts by bytes of the whole path: "/a-b" stands between "/a" and "/a/b". */
static void order_is_that_of_bytes(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/a", "dir"),
                               make_node("/a-b", "file"), make_node("/a/b", "file")};
    OK(db, record_tree(run, "c", nodes, 4));
    struct expected expected = {.node = nodes, .count = 4};
    OK(db, rep_read_tree(db, "latest", "c", compare_node, &expected));
    assert_int_equal(expected.at, 4);
    assert_true(rep_path_compare("/a/b", "/a-b") < 0);
    assert_true(rep_path_compare("/", "/a") < 0);
    assert_true(rep_path_compare("/a", "/a/b") < 0);
    assert_int_equal(rep_path_compare("/a", "/a"), 0);
    end_run(run);
    rep_close(db);
}

static void deep_trees_come_back(void **state)
{
    enum { DEPTH = 2000 };
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_arena arena = {0};
    struct rep_node *nodes = calloc(DEPTH, sizeof *nodes);
    struct rep_buf path = {0};
    for (size_t i = 0; i < DEPTH; i++) {
        rep_buf_str(&path, "/d");
        nodes[i] = make_node(rep_arena_copy(&arena, path.data, path.size), "dir");
    }
    OK(db, record_tree(run, "deep", nodes, DEPTH));
    assert_tree(db, "deep", nodes, DEPTH);
    OK(db, rep_tree(db, "latest", "deep", &t->sink));
    end_run(run);
    rep_buf_release(&path);
    rep_arena_release(&arena);
    free(nodes);
    rep_close(db);
}

static void wide_directories_come_back(void **state)
{
    enum { WIDTH = 10000 };
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_arena arena = {0};
    struct rep_node *nodes = calloc(WIDTH, sizeof *nodes);
    char path[32];
    nodes[0] = make_node("/", "dir");
    for (size_t i = 1; i < WIDTH; i++) {
        int size = snprintf(path, sizeof path, "/f%zu", i * 7919 % WIDTH);
        nodes[i] = make_node(rep_arena_copy(&arena, path, (size_t)size), "file");
    }
    OK(db, record_tree(run, "wide", nodes, WIDTH));
    assert_tree(db, "wide", nodes, WIDTH);
    end_run(run);
    rep_arena_release(&arena);
    free(nodes);
    rep_close(db);
}

static void equal_trees_cost_nothing(void **state)
{
    struct scratch *t = *state;
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/a", "dir"),
                               make_node("/a/x", "file"), make_node("/b", "dir"),
                               make_node("/b/x", "file")};
    int64_t dirs = 0;
    int64_t rows = 0;
    for (int i = 0; i < 3; i++) {
        struct rep_db *db = open_or_fail(t->path, REP_CREATE);
        struct rep_run *run = begin_run(db, NULL);
        OK(db, record_tree(run, "one", nodes, 5));
        OK(db, record_tree(run, "two", nodes, 5));
        end_run(run);
        if (i == 0) {
            dirs = count_rows(db, "dir");
            rows = count_rows(db, "node");
        }
        /* "/a" and "/b" hold the same: one directory. */
        assert_int_equal(dirs, 3);
        assert_int_equal(rows, 4);
        assert_int_equal(count_rows(db, "dir"), dirs);
        assert_int_equal(count_rows(db, "node"), rows);
        rep_close(db);
    }
}

/* The second time, in memory alone: not one statement touches dir or node. */
static void a_known_tree_needs_no_sql(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/a", "file")};
    OK(db, record_tree(run, "one", nodes, 2));
    sqlite3_stmt *add_node = db->kept[REP_SQL_ADD_NODE];
    sqlite3_stmt *add_dir = db->kept[REP_SQL_ADD_DIR];
    int runs = sqlite3_stmt_status(add_node, SQLITE_STMTSTATUS_RUN, 0) +
               sqlite3_stmt_status(add_dir, SQLITE_STMTSTATUS_RUN, 0);
    OK(db, record_tree(run, "two", nodes, 2));
    assert_int_equal(sqlite3_stmt_status(add_node, SQLITE_STMTSTATUS_RUN, 0) +
                         sqlite3_stmt_status(add_dir, SQLITE_STMTSTATUS_RUN, 0),
                     runs);
    end_run(run);
    rep_close(db);
}

static void every_field_counts(void **state)
{
    struct rep_packer *packer = NULL;
    (void)state;
    assert_int_equal(rep_packer_new(&packer), 0);
    struct rep_node base = make_node("/", "dir");
    struct rep_hash seen[20];
    struct rep_node variant[20];
    for (size_t i = 0; i < 20; i++) {
        variant[i] = base;
    }
    variant[1].type = "file";
    variant[2].mode = "0700";
    variant[3].rdev = "1:2";
    variant[4].target = "1:2";
    variant[5].fs = "";
    variant[6].flags = NULL;
    variant[7].upper = "";
    variant[8].upper = "x";
    variant[9].lower = "";
    variant[10].error = "";
    variant[11].size = 0;
    variant[12].nlink = UINT64_MAX;
    variant[13].uid = 1;
    variant[14].gid = 1;
    variant[15].mountpoint = true;
    variant[16].overlay = true;
    variant[17].special = true;
    variant[18].readdir = false;
    variant[19].fs = NULL;
    for (size_t i = 0; i < 20; i++) {
        assert_int_equal(pack_tree_prepare(packer, &variant[i], 1, &seen[i]), 0);
        for (size_t j = 0; j < i; j++) {
            assert_memory_not_equal(&seen[i], &seen[j], sizeof seen[i]);
        }
    }
    rep_packer_free(packer);
}

static void bad_paths_are_refused_and_the_run_goes_on(void **state)
{
    static const char *const bad[] = {"", "a", "//", "/a/", "/a//b", "/.", "/a/..", "/./a", NULL};
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        struct rep_node node = make_node("/", "dir");
        node.path = bad[i];
        assert_int_equal(record_tree(run, "bad", &node, 1), -EINVAL);
        assert_contains(rep_error_text(db), t->path);
    }
    struct rep_node twice[] = {make_node("/a", "dir"), make_node("/", "dir"),
                               make_node("/a", "file")};
    assert_int_equal(record_tree(run, "bad", twice, 3), -EINVAL);
    assert_contains(rep_error_text(db), "twice");
    OK(db, record_tree(run, "bad", twice, 2));
    end_run(run);
    rep_close(db);
}

static int count_node(void *arg, const struct rep_node *node)
{
    (void)node;
    ++*(size_t *)arg;
    return 0;
}

/* Somebody may hand us a file whose directory holds itself. */
static void a_directory_inside_itself_ends(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/a", "dir"),
                               make_node("/a/b", "file")};
    OK(db, record_tree(run, "c", nodes, 3));
    end_run(run);
    OK(db, rep_sql_exec(db, "UPDATE node SET child = dir WHERE name = 'a'", "damage"));
    size_t count = 0;
    assert_int_equal(rep_read_tree(db, "latest", "c", count_node, &count), -EBADMSG);
    assert_contains(rep_error_text(db), "damaged");
    OK(db,
       rep_sql_exec(db, "PRAGMA foreign_keys = OFF; DELETE FROM node WHERE name = '/'", "damage"));
    assert_int_equal(rep_read_tree(db, "latest", "c", count_node, &count), -EBADMSG);
    assert_int_equal(count, 0);
    rep_close(db);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(any_tree_comes_back),
        SCRATCH_TEST(order_is_that_of_bytes),
        SCRATCH_TEST(deep_trees_come_back),
        SCRATCH_TEST(wide_directories_come_back),
        SCRATCH_TEST(equal_trees_cost_nothing),
        SCRATCH_TEST(a_known_tree_needs_no_sql),
        SCRATCH_TEST(every_field_counts),
        SCRATCH_TEST(bad_paths_are_refused_and_the_run_goes_on),
        SCRATCH_TEST(a_directory_inside_itself_ends),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
