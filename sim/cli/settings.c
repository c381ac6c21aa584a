/* From options to what they mean. */
#include "cli.h"

#include <math.h>

static bool is(const char *value, const char *word)
{
    return value && strcmp(value, word) == 0;
}

static void read_cases(const struct cli_options *o, struct case_options *ret)
{
    *ret = (struct case_options)CASE_OPTIONS_INIT;
    ret->rootfs = o->rootfs;
    ret->config.overlay = o->overlay;
    ret->entry = !o->entry ? ENTRY_DEFAULT : is(o->entry, "runsc") ? ENTRY_RUNSC : ENTRY_PIPELINE;
    ret->sources = !o->sources              ? SOURCES_DEFAULT
                   : is(o->sources, "host") ? SOURCES_HOST
                                            : SOURCES_MADE_UP;
    if (o->file_access) {
        ret->config.file_access = is(o->file_access, "proxy")    ? ACCESS_PROXY
                                  : is(o->file_access, "direct") ? ACCESS_DIRECT
                                                                 : ACCESS_PROXY_EXCLUSIVE;
    }
}

static int read_profile(struct cli *c, struct settings *s, struct error *err)
{
    enum profile profile = PROFILE_GVISOR_2018_08_14;
    const char *name = c->o.profile.n ? c->o.profile.p[c->o.profile.n - 1] : NULL;
    if (name && profile_parse(name, &profile)) {
        struct str known;
        str_init(&known, c->d);
        for (int i = 0; i < PROFILE_COUNT; i++) {
            str_addf(&known, " %s", profile_name((enum profile)i));
        }
        int code =
            error_set(c->d, err, -EINVAL, "--profile: \"%s\" is none of:%s", name, str_get(&known));
        str_release(&known);
        return code;
    }
    s->model.profile = profile;
    s->profile = profile_name(profile);
    return 0;
}

/* 1 = as the original; names people use for the two values. */
static int quirk_value(const char *text, bool *ret)
{
    static const char *const on[] = {"on", "true", "1", "original"};
    static const char *const off[] = {"off", "false", "0", "fixed"};
    for (size_t i = 0; i < ARRAY_LEN(on); i++) {
        if (strcmp(text, on[i]) == 0 || strcmp(text, off[i]) == 0) {
            *ret = strcmp(text, on[i]) == 0;
            return 0;
        }
    }
    return -EINVAL;
}

static int read_quirk(struct cli *c, struct settings *s, const char *text, struct error *err)
{
    const char *equals = strchr(text, '=');
    if (!equals) {
        return error_set(c->d, err, -EINVAL, "--quirk: \"%s\" is not ID=VALUE", text);
    }
    struct quirk_setting *q = &s->quirks[s->model.n_quirks];
    char *id = mem_dupn(c->d, text, (size_t)(equals - text));
    int code = !id ? CODE_FATE : 0;
    if (id && quirk_parse(id, &q->quirk)) {
        code =
            error_set(c->d, err, -EINVAL,
                      "--quirk: no row \"%s\" can be switched (simrun explain '*' lists them)", id);
    }
    mem_free(id);
    if (!code && quirk_value(equals + 1, &q->value)) {
        code =
            error_set(c->d, err, -EINVAL,
                      "--quirk: \"%s\" is none of: on off (as the original, or fixed)", equals + 1);
    }
    s->model.n_quirks += code ? 0 : 1;
    return code;
}

static int read_quirks(struct cli *c, struct settings *s, struct error *err)
{
    s->quirks = mem_resize(c->d, NULL, 0, c->o.quirk.n + 1, sizeof(*s->quirks), "quirk settings");
    int code = s->quirks ? 0 : CODE_FATE;
    s->model.quirks = s->quirks;
    for (size_t i = 0; i < c->o.quirk.n && !code; i++) {
        code = read_quirk(c, s, c->o.quirk.p[i], err);
    }
    return code;
}

static int read_timeout(struct cli *c, struct settings *s, struct error *err)
{
    char *end;
    const char *text = c->o.timeout ? c->o.timeout : "60";
    double seconds = strtod(text, &end);
    if (*text == '\0' || *end || !isfinite(seconds) || seconds < 0 || seconds > 86400) {
        return error_set(c->d, err, -EINVAL, "--timeout: \"%s\" is no number of seconds to 86400",
                         text);
    }
    s->timeout_ns = (int64_t)(seconds * 1e9);
    return 0;
}

static int read_fail_on(struct cli *c, struct settings *s, const char *text, struct error *err)
{
    while (*text) {
        size_t n = strcspn(text, ",");
        enum sim_outcome outcome = OUTCOME_COUNT;
        char *name = mem_dupn(c->d, text, n);
        bool flaky = is(name, "flaky");
        int code =
            !name   ? CODE_FATE
            : flaky ? 0
            : sim_outcome_parse(name, &outcome)
                ? error_set(
                      c->d, err, -EINVAL,
                      "--fail-on: \"%s\" is none of: ok error panic hang unsupported oom crash "
                      "timeout flaky",
                      name)
                : 0;
        mem_free(name);
        if (code) {
            return code;
        }
        if (flaky) {
            s->fail_on_flaky = true;
        } else {
            s->fail_on[outcome] = true;
        }
        text += n + (text[n] == ',');
    }
    return 0;
}

int settings_init(struct cli *c, struct settings *ret, struct error *err)
{
    struct settings s = {
        .model = {.host = is(c->o.host, "dir") ? HOST_BACKEND_DIR : HOST_BACKEND_MEM}};
    s.model.gofer = is(c->o.gofer, "thread")    ? GOFER_THREAD
                    : is(c->o.gofer, "process") ? GOFER_PROCESS
                                                : GOFER_INLINE;
    s.model.restore_check = c->o.restore_check;
    s.fail_on[OUTCOME_CRASH] = s.fail_on[OUTCOME_TIMEOUT] = true;
    read_cases(&c->o, &s.cases);
    int code = read_profile(c, &s, err);
    code = code ? code : read_quirks(c, &s, err);
    code = code ? code : read_timeout(c, &s, err);
    for (size_t i = 0; i < c->o.fail_on.n && !code; i++) {
        code = read_fail_on(c, &s, c->o.fail_on.p[i], err);
    }
    if (!code) {
        s.version = mem_printf(c->d, "%s %s", SIMRUN_VERSION, s.profile);
        code = s.version ? 0 : CODE_FATE;
    }
    if (code) {
        settings_release(&s);
        return code;
    }
    *ret = s;
    return 0;
}

void settings_release(struct settings *s)
{
    mem_free(s->quirks);
    mem_free(s->version);
}

const char *const *settings_fail_on(const struct settings *s, const char *names[FAIL_ON_NAMES])
{
    size_t n = 0;
    for (int i = 0; i < OUTCOME_COUNT; i++) {
        if (s->fail_on[i]) {
            names[n++] = sim_outcome_name((enum sim_outcome)i);
        }
    }
    if (s->fail_on_flaky) {
        names[n++] = "flaky";
    }
    names[n] = NULL;
    return names;
}
