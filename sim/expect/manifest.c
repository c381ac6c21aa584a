/* Which manifest a case has. */
#include "compare.h"
#include "mtree.h"

#include "../input/input.h"

#include <unistd.h>

static bool is_default(const char *profile)
{
    return strcmp(profile, profile_name(PROFILE_GVISOR_2018_08_14)) == 0;
}

char *manifest_beside(struct domain *d, const struct sim_case *c, const char *profile)
{
    size_t n = strlen(c->file);
    if (c->kind == CASE_SUITE || n <= 5 || strcmp(c->file + n - 5, ".json") != 0) {
        return NULL;
    }
    return mem_printf(d, "%.*s%s%s.mtree", (int)(n - 5), c->file, is_default(profile) ? "" : ".",
                      is_default(profile) ? "" : profile);
}

char *manifest_path(struct verdict *v, const struct expectation *e, const struct sim_case *c,
                    const char *profile)
{
    const cJSON *named = expectation_member(e, "mtree");
    if (!named) {
        char *path = manifest_beside(v->d, c, profile);
        if (path && access(path, F_OK)) {
            mem_free(path);
            path = NULL;
        }
        return path;
    }
    if (cJSON_IsNull(named)) {
        return NULL;
    }
    if (!cJSON_IsString(named) || !*named->valuestring) {
        verdict_add(v, "expect: \"mtree\" is not the path of a manifest");
        return NULL;
    }
    char *path = path_beside(c->arena, c->file, named->valuestring);
    return path ? mem_dup(v->d, path) : NULL;
}

static void compare_file(struct verdict *v, const char *path, const struct sim_result *r)
{
    struct error err = {0};
    struct mtree m;
    char *bytes = NULL;
    size_t n = 0;
    int code = file_read(v->d, path, &bytes, &n, &err);
    code = code ? code : mtree_read(v->d, path, bytes, n, &m, &err);
    if (code) {
        verdict_add(v, "expected: %s", err.text ? err.text : path);
        error_release(&err);
    } else {
        compare_mtree(v, &m, r);
        mtree_release(&m);
    }
    mem_free(bytes);
}

bool compare_manifest(struct verdict *v, const struct expectation *e, const struct sim_case *c,
                      const char *profile, const struct sim_result *r)
{
    size_t before = v->differences.n + v->more;
    char *path = manifest_path(v, e, c, profile);
    bool found = path || v->differences.n + v->more > before;
    bool no_tree = r->outcome != OUTCOME_OK && expectation_is_of(e, r->outcome);
    if (path && !no_tree) {
        compare_file(v, path, r);
    }
    mem_free(path);
    return found;
}
