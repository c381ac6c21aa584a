/* Operations of a case (golden/README.md). */
#include "input.h"

#include <stdio.h>

/* Arguments: p path, t text, m mode (octal text), n number. */
static const struct {
    const char *name, *args;
} operations[OP_KINDS] = {
    [OP_MKDIR] = {"mkdir", "pm"},
    [OP_CREATE] = {"create", "pm"},
    [OP_CREATE_EXCL] = {"create_excl", "pm"},
    [OP_WRITE] = {"write", "pt"},
    [OP_APPEND] = {"append", "pt"},
    [OP_READ] = {"read", "p"},
    [OP_UNLINK] = {"unlink", "p"},
    [OP_RMDIR] = {"rmdir", "p"},
    [OP_RENAME] = {"rename", "pp"},
    [OP_SYMLINK] = {"symlink", "tp"},
    [OP_LINK] = {"link", "pp"},
    [OP_CHMOD] = {"chmod", "pm"},
    [OP_CHOWN] = {"chown", "pnn"},
    [OP_LCHOWN] = {"lchown", "pnn"},
    [OP_TRUNCATE] = {"truncate", "pn"},
    [OP_MKNOD_FIFO] = {"mknod_fifo", "pm"},
    [OP_MKNOD_FILE] = {"mknod_file", "pm"},
    [OP_MKNOD_CHR] = {"mknod_chr", "pm"},
    [OP_ACCESS] = {"access", "pn"},
    [OP_CHDIR] = {"chdir", "p"},
    [OP_STAT] = {"stat", "p"},
    [OP_LSTAT] = {"lstat", "p"},
    [OP_LOOKUP] = {"lookup", "p"},
    [OP_READLINK] = {"readlink", "p"},
    [OP_READDIR] = {"readdir", "p"},
    [OP_GETXATTR] = {"getxattr", "pt"},
    [OP_LISTXATTR] = {"listxattr", "p"},
    [OP_SETXATTR] = {"setxattr", "ptt"},
    [OP_MOUNT] = {"mount", "tptnt"},
    [OP_UMOUNT] = {"umount", "pn"},
};

const char *op_name(enum op_kind kind)
{
    return kind < OP_KINDS ? operations[kind].name : "?";
}

static int find_kind(struct json_doc *doc, const struct json *v, enum op_kind *ret,
                     struct error *err)
{
    const char *word;
    int rc = json_string(doc, v, &word, err);
    for (int i = 0; !rc && i < OP_KINDS; i++) {
        if (!strcmp(word, operations[i].name)) {
            *ret = (enum op_kind)i;
            return 0;
        }
    }
    return rc ? rc : json_fail(doc, v, err, "unknown operation \"%.40s\"", word);
}

/* Octal text, or a number as it is. */
static int read_mode(struct json_doc *doc, const struct json *v, int64_t *ret, struct error *err)
{
    const char *text;
    int rc = json_string(doc, v, &text, err);
    if (rc) {
        return rc;
    }
    if (!*text || strlen(text) > 11 || text[strspn(text, "01234567")] ||
        strtoull(text, NULL, 8) > UINT32_MAX) {
        return json_fail(doc, v, err, "mode \"%.20s\" is not octal text", text);
    }
    *ret = (int64_t)strtoull(text, NULL, 8);
    return 0;
}

static int read_arg(struct json_doc *doc, const struct json *v, char kind, const char **arg,
                    int64_t *num, struct error *err)
{
    switch (kind) {
    case 'm': {
        int rc = read_mode(doc, v, num, err);
        return rc ? rc : json_string(doc, v, arg, err);
    }
    case 'n': {
        int rc = v->type == JSON_NUMBER ? json_i64(doc, v, num, err)
                                        : json_fail(doc, v, err, "expected a number, found %s",
                                                    json_type_name(v->type));
        *arg = v->text;
        return rc;
    }
    default:
        if (v->type == JSON_NULL) {
            return json_fail(doc, v, err, "expected a string, found null");
        }
        return json_string(doc, v, arg, err);
    }
}

static int read_op(struct json_doc *doc, const struct json *v, struct sim_op *op, struct error *err)
{
    const struct json *list;
    int rc = json_array(doc, v, &list, err);
    if (rc) {
        return rc;
    }
    if (!list || !list->n) {
        return json_fail(doc, v, err, "an operation is a list that begins with its name");
    }
    rc = find_kind(doc, list->child, &op->kind, err);
    if (rc) {
        return rc;
    }
    const char *args = operations[op->kind].args;
    op->raw = v;
    op->n_args = strlen(args);
    if (list->n - 1 != op->n_args) {
        return json_fail(doc, v, err, "%s takes %zu arguments, found %zu", op_name(op->kind),
                         op->n_args, list->n - 1);
    }
    size_t i = 0;
    for (const struct json *a = list->child->next; a && !rc; a = a->next, i++) {
        rc = read_arg(doc, a, args[i], &op->arg[i], &op->num[i], err);
    }
    return rc;
}

int ops_read(struct json_doc *doc, const struct json *v, struct sim_op **ret, size_t *ret_n,
             struct error *err)
{
    const struct json *list;
    int rc = json_array(doc, v, &list, err);
    if (rc) {
        return rc;
    }
    size_t n = list ? list->n : 0;
    if (n > LIMIT_CASE_OPS) {
        return json_fail(doc, list, err, "more than %d operations (LIMIT_CASE_OPS)",
                         LIMIT_CASE_OPS);
    }
    struct sim_op *ops = NULL;
    if (n) {
        ops = json_alloc(doc, n * sizeof(*ops));
        if (!ops) {
            return CODE_FATE;
        }
        json_for_each(it, list)
        {
            rc = read_op(doc, it, &ops[it->index], err);
            if (rc) {
                return rc;
            }
        }
    }
    *ret = ops;
    *ret_n = n;
    return 0;
}
