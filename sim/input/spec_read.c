/*
 * The contract's fields of an OCI spec (contract pipeline 1, 5). Others are not looked at. As in
 * the original a key may be written in any case, and null leaves a field as if it were not there.
 */
#include "input.h"

static int string_field(struct json_doc *doc, const struct json *object, const char *name,
                        const char **ret, struct error *err)
{
    return json_string(doc, json_member(doc, object, name), ret, err);
}

static int object_field(struct json_doc *doc, const struct json *object, const char *name,
                        const struct json **ret, struct error *err)
{
    return json_object(doc, json_member(doc, object, name), ret, err);
}

static int read_root(struct json_doc *doc, const struct json *v, struct spec *s, struct error *err)
{
    const struct json *root;
    int rc = object_field(doc, v, "root", &root, err);
    if (rc || !root) {
        return rc;
    }
    s->has_root = true;
    rc = string_field(doc, root, "path", &s->root_path, err);
    return rc ? rc : json_bool(doc, json_member(doc, root, "readonly"), &s->root_readonly, err);
}

static int read_mount(struct json_doc *doc, const struct json *v, struct spec_mount *m,
                      struct error *err)
{
    const struct json *object;
    int rc = json_object(doc, v, &object, err);
    if (rc) {
        return rc;
    }
    if ((rc = string_field(doc, object, "destination", &m->destination, err)) ||
        (rc = string_field(doc, object, "type", &m->type, err)) ||
        (rc = string_field(doc, object, "source", &m->source, err))) {
        return rc;
    }
    const struct json *options = json_member(doc, object, "options");
    rc = json_strings(doc, options, &m->options, &m->n_options, err);
    if (!rc && m->n_options > LIMIT_MOUNT_OPTIONS) {
        return json_fail(doc, options, err, "more than %d options (LIMIT_MOUNT_OPTIONS)",
                         LIMIT_MOUNT_OPTIONS);
    }
    return rc;
}

static int read_mounts(struct json_doc *doc, const struct json *v, struct spec *s,
                       struct error *err)
{
    const struct json *list;
    int rc = json_array(doc, json_member(doc, v, "mounts"), &list, err);
    if (rc || !list) {
        return rc;
    }
    if (list->n > LIMIT_SPEC_MOUNTS) {
        return json_fail(doc, list, err, "more than %d mounts (LIMIT_SPEC_MOUNTS)",
                         LIMIT_SPEC_MOUNTS);
    }
    s->mounts = json_alloc(doc, list->n * sizeof(*s->mounts));
    if (!s->mounts) {
        return CODE_FATE;
    }
    json_for_each(it, list)
    {
        rc = read_mount(doc, it, &s->mounts[it->index], err);
        if (rc) {
            return rc;
        }
        s->n_mounts++;
    }
    return 0;
}

static int read_process(struct json_doc *doc, const struct json *v, struct spec *s,
                        struct error *err)
{
    const struct json *process;
    int rc = object_field(doc, v, "process", &process, err);
    if (rc || !process) {
        return rc;
    }
    s->has_process = true;
    if ((rc = json_strings(doc, json_member(doc, process, "args"), &s->args, &s->n_args, err)) ||
        (rc = json_strings(doc, json_member(doc, process, "env"), &s->env, &s->n_env, err)) ||
        (rc = string_field(doc, process, "cwd", &s->cwd, err)) ||
        (rc = string_field(doc, process, "selinuxLabel", &s->selinux_label, err)) ||
        (rc = string_field(doc, process, "apparmorProfile", &s->apparmor_profile, err))) {
        return rc;
    }
    return 0;
}

/* A map from text to text: keys stay as they are, the last duplicate wins. */
static int read_annotations(struct json_doc *doc, const struct json *v, struct spec *s,
                            struct error *err)
{
    const struct json *map;
    int rc = object_field(doc, v, "annotations", &map, err);
    if (rc || !map) {
        return rc;
    }
    s->annotations = json_alloc(doc, map->n * sizeof(*s->annotations));
    if (!s->annotations) {
        return CODE_FATE;
    }
    json_for_each(it, map)
    {
        if (it->shadowed) {
            continue;
        }
        const char **pair = s->annotations[s->n_annotations];
        rc = json_string(doc, it, &pair[1], err);
        if (rc) {
            return rc;
        }
        pair[0] = it->key;
        s->n_annotations++;
    }
    return 0;
}

/* Objects of which only their presence counts. */
static int read_presence(struct json_doc *doc, const struct json *v, struct spec *s,
                         struct error *err)
{
    const struct json *os, *part;
    int rc = object_field(doc, v, "linux", &os, err);
    if (!rc && os) {
        rc = object_field(doc, os, "seccomp", &part, err);
        s->has_seccomp = !rc && part;
    }
    if (!rc) {
        rc = object_field(doc, v, "solaris", &part, err);
        s->has_solaris = !rc && part;
    }
    if (!rc) {
        rc = object_field(doc, v, "windows", &part, err);
        s->has_windows = !rc && part;
    }
    return rc ? rc : object_field(doc, v, "hooks", &part, err);
}

int spec_read(struct json_doc *doc, const struct json *v, struct spec *ret, struct error *err)
{
    struct spec s = {.root_path = "", .cwd = "", .selinux_label = "", .apparmor_profile = ""};
    const struct json *object;
    int rc = json_object(doc, v, &object, err);
    if (rc || (rc = read_root(doc, object, &s, err)) || (rc = read_mounts(doc, object, &s, err)) ||
        (rc = read_process(doc, object, &s, err)) ||
        (rc = read_annotations(doc, object, &s, err)) ||
        (rc = read_presence(doc, object, &s, err))) {
        return rc;
    }
    if (domain_dead(doc->d)) {
        return CODE_FATE; /* a warning found no memory */
    }
    *ret = s;
    return 0;
}
