/* The switchable rows of the contract and their value in each profile. */
#include <simrun/core.h>

struct quirk_row {
    const char *id;
    const char *subject;
    uint8_t value[PROFILE_COUNT];
};

static const struct quirk_row rows[QUIRK_COUNT] = {
#define QUIRK(ident, id, def, fix, strict, subject) [ident] = {id, subject, {def, fix, strict}},
#include <simrun/quirks.def>
#undef QUIRK
};

struct quirk_alias {
    const char *id;
    enum quirk primary;
};

/* Rows that restate another one; the terminator keeps the table legal when there is none. */
static const struct quirk_alias aliases[] = {
#define QUIRK(ident, id, def, fix, strict, subject)
#define QUIRK_SAME(ident, id, primary) {id, primary},
#include <simrun/quirks.def>
#undef QUIRK
    {NULL, QUIRK_COUNT},
};

static const char *const profiles[PROFILE_COUNT] = {
    [PROFILE_GVISOR_2018_08_14] = "gvisor-2018-08-14",
    [PROFILE_GVISOR_2018_08_14_0B3BFE2] = "gvisor-2018-08-14+0b3bfe2",
    [PROFILE_STRICT] = "strict",
};

void quirks_init(struct quirks *q, enum profile profile)
{
    *q = (struct quirks){0};
    for (size_t i = 0; i < QUIRK_COUNT; i++) {
        q->value[i] = rows[i].value[profile];
    }
}

const char *profile_name(enum profile profile)
{
    return profiles[profile];
}

int profile_parse(const char *name, enum profile *ret)
{
    for (size_t i = 0; i < PROFILE_COUNT; i++) {
        if (strcmp(profiles[i], name) == 0) {
            *ret = (enum profile)i;
            return 0;
        }
    }
    return -EINVAL;
}

const char *quirk_id(enum quirk q)
{
    return rows[q].id;
}

const char *quirk_subject(enum quirk q)
{
    return rows[q].subject;
}

int quirk_parse(const char *id, enum quirk *ret)
{
    for (size_t i = 0; i < QUIRK_COUNT; i++) {
        if (strcmp(rows[i].id, id) == 0) {
            *ret = (enum quirk)i;
            return 0;
        }
    }
    for (const struct quirk_alias *a = aliases; a->id; a++) {
        if (strcmp(a->id, id) == 0) {
            *ret = a->primary;
            return 0;
        }
    }
    return -EINVAL;
}
