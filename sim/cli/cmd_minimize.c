/* simrun minimize: the smallest case that still shows the same. */
#include "cli.h"

#include <simrun/contract.h>
#include <simrun/sim/minimize.h>

struct minimizing {
    struct cli *c;
    struct settings set;
    bool has_settings;
    struct case_source *source;
    struct case_reader *reader;
    struct domain case_d; /* of the case */
    struct sim_case *sc;
    struct subject subject;
    struct minimize_options o;
    struct minimize_report report;
};

static int trouble(const struct minimizing *m, int code, struct error *err)
{
    int exit_code = input_trouble(m->c, code, err);
    return code == -EINTR ? EXIT_INTERRUPTED : exit_code;
}

/* --keep WHAT */
static int read_keep(struct minimizing *m)
{
    static const char *const names[] = {
        [MINIMIZE_SAME] = "same",
        [MINIMIZE_RESULT] = "result",
        [MINIMIZE_ERROR] = "error",
        [MINIMIZE_STATUS] = "status",
        [MINIMIZE_DIFFERENCE] = "difference",
    };
    const char *keep = m->c->o.preserve ? m->c->o.preserve : "same";
    struct contract_row row;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        if (strcmp(keep, names[i]) == 0) {
            m->o.keep = (enum minimize_keep)i;
            return EXIT_FINE;
        }
    }
    m->o.keep = MINIMIZE_ROW;
    m->o.row = strncmp(keep, "row=", 4) == 0 ? keep + 4 : "";
    if (m->o.row[0] == '\0' || contract_row_find(m->o.row, &row)) {
        return complain(m->c, EXIT_USAGE,
                        "--preserve: \"%s\" is none of: same result error status difference row=ID",
                        keep);
    }
    return EXIT_FINE;
}

static int find_case(struct minimizing *m, const char *name, size_t *ret)
{
    size_t n = case_source_count(m->source);
    const char **names = mem_resize(m->c->d, NULL, 0, n + 1, sizeof(*names), "case names");
    size_t found = n;
    for (size_t i = 0; names && i < n; i++) {
        struct case_info info;
        case_source_info(m->source, i, &info);
        names[i] = info.name;
        found = strcmp(info.name, name) == 0 ? i : found;
    }
    const char *hint = names && found == n ? rep_nearest(name, names, n) : NULL;
    int code = found < n ? EXIT_FINE
                         : complain(m->c, EXIT_USAGE, "no case %s in %zu%s%s", name, n,
                                    hint ? "; like it: " : "", hint ? hint : "");
    mem_free(names);
    *ret = found;
    return code;
}

static int read_case(struct minimizing *m)
{
    struct cli *c = m->c;
    struct error err = {0};
    size_t index;
    int code = settings_init(c, &m->set, &err);
    m->has_settings = code == 0;
    code = code ? code
                : case_source_open(c->d, &m->set.cases,
                                   (const char *const *)(void *)(c->o.words.p + 1),
                                   c->o.words.n - 1, &m->source, &err);
    if (code) {
        return trouble(m, code, &err);
    }
    code = find_case(m, c->o.words.p[0], &index);
    if (code) {
        return code;
    }
    code = case_reader_new(c->d, m->source, &m->reader, &err);
    code = code ? code : case_read(m->reader, index, &m->case_d, &m->sc, &err);
    if (code) {
        return trouble(m, code, &err);
    }
    return m->sc->kind == CASE_BUNDLE
               ? complain(c, EXIT_USAGE,
                          "%s is a bundle; give its config.json, with --rootfs for its root",
                          m->sc->name)
               : EXIT_FINE;
}

/* -------------------------------------------------------------------------------------- telling */

static void tell(const struct minimizing *m)
{
    const struct minimize_report *r = &m->report;
    struct str s;
    str_init(&s, m->c->d);
    str_addf(&s, "%zu runs; kept %s", r->runs, r->holds);
    (void)complain(m->c, 0, "%s", str_get(&s));
    for (enum minimize_part p = 0; p < PART_COUNT; p++) {
        if (r->before[p]) {
            (void)complain(m->c, 0, "%-12s %zu -> %zu", minimize_part_name(p), r->before[p],
                           r->after[p]);
        }
    }
    if (r->empty_root) {
        (void)complain(m->c, 0, "the root file system is not needed: it is empty now");
    }
    if (r->stopped) {
        (void)complain(m->c, 0, "ended early: more may go with a larger --max-runs");
    }
    str_release(&s);
}

static int write_out(struct minimizing *m, const struct str *text)
{
    struct cli *c = m->c;
    struct whole_file f = {0};
    const char *path = c->o.output;
    if (!path || strcmp(path, "-") == 0) {
        (void)fwrite(text->p, 1, text->n, c->env->out);
        (void)fputc('\n', c->env->out);
        return finish_output(c);
    }
    int code = whole_file_open(&f, c->d, path);
    if (code == 0) {
        (void)fwrite(text->p, 1, text->n, f.out);
        (void)fputc('\n', f.out);
        code = whole_file_commit(&f);
    }
    return code ? complain(c, EXIT_HARNESS, "cannot write %s: %s", path, code_text(code))
                : EXIT_FINE;
}

static int minimize_it(struct minimizing *m)
{
    struct cli *c = m->c;
    struct error err = {0};
    struct str text;
    str_init(&text, c->d);
    int code = minimize_case(c->d, &m->o, m->sc->kind, m->sc->file, m->sc->doc.bytes, m->sc->doc.n,
                             &text, &m->report, &err);
    if (code) {
        code = trouble(m, code, &err);
    } else {
        code = write_out(m, &text);
        if (code == 0 && !c->o.quiet) {
            tell(m);
        }
    }
    str_release(&text);
    return code;
}

int cmd_minimize(struct cli *c)
{
    struct minimizing m = {.c = c};
    const struct cli_env *env = c->env;
    domain_init(&m.case_d, "case", PROFILE_GVISOR_2018_08_14);
    int code = read_keep(&m);
    code = code ? code : read_case(&m);
    if (code == 0) {
        m.subject = env->subject ? *env->subject : subject_model(&m.set.model, m.set.version);
        m.o.subject = &m.subject;
        m.o.cases = &m.set.cases;
        m.o.profile = m.set.profile;
        m.o.jobs = c->o.jobs > 0 ? (unsigned)c->o.jobs : env->cpus;
        m.o.max_runs = c->o.max_runs > 0 ? (size_t)c->o.max_runs : MINIMIZE_RUNS;
        m.o.timeout_ns = m.set.timeout_ns;
        m.o.now = env->now;
        m.o.now_arg = env->arg;
        m.o.stop_fd = cli_watch(c);
        (void)fflush(env->out);
        (void)fflush(env->err);
        code = minimize_it(&m);
    }
    case_free(m.sc);
    (void)domain_close(&m.case_d, NULL, NULL);
    case_reader_free(m.reader);
    case_source_free(m.source);
    if (m.has_settings) {
        settings_release(&m.set);
    }
    return code;
}
