/*
 * Words of a command line and variables of an environment: an error that names the option or the
 * variable and what it takes, on one line that cannot act on a terminal, or options within their
 * bounds. What a run records of its options gives the same options again. Nothing is run.
 */
#include "support/bytes.h"

#include "cli.h"

#include <cjson/cJSON.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 4 << 10, WORDS_MAX = 48, VARIABLES = 8 };

static const char *const variables[VARIABLES] = {
    "TEST_SHARD_INDEX",       "TEST_TOTAL_SHARDS",    "SLURM_ARRAY_TASK_ID",
    "SLURM_ARRAY_TASK_COUNT", "SLURM_ARRAY_TASK_MIN", "SLURM_ARRAY_TASK_STEP",
    "JOB_COMPLETION_INDEX",   "JOB_COMPLETIONS",
};

struct input {
    char *argv[WORDS_MAX + 1]; /* owned */
    int argc;
    char *values[VARIABLES]; /* owned; NULL = not set */
};

/* A line is a word. One that begins with a byte from 0x80 on is an option of the table, or a
 * subcommand, or a variable, with the rest behind it. */
static void read_line(struct input *in, const char *p, size_t n)
{
    unsigned which = n ? (unsigned char)*p : 0;
    char *word = NULL;
    int made;
    if (which >= 0xf0) {
        char **value = &in->values[which % VARIABLES];
        free(*value);
        *value = strndup(p + 1, n - 1);
        return;
    }
    if (which >= 0xe0) {
        made = asprintf(&word, "%s", commands[(which - 0xe0 + n - 1) % COMMAND_COUNT].name);
    } else if (which >= 0x80) {
        const char *name = option_rows[(which - 0x80) % n_option_rows].name;
        made = asprintf(&word, "--%s%.*s", name, (int)n - 1, p + 1);
    } else {
        made = asprintf(&word, "%.*s", (int)n, p);
    }
    CHECK(made >= 0);
    in->argv[in->argc++] = word;
}

static void read_input(struct input *in, const char *p, size_t n)
{
    *in = (struct input){.argc = 1};
    in->argv[0] = strdup("simrun");
    for (const char *end = p + n; p < end && in->argc < WORDS_MAX;) {
        const char *stop = memchr(p, '\n', (size_t)(end - p));
        stop = stop ? stop : end;
        read_line(in, p, (size_t)(stop - p));
        p = stop + 1;
    }
}

static void input_release(struct input *in)
{
    for (int i = 0; i < in->argc; i++) {
        free(in->argv[i]);
    }
    for (size_t i = 0; i < VARIABLES; i++) {
        free(in->values[i]);
    }
}

static const char *variable(void *arg, const char *name)
{
    const struct input *in = arg;
    for (size_t i = 0; i < VARIABLES; i++) {
        if (strcmp(variables[i], name) == 0) {
            return in->values[i];
        }
    }
    return NULL;
}

/* ---- options -------------------------------------------------------------------------------- */

static const void *field_of(const struct cli_options *o, const struct option_row *row)
{
    return (const char *)o + row->offset;
}

static void check_bounds(const struct cli_options *o)
{
    for (size_t i = 0; i < n_option_rows; i++) {
        const struct option_row *row = &option_rows[i];
        if (!o->given[i]) {
            continue;
        }
        CHECK(row->commands & 1u << o->command);
        if (row->type == OPTION_NUMBER) {
            int64_t value = *(const int64_t *)field_of(o, row);
            CHECK(value >= row->min && value <= row->max);
        } else if (row->type == OPTION_CHOICE) {
            const char *value = *(const char *const *)field_of(o, row);
            const char *at = strstr(row->choices, value);
            CHECK(at && *value && !strchr(value, ' '));
        } else if (row->type == OPTION_LIST) {
            CHECK(((const struct ptrvec *)field_of(o, row))->n > 0);
        }
    }
}

/* Does the word take the next one as its value? Of letters together the first that takes one. */
static bool takes_value(const char *word)
{
    bool is_long = word[1] == '-';
    for (const char *p = word + 1 + is_long; *p; p++) {
        for (size_t i = 0; i < n_option_rows; i++) {
            const struct option_row *row = &option_rows[i];
            bool is_this = is_long ? strcmp(row->name, p) == 0 : row->letter == *p;
            if (is_this && row->type != OPTION_FLAG) {
                return is_long || p[1] == '\0';
            }
        }
        if (is_long) {
            return false;
        }
    }
    return false;
}

/* The first word that is neither an option nor the value of one tells the subcommand. */
static void check_command(const struct cli_options *o, const struct input *in)
{
    for (int i = 1; i < in->argc; i++) {
        const char *word = in->argv[i];
        if (strcmp(word, "--") == 0) {
            break;
        }
        if (word[0] == '-' && word[1]) {
            i += takes_value(word);
            continue;
        }
        enum command_id id = command_find(word);
        CHECK(o->command == (id == COMMAND_COUNT ? COMMAND_RUN : id));
        return;
    }
    CHECK(o->command == COMMAND_RUN);
}

/* One line about what was wrong. */
static void check_text(const char *text)
{
    CHECK(text && text[0]);
    CHECK(strstr(text, "--") || strstr(text, "unknown option -") || strstr(text, "usage: "));
}

/* ---- what they mean ------------------------------------------------------------------------- */

/* The words that a run tells to have its results again are options that mean the same. */
static void check_replay(struct cli *c, const struct settings *set)
{
    struct choice choice = {0};
    struct ptrvec words;
    struct cli_options o;
    struct error err = {0};
    struct cli again = {.env = c->env, .d = c->d};
    char *argv[2 * WORDS_MAX + 32] = {(char *)(uintptr_t) "simrun", (char *)(uintptr_t) "path"};
    char *options = record_options(c, set, &choice, NULL);
    cJSON *json = cJSON_Parse(options);
    CHECK(cJSON_IsObject(json));
    cJSON_Delete(json);
    CHECK(replay_words(c->d, set->profile, options, &words) == 0);
    int argc = 2;
    for (size_t i = 0; words.p[i]; i++) {
        argv[argc++] = words.p[i];
    }
    cli_options_init(&o, c->d);
    CHECK(cli_options_parse(c->d, argc, argv, &o, &err) == 0);
    again.o = o;
    struct settings same;
    CHECK(settings_init(&again, &same, &err) == 0);
    CHECK(same.model.profile == set->model.profile && same.model.gofer == set->model.gofer &&
          same.model.host == set->model.host && same.model.n_quirks == set->model.n_quirks &&
          same.model.restore_check == set->model.restore_check);
    CHECK(same.cases.entry == set->cases.entry && same.cases.sources == set->cases.sources &&
          same.cases.config.overlay == set->cases.config.overlay &&
          same.cases.config.file_access == set->cases.config.file_access);
    const char *rootfs = set->cases.rootfs;
    CHECK(!rootfs || !rootfs[0] || strcmp(rootfs, same.cases.rootfs) == 0);
    settings_release(&same);
    cli_options_release(&o);
    replay_release(&words);
    mem_free(options);
}

static void check_settings(struct cli *c)
{
    struct settings set;
    struct error err = {0};
    int code = settings_init(c, &set, &err);
    if (code) {
        CHECK(code == -EINVAL && strncmp(err.text, "--", 2) == 0);
        error_release(&err);
        return;
    }
    CHECK(set.timeout_ns >= 0 && set.timeout_ns <= INT64_C(86400000000000));
    if (c->o.command == COMMAND_RUN) {
        check_replay(c, &set);
    }
    settings_release(&set);
}

static void check_shard(struct cli *c)
{
    struct shard shard = {.index = 77};
    int code = shard_find(c, &shard);
    CHECK(code == EXIT_FINE || (code == EXIT_USAGE && shard.index == 77));
    if (code == EXIT_FINE) {
        CHECK(shard.count ? shard.index >= 1 && shard.index <= shard.count &&
                                shard.count <= LIMIT_SHARDS && shard.from
                          : shard.index == 0);
    }
}

static void check_complaints(const char *text, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        CHECK((unsigned char)text[i] >= 0x20 || text[i] == '\n');
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > INPUT_MAX || memchr(data, '\0', size)) {
        return 0;
    }
    struct domain d;
    struct input in;
    struct error err = {0};
    char *text = NULL;
    size_t n = 0;
    read_input(&in, (const char *)data, size);
    FILE *out = open_memstream(&text, &n);
    CHECK(out);
    struct cli_env env = {.out = out, .err = out, .variable = variable, .arg = &in};
    domain_init(&d, "fuzz", PROFILE_GVISOR_2018_08_14);
    struct cli c = {.env = &env, .d = &d, .argv = in.argv};
    cli_options_init(&c.o, &d);
    int code = cli_options_parse(&d, in.argc, in.argv, &c.o, &err);
    if (code) {
        CHECK(code == -EINVAL);
        check_text(err.text);
        (void)complain(&c, 0, "%s", err.text);
        error_release(&err);
    } else {
        check_command(&c.o, &in);
        check_bounds(&c.o);
        check_settings(&c);
        check_shard(&c);
    }
    cli_options_release(&c.o);
    CHECK(domain_close(&d, NULL, NULL) == 0);
    CHECK(fclose(out) == 0);
    check_complaints(text, n);
    free(text);
    input_release(&in);
    return 0;
}
