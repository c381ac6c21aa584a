/* The options of a run as its row has them: what decides cases and results. */
#include "choose.h"
#include "cli.h"

#include <cjson/cJSON.h>
#include <unistd.h>

/* Names are bytes, JSON is UTF-8: what is none becomes U+FFFD. NULL = fate oom. */
static cJSON *json_of(struct domain *d, const char *bytes)
{
    struct str text;
    str_init(&text, d);
    sim_json_text(&text, bytes, strlen(bytes));
    cJSON *made = domain_dead(d) ? NULL : cJSON_CreateRaw(str_get(&text));
    str_release(&text);
    return made;
}

static void add_list(cJSON *o, const char *key, const struct ptrvec *list)
{
    if (list->n == 0) {
        return;
    }
    cJSON *array = cJSON_AddArrayToObject(o, key);
    for (size_t i = 0; i < list->n; i++) {
        cJSON_AddItemToArray(array, json_of(list->d, list->p[i]));
    }
}

static void add_text(cJSON *o, struct domain *d, const char *key, const char *text)
{
    if (text && *text) {
        cJSON_AddItemToObject(o, key, json_of(d, text));
    }
}

static void add_cwd(cJSON *o, struct domain *d)
{
    char *cwd = getcwd(NULL, 0);
    add_text(o, d, "cwd", cwd);
    free(cwd);
}

static const char *gofer_name(enum gofer_mode mode)
{
    return mode == GOFER_THREAD ? "thread" : mode == GOFER_PROCESS ? "process" : "inline";
}

static void add_running(cJSON *o, const struct cli *c, const struct settings *set)
{
    cJSON_AddStringToObject(o, "gofer", gofer_name(set->model.gofer));
    cJSON_AddStringToObject(o, "host", set->model.host == HOST_BACKEND_DIR ? "dir" : "mem");
    cJSON_AddBoolToObject(o, "restore_check", set->model.restore_check);
    cJSON_AddNumberToObject(o, "timeout", (double)set->timeout_ns / 1e9);
    cJSON_AddBoolToObject(o, "shuffle", c->o.shuffle);
    cJSON_AddNumberToObject(o, "repeat", c->o.repeat > 0 ? (double)c->o.repeat : 1);
    cJSON_AddNumberToObject(o, "retries", (double)c->o.retries);
}

char *record_options(const struct cli *c, const struct settings *set, const struct choice *choice,
                     const char *baseline)
{
    cJSON *o = cJSON_CreateObject();
    add_cwd(o, c->d);
    add_running(o, c, set);
    add_list(o, "filter", &c->o.filter);
    add_list(o, "exclude", &c->o.exclude);
    add_list(o, "quirk", &c->o.quirk);
    add_list(o, "fail_on", &c->o.fail_on);
    add_text(o, c->d, "entry", c->o.entry);
    add_text(o, c->d, "file_access", c->o.file_access);
    add_text(o, c->d, "rootfs", c->o.rootfs);
    add_text(o, c->d, "sources", c->o.sources);
    if (c->o.overlay) {
        cJSON_AddTrueToObject(o, "overlay");
    }
    add_text(o, c->d, "shard_from", choice->shard.from);
    add_text(o, c->d, "failed_of", !c->o.failed ? NULL : c->o.run ? c->o.run : "latest");
    add_text(o, c->d, "changed_since", c->o.changed_since);
    add_text(o, c->d, "baseline", baseline);
    char *text = domain_dead(c->d) ? NULL : cJSON_PrintUnformatted(o);
    char *copy = text ? mem_dup(c->d, text) : NULL;
    cJSON_free(text);
    cJSON_Delete(o);
    return copy;
}
