/* The codec against the frames that the original's encoder produced (contract 18). */
#include "p9_test.h"

#define QID_VALUE                                                                                  \
    {                                                                                              \
        .type = 0x80, .version = 0x01020304, .path = 0x1112131415161718                            \
    }
#define ATTR_VALUE                                                                                 \
    {                                                                                              \
        .mode = 0100644, .uid = 1, .gid = 2, .nlink = 3, .rdev = 4, .size = 5, .blksize = 6,       \
        .blocks = 7, .atime_sec = 8, .atime_nsec = 9, .mtime_sec = 10, .mtime_nsec = 11,           \
        .ctime_sec = 12, .ctime_nsec = 13, .btime_sec = 14, .btime_nsec = 15, .gen = 16,           \
        .data_version = 17                                                                         \
    }
#define S(text)                                                                                    \
    {                                                                                              \
        .p = text, .n = sizeof(text) - 1                                                           \
    }
#define QID_HEX "80040302011817161514131211"
#define ATTR_HEX                                                                                   \
    "a4810000 01000000 02000000 0300000000000000 0400000000000000 0500000000000000"                \
    "0600000000000000 0700000000000000 0800000000000000 0900000000000000 0a00000000000000"         \
    "0b00000000000000 0c00000000000000 0d00000000000000 0e00000000000000 0f00000000000000"         \
    "1000000000000000 1100000000000000"

static const struct p9_qid qid = QID_VALUE;
static const struct p9_qid two_qids[] = {QID_VALUE, QID_VALUE};
static const char *const two_names[] = {"ab", "c"};
static const uint8_t *const xyz = (const uint8_t *)"xyz";
static const uint8_t entry[] = {0x80, 4, 3, 2, 1, 0x18, 0x17, 0x16, 0x15, 0x14, 0x13, 0x12, 0x11,
                                1,    0, 0, 0, 0, 0,    0,    0,    0x80, 2,    0,    'a',  'b'};

static const struct golden {
    struct p9_msg m;
    const char *hex;
} golden[] = {
    {{.type = 7, .ecode = 2}, "0b000000 07 0201 02000000"},
    {{.type = 8, .fid = 1}, "0b000000 08 0201 01000000"},
    {{.type = 9,
      .fsstat = {.type = 1,
                 .bsize = 2,
                 .blocks = 3,
                 .bfree = 4,
                 .bavail = 5,
                 .files = 6,
                 .ffree = 7,
                 .fsid = 8,
                 .namelen = 255}},
     "43000000 09 0201 01000000020000000300000000000000040000000000000005000000000000000600000000"
     "00000007000000000000000800000000000000ff000000"},
    {{.type = 12, .fid = 1, .flags = 2}, "0f000000 0c 0201 0100000002000000"},
    {{.type = 13, .qid = QID_VALUE, .iounit = 9}, "18000000 0d 0201 " QID_HEX "09000000"},
    {{.type = 14, .fid = 1, .name = S("ab"), .flags = 2, .mode = 04755, .gid = 5},
     "1b000000 0e 0201 010000000200616202000000ed01000005000000"},
    {{.type = 15, .qid = QID_VALUE, .iounit = 9}, "18000000 0f 0201 " QID_HEX "09000000"},
    {{.type = 16, .fid = 1, .name = S("ab"), .name2 = S("/t"), .gid = 5},
     "17000000 10 0201 010000000200616202002f7405000000"},
    {{.type = 17, .qid = QID_VALUE}, "14000000 11 0201 " QID_HEX},
    {{.type = 18, .fid = 1, .name = S("ab"), .mode = 020644, .major = 3, .minor = 4, .gid = 5},
     "1f000000 12 0201 0100000002006162a4010000030000000400000005000000"},
    {{.type = 19, .qid = QID_VALUE}, "14000000 13 0201 " QID_HEX},
    {{.type = 20, .fid = 1, .fid2 = 2, .name = S("ab")},
     "13000000 14 0201 010000000200000002006162"},
    {{.type = 21}, "07000000 15 0201"},
    {{.type = 22, .fid = 1}, "0b000000 16 0201 01000000"},
    {{.type = 23, .name = S("/t")}, "0b000000 17 0201 02002f74"},
    {{.type = 24, .fid = 1, .mask = 0x3fff}, "13000000 18 0201 01000000ff3f000000000000"},
    {{.type = 25, .mask = 0x6ff, .qid = QID_VALUE, .attr = ATTR_VALUE},
     "a0000000 19 0201 ff06000000000000 " QID_HEX ATTR_HEX},
    {{.type = 26,
      .fid = 1,
      .mask = P9_SETATTR_MODE | P9_SETATTR_MTIME | P9_SETATTR_MTIME_SET,
      .setattr = {.mode = 04755,
                  .uid = 1,
                  .gid = 2,
                  .size = 3,
                  .atime_sec = 4,
                  .atime_nsec = 5,
                  .mtime_sec = 6,
                  .mtime_nsec = 7}},
     "43000000 1a 0201 0100000021010000ed0100000100000002000000030000000000000004000000000000000500"
     "00000000000006000000000000000700000000000000"},
    {{.type = 27}, "07000000 1b 0201"},
    {{.type = 30, .fid = 1, .fid2 = 2, .name = S("ab")},
     "13000000 1e 0201 010000000200000002006162"},
    {{.type = 31, .size = 3}, "0f000000 1f 0201 0300000000000000"},
    {{.type = 32, .fid = 1, .name = S("ab"), .size = 3, .flags = 1},
     "1b000000 20 0201 0100000002006162030000000000000001000000"},
    {{.type = 33}, "07000000 21 0201"},
    {{.type = 40, .fid = 1, .offset = 2, .count = 65536},
     "17000000 28 0201 01000000020000000000000000000100"},
    {{.type = 41, .count = sizeof(entry), .data = entry},
     "25000000 29 0201 1a000000 " QID_HEX "010000000000000080 02006162"},
    {{.type = 50, .fid = 1}, "0b000000 32 0201 01000000"},
    {{.type = 51}, "07000000 33 0201"},
    {{.type = 70, .fid = 1, .fid2 = 2, .name = S("ab")},
     "13000000 46 0201 010000000200000002006162"},
    {{.type = 71}, "07000000 47 0201"},
    {{.type = 72, .fid = 1, .name = S("ab"), .mode = 01777, .gid = 5},
     "17000000 48 0201 0100000002006162ff01000005000000"},
    {{.type = 73, .qid = QID_VALUE}, "14000000 49 0201 " QID_HEX},
    {{.type = 74, .fid = 1, .name = S("ab"), .fid2 = 2, .name2 = S("cd")},
     "17000000 4a 0201 01000000020061620200000002006364"},
    {{.type = 75}, "07000000 4b 0201"},
    {{.type = 76, .fid = 1, .name = S("ab"), .flags = 0x200},
     "13000000 4c 0201 010000000200616200020000"},
    {{.type = 77}, "07000000 4d 0201"},
    {{.type = 100, .msize = 1 << 20, .name = S("9P2000.L.Google.6")},
     "1e000000 64 0201 0000100011003950323030302e4c2e476f6f676c652e36"},
    {{.type = 101, .msize = 1 << 20, .name = S("9P2000.L")},
     "15000000 65 0201 0000100008003950323030302e4c"},
    {{.type = 102, .fid = 1, .name = S("u"), .name2 = S("/"), .uid = UINT32_MAX},
     "15000000 66 0201 0100000001007501002fffffffff"},
    {{.type = 103, .qid = QID_VALUE}, "14000000 67 0201 " QID_HEX},
    {{.type = 104, .fid = 1, .fid2 = P9_NOFID, .name2 = S("/"), .uid = P9_NOUID},
     "18000000 68 0201 01000000ffffffff000001002fffffffff"},
    {{.type = 105}, "14000000 69 0201 00000000000000000000000000"},
    {{.type = 108, .oldtag = 3}, "09000000 6c 0201 0300"},
    {{.type = 109}, "07000000 6d 0201"},
    {{.type = 110, .fid = 1, .fid2 = 2, .names = {.n = 2, .v = two_names}},
     "18000000 6e 0201 0100000002000000020002006162010063"},
    {{.type = 111, .qids = {.n = 2, .v = two_qids}}, "23000000 6f 0201 0200" QID_HEX QID_HEX},
    {{.type = 116, .fid = 1, .offset = 2, .count = 3},
     "17000000 74 0201 01000000020000000000000003000000"},
    {{.type = 117, .count = 3, .data = (const uint8_t *)"xyz"}, "0e000000 75 0201 0300000078797a"},
    {{.type = 118, .fid = 1, .offset = 2, .count = 3, .data = (const uint8_t *)"xyz"},
     "1a000000 76 0201 0100000002000000000000000300000078797a"},
    {{.type = 119, .count = 3}, "0b000000 77 0201 03000000"},
    {{.type = 120, .fid = 1}, "0b000000 78 0201 01000000"},
    {{.type = 121}, "07000000 79 0201"},
    {{.type = 122, .fid = 1}, "0b000000 7a 0201 01000000"},
    {{.type = 123}, "07000000 7b 0201"},
    {{.type = 124, .fid = 1}, "0b000000 7c 0201 01000000"},
    {{.type = 125}, "07000000 7d 0201"},
    {{.type = 126, .fid = 1, .fid2 = 2, .names = {.n = 1, .v = two_names}},
     "15000000 7e 0201 0100000002000000010002006162"},
    {{.type = 127, .mask = 0x201, .attr = ATTR_VALUE, .qids = {.n = 1, .v = two_qids}},
     "a2000000 7f 0201 0102000000000000" ATTR_HEX "0100" QID_HEX},
    {{.type = 128, .fid = 1, .name = S("ab"), .flags = 2, .mode = 04755, .gid = 5, .uid = 7},
     "1f000000 80 0201 010000000200616202000000ed0100000500000007000000"},
    {{.type = 129, .qid = QID_VALUE, .iounit = 9}, "18000000 81 0201 " QID_HEX "09000000"},
    {{.type = 130, .fid = 1, .name = S("ab"), .mode = 01777, .gid = 5, .uid = 7},
     "1b000000 82 0201 0100000002006162ff0100000500000007000000"},
    {{.type = 131, .qid = QID_VALUE}, "14000000 83 0201 " QID_HEX},
    {{.type = 132,
      .fid = 1,
      .name = S("ab"),
      .mode = 020644,
      .major = 3,
      .minor = 4,
      .gid = 5,
      .uid = 7},
     "23000000 84 0201 0100000002006162a401000003000000040000000500000007000000"},
    {{.type = 133, .qid = QID_VALUE}, "14000000 85 0201 " QID_HEX},
    {{.type = 134, .fid = 1, .name = S("ab"), .name2 = S("/t"), .gid = 5, .uid = 7},
     "1b000000 86 0201 010000000200616202002f740500000007000000"},
    {{.type = 135, .qid = QID_VALUE}, "14000000 87 0201 " QID_HEX},
    {{.type = 136, .fid = 1, .flags = 3}, "0f000000 88 0201 0100000003000000"},
    {{.type = 137}, "07000000 89 0201"},
};

/* proves: Q-04 QI-04 */
static void every_frame_is_the_originals(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
        uint8_t want[256], got[256];
        struct p9_msg m = golden[i].m, back;
        size_t want_n = unhex(golden[i].hex, want), n = 0;
        m.tag = 0x0102;
        assert_true(p9_msg_bound(&m) >= want_n);
        assert_int_equal(p9_encode(&m, 0, got, sizeof(got), &n), 0);
        assert_int_equal(n, want_n);
        assert_memory_equal(got, want, n);
        assert_int_equal(p9_decode(want, want_n, 0, &back), 0);
        assert_int_equal(back.type, m.type);
        assert_int_equal(back.tag, 0x0102);
        memset(got, 0, sizeof(got));
        assert_int_equal(p9_encode(&back, 0, got, sizeof(got), &n), 0);
        assert_int_equal(n, want_n);
        assert_memory_equal(got, want, n);
    }
}

/* proves: P-14 */
static void the_table_has_all_types_and_no_other(void **state)
{
    (void)state;
    bool known[256] = {false};
    for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
        known[golden[i].m.type] = true;
    }
    for (unsigned type = 0; type < 256; type++) {
        uint8_t frame[7] = {7, 0, 0, 0, (uint8_t)type, 1, 0};
        struct p9_msg m;
        bool is_lock = type >= P9_TLOCK && type <= P9_TGETLOCK + 1; /* of personality std alone */
        assert_int_equal(p9_type_name((uint8_t)type) != NULL, known[type] || is_lock);
        if (!known[type]) {
            assert_int_equal(p9_decode(frame, sizeof(frame), 0, &m), -ENOMSG);
        }
        bool carries = type == 13 || type == 15 || type == 129 || type == 137;
        assert_int_equal(p9_type_may_carry_fd((uint8_t)type), carries);
    }
}

static void set_size(uint8_t *frame, size_t n)
{
    for (unsigned i = 0; i < 4; i++) {
        frame[i] = (uint8_t)(n >> 8 * i);
    }
}

static void every_truncation_is_malformed(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
        uint8_t frame[256];
        struct p9_msg m;
        size_t whole = unhex(golden[i].hex, frame);
        for (size_t n = P9_HEADER; n < whole; n++) {
            bool entries_cut = golden[i].m.type == P9_TREADDIR + 1 && n >= P9_HEADER + 4;
            uint8_t *exact = malloc(n); /* so that a sanitizer sees reads past the end */
            assert_non_null(exact);
            set_size(frame, n);
            memcpy(exact, frame, n);
            assert_int_equal(p9_decode(exact, n, 0, &m), entries_cut ? 0 : -EBADMSG);
            free(exact);
        }
        for (size_t cap = 0; cap < whole; cap++) {
            size_t n = 99;
            assert_int_equal(p9_encode(&golden[i].m, 0, frame, cap, &n), -EMSGSIZE);
            assert_int_equal(n, 99);
        }
    }
}

/* proves: Q-02 */
static void bytes_after_the_last_field_are_ignored_unless_there_is_payload(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(golden); i++) {
        uint8_t frame[256];
        struct p9_msg m;
        uint8_t type = golden[i].m.type;
        size_t n = unhex(golden[i].hex, frame);
        memset(frame + n, 0, 3);
        set_size(frame, n + 3);
        bool exact = type == P9_TWRITE || type == P9_TREAD + 1;
        assert_int_equal(p9_decode(frame, n + 3, 0, &m), exact ? -EBADMSG : 0);
    }
}

static void fixed_bodies_have_the_observed_sizes(void **state)
{
    (void)state;
    static const uint8_t sizes[][2] = {
        {7, 4},   {8, 4},    {9, 60},    {12, 8},   {13, 17},  {14, 18},  {16, 12},  {17, 13},
        {18, 22}, {20, 10},  {22, 4},    {23, 2},   {24, 12},  {25, 153}, {26, 60},  {30, 10},
        {31, 8},  {32, 18},  {40, 16},   {50, 4},   {70, 10},  {72, 14},  {74, 12},  {76, 10},
        {100, 6}, {101, 6},  {102, 12},  {104, 16}, {108, 2},  {110, 10}, {111, 2},  {116, 16},
        {119, 4}, {126, 10}, {127, 142}, {128, 22}, {130, 18}, {132, 26}, {134, 16}, {136, 8},
    };
    for (size_t i = 0; i < ARRAY_LEN(sizes); i++) {
        uint8_t buf[256];
        size_t n;
        struct p9_msg m = {.type = sizes[i][0]};
        assert_int_equal(p9_encode(&m, 0, buf, sizeof(buf), &n), 0);
        assert_int_equal(n, P9_HEADER + sizes[i][1]);
    }
}

/* proves: Q-03 */
static void strings_past_the_limit_are_refused(void **state)
{
    (void)state;
    size_t cap = 2 * P9_STRING_MAX, n;
    char *text = malloc(P9_STRING_MAX + 2);
    uint8_t *buf = malloc(cap);
    assert_true(text && buf);
    memset(text, 'n', P9_STRING_MAX + 1);
    struct p9_msg m = {.type = P9_TUNLINKAT, .name = {.p = text, .n = P9_STRING_MAX}}, back;
    assert_int_equal(p9_encode(&m, 0, buf, cap, &n), 0);
    assert_int_equal(p9_decode(buf, n, 0, &back), 0);
    assert_int_equal(back.name.n, P9_STRING_MAX);
    m.name.n++;
    assert_int_equal(p9_encode(&m, 0, buf, cap, &n), -ENAMETOOLONG);
    free(text);
    free(buf);
}

static void more_names_than_can_be_counted_are_refused(void **state)
{
    (void)state;
    enum { MOST = UINT16_MAX };
    const char **names = calloc(MOST + 1, sizeof(*names));
    struct p9_qid *qids = calloc(MOST + 1, sizeof(*qids));
    size_t cap = 1 << 21, n;
    uint8_t *buf = malloc(cap);
    assert_true(names && qids && buf);
    for (size_t i = 0; i <= MOST; i++) {
        names[i] = "n";
    }
    struct p9_msg walk = {.type = P9_TWALK, .names = {.v = names, .n = MOST}};
    struct p9_msg walked = {.type = P9_TWALK + 1, .qids = {.v = qids, .n = MOST}};
    assert_int_equal(p9_encode(&walk, 0, buf, cap, &n), 0);
    assert_int_equal(n, P9_HEADER + 10 + 3 * MOST);
    assert_int_equal(p9_encode(&walked, 0, buf, cap, &n), 0);
    assert_int_equal(n, P9_HEADER + 2 + 13 * MOST);
    walk.names.n++;
    walked.qids.n++;
    assert_int_equal(p9_encode(&walk, 0, buf, cap, &n), -E2BIG);
    assert_int_equal(p9_encode(&walked, 0, buf, cap, &n), -E2BIG);
    free(buf);
    free(qids);
    free(names);
}

static void a_bogus_count_of_names_ends_at_the_first_overrun(void **state)
{
    (void)state;
    uint8_t frame[32];
    struct p9_msg m;
    size_t n = unhex("13000000 6e 0500 01000000 02000000 ffff 0000", frame);
    assert_int_equal(p9_decode(frame, n, 0, &m), -EBADMSG);
    n = unhex("11000000 6f 0500 ffff 0000000000000000", frame);
    assert_int_equal(p9_decode(frame, n, 0, &m), -EBADMSG);
}

static void the_standard_dialect_keeps_modes_and_sends_datasync(void **state)
{
    (void)state;
    uint8_t buf[64];
    size_t n;
    struct p9_msg m = {.type = P9_TUMKDIR, .name = S("d"), .mode = 041777}, back;
    assert_int_equal(p9_encode(&m, P9_CODEC_FULL_MODES, buf, sizeof(buf), &n), 0);
    assert_int_equal(p9_decode(buf, n, P9_CODEC_FULL_MODES, &back), 0);
    assert_int_equal(back.mode, 041777);
    assert_int_equal(p9_decode(buf, n, 0, &back), 0);
    assert_int_equal(back.mode, 0777);
    m = (struct p9_msg){.type = P9_TFSYNC, .fid = 4, .datasync = 1};
    assert_int_equal(p9_encode(&m, P9_CODEC_DATASYNC, buf, sizeof(buf), &n), 0);
    assert_int_equal(n, P9_HEADER + 8);
    assert_int_equal(p9_decode(buf, n, 0, &back), 0);
    assert_int_equal(back.datasync, 1);
}

static void masks_drop_unknown_bits(void **state)
{
    (void)state;
    uint8_t buf[256];
    size_t n;
    struct p9_msg m = {.type = P9_TGETATTR, .mask = UINT64_MAX}, back;
    assert_int_equal(p9_encode(&m, 0, buf, sizeof(buf), &n), 0);
    memset(buf + 11, 0xff, 8);
    assert_int_equal(p9_decode(buf, n, 0, &back), 0);
    assert_int_equal(back.mask, P9_ATTR_ALL);
    m = (struct p9_msg){.type = P9_TSETATTR, .mask = UINT32_MAX};
    assert_int_equal(p9_encode(&m, 0, buf, sizeof(buf), &n), 0);
    memset(buf + 11, 0xff, 4);
    assert_int_equal(p9_decode(buf, n, 0, &back), 0);
    assert_int_equal(back.mask, P9_SETATTR_ALL);
}

static void qid_types_follow_the_mode(void **state)
{
    (void)state;
    assert_int_equal(p9_qid_type(040755), P9_QTDIR);
    assert_int_equal(p9_qid_type(0120777), P9_QTSYMLINK);
    assert_int_equal(p9_qid_type(0140000), P9_QTAPPEND);
    assert_int_equal(p9_qid_type(020000), P9_QTAPPEND);
    assert_int_equal(p9_qid_type(010000), P9_QTAPPEND);
    assert_int_equal(p9_qid_type(060000), P9_QTFILE);
    assert_int_equal(p9_qid_type(0100644), P9_QTFILE);
    assert_int_equal(p9_qid_type(0), P9_QTFILE);
}

static void payload_and_views_point_into_the_frame(void **state)
{
    (void)state;
    uint8_t frame[64];
    struct p9_msg m;
    size_t n = unhex("18000000 6e 0201 0100000002000000020002006162010063", frame), cursor = 0;
    struct p9_str name;
    assert_int_equal(p9_decode(frame, n, 0, &m), 0);
    assert_true(p9_names_next(&m.names, &cursor, &name));
    assert_int_equal(name.n, 2);
    assert_ptr_equal(name.p, frame + 19);
    assert_true(p9_names_next(&m.names, &cursor, &name));
    assert_memory_equal(name.p, "c", 1);
    assert_false(p9_names_next(&m.names, &cursor, &name));
    n = unhex("0e000000 75 0201 0300000078797a", frame);
    assert_int_equal(p9_decode(frame, n, 0, &m), 0);
    assert_memory_equal(m.data, xyz, 3);
    n = unhex("14000000 11 0201 " QID_HEX, frame);
    assert_int_equal(p9_decode(frame, n, 0, &m), 0);
    assert_int_equal(m.qid.path, qid.path);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_frame_is_the_originals),
        cmocka_unit_test(the_table_has_all_types_and_no_other),
        cmocka_unit_test(every_truncation_is_malformed),
        cmocka_unit_test(bytes_after_the_last_field_are_ignored_unless_there_is_payload),
        cmocka_unit_test(fixed_bodies_have_the_observed_sizes),
        cmocka_unit_test(strings_past_the_limit_are_refused),
        cmocka_unit_test(more_names_than_can_be_counted_are_refused),
        cmocka_unit_test(a_bogus_count_of_names_ends_at_the_first_overrun),
        cmocka_unit_test(the_standard_dialect_keeps_modes_and_sends_datasync),
        cmocka_unit_test(masks_drop_unknown_bits),
        cmocka_unit_test(qid_types_follow_the_mode),
        cmocka_unit_test(payload_and_views_point_into_the_frame),
    };
    return cmocka_run_group_tests_name("p9_messages", tests, NULL, NULL);
}
