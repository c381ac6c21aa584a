/* What must wait for the end of a document: in memory while small, then in a file without a name.
 */
#include "internal.h"

#include <errno.h>

#define IN_MEMORY (1u << 20)

static int write_out(struct rep_spool *spool)
{
    errno = 0;
    if (!spool->file) {
        spool->file = tmpfile();
    }
    if (!spool->file ||
        fwrite(spool->buf.data, 1, spool->buf.size, spool->file) != spool->buf.size) {
        return errno ? -errno : -EIO;
    }
    rep_buf_clear(&spool->buf);
    return 0;
}

int rep_spool_settle(struct rep_spool *spool)
{
    if (spool->buf.failed) {
        return -ENOMEM;
    }
    return spool->buf.size > IN_MEMORY ? write_out(spool) : 0;
}

int rep_spool_drain(struct rep_spool *spool, struct rep_out *out)
{
    char block[16384];
    size_t n = 0;
    if (spool->file && fseek(spool->file, 0, SEEK_SET)) {
        return -errno;
    }
    while (spool->file && out->code == 0 && (n = fread(block, 1, sizeof block, spool->file)) > 0) {
        rep_buf_add(&out->line, block, n);
        rep_out_flush(out);
    }
    if (spool->file && ferror(spool->file)) {
        return -EIO;
    }
    rep_buf_add(&out->line, spool->buf.data ? spool->buf.data : "", spool->buf.size);
    out->line.failed = out->line.failed || spool->buf.failed;
    return 0;
}

void rep_spool_release(struct rep_spool *spool)
{
    rep_buf_release(&spool->buf);
    if (spool->file) {
        (void)fclose(spool->file);
    }
    *spool = (struct rep_spool){0};
}
