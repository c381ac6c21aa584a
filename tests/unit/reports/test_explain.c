#include "support.h"

/* One recorded case, "c", in memory. */
struct book {
    struct rep_db *db;
    struct rep_buf text;
    struct rep_sink sink;
};

static int remember(void *arg, const char *data, size_t size)
{
    rep_buf_add(arg, data, size);
    return 0;
}

static void book_open(struct book *b, const struct rep_result *result)
{
    struct rep_error error;
    *b = (struct book){0};
    b->sink = (struct rep_sink){.write = remember, .arg = &b->text, .width = 80};
    assert_int_equal(rep_open_memory(&error, &b->db), 0);
    struct rep_run *run = begin_run(b->db, NULL);
    OK(b->db, rep_record(run, result));
    end_run(run);
}

static void book_close(struct book *b)
{
    rep_buf_release(&b->text);
    assert_int_equal(rep_close(b->db), 0);
}

static const char *rule(void *arg, const char *id)
{
    (void)arg;
    return strcmp(id, "PQ-12") == 0 ? "type none mounts sysfs" : NULL;
}

/* The answer about a path; valid until the next. */
static const char *answer_as(struct book *b, const char *path, enum rep_format format)
{
    const struct rep_explain what = {.run = "latest", .name = "c", .path = path, .rule = rule};
    rep_buf_clear(&b->text);
    OK(b->db, rep_explain(b->db, &what, &b->sink, format));
    return b->text.data;
}

static const char *answer(struct book *b, const char *path)
{
    return answer_as(b, path, REP_FORMAT_TEXT);
}

static struct rep_node overlay_node(const char *path, const char *type, const char *layers)
{
    struct rep_node node = make_node(path, type);
    node.fs = "overlayfs";
    node.overlay = true;
    node.layers = layers;
    return node;
}

static struct rep_mount root_mount(void)
{
    struct rep_mount m = REP_MOUNT_INIT;
    m.destination = m.place = m.seen_at = "/";
    m.type = "root";
    m.source = "@rootfs";
    m.fs = "9p";
    m.state = "done";
    m.layers = "tmpfs 9p stub";
    return m;
}

static struct rep_mount mount_at(const char *where, int spec_index)
{
    struct rep_mount m = REP_MOUNT_INIT;
    m.destination = m.place = m.seen_at = where;
    m.type = m.fs = "tmpfs";
    m.source = "";
    m.state = "done";
    m.spec_index = spec_index;
    return m;
}

/* What each layer of an overlay says about a node. */
static void layers_are_told(void **state)
{
    (void)state;
    struct book b;
    struct rep_node nodes[] = {
        overlay_node("/", "dir", "tmpfs 9p stub"),  overlay_node("/copied", "file", "tmpfs 9p"),
        overlay_node("/image", "file", "9p"),       overlay_node("/made", "file", "tmpfs"),
        overlay_node("/merged", "dir", "tmpfs 9p"), overlay_node("/stub", "dir", "stub"),
        overlay_node("/stubbed", "dir", "9p stub"),
    };
    nodes[0].mountpoint = true;
    struct rep_mount mounts[] = {root_mount(), mount_at("/stub/x", 4)};
    mounts[1].seen_at = mounts[1].place = mounts[1].fs = NULL;
    mounts[1].state = "skipped";
    mounts[1].type = "odd";
    struct rep_result r = {
        .name = "c", .result = "ok", .nodes = nodes, .n_nodes = 7, .mounts = mounts, .n_mounts = 2};
    book_open(&b, &r);
    assert_contains(answer(&b, "/copied"), "copied up: @rootfs has it too");
    assert_contains(answer(&b, "/image"), "Layer      @rootfs has it\n");
    assert_contains(answer(&b, "/made"), "only in the writable overlay");
    assert_contains(answer(&b, "/merged"), "merged with what @rootfs has\n");
    assert_contains(answer(&b, "/stubbed"), "a stub directory of its name is merged");
    assert_contains(answer(&b, "/stub"), "@rootfs does not have it: it is a stub");
    assert_contains(b.text.data, "the stub is there for spec[4] /stub/x (odd)");
    assert_contains(answer(&b, "/"), "and a stub\n           directory");
    book_close(&b);
}

/* Links, "..", mounts on the way, and where the way ends. */
static void the_way_is_followed(void **state)
{
    (void)state;
    struct book b;
    struct rep_node nodes[] = {
        make_node("/", "dir"),           make_node("/dir", "dir"),      make_node("/dir/f", "file"),
        make_node("/dir/up", "symlink"), make_node("/loop", "symlink"), make_node("/m", "dir"),
        make_node("/m/in", "file"),      make_node("/null", "chr"),     make_node("/odd", "?"),
        make_node("/to", "symlink"),
    };
    nodes[0].mountpoint = nodes[5].mountpoint = true;
    nodes[3].target = "../m";
    nodes[4].target = "loop";
    nodes[7].rdev = "1:3";
    nodes[8].error = "lookup: EIO";
    nodes[9].target = "/dir/up";
    struct rep_mount mounts[] = {root_mount(), mount_at("/m", 0)};
    mounts[0].layers = NULL;
    mounts[1].data = "mode=0700";
    struct rep_result r = {.name = "c",
                           .result = "ok",
                           .nodes = nodes,
                           .n_nodes = 10,
                           .mounts = mounts,
                           .n_mounts = 2};
    book_open(&b, &r);
    assert_contains(answer(&b, "to/in"), "/m/in is a file of 3 bytes");
    assert_contains(b.text.data, "/to is a link to /dir/up");
    assert_contains(b.text.data, "/dir/up is a link to ../m");
    assert_contains(b.text.data, "at /m begins spec[0] /m (tmpfs)");
    assert_contains(b.text.data,
                    "part of spec[0] /m (tmpfs), mounted as tmpfs, data \"mode=0700\"");
    assert_contains(answer(&b, "/../m/./../m"), "/m is a directory");
    assert_contains(answer(&b, ""), "/ is a directory");
    assert_contains(answer(&b, "/to"), "it leads to /m\n");
    assert_contains(answer(&b, "/loop/"), "more than 40 links");
    assert_contains(answer(&b, "/dir/f/g"), "/dir/f is no directory: nothing can be below it");
    assert_contains(answer(&b, "/null"), "/null is a character device 1:3");
    assert_contains(answer(&b, "/odd"), "it cannot be looked at: lookup: EIO");
    assert_contains(answer(&b, "/dri"), "Near       /dir is there");
    assert_contains(answer(&b, "/dir/g"), "@rootfs, which\n           has no g there");
    book_close(&b);
}

/* Everything that a mount has to say, once, and its rules below. */
static void mounts_are_told(void **state)
{
    (void)state;
    struct book b;
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/m", "dir")};
    nodes[0].mountpoint = nodes[1].mountpoint = true;
    struct rep_mount mounts[] = {root_mount(), mount_at("/x/../m", 2), mount_at("/m", 1),
                                 mount_at("/m/d", -1)};
    mounts[1].place = mounts[1].seen_at = "/m";
    mounts[1].type = "none";
    mounts[1].reasons = "[{\"rule\":\"PQ-12\",\"text\":\"the type none mounts sysfs\"},"
                        "{\"text\":\"plain\"}]";
    mounts[1].options = "[{\"option\":\"ro\",\"effect\":\"applied\"},"
                        "{\"option\":\"a b\",\"effect\":\"ignored\"},"
                        "{\"option\":\"rbind\",\"effect\":\"ignored\",\"text\":\"only bind\","
                        "\"rule\":\"PQ-06\"},{\"option\":\"c\",\"effect\":\"ignored\"}]";
    mounts[1].hides = "{\"type\":\"dir\",\"fs\":\"9p\",\"mount\":0,\"entries\":9,\"names\":"
                      "[\"a\",\"b\"]}";
    mounts[1].log_first = 1;
    mounts[1].log_lines = 1;
    mounts[2].seen_at = NULL;
    mounts[2].shadowed_by = 1;
    mounts[3].seen_at = NULL;
    mounts[3].reasons = "[{\"rule\":\"VQ-09\",\"text\":\"looked up anew\"}]";
    struct rep_result r = {
        .name = "c", .result = "ok", .nodes = nodes, .n_nodes = 2, .mounts = mounts, .n_mounts = 4};
    r.text[REP_LOG] = "[\"I first\",\"W second\",\"I third\"]";
    r.text[REP_OPS_TEXT] = "[{\"op\":[\"mkdir\",\"/m/\",\"0755\"],\"errno\":\"EEXIST\"},"
                           "{\"op\":[\"stat\",\"/\"],\"errno\":\"\"}]";
    book_open(&b, &r);
    const char *text = answer(&b, "/m");
    assert_contains(text, "the root of spec[2] /x/../m (none)");
    assert_contains(text, "Why        the type none mounts sysfs [PQ-12]\n           plain\n");
    assert_contains(text, "Options    ro: applied\n           rbind: ignored, only bind [PQ-06]\n"
                          "           a b c: ignored, the pipeline does not know them\n");
    assert_contains(text, "a directory on 9p in the root mount, which held 9 names: a, b, ...");
    assert_contains(text, "spec[1] /m (tmpfs) is hidden by spec[2] /x/../m (none)");
    assert_contains(text, "below it: the default /m/d (tmpfs) is lost: looked up anew [VQ-09]");
    assert_contains(text, "Operation  0: [\"mkdir\",\"/m/\",\"0755\"] fails with EEXIST\n");
    assert_contains(text, "Log        W second\n");
    assert_lacks(text, "first");
    assert_lacks(text, "stat");
    assert_contains(text, "\n\nPQ-12      type none mounts sysfs\n");
    assert_contains(answer(&b, "/m/a"), "hides a directory on 9p that has a");
    assert_contains(answer_as(&b, "/m", REP_FORMAT_JSONL),
                    "\"rules\":{\"PQ-12\":\"type none mounts sysfs\",");
    book_close(&b);
}

/* What a file says of the log need not be so. */
static void places_in_the_log_have_no_end(void **state)
{
    (void)state;
    struct book b;
    struct rep_node nodes[] = {make_node("/", "dir")};
    struct rep_mount mount = root_mount();
    nodes[0].mountpoint = true;
    mount.log_first = INT64_MAX;
    mount.log_lines = INT64_MAX;
    struct rep_result r = {
        .name = "c", .result = "ok", .nodes = nodes, .n_nodes = 1, .mounts = &mount, .n_mounts = 1};
    r.text[REP_LOG] = "[\"I first\"]";
    book_open(&b, &r);
    const char *text = answer(&b, "/");
    assert_lacks(text, "first");
    assert_contains(text, "lines more");
    book_close(&b);
}

/* Runs of the first version know little of their mounts; a case may have neither. */
static void little_is_known(void **state)
{
    (void)state;
    struct book b;
    struct rep_node nodes[] = {make_node("/", "dir")};
    struct rep_result r = {.name = "c", .result = "ok", .nodes = nodes, .n_nodes = 1};
    book_open(&b, &r);
    assert_contains(answer(&b, "/"), "which mount it belongs to is not recorded");
    assert_contains(answer(&b, "/x"), "/x is not there");
    book_close(&b);
    struct rep_mount failed = mount_at("/f", 0);
    failed.state = "failed";
    failed.seen_at = failed.place = NULL;
    r = (struct rep_result){
        .name = "c", .result = "error", .error = "no", .mounts = &failed, .n_mounts = 1};
    book_open(&b, &r);
    assert_contains(answer(&b, "a//b/../c"), "/a/c: the case ended with error before there was");
    book_close(&b);
}

static void trouble_is_told(void **state)
{
    (void)state;
    struct book b;
    struct rep_node nodes[] = {make_node("/", "dir")};
    struct rep_mount mount = root_mount();
    nodes[0].mountpoint = true;
    mount.reasons = "{broken";
    struct rep_result r = {
        .name = "c", .result = "ok", .nodes = nodes, .n_nodes = 1, .mounts = &mount, .n_mounts = 1};
    struct rep_explain what = {.run = "latest", .name = "c", .path = "/"};
    book_open(&b, &r);
    assert_true(rep_explain(b.db, &what, &b.sink, REP_FORMAT_TEXT) < 0);
    assert_contains(rep_error_text(b.db), "JSON");
    assert_int_equal(rep_explain(b.db, &what, &b.sink, REP_FORMAT_CSV), -EINVAL);
    what.name = "d";
    assert_int_equal(rep_explain(b.db, &what, &b.sink, REP_FORMAT_TEXT), -ENOENT);
    book_close(&b);
}

/* No byte of a name acts on a terminal; JSON gives it back. */
static void names_are_escaped(void **state)
{
    (void)state;
    struct book b;
    struct rep_node nodes[] = {make_node("/", "dir"), make_node("/\033[1m\xff\n", "symlink")};
    nodes[1].target = "\033]0;x\007";
    struct rep_mount mount = root_mount();
    mount.source = "\r";
    nodes[0].mountpoint = true;
    struct rep_result r = {
        .name = "c", .result = "ok", .nodes = nodes, .n_nodes = 2, .mounts = &mount, .n_mounts = 1};
    book_open(&b, &r);
    const char *text = answer(&b, nodes[1].path);
    assert_lacks(text, "\033");
    assert_lacks(text, "\007");
    assert_lacks(text, "\r");
    assert_contains(text, "/\\x1b[1m\\xff\\n is a link to \\x1b]0;x\\x07");
    text = answer_as(&b, nodes[1].path, REP_FORMAT_JSONL);
    assert_lacks(text, "\033");
    assert_int_equal(strchr(text, '\n') - text, (ptrdiff_t)strlen(text) - 1);
    book_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(layers_are_told),
        cmocka_unit_test(the_way_is_followed),
        cmocka_unit_test(mounts_are_told),
        cmocka_unit_test(little_is_known),
        cmocka_unit_test(trouble_is_told),
        cmocka_unit_test(names_are_escaped),
        cmocka_unit_test(places_in_the_log_have_no_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
