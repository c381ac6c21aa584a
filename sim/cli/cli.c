/* One run of the program: options, then the subcommand. */
#include "cli.h"
#include "manual.h"

static bool wants_colour(const struct cli *c)
{
    const char *when = c->o.color ? c->o.color : "auto";
    return strcmp(when, "auto") == 0 ? c->env->out_tty && !c->env->no_color && !c->o.ci
                                     : strcmp(when, "always") == 0;
}

static int cmd_version(struct cli *c)
{
    FILE *out = c->env->out;
    (void)fprintf(out, "simrun %s\nanswers for gVisor e8a4f2e133 (14 August 2018)\nprofiles:",
                  SIMRUN_VERSION);
    for (int i = 0; i < PROFILE_COUNT; i++) {
        (void)fprintf(out, " %s", profile_name((enum profile)i));
    }
    (void)fputc('\n', out);
    return finish_output(c);
}

/* What a word that is no command was probably meant to be, or NULL. */
static const char *nearest_command(const char *word)
{
    const char *names[COMMAND_COUNT];
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        names[i] = commands[i].name;
    }
    return rep_nearest(word, names, COMMAND_COUNT);
}

/* `--help` after a command, or `help COMMAND`. */
static int cmd_help(struct cli *c)
{
    enum command_id about = c->o.command;
    if (about == COMMAND_HELP && c->o.words.n) {
        about = command_find(c->o.words.p[0]);
    }
    if (about == COMMAND_COUNT) {
        const char *hint = nearest_command(c->o.words.p[0]);
        return complain(c, EXIT_USAGE, "no command \"%s\"%s%s%s (see `simrun help`)",
                        (const char *)c->o.words.p[0], hint ? "; did you mean " : "",
                        hint ? hint : "", hint ? "?" : "");
    }
    help_print(c, about);
    return finish_output(c);
}

static int cmd_completion(struct cli *c)
{
    if (completion_print(c->env->out, c->o.words.p[0])) {
        return complain(c, EXIT_USAGE, "completion: \"%s\" is none of: bash zsh fish",
                        (const char *)c->o.words.p[0]);
    }
    return finish_output(c);
}

static int (*const functions[COMMAND_COUNT])(struct cli *c) = {
    [COMMAND_RUN] = cmd_run,
    [COMMAND_LIST] = cmd_list,
    [COMMAND_SHOW] = cmd_show,
    [COMMAND_TREE] = cmd_tree,
    [COMMAND_EXPLAIN] = cmd_explain,
    [COMMAND_MINIMIZE] = cmd_minimize,
    [COMMAND_DIFF] = cmd_diff,
    [COMMAND_COMPARE] = cmd_compare,
    [COMMAND_QUERY] = cmd_query,
    [COMMAND_SEARCH] = cmd_search,
    [COMMAND_FIRST_BAD] = cmd_first_bad,
    [COMMAND_MERGE] = cmd_merge,
    [COMMAND_PRUNE] = cmd_prune,
    [COMMAND_REPORT] = cmd_report,
    [COMMAND_GEN] = cmd_gen,
    [COMMAND_SERVE] = cmd_serve,
    [COMMAND_P9] = cmd_p9,
    [COMMAND_COMPLETION] = cmd_completion,
    [COMMAND_HELP] = cmd_help,
    [COMMAND_VERSION] = cmd_version,
};

/* A PATH that is not there may have been meant as a subcommand. */
static void hint_command(struct cli *c)
{
    const char *word = c->o.words.p[0];
    const char *hint = strpbrk(word, "/.") ? NULL : nearest_command(word);
    if (hint && strcmp(hint, word) != 0) {
        (void)complain(c, 0, "did you mean `simrun %s`?", hint);
    }
}

/* All the formats are those of reports, which only a run makes. */
static bool has_format(const struct cli *c)
{
    const char *f = c->o.format;
    bool table = c->o.command == COMMAND_QUERY || c->o.command == COMMAND_DIFF;
    return !f || c->o.command == COMMAND_RUN || strcmp(f, "text") == 0 || strcmp(f, "jsonl") == 0 ||
           (table && strcmp(f, "csv") == 0);
}

static int dispatch(struct cli *c)
{
    c->colour = wants_colour(c);
    if (!has_format(c)) {
        return complain(c, EXIT_USAGE, "--format %s does not go with `simrun %s`", c->o.format,
                        commands[c->o.command].name);
    }
    if (c->o.help) {
        return cmd_help(c);
    }
    int code = functions[c->o.command](c);
    if (code == EXIT_USAGE && c->o.command == COMMAND_RUN && c->o.words.n && !c->o.resume) {
        hint_command(c);
    }
    return code;
}

int cli_main(const struct cli_env *env, int argc, char *const *argv)
{
    struct domain d;
    struct error err = {0};
    domain_init(&d, "simrun", PROFILE_GVISOR_2018_08_14);
    struct cli c = {.env = env, .d = &d, .argv = argv};
    cli_options_init(&c.o, &d);
    int code = cli_options_parse(&d, argc, argv, &c.o, &err);
    if (code) {
        code = complain(&c, EXIT_USAGE, "%s", err.text ? err.text : "out of memory");
        (void)fputs("try: simrun --help\n", env->err);
        error_release(&err);
    } else {
        code = dispatch(&c);
    }
    cli_options_release(&c.o);
    (void)domain_close(&d, NULL, NULL);
    (void)fflush(env->err);
    return code;
}
