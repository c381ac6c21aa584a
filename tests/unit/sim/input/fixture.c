#include "fixture.h"

#include <support.h>

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

int fixture_open(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    if (!f) {
        return -1;
    }
    domain_init(&f->d, "input", PROFILE_GVISOR_2018_08_14);
    f->opt = (struct case_options)CASE_OPTIONS_INIT;
    *state = f;
    return 0;
}

static void print_leftover(void *arg, const char *kind, size_t size)
{
    (void)arg;
    print_error("left in the ledger: %s, %zu bytes\n", kind, size);
}

int fixture_close(void **state)
{
    struct fixture *f = *state;
    error_release(&f->err);
    size_t left = domain_close(&f->d, print_leftover, NULL);
    bool dead = domain_dead(&f->d);
    int rc = 0;
    if (f->folder[0]) {
        rc = chdir("/") || remove_tree(f->folder);
    }
    free(f);
    return rc || (left && !dead) ? -1 : 0;
}

static void assert_code(struct fixture *f, int rc, int code)
{
    if (rc != code) {
        print_error("%s\n", f->err.text ? f->err.text : "no error text");
    }
    assert_int_equal(rc, code);
}

void assert_error(struct fixture *f, int rc, int code, const char *text)
{
    assert_code(f, rc, code);
    assert_non_null(f->err.text);
    assert_string_equal(f->err.text, text);
    assert_int_equal(f->err.code, code);
    error_release(&f->err);
    f->err = (struct error){0};
}

void assert_error_begins(struct fixture *f, int rc, int code, const char *text)
{
    assert_code(f, rc, code);
    assert_non_null(f->err.text);
    if (strncmp(f->err.text, text, strlen(text)) != 0) {
        assert_string_equal(f->err.text, text);
    }
    error_release(&f->err);
    f->err = (struct error){0};
}

struct json_doc parse(struct fixture *f, const char *text)
{
    struct json_doc doc;
    assert_code(f, json_parse(&f->d, "f", 1, "spec", text, strlen(text), &doc, &f->err), 0);
    return doc;
}

void assert_refused(struct fixture *f, const char *bytes, size_t n, int code, const char *text)
{
    struct json_doc doc = {.file = "untouched"};
    int rc = json_parse(&f->d, "f", 1, "spec", bytes, n, &doc, &f->err);
    assert_error(f, rc, code, text);
    assert_string_equal(doc.file, "untouched");
}

static struct sim_case *read_case(struct fixture *f, enum case_kind kind, const char *text)
{
    struct sim_case *c = NULL;
    int rc = case_from_bytes(&f->d, &f->opt, kind, "f", text, strlen(text), &c, &f->err);
    assert_code(f, rc, 0);
    assert_non_null(c);
    return c;
}

struct sim_case *spec_case(struct fixture *f, const char *text)
{
    return read_case(f, CASE_SPEC, text);
}

struct sim_case *suite_case(struct fixture *f, const char *text)
{
    return read_case(f, CASE_SUITE, text);
}

void assert_no_case(struct fixture *f, enum case_kind kind, const char *text, const char *error)
{
    struct sim_case *c = NULL;
    int rc = case_from_bytes(&f->d, &f->opt, kind, "f", text, strlen(text), &c, &f->err);
    assert_null(c);
    assert_error(f, rc, -EINVAL, error);
}

const struct sim_tree *tree_named(const struct sim_case *c, const char *name)
{
    for (size_t i = 0; i < c->n_trees; i++) {
        if (!strcmp(c->trees[i].name, name)) {
            return &c->trees[i];
        }
    }
    print_error("no tree %s\n", name);
    fail();
    return NULL;
}

const struct host_entry *entry_at(const struct sim_tree *t, const char *path)
{
    assert_int_equal(t->kind, TREE_MANIFEST);
    for (size_t i = 0; i < t->manifest->n; i++) {
        if (!strcmp(t->manifest->entries[i].path, path)) {
            return &t->manifest->entries[i];
        }
    }
    print_error("no entry %s\n", path);
    fail();
    return NULL;
}

void make_folder(struct fixture *f)
{
    const char *tmp = getenv("TMPDIR");
    snprintf(f->folder, sizeof(f->folder), "%.40s/simrun-XXXXXX", tmp && *tmp ? tmp : "/tmp");
    assert_non_null(mkdtemp(f->folder));
    assert_return_code(chdir(f->folder), errno);
}

void make_dir(const char *path)
{
    assert_return_code(mkdir(path, 0755), errno);
}

void make_file(const char *path, const char *content)
{
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(content, 1, strlen(content), out), strlen(content));
    assert_int_equal(fclose(out), 0);
}
