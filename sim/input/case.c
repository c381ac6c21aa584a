/* The life of a case, and what its parts are put together with. */
#include "identity.h"
#include "input.h"

#include <cjson/cJSON.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

struct sim_case *case_new(struct case_context *cx, enum case_kind kind, const char *name,
                          const char *file, uint64_t line, struct json_doc *doc)
{
    struct sim_case *c = MEM_NEW(cx->d, struct sim_case);
    struct arena *arena = c ? arena_new(cx->d) : NULL;
    if (!arena) {
        json_release(doc);
        mem_free(c);
        return NULL;
    }
    c->d = cx->d;
    c->arena = arena;
    c->doc = *doc;
    *doc = (struct json_doc){0};
    c->kind = kind;
    c->name = arena_dup(arena, name, strlen(name));
    c->file = arena_dup(arena, file, strlen(file));
    c->line = line;
    c->config = cx->opt->config;
    c->bundle = CASE_BUNDLE_PATH;
    c->entry = cx->opt->entry;
    if (c->entry == ENTRY_DEFAULT) {
        c->entry = kind == CASE_SUITE ? ENTRY_PIPELINE : ENTRY_RUNSC;
    }
    if (!c->name || !c->file) {
        case_free(c);
        return NULL;
    }
    return c;
}

void case_free(struct sim_case *c)
{
    if (!c) {
        return;
    }
    cJSON_Delete(c->expect); /* stands in no ledger, so it goes even after a fate */
    cJSON_Delete(c->expect_profile);
    c->expect = c->expect_profile = NULL;
    json_release(&c->doc);
    json_release(&c->ops_doc);
    struct rootfs_cache own = {.d = c->d, .list = c->own_rootfs};
    rootfs_cache_release(&own);
    arena_free(c->arena);
    mem_free(c);
}

/* Room for one more element behind `n`: the array, moved when it was full. NULL = fate oom. */
static void *grow(struct sim_case *c, void *array, size_t n, size_t *cap, size_t elem)
{
    if (n < *cap) {
        return array;
    }
    size_t more = *cap ? *cap * 2 : 8;
    void *bigger = arena_alloc(c->arena, more * elem);
    if (!bigger) {
        return NULL;
    }
    if (n) {
        memcpy(bigger, array, n * elem);
    }
    *cap = more;
    return bigger;
}

int case_add_tree(struct sim_case *c, const struct sim_tree *tree)
{
    struct sim_tree *v = grow(c, c->trees, c->n_trees, &c->cap_trees, sizeof(*v));
    if (!v) {
        return CODE_FATE;
    }
    c->trees = v;
    c->trees[c->n_trees++] = *tree;
    return 0;
}

int case_set_rootfs(struct sim_case *c, const struct rootfs *r)
{
    struct sim_tree tree = {.name = "@rootfs",
                            .path = CASE_ROOTFS_PATH,
                            .kind = r->kind,
                            .manifest = r->manifest,
                            .host_path = r->host_path};
    c->has_rootfs = true;
    if (r->identity.n) {
        c->rootfs_text = r->identity;
    }
    if (r->partly && case_warn_partly(c, r->host_path)) {
        return CODE_FATE;
    }
    return case_add_tree(c, &tree);
}

int case_add_finding(struct sim_case *c, enum finding_kind kind, int spec_mount, const char *fmt,
                     ...)
{
    struct case_finding *v = grow(c, c->findings, c->n_findings, &c->cap_findings, sizeof(*v));
    if (!v) {
        return CODE_FATE;
    }
    c->findings = v;
    va_list ap;
    va_start(ap, fmt);
    char *text = arena_vprintf(c->arena, fmt, ap);
    va_end(ap);
    if (!text) {
        return CODE_FATE;
    }
    c->findings[c->n_findings++] = (struct case_finding){kind, spec_mount, text};
    return 0;
}

int case_add_warning(struct sim_case *c, const char *text)
{
    const char **v = grow(c, c->warnings, c->n_warnings, &c->cap_warnings, sizeof(*v));
    if (!v) {
        return CODE_FATE;
    }
    c->warnings = v;
    c->warnings[c->n_warnings++] = text;
    return 0;
}

int case_warn_partly(struct sim_case *c, const char *path)
{
    char *text = arena_printf(c->arena,
                              "%s has more than %d entries (LIMIT_IDENTITY_ENTRIES): a change "
                              "behind them is not seen as one of the input",
                              path, LIMIT_IDENTITY_ENTRIES);
    return text ? case_add_warning(c, text) : CODE_FATE;
}

int case_take_warnings(struct sim_case *c, const struct json_doc *doc)
{
    for (const struct json_warning *w = doc->warnings; w; w = w->next) {
        char *text = arena_dup(c->arena, w->text, strlen(w->text));
        if (!text || case_add_warning(c, text)) {
            return CODE_FATE;
        }
    }
    return 0;
}

int entry_parse(const char *text, enum case_entry *ret)
{
    if (!strcmp(text, "pipeline")) {
        *ret = ENTRY_PIPELINE;
    } else if (!strcmp(text, "runsc")) {
        *ret = ENTRY_RUNSC;
    } else {
        return -EINVAL;
    }
    return 0;
}

/* Contract pipeline 4.1, PQ-01: exact words, and "proxy-shared" is none. */
int file_access_from(const char *text, int *ret)
{
    static const char *const names[] = {
        [ACCESS_PROXY] = "proxy",
        [ACCESS_PROXY_EXCLUSIVE] = "proxy-exclusive",
        [ACCESS_DIRECT] = "direct",
    };
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (!strcmp(text, names[i])) {
            *ret = (int)i;
            return 0;
        }
    }
    return -EINVAL;
}

int expectation_read(struct json_doc *doc, const struct json *v, struct cJSON **ret,
                     struct error *err)
{
    const struct json *object;
    int rc = json_object(doc, v, &object, err);
    return rc || !object ? rc : json_to_cjson(doc->d, object, ret);
}

/* ------------------------------------------------------------------------------------------------
 * placing */

static int place_lower(const struct sim_case *c, const struct sim_tree *t, struct host *h,
                       struct error *err)
{
    int fd = open(t->host_path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    if (fd < 0) {
        int code = -errno;
        return error_set(c->d, err, code, "%s: %s", t->host_path, code_text(code));
    }
    int rc = host_add_lower(h, t->path, fd);
    close(fd);
    if (rc && rc != CODE_FATE) {
        return error_set(c->d, err, rc, "%s: cannot be the lower side of %s: %s", t->host_path,
                         t->name, code_text(rc));
    }
    return rc;
}

int case_place(const struct sim_case *c, struct host *h, struct error *err)
{
    for (size_t i = 0; i < c->n_trees; i++) {
        const struct sim_tree *t = &c->trees[i];
        if (t->kind == TREE_HOST) {
            int rc = place_lower(c, t, h, err);
            if (rc) {
                return rc;
            }
            continue;
        }
        int rc = host_add_tree(h, t->path, t->manifest);
        if (rc) {
            return rc == CODE_FATE
                       ? rc
                       : error_set(c->d, err, rc, "%s:%llu: the manifest of %s: %s%s", c->file,
                                   (unsigned long long)c->line, t->name, code_text(rc),
                                   rc == -EPERM ? " (owners and devices of a real directory need "
                                                  "root; --host mem does not)"
                                                : "");
        }
    }
    return 0;
}

void case_labels(const struct sim_case *c, struct host_label *ret)
{
    for (size_t i = 0; i < c->n_trees; i++) {
        ret[i] = (struct host_label){c->trees[i].name, c->trees[i].path};
    }
}
