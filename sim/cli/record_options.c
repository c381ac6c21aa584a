/* The options of a run as its row has them: what decides cases and results. */
#include "choose.h"
#include "cli.h"

#include <cjson/cJSON.h>
#include <unistd.h>

static void add_list(cJSON *o, const char *key, const struct ptrvec *list)
{
    if (list->n == 0) {
        return;
    }
    cJSON *array = cJSON_AddArrayToObject(o, key);
    for (size_t i = 0; i < list->n; i++) {
        cJSON_AddItemToArray(array, cJSON_CreateString(list->p[i]));
    }
}

static void add_text(cJSON *o, const char *key, const char *text)
{
    if (text && *text) {
        cJSON_AddStringToObject(o, key, text);
    }
}

static void add_cwd(cJSON *o)
{
    char *cwd = getcwd(NULL, 0);
    add_text(o, "cwd", cwd);
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
    add_cwd(o);
    add_running(o, c, set);
    add_list(o, "filter", &c->o.filter);
    add_list(o, "exclude", &c->o.exclude);
    add_list(o, "quirk", &c->o.quirk);
    add_list(o, "fail_on", &c->o.fail_on);
    add_text(o, "entry", c->o.entry);
    add_text(o, "file_access", c->o.file_access);
    add_text(o, "rootfs", c->o.rootfs);
    add_text(o, "sources", c->o.sources);
    if (c->o.overlay) {
        cJSON_AddTrueToObject(o, "overlay");
    }
    add_text(o, "shard_from", choice->shard.from);
    add_text(o, "failed_of", !c->o.failed ? NULL : c->o.run ? c->o.run : "latest");
    add_text(o, "changed_since", c->o.changed_since);
    add_text(o, "baseline", baseline);
    char *text = cJSON_PrintUnformatted(o);
    char *copy = text ? mem_dup(c->d, text) : NULL;
    cJSON_free(text);
    cJSON_Delete(o);
    return copy;
}
