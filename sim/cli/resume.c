/* The options of a run that did not finish, from what is recorded of it. */
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

/* Names are bytes, of which the record of a command line keeps those that are UTF-8. */
static bool is_whole(const char *word)
{
    return !strstr(word, "\xef\xbf\xbd");
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
        if (!is_whole(words[i])) {
            return complain(c, EXIT_USAGE,
                            "--resume: \"%s\" in the command line of run %s had bytes that are no "
                            "UTF-8, and they are lost: begin the run anew",
                            words[i], r->ref);
        }
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
