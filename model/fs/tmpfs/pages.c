/* Pages of a sparse file. */
#include "tmpfs_private.h"

void pages_release(struct pages *pages)
{
    for (size_t i = 0; i < pages->n; i++) {
        mem_free(pages->p[i].bytes);
    }
    mem_free(pages->p);
    pages->p = NULL;
    pages->n = pages->cap = 0;
}

/* Index of the first page whose number is at least `number`. */
static size_t position(const struct pages *pages, uint64_t number)
{
    size_t low = 0, high = pages->n;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (pages->p[middle].number < number) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

static char *find(const struct pages *pages, uint64_t number)
{
    size_t i = position(pages, number);
    return i < pages->n && pages->p[i].number == number ? pages->p[i].bytes : NULL;
}

static int find_or_add(struct pages *pages, uint64_t number, char **ret)
{
    size_t i = position(pages, number);
    if (i < pages->n && pages->p[i].number == number) {
        *ret = pages->p[i].bytes;
        return 0;
    }
    if (pages->n == pages->cap) {
        size_t cap = pages->cap ? pages->cap * 2 : 4;
        struct page *p = mem_resize(pages->d, pages->p, pages->cap, cap, sizeof(*p), "tmpfs pages");
        if (!p) {
            return CODE_FATE;
        }
        pages->p = p;
        pages->cap = cap;
    }
    char *bytes = mem_new(pages->d, PAGE, "tmpfs page");
    if (!bytes) {
        return CODE_FATE;
    }
    memmove(&pages->p[i + 1], &pages->p[i], (pages->n - i) * sizeof(*pages->p));
    pages->p[i] = (struct page){.number = number, .bytes = bytes};
    pages->n++;
    *ret = bytes;
    return 0;
}

/* Bytes of the page at `off` that a range of `len` bytes from there takes up. */
static size_t share(uint64_t off, size_t len)
{
    size_t room = PAGE - (size_t)(off % PAGE);
    return len < room ? len : room;
}

void pages_read(const struct pages *pages, uint64_t off, char *buf, size_t len)
{
    for (size_t n; len > 0; off += n, buf += n, len -= n) {
        n = share(off, len);
        const char *bytes = find(pages, off / PAGE);
        if (bytes) {
            memcpy(buf, bytes + off % PAGE, n);
        } else {
            memset(buf, 0, n);
        }
    }
}

int pages_write(struct pages *pages, uint64_t off, const char *buf, size_t len)
{
    for (size_t n; len > 0; off += n, buf += n, len -= n) {
        n = share(off, len);
        char *bytes;
        int rc = find_or_add(pages, off / PAGE, &bytes);
        if (rc) {
            return rc;
        }
        memcpy(bytes + off % PAGE, buf, n);
    }
    return 0;
}

void pages_cut(struct pages *pages, uint64_t size)
{
    uint64_t keep = size / PAGE + (size % PAGE != 0);
    while (pages->n > 0 && pages->p[pages->n - 1].number >= keep) {
        mem_free(pages->p[--pages->n].bytes);
    }
    char *tail = size % PAGE ? find(pages, size / PAGE) : NULL;
    if (tail) {
        memset(tail + size % PAGE, 0, PAGE - (size_t)(size % PAGE));
    }
}
