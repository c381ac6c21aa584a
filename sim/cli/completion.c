/* Completion scripts, from the tables. Names of cases, runs and queries are asked of simrun itself
 * when needed. */
#include "manual.h"

#include "manual_text.h"

const char *const manual_shells[] = {"bash", "zsh", "fish", NULL};

static bool takes_file(const struct option_row *row)
{
    static const char *const args[] = {"FILE", "PATH", "DIR", "FORMAT=FILE"};
    for (size_t i = 0; row->arg && i < ARRAY_LEN(args); i++) {
        if (strcmp(row->arg, args[i]) == 0) {
            return true;
        }
    }
    return false;
}

static bool is_arg(const struct option_row *row, const char *arg)
{
    return row->arg && strcmp(row->arg, arg) == 0;
}

static void put_profiles(FILE *out)
{
    for (int i = 0; i < PROFILE_COUNT; i++) {
        (void)fprintf(out, "%s%s", i ? " " : "", profile_name((enum profile)i));
    }
}

static void put_shells(FILE *out)
{
    for (size_t i = 0; manual_shells[i]; i++) {
        (void)fprintf(out, "%s%s", i ? " " : "", manual_shells[i]);
    }
}

static void put_commands(FILE *out, const char *separator)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)fprintf(out, "%s%s", i ? separator : "", commands[i].name);
    }
}

/* The shell words that list what a database has, in every shell. */
static const char ask_cases[] = "simrun query --format csv 'SELECT name FROM result WHERE run = "
                                "(SELECT max(id) FROM run)' 2>/dev/null | tail -n +2";
static const char ask_runs[] =
    "{ echo latest; simrun query --format csv 'SELECT id FROM run' 2>/dev/null | tail -n +2; }";
static const char ask_queries[] = "simrun query 2>/dev/null | cut -d' ' -f1";
static const char ask_formats[] = "simrun report 2>/dev/null | cut -d' ' -f1";
static const char p9_actions[] = "ls stat cat tree put bench";

/* The command that lists the words of a kind; NULL = the shell's own files, "" = none. */
static const char *ask_words(enum manual_words words)
{
    static const char *const ask[] = {
        [WORDS_NONE] = "",
        [WORDS_CASES] = ask_cases,
        [WORDS_RUNS] = ask_runs,
        [WORDS_QUERIES] = ask_queries,
        [WORDS_FORMATS] = ask_formats,
    };
    return words == WORDS_PATHS ? NULL : words < ARRAY_LEN(ask) && ask[words] ? ask[words] : "";
}

/* ---------------------------------------------------------------------------------------- bash */

static void bash_value(FILE *out, const struct option_row *row)
{
    if (row->type == OPTION_FLAG) {
        return;
    }
    (void)fprintf(out, "    --%s", row->name);
    if (row->letter) {
        (void)fprintf(out, " | -%c", row->letter);
    }
    (void)fputs(") ", out);
    if (row->type == OPTION_CHOICE) {
        (void)fprintf(out, "COMPREPLY=($(compgen -W '%s' -- \"$cur\"))", row->choices);
    } else if (is_arg(row, "P")) {
        (void)fputs("COMPREPLY=($(compgen -W '", out);
        put_profiles(out);
        (void)fputs("' -- \"$cur\"))", out);
    } else if (is_arg(row, "RUN")) {
        (void)fprintf(out, "COMPREPLY=($(compgen -W \"$(%s)\" -- \"$cur\"))", ask_runs);
    } else if (takes_file(row)) {
        (void)fputs("compopt -o default; COMPREPLY=()", out);
    } else {
        (void)fputs("COMPREPLY=()", out);
    }
    (void)fputs("; return ;;\n", out);
}

static void bash_options(FILE *out, size_t command)
{
    (void)fprintf(out, "    %s) options='", commands[command].name);
    for (size_t i = 0; i < n_option_rows; i++) {
        if (option_rows[i].commands & 1u << command) {
            (void)fprintf(out, " --%s", option_rows[i].name);
        }
    }
    (void)fputs("' ;;\n", out);
}

static void bash_words(FILE *out, size_t command)
{
    enum manual_words words = manual[command].words;
    const char *ask = ask_words(words);
    (void)fprintf(out, "    %s) ", commands[command].name);
    if (!ask) {
        (void)fputs("compopt -o default; COMPREPLY=()", out);
        if (command == COMMAND_RUN) {
            (void)fputs("; [[ $cur == */* ]] || COMPREPLY=($(compgen -W \"$commands\" -- \"$cur\") "
                        "$(compgen -f -- \"$cur\"))",
                        out);
        }
    } else if (words == WORDS_COMMANDS) {
        (void)fputs("COMPREPLY=($(compgen -W \"$commands\" -- \"$cur\"))", out);
    } else if (words == WORDS_SHELLS) {
        (void)fputs("COMPREPLY=($(compgen -W '", out);
        put_shells(out);
        (void)fputs("' -- \"$cur\"))", out);
    } else if (words == WORDS_ACTIONS) {
        (void)fprintf(out, "COMPREPLY=($(compgen -W '%s' -- \"$cur\"))", p9_actions);
    } else if (words == WORDS_FORMATS) {
        (void)fprintf(out,
                      "COMPREPLY=($(compgen -W \"$(%s; ((COMP_CWORD == i + 1)) || %s)\" -- "
                      "\"$cur\"))",
                      ask, ask_cases);
    } else if (*ask) {
        (void)fprintf(out, "COMPREPLY=($(compgen -W \"$(%s)\" -- \"$cur\"))", ask);
    } else {
        (void)fputs("COMPREPLY=()", out);
    }
    (void)fputs(" ;;\n", out);
}

static void print_bash(FILE *out)
{
    (void)fputs("# bash completion for simrun\n"
                "_simrun()\n{\n"
                "    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} "
                "command=run i options commands\n"
                "    commands='",
                out);
    put_commands(out, " ");
    (void)fputs("'\n"
                "    if [[ $cur == = ]]; then cur=; elif [[ $prev == = ]]; then "
                "prev=${COMP_WORDS[COMP_CWORD-2]}; fi\n"
                "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
                "        if [[ \" $commands \" == *\" ${COMP_WORDS[i]} \"* ]]; then "
                "command=${COMP_WORDS[i]}; break; fi\n"
                "    done\n"
                "    case $prev in\n",
                out);
    for (size_t i = 0; i < n_option_rows; i++) {
        bash_value(out, &option_rows[i]);
    }
    (void)fputs("    esac\n    case $command in\n", out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        bash_options(out, i);
    }
    (void)fputs("    esac\n"
                "    if [[ $cur == -* ]]; then COMPREPLY=($(compgen -W \"$options\" -- \"$cur\")); "
                "return; fi\n"
                "    case $command in\n",
                out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        bash_words(out, i);
    }
    (void)fputs("    esac\n}\ncomplete -F _simrun simrun\n", out);
}

/* ------------------------------------------------------------------------------ zsh and fish */

/* Inside single quotes; what _arguments reads as its own is left out. */
static void put_quoted(FILE *out, const char *text, const char *drop)
{
    for (; *text; text++) {
        if (*text == '\'') {
            (void)fputs("'\\''", out);
        } else if (!strchr(drop, *text)) {
            (void)fputc(*text, out);
        }
    }
}

static void zsh_option(FILE *out, const struct option_row *row)
{
    (void)fprintf(out, "      '%s--%s%s[", row->type == OPTION_LIST ? "*" : "", row->name,
                  row->type == OPTION_FLAG ? "" : "=");
    put_quoted(out, row->help, "[]:");
    (void)fputc(']', out);
    if (row->type != OPTION_FLAG) {
        (void)fputs(":", out);
        put_quoted(out, row->arg, "[]:");
        (void)fputc(':', out);
    }
    if (row->type == OPTION_CHOICE) {
        (void)fprintf(out, "(%s)", row->choices);
    } else if (is_arg(row, "P")) {
        (void)fputc('(', out);
        put_profiles(out);
        (void)fputc(')', out);
    } else if (is_arg(row, "RUN")) {
        (void)fputs("_simrun_runs", out);
    } else if (takes_file(row)) {
        (void)fputs("_files", out);
    }
    (void)fputs("' \\\n", out);
}

static void zsh_words(FILE *out, size_t command)
{
    static const char *const function[] = {
        [WORDS_CASES] = "_simrun_cases",       [WORDS_RUNS] = "_simrun_runs",
        [WORDS_QUERIES] = "_simrun_queries",   [WORDS_FORMATS] = "_simrun_cases",
        [WORDS_COMMANDS] = "_simrun_commands", [WORDS_PATHS] = "_files",
    };
    enum manual_words words = manual[command].words;
    (void)fputs(words == WORDS_FORMATS ? "      '1:format:_simrun_formats' '*:case:"
                                       : "      '*:word:",
                out);
    if (words == WORDS_SHELLS) {
        (void)fputc('(', out);
        put_shells(out);
        (void)fputc(')', out);
    } else if (words == WORDS_ACTIONS) {
        (void)fprintf(out, "(%s)", p9_actions);
    } else if (words < ARRAY_LEN(function) && function[words]) {
        (void)fputs(function[words], out);
    } else {
        (void)fputs("( )", out);
    }
    (void)fputs("' ;;\n", out);
}

static void zsh_function(FILE *out, const char *name, const char *ask)
{
    (void)fprintf(out, "%s() { local -a words; words=(${(f)\"$(%s)\"}); compadd -a words }\n", name,
                  ask);
}

static void print_zsh(FILE *out)
{
    (void)fputs("#compdef simrun\n_simrun_commands() { local -a words; words=(", out);
    put_commands(out, " ");
    (void)fputs("); compadd -a words }\n", out);
    zsh_function(out, "_simrun_cases", ask_cases);
    zsh_function(out, "_simrun_runs", ask_runs);
    zsh_function(out, "_simrun_queries", ask_queries);
    zsh_function(out, "_simrun_formats", ask_formats);
    (void)fputs("_simrun() {\n"
                "  local command=run word\n"
                "  for word in ${words[2,CURRENT-1]}; do\n"
                "    case $word in\n      ",
                out);
    put_commands(out, "|");
    (void)fputs(
        ") command=$word; break ;;\n    esac\n  done\n"
        "  if [[ $CURRENT -eq 2 && $PREFIX != -* ]]; then _simrun_commands; _files; return; fi\n"
        "  [[ $words[2] == $command ]] && shift words && (( CURRENT-- ))\n"
        "  case $command in\n",
        out);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)fprintf(out, "    %s) _arguments -s \\\n", commands[i].name);
        for (size_t k = 0; k < n_option_rows; k++) {
            if (option_rows[k].commands & 1u << i) {
                zsh_option(out, &option_rows[k]);
            }
        }
        zsh_words(out, i);
    }
    (void)fputs("  esac\n}\ncompdef _simrun simrun\n", out);
}

static void fish_option(FILE *out, size_t command, const struct option_row *row)
{
    (void)fputs("complete -c simrun ", out);
    if (command == COMMAND_RUN) {
        (void)fputs("-n '__simrun_command run' ", out);
    } else {
        (void)fprintf(out, "-n '__simrun_command %s' ", commands[command].name);
    }
    (void)fprintf(out, "-l %s", row->name);
    if (row->letter) {
        (void)fprintf(out, " -s %c", row->letter);
    }
    if (row->type == OPTION_CHOICE) {
        (void)fprintf(out, " -x -a '%s'", row->choices);
    } else if (is_arg(row, "P")) {
        (void)fputs(" -x -a '", out);
        put_profiles(out);
        (void)fputc('\'', out);
    } else if (is_arg(row, "RUN")) {
        (void)fputs(" -x -a '(__simrun_runs)'", out);
    } else if (row->type != OPTION_FLAG) {
        (void)fputs(takes_file(row) ? " -r" : " -x", out);
    }
    (void)fputs(" -d '", out);
    put_quoted(out, row->help, "");
    (void)fputs("'\n", out);
}

static void fish_words(FILE *out, size_t command)
{
    enum manual_words words = manual[command].words;
    const char *ask = ask_words(words);
    if (!ask) {
        return; /* files are what fish offers by itself */
    }
    (void)fprintf(out, "complete -c simrun -f -n '__simrun_command %s'", commands[command].name);
    if (words == WORDS_SHELLS) {
        (void)fputs(" -a '", out);
        put_shells(out);
        (void)fputc('\'', out);
    } else if (words == WORDS_ACTIONS) {
        (void)fprintf(out, " -a '%s'", p9_actions);
    } else if (words == WORDS_COMMANDS) {
        (void)fputs(" -a '", out);
        put_commands(out, " ");
        (void)fputc('\'', out);
    } else if (*ask) {
        (void)fprintf(out, " -a '(__simrun_%s)'",
                      words == WORDS_CASES     ? "cases"
                      : words == WORDS_RUNS    ? "runs"
                      : words == WORDS_QUERIES ? "queries"
                                               : "formats; __simrun_cases");
    }
    (void)fputc('\n', out);
}

static void print_fish(FILE *out)
{
    (void)fputs("# fish completion for simrun\nset -g __simrun_commands ", out);
    put_commands(out, " ");
    (void)fprintf(out,
                  "\nfunction __simrun_command\n"
                  "    set -l words (commandline -opc)\n"
                  "    for word in $words[2..-1]\n"
                  "        if contains -- $word $__simrun_commands\n"
                  "            test $word = $argv[1]\n"
                  "            return\n"
                  "        end\n"
                  "    end\n"
                  "    test $argv[1] = run\n"
                  "end\n"
                  "function __simrun_cases\n    %s\nend\n"
                  "function __simrun_runs\n    begin; echo latest; simrun query --format csv "
                  "'SELECT id FROM run' 2>/dev/null | tail -n +2; end\nend\n"
                  "function __simrun_queries\n    %s\nend\n"
                  "function __simrun_formats\n    %s\nend\n",
                  ask_cases, ask_queries, ask_formats);
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        (void)fprintf(out,
                      "complete -c simrun -n 'test (count (commandline -opc)) -eq 1' -a %s -d '",
                      commands[i].name);
        put_quoted(out, commands[i].about, "");
        (void)fputs("'\n", out);
        for (size_t k = 0; k < n_option_rows; k++) {
            if (option_rows[k].commands & 1u << i) {
                fish_option(out, i, &option_rows[k]);
            }
        }
        fish_words(out, i);
    }
}

int completion_print(FILE *out, const char *shell)
{
    static void (*const print[])(FILE * out) = {print_bash, print_zsh, print_fish};
    for (size_t i = 0; manual_shells[i]; i++) {
        if (strcmp(shell, manual_shells[i]) == 0) {
            print[i](out);
            return 0;
        }
    }
    return -EINVAL;
}
