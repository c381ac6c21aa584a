/* One line of a suite (golden/README.md, case.h part 4). */
#include "input.h"

enum line_key {
    LINE_ID,
    LINE_CONF,
    LINE_ROOTFS,
    LINE_SOURCES,
    LINE_SPEC,
    LINE_OPS,
    LINE_RESTORE,
    LINE_EXPECT,
    LINE_XFAIL,
    LINE_COMMENT,
    LINE_EXPECT_PROFILE,
    LINE_PROVES,
    LINE_KEYS
};
static const char *const line_keys[] = {
    "id",     "conf",  "rootfs",  "sources",        "spec",   "ops", "restore",
    "expect", "xfail", "comment", "expect_profile", "proves", NULL};

enum conf_key { CONF_FILE_ACCESS, CONF_OVERLAY, CONF_ENTRY, CONF_KEYS };
static const char *const conf_keys[] = {"file_access", "overlay", "entry", NULL};

static struct text_range range_of(const struct json_doc *doc, const struct json *v)
{
    return v ? (struct text_range){doc->bytes + v->start, v->end - v->start}
             : (struct text_range){0};
}

static int read_id(struct json_doc *doc, const char **ret, struct error *err)
{
    const struct json *v = json_exact(doc->root, "id");
    if (doc->root->type != JSON_OBJECT) {
        return json_fail(doc, doc->root, err, "a suite line is an object, found %s",
                         json_type_name(doc->root->type));
    }
    int rc = json_string(doc, v, ret, err);
    if (rc) {
        return rc;
    }
    if (!**ret || strlen(*ret) >= LIMIT_CASE_NAME) {
        return json_fail(doc, v ? v : doc->root, err,
                         "a suite line needs an \"id\" of 1 to %d bytes (LIMIT_CASE_NAME)",
                         LIMIT_CASE_NAME - 1);
    }
    return 0;
}

static int read_conf(struct sim_case *c, struct error *err)
{
    struct json_doc *doc = &c->doc;
    const struct json *conf, *at[CONF_KEYS] = {0};
    const char *text;
    int rc = json_object(doc, json_exact(doc->root, "conf"), &conf, err);
    if (rc || !conf) {
        return rc;
    }
    members_read(doc, conf, conf_keys, at);
    c->conf_text = range_of(doc, conf);
    const struct json *access = at[CONF_FILE_ACCESS];
    rc = json_string(doc, access, &text, err);
    if (!rc && *text && file_access_from(text, &c->config.file_access)) {
        return json_fail(doc, access, err, "invalid file access type \"%.40s\"", text);
    }
    const struct json *overlay = at[CONF_OVERLAY];
    if (!rc && overlay && overlay->type != JSON_NULL) {
        rc = json_bool(doc, overlay, &c->config.overlay, err);
    }
    const struct json *entry = at[CONF_ENTRY];
    if (!rc) {
        rc = json_string(doc, entry, &text, err);
    }
    if (!rc && *text && entry_parse(text, &c->entry)) {
        return json_fail(doc, entry, err, "entry \"%.40s\" is neither pipeline nor runsc", text);
    }
    return rc;
}

static int read_rootfs(struct case_context *cx, struct sim_case *c)
{
    const struct json *v = json_exact(c->doc.root, "rootfs");
    struct rootfs own = {.kind = TREE_MANIFEST};
    const struct rootfs *r = &own;
    int rc;
    if (v && v->type == JSON_STRING) {
        const char *where = v->text;
        if (strcmp(where, "default") != 0) {
            where = path_beside(c->arena, c->file, where);
        }
        rc = where ? rootfs_get(cx->rootfs, where, cx->d, &r, cx->err) : CODE_FATE;
    } else if (v && v->type != JSON_NULL) {
        c->rootfs_text = range_of(&c->doc, v);
        rc = manifest_read(&c->doc, v, &own.manifest, cx->err);
    } else {
        rc = rootfs_get(cx->rootfs, cx->opt->rootfs ? cx->opt->rootfs : "default", cx->d, &r,
                        cx->err);
    }
    return rc ? rc : case_set_rootfs(c, r);
}

static int read_sources(struct case_context *cx, struct sim_case *c)
{
    struct json_doc *doc = &c->doc;
    const struct json *map;
    int rc = json_object(doc, json_exact(doc->root, "sources"), &map, cx->err);
    if (rc || !map) {
        return rc;
    }
    c->sources_text = range_of(doc, map);
    if (map->n > LIMIT_CASE_SOURCES) {
        return json_fail(doc, map, cx->err, "more than %d sources (LIMIT_CASE_SOURCES)",
                         LIMIT_CASE_SOURCES);
    }
    json_for_each(it, map)
    {
        struct sim_tree tree = {.kind = TREE_MANIFEST};
        if (it->shadowed) {
            continue;
        }
        if (!name_is_safe(it->key) || strlen(it->key) > HOST_NAME_LIMIT ||
            !strcmp(it->key, "rootfs")) {
            return json_fail(doc, it, cx->err, "\"%.40s\" cannot be the name of a source", it->key);
        }
        rc = manifest_read(doc, it, &tree.manifest, cx->err);
        if (rc) {
            return rc;
        }
        tree.name = arena_join(c->arena, "@", it->key);
        tree.path = arena_join(c->arena, CASE_SOURCE_PATH, it->key);
        if (!tree.name || !tree.path || case_add_tree(c, &tree)) {
            return CODE_FATE;
        }
    }
    return 0;
}

static int read_spec(struct sim_case *c, struct error *err)
{
    const struct json *v = json_exact(c->doc.root, "spec");
    if (!v || v->type == JSON_NULL) {
        return json_fail(&c->doc, c->doc.root, err, "a suite line needs a \"spec\"");
    }
    c->spec_text = range_of(&c->doc, v);
    return spec_read(&c->doc, v, &c->spec, err);
}

static int read_rest(struct sim_case *c, struct error *err)
{
    struct json_doc *doc = &c->doc;
    const struct json *at[LINE_KEYS] = {0};
    const char *xfail;
    members_read(doc, doc->root, line_keys, at);
    int rc = ops_read(doc, at[LINE_OPS], &c->ops, &c->n_ops, err);
    if (rc || (rc = json_bool(doc, at[LINE_RESTORE], &c->restore, err)) ||
        (rc = json_string(doc, at[LINE_XFAIL], &xfail, err)) ||
        (rc = expectation_read(doc, at[LINE_EXPECT], &c->expect, err)) ||
        (rc = expectation_read(doc, at[LINE_EXPECT_PROFILE], &c->expect_profile, err))) {
        return rc;
    }
    c->ops_text = range_of(doc, at[LINE_OPS]);
    c->xfail = *xfail ? xfail : NULL;
    return 0;
}

int case_from_line(struct case_context *cx, const char *file, uint64_t line, const char *bytes,
                   size_t n, struct sim_case **ret)
{
    struct json_doc doc;
    const char *id = "";
    uint32_t first = line > UINT32_MAX ? UINT32_MAX : (uint32_t)line;
    int rc = json_parse(cx->d, file, first, "", bytes, n, &doc, cx->err);
    if (rc) {
        return rc;
    }
    rc = read_id(&doc, &id, cx->err);
    if (rc) {
        json_release(&doc);
        return rc;
    }
    struct sim_case *c = case_new(cx, CASE_SUITE, id, file, line, &doc);
    if (!c) {
        return CODE_FATE;
    }
    if ((rc = read_conf(c, cx->err)) || (rc = read_rootfs(cx, c)) || (rc = read_sources(cx, c)) ||
        (rc = read_spec(c, cx->err)) || (rc = read_rest(c, cx->err)) || (rc = case_make_real(c)) ||
        (rc = case_take_warnings(c, &c->doc)) || (rc = domain_dead(cx->d) ? CODE_FATE : 0)) {
        case_free(c);
        return rc;
    }
    *ret = c;
    return 0;
}
