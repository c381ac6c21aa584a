/* dev.simrun.*: how a plain OCI spec steers its replay and stays a valid spec (case.h, part 4). */
#include "input.h"

#include <cjson/cJSON.h>

#define PREFIX         "dev.simrun."
#define EXPECT_PROFILE "expect-profile."

static int wrong(struct sim_case *c, const char *key, const char *value, const char *wanted,
                 struct error *err)
{
    const struct json *at = json_exact(json_member(&c->doc, c->doc.root, "annotations"), key);
    return json_fail(&c->doc, at ? at : c->doc.root, err, "\"%.80s\" is not %s", value, wanted);
}

/* "true" or "false"; nothing else, so that a typing error does not switch anything. */
static int flag(struct sim_case *c, const char *key, const char *value, bool *ret,
                struct error *err)
{
    bool on = !strcmp(value, "true");
    if (!on && strcmp(value, "false") != 0) {
        return wrong(c, key, value, "true or false", err);
    }
    *ret = on;
    return 0;
}

/* JSON text inside of an annotation; errors count lines from the text's start and name the
 * annotation. */
static int inner_json(struct sim_case *c, const char *key, const char *value, struct json_doc *ret,
                      struct error *err)
{
    char *file = arena_printf(c->arena, "%s: annotation %s", c->file, key);
    if (!file) {
        return CODE_FATE;
    }
    int rc = json_parse(c->d, file, 1, "", value, strlen(value), ret, err);
    return rc ? rc : case_take_warnings(c, ret);
}

static int read_ops(struct sim_case *c, const char *key, const char *value, struct error *err)
{
    int rc = inner_json(c, key, value, &c->ops_doc, err);
    if (rc) {
        return rc;
    }
    c->ops_text = (struct text_range){value, strlen(value)};
    return ops_read(&c->ops_doc, c->ops_doc.root, &c->ops, &c->n_ops, err);
}

static int read_expect(struct sim_case *c, const char *key, const char *value, struct cJSON **ret,
                       struct error *err)
{
    struct json_doc doc;
    int rc = inner_json(c, key, value, &doc, err);
    if (rc) {
        return rc;
    }
    rc = expectation_read(&doc, doc.root, ret, err);
    json_release(&doc);
    return rc;
}

static int read_expect_profile(struct sim_case *c, const char *key, const char *value,
                               struct error *err)
{
    struct cJSON *expect = NULL;
    int rc = read_expect(c, key, value, &expect, err);
    if (rc || !expect) {
        return rc;
    }
    if (!c->expect_profile) {
        c->expect_profile = cJSON_CreateObject();
    }
    const char *profile = key + strlen(PREFIX EXPECT_PROFILE);
    if (!c->expect_profile || !cJSON_AddItemToObject(c->expect_profile, profile, expect)) {
        cJSON_Delete(expect);
        return domain_oom(c->d);
    }
    return 0;
}

static int read_sources(struct sim_case *c, const char *key, const char *value, struct steering *st,
                        struct error *err)
{
    if (!strcmp(value, "host")) {
        st->sources = SOURCES_HOST;
    } else if (!strcmp(value, "made-up")) {
        st->sources = SOURCES_MADE_UP;
    } else {
        return wrong(c, key, value, "host or made-up", err);
    }
    return 0;
}

static int unknown(struct sim_case *c, const char *key)
{
    char *text = arena_printf(c->arena, "%s: unknown annotation \"%.80s\"", c->file, key);
    return text ? case_add_warning(c, text) : CODE_FATE;
}

static int read_one(struct sim_case *c, const char *key, const char *value, struct steering *st,
                    struct error *err)
{
    const char *what = key + strlen(PREFIX);
    if (!strcmp(what, "file-access")) {
        return file_access_from(value, &c->config.file_access)
                   ? wrong(c, key, value, "proxy, proxy-exclusive or direct", err)
                   : 0;
    }
    if (!strcmp(what, "overlay")) {
        return flag(c, key, value, &c->config.overlay, err);
    }
    if (!strcmp(what, "restore")) {
        return flag(c, key, value, &c->restore, err);
    }
    if (!strcmp(what, "entry")) {
        return entry_parse(value, &c->entry) ? wrong(c, key, value, "pipeline or runsc", err) : 0;
    }
    if (!strcmp(what, "rootfs")) {
        st->rootfs = value;
        return *value ? 0 : wrong(c, key, value, "default or a path", err);
    }
    if (!strcmp(what, "sources")) {
        return read_sources(c, key, value, st, err);
    }
    if (!strcmp(what, "ops")) {
        return read_ops(c, key, value, err);
    }
    if (!strcmp(what, "expect")) {
        return read_expect(c, key, value, &c->expect, err);
    }
    if (!strncmp(what, EXPECT_PROFILE, strlen(EXPECT_PROFILE))) {
        return read_expect_profile(c, key, value, err);
    }
    if (!strcmp(what, "xfail")) {
        c->xfail = *value ? value : NULL;
        return 0;
    }
    return unknown(c, key);
}

int annotations_read(struct sim_case *c, struct steering *ret, struct error *err)
{
    for (size_t i = 0; i < c->spec.n_annotations; i++) {
        const char *const *pair = c->spec.annotations[i];
        if (strncmp(pair[0], PREFIX, strlen(PREFIX)) != 0) {
            continue;
        }
        int rc = read_one(c, pair[0], pair[1], ret, err);
        if (rc) {
            return rc;
        }
    }
    return 0;
}
