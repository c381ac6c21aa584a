#include "fixture.h"

#include <signal.h>
#include <unistd.h>

enum { MAX_WORDS = 32 };

static int64_t now(void *arg)
{
    struct fixture *f = arg;
    return f->clock;
}

static void wall(void *arg, char ret[32])
{
    (void)arg;
    strcpy(ret, "2018-08-14T00:00:00Z");
}

static const char *variable(void *arg, const char *name)
{
    struct fixture *f = arg;
    size_t n = strlen(name);
    for (const char *const *v = f->environment; v && *v; v++) {
        if (strncmp(*v, name, n) == 0 && (*v)[n] == '=') {
            return *v + n + 1;
        }
    }
    return NULL;
}

static uint64_t entropy(void *arg)
{
    struct fixture *f = arg;
    return ++f->number;
}

/* A subject that gives "ok" for every case, but what a case's name asks for. */
static int fake_run(const struct subject *s, struct domain *d, const struct sim_case *c,
                    struct sim_result **ret)
{
    unsigned *odd = (void *)(uintptr_t)s->options; /* of this process */
    struct sim_result *r = sim_result_new(d, c->name);
    if (r && strncmp(c->name, "panic", 5) == 0) {
        (void)sim_result_outcome(r, OUTCOME_PANIC, "told to");
    }
    if (r && strncmp(c->name, "odd", 3) == 0 && ++*odd % 2) {
        (void)sim_result_outcome(r, OUTCOME_ERROR, "for once");
    }
    if (strncmp(c->name, "crash", 5) == 0) {
        signal(SIGSEGV, SIG_DFL);
        (void)raise(SIGSEGV);
    }
    *ret = r;
    return r ? 0 : CODE_FATE;
}

int fixture_setup(void **state)
{
    struct fixture *f = calloc(1, sizeof(*f));
    f->subject =
        (struct subject){.name = "fake", .version = "1", .run = fake_run, .options = &f->odd};
    domain_init(&f->d, "test", PROFILE_GVISOR_2018_08_14);
    strcpy(f->dir, "/tmp/simrun-cli-XXXXXX");
    assert_non_null(mkdtemp(f->dir));
    f->env = (struct cli_env){.out = open_memstream(&f->out, &f->out_n),
                              .err = open_memstream(&f->complaints, &f->complaints_n),
                              .cpus = 2,
                              .now = now,
                              .wall = wall,
                              .variable = variable,
                              .entropy = entropy,
                              .arg = f,
                              .subject = &f->subject};
    f->c = (struct cli){.env = &f->env, .d = &f->d};
    cli_options_init(&f->c.o, &f->d);
    *state = f;
    return 0;
}

int fixture_teardown(void **state)
{
    struct fixture *f = *state;
    char command[128];
    (void)snprintf(command, sizeof(command), "rm -rf %s", f->dir);
    assert_int_equal(system(command), 0);
    cli_options_release(&f->c.o);
    error_release(&f->err);
    mem_free(f->line);
    (void)fclose(f->env.out);
    (void)fclose(f->env.err);
    free(f->out);
    free(f->complaints);
    size_t left = domain_close(&f->d, NULL, NULL);
    free(f);
    assert_int_equal(left, 0);
    return 0;
}

/* Words of a line, in one piece of memory that begins at argv[0]. */
static int split(struct fixture *f, const char *line, char **argv)
{
    int argc = 0;
    char buf[1024] = "simrun ";
    for (size_t n = strlen(buf); *line; line++) {
        char one[2] = {*line, '\0'};
        n += (size_t)snprintf(buf + n, sizeof(buf) - n, "%s", *line == '%' ? f->dir : one);
    }
    char *copy = mem_dup(&f->d, buf);
    for (char *p = strtok(copy, " "); p && argc < MAX_WORDS; p = strtok(NULL, " ")) {
        argv[argc++] = p;
    }
    argv[argc] = NULL;
    return argc;
}

int parse(struct fixture *f, const char *line)
{
    char *argv[MAX_WORDS + 1];
    int argc = split(f, line, argv);
    mem_free(f->line);
    f->line = argv[0];
    return cli_options_parse(&f->d, argc, argv, &f->c.o, &f->err);
}

int simrun(struct fixture *f, const char *line)
{
    char *argv[MAX_WORDS + 1];
    int argc = split(f, line, argv);
    int code = cli_main(&f->env, argc, argv);
    mem_free(argv[0]);
    flush(f);
    return code;
}

void flush(struct fixture *f)
{
    (void)fflush(f->env.out);
    (void)fflush(f->env.err);
}

void write_file(struct fixture *f, const char *name, const char *text)
{
    char path[128];
    (void)snprintf(path, sizeof(path), "%s/%s", f->dir, name);
    FILE *out = fopen(path, "w");
    assert_non_null(out);
    for (; *text; text++) {
        (void)fputc(*text == '\'' ? '"' : *text, out);
    }
    assert_int_equal(fclose(out), 0);
}
