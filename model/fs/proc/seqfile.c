/* Generated files, record by record (contract filesystems 7.9). */
#include "seqfile.h"

void seq_out_init(struct seq_out *out, struct domain *d)
{
    *out = (struct seq_out){0};
    str_init(&out->text, d);
}

void seq_out_release(struct seq_out *out)
{
    str_release(&out->text);
    mem_free(out->records);
    out->records = NULL;
    out->n = out->cap = 0;
}

int seq_out_cut_at(struct seq_out *out, uint64_t handle)
{
    struct domain *d = out->text.d;
    if (domain_dead(d)) {
        return CODE_FATE;
    }
    if (out->n == out->cap) {
        size_t cap = out->cap ? 2 * out->cap : 4;
        void *p = mem_resize(d, out->records, out->cap, cap, sizeof(*out->records), "seq records");
        if (!p) {
            return CODE_FATE;
        }
        out->records = p;
        out->cap = cap;
    }
    out->records[out->n++] = (struct seq_record){out->text.n, handle};
    return 0;
}

int seq_out_cut(struct seq_out *out)
{
    return seq_out_cut_at(out, out->n ? out->records[out->n - 1].handle + 1 : 1);
}

void seq_release(struct seq *q)
{
    if (q->kept.text.d) {
        seq_out_release(&q->kept);
    }
}

/* Where record `i` begins. */
static size_t record_start(const struct seq_out *out, size_t i)
{
    return i ? out->records[i - 1].end : 0;
}

/* The record that holds byte `off`, or out->n past the end. Empty records hold none. */
static size_t find_record(const struct seq_out *out, uint64_t off)
{
    size_t i = 0;
    while (i < out->n && off >= out->records[i].end) {
        i++;
    }
    return i;
}

/* Forget the records from `i` on and ask the source for those after the one before. */
static int update(struct ctx *c, struct seq *q, const struct seq_source *source, void *arg,
                  size_t i)
{
    uint64_t after = i ? q->kept.records[i - 1].handle : 0;
    q->kept.text.n = record_start(&q->kept, i);
    q->kept.n = i;
    int rc = source->read(c, arg, after, &q->kept, &q->generation);
    return rc || domain_dead(&c->s->d) ? CODE_FATE : 0;
}

/* Step 1: the place of `off`; at the end the source is asked for more. *updated tells whether it
 * was. */
static int locate(struct ctx *c, struct seq *q, const struct seq_source *source, void *arg,
                  int64_t off, size_t *ret, bool *updated)
{
    *updated = false;
    *ret = find_record(&q->kept, (uint64_t)off);
    if (*ret < q->kept.n || !source->needs_update(arg, q->generation)) {
        return 0;
    }
    int rc = update(c, q, source, arg, q->kept.n);
    *updated = true;
    *ret = find_record(&q->kept, (uint64_t)off);
    return rc;
}

static size_t copy_range(const struct seq_out *out, size_t from, size_t to, char *buf, size_t len)
{
    size_t n = to - from < len ? to - from : len;
    if (n) {
        memcpy(buf, out->text.p + from, n);
    }
    return n;
}

int seq_read(struct ctx *c, struct seq *q, const struct seq_source *source, void *arg, int64_t off,
             char *buf, size_t len, size_t *n)
{
    if (off < 0) {
        return -EINVAL;
    }
    if (!q->kept.text.d) {
        seq_out_init(&q->kept, &c->s->d);
    }
    int64_t last_read = q->last_read;
    q->last_read = off;
    size_t i, done = 0;
    bool updated;
    int rc = locate(c, q, source, arg, off, &i, &updated);
    if (rc) {
        return rc;
    }
    if (i == q->kept.n) {
        *n = 0;
        return 0;
    }
    if ((size_t)off > record_start(&q->kept, i)) { /* 2: the rest of a record that was begun */
        done = copy_range(&q->kept, (size_t)off, q->kept.records[i].end, buf, len);
        if (done == len) {
            *n = done;
            return 0;
        }
        i++;
    }
    if (!updated && (source->needs_update(arg, q->generation) || last_read > off)) {
        rc = update(c, q, source, arg, i);
        if (rc) {
            return rc;
        }
    }
    done += copy_range(&q->kept, record_start(&q->kept, i), q->kept.text.n, buf + done, len - done);
    *n = done;
    return 0;
}
