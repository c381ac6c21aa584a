/* Expectations that stand in the case itself: in its suite line, or in annotations of its spec. */
#include "update.h"

#define EXPECT         "dev.simrun.expect"
#define EXPECT_PROFILE "dev.simrun.expect-profile."

/* An expectation as it is written. */
struct written {
    struct json_doc own;        /* owned: of an annotation's text */
    const struct json_doc *doc; /* NULL: it is not there */
    const struct json *object;
    const struct json *annotation; /* its member, or NULL */
};

static void written_release(struct written *t)
{
    json_release(&t->own);
}

static const struct json *object_in(const struct json *object, const char *key)
{
    const struct json *v = object && object->type == JSON_OBJECT ? json_exact(object, key) : NULL;
    return v && v->type == JSON_OBJECT ? v : NULL;
}

static const struct json *annotations_of(const struct sim_case *c)
{
    const struct json *found = NULL;
    json_for_each(it, c->doc.root)
    {
        found = json_key_matches(it->key, "annotations") ? it : found; /* the last one counts */
    }
    return found && found->type == JSON_OBJECT ? found : NULL;
}

static int read_annotation(struct updating *w, const char *key, struct written *ret)
{
    const struct json *all = annotations_of(w->c);
    const struct json *v = all ? json_exact(all, key) : NULL;
    if (!v || v->type != JSON_STRING) {
        return 0;
    }
    ret->annotation = v;
    int code = json_parse(w->c->d, w->c->file, 1, "", v->text, v->n, &ret->own, w->why);
    if (code == 0 && ret->own.root->type == JSON_OBJECT) {
        ret->doc = &ret->own;
        ret->object = ret->own.root;
    }
    return code;
}

static int read_written(struct updating *w, const char *profile, struct written *ret)
{
    const struct json *root = w->c->doc.root;
    *ret = (struct written){0};
    if (w->c->kind != CASE_SUITE) {
        char *key =
            profile ? mem_printf(w->c->d, EXPECT_PROFILE "%s", profile) : mem_dup(w->c->d, EXPECT);
        int code = key ? read_annotation(w, key, ret) : CODE_FATE;
        mem_free(key);
        return code;
    }
    ret->object =
        profile ? object_in(object_in(root, "expect_profile"), profile) : object_in(root, "expect");
    ret->doc = ret->object ? &w->c->doc : NULL;
    return 0;
}

/* ---- new texts ------------------------------------------------------------------------------ */

static void add_text(struct str *out, const char *text)
{
    sim_json_text(out, text, strlen(text));
}

/* Is this member to be said, and does the object lack it? Null says nothing. */
static bool is_unsaid(const struct json *has, const char *key, const struct sim_result *r)
{
    const struct json *m = json_exact(has, key);
    bool to_say = strcmp(key, "result") == 0 ||
                  (strcmp(key, "error") == 0 && r->error[0] && r->outcome != OUTCOME_HANG);
    return to_say && (!m || m->type == JSON_NULL);
}

/* The members that are there; `result`: and result and error, when they are not said. */
static void keep_members(struct rewrite *w, struct str *out, const struct sim_result *r,
                         const struct json *has, bool result)
{
    json_for_each(it, has)
    {
        if (!result || !is_unsaid(has, it->key, r)) {
            rewrite_keep(w, it);
        }
    }
    if (result && is_unsaid(has, "result", r)) {
        rewrite_new(w, "result");
        add_text(out, sim_outcome_name(r->outcome));
    }
    if (result && is_unsaid(has, "error", r)) {
        rewrite_new(w, "error");
        add_text(out, r->error);
    }
}

/* An empty object, as something to add members to. */
static int empty_object(struct domain *d, struct json_doc *ret, struct error *err)
{
    return json_parse(d, "", 1, "", "{}", 2, ret, err);
}

static void base_text(struct str *out, struct updating *w, const struct written *base, bool result)
{
    struct json_doc doc = {0};
    struct str fields;
    struct rewrite rw;
    if (!base->doc) {
        str_init(&fields, w->c->d);
        str_add(&fields, "{}");
    } else {
        str_init(&fields, w->c->d);
        update_fields(&fields, &w->fresh, base->doc, base->object, false);
    }
    if (!result) {
        str_addn(out, str_get(&fields), fields.n);
    } else if (!json_parse(w->c->d, "", 1, "", str_get(&fields), fields.n, &doc, w->why)) {
        rewrite_begin(&rw, out, &doc, doc.root);
        keep_members(&rw, out, w->fresh.r, doc.root, true);
        rewrite_end(&rw);
    }
    json_release(&doc);
    str_release(&fields);
}

/* Members of the expectation for every profile that do not hold in this one. */
static void add_overrides(struct rewrite *rw, struct updating *w, const struct written *base,
                          const struct json *over, bool result)
{
    struct str value;
    json_for_each(it, base->object)
    {
        str_init(&value, w->c->d);
        if (!it->shadowed && !json_exact(over, it->key) &&
            !(result && is_unsaid(over, it->key, w->fresh.r)) &&
            update_field(&value, &w->fresh, base->doc, it) &&
            (value.n != it->end - it->start ||
             memcmp(str_get(&value), base->doc->bytes + it->start, value.n) != 0)) {
            rewrite_new(rw, it->key);
            str_addn(rw->out, str_get(&value), value.n);
        }
        str_release(&value);
    }
}

static int over_text(struct str *out, struct updating *w, const struct written *base,
                     const struct written *over, bool result)
{
    struct json_doc doc = {0};
    struct str fields;
    struct rewrite rw;
    str_init(&fields, w->c->d);
    int code = 0;
    if (over->doc) {
        update_fields(&fields, &w->fresh, over->doc, over->object, false);
        code = json_parse(w->c->d, "", 1, "", str_get(&fields), fields.n, &doc, w->why);
    } else {
        code = empty_object(w->c->d, &doc, w->why);
    }
    if (code == 0) {
        rewrite_begin(&rw, out, &doc, doc.root);
        keep_members(&rw, out, w->fresh.r, doc.root, result);
        if (base->doc) {
            add_overrides(&rw, w, base, doc.root, result);
        }
        rewrite_end(&rw);
    }
    json_release(&doc);
    str_release(&fields);
    return code;
}

/* ---- putting them where they belong --------------------------------------------------------- */

static void set_in_line(struct str *out, const struct sim_case *c, const char *profile,
                        const char *text)
{
    const struct json *root = c->doc.root;
    if (!profile) {
        rewrite_set(out, &c->doc, root, json_exact(root, "expect"), "expect", text);
        return;
    }
    const struct json *all = object_in(root, "expect_profile");
    struct str object;
    str_init(&object, c->d);
    if (all) {
        rewrite_set(&object, &c->doc, all, json_exact(all, profile), profile, text);
    } else {
        str_addc(&object, '{');
        add_text(&object, profile);
        str_addf(&object, ": %s}", text);
    }
    rewrite_set(out, &c->doc, root, json_exact(root, "expect_profile"), "expect_profile",
                str_get(&object));
    str_release(&object);
}

static void set_in_spec(struct str *out, const struct sim_case *c, const struct written *at,
                        const char *profile, const char *text)
{
    const struct json *all = annotations_of(c);
    struct str key, value, object;
    str_init(&key, c->d);
    str_init(&value, c->d);
    str_init(&object, c->d);
    str_addf(&key, "%s%s", profile ? EXPECT_PROFILE : EXPECT, profile ? profile : "");
    add_text(&value, text);
    if (all) {
        rewrite_set(&object, &c->doc, all, at->annotation, str_get(&key), str_get(&value));
    } else {
        str_addc(&object, '{');
        add_text(&object, str_get(&key));
        str_addf(&object, ": %s}", str_get(&value));
    }
    rewrite_set(out, &c->doc, c->doc.root, all, "annotations", str_get(&object));
    str_release(&key);
    str_release(&value);
    str_release(&object);
}

static int show_text(struct str *out, struct updating *w, const char *text, size_t n)
{
    struct json_doc doc;
    int code = json_parse(w->c->d, w->c->file, 1, "", text, n, &doc, w->why);
    if (code == 0) {
        rewrite_show(out, &doc, doc.root);
        json_release(&doc);
    }
    return code;
}

static int push(struct updating *w, const struct written *at, const char *profile,
                const struct str *text)
{
    const struct sim_case *c = w->c;
    struct str whole, before, after;
    str_init(&whole, c->d);
    str_init(&before, c->d);
    str_init(&after, c->d);
    str_addn(&whole, c->doc.bytes, c->doc.root->start); /* blanks before the object */
    if (c->kind == CASE_SUITE) {
        set_in_line(&whole, c, profile, str_get(text));
    } else {
        set_in_spec(&whole, c, at, profile, str_get(text));
    }
    str_addn(&whole, c->doc.bytes + c->doc.root->end, c->doc.n - c->doc.root->end);
    if (at->doc) {
        rewrite_show(&before, at->doc, at->object);
    }
    int code = show_text(&after, w, str_get(text), text->n);
    struct expect_edit edit = {
        .name = c->name,
        .file = c->file,
        .line = c->kind == CASE_SUITE ? c->line : 1,
        .offset = c->kind == CASE_SUITE ? w->info->offset : 0,
        .old = c->doc.bytes,
        .n_old = c->doc.n,
        .new = str_get(&whole),
        .n_new = whole.n,
        .before = str_get(&before),
        .after = str_get(&after),
    };
    code = code ? code : domain_dead(c->d) ? CODE_FATE : update_push(w, &edit);
    str_release(&whole);
    str_release(&before);
    str_release(&after);
    return code;
}

int update_in_case(struct updating *w, bool result)
{
    const char *profile = w->u->set->profile;
    struct written base, over = {0};
    struct str text;
    int code = read_written(w, NULL, &base);
    if (code) {
        return code;
    }
    code = read_written(w, profile, &over);
    bool to_base = !over.doc && strcmp(profile, profile_name(PROFILE_GVISOR_2018_08_14)) == 0;
    const struct written *at = to_base ? &base : &over;
    str_init(&text, w->c->d);
    if (code == 0 && to_base) {
        base_text(&text, w, &base, result);
    } else if (code == 0) {
        code = over_text(&text, w, &base, &over, result);
    }
    bool same = at->doc
                    ? text.n == at->object->end - at->object->start &&
                          memcmp(str_get(&text), at->doc->bytes + at->object->start, text.n) == 0
                    : strcmp(str_get(&text), "{}") == 0;
    if (code == 0 && !same) {
        code = push(w, at, to_base ? NULL : profile, &text);
    }
    str_release(&text);
    written_release(&base);
    written_release(&over);
    return domain_dead(w->c->d) ? CODE_FATE : code;
}
