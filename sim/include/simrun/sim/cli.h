/*
 * cli: the command line of simrun, apart from the process: clocks, terminals and signals are given,
 * so that it can be tested.
 */
#ifndef SIMRUN_SIM_CLI_H
#define SIMRUN_SIM_CLI_H

#include <simrun/sim/subject.h>
#include <stdio.h>

enum cli_exit {
    EXIT_FINE = 0,
    EXIT_FAILED = 1,  /* a fail, xpass, crash or timeout, a regression, or what --fail-on names */
    EXIT_USAGE = 2,   /* a wrong command line or input, or nothing selected */
    EXIT_HARNESS = 3, /* simrun itself failed */
    EXIT_INTERRUPTED = 130,
    EXIT_PIPE = 141, /* nobody reads standard output any more */
};

/* The world around. Everything is borrowed. */
struct cli_env {
    FILE *out, *err;
    bool out_tty, err_tty;
    bool no_color;             /* NO_COLOR is set, or the terminal is dumb */
    unsigned width;            /* columns; 0 = 80 */
    unsigned cpus;             /* workers unless -j says otherwise */
    int64_t (*now)(void *arg); /* nanoseconds, never going back */
    /* Time of day as text, ISO 8601. */
    void (*wall)(void *arg, char ret[32]);
    /* A variable of the process's environment, or NULL. The function may be NULL: all unset. */
    const char *(*variable)(void *arg, const char *name);
    /* A number that nobody can foretell. NULL: 1. */
    uint64_t (*entropy)(void *arg);
    /* From now on a descriptor, always the same, tells when the user wants an end. NULL, or -1 =
     * never. */
    int (*watch)(void *arg);
    void (*stopping)(void *arg);   /* that was seen; may be NULL */
    void (*unwatch)(void *arg);    /* from now on who wants an end has it at once; may be NULL */
    void *arg;                     /* of the functions */
    const struct subject *subject; /* in place of the model; NULL = the model */
};

/* One whole run of the program. Returns an exit code. */
int cli_main(const struct cli_env *env, int argc, char *const *argv);

#endif
