#include "pack.h"
#include "support.h"

#define SEED 20180815u

/* A result that has something of everything. */
struct sample {
    struct rep_node node[4];
    struct rep_mount mount[2];
    struct rep_finding finding[1];
    struct rep_attempt attempt[2];
    struct rep_input input;
    struct rep_result result;
};

static const struct rep_result *make_sample(struct sample *s, const char *name)
{
    static const struct rep_mount none = REP_MOUNT_INIT;
    *s = (struct sample){
        .node = {make_node("/", "dir"), make_node("/a", "dir"), make_node("/a/b/c", "file"),
                 make_node("/d", "symlink")},
        .mount = {none, none},
        .finding = {{"error", "expect", "differs"}},
        .attempt = {{"error", "no", REP_FAIL, 1, 5}, {"ok", NULL, REP_PASS, 2, 6}},
        .input = {{[REP_SPEC] = {"{}", 2}, [REP_FLAGS] = {"", 0}}},
    };
    s->node[3].target = "a";
    s->mount[0].destination = "/";
    s->mount[1].destination = "/a";
    s->mount[1].spec_index = 0;
    s->result = (struct rep_result){.name = name,
                                    .input = &s->input,
                                    .result = "ok",
                                    .status = REP_PASS,
                                    .error = "no such thing",
                                    .text = {[REP_LOG] = "[\"a line\"]"},
                                    .file = "f.jsonl",
                                    .reason = "",
                                    .line = 7,
                                    .fds_left = 1,
                                    .leaks = 2,
                                    .duration_ns = 300,
                                    .mounts = s->mount,
                                    .n_mounts = 2,
                                    .findings = s->finding,
                                    .n_findings = 1,
                                    .nodes = s->node,
                                    .n_nodes = 4,
                                    .flaky = true,
                                    .attempts = s->attempt,
                                    .n_attempts = 2};
    return &s->result;
}

static struct rep_packer *new_packer(void)
{
    struct rep_packer *packer = NULL;
    assert_int_equal(rep_packer_new(&packer), 0);
    return packer;
}

static struct rep_bytes pack_or_fail(struct rep_packer *packer, const char *name)
{
    struct sample s;
    struct rep_bytes packed = {0};
    assert_int_equal(rep_pack(packer, make_sample(&s, name), NULL, &packed), 0);
    return packed;
}

/* Everything but times and numbers that differ by design. */
static void dump(struct scratch *t, const char *path, struct rep_buf *text)
{
    static const char *const queries[] = {
        "SELECT name, result, status, hex(input), hex(error), hex(log), hex(file), line, "
        "hex(reason), "
        "fds_left, leaks, duration_ns, hex(mounts), hex(tree), flaky FROM result ORDER BY name",
        "SELECT hex(dir), name, type, mode, uid, gid, size, nlink, target, fs, flags, mountpoint, "
        "overlay, upper, lower, special, readdir, hex(child), layers FROM node ORDER BY 1, 2",
        "SELECT hex(hash), entries, nodes FROM dir ORDER BY 1",
        "SELECT * FROM mount_item ORDER BY 1, 2",
        "SELECT hex(hash), destination, lost FROM mount_row ORDER BY 1",
        "SELECT hex(hash), data FROM blob ORDER BY 1",
        "SELECT * FROM finding ORDER BY 1, 2",
        "SELECT * FROM attempt ORDER BY 1, 2",
        "SELECT kind, text FROM search ORDER BY kind, text",
        "SELECT hex(hash), hex(spec), hex(conf), hex(flags) FROM input ORDER BY 1",
    };
    struct rep_db *db = open_or_fail(path, REP_READ);
    rep_buf_clear(&t->text);
    for (size_t i = 0; i < sizeof queries / sizeof queries[0]; i++) {
        OK(db, rep_query(db, queries[i], NULL, &t->sink, REP_FORMAT_CSV));
    }
    rep_close(db);
    rep_buf_add(text, t->text.data, t->text.size);
}

static void packed_or_not_is_the_same_file(void **state)
{
    struct scratch *t = *state;
    struct rep_buf text[2] = {{0}, {0}};
    for (size_t i = 0; i < 2; i++) {
        char path[160];
        (void)snprintf(path, sizeof path, "%s/%zu.db", t->dir, i);
        struct rep_db *db = open_or_fail(path, REP_CREATE);
        struct rep_run *run = begin_run(db, NULL);
        struct rep_packer *packer = new_packer();
        static const char *const names[] = {"one", "two"};
        for (size_t j = 0; j < 2; j++) {
            struct sample s;
            struct rep_bytes packed = pack_or_fail(packer, names[j]);
            OK(db,
               i ? rep_record_packed(run, &packed) : rep_record(run, make_sample(&s, names[j])));
        }
        rep_packer_free(packer);
        end_run(run);
        rep_close(db);
        dump(t, path, &text[i]);
    }
    assert_contains(text[0].data, "/a/b/c");
    assert_contains(text[0].data, "a line");
    assert_string_equal(text[0].data, text[1].data);
    rep_buf_release(&text[0]);
    rep_buf_release(&text[1]);
}

static void what_was_packed_is_named_only(void **state)
{
    (void)state;
    struct rep_packer *packer = new_packer();
    size_t first = pack_or_fail(packer, "one").size;
    struct rep_bytes again = pack_or_fail(packer, "two");
    assert_true(again.size < first / 2);
    assert_null(memmem(again.data, again.size, "no such thing", 13));
    assert_null(memmem(again.data, again.size, "symlink", 7));
    rep_packer_forget(packer);
    assert_int_equal(pack_or_fail(packer, "six").size, first);
    rep_packer_free(packer);
}

/* Packers of many processes do not know of one another. */
static void two_packers_share_a_file(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    static const char *const names[] = {"one", "two", "six", "ten"};
    struct rep_packer *packer[2] = {new_packer(), new_packer()};
    for (size_t i = 0; i < 4; i++) {
        struct rep_bytes packed = pack_or_fail(packer[i / 2], names[i]);
        OK(db, rep_record_packed(run, &packed));
    }
    end_run(run);
    assert_int_equal(count_rows(db, "result"), 4);
    assert_int_equal(count_rows(db, "mount_list"), 1);
    assert_int_equal(query_int(db, "SELECT count(*) FROM pragma_foreign_key_check"), 0);
    assert_int_equal(
        query_int(db, "SELECT result = (SELECT max(id) FROM result) FROM search_state"), 1);
    rep_close(db);
    rep_packer_free(packer[0]);
    rep_packer_free(packer[1]);
}

/* Parts that no file has: each kind is missed. */
static void a_result_out_of_turn_is_refused(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    for (unsigned part = 0; part < 4; part++) {
        struct sample s;
        struct rep_bytes packed;
        struct rep_run *run = begin_run(db, NULL);
        struct rep_packer *packer = new_packer();
        make_sample(&s, "one");
        s.result.n_nodes = part == 0 ? 4 : 0;
        s.result.n_mounts = part == 1 ? 2 : 0;
        s.result.error = part == 2 ? "text" : NULL;
        s.result.input = part == 3 ? &s.input : NULL;
        s.result.text[REP_LOG] = s.result.file = s.result.reason = NULL;
        assert_int_equal(rep_pack(packer, &s.result, NULL, &packed), 0);
        assert_int_equal(rep_pack(packer, &s.result, NULL, &packed), 0);
        assert_int_equal(rep_record_packed(run, &packed), -EBADMSG);
        assert_contains(rep_error_text(db), "nowhere");
        assert_int_equal(rep_record_packed(run, &packed), -EBADMSG);
        assert_int_equal(rep_run_end(run, REP_FINISHED, "later", NULL), -EBADMSG);
        rep_packer_free(packer);
    }
    assert_int_equal(count_rows(db, "result"), 0);
    rep_close(db);
}

/* Records bytes into a database of their own; whatever they are, what is there stays sound. */
static int record_bytes(const void *data, size_t size)
{
    struct rep_db *db = NULL;
    struct rep_run *run;
    assert_int_equal(rep_open_memory(NULL, &db), 0);
    run = begin_run(db, NULL);
    const struct rep_bytes packed = {data, size};
    int code = rep_record_packed(run, &packed);
    if (code == 0) {
        end_run(run);
    } else {
        assert_int_equal(rep_run_end(run, REP_FINISHED, "later", NULL), code);
        assert_int_equal(count_rows(db, "result"), 0);
    }
    rep_close(db);
    return code;
}

/* What a packer that is wrong would send: its seal is right. */
static void seal(char *bytes, size_t size)
{
    struct rep_hash hash = rep_hash_of(bytes, size - sizeof hash.byte);
    memcpy(bytes + size - sizeof hash.byte, hash.byte, sizeof hash.byte);
}

static void cut_bytes_are_refused(void **state)
{
    (void)state;
    struct rep_packer *packer = new_packer();
    struct rep_bytes packed = pack_or_fail(packer, "one");
    for (size_t size = 0; size < packed.size; size += 1 + packed.size / 200) {
        char *copy = malloc(size + 1); /* of its own, so that reading past the end shows */
        assert_non_null(copy);
        memcpy(copy, packed.data, size);
        assert_int_equal(record_bytes(copy, size), -EBADMSG);
        if (size >= sizeof(struct rep_hash)) {
            seal(copy, size);
            assert_int_equal(record_bytes(copy, size), -EBADMSG);
        }
        free(copy);
    }
    assert_int_equal(record_bytes(packed.data, packed.size), 0);
    rep_packer_free(packer);
}

static void spoiled_bytes_harm_nobody(void **state)
{
    (void)state;
    uint64_t random = SEED;
    struct rep_packer *packer = new_packer();
    struct rep_bytes packed = pack_or_fail(packer, "one");
    char *copy = malloc(packed.size);
    assert_non_null(copy);
    for (int i = 0; i < 300; i++) {
        memcpy(copy, packed.data, packed.size);
        for (int j = 0; j < 3; j++) {
            copy[next_random(&random) % packed.size] = (char)next_random(&random);
        }
        bool spoiled = memcmp(copy, packed.data, packed.size) != 0;
        assert_int_equal(record_bytes(copy, packed.size), spoiled ? -EBADMSG : 0);
        seal(copy, packed.size);
        (void)record_bytes(copy, packed.size);
    }
    free(copy);
    rep_packer_free(packer);
}

static void what_is_refused_leaves_the_packer_usable(void **state)
{
    struct scratch *t = *state;
    struct rep_db *db = open_or_fail(t->path, REP_CREATE);
    struct rep_run *run = begin_run(db, NULL);
    struct rep_packer *packer = new_packer();
    struct rep_error error;
    struct rep_bytes packed;
    struct sample s;
    make_sample(&s, "one");
    s.node[2].path = "/a//c";
    assert_int_equal(rep_pack(packer, &s.result, &error, &packed), -EINVAL);
    assert_string_equal(error.text, "the path /a//c in a tree is not clean and absolute");
    packed = pack_or_fail(packer, "one");
    OK(db, rep_record_packed(run, &packed));
    end_run(run);
    assert_int_equal(count_rows(db, "node"), 5);
    rep_close(db);
    rep_packer_free(packer);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        SCRATCH_TEST(packed_or_not_is_the_same_file),
        SCRATCH_TEST(what_was_packed_is_named_only),
        SCRATCH_TEST(two_packers_share_a_file),
        SCRATCH_TEST(a_result_out_of_turn_is_refused),
        SCRATCH_TEST(cut_bytes_are_refused),
        SCRATCH_TEST(spoiled_bytes_harm_nobody),
        SCRATCH_TEST(what_is_refused_leaves_the_packer_usable),
    };
    return cmocka_run_group_tests_name("pack", tests, NULL, NULL);
}
