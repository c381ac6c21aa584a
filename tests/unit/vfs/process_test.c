#include "process_test.h"

static const struct {
    uint32_t bit;
    const char *name;
} bits[] = {
    {IN_ACCESS, "ACCESS"},
    {IN_MODIFY, "MODIFY"},
    {IN_ATTRIB, "ATTRIB"},
    {IN_CLOSE_WRITE, "CLOSE_WRITE"},
    {IN_CLOSE_NOWRITE, "CLOSE_NOWRITE"},
    {IN_OPEN, "OPEN"},
    {IN_MOVED_FROM, "MOVED_FROM"},
    {IN_MOVED_TO, "MOVED_TO"},
    {IN_CREATE, "CREATE"},
    {IN_DELETE, "DELETE"},
    {IN_DELETE_SELF, "DELETE_SELF"},
    {IN_MOVE_SELF, "MOVE_SELF"},
    {IN_UNMOUNT, "UNMOUNT"},
    {IN_Q_OVERFLOW, "Q_OVERFLOW"},
    {IN_IGNORED, "IGNORED"},
    {IN_ISDIR, "ISDIR"},
};

static void add_mask(struct str *out, uint32_t mask)
{
    bool first = true;
    for (size_t i = 0; i < ARRAY_LEN(bits); i++) {
        if (mask & bits[i].bit) {
            str_addf(out, "%s%s", first ? "" : "+", bits[i].name);
            mask &= ~bits[i].bit;
            first = false;
        }
    }
    assert_int_equal(mask, 0);
}

/* One record; returns its size. */
static size_t add_record(struct str *out, const char *rec, size_t len)
{
    struct inotify_event ev;
    assert_true(len >= sizeof(ev));
    memcpy(&ev, rec, sizeof(ev));
    assert_int_equal(ev.len % INOTIFY_RECORD_SIZE, 0);
    assert_true(sizeof(ev) + ev.len <= len);
    str_addf(out, "%s%d ", out->n ? ", " : "", ev.wd);
    add_mask(out, ev.mask);
    if (ev.cookie) {
        str_addf(out, "#%u", ev.cookie);
    }
    if (ev.len) {
        const char *name = rec + sizeof(ev);
        assert_int_equal(name[ev.len - 1], '\0');
        str_addf(out, " %s", name);
    }
    return sizeof(ev) + ev.len;
}

char *take_events(struct world *w, struct file *f)
{
    struct str out;
    str_init(&out, &w->s.d);
    str_add(&out, "");
    size_t pending = 0, n = 0;
    assert_int_equal(sys_fionread(&w->p, f, &pending), 0);
    while (pending > 0) {
        char buf[4096];
        assert_int_equal(sys_read(&w->p, f, buf, sizeof(buf), &n), 0);
        for (size_t at = 0; at < n;) {
            at += add_record(&out, buf + at, n - at);
        }
        assert_true(n <= pending);
        pending -= n;
    }
    char byte[INOTIFY_RECORD_SIZE];
    assert_int_equal(sys_read(&w->p, f, byte, sizeof(byte), &n), -EAGAIN);
    return str_take(&out);
}

void assert_events(struct world *w, struct file *f, const char *expected)
{
    char *events = take_events(w, f);
    assert_string_equal(events ? events : "", expected);
    mem_free(events);
}
