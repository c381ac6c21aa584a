#include "draft.h"
#include "support.h"

static void open_draft(struct gen_draft *c, struct domain *d)
{
    domain_init(d, "draft", PROFILE_STRICT);
    gen_draft_init(c, d, "draft", 1, 0);
}

static void close_draft(struct gen_draft *c, struct domain *d)
{
    gen_draft_release(c);
    assert_int_equal(domain_close(d, NULL, NULL), 0);
}

/* A draft holds a fixed number of mounts and options; more are no error. */
static void bounds(void **state)
{
    (void)state;
    struct domain d;
    struct gen_draft c;
    open_draft(&c, &d);
    for (int i = 0; i < GEN_MOUNTS + 3; i++) {
        struct gen_mount *m = gen_add_any(&c, gen_text(&c, "/%d", i));
        for (int k = 0; k < GEN_OPTIONS + 3; k++) {
            gen_add_flags(&c, m);
        }
        assert_int_equal(m->n_options, GEN_OPTIONS);
    }
    assert_int_equal(c.n_mounts, GEN_MOUNTS);
    static const char *const stat_root[] = {"stat", "/"};
    for (int i = 0; i < GEN_OPS + 3; i++) {
        gen_add_op(&c, 2, stat_root, 2);
    }
    assert_int_equal(c.n_ops, GEN_OPS);
    close_draft(&c, &d);
}

static void shuffle_keeps_all(void **state)
{
    (void)state;
    struct domain d;
    struct gen_draft c;
    open_draft(&c, &d);
    static const char *const places[] = {"/0", "/1", "/2", "/3", "/4", "/5", "/6", "/7"};
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        gen_add_mount(&c, places[i], "tmpfs", NULL);
    }
    gen_shuffle_mounts(&c);
    unsigned seen = 0, moved = 0;
    for (size_t i = 0; i < c.n_mounts; i++) {
        unsigned k = (unsigned)(c.mounts[i].destination[1] - '0');
        seen |= 1U << k;
        moved += k != i;
    }
    assert_int_equal(seen, 0xff);
    assert_true(moved > 0);
    close_draft(&c, &d);
}

static void line(void **state)
{
    (void)state;
    struct domain d;
    struct gen_draft c;
    struct gen_write w;
    open_draft(&c, &d);
    c.file_access = "direct";
    c.overlay = c.readonly = false;
    c.restore = true;
    c.root = GEN_ROOT_EMPTY;
    gen_add_option(gen_add_mount(&c, "/a", "bind", "@dir0"), "ro");
    static const char *const words[] = {"chown", "/a", "5", "6"};
    gen_add_op(&c, 4, words, 2);
    gen_write_init(&w, &d);
    gen_draft_write(&c, &w, "x/1", "why");
    const char *text = str_get(&w.s);
    assert_ptr_equal(strstr(text,
                            "{\"id\": \"x/1\", \"comment\": \"why\", \"conf\": {\"file_access\": "
                            "\"direct\", \"overlay\": false}, \"rootfs\": [], \"sources\": {"),
                     text);
    assert_non_null(strstr(text,
                           "\"spec\": {\"root\": {\"path\": \"@rootfs\", \"readonly\": false}, "
                           "\"mounts\": [{\"destination\": \"/a\", \"type\": \"bind\", "
                           "\"source\": \"@dir0\", \"options\": [\"ro\"]}]}, "
                           "\"ops\": [[\"chown\", \"/a\", 5, 6]], \"restore\": true}"));
    gen_write_release(&w);
    close_draft(&c, &d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bounds),
        cmocka_unit_test(shuffle_keeps_all),
        cmocka_unit_test(line),
    };
    return cmocka_run_group_tests_name("sim.gen.draft", tests, NULL, NULL);
}
