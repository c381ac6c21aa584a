/* The tree that a process sees: sorted by path bytes, every kind of node, what cannot be looked up.
 */
#include "fixture.h"

static const struct sim_node *find(const struct sim_result *r, const char *path)
{
    for (size_t i = 0; i < r->n_nodes; i++) {
        if (strcmp(r->nodes[i].path, path) == 0) {
            return &r->nodes[i];
        }
    }
    return NULL;
}

static void tree(void **state)
{
    static const char text[] =
        "{\"id\": \"c/0\", \"conf\": {\"file_access\": \"proxy\"}, \"rootfs\": [{\"path\": \"a\", "
        "\"type\": \"dir\", \"mode\": \"0711\", \"uid\": 3}, {\"path\": \"a-b\", \"type\": "
        "\"file\", \"mode\": \"0640\", \"content\": \"xyz\"}, {\"path\": \"a/c\", \"type\": "
        "\"symlink\", \"target\": \"../a-b\"}, {\"path\": \"a/s\", \"type\": \"sock\", \"mode\": "
        "\"0644\"}], \"sources\": {}, \"spec\": {\"root\": {\"path\": \"@rootfs\"}, \"mounts\": "
        "[{\"destination\": \"/t\", \"type\": \"tmpfs\"}]}, \"ops\": [], \"restore\": false}";
    struct domain *d = *state;
    struct sim_case *c = case_of(d, text);
    struct sim_result *r = run_case(d, c, GOFER_INLINE, HOST_BACKEND_MEM);
    assert_int_equal(r->outcome, OUTCOME_OK);
    assert_true(r->has_nodes);
    for (size_t i = 1; i < r->n_nodes; i++) {
        assert_true(strcmp(r->nodes[i - 1].path, r->nodes[i].path) < 0);
    }
    const struct sim_node *a = find(r, "/a"), *file = find(r, "/a-b"), *link = find(r, "/a/c");
    const struct sim_node *t = find(r, "/t"), *sock = find(r, "/a/s"), *null = find(r, "/dev/null");
    assert_non_null(a && file && link && t && sock && null ? r : NULL);
    assert_string_equal(a->mode, "0711");
    assert_int_equal(a->uid, 3);
    assert_int_equal(a->size, -1);
    assert_int_equal(file->size, 3);
    assert_string_equal(file->fs, "overlayfs"); /* stubs are laid over the root (12.2) */
    assert_true(file->readdir && !file->mountpoint);
    assert_string_equal(link->target, "../a-b");
    assert_true(t->mountpoint);
    assert_string_equal(t->fs, "tmpfs");
    assert_string_equal(sock->type, "?");
    assert_string_equal(sock->error, "lookup: invalid argument");
    assert_string_equal(null->type, "chr");
    assert_string_equal(null->rdev, "0:0"); /* in the recordings too */
    sim_result_free(r);
    case_free(c);
}

int main(void)
{
    const struct CMUnitTest tests[] = {SUBJECT_TEST(tree)};
    return cmocka_run_group_tests_name("sim_subject_capture", tests, NULL, NULL);
}
