#include "fixture.h"

#include <stdio.h>
#include <unistd.h>

int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    domain_init(&f->d, "test", PROFILE_GVISOR_2018_08_14);
    verdict_init(&f->v, &f->d);
    strcpy(f->dir, "/tmp/simrun-expect-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    *state = f;
    return 0;
}

int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -rf %s", f->dir);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < f->n_json; i++) {
        cJSON_Delete(f->json[i]);
    }
    verdict_release(&f->v);
    sim_result_free(f->r);
    error_release(&f->err);
    size_t left = domain_close(&f->d, NULL, NULL);
    free(f);
    assert_int_equal(left, 0);
    return 0;
}

static char *quoted(const char *text)
{
    char *copy = strdup(text);
    for (char *p = copy; *p; p++) {
        *p = *p == '\'' ? '"' : *p;
    }
    return copy;
}

const cJSON *parse(struct fixture *f, const char *text)
{
    char *copy = quoted(text);
    cJSON *json = cJSON_Parse(copy);
    free(copy);
    assert_non_null(json);
    f->json[f->n_json++] = json;
    return json;
}

struct sim_result *small_result(struct fixture *f)
{
    struct sim_result *r = sim_result_new(&f->d, "a");
    f->r = r;
    r->nodes = mem_resize(&f->d, NULL, 0, 3, sizeof(*r->nodes), "nodes");
    r->n_nodes = 3;
    r->has_nodes = true;
    static const char *const paths[] = {"/", "/etc", "/etc/hosts"};
    for (size_t i = 0; i < 3; i++) {
        r->nodes[i] = (struct sim_node){.path = paths[i],
                                        .type = i == 2 ? "file" : "dir",
                                        .mode = i == 2 ? "0644" : "0755",
                                        .size = i == 2 ? 3 : -1,
                                        .nlink = 1,
                                        .fs = "9p",
                                        .flags = "",
                                        .mountpoint = i == 0,
                                        .readdir = true};
    }
    assert_int_equal(sim_result_add(r, &r->log, "I hello"), 0);
    return r;
}

const char *write_file(struct fixture *f, const char *name, const char *text)
{
    static char path[256];
    char *copy = quoted(text);
    (void)snprintf(path, sizeof(path), "%s/%s", f->dir, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_true(fputs(copy, out) >= 0);
    assert_int_equal(fclose(out), 0);
    free(copy);
    return path;
}

void assert_difference(struct fixture *f, const char *text)
{
    if (!text) {
        if (f->v.differences.n) {
            fail_msg("unexpected: %s", (const char *)f->v.differences.p[0]);
        }
        return;
    }
    assert_int_equal(f->v.differences.n, 1);
    assert_string_equal(f->v.differences.p[0], text);
}
