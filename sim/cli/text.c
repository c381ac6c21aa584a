/* Output that is safe for terminals, and complaints. */
#include "cli.h"

#include <poll.h>

static int write_file(void *arg, const char *data, size_t size)
{
    FILE *out = arg;
    errno = 0;
    if (fwrite(data, 1, size, out) == size) {
        return 0;
    }
    return errno ? -errno : -EIO;
}

struct rep_sink cli_sink(FILE *out, unsigned width, bool colour)
{
    return (struct rep_sink){.write = write_file, .arg = out, .width = width, .colour = colour};
}

void print_escaped(FILE *out, const char *text)
{
    struct rep_sink sink = cli_sink(out, 0, false);
    (void)rep_escape(&sink, text, strlen(text));
}

/* One cell on its way: only as many columns as there are left. */
struct cell {
    FILE *out;
    size_t left;
};

static bool starts_character(char c)
{
    return ((unsigned char)c & 0xc0) != 0x80;
}

static int write_cell(void *arg, const char *data, size_t size)
{
    struct cell *cell = arg;
    for (size_t i = 0; i < size; i++) {
        if (starts_character(data[i])) {
            if (cell->left == 0) {
                return 1;
            }
            cell->left--;
        }
        (void)fputc(data[i], cell->out);
    }
    return 0;
}

static int count_columns(void *arg, const char *data, size_t size)
{
    size_t *n = arg;
    for (size_t i = 0; i < size; i++) {
        *n += starts_character(data[i]);
    }
    return 0;
}

/* At most so many columns; how many the whole text would take. */
static size_t cut(FILE *out, const char *text, size_t columns)
{
    size_t n = 0;
    struct rep_sink count = {.write = count_columns, .arg = &n};
    (void)rep_escape(&count, text, strlen(text));
    bool too_long = n > columns;
    struct cell cell = {out, too_long && columns > 2 ? columns - 2 : columns};
    struct rep_sink sink = {.write = write_cell, .arg = &cell};
    (void)rep_escape(&sink, text, strlen(text));
    if (too_long) {
        (void)fputs(columns > 2 ? ".." : "", out);
    }
    return n;
}

void print_cell(FILE *out, const char *text, size_t columns)
{
    for (size_t n = cut(out, text, columns); n < columns; n++) {
        (void)fputc(' ', out);
    }
}

void print_cut(FILE *out, const char *text, size_t columns)
{
    (void)cut(out, text, columns);
}

static int add_to_str(void *arg, const char *data, size_t size)
{
    str_addn(arg, data, size);
    return 0;
}

size_t fitting(const char *p, size_t columns)
{
    size_t n = 0, used = 0, blank = 0;
    for (; p[n] && used < columns + 1; n++) {
        used += starts_character(p[n]);
        blank = p[n] == ' ' ? n : blank;
    }
    while (p[n] && !starts_character(p[n])) {
        n++;
    }
    return !p[n] && used <= columns ? n : blank ? blank : n > 1 ? n - 1 : 1;
}

/* `first` in place of the first line's indent; both trusted. */
static void wrap(const struct cli *c, FILE *out, const char *first, unsigned indent,
                 const char *text)
{
    struct str s;
    str_init(&s, c->d);
    struct rep_sink sink = {.write = add_to_str, .arg = &s};
    (void)rep_escape(&sink, text, strlen(text));
    const char *p = str_get(&s);
    size_t width = c->env->width ? c->env->width : 80;
    for (size_t used = strlen(first); *p; used = indent) {
        size_t n = fitting(p, width > used ? width - used : 1);
        (void)fprintf(out, "%-*s%.*s\n", (int)used, first, (int)n, p);
        first = "";
        p += n;
        p += strspn(p, " ");
    }
    str_release(&s);
}

void print_wrapped(const struct cli *c, FILE *out, const char *text)
{
    wrap(c, out, "  ", 4, text);
}

void print_labelled(const struct cli *c, FILE *out, const char *label, const char *text)
{
    wrap(c, out, label, (unsigned)strlen(label), text);
}

int complain(const struct cli *c, int code, const char *fmt, ...)
{
    va_list ap;
    va_start(ap, fmt);
    char *text = mem_vprintf(c->d, fmt, ap);
    va_end(ap);
    (void)fputs("simrun: ", c->env->err);
    print_escaped(c->env->err, text ? text : "out of memory");
    (void)fputc('\n', c->env->err);
    mem_free(text);
    return code;
}

static bool is_shortage(int code)
{
    return code == CODE_FATE || code == -ENOMEM || code == -EAGAIN || code == -EMFILE ||
           code == -ENFILE;
}

int input_trouble(const struct cli *c, int code, struct error *err)
{
    const char *text = err->text           ? err->text
                       : code == CODE_FATE ? "out of memory"
                                           : code_text(code);
    int exit_code = complain(c, is_shortage(code) ? EXIT_HARNESS : EXIT_USAGE, "%s", text);
    error_release(err);
    return exit_code;
}

/* Has the reader of a pipe gone? Asked of the pipe itself, for the write that failed is long past.
 */
static bool nobody_reads(FILE *out)
{
    struct pollfd p = {.fd = fileno(out), .events = POLLOUT};
    return p.fd >= 0 && poll(&p, 1, 0) > 0 && (p.revents & POLLERR);
}

int finish_output(const struct cli *c)
{
    errno = 0;
    if (fflush(c->env->out) == 0 && !ferror(c->env->out)) {
        return 0;
    }
    int code = -errno;
    if (nobody_reads(c->env->out)) {
        return EXIT_PIPE;
    }
    return complain(c, EXIT_HARNESS, "standard output: %s",
                    code ? code_text(code) : "write failed");
}

const char *shade(const struct cli *c, const char *sequence)
{
    return c->colour ? sequence : "";
}

int cli_watch(const struct cli *c)
{
    return c->env->watch ? c->env->watch(c->env->arg) : -1;
}

void cli_unwatch(const struct cli *c)
{
    if (c->env->unwatch) {
        c->env->unwatch(c->env->arg);
    }
}

const char *cli_variable(const struct cli *c, const char *name)
{
    const char *value = c->env->variable ? c->env->variable(c->env->arg, name) : NULL;
    return value && *value ? value : NULL;
}
