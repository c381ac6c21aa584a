/* Parsing, driven by the table. */
#include "options.h"

#include <simrun/reports.h>

void cli_options_init(struct cli_options *o, struct domain *d)
{
    *o = (struct cli_options){.jobs = -1,
                              .seed = -1,
                              .shard_count = -1,
                              .repeat = -1,
                              .count = 100,
                              .uid = -1,
                              .keep = -1};
    struct ptrvec *lists[] = {&o->words,  &o->filter,  &o->exclude, &o->quirk, &o->fail_on,
                              &o->listen, &o->profile, &o->cases,   &o->report};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        ptrvec_init(lists[i], d);
    }
}

void cli_options_release(struct cli_options *o)
{
    struct ptrvec *lists[] = {&o->words,  &o->filter,  &o->exclude, &o->quirk, &o->fail_on,
                              &o->listen, &o->profile, &o->cases,   &o->report};
    for (size_t i = 0; i < ARRAY_LEN(lists); i++) {
        ptrvec_release(lists[i]);
    }
}

enum command_id command_find(const char *name)
{
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, name) == 0) {
            return (enum command_id)i;
        }
    }
    return COMMAND_COUNT;
}

struct parser {
    struct domain *d;
    struct cli_options *o;
    struct error *err;
    char *const *argv;
    int argc, at;   /* `at`: the next word */
    int command_at; /* the word that is the subcommand; 0 = none */
};

static int unknown(struct parser *p, const char *word, size_t n)
{
    const char *names[OPTION_ROWS_MAX];
    for (size_t i = 0; i < n_option_rows; i++) {
        names[i] = option_rows[i].name;
    }
    char *name = mem_dupn(p->d, word, n);
    const char *hint = name ? rep_nearest(name, names, n_option_rows) : NULL;
    int code = error_set(p->d, p->err, -EINVAL, "unknown option --%s%s%s%s", name ? name : "",
                         hint ? "; did you mean --" : "", hint ? hint : "", hint ? "?" : "");
    mem_free(name);
    return code;
}

static bool is_choice(const char *choices, const char *value)
{
    size_t n = strlen(value);
    for (const char *p = choices; *p; p += strcspn(p, " "), p += *p == ' ') {
        if (strcspn(p, " ") == n && strncmp(p, value, n) == 0) {
            return true;
        }
    }
    return false;
}

static int set_number(struct parser *p, const struct option_row *row, const char *value)
{
    int64_t number;
    int code = go_parse_int(p->d, "ParseInt", value, 10, 64, &number, NULL);
    if (code || number < row->min || number > row->max) {
        return error_set(p->d, p->err, -EINVAL, "--%s: \"%s\" is no number from %lld to %lld",
                         row->name, value, (long long)row->min, (long long)row->max);
    }
    *(int64_t *)(void *)((char *)p->o + row->offset) = number;
    return 0;
}

static int set_flag(struct parser *p, const struct option_row *row, const char *value)
{
    bool *field = (bool *)(void *)((char *)p->o + row->offset);
    if (value && strcmp(value, "true") != 0 && strcmp(value, "false") != 0) {
        return error_set(p->d, p->err, -EINVAL, "--%s: \"%s\" is neither true nor false", row->name,
                         value);
    }
    *field = !value || value[0] == 't';
    return 0;
}

static int set(struct parser *p, const struct option_row *row, const char *value)
{
    p->o->given[row - option_rows] = true;
    void *field = (char *)p->o + row->offset;
    switch (row->type) {
    case OPTION_FLAG:
        return set_flag(p, row, value);
    case OPTION_NUMBER:
        return set_number(p, row, value);
    case OPTION_LIST:
        return ptrvec_push(field, (void *)value);
    case OPTION_CHOICE:
        if (!is_choice(row->choices, value)) {
            return error_set(p->d, p->err, -EINVAL, "--%s: \"%s\" is none of: %s", row->name, value,
                             row->choices);
        }
        break;
    default:
        break;
    }
    *(const char **)field = value;
    return 0;
}

/* `value` NULL: it stands in the next word. */
static int take(struct parser *p, const struct option_row *row, const char *value)
{
    if (!(row->commands & 1u << p->o->command)) {
        return error_set(p->d, p->err, -EINVAL, "--%s does not go with `simrun %s`", row->name,
                         commands[p->o->command].name);
    }
    if (row->type != OPTION_FLAG && !value) {
        if (p->at >= p->argc) {
            return error_set(p->d, p->err, -EINVAL, "--%s needs a value: %s", row->name, row->arg);
        }
        value = p->argv[p->at++];
    }
    return set(p, row, value);
}

static int long_option(struct parser *p, const char *word)
{
    size_t n = strcspn(word, "=");
    for (size_t i = 0; i < n_option_rows; i++) {
        const struct option_row *row = &option_rows[i];
        if (strlen(row->name) == n && strncmp(row->name, word, n) == 0) {
            return take(p, row, word[n] ? word + n + 1 : NULL);
        }
    }
    return unknown(p, word, n);
}

static const struct option_row *find_letter(char letter)
{
    for (size_t i = 0; i < n_option_rows; i++) {
        if (option_rows[i].letter == letter) {
            return &option_rows[i];
        }
    }
    return NULL;
}

/* Letters may stand together; one that takes a value takes the rest of the word. */
static int short_options(struct parser *p, const char *word)
{
    for (; *word; word++) {
        const struct option_row *row = find_letter(*word);
        if (!row) {
            return error_set(p->d, p->err, -EINVAL, "unknown option -%c", *word);
        }
        bool flag = row->type == OPTION_FLAG;
        int code = take(p, row, !flag && word[1] ? word + 1 : NULL);
        if (code || !flag) {
            return code;
        }
    }
    return 0;
}

static int check_words(struct parser *p)
{
    const struct cli_options *o = p->o;
    const struct command *c = &commands[o->command];
    size_t min = o->resume ? 0 : c->min_words, max = o->resume ? 1 : c->max_words;
    if (o->help || (o->words.n >= min && o->words.n <= max)) {
        return 0;
    }
    return error_set(p->d, p->err, -EINVAL, "%s: usage: simrun %s",
                     o->words.n < min ? "something is missing" : "too many words",
                     o->resume ? "--resume [RUN]" : c->usage);
}

/* Does this option, or the last of these letters, take the next word as its value? */
static bool takes_next(const char *word)
{
    for (size_t i = 0; word[1] == '-' && i < n_option_rows; i++) {
        if (strcmp(option_rows[i].name, word + 2) == 0) {
            return option_rows[i].type != OPTION_FLAG;
        }
    }
    for (const char *p = word + 1; word[1] != '-' && *p; p++) {
        const struct option_row *row = find_letter(*p);
        if (!row || row->type != OPTION_FLAG) {
            return row && p[1] == '\0';
        }
    }
    return false;
}

/* A first word that is a subcommand is one; any other is a PATH. Options may stand before it. */
static void find_command(struct parser *p)
{
    p->o->command = COMMAND_RUN;
    for (int i = 1; i < p->argc; i++) {
        const char *word = p->argv[i];
        if (word[0] == '-' && word[1] != '\0') {
            if (strcmp(word, "--") == 0) {
                return;
            }
            i += takes_next(word);
            continue;
        }
        enum command_id id = command_find(word);
        if (id != COMMAND_COUNT) {
            p->o->command = id;
            p->command_at = i;
        }
        return;
    }
}

int cli_options_parse(struct domain *d, int argc, char *const *argv, struct cli_options *ret,
                      struct error *err)
{
    struct parser p = {.d = d, .o = ret, .err = err, .argv = argv, .argc = argc, .at = 1};
    bool only_words = false;
    int code = 0;
    find_command(&p);
    while (code == 0 && p.at < argc) {
        const char *word = argv[p.at++];
        if (p.at - 1 == p.command_at) {
            continue;
        }
        if (only_words || word[0] != '-' || word[1] == '\0') {
            code = ptrvec_push(&ret->words, (void *)word);
        } else if (strcmp(word, "--") == 0) {
            only_words = true;
        } else if (word[1] == '-') {
            code = long_option(&p, word + 2);
        } else {
            code = short_options(&p, word + 1);
        }
    }
    return code ? code : check_words(&p);
}
