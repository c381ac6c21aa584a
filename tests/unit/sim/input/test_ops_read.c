/* Operations. */
#include "fixture.h"
#include "input.h"

static void assert_bad(struct fixture *f, const char *text, const char *error)
{
    struct json_doc doc = parse(f, text);
    struct sim_op *ops = NULL;
    size_t n = 5;
    assert_error(f, ops_read(&doc, doc.root, &ops, &n, &f->err), -EINVAL, error);
    assert_int_equal(n, 5);
    json_release(&doc);
}

static void every_operation(void **state)
{
    struct fixture *f = *state;
    static const char text[] =
        "[[\"mkdir\",\"/a\",\"1777\"],[\"create\",\"p\",\"0644\"],[\"create_excl\",\"p\",\"0\"],"
        "[\"write\",\"p\",\"t\"],[\"append\",\"p\",\"t\"],[\"read\",\"p\"],[\"unlink\",\"p\"],"
        "[\"rmdir\",\"p\"],[\"rename\",\"a\",\"b\"],[\"symlink\",\"t\",\"p\"],"
        "[\"link\",\"a\",\"b\"],[\"chmod\",\"p\",\"0000\"],[\"chown\",\"p\",1,1000],"
        "[\"lchown\",\"p\",-1,0],[\"truncate\",\"p\",2],[\"mknod_fifo\",\"p\",\"0600\"],"
        "[\"mknod_file\",\"p\",\"0600\"],[\"mknod_chr\",\"p\",\"0600\"],[\"access\",\"p\",7],"
        "[\"chdir\",\"p\"],[\"stat\",\"p\"],[\"lstat\",\"p\"],[\"lookup\",\"p\"],"
        "[\"readlink\",\"p\"],[\"readdir\",\"p\"],[\"getxattr\",\"p\",\"n\"],"
        "[\"listxattr\",\"p\"],[\"setxattr\",\"p\",\"n\",\"v\"],"
        "[\"mount\",\"s\",\"t\",\"ext4\",1,\"size=1m\"],[\"umount\",\"p\",8]]";
    struct json_doc doc = parse(f, text);
    struct sim_op *ops;
    size_t n;
    assert_int_equal(ops_read(&doc, doc.root, &ops, &n, &f->err), 0);
    assert_int_equal(n, OP_KINDS);
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(ops[i].kind, i);
        assert_string_equal(op_name(ops[i].kind), ops[i].raw->child->text);
        assert_int_equal(ops[i].n_args, ops[i].raw->n - 1);
        for (size_t k = 0; k < ops[i].n_args; k++) {
            assert_non_null(ops[i].arg[k]);
        }
    }
    assert_int_equal(ops[OP_MKDIR].num[1], 01777);
    assert_string_equal(ops[OP_MKDIR].arg[1], "1777");
    assert_int_equal(ops[OP_CHOWN].num[2], 1000);
    assert_int_equal(ops[OP_LCHOWN].num[1], -1);
    assert_string_equal(ops[OP_LCHOWN].arg[1], "-1");
    assert_int_equal(ops[OP_MOUNT].num[3], 1);
    assert_string_equal(ops[OP_MOUNT].arg[4], "size=1m");
    assert_int_equal(ops[OP_UMOUNT].num[1], 8);
    json_release(&doc);
}

static void no_operations(void **state)
{
    struct fixture *f = *state;
    struct json_doc doc = parse(f, "[]");
    struct sim_op *ops;
    size_t n = 5;
    assert_int_equal(ops_read(&doc, NULL, &ops, &n, &f->err), 0);
    assert_int_equal(n, 0);
    assert_int_equal(ops_read(&doc, doc.root, &ops, &n, &f->err), 0);
    assert_int_equal(n, 0);
    json_release(&doc);
}

static void bad_operations(void **state)
{
    struct fixture *f = *state;
    assert_bad(f, "{}", "f: spec: expected an array, found an object (line 1, column 1)");
    assert_bad(f, "[[]]",
               "f: spec[0]: an operation is a list that begins with its name (line 1, column 2)");
    assert_bad(f, "[null]",
               "f: spec[0]: an operation is a list that begins with its name (line 1, column 2)");
    assert_bad(f, "[[\"Mkdir\",\"/a\",\"0\"]]",
               "f: spec[0][0]: unknown operation \"Mkdir\" (line 1, column 3)");
    assert_bad(f, "[[\"read\"]]", "f: spec[0]: read takes 1 arguments, found 0 (line 1, column 2)");
    assert_bad(f, "[[\"stat\",\"a\",\"b\"]]",
               "f: spec[0]: stat takes 1 arguments, found 2 (line 1, column 2)");
    assert_bad(f, "[[\"chmod\",\"a\",\"9\"]]",
               "f: spec[0][2]: mode \"9\" is not octal text (line 1, column 15)");
    assert_bad(f, "[[\"chmod\",\"a\",511]]",
               "f: spec[0][2]: expected a string, found a number (line 1, column 15)");
    assert_bad(f, "[[\"truncate\",\"a\",\"3\"]]",
               "f: spec[0][2]: expected a number, found a string (line 1, column 18)");
    assert_bad(f, "[[\"truncate\",\"a\",1.5]]",
               "f: spec[0][2]: number 1.5 is no int64 (line 1, column 18)");
    assert_bad(f, "[[\"read\",null]]",
               "f: spec[0][1]: expected a string, found null (line 1, column 10)");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        INPUT_TEST(every_operation),
        INPUT_TEST(no_operations),
        INPUT_TEST(bad_operations),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
