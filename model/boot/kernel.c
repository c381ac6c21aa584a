/* What a sandbox's kernel is given once (contract pipeline 14, 15). */
#include "boot_internal.h"

void boot_kernel_init(struct boot_kernel *k)
{
    *k = (struct boot_kernel){0};
}

void boot_kernel_release(struct boot_kernel *k)
{
    mount_ns_put(k->root_ns);
    restore_env_release(&k->restore);
    boot_kernel_init(k);
}

int boot_set_process_filesystem(struct ctx *c, struct boot_kernel *k, const struct spec *spec,
                                const struct config *conf, const int *fds, size_t n_fds,
                                struct boot_record *rec, struct error *err)
{
    if (domain_check(&c->s->d) != 0) {
        return CODE_FATE;
    }
    if (k->root_ns) {
        rec->fds_left = n_fds;
        return provenance_rule(&rec->root, "PQ-25");
    }
    struct mount_ns *ns = NULL;
    int r = boot_mount_namespace(c, spec, conf, fds, n_fds, rec, &ns, err);
    if (r != 0) {
        return fail_with(&c->s->d, err, r, "error creating mounts");
    }
    k->root_ns = ns;
    return 0;
}

int boot_set_restore_env(struct domain *d, struct boot_kernel *k, struct restore_env *env,
                         struct error *err)
{
    if (domain_check(d) != 0) {
        return CODE_FATE;
    }
    if (k->has_restore) {
        const char *text = "RestoreEnvironment may only be set once";
        return quirk_on(d, PP_03) ? domain_panic(d, "%s", text)
                                  : error_set(d, err, -EBUSY, "%s", text);
    }
    k->restore = *env;
    k->has_restore = true;
    *env = (struct restore_env){0};
    return 0;
}
