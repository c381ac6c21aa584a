#include "worker.h"

#include "frame.h"

#include <stdatomic.h>
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

static int send_answer(int fd, size_t index, const struct str *answer)
{
    struct frame_head head = {answer->n, index};
    struct iovec v[2] = {{&head, sizeof(head)}, {answer->p, answer->n}};
    return send_all(fd, v, 2);
}

/* The answer leaves when the case is over and gone: what breaks on the way there is this case's. */
static int do_case(struct work *w, int fd, size_t index, struct worker_note *note,
                   struct str *answer)
{
    struct job_state j;
    work_read(w, index, &j);
    note->key = j.key;
    atomic_fetch_add(&note->read, 1);
    work_run(w, &j);
    int code = work_answer(w, &j, answer);
    work_done(&j);
    return code ? code : send_answer(fd, index, answer);
}

/* Keeps the memory for the next answer, unless it is much. */
static void forget(struct str *answer)
{
    enum { KEPT_BYTES = 1 << 20 };
    if (answer->cap > KEPT_BYTES) {
        str_release(answer);
    }
    answer->n = 0;
}

int worker_loop(struct work *w, int fd, struct worker_note *note)
{
    struct domain d;
    struct str answer;
    uint64_t index = 0;
    int code;
    domain_init(&d, "answers", PROFILE_GVISOR_2018_08_14);
    str_init(&answer, &d);
    while ((code = take_number(fd, &index)) == 1) {
        atomic_fetch_add(&note->taken, 1);
        code = do_case(w, fd, index, note, &answer);
        if (code) {
            break;
        }
        forget(&answer);
    }
    str_release(&answer);
    domain_close(&d, NULL, NULL);
    return code;
}
