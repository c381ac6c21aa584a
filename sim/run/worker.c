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
                   struct answer *answer)
{
    struct job_state j;
    work_read(w, index, &j);
    note->key = j.key;
    atomic_fetch_add(&note->read, 1);
    work_run(w, &j);
    int code = work_answer(w, &j, answer);
    work_done(&j);
    return code ? code : send_answer(fd, index, &answer->text);
}

int worker_loop(struct work *w, int fd, struct worker_note *note)
{
    struct answer answer;
    uint64_t index = 0;
    int code;
    answer_init(&answer);
    while ((code = take_number(fd, &index)) == 1) {
        atomic_fetch_add(&note->taken, 1);
        code = do_case(w, fd, index, note, &answer);
        if (code) {
            break;
        }
        answer_clear(&answer);
    }
    answer_release(&answer);
    return code;
}
