/*
 * The line discipline (contract filesystems 5): what one end writes becomes what the other end
 * reads. Signals, erase and kill do not exist in the original.
 */
#include "devpts_private.h"

#include <termios.h>

enum { CANON_MAX = 4096, NON_CANON_MAX = CANON_MAX - 1, TAB_WIDTH = 8, EOF_CHAR = 4 };

void tty_line_init(struct tty_line *line, struct domain *d)
{
    *line = (struct tty_line){
        .d = d,
        .termios = {.iflag = ICRNL | IXON,
                    .oflag = OPOST | ONLCR,
                    .cflag = B38400 | CS8 | CREAD,
                    .lflag = ISIG | ICANON | ECHO | ECHOE | ECHOK | ECHOCTL | ECHOKE | IEXTEN,
                    .veof = EOF_CHAR},
    };
    str_init(&line->in.ready, d);
    str_init(&line->in.wait, d);
    str_init(&line->out.ready, d);
    str_init(&line->out.wait, d);
}

void tty_line_release(struct tty_line *line)
{
    str_release(&line->in.ready);
    str_release(&line->in.wait);
    str_release(&line->out.ready);
    str_release(&line->out.wait);
}

static bool is_canonical(const struct tty_line *line)
{
    return line->termios.lflag & ICANON;
}

static bool is_eof(const struct tty_line *line, char ch)
{
    return (uint8_t)ch == line->termios.veof && line->termios.veof;
}

static bool ends_line(const struct tty_line *line, char ch)
{
    const struct tty_termios *t = &line->termios;
    if (ch == '\0') { /* a disabled control character */
        return false;
    }
    return ch == '\n' || is_eof(line, ch) || (uint8_t)ch == t->veol ||
           ((t->lflag & IEXTEN) && (uint8_t)ch == t->veol2);
}

/* CR and NL on the way in. False: the byte is dropped. */
static bool map_input(const struct tty_line *line, char *ch)
{
    tcflag_t flags = line->termios.iflag;
    if (*ch == '\r') {
        if (flags & IGNCR) {
            return false;
        }
        *ch = flags & ICRNL ? '\n' : '\r';
    } else if (*ch == '\n' && (flags & INLCR)) {
        *ch = '\r';
    }
    return true;
}

/* Input goes raw to the output queue. */
static void echo(struct tty_line *line, char ch)
{
    if (line->termios.lflag & ECHO) {
        str_addc(&line->out.ready, ch);
        line->out.readable = true;
    }
}

/* Moves bytes into the input's read buffer as far as they go now; returns how many were used up. */
static size_t process_input(struct tty_line *line, const char *buf, size_t len)
{
    struct tty_queue *q = &line->in;
    bool canonical = is_canonical(line);
    if (canonical && q->readable) {
        return 0; /* a line waits to be read */
    }
    size_t max = canonical ? CANON_MAX : NON_CANON_MAX, used = 0;
    while (used < len && q->ready.n < max) {
        char ch = buf[used];
        if (!map_input(line, &ch)) {
            used++;
            continue;
        }
        /* The last place of a line is for its end. */
        if (canonical && q->ready.n >= CANON_MAX - 1 && !ends_line(line, ch)) {
            used++;
            continue;
        }
        used++;
        if (canonical && is_eof(line, ch)) {
            q->readable = true;
            break;
        }
        str_addc(&q->ready, ch);
        echo(line, ch);
        if (canonical && ends_line(line, ch)) {
            q->readable = true;
            break;
        }
    }
    if (!canonical && q->ready.n > 0) {
        q->readable = true;
    }
    return used;
}

/* One byte on the way out, with output processing on. */
static void put_output(struct tty_line *line, char ch)
{
    struct str *out = &line->out.ready;
    tcflag_t flags = line->termios.oflag;
    if (ch == '\n') {
        line->column = flags & ONLRET ? 0 : line->column;
        str_add(out, flags & ONLCR ? "\r\n" : "\n");
    } else if (ch == '\r') {
        if ((flags & ONOCR) && line->column == 0) {
            return;
        }
        if (!(flags & OCRNL) || (flags & ONLRET)) {
            line->column = 0;
        }
        str_addc(out, flags & OCRNL ? '\n' : '\r');
    } else if (ch == '\t') {
        line->column += TAB_WIDTH - line->column % TAB_WIDTH;
        str_add(out, (flags & TABDLY) == XTABS ? "        " : "\t");
    } else {
        line->column += ch == '\b' ? (line->column > 0 ? -1U : 0) : 1;
        str_addc(out, ch);
    }
}

/* Output is never canonical: all of it becomes readable. */
static size_t process_output(struct tty_line *line, const char *buf, size_t len)
{
    if (!(line->termios.oflag & OPOST)) {
        str_addn(&line->out.ready, buf, len);
    } else {
        for (size_t i = 0; i < len; i++) {
            put_output(line, buf[i]);
        }
    }
    line->out.readable = line->out.ready.n > 0;
    return len;
}

static size_t process(struct tty_line *line, struct tty_queue *q, const char *buf, size_t len)
{
    return q == &line->in ? process_input(line, buf, len) : process_output(line, buf, len);
}

/* Drop the first `n` bytes. */
static void consume(struct str *s, size_t n)
{
    if (n > 0) {
        memmove(s->p, s->p + n, s->n - n);
        s->n -= n;
    }
}

static void push_waiting(struct tty_line *line, struct tty_queue *q)
{
    if (q->wait.n > 0) {
        consume(&q->wait, process(line, q, q->wait.p, q->wait.n));
    }
}

int tty_line_read(struct tty_line *line, struct tty_queue *q, char *buf, size_t len, size_t *n)
{
    if (!q->readable) {
        return ERR_WOULD_BLOCK;
    }
    size_t count = len < CANON_MAX ? len : CANON_MAX;
    count = count < q->ready.n ? count : q->ready.n;
    if (count > 0) {
        memcpy(buf, q->ready.p, count);
    }
    consume(&q->ready, count);
    if (q->ready.n == 0) {
        q->readable = false;
    }
    push_waiting(line, q);
    if (domain_dead(line->d)) {
        return CODE_FATE;
    }
    *n = count;
    return 0;
}

int tty_line_write(struct tty_line *line, struct tty_queue *q, const char *buf, size_t len,
                   size_t *n)
{
    /* What waits comes first. */
    size_t used = q->wait.n ? 0 : process(line, q, buf, len);
    str_addn(&q->wait, buf + used, len - used);
    if (domain_dead(line->d)) {
        return CODE_FATE;
    }
    *n = len;
    return 0;
}

int tty_line_set(struct tty_line *line, const struct tty_termios *t)
{
    bool was_canonical = is_canonical(line);
    line->termios = *t;
    if (was_canonical && !is_canonical(line)) {
        push_waiting(line, &line->in);
        line->in.readable = line->in.ready.n > 0;
    }
    return domain_dead(line->d) ? CODE_FATE : 0;
}
