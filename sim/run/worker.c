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

static int send_answer(struct work *w, int fd, struct job_state *j)
{
    struct str s;
    str_init(&s, &j->d);
    int code = work_answer(w, j, &s);
    if (code == 0) {
        struct frame_head head = {s.n, j->index};
        struct iovec v[2] = {{&head, sizeof(head)}, {s.p, s.n}};
        code = send_all(fd, v, 2);
    }
    str_release(&s);
    return code;
}

int worker_loop(struct work *w, int fd, struct worker_note *note)
{
    uint64_t index = 0;
    int code;
    while ((code = take_number(fd, &index)) == 1) {
        struct job_state j;
        note->index = WORKER_NO_CASE;
        work_read(w, index, &j);
        note->key = j.key;
        note->index = index;
        work_run(w, &j);
        code = send_answer(w, fd, &j);
        work_done(&j);
        if (code) {
            break;
        }
    }
    return code;
}
