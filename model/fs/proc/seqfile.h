/*
 * The engine of generated files (contract filesystems 7.9): a list of records that stays between
 * reads, so that a reader in small pieces sees each record whole.
 */
#ifndef SIMRUN_FS_PROC_SEQFILE_H
#define SIMRUN_FS_PROC_SEQFILE_H

#include <simrun/vfs.h>

/* A record ends at byte `end` of the text; `handle` names the place after it for the source and
 * grows from record to record. */
struct seq_record {
    size_t end;
    uint64_t handle;
};

/* What a source writes into: text, cut into records. */
struct seq_out {
    struct str text;
    struct seq_record *records; /* owned */
    size_t n, cap;
};
void seq_out_init(struct seq_out *out, struct domain *d);
void seq_out_release(struct seq_out *out);
/* Ends the record at what was written so far, handle = its number from 1. 0 or CODE_FATE. */
int seq_out_cut(struct seq_out *out) SIMRUN_MUST_CHECK;
int seq_out_cut_at(struct seq_out *out, uint64_t handle) SIMRUN_MUST_CHECK;

struct seq_source {
    /* Has the content changed since `generation`? (0: never asked yet.) */
    bool (*needs_update)(void *arg, uint64_t generation);
    /* Append the records after the one with handle `after` (0: all). *generation is what they show.
     */
    int (*read)(struct ctx *c, void *arg, uint64_t after, struct seq_out *out,
                uint64_t *generation);
};

/* State of one file, shared by all who opened it. Zero-initialised is a new one. */
struct seq {
    struct seq_out kept; /* what was read so far; initialised at the first read */
    uint64_t generation;
    int64_t last_read; /* offset of the last read */
};
void seq_release(struct seq *q);
int seq_read(struct ctx *c, struct seq *q, const struct seq_source *source, void *arg, int64_t off,
             char *buf, size_t len, size_t *n);

#endif
