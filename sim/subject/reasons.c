/* Why the rows of the contract that acted on a mount did so, in the terms of its case. */
#include "provenance.h"

/* What a reason is made from. */
struct subject_of {
    const struct boot_record *rec;
    int i; /* in the compiled list; -1 = the root */
    const struct spec_mount *m;
    const struct boot_provenance *p;
};

static bool is_within(const char *path, const char *dir)
{
    size_t n = strlen(dir);
    return n == 1 ? path[0] == '/' && path[1] : strncmp(path, dir, n) == 0 && path[n] == '/';
}

/* The first later mount above (or with `below`: below) this one, by cleaned destinations. */
static const struct boot_mount *later(const struct subject_of *x, bool below)
{
    struct domain *d = x->rec->d;
    CLEANUP_MEM char *mine = path_clean(d, x->m->destination);
    for (size_t k = (size_t)x->i + 1; mine && k < x->rec->compiled.n; k++) {
        CLEANUP_MEM char *other = path_clean(d, x->rec->compiled.v[k].m.destination);
        if (other && (below ? is_within(other, mine) : is_within(mine, other))) {
            return &x->rec->compiled.v[k];
        }
    }
    return NULL;
}

static void add_where(struct str *s, const struct boot_mount *b)
{
    if (b && b->spec_index >= 0) {
        str_addf(s, "%s (spec[%d])", b->m.destination, b->spec_index);
    } else {
        str_add(s, b ? b->m.destination : "a later mount");
    }
}

static void add_default(struct str *s, const struct subject_of *x)
{
    str_add(s, "the defaults are mounted before all of the spec, this one before ");
    add_where(s, later(x, true));
}

static void add_above(struct str *s, const struct subject_of *x)
{
    add_where(s, later(x, false));
    str_add(s, " comes later and hides it; stub directories made for it stay visible");
}

static void add_made(struct str *s, const struct subject_of *x)
{
    bool any = false;
    for (size_t i = 0; i < x->p->created.n; i++) {
        const char *fs = x->p->created_on.p[i];
        if (strcmp(fs, "9p") == 0 || strcmp(fs, "whitelistfs") == 0) {
            str_addf(s, "%s%s",
                     any ? ", "
                         : "no stub covers its mount point, so these were made on "
                           "the host: ",
                     (const char *)x->p->created.p[i]);
            any = true;
        }
    }
}

/* Rows whose reason needs nothing of the case. */
static const struct {
    const char *row, *text;
} plain[] = {
    {"PQ-02", "the overlay stands on a root with revalidation, which later lookups do not survive"},
    {"PQ-05", "the relative source is used as it is written"},
    {"PQ-06", "the options ask for a bind mount, but only the type bind makes one"},
    {"PQ-08", "ro is among the options, so the file server is read-only; inside the last of ro and "
              "rw counts"},
    {"PQ-09", "its source is empty: it takes a descriptor inside, but nobody made one outside"},
    {"PQ-11",
     "the destination alone counts: the default mount there is left out, whatever the type "
     "of this entry"},
    {"PQ-12", "the type none mounts sysfs"},
    {"PQ-13", "a comma in it splits the data string"},
    {"PQ-15", "the options that tmpfs uses are logged as unknown all the same"},
    {"PQ-16", "its options are read twice, so each unknown one is logged twice"},
    {"PQ-17", "a file lies over a directory, or a directory over a file: kinds are not compared"},
    {"PQ-18", "a link on the way leads nowhere: it is taken for missing, and then is in the way"},
    {"PQ-20", "below the overlay the root keeps its writable flag"},
    {"PQ-25", "the sandbox has its file system already: mounts and descriptors are ignored"},
    {"PQ-29", "the root of a writable overlay shows the attributes of its tmpfs"},
};

static void add_text(struct str *s, const struct subject_of *x, const char *row)
{
    if (strcmp(row, "PQ-10") == 0) {
        add_default(s, x);
    } else if (strcmp(row, "PQ-23") == 0) {
        add_above(s, x);
    } else if (strcmp(row, "PQ-19") == 0) {
        add_made(s, x);
    } else if (strcmp(row, "PQ-22") == 0) {
        str_addf(s, "the type %s is unknown: nothing is mounted, the stub directory stays",
                 x->m->type);
    }
    for (size_t i = 0; i < ARRAY_LEN(plain) && s->n == 0; i++) {
        if (strcmp(plain[i].row, row) == 0) {
            str_add(s, plain[i].text);
        }
    }
}

static void add_reason(struct str *s, const char *rule, const char *text)
{
    str_add(s, s->n > 1 ? ",{" : "{");
    if (rule) {
        provenance_member(s, "rule", rule);
    }
    provenance_member(s, "text", text);
    str_addc(s, '}');
}

/* A default that the spec takes the place of, by the way of most specs, is no quirk. */
static const char *replaced_default(const struct subject_of *x)
{
    static const char *const defaults[][3] = {
        {"/proc", "proc", "it takes the place of the default proc mount"},
        {"/sys", "sysfs", "it takes the place of the default sysfs mount"},
        {"/tmp", "tmpfs", "it takes the place of the default tmpfs mount"},
    };
    CLEANUP_MEM char *clean = path_clean(x->rec->d, x->m->destination);
    for (size_t i = 0; clean && i < ARRAY_LEN(defaults); i++) {
        if (strcmp(clean, defaults[i][0]) == 0 && strcmp(x->m->type, defaults[i][1]) == 0) {
            return defaults[i][2];
        }
    }
    return NULL;
}

const char *provenance_reasons(const struct boot_record *rec, int i, const struct sim_mount *m,
                               struct sim_result *r)
{
    const struct spec_mount none = {.destination = "/", .type = "root", .source = ""};
    const struct subject_of x = {
        .rec = rec,
        .i = i,
        .m = i < 0 ? &none : &rec->compiled.v[i].m,
        .p = i < 0 ? &rec->root : &rec->mounts[i],
    };
    struct str s, text;
    str_init(&s, r->d);
    str_addc(&s, '[');
    const char *replaced = i >= 0 && m->spec_index >= 0 ? replaced_default(&x) : NULL;
    if (replaced) {
        add_reason(&s, NULL, replaced);
    }
    for (size_t k = 0; k < x.p->rules.n; k++) {
        str_init(&text, r->d);
        add_text(&text, &x, x.p->rules.p[k]);
        add_reason(&s, x.p->rules.p[k], str_get(&text));
        str_release(&text);
    }
    str_addc(&s, ']');
    const char *json = s.n > 2 ? sim_result_dup(r, str_get(&s)) : NULL;
    str_release(&s);
    return json;
}

int provenance_add_reason(struct sim_result *r, struct sim_mount *m, const char *rule,
                          const char *text)
{
    struct str s;
    str_init(&s, r->d);
    str_addc(&s, '[');
    if (m->reasons) {
        str_addn(&s, m->reasons + 1, strlen(m->reasons) - 2);
    }
    add_reason(&s, rule, text);
    str_addc(&s, ']');
    m->reasons = sim_result_dup(r, str_get(&s));
    str_release(&s);
    return m->reasons ? 0 : CODE_FATE;
}
