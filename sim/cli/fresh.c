/* One case of a file, run on the spot and recorded in memory. */
#include "cli.h"

#include <simrun/sim/record.h>

struct fresh {
    struct cli *c;
    struct settings set;
    bool has_settings;
    struct case_source *source;
    struct expect_set *expect;
    struct subject subject;
    struct run *run;
    struct rep_db *db; /* owned until it is handed out */
    struct rep_run *records;
    char *name; /* the same */
};

static int read_input(struct fresh *f, const char *path)
{
    struct error err = {0};
    struct case_info info;
    int code = settings_init(f->c, &f->set, &err);
    f->has_settings = code == 0;
    code = code ? code : case_source_open(f->c->d, &f->set.cases, &path, 1, &f->source, &err);
    if (code) {
        return input_trouble(f->c, code, &err);
    }
    if (case_source_count(f->source) != 1) {
        return complain(f->c, EXIT_USAGE,
                        "%s holds %zu cases; record them with `simrun run`, then name one", path,
                        case_source_count(f->source));
    }
    case_source_info(f->source, 0, &info);
    f->name = mem_dup(f->c->d, info.name);
    code = f->name ? expect_open(f->c->d, f->source, f->set.profile, &f->expect, &err) : CODE_FATE;
    return code ? input_trouble(f->c, code, &err) : EXIT_FINE;
}

static int start_worker(struct fresh *f)
{
    static const size_t first = 0;
    const struct cli_env *env = f->c->env;
    struct error err = {0};
    f->subject = env->subject ? *env->subject : subject_model(&f->set.model, f->set.version);
    struct run_options o = {
        .subject = &f->subject,
        .source = f->source,
        .expect = f->expect,
        .selection = &first,
        .n = 1,
        .jobs = 1,
        .timeout_ns = f->set.timeout_ns,
        .now = env->now,
        .now_arg = env->arg,
        .stop_fd = cli_watch(f->c),
        .stopping = env->stopping,
        .stopping_arg = env->arg,
    };
    (void)fflush(env->out);
    (void)fflush(env->err);
    int code = run_new(f->c->d, &o, &f->run, &err);
    return code ? input_trouble(f->c, code, &err) : EXIT_FINE;
}

static int begin_records(struct fresh *f)
{
    struct rep_error error;
    char started[32];
    f->c->env->wall(f->c->env->arg, started);
    if (rep_open_memory(&error, &f->db)) {
        return complain(f->c, EXIT_HARNESS, "%s", error.text);
    }
    struct rep_run_options o = {
        .subject = f->subject.name,
        .subject_version = f->subject.version,
        .profile = f->set.profile,
        .started = started,
    };
    return rep_run_begin(f->db, &o, &f->records)
               ? complain(f->c, EXIT_HARNESS, "%s", rep_error_text(f->db))
               : EXIT_FINE;
}

static int record(void *arg, const struct run_record *r)
{
    struct fresh *f = arg;
    struct record_view view;
    int code = record_open(&view, r);
    if (code == 0) {
        code = rep_record(f->records, &view.result);
        record_close(&view);
    }
    return code;
}

static int run_it(struct fresh *f)
{
    struct error err = {0};
    char ended[32];
    int how = run_go(f->run, record, f, &err);
    cli_unwatch(f->c);
    f->c->env->wall(f->c->env->arg, ended);
    if (how == RUN_STOPPED) {
        return EXIT_INTERRUPTED;
    }
    int stored = how < 0 ? 0 : rep_run_end(f->records, REP_FINISHED, ended, NULL);
    const char *text = err.text ? err.text : rep_error_text(f->db);
    int code = how < 0 || stored ? complain(f->c, EXIT_HARNESS, "%s", text) : EXIT_FINE;
    error_release(&err);
    return code;
}

int fresh_run(struct cli *c, const char *path, struct rep_db **ret, char **name)
{
    struct fresh f = {.c = c};
    int code = read_input(&f, path);
    code = code ? code : start_worker(&f);
    code = code ? code : begin_records(&f);
    code = code ? code : run_it(&f);
    run_free(f.run);
    expect_free(f.expect);
    case_source_free(f.source);
    if (f.has_settings) {
        settings_release(&f.set);
    }
    if (code) {
        (void)rep_close(f.db);
        mem_free(f.name);
        return code;
    }
    *ret = f.db;
    *name = f.name;
    return EXIT_FINE;
}
