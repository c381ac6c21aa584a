/* simrun list: the names of cases, in the order in which they would run. */
#include "cli.h"

#include <cjson/cJSON.h>

static const char *kind_name(enum case_kind kind)
{
    return kind == CASE_SUITE ? "suite" : kind == CASE_BUNDLE ? "bundle" : "spec";
}

static void print_json(FILE *out, const struct case_info *info)
{
    cJSON *o = cJSON_CreateObject();
    cJSON_AddStringToObject(o, "name", info->name);
    cJSON_AddStringToObject(o, "kind", kind_name(info->kind));
    cJSON_AddStringToObject(o, "file", info->file);
    cJSON_AddNumberToObject(o, "line", (double)info->line);
    if (info->xfail) {
        cJSON_AddStringToObject(o, "xfail", info->xfail);
    }
    char *text = cJSON_PrintUnformatted(o);
    (void)fprintf(out, "%s\n", text ? text : "");
    cJSON_free(text);
    cJSON_Delete(o);
}

static int list(struct cli *c, const struct case_source *source)
{
    bool json = c->o.format && strcmp(c->o.format, "jsonl") == 0;
    size_t *selection, n;
    if (select_cases(c, source, &selection, &n)) {
        return complain(c, EXIT_HARNESS, "out of memory");
    }
    for (size_t i = 0; i < n; i++) {
        struct case_info info;
        case_source_info(source, selection[i], &info);
        if (json) {
            print_json(c->env->out, &info);
        } else {
            print_escaped(c->env->out, info.name);
            (void)fputc('\n', c->env->out);
        }
    }
    mem_free(selection);
    int code = finish_output(c);
    return code ? code : n ? EXIT_FINE : nothing_selected(c, source);
}

int cmd_list(struct cli *c)
{
    struct settings set;
    struct error err = {0};
    struct case_source *source;
    int code = settings_init(c, &set, &err);
    if (code == 0) {
        code = case_source_open(c->d, &set.cases, (const char *const *)(void *)c->o.words.p,
                                c->o.words.n, &source, &err);
        if (code == 0) {
            code = list(c, source);
            case_source_free(source);
            settings_release(&set);
            return code;
        }
        settings_release(&set);
    }
    return input_trouble(c, code, &err);
}
