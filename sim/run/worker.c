#include "worker.h"

#include "frame.h"

#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

/* 1 and a number, 0 at the end, or a negative errno. */
static int take_number(int fd, uint64_t *ret)
{
    char bytes[sizeof(*ret)];
    size_t n = 0;
    while (n < sizeof(bytes)) {
        ssize_t got = read(fd, bytes + n, sizeof(bytes) - n);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got <= 0) {
            return got < 0 ? -errno : 0;
        }
        n += (size_t)got;
    }
    memcpy(ret, bytes, sizeof(bytes));
    return 1;
}

static int send_all(int fd, struct iovec *v, size_t n)
{
    while (n) {
        struct msghdr m = {.msg_iov = v, .msg_iovlen = n};
        ssize_t sent = sendmsg(fd, &m, MSG_NOSIGNAL);
        if (sent < 0 && errno == EINTR) {
            continue;
        }
        if (sent < 0) {
            return -errno;
        }
        size_t left = (size_t)sent;
        while (n && left >= v->iov_len) {
            left -= v->iov_len;
            v++;
            n--;
        }
        if (n) {
            v->iov_base = (char *)v->iov_base + left;
            v->iov_len -= left;
        }
    }
    return 0;
}

static int send_frame(int fd, enum frame_kind kind, uint64_t index, const struct str *payload)
{
    struct frame_head head = {(uint32_t)payload->n, (uint32_t)kind, index};
    struct iovec v[2] = {{&head, sizeof(head)}, {payload->p, payload->n}};
    return send_all(fd, v, payload->n ? 2 : 1);
}

static int send_input(int fd, struct job_state *j)
{
    struct str s;
    str_init(&s, &j->d);
    int code = frame_put_input(&s, j->input);
    code = code ? 0 : send_frame(fd, FRAME_INPUT, j->index, &s);
    str_release(&s);
    return code;
}

/* What is too large to be sent is told instead. */
static int too_large(struct work *w, struct job_state *j, struct str *s)
{
    struct case_info info;
    case_source_info(w->opt->source, j->index, &info);
    sim_result_free(j->result);
    verdict_release(&j->verdict);
    s->n = 0;
    int code = work_lost(&j->d, &info, OUTCOME_UNSUPPORTED,
                         "the result has more than 1073741824 bytes (LIMIT_RUN_FRAME)", &j->result,
                         &j->verdict);
    return code ? code : frame_put_result(s, &j->verdict, j->result, run_many(w->opt));
}

static int send_result(struct work *w, int fd, struct job_state *j)
{
    struct str s;
    str_init(&s, &j->d);
    int code = frame_put_result(&s, &j->verdict, j->result, run_many(w->opt));
    if (code == 0 && s.n > LIMIT_RUN_FRAME) {
        code = too_large(w, j, &s);
    }
    code = code ? code : send_frame(fd, FRAME_RESULT, j->index, &s);
    str_release(&s);
    return code;
}

int worker_loop(struct work *w, int fd)
{
    uint64_t index = 0;
    int code;
    while ((code = take_number(fd, &index)) == 1) {
        struct job_state j;
        work_read(w, index, &j);
        code = send_input(fd, &j);
        if (code == 0) {
            work_run(w, &j);
            code = send_result(w, fd, &j);
        }
        work_done(&j);
        if (code) {
            break;
        }
    }
    return code;
}
