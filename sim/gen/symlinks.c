/* Links on the way to a destination: limits, dangling ones, ways out (PQ-18, PQ-19, pipeline 17).
 */
#include "draft.h"

void gen_make_symlinks(struct gen_draft *c)
{
    static const char *const heads[] = {
        "/l",       "/abs",  "/slash",      "/dot",     "/root",   "/above", "/tofile", "/dangling",
        "/dangabs", "/self", "/loop1",      "/todev",   "/toproc", "/totmp", "/c0",     "/c1",
        "/c2",      "/a/up", "/a/b/c/deep", "/var/run", "/a",      "/a/b/c", "/a/file",
    };
    static const char *const tails[] = {"",      "/b",      "/new",  "/b/new", "/b/c/deep/c",
                                        "/file", "/../x",   "/up/l", "/x",     "/run",
                                        "/null", "/secrets"};
    c->root = GEN_ROOT_LINKS;
    for (size_t n = 1 + gen_random_below(&c->r, 3); n > 0; n--) {
        const char *head = GEN_PICK(c, heads);
        /* relative: nothing of it is covered by a stub */
        bool relative = gen_random_chance(&c->r, 10);
        gen_add_any(c, gen_text(c, "%s%s", head + relative, GEN_PICK(c, tails)));
    }
}
