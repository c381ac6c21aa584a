/* The pipeline's record as plain data of a result. */
#ifndef SIMRUN_SIM_PROVENANCE_H
#define SIMRUN_SIM_PROVENANCE_H

#include <simrun/boot.h>
#include <simrun/sim/case.h>
#include <simrun/sim/result.h>

/* The compiled list and the provenance of each mount, as far as the pipeline came. 0 or CODE_FATE.
 */
int provenance_keep(const struct boot_record *rec, const struct sim_case *c, struct sim_result *r);
/*
 * Which mounts another one hides, which are not there any more, and why; asked while the namespace
 * lives, after the pipeline and once more after the capture (`captured`), which is when lost mounts
 * show. 0 or CODE_FATE.
 */
int provenance_sight(struct mount_ns *ns, struct sim_result *r, bool captured);
/* Operation `op` mounted something, or took a mount away. 0 or CODE_FATE. */
int provenance_op_mount(struct mount_ns *ns, const struct sim_op *op, int index,
                        struct sim_result *r);
int provenance_op_umount(struct mount_ns *ns, int index, struct sim_result *r);
/* The tree shows the root of a mount at `path` (borrowed from the result). */
void provenance_seen(struct sim_result *r, uint64_t mount_id, const char *path);
/* File systems of an overlay inode, top first, blank separated; NULL for others. *ret belongs to
 * the result. 0 or CODE_FATE. */
int provenance_layers(struct sim_result *r, const struct inode *inode, const char **ret);
/* A text of the world (NULL counts as empty) as results show it, kept by the result. NULL = fate
 * oom. */
const char *result_shown_text(struct sim_result *r, const char *text);
/* "ro,noatime". Static. */
const char *mount_flags_text(struct mount_flags f);

/* --------------------------------------------------------------------------- reasons.c, hidden.c
 */

/* JSON of the rules that acted on mount `i` of the compiled list (-1: the root), and why, in order;
 * `m` is what is known of it so far. NULL = fate oom. */
const char *provenance_reasons(const struct boot_record *rec, int i, const struct sim_mount *m,
                               struct sim_result *r);
/* Adds one reason to those of a mount; `rule` may be NULL. 0 or CODE_FATE. */
int provenance_add_reason(struct sim_result *r, struct sim_mount *m, const char *rule,
                          const char *text);
/* Fills `hides` of every mount of the compiled list that was made: the other fields of all are
 * known. 0 or CODE_FATE. */
int provenance_hidden(const struct boot_record *rec, const struct sim_case *c,
                      struct sim_result *r);
/* `"key": "text"` with a comma before it unless it is the first of its object. */
void provenance_member(struct str *s, const char *key, const char *text);
/* Index in the result's mounts of a mounted id; -1 = none. */
int provenance_index(const struct sim_result *r, uint64_t mount_id);

#endif
