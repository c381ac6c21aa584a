#include "resume.h"

#include "cli.h"

#include <unistd.h>

/* What may be given beside --resume: it changes no result. */
static const char *const allowed[] = {"resume", "db",     "jobs",      "quiet",    "ci",  "color",
                                      "format", "report", "fail-fast", "baseline", "help"};

void resume_release(struct resume *r)
{
    if (r->on) {
        rep_run_info_release(&r->info);
        mem_free(r->words);
        json_release(&r->options);
        json_release(&r->argv);
    }
    *r = (struct resume){0};
}

/* --------------------------------------------------------------------------------- the options */

static bool is_allowed(const char *name)
{
    for (size_t i = 0; i < ARRAY_LEN(allowed); i++) {
        if (strcmp(allowed[i], name) == 0) {
            return true;
        }
    }
    return false;
}

static void *field_of(struct cli_options *o, const struct option_row *row)
{
    return (char *)o + row->offset;
}

/* What was given now goes over what was given then. Lists are handed over. */
static void take_over(struct cli_options *then, struct cli_options *now)
{
    for (size_t i = 0; i < n_option_rows; i++) {
        const struct option_row *row = &option_rows[i];
        void *to = field_of(then, row), *from = field_of(now, row);
        if (!now->given[i]) {
            continue;
        }
        switch (row->type) {
        case OPTION_FLAG:
            *(bool *)to = *(bool *)from;
            break;
        case OPTION_NUMBER:
            *(int64_t *)to = *(int64_t *)from;
            break;
        case OPTION_LIST: {
            struct ptrvec list = *(struct ptrvec *)to;
            *(struct ptrvec *)to = *(struct ptrvec *)from;
            *(struct ptrvec *)from = list;
            break;
        }
        default:
            *(const char **)to = *(const char **)from;
        }
    }
    then->db = now->db;
}

static int check_given(const struct cli *c)
{
    for (size_t i = 0; i < n_option_rows; i++) {
        if (c->o.given[i] && !is_allowed(option_rows[i].name)) {
            return complain(c, EXIT_USAGE,
                            "--%s does not go with --resume, which takes what the run was begun "
                            "with",
                            option_rows[i].name);
        }
    }
    return EXIT_FINE;
}

/* The words of a recorded command line. */
static int read_words(struct cli *c, struct resume *r, int *argc)
{
    struct error err = {0};
    const char **words;
    size_t n = 0;
    char file[64];
    (void)snprintf(file, sizeof(file), "run %s", r->ref);
    int code =
        json_parse(c->d, file, 1, "argv", r->info.argv, strlen(r->info.argv), &r->argv, &err);
    code = code ? code : json_strings(&r->argv, r->argv.root, &words, &n, &err);
    code = code ? code
                : json_parse(c->d, file, 1, "options", r->info.options, strlen(r->info.options),
                             &r->options, &err);
    if (code) {
        (void)complain(c, 0, "--resume: %s", err.text ? err.text : "out of memory");
        error_release(&err);
        return EXIT_HARNESS;
    }
    r->words = mem_resize(c->d, NULL, 0, n + 1, sizeof(*r->words), "recorded words");
    for (size_t i = 0; r->words && i < n; i++) {
        r->words[i] = (char *)words[i];
    }
    *argc = (int)n;
    return r->words ? EXIT_FINE : complain(c, EXIT_HARNESS, "out of memory");
}

static const char *option_text(const struct resume *r, const char *key)
{
    const struct json *v = json_exact(r->options.root, key);
    return v && v->type == JSON_STRING ? v->text : NULL;
}

void resume_tell_place(const struct cli *c, const struct resume *r)
{
    const char *cwd = r->on ? option_text(r, "cwd") : NULL;
    if (cwd) {
        (void)complain(c, 0, "run %s was begun in %s", r->ref, cwd);
    }
}

/* Its cases were those of one shard, and now it has those of others. */
static bool was_joined(const struct resume *r)
{
    return option_text(r, "shard_from") && r->info.shard_index == 0;
}

static bool reads_standard_input(const struct cli_options *o)
{
    for (size_t i = 0; i < o->words.n; i++) {
        if (strcmp(o->words.p[i], "-") == 0) {
            return true;
        }
    }
    return false;
}

static int use_options(struct cli *c, struct resume *r)
{
    struct cli_options then;
    struct error err = {0};
    int argc = 0, code = read_words(c, r, &argc);
    if (code) {
        return code;
    }
    cli_options_init(&then, c->d);
    if (cli_options_parse(c->d, argc, r->words, &then, &err) || then.command != COMMAND_RUN) {
        (void)complain(c, 0, "--resume: the command line of run %s: %s", r->ref,
                       err.text ? err.text : "no run");
        error_release(&err);
        cli_options_release(&then);
        return EXIT_USAGE;
    }
    if (was_joined(r)) {
        cli_options_release(&then);
        return complain(c, EXIT_USAGE,
                        "--resume: run %s was joined from shards: resume the shard that did not "
                        "finish in its own file, then merge all into a new one",
                        r->ref);
    }
    then.baseline = option_text(r, "baseline"); /* `latest` was another one then */
    then.fail_fast = false;                     /* it is to be finished, unless told again */
    take_over(&then, &c->o);
    cli_options_release(&c->o);
    c->o = then;
    if (reads_standard_input(&c->o)) {
        return complain(c, EXIT_USAGE, "--resume: run %s read its cases from standard input",
                        r->ref);
    }
    return EXIT_FINE;
}

static int load(struct cli *c, struct resume *r)
{
    const char *ref = c->o.words.n ? c->o.words.p[0] : "latest";
    struct rep_db *db;
    int code = open_records(c, c->o.db, REP_WRITE, &db);
    if (code) {
        return code;
    }
    code = rep_run_find(db, ref, &r->info);
    if (code) {
        bool path = c->o.words.n && access(ref, F_OK) == 0;
        code = complain(
            c, code == -ENOENT ? EXIT_USAGE : EXIT_HARNESS, "--resume: %s%s", rep_error_text(db),
            path ? "; the word is a RUN, its PATHs are those that it was begun with" : "");
        (void)rep_close(db);
        return code;
    }
    (void)rep_close(db);
    r->on = true;
    (void)snprintf(r->ref, sizeof(r->ref), "%lld", (long long)r->info.id);
    if (strcmp(r->info.state, "finished") == 0) {
        return complain(c, EXIT_USAGE, "--resume: run %s has finished; there is nothing to resume",
                        r->ref);
    }
    return use_options(c, r);
}

int resume_load(struct cli *c, struct resume *ret)
{
    struct resume r = {0};
    if (!c->o.resume) {
        *ret = r;
        return EXIT_FINE;
    }
    int code = check_given(c);
    code = code ? code : load(c, &r);
    *ret = r; /* the options may point into it */
    return code;
}

/* ----------------------------------------------------------------------------------- the cases */

struct reading {
    struct cli *c;
    struct resume *r;
    const struct settings *set;
    const struct case_source *source;
    struct choice *ch;
    bool *recorded;         /* owned; by number in the source */
    struct rep_hash *input; /* owned; of those */
    size_t *done, n_done;   /* owned: those */
    const char *changed;    /* one that has changed, or NULL */
    size_t gone;
    char missing[256]; /* the first that is planned and not found */
};

static int see_plan(void *arg, const char *name, bool recorded)
{
    struct reading *g = arg;
    size_t index;
    if (!case_source_find(g->source, name, &index)) {
        if (g->gone++ == 0) {
            (void)snprintf(g->missing, sizeof(g->missing), "%s", name);
        }
        return 0;
    }
    if (g->ch->n_plan < case_source_count(g->source)) {
        g->ch->plan[g->ch->n_plan++] = index;
    }
    g->recorded[index] = recorded;
    return 0;
}

/* Was it lost before it was read? Then nobody knows what its input was. */
static bool is_unread(const struct rep_hash *input, enum sim_outcome outcome)
{
    static const struct rep_input_key none;
    struct rep_hash hash = rep_input_key_hash(&none);
    return outcome != OUTCOME_UNSUPPORTED && memcmp(&hash, input, sizeof(hash)) == 0;
}

static int see_result(void *arg, const struct rep_outcome *o)
{
    static const enum verdict_status statuses[REP_STATUSES] = {
        [REP_PASS] = VERDICT_PASS,   [REP_FAIL] = VERDICT_FAIL,         [REP_XFAIL] = VERDICT_XFAIL,
        [REP_XPASS] = VERDICT_XPASS, [REP_RECORDED] = VERDICT_RECORDED,
    };
    struct reading *g = arg;
    struct earlier *e = &g->r->earlier;
    enum sim_outcome outcome = OUTCOME_UNSUPPORTED;
    size_t index;
    if (sim_outcome_parse(o->result, &outcome) == 0) {
        struct run_options opt = {.fail_on = g->set->fail_on};
        e->cases++;
        e->status[statuses[o->status]]++;
        e->outcome[outcome]++;
        e->flaky += o->flaky;
        e->failed +=
            run_failed(&opt, statuses[o->status], outcome) || (o->flaky && g->set->fail_on_flaky);
    }
    if (case_source_find(g->source, o->name, &index) && g->recorded[index] &&
        !is_unread(&o->input, outcome) && g->n_done < case_source_count(g->source)) {
        g->input[index] = o->input;
        g->done[g->n_done++] = index;
    }
    return 0;
}

static int see_input(void *arg, size_t index, const struct rep_input_key *key)
{
    struct reading *g = arg;
    struct rep_hash now = rep_input_key_hash(key);
    if (memcmp(&now, &g->input[index], sizeof(now)) != 0) {
        struct case_info info;
        case_source_info(g->source, index, &info);
        g->changed = info.name;
        return 1;
    }
    return 0;
}

static int refuse(const struct reading *g, const char *what, const char *name)
{
    (void)complain(g->c, 0, "--resume: the cases are not those of run %s: %s%s%s", g->r->ref, what,
                   *name ? ": " : "", name);
    resume_tell_place(g->c, g->r);
    return EXIT_USAGE;
}

/* Where the command line alone says which cases there are, it must say the same again. */
static int check_selection(struct reading *g)
{
    struct cli *c = g->c;
    size_t *found, n;
    if (c->o.failed || c->o.changed_since) {
        return EXIT_FINE;
    }
    if (select_cases(c, g->source, &found, &n)) {
        return complain(c, EXIT_HARNESS, "out of memory");
    }
    n = shard_keep(&g->ch->shard, found, n);
    size_t i = 0;
    while (i < n && i < g->ch->n_plan && found[i] == g->ch->plan[i]) {
        i++;
    }
    int code = EXIT_FINE;
    if (i < n || i < g->ch->n_plan) {
        struct case_info info;
        case_source_info(g->source, i < n ? found[i] : g->ch->plan[i], &info);
        code = refuse(g, "one is new, or stands elsewhere", info.name);
    }
    mem_free(found);
    return code;
}

static int check_inputs(struct reading *g)
{
    struct error err = {0};
    int code = run_inputs(g->c->d, g->source, g->done, g->n_done, see_input, g, &err);
    if (code < 0) {
        code = complain(g->c, EXIT_HARNESS, "%s", err.text ? err.text : "out of memory");
    } else if (code > 0) {
        code = refuse(g, "one that has a result has changed since", g->changed);
    }
    error_release(&err);
    return code;
}

static int read_records(struct reading *g)
{
    struct rep_db *db;
    int code = open_records(g->c, g->c->o.db, REP_WRITE, &db);
    if (code) {
        return code;
    }
    code = rep_read_plan(db, g->r->ref, see_plan, g);
    code = code ? code : rep_read_outcomes(db, g->r->ref, see_result, g);
    code = code ? complain(g->c, EXIT_HARNESS, "--resume: %s", rep_error_text(db)) : EXIT_FINE;
    (void)rep_close(db);
    if (code == 0 && g->gone) {
        code = refuse(g, "one is not found", g->missing);
    }
    code = code ? code : check_selection(g);
    return code ? code : check_inputs(g);
}

/* What is left, in the order in which the run goes on. */
static void keep_pending(struct reading *g)
{
    struct choice *ch = g->ch;
    if (ch->n_plan) {
        memcpy(ch->todo, ch->plan, ch->n_plan * sizeof(*ch->todo));
    }
    ch->seed = g->r->info.seed;
    if (g->c->o.shuffle) {
        order_shuffle(ch->todo, ch->n_plan, ch->seed);
    }
    for (size_t i = 0; i < ch->n_plan; i++) {
        if (!g->recorded[ch->todo[i]]) {
            ch->todo[ch->n++] = ch->todo[i];
        }
    }
    (void)complain(g->c, 0, "resuming run %s: %zu of %zu cases have a result", g->r->ref,
                   ch->n_plan - ch->n, ch->n_plan);
}

static int same_subject(const struct cli *c, const struct resume *r, const struct subject *subject)
{
    const char *version = r->info.subject_version ? r->info.subject_version : "";
    if (strcmp(r->info.subject, subject->name) == 0 && strcmp(version, subject->version) == 0) {
        return EXIT_FINE;
    }
    return complain(c, EXIT_USAGE, "--resume: run %s is of %s %s, this is %s %s", r->ref,
                    r->info.subject, version, subject->name, subject->version);
}

int resume_choose(struct cli *c, struct resume *r, const struct settings *set,
                  const struct subject *subject, const struct case_source *source,
                  struct choice *ret)
{
    size_t n = case_source_count(source) + 1;
    struct choice ch = {.shard = {r->info.shard_index, r->info.shard_count, "its record"}};
    struct reading g = {.c = c, .r = r, .set = set, .source = source, .ch = &ch};
    int code = same_subject(c, r, subject);
    if (code) {
        return code;
    }
    ch.plan = mem_resize(c->d, NULL, 0, n, sizeof(*ch.plan), "selection");
    ch.todo = mem_resize(c->d, NULL, 0, n, sizeof(*ch.todo), "selection");
    g.recorded = mem_resize(c->d, NULL, 0, n, sizeof(*g.recorded), "recorded cases");
    g.input = mem_resize(c->d, NULL, 0, n, sizeof(*g.input), "recorded cases");
    g.done = mem_resize(c->d, NULL, 0, n, sizeof(*g.done), "recorded cases");
    code = domain_dead(c->d) ? complain(c, EXIT_HARNESS, "out of memory") : read_records(&g);
    if (code == 0) {
        keep_pending(&g);
    }
    mem_free(g.recorded);
    mem_free(g.input);
    mem_free(g.done);
    if (code) {
        choice_release(&ch);
        return code;
    }
    *ret = ch;
    return EXIT_FINE;
}
