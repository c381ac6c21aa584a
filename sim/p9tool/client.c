/* A session with any server, and the actions on it. */
#include "tool.h"

int p9tool_action_parse(const char *name, enum p9tool_action *ret)
{
    static const char *const names[] = {
        [P9TOOL_LS] = "ls",     [P9TOOL_STAT] = "stat", [P9TOOL_CAT] = "cat",
        [P9TOOL_TREE] = "tree", [P9TOOL_PUT] = "put",   [P9TOOL_BENCH] = "bench"};
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(name, names[i]) == 0) {
            *ret = (enum p9tool_action)i;
            return 0;
        }
    }
    return -EINVAL;
}

bool remote_is_std(const struct remote *r)
{
    return p9_client_personality(r->client) == P9_STD;
}

int remote_error(struct remote *r, struct error *err, const char *path, int code)
{
    const char *dead = p9_client_info(r->client).dead;
    if (code == CODE_FATE) {
        return code;
    }
    if (dead) {
        return error_set(r->d, err, code, "%s: %s (%s)", path, code_text(code), dead);
    }
    return error_set(r->d, err, code, "%s: %s", path, code_text(code));
}

/* The names of a clean path, in place. */
static size_t split(char *path, const char **names, size_t max)
{
    size_t n = 0;
    char *save = NULL;
    for (char *p = strtok_r(path, "/", &save); p && n < max; p = strtok_r(NULL, "/", &save)) {
        names[n++] = p;
    }
    return n;
}

int remote_walk(struct remote *r, const char *path, struct p9_file *ret, struct error *err)
{
    CLEANUP_MEM char *clean = path_join(r->d, "/", path);
    if (!clean) {
        return CODE_FATE;
    }
    size_t max = strlen(clean) / 2 + 1;
    const char **names = mem_new(r->d, max * sizeof(*names), "names");
    if (!names) {
        return CODE_FATE;
    }
    size_t n = split(clean, names, max);
    int rc = p9_walk(&r->root, names, n, NULL, ret);
    mem_free((void *)names);
    return rc < 0 ? remote_error(r, err, path, rc) : 0;
}

int remote_stat(struct remote *r, const struct p9_file *f, struct p9_attr *ret)
{
    uint64_t valid;
    (void)r;
    return p9_getattr(f, P9_ATTR_STAT | P9_ATTR_INO, NULL, &valid, ret);
}

static int run_action(struct remote *r, struct error *err)
{
    switch (r->o->action) {
    case P9TOOL_LS:
        return action_ls(r, err);
    case P9TOOL_STAT:
        return action_stat(r, err);
    case P9TOOL_CAT:
        return action_cat(r, err);
    case P9TOOL_TREE:
        return action_tree(r, err);
    case P9TOOL_PUT:
        return action_put(r, err);
    case P9TOOL_BENCH:
        return action_bench(r, err);
    }
    return -EINVAL;
}

static int attach_and_run(struct remote *r, struct error *err)
{
    const char *aname = r->o->aname ? r->o->aname : "/";
    int rc = p9_attach(r->client, aname, &r->root);
    if (rc < 0) {
        (void)remote_error(r, err, aname, rc);
        return rc == CODE_FATE ? rc : error_wrap(r->d, err, "attach");
    }
    rc = run_action(r, err);
    if (rc != CODE_FATE && p9_clunk(&r->root) == CODE_FATE) {
        rc = CODE_FATE;
    }
    return rc;
}

int p9tool_p9(struct domain *d, const struct p9tool_env *env, const struct p9tool_p9_options *o,
              struct error *err)
{
    struct remote r = {.d = d, .env = env, .o = o};
    struct owned_fd *sock;
    int rc = address_connect(d, o->address, &sock, err);
    if (rc < 0) {
        return rc;
    }
    const struct p9_client_options client = {.msize = o->msize,
                                             .version = o->version,
                                             .personality = P9_AUTO,
                                             .uname = o->uname,
                                             .n_uname = o->n_uname};
    rc = p9_client_connect(d, sock, &client, NULL, err, &r.client);
    if (rc < 0) {
        return rc == CODE_FATE ? rc : error_wrap(d, err, "%s", o->address);
    }
    rc = attach_and_run(&r, err);
    p9_client_free(r.client);
    if (rc == 0 && (fflush(env->out) != 0 || ferror(env->out))) {
        rc = error_code(d, err, errno ? -errno : -EIO);
    }
    return rc;
}
