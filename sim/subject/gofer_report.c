#include "gofer_report.h"

#include "keep.h"

#include <unistd.h>

/* ----------------------------------------------------------------------------- sending */

static int write_all(int fd, const void *p, size_t n)
{
    const char *at = p;
    while (n > 0) {
        ssize_t done = write(fd, at, n);
        if (done < 0) {
            if (errno == EINTR) {
                continue;
            }
            return -errno;
        }
        at += done;
        n -= (size_t)done;
    }
    return 0;
}

static int keep_fate(struct sim_result *r, const struct domain *d)
{
    static const enum sim_outcome outcomes[] = {
        [FATE_NONE] = OUTCOME_OK,
        [FATE_PANIC] = OUTCOME_PANIC,
        [FATE_HANG] = OUTCOME_HANG,
        [FATE_OOM] = OUTCOME_OOM,
    };
    return sim_result_outcome(r, outcomes[d->fate], d->fate_text ? d->fate_text : "");
}

static int keep_log(struct sim_result *r, const struct domain *d)
{
    for (size_t i = 0; i < d->log_n; i++) {
        const char *text = sim_result_printf(r, "%c %s", (char)d->log[i].level, d->log[i].text);
        if (!text || sim_result_add(r, &r->log, text)) {
            return CODE_FATE;
        }
    }
    return 0;
}

static int keep_asked(struct sim_result *r, const struct domain *d)
{
    for (size_t i = 0; i < QUIRK_COUNT; i++) {
        if (d->quirks.asked[i] && sim_result_add(r, &r->asked, quirk_id((enum quirk)i))) {
            return CODE_FATE;
        }
    }
    return 0;
}

/* The gofer is freed before its asked rows are read, as in the other modes. */
static int fill(struct sim_result *r, struct gofer *g, struct domain *gofer_d,
                struct host_snapshot *before, struct domain *host_d)
{
    gofer_free(g);
    int code = keep_fate(r, gofer_d);
    code = code ? code : keep_log(r, gofer_d);
    code = code ? code : keep_asked(r, gofer_d);
    if (code || domain_dead(gofer_d)) {
        return code; /* abandoned: its sockets end with the process */
    }
    code = keep_leftovers(gofer_d, r);
    return code ? code : keep_host_diff(before, host_d, r);
}

int gofer_report_send(struct gofer *g, struct domain *gofer_d, struct host_snapshot *before,
                      struct domain *host_d, int out)
{
    struct domain d;
    struct str bytes;
    domain_init(&d, "gofer report", PROFILE_GVISOR_2018_08_14);
    str_init(&bytes, &d);
    struct sim_result *r = sim_result_new(&d, "gofer");
    int code = r ? fill(r, g, gofer_d, before, host_d) : CODE_FATE;
    code = code ? code : sim_result_encode(r, &bytes);
    uint64_t n = bytes.n;
    code = code ? code : write_all(out, &n, sizeof(n));
    code = code ? code : write_all(out, str_get(&bytes), bytes.n);
    str_release(&bytes);
    sim_result_free(r);
    (void)domain_close(&d, NULL, NULL);
    return code;
}

/* --------------------------------------------------------------------------- receiving */

static int read_all(int fd, void *p, size_t n)
{
    char *at = p;
    while (n > 0) {
        ssize_t got = read(fd, at, n);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? -errno : -EPIPE;
        }
        at += got;
        n -= (size_t)got;
    }
    return 0;
}

int gofer_report_receive(struct domain *d, int in, size_t limit, struct sim_result **ret)
{
    uint64_t n;
    int code = read_all(in, &n, sizeof(n));
    if (code == 0 && n > limit) {
        code = -E2BIG;
    }
    if (code) {
        return code;
    }
    char *bytes = mem_new(d, n + 1, "gofer report");
    code = bytes ? read_all(in, bytes, n) : CODE_FATE;
    code = code ? code : sim_result_decode(d, bytes, n, ret);
    mem_free(bytes);
    return code;
}

void gofer_report_apply(const struct sim_result *report, struct domain *gofer_d)
{
    for (size_t i = 0; i < report->log.n; i++) {
        const char *line = report->log.v[i]; /* "W text" */
        if (strlen(line) >= 2) {
            log_line(gofer_d, (enum log_level)line[0], "%s", line + 2);
        }
    }
    for (size_t i = 0; i < report->asked.n; i++) {
        enum quirk q;
        if (quirk_parse(report->asked.v[i], &q) == 0) {
            gofer_d->quirks.asked[q] = true;
        }
    }
    switch (report->outcome) {
    case OUTCOME_PANIC:
        (void)domain_panic(gofer_d, "%s", report->error);
        break;
    case OUTCOME_HANG:
        (void)domain_hang(gofer_d, report->error);
        break;
    case OUTCOME_OOM:
        (void)domain_oom(gofer_d);
        break;
    default:
        break;
    }
}
