/* The pipeline's record as plain data of a result. */
#ifndef SIMRUN_SIM_PROVENANCE_H
#define SIMRUN_SIM_PROVENANCE_H

#include <simrun/boot.h>
#include <simrun/sim/case.h>
#include <simrun/sim/result.h>

/* The compiled list and the provenance of each mount, as far as the pipeline came. 0 or CODE_FATE.
 */
int provenance_keep(const struct boot_record *rec, const struct sim_case *c, struct sim_result *r);
/* Remember which mounts another one hides; asked while the namespace lives. 0 or CODE_FATE. */
int provenance_shadows(struct mount_ns *ns, const struct boot_record *rec, struct sim_result *r);
/* A text of the world (NULL counts as empty) as results show it, kept by the result. NULL = fate
 * oom. */
const char *result_shown_text(struct sim_result *r, const struct sim_case *c, const char *text);
/* "ro,noatime". Static. */
const char *mount_flags_text(struct mount_flags f);

#endif
