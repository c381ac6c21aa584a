/* Manifests: the list of entries that golden suites give as `rootfs` and `sources`. */
#include "input.h"

enum entry_key {
    KEY_PATH,
    KEY_TYPE,
    KEY_MODE,
    KEY_UID,
    KEY_GID,
    KEY_CONTENT,
    KEY_TARGET,
    KEY_RDEV,
    KEY_XATTR,
    KEY_COMMENT,
    ENTRY_KEYS
};
static const char *const entry_keys[] = {"path",   "type", "mode",  "uid",     "gid", "content",
                                         "target", "rdev", "xattr", "comment", NULL};

/* An entry and its members. */
struct entry {
    struct json_doc *doc;
    const struct json *v;
    const struct json *at[ENTRY_KEYS]; /* NULL = absent */
};

static int read_path(struct json_doc *doc, const struct json *v, const char **ret,
                     struct error *err)
{
    int rc = json_string(doc, v, ret, err);
    if (rc) {
        return rc;
    }
    if (**ret == '/') {
        return json_fail(doc, v, err, "a path in a manifest is relative to its root");
    }
    if (strlen(*ret) >= LIMIT_PATH) {
        return json_fail(doc, v, err, "a path of %d bytes or more (LIMIT_PATH)", LIMIT_PATH);
    }
    for (const char *p = *ret; (p = strstr(p, "..")); p += 2) {
        if ((p == *ret || p[-1] == '/') && (p[2] == '/' || !p[2])) {
            return json_fail(doc, v, err, "a path in a manifest must not contain \"..\"");
        }
    }
    return 0;
}

static int read_mode(struct json_doc *doc, const struct json *v, struct host_entry *e,
                     struct error *err)
{
    const char *text;
    int rc = json_string(doc, v, &text, err);
    if (rc || !v || v->type == JSON_NULL) {
        return rc;
    }
    uint32_t mode = 0;
    size_t n = 0;
    for (; n < 6 && text[n] >= '0' && text[n] <= '7'; n++) {
        mode = mode << 3 | (uint32_t)(text[n] - '0');
    }
    if (n == 0 || n > 5 || text[n] || mode > 07777) {
        return json_fail(doc, v, err, "mode \"%.20s\" is not octal text up to 7777", text);
    }
    e->has_mode = true;
    e->mode = mode;
    return 0;
}

static int read_owner(struct json_doc *doc, const struct json *v, bool *has, uint32_t *id,
                      struct error *err)
{
    int rc = json_u32(doc, v, id, err);
    *has = !rc && v && v->type != JSON_NULL;
    return rc;
}

static bool device_number(const char **p, uint32_t *ret)
{
    char *end;
    if (**p < '0' || **p > '9') {
        return false;
    }
    errno = 0;
    unsigned long v = strtoul(*p, &end, 10);
    *p = end;
    *ret = (uint32_t)v;
    return !errno && v <= UINT32_MAX;
}

static int read_device(const struct entry *in, struct host_entry *e, struct error *err)
{
    const struct json *v = in->at[KEY_RDEV];
    const char *text;
    int rc = json_string(in->doc, v, &text, err);
    if (rc || (e->type != HOST_CHR && e->type != HOST_BLK)) {
        return rc;
    }
    const char *p = text;
    if (!device_number(&p, &e->major) || *p++ != ':' || !device_number(&p, &e->minor) || *p) {
        return json_fail(in->doc, v ? v : in->v, err, "a device needs rdev \"major:minor\"");
    }
    return 0;
}

static int read_xattr(const struct entry *in, struct host_entry *e, struct error *err)
{
    struct json_doc *doc = in->doc;
    const struct json *map;
    int rc = json_object(doc, in->at[KEY_XATTR], &map, err);
    if (rc || !map) {
        return rc;
    }
    struct host_xattr *list = json_alloc(doc, map->n * sizeof(*list));
    if (!list) {
        return CODE_FATE;
    }
    json_for_each(it, map)
    {
        if (it->shadowed) {
            continue;
        }
        const char *value;
        rc = json_string(doc, it, &value, err);
        if (rc) {
            return rc;
        }
        list[e->xattr_n++] = (struct host_xattr){it->key, value, strlen(value)};
    }
    e->xattr = list;
    return 0;
}

/* Content and target: what the type needs must be there. */
static int read_payload(const struct entry *in, struct host_entry *e, struct error *err)
{
    const struct json *content = in->at[KEY_CONTENT], *target = in->at[KEY_TARGET];
    const char *text;
    int rc = json_string(in->doc, content, &text, err);
    if (rc || (rc = json_string(in->doc, target, &e->target, err))) {
        return rc;
    }
    if (e->type == HOST_FILE) {
        e->content = text;
        e->content_n = *text ? content->n : 0;
    }
    if (e->type == HOST_HARDLINK || e->type == HOST_SYMLINK) {
        if (!target || target->type == JSON_NULL || (e->type == HOST_HARDLINK && !*e->target)) {
            return json_fail(in->doc, target ? target : in->v, err, "a %s needs a target",
                             host_type_name(e->type));
        }
    }
    rc = read_device(in, e, err);
    return rc ? rc : read_xattr(in, e, err);
}

static int read_entry(struct json_doc *doc, const struct json *v, bool alone,
                      struct host_entry *ret, struct error *err)
{
    struct entry in = {.doc = doc, .v = v};
    struct host_entry e = {0};
    const char *type;
    if (v->type != JSON_OBJECT) {
        return json_fail(doc, v, err, "expected an object, found %s", json_type_name(v->type));
    }
    members_read(doc, v, entry_keys, in.at);
    const struct json *path = in.at[KEY_PATH], *kind = in.at[KEY_TYPE];
    int rc = read_path(doc, path, &e.path, err);
    if (rc || (rc = json_string(doc, kind, &type, err))) {
        return rc;
    }
    if (!alone && !*e.path) {
        return json_fail(doc, path ? path : v, err, "an entry needs a path (\".\" is the root)");
    }
    if (host_type_parse(type, &e.type)) {
        return json_fail(doc, kind ? kind : v, err,
                         "type \"%.20s\" is none of dir, file, symlink, hardlink, fifo, sock, chr, "
                         "blk",
                         type);
    }
    if ((rc = read_mode(doc, in.at[KEY_MODE], &e, err)) ||
        (rc = read_owner(doc, in.at[KEY_UID], &e.has_uid, &e.uid, err)) ||
        (rc = read_owner(doc, in.at[KEY_GID], &e.has_gid, &e.gid, err)) ||
        (rc = read_payload(&in, &e, err))) {
        return rc;
    }
    *ret = e;
    return 0;
}

int manifest_read(struct json_doc *doc, const struct json *v, const struct host_manifest **ret,
                  struct error *err)
{
    bool alone = v->type == JSON_OBJECT;
    if (!alone && v->type != JSON_ARRAY) {
        return json_fail(doc, v, err, "expected a list of entries or one entry, found %s",
                         json_type_name(v->type));
    }
    size_t n = alone ? 1 : v->n;
    if (n > HOST_MAX_MANIFEST) {
        return json_fail(doc, v, err, "more than %d entries (HOST_MAX_MANIFEST)",
                         HOST_MAX_MANIFEST);
    }
    struct host_manifest *m = json_alloc(doc, sizeof(*m));
    struct host_entry *entries = m ? json_alloc(doc, n * sizeof(*entries)) : NULL;
    if (!entries) {
        return CODE_FATE;
    }
    if (alone) {
        int rc = read_entry(doc, v, true, &entries[0], err);
        if (rc) {
            return rc;
        }
        if (entries[0].type == HOST_HARDLINK) {
            return json_fail(doc, v, err, "a source cannot be a hard link");
        }
    } else {
        json_for_each(it, v)
        {
            int rc = read_entry(doc, it, false, &entries[it->index], err);
            if (rc) {
                return rc;
            }
        }
    }
    *m = (struct host_manifest){entries, n};
    *ret = m;
    return domain_dead(doc->d) ? CODE_FATE : 0;
}
