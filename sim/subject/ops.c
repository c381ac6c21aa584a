/* The operations of a case as system calls, and their values as the recorded results show them
 * (golden/README.md). */
#include "ops.h"
#include "capture.h"
#include "provenance.h"

#include <fcntl.h>
#include <inttypes.h>
#include <sys/stat.h>

enum { READ_PIECE = 4096, LIMIT_READ_VALUE = 16 << 20 /* bytes shown of one read */ };

struct running {
    struct process *p;
    const struct sim_op *op;
    struct str value; /* JSON text of the value; empty = none */
};

/* --------------------------------------------------------------------------------------------------
 * files */

static int open_and_close(struct running *run, int flags, unsigned mode)
{
    struct file *f;
    int r = sys_open(run->p, run->op->arg[0], flags, mode, &f);
    return r ? r : sys_close(run->p, f);
}

static int op_create(struct running *run)
{
    return open_and_close(run, O_CREAT | O_WRONLY | O_TRUNC, (unsigned)run->op->num[1]);
}

static int op_create_excl(struct running *run)
{
    return open_and_close(run, O_CREAT | O_EXCL | O_WRONLY, (unsigned)run->op->num[1]);
}

static int write_text(struct running *run, int flags)
{
    const char *text = run->op->arg[1];
    struct file *f;
    int r = sys_open(run->p, run->op->arg[0], flags, 0, &f);
    if (r) {
        return r;
    }
    size_t n = 0;
    r = sys_write(run->p, f, text, strlen(text), &n);
    if (r == CODE_FATE) {
        return r;
    }
    int closed = sys_close(run->p, f);
    if (r == 0) {
        str_addf(&run->value, "%zu", n);
    }
    return closed == CODE_FATE ? closed : r;
}

static int op_write(struct running *run)
{
    return write_text(run, O_WRONLY);
}

static int op_append(struct running *run)
{
    return write_text(run, O_WRONLY | O_APPEND);
}

static int read_all(struct running *run, struct file *f, struct str *content)
{
    char buf[READ_PIECE];
    for (;;) {
        size_t n = 0;
        int r = sys_read(run->p, f, buf, sizeof(buf), &n);
        if (r || n == 0 || content->n >= LIMIT_READ_VALUE) {
            return r;
        }
        str_addn(content, buf, n);
    }
}

static int op_read(struct running *run)
{
    struct file *f;
    int r = sys_open(run->p, run->op->arg[0], O_RDONLY, 0, &f);
    if (r) {
        return r;
    }
    struct str content;
    str_init(&content, run->value.d);
    r = read_all(run, f, &content);
    if (r != CODE_FATE) {
        int closed = sys_close(run->p, f);
        r = closed == CODE_FATE ? closed : r;
    }
    if (r == 0) {
        sim_json_text(&run->value, str_get(&content), content.n);
    }
    str_release(&content);
    return r;
}

struct listing {
    struct running *run;
    size_t n;
};

static int list_entry(void *arg, const char *name, const struct dent_attr *attr)
{
    struct listing *listing = arg;
    struct str *out = &listing->run->value, entry;
    str_init(&entry, out->d);
    str_addf(&entry, "%s:%s", name, capture_type_name(attr->type));
    str_add(out, listing->n++ ? ", " : "");
    sim_json_text(out, str_get(&entry), entry.n);
    str_release(&entry);
    return 0;
}

static int op_readdir(struct running *run)
{
    struct file *f;
    int r = sys_open(run->p, run->op->arg[0], O_RDONLY | O_DIRECTORY, 0, &f);
    if (r) {
        return r;
    }
    struct listing listing = {.run = run};
    struct dir_ctx dc = {.emit = list_entry, .arg = &listing};
    str_addc(&run->value, '[');
    do {
        r = sys_getdents(run->p, f, &dc);
    } while (r == 0 && dc.written > 0);
    str_addc(&run->value, ']');
    if (r == CODE_FATE) {
        return r;
    }
    int closed = sys_close(run->p, f);
    return closed == CODE_FATE ? closed : r;
}

/* --------------------------------------------------------------------------------------------------
 * names */

static int op_mkdir(struct running *run)
{
    return sys_mkdir(run->p, run->op->arg[0], (unsigned)run->op->num[1]);
}

static int op_unlink(struct running *run)
{
    return sys_unlink(run->p, run->op->arg[0]);
}

static int op_rmdir(struct running *run)
{
    return sys_rmdir(run->p, run->op->arg[0]);
}

static int op_rename(struct running *run)
{
    return sys_rename(run->p, run->op->arg[0], run->op->arg[1]);
}

static int op_symlink(struct running *run)
{
    return sys_symlink(run->p, run->op->arg[0], run->op->arg[1]);
}

static int op_link(struct running *run)
{
    return sys_link(run->p, run->op->arg[0], run->op->arg[1]);
}

static int make_node(struct running *run, unsigned type)
{
    return sys_mknod(run->p, run->op->arg[0], type | (unsigned)run->op->num[1]);
}

static int op_mknod_fifo(struct running *run)
{
    return make_node(run, S_IFIFO);
}

static int op_mknod_file(struct running *run)
{
    return make_node(run, S_IFREG);
}

static int op_mknod_chr(struct running *run)
{
    return make_node(run, S_IFCHR);
}

/* ---------------------------------------------------------------------------------------------
 * attributes */

static int op_chmod(struct running *run)
{
    return sys_chmod(run->p, run->op->arg[0], (unsigned)run->op->num[1]);
}

static int change_owner(struct running *run, bool follow)
{
    return sys_chown(run->p, run->op->arg[0], (uint32_t)run->op->num[1], (uint32_t)run->op->num[2],
                     follow);
}

static int op_chown(struct running *run)
{
    return change_owner(run, true);
}

static int op_lchown(struct running *run)
{
    return change_owner(run, false);
}

static int op_truncate(struct running *run)
{
    return sys_truncate(run->p, run->op->arg[0], run->op->num[1]);
}

static int op_access(struct running *run)
{
    return sys_access(run->p, run->op->arg[0], (unsigned)run->op->num[1]);
}

static int op_chdir(struct running *run)
{
    return sys_chdir(run->p, run->op->arg[0]);
}

static int show_stat(struct running *run, bool follow)
{
    struct sys_stat st;
    int r = sys_stat(run->p, run->op->arg[0], follow, &st);
    if (r) {
        return r;
    }
    str_addf(&run->value, "{\"gid\": %" PRIu32 ", \"mode\": \"%06o\", \"nlink\": %" PRIu64, st.gid,
             st.mode, st.nlink);
    if (type_is_file(st.type) || st.type == INODE_SYMLINK) {
        str_addf(&run->value, ", \"size\": %" PRId64, st.size);
    }
    str_addf(&run->value, ", \"uid\": %" PRIu32 "}", st.uid);
    return 0;
}

static int op_stat(struct running *run)
{
    return show_stat(run, true);
}

static int op_lstat(struct running *run)
{
    return show_stat(run, false);
}

static int op_readlink(struct running *run)
{
    char *target;
    int r = sys_readlink(run->p, run->op->arg[0], &target);
    if (r == 0) {
        sim_json_text(&run->value, target, strlen(target));
        mem_free(target);
    }
    return r;
}

static int op_getxattr(struct running *run)
{
    struct str value;
    str_init(&value, run->value.d);
    int r = sys_getxattr(run->p, run->op->arg[0], run->op->arg[1], &value);
    if (r == 0) {
        sim_json_text(&run->value, str_get(&value), value.n);
    }
    str_release(&value);
    return r;
}

static int by_name(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

static int op_listxattr(struct running *run)
{
    struct ptrvec names;
    ptrvec_init(&names, run->value.d);
    int r = sys_listxattr(run->p, run->op->arg[0], &names);
    if (r == 0) {
        if (names.n) {
            qsort(names.p, names.n, sizeof(*names.p), by_name);
        }
        str_addc(&run->value, '[');
        for (size_t i = 0; i < names.n; i++) {
            str_add(&run->value, i ? ", " : "");
            sim_json_text(&run->value, names.p[i], strlen(names.p[i]));
        }
        str_addc(&run->value, ']');
    }
    for (size_t i = 0; i < names.n; i++) {
        mem_free(names.p[i]);
    }
    ptrvec_release(&names);
    return r;
}

static int op_setxattr(struct running *run)
{
    return sys_setxattr(run->p, run->op->arg[0], run->op->arg[1], run->op->arg[2]);
}

/* -------------------------------------------------------------------------------------------------
 * mounts */

static int op_mount(struct running *run)
{
    const struct sim_op *op = run->op;
    return sys_mount(run->p, op->arg[0], op->arg[1], op->arg[2], (uint64_t)op->num[3], op->arg[4]);
}

static int op_umount(struct running *run)
{
    return sys_umount(run->p, run->op->arg[0], run->op->n_args > 1 ? (unsigned)run->op->num[1] : 0);
}

/* ----------------------------------------------------------------------------------------------------
 * all */

static int (*const calls[OP_KINDS])(struct running *run) = {
    [OP_MKDIR] = op_mkdir,
    [OP_CREATE] = op_create,
    [OP_CREATE_EXCL] = op_create_excl,
    [OP_WRITE] = op_write,
    [OP_APPEND] = op_append,
    [OP_READ] = op_read,
    [OP_UNLINK] = op_unlink,
    [OP_RMDIR] = op_rmdir,
    [OP_RENAME] = op_rename,
    [OP_SYMLINK] = op_symlink,
    [OP_LINK] = op_link,
    [OP_CHMOD] = op_chmod,
    [OP_CHOWN] = op_chown,
    [OP_LCHOWN] = op_lchown,
    [OP_TRUNCATE] = op_truncate,
    [OP_MKNOD_FIFO] = op_mknod_fifo,
    [OP_MKNOD_FILE] = op_mknod_file,
    [OP_MKNOD_CHR] = op_mknod_chr,
    [OP_ACCESS] = op_access,
    [OP_CHDIR] = op_chdir,
    [OP_STAT] = op_stat,
    [OP_LSTAT] = op_lstat,
    [OP_LOOKUP] = op_lstat,
    [OP_READLINK] = op_readlink,
    [OP_READDIR] = op_readdir,
    [OP_GETXATTR] = op_getxattr,
    [OP_LISTXATTR] = op_listxattr,
    [OP_SETXATTR] = op_setxattr,
    [OP_MOUNT] = op_mount,
    [OP_UMOUNT] = op_umount,
};

/* Names as the recorded results spell them: EOPNOTSUPP and ENOTSUP are one number. */
static const char *errno_text(int code)
{
    return code == -EOPNOTSUPP ? "ENOTSUP" : code_name(code);
}

/* The operation as it was given. */
static const char *op_text(struct sim_result *r, const struct sim_op *op)
{
    struct str s;
    str_init(&s, r->d);
    str_addc(&s, '[');
    for (const struct json *arg = op->raw->child; arg; arg = arg->next) {
        str_add(&s, arg == op->raw->child ? "" : ", ");
        if (arg->type == JSON_STRING) {
            sim_json_text(&s, arg->text, strlen(arg->text));
        } else {
            str_add(&s, arg->text);
        }
    }
    str_addc(&s, ']');
    const char *text = sim_result_dup(r, str_get(&s));
    str_release(&s);
    return text;
}

static int run_one(struct process *p, const struct sim_op *op, struct sim_result *r,
                   struct sim_op_result *ret)
{
    struct running run = {.p = p, .op = op};
    str_init(&run.value, r->d);
    int code = calls[op->kind](&run);
    if (code != CODE_FATE) {
        ret->op = op_text(r, op);
        ret->error = errno_text(code);
        ret->value = code == 0 && run.value.n ? sim_result_dup(r, str_get(&run.value)) : NULL;
        code = domain_dead(r->d) ? CODE_FATE : 0;
    }
    str_release(&run.value);
    jobs_drain(&p->c.s->d);
    return code;
}

/* What a mount or umount that went well changes about the mounts. */
static int note_mounts(struct process *p, const struct sim_op *op, int index, struct sim_result *r)
{
    if (r->ops[index].error[0]) {
        return 0;
    }
    return op->kind == OP_MOUNT    ? provenance_op_mount(p->ns, op, index, r)
           : op->kind == OP_UMOUNT ? provenance_op_umount(p->ns, index, r)
                                   : 0;
}

int ops_run(struct process *p, const struct sim_case *c, struct sim_result *r)
{
    if (c->n_ops == 0) {
        return 0;
    }
    r->ops = mem_resize(r->d, NULL, 0, c->n_ops, sizeof(*r->ops), "operation results");
    if (!r->ops) {
        return CODE_FATE;
    }
    for (size_t i = 0; i < c->n_ops; i++) {
        int code = run_one(p, &c->ops[i], r, &r->ops[i]);
        code = code ? code : note_mounts(p, &c->ops[i], (int)i, r);
        if (code) {
            return code;
        }
        r->n_ops++;
    }
    return 0;
}
