/* Manifests. */
#include "fixture.h"
#include "input.h"

static void assert_bad(struct fixture *f, const char *text, const char *error)
{
    struct json_doc doc = parse(f, text);
    const struct host_manifest *m = NULL;
    assert_error(f, manifest_read(&doc, doc.root, &m, &f->err), -EINVAL, error);
    assert_null(m);
    json_release(&doc);
}

static void every_type_and_field(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc = parse(
        f, "[{\"path\":\".\",\"type\":\"dir\",\"mode\":\"1777\",\"uid\":1,\"gid\":4294967295},"
           "{\"path\":\"f\",\"type\":\"file\",\"content\":\"ab\",\"xattr\":{\"user.k\":\"v\"}},"
           "{\"path\":\"l\",\"type\":\"symlink\",\"target\":\"\"},"
           "{\"path\":\"h\",\"type\":\"hardlink\",\"target\":\"f\"},"
           "{\"path\":\"p\",\"type\":\"fifo\"},{\"path\":\"s\",\"type\":\"sock\"},"
           "{\"path\":\"c\",\"type\":\"chr\",\"rdev\":\"1:3\"},"
           "{\"path\":\"b\",\"type\":\"blk\",\"rdev\":\"4095:0\",\"mode\":\"0\"}]");
    const struct host_manifest *m;
    assert_int_equal(manifest_read(&doc, doc.root, &m, &f->err), 0);
    assert_int_equal(m->n, 8);
    const struct host_entry *e = m->entries;
    static const enum host_type types[] = {HOST_DIR,  HOST_FILE, HOST_SYMLINK, HOST_HARDLINK,
                                           HOST_FIFO, HOST_SOCK, HOST_CHR,     HOST_BLK};
    for (size_t i = 0; i < m->n; i++) {
        assert_int_equal(e[i].type, types[i]);
    }
    assert_true(e[0].has_mode && e[0].has_uid && e[0].has_gid);
    assert_int_equal(e[0].mode, 01777);
    assert_int_equal(e[0].uid, 1);
    assert_int_equal(e[0].gid, UINT32_MAX);
    assert_false(e[1].has_mode || e[1].has_uid || e[1].has_gid);
    assert_int_equal(e[1].content_n, 2);
    assert_memory_equal(e[1].content, "ab", 2);
    assert_int_equal(e[1].xattr_n, 1);
    assert_string_equal(e[1].xattr[0].name, "user.k");
    assert_int_equal(e[1].xattr[0].n, 1);
    assert_string_equal(e[2].target, "");
    assert_string_equal(e[3].target, "f");
    assert_int_equal(e[6].major, 1);
    assert_int_equal(e[6].minor, 3);
    assert_int_equal(e[7].major, 4095);
    assert_true(e[7].has_mode);
    json_release(&doc);
}

static void one_entry_alone(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc = parse(f, "{\"type\":\"file\",\"content\":\"x\"}");
    const struct host_manifest *m;
    assert_int_equal(manifest_read(&doc, doc.root, &m, &f->err), 0);
    assert_int_equal(m->n, 1);
    assert_string_equal(m->entries[0].path, "");
    json_release(&doc);
    assert_bad(f, "{\"type\":\"hardlink\",\"target\":\"x\"}",
               "f: spec: a source cannot be a hard link (line 1, column 1)");
    assert_bad(f, "\"x\"",
               "f: spec: expected a list of entries or one entry, found a string "
               "(line 1, column 1)");
}

static void bad_entries(void **state)
{
    struct fixture *f = *state;
    assert_bad(f, "[1]", "f: spec[0]: expected an object, found a number (line 1, column 2)");
    assert_bad(f, "[{\"type\":\"dir\"}]",
               "f: spec[0]: an entry needs a path (\".\" is the root) (line 1, column 2)");
    assert_bad(f, "[{\"path\":\"/etc\",\"type\":\"dir\"}]",
               "f: spec[0].path: a path in a manifest is relative to its root "
               "(line 1, column 10)");
    assert_bad(f, "[{\"path\":\"a/../b\",\"type\":\"dir\"}]",
               "f: spec[0].path: a path in a manifest must not contain \"..\" "
               "(line 1, column 10)");
    assert_bad(f, "[{\"path\":\"a\",\"type\":\"folder\"}]",
               "f: spec[0].type: type \"folder\" is none of dir, file, symlink, hardlink, fifo, "
               "sock, chr, blk (line 1, column 21)");
    assert_bad(f, "[{\"path\":\"a\",\"type\":\"dir\",\"mode\":\"0888\"}]",
               "f: spec[0].mode: mode \"0888\" is not octal text up to 7777 (line 1, column 34)");
    assert_bad(f, "[{\"path\":\"a\",\"type\":\"dir\",\"mode\":\"17777\"}]",
               "f: spec[0].mode: mode \"17777\" is not octal text up to 7777 (line 1, column 34)");
    assert_bad(f, "[{\"path\":\"a\",\"type\":\"dir\",\"mode\":493}]",
               "f: spec[0].mode: expected a string, found a number (line 1, column 34)");
    assert_bad(f, "[{\"path\":\"a\",\"type\":\"dir\",\"uid\":-1}]",
               "f: spec[0].uid: number -1 is out of the range of uint32 (line 1, column 33)");
    assert_bad(f, "[{\"path\":\"a\",\"type\":\"chr\"}]",
               "f: spec[0]: a device needs rdev \"major:minor\" (line 1, column 2)");
    assert_bad(f, "[{\"path\":\"a\",\"type\":\"chr\",\"rdev\":\"1:4294967296\"}]",
               "f: spec[0].rdev: a device needs rdev \"major:minor\" (line 1, column 34)");
    assert_bad(f, "[{\"path\":\"a\",\"type\":\"symlink\"}]",
               "f: spec[0]: a symlink needs a target (line 1, column 2)");
    assert_bad(f, "[{\"path\":\"a\",\"type\":\"hardlink\",\"target\":\"\"}]",
               "f: spec[0].target: a hardlink needs a target (line 1, column 41)");
    assert_bad(f, "[{\"path\":\"a\",\"type\":\"file\",\"content\":7}]",
               "f: spec[0].content: expected a string, found a number (line 1, column 38)");
}

static void unknown_keys_are_told(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc = parse(f, "[{\"path\":\"a\",\"type\":\"dir\",\"Mode\":\"0700\"}]");
    const struct host_manifest *m;
    assert_int_equal(manifest_read(&doc, doc.root, &m, &f->err), 0);
    assert_false(m->entries[0].has_mode);
    assert_string_equal(doc.warnings->text, "f: unknown key \"Mode\" (line 1, column 34)");
    json_release(&doc);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(every_type_and_field),
        INPUT_TEST(one_entry_alone),
        INPUT_TEST(bad_entries),
        INPUT_TEST(unknown_keys_are_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
