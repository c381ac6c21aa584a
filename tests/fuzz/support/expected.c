#include "expected.h"

#include <sys/mman.h>
#include <unistd.h>

const char expected_subtrees_json[] =
    "{\"s\": [{\"path\": \"\", \"type\": \"dir\", \"mode\": \"0755\", \"uid\": 0, \"gid\": 0, "
    "\"nlink\": 1, \"fs\": \"9p\", \"flags\": \"\", \"mountpoint\": false, \"overlay\": false, "
    "\"readdir\": true}, {\"path\": \"/b\", \"type\": \"dir\", \"mode\": \"0755\", \"uid\": 0, "
    "\"gid\": 0, \"nlink\": 1, \"fs\": \"9p\", \"flags\": \"\", \"mountpoint\": false, "
    "\"overlay\": false, \"readdir\": true}], \"t\": [{\"path\": \"/x\"}, {}], \"n\": 1}";

static const char *const tokens[] = {
    " ",
    "\n\t",
    "\"*\"",
    "null",
    "\\u0061",
    "\\\"",
    "0",
    "1e0",
    "-",
    "[]",
    "{}",
    ",",
    "{\"path\":\"/a\",\"subtree\":\"s\"},",
    "{\"path\": \"/\", \"subtree\": \"t\"},",
    "{\"path\":\"/a\"},",
    "\"nodes\":[],",
    "\"ops\":0,",
    "\"error\":\"\",",
    "\"path\":\"/a\",",
    "\"uid\":0,",
    "\xc3\xa4",
    "\xff",
    "\"x\":1,",
    "true",
};

const char *expected_subtrees(void)
{
    static char path[64];
    if (!path[0]) {
        int fd = memfd_create("subtrees", 0);
        size_t n = strlen(expected_subtrees_json);
        CHECK(fd >= 0 && write(fd, expected_subtrees_json, n) == (ssize_t)n);
        (void)snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
    }
    return path;
}

static void make_input(struct expected_input *in, struct bytes b)
{
    uint8_t patched[RESULT_BYTES] = {0};
    struct bytes first = take_slice(&b, RESULT_BYTES);
    memcpy(patched, first.p, first.n);
    for (size_t n = take_below(&b, 6); n > 0; n--) {
        size_t at = take_below(&b, RESULT_BYTES);
        patched[at] = take_byte(&b);
    }
    make_result(&in->got, first);
    make_result(&in->wanted, (struct bytes){patched, sizeof(patched)});
    in->more = b;
}

int expected_run(const uint8_t *data, size_t size,
                 void (*target)(struct domain *d, struct expected_input *in, uint8_t how))
{
    if (size < 2 || size > EXPECTED_MAX) {
        return 0;
    }
    struct domain d;
    struct expected_input in;
    struct bytes b = {data, size};
    uint8_t how = take_byte(&b);
    domain_init(&d, "fuzz", PROFILE_GVISOR_2018_08_14);
    make_input(&in, b);
    target(&d, &in, how);
    CHECK(domain_close(&d, NULL, NULL) == 0);
    return 0;
}

void expected_edit(struct expected_input *in, struct str *text)
{
    edit_text(&in->more, text, tokens, ARRAY_LEN(tokens));
}
