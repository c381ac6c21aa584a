#include "core_test.h"

#include <stdio.h>

struct row {
    int code;
    int number;
    const char *name;
    const char *text;
};

/* Contract pipeline 3, the table of errno texts. */
static const struct row errnos[] = {
    {-EPERM, 1, "EPERM", "operation not permitted"},
    {-ENOENT, 2, "ENOENT", "no such file or directory"},
    {-EIO, 5, "EIO", "input/output error"},
    {-EBADF, 9, "EBADF", "bad file descriptor"},
    {-EACCES, 13, "EACCES", "permission denied"},
    {-EBUSY, 16, "EBUSY", "device or resource busy"},
    {-EEXIST, 17, "EEXIST", "file exists"},
    {-EXDEV, 18, "EXDEV", "invalid cross-device link"},
    {-ENODEV, 19, "ENODEV", "no such device"},
    {-ENOTDIR, 20, "ENOTDIR", "not a directory"},
    {-EISDIR, 21, "EISDIR", "is a directory"},
    {-EINVAL, 22, "EINVAL", "invalid argument"},
    {-EROFS, 30, "EROFS", "read-only file system"},
    {-ENOTEMPTY, 39, "ENOTEMPTY", "directory not empty"},
    {-ELOOP, 40, "ELOOP", "too many levels of symbolic links"},
    {-ENODATA, 61, "ENODATA", "no data available"},
    {-ENOLINK, 67, "ENOLINK", "link has been severed"},
    {-EOPNOTSUPP, 95, "EOPNOTSUPP", "operation not supported"},
    {-EADDRINUSE, 98, "EADDRINUSE", "address already in use"},
    {-ENOSYS, 38, "ENOSYS", "function not implemented"},
    {-ENAMETOOLONG, 36, "ENAMETOOLONG", "file name too long"},
    {-ENOTTY, 25, "ENOTTY", "inappropriate ioctl for device"},
};

/* Contract filesystems 1.3. */
static const struct row internals[] = {
    {ERR_INVALID_OP, EINVAL, "EINVAL", "invalid operation"},
    {ERR_DENIED, EACCES, "EACCES", "operation denied"},
    {ERR_NOT_FOUND, ENOENT, "ENOENT", "node not found"},
    {ERR_CROSS_DEVICE, EXDEV, "EXDEV", "can't link across filesystems"},
    {ERR_IS_DIRECTORY, EISDIR, "EISDIR", "is a directory"},
    {ERR_NOT_DIRECTORY, ENOTDIR, "ENOTDIR", "not a directory"},
    {ERR_NOT_EMPTY, ENOTEMPTY, "ENOTEMPTY", "directory not empty"},
    {ERR_WOULD_BLOCK, EAGAIN, "EAGAIN", "request would block"},
    {ERR_INTERRUPTED, EINTR, "EINTR", "request was interrupted"},
    {ERR_SIZE_LIMIT, EFBIG, "EFBIG", "exceeds file size limit"},
};

static void check_rows(const struct row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        assert_int_equal(code_errno(rows[i].code), rows[i].number);
        assert_string_equal(code_name(rows[i].code), rows[i].name);
        assert_string_equal(code_text(rows[i].code), rows[i].text);
    }
}

static void errno_texts_are_those_of_the_contract(void **state)
{
    (void)state;
    check_rows(errnos, ARRAY_LEN(errnos));
}

static void internal_errors_equal_an_errno_but_print_differently(void **state)
{
    (void)state;
    check_rows(internals, ARRAY_LEN(internals));
    for (size_t i = 0; i < ARRAY_LEN(internals); i++) {
        assert_int_not_equal(internals[i].code, -internals[i].number);
    }
}

static void every_plain_errno_has_a_name_and_a_text(void **state)
{
    (void)state;
    for (int e = 1; e <= 4095; e++) {
        char number[32];
        snprintf(number, sizeof(number), "errno %d", e);
        bool named = e <= 132 && e != 41 && e != 58;
        assert_int_equal(code_errno(-e), e);
        if (named) {
            assert_string_not_equal(code_text(-e), number);
        } else {
            assert_string_equal(code_text(-e), number);
        }
        assert_int_equal(strcmp(code_name(-e), "EUNKNOWN") == 0, !named && e != EHWPOISON);
    }
}

static void success_and_fate_have_their_own_words(void **state)
{
    (void)state;
    assert_int_equal(code_errno(0), 0);
    assert_string_equal(code_name(0), "");
    assert_int_equal(code_errno(CODE_FATE), EIO);
    assert_true(CODE_FATE < -4095);
    assert_string_equal(code_text(-ESTALE), "stale NFS file handle");
    /* Nonsense is survived. */
    assert_int_equal(code_errno(7), EIO);
    assert_int_equal(code_errno(INT32_MIN), EIO);
    assert_string_equal(code_text(-CODE_INTERNAL), "input/output error");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(errno_texts_are_those_of_the_contract),
        cmocka_unit_test(internal_errors_equal_an_errno_but_print_differently),
        cmocka_unit_test(every_plain_errno_has_a_name_and_a_text),
        cmocka_unit_test(success_and_fate_have_their_own_words),
    };
    return cmocka_run_group_tests_name("core_code", tests, NULL, NULL);
}
