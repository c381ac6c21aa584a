#include "boot_internal.h"

int fd_list_take(struct domain *d, struct fd_list *l, int *ret, struct error *err)
{
    if (l->next == l->n) {
        const char *text = "fdDispenser out of fds";
        return quirk_on(d, PP_01) ? domain_panic(d, "%s", text)
                                  : error_set(d, err, -EINVAL, "%s", text);
    }
    *ret = l->v[l->next++];
    return 0;
}

size_t fd_list_left(const struct fd_list *l)
{
    return l->n - l->next;
}

int fd_list_check_empty(struct domain *d, const struct fd_list *l, struct error *err)
{
    if (fd_list_left(l) == 0) {
        return 0;
    }
    struct str list;
    str_init(&list, d);
    for (size_t i = l->next; i < l->n; i++) {
        str_addf(&list, i == l->next ? "%d" : " %d", l->v[i]);
    }
    int r = error_set(d, err, -EINVAL, "not all mount points were consumed, remaining: &{[%s]}",
                      str_get(&list));
    str_release(&list);
    return domain_dead(d) ? CODE_FATE : r;
}
