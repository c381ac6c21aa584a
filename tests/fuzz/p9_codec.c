/* Any bytes as a frame: what decodes must encode, and come back the same (QI-04). */
#include <simrun/p9.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void require(bool holds)
{
    if (!holds) {
        abort();
    }
}

/* Touch everything that a decoded message points at. */
static size_t read_views(const struct p9_msg *m)
{
    size_t sum = 0, cursor = 0, names = 0;
    struct p9_str name;
    struct p9_dirent e;
    while (p9_names_next(&m->names, &cursor, &name)) {
        names++;
        sum += name.n ? (uint8_t)name.p[name.n - 1] : 0;
    }
    require(names == m->names.n && cursor == m->names.raw_n);
    for (size_t i = 0; i < m->qids.n; i++) {
        sum += p9_qids_at(&m->qids, i).type;
    }
    for (cursor = 0;
         m->type == P9_TREADDIR + 1 && p9_dirent_next(m->data, m->count, &cursor, &e);) {
        sum += e.name.n ? (uint8_t)e.name.p[e.name.n - 1] : 0;
    }
    return sum;
}

static void round_trip(uint8_t *frame, size_t size, unsigned codec)
{
    struct p9_msg m, back;
    size_t n, again_n;
    if (p9_decode(frame, size, codec, &m)) {
        return;
    }
    size_t cap = p9_msg_bound(&m), sum = read_views(&m);
    uint8_t *first = malloc(cap), *second = malloc(cap);
    require(first && second);
    require(p9_encode(&m, codec, first, cap, &n) == 0 && n <= cap);
    require(p9_decode(first, n, codec, &back) == 0);
    require(back.type == m.type && back.tag == m.tag && read_views(&back) == sum);
    require(p9_encode(&back, codec, second, cap, &again_n) == 0);
    require(again_n == n && memcmp(first, second, n) == 0);
    free(first);
    free(second);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size > 1 << 16) {
        return 0;
    }
    size_t n = size + 4;
    uint8_t *frame = malloc(n); /* the size field is made right, or hardly anything would decode */
    uint32_t v;
    require(frame != NULL);
    for (unsigned i = 0; i < 4; i++) {
        frame[i] = (uint8_t)(n >> 8 * i);
    }
    if (size > 0) {
        memcpy(frame + 4, data, size);
    }
    round_trip(frame, n, 0);
    round_trip(frame, n, P9_CODEC_STD);
    struct p9_str text = {.p = (const char *)frame + 4, .n = size};
    if (p9_version_parse(text, &v) == 0) {
        char buf[P9_VERSION_TEXT];
        uint32_t back;
        require(p9_version_parse(p9_str(p9_version_format(v, buf)), &back) == 0 && back == v);
    }
    free(frame);
    return 0;
}
