/* Runs of one file put into another: what the files of merge share. */
#ifndef SIMRUN_REPORTS_MERGE_H
#define SIMRUN_REPORTS_MERGE_H

#include "private.h"

/* ---- merge_source.c, merge_mounts.c, merge_run.c ---- */

struct rep_merge_source {
    const char *path;  /* borrowed */
    struct rep_db *db; /* in a transaction: one state of the file is read */
    char *copy;        /* owned; of a file of an older version, removed at the end */
};

/* Release it in any case. */
int rep_merge_source_open(struct rep_db *into, const char *path, struct rep_merge_source *source);
void rep_merge_source_close(struct rep_merge_source *source);

/* Of the run and all its results, without numbers: equal only for the very same recording. */
int rep_run_digest(struct rep_db *db, int64_t run, struct rep_hash *digest);
/* A command line without what each machine of a sharded run has of its own. */
int rep_command_key(struct rep_db *db, const char *argv, struct rep_buf *key);
/* Copies the mounts and their lists; the numbers of mounts are of each file alone. */
int rep_merge_mounts(struct rep_db *into, struct rep_db *from);
/* 1 = `*run` of `into` has other shards of the run that `info` describes: same subject, version,
 * profile, seed, label, options, number of shards and command. 0 = none. */
int rep_find_siblings(struct rep_db *into, struct rep_db *from, const struct rep_run_info *info,
                      int64_t *run);
/* -EEXIST and a text that names the first case that both runs have with another input or result;
 * otherwise the number that they have in common is added to `*same`. */
int rep_check_overlap(struct rep_db *into, const struct rep_merge_source *source,
                      int64_t source_run, int64_t run, int64_t *same);

/* ---- merge.c ---- */

struct merge {
    struct rep_db *into;
    bool separate;
    struct rep_out out; /* only when sink is there */
    const struct rep_sink *sink;
    struct rep_merge_counts counts;
    int64_t *joined; /* owned; runs that took shards */
    size_t n_joined, room;
};

/* One run of a source on its way. */
struct passage {
    const struct rep_merge_source *source;
    struct rep_run_info info;
    struct rep_hash digest;
    int64_t target;
    int64_t result_base; /* added to the numbers of results */
    bool join;           /* the target was there before */
};

/* ---- merge_known.c ---- */

/* 1 = the run is here already, as passage->target. -EEXIST when some of its parts are. */
int merge_find_known(struct merge *merge, struct passage *passage);

/* ---- merge_part.c ---- */

/* Steps a statement whose parameters are a run and perhaps a hash; 1 = it gave a row, whose first
 * number is `*value`. */
int merge_ask(struct rep_db *db, const char *sql, int64_t run, const struct rep_hash *hash,
              int64_t *value);
int merge_add_part(struct rep_db *into, int64_t run, const char *source,
                   const struct rep_run_info *info, const struct rep_hash *digest);
/* A shard that was recorded here becomes a part like those that join it. */
int merge_note_own_part(struct rep_db *into, int64_t run);
/* What a run of several shards is as a whole; it counts as sharded while some are missing. */
int merge_settle_joined(struct rep_db *into, int64_t run);
/* Says which shards of a joined run are here. */
int merge_tell_joined(struct merge *merge, int64_t run);

#endif
