/* endpoint.c: sockets bound in a mount (contract ninep 10.2, 10.6). */
#include "world.h"

#define SOCKETS ",cache=remote_revalidating,privateunixsocket=true"

static struct dirent *bind_here(struct world *w, struct dirent *root, const char *name)
{
    struct dirent *d = NULL;
    assert_int_equal(root->inode->ops->bind(&w->c, root->inode, name, 0755, &d), 0);
    return d;
}

/* proves: P-08 Q-66 */
static void a_bound_name_is_a_socket_here_and_a_file_there(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, SOCKETS);
    world_put(w, bind_here(w, root, "sock"));
    SENT(w, root->inode, "bind", P9_TWALK, 2, P9_TUCREATE, 1, P9_TGETATTR, 1, P9_TCLUNK, 1);
    assert_int_equal(w->peer[0]->open_flags, P9_OPEN_RDWR);
    assert_int_equal(peer_find(w->top, "sock")->mode, S_IFREG | 0755);
    struct dirent *found = world_walk(w, root, "sock");
    assert_int_equal(found->inode->stable.type, INODE_SOCKET);
    world_put(w, found);
    world_drop(w, root);
}

static void it_exists_already(void **state)
{
    struct world *w = *state;
    struct dirent *d;
    peer_file(w->peer[0], w->top, "sock", "");
    struct dirent *root = world_tree(w, SOCKETS);
    assert_int_equal(root->inode->ops->bind(&w->c, root->inode, "sock", 0755, &d), -EEXIST);
    assert_int_equal(p9_server_info(w->peer[0]->server).fids, 1); /* the clone was clunked */
    world_drop(w, root);
}

static void removing_it_forgets_it(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, SOCKETS);
    world_put(w, bind_here(w, root, "sock"));
    struct pfile *file = peer_find(w->top, "sock");
    world_forget(w, root->inode);
    assert_int_equal(root->inode->ops->remove(&w->c, root->inode, "sock"), 0);
    jobs_drain(&w->s.d);
    /* The extra lookup, its clunk, and the bound dirent's. */
    SENT(w, root->inode, "unlink", P9_TWALKGETATTR, 1, P9_TUNLINKAT, 1, P9_TCLUNK, 2);
    peer_enter(w->top, "again", file);
    struct dirent *found = world_walk(w, root, "again");
    assert_int_equal(found->inode->stable.type, INODE_REGULAR);
    world_put(w, found);
    world_drop(w, root);
    assert_int_equal(p9_server_info(w->peer[0]->server).fids, 0);
}

static void a_failed_removal_remembers_it(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, SOCKETS);
    world_put(w, bind_here(w, root, "sock"));
    w->peer[0]->fail[P9_TUNLINKAT] = EPERM;
    assert_int_equal(root->inode->ops->remove(&w->c, root->inode, "sock"), -EPERM);
    struct dirent *found = world_walk(w, root, "sock");
    assert_int_equal(found->inode->stable.type, INODE_SOCKET);
    world_put(w, found);
    world_drop(w, root);
}

/* A bound socket keeps its mount until the world closes, where the ledger must be empty. */
static void a_bound_socket_keeps_the_mount(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, SOCKETS);
    struct mount_source *ms = root->inode->ms;
    world_put(w, bind_here(w, root, "one"));
    world_put(w, bind_here(w, root, "two"));
    assert_int_equal(ms->dirent_refs, 3); /* the root's one, and the two bound ones */
    world_drop(w, root);
    assert_int_equal(ms->dirent_refs, 2);
    assert_int_equal(fs_gofer_idle_connections(&w->s), 0);
}

static void a_number_used_again_is_bound_once(void **state)
{
    struct world *w = *state;
    struct dirent *root = world_tree(w, SOCKETS);
    world_put(w, bind_here(w, root, "one"));
    uint64_t ino = peer_find(w->top, "one")->ino;
    peer_drop(w->top, "one");
    w->peer[0]->last_ino = ino - 1; /* the host gives the number to the next file */
    world_put(w, bind_here(w, root, "two"));
    assert_int_equal(peer_find(w->top, "two")->ino, ino);
    struct session *ses = session_of(root->inode);
    assert_ptr_equal(ses->endpoints.next, ses->endpoints.prev);
    assert_false(list_empty(&ses->endpoints));
    world_drop(w, root);
}

int main(void)
{
    const struct CMUnitTest endpoint[] = {
        WORLD_TEST(a_bound_name_is_a_socket_here_and_a_file_there),
        WORLD_TEST(it_exists_already),
        WORLD_TEST(removing_it_forgets_it),
        WORLD_TEST(a_failed_removal_remembers_it),
        WORLD_TEST(a_bound_socket_keeps_the_mount),
        WORLD_TEST(a_number_used_again_is_bound_once),
    };
    return cmocka_run_group_tests(endpoint, NULL, NULL);
}
