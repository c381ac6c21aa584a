/* session.c: what is left of a session when its mount source goes. */
#include "world.h"

static bool peer_ended(struct world *w)
{
    p9_server_serve_some(w->peer[0]->server);
    return p9_server_info(w->peer[0]->server).ended;
}

/* proves: Q-57 */
static void the_connection_stays_open_until_the_world_ends(void **state)
{
    struct world *w = *state;
    world_drop(w, world_tree(w, ""));
    assert_false(peer_ended(w));
    assert_int_equal(p9_server_info(w->peer[0]->server).fids, 0);
    assert_int_equal(fs_gofer_idle_connections(&w->s), 1);
}

/* proves: Q-57 */
static void strict_closes_it_after_the_last_clunk(void **state)
{
    struct world *w = *state;
    w->s.d.quirks.value[Q_57] = 0;
    peer_file(w->peer[0], w->top, "f", "");
    struct dirent *root = world_tree(w, "");
    struct dirent *child = world_walk(w, root, "f");
    world_drop(w, root);
    assert_false(peer_ended(w)); /* the child still holds the mount source */
    world_put(w, child);
    assert_true(peer_ended(w));
    assert_int_equal(p9_server_info(w->peer[0]->server).fid_deletes, 2);
    assert_int_equal(fs_gofer_idle_connections(&w->s), 0);
}

static void the_world_closes_what_is_left(void **state)
{
    struct world *w = *state;
    /* Teardown finds an idle connection of one peer and the untaken channel of the other. */
    world_drop(w, world_tree(w, REVALIDATING));
    assert_int_equal(fs_gofer_idle_connections(&w->s), 1);
}

int main(void)
{
    const struct CMUnitTest session[] = {
        WORLD_TEST(the_connection_stays_open_until_the_world_ends),
        WORLD_TEST(strict_closes_it_after_the_last_clunk),
        WORLD_TEST(the_world_closes_what_is_left),
    };
    return cmocka_run_group_tests(session, NULL, NULL);
}
