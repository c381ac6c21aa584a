/* What a save consists of, as memory (contract vfs 24). */
#include <simrun/save.h>

void saved_ns_init(struct saved_ns *s, struct domain *d)
{
    *s = (struct saved_ns){.d = d};
    ptrvec_init(&s->owned, d);
}

void saved_ns_release(struct saved_ns *s)
{
    for (size_t i = 0; i < s->owned.n; i++) {
        mem_free(s->owned.p[i]);
    }
    ptrvec_release(&s->owned);
    mem_free(s->sources);
    mem_free(s->inodes);
    mem_free(s->dirents);
    saved_ns_init(s, s->d);
}

void *saver_alloc(struct saver *sv, size_t size)
{
    struct saved_ns *out = sv->out;
    void *p = mem_new(out->d, size ? size : 1, "saved data");
    if (p && ptrvec_push(&out->owned, p)) {
        return NULL;
    }
    return p;
}

char *saver_dup(struct saver *sv, const char *text)
{
    size_t n = strlen(text) + 1;
    char *copy = saver_alloc(sv, n);
    return copy ? memcpy(copy, text, n) : NULL;
}
