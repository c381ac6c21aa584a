/* model/fs/tmpfs/fifo.c */
#include "fs_test.h"

#include <simrun/fs/tmpfs.h>

static struct inode *new_fifo(struct world *w)
{
    world_open(w, PROFILE_GVISOR_2018_08_14);
    assert_int_equal(fs_tmpfs_register(&w->s), 0);
    struct inode *root = world_mount(w, "tmpfs", "");
    w->c.creds.euid = 31;
    assert_int_equal(root->ops->mkfifo(&w->c, root, "p", 0640), 0);
    struct inode *fifo = child_of(w, root, "p");
    inode_put(root);
    return fifo;
}

/* proves: FQ-27 FQ-28 */
static void test_an_opened_fifo_is_another_inode(void **state)
{
    (void)state;
    struct world w;
    struct inode *fifo = new_fifo(&w);
    struct open_flags flags = {
        .read = true, .write = true, .nonblocking = true, .append = true, .large_file = true};
    struct file *f = NULL;
    assert_int_equal(open_inode(&w, fifo, flags, &f), 0);
    struct inode *pipe = f->dirent->inode;
    assert_ptr_not_equal(pipe, fifo);
    assert_string_equal(f->dirent->name, "pipe:[1]");
    assert_int_equal(pipe->stable.device_id, DEVICE_PIPE);
    assert_int_equal(pipe->stable.type, INODE_PIPE);
    struct unstable_attr a = attr_of(&w, pipe);
    assert_int_equal(a.perms, 0600);
    assert_int_equal(a.uid, 31);
    assert_int_equal(a.links, 1);
    assert_true(f->flags.read && f->flags.write);
    assert_false(f->flags.nonblocking || f->flags.append || f->flags.large_file);
    assert_false(f->flags.pread || f->flags.pwrite);
    assert_null(pipe->ops->chmod); /* refused */
    assert_null(pipe->ops->chown); /* invalid */

    assert_int_equal(attr_of(&w, fifo).perms, 0640);
    assert_int_equal(fifo->ops->truncate(&w.c, fifo, 0), 0);
    inode_put(fifo); /* the open file outlives the name */
    char buf[3];
    size_t n = 0;
    assert_int_equal(file_pwrite(&w.c, f, 0, "abc", 3, &n), 0);
    assert_int_equal(file_pread(&w.c, f, 0, buf, 3, &n), 0);
    assert_memory_equal(buf, "abc", 3);
    file_put(f);
    world_close(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_an_opened_fifo_is_another_inode),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
