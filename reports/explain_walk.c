/* Following a path through a recorded tree. */
#include "explain.h"

#include <string.h>

#define MAX_LINKS 40

/* A walk on its way. The names still to go are at the end of `todo`, the next one last. */
struct walk {
    struct explain *x;
    struct rep_buf todo;
    struct rep_buf path; /* without a slash at the end; empty = "/" */
    unsigned links;
};

/* Appends the components of `text` in reverse, so that the next one to walk is at the end. */
static void push_components(struct rep_buf *todo, const char *text)
{
    size_t end = strlen(text);
    while (end > 0) {
        size_t start = end;
        while (start > 0 && text[start - 1] != '/') {
            start--;
        }
        if (start < end) {
            rep_buf_add(todo, "\0", 1);
            rep_buf_add(todo, text + start, end - start);
        }
        end = start > 0 ? start - 1 : 0;
    }
}

/* Takes the next component; NULL at the end. Valid until `todo` grows. */
static const char *pop_component(struct rep_buf *todo)
{
    if (todo->size == 0) {
        return NULL;
    }
    todo->data[todo->size] = '\0';
    size_t at = todo->size;
    while (todo->data[at - 1] != '\0') {
        at--;
    }
    todo->size = at - 1;
    return todo->data + at;
}

static void step_up(struct rep_buf *path)
{
    while (path->size > 0 && path->data[path->size - 1] != '/') {
        path->size--;
    }
    path->size -= path->size > 0;
    if (path->data) {
        path->data[path->size] = '\0';
    }
}

static const char *path_text(struct walk *walk)
{
    return walk->path.size ? walk->path.data : "/";
}

static int mount_at(const struct explain *x, const char *path)
{
    for (size_t i = 0; i < x->result->n_mounts; i++) {
        const char *seen = x->result->mounts[i].seen_at;
        if (seen && strcmp(seen, path) == 0) {
            return (int)i;
        }
    }
    return -1;
}

/* The mount that a node belongs to: whose root is it, or is nearest above it. */
static int mount_of(struct explain *x, const char *path)
{
    const char *copy = explain_text(x, "%s", path);
    struct rep_buf above = {0};
    rep_buf_str(&above, copy);
    int found = -1;
    while (!above.failed && found < 0) {
        const char *here = above.size > 1 ? above.data : "/";
        const struct rep_node *node = explain_find(x, here);
        if (node && node->mountpoint) {
            found = mount_at(x, here);
            break;
        }
        if (above.size <= 1) {
            break;
        }
        step_up(&above);
    }
    rep_buf_release(&above);
    return found;
}

/* Is there more to go than this node? Then it must be a directory. */
static bool goes_on(const struct walk *walk, bool slash)
{
    return walk->todo.size > 0 || slash;
}

static void tell_crossing(struct walk *walk, const struct rep_node *node)
{
    struct explain *x = walk->x;
    int mount = node->mountpoint && walk->todo.size ? mount_at(x, node->path) : -1;
    if (mount > 0) {
        explain_add(x, "way", NULL, "at %s begins %s", node->path,
                    explain_mount_name(x, (size_t)mount));
    }
}

static void follow(struct walk *walk, const struct rep_node *node)
{
    explain_add(walk->x, "way", NULL, "%s is a link to %s", node->path,
                node->target[0] ? node->target : "\"\"");
    if (node->target[0] == '/') {
        walk->path.size = 0;
    } else {
        step_up(&walk->path);
    }
    push_components(&walk->todo, node->target);
    walk->links++;
}

static void stop(struct walk *walk, const char *name)
{
    struct rep_buf *path = &walk->path;
    walk->x->missing = explain_text(walk->x, "%s", name);
    rep_buf_str(path, "/");
    rep_buf_str(path, walk->x->missing);
    for (const char *more; (more = pop_component(&walk->todo));) {
        rep_buf_str(path, "/");
        rep_buf_str(path, more);
    }
}

/* One name further; false at the end of the way. */
static bool step(struct walk *walk, bool slash)
{
    struct explain *x = walk->x;
    const char *name = pop_component(&walk->todo);
    if (!name || walk->path.failed || walk->todo.failed) {
        return false;
    }
    if (strcmp(name, ".") == 0) {
        return true;
    }
    if (strcmp(x->last->type, "dir") != 0) {
        explain_add(x, "way", NULL, "%s is no directory: nothing can be below it", x->last->path);
        stop(walk, name);
        return false;
    }
    size_t before = walk->path.size;
    if (strcmp(name, "..") == 0) {
        step_up(&walk->path);
    } else {
        rep_buf_str(&walk->path, "/");
        rep_buf_str(&walk->path, name);
    }
    const struct rep_node *node = explain_find(x, path_text(walk));
    if (!node) {
        const char *copy = explain_text(x, "%s", walk->path.data + before + 1);
        walk->path.size = before;
        stop(walk, copy);
        return false;
    }
    if (node->target && goes_on(walk, slash) && walk->links < MAX_LINKS) {
        follow(walk, node);
        node = explain_find(x, path_text(walk));
    }
    x->last = node ? node : x->last;
    tell_crossing(walk, x->last);
    return true;
}

void explain_walk(struct explain *x)
{
    struct walk walk = {.x = x};
    size_t size = strlen(x->what->path);
    bool slash = size > 1 && x->what->path[size - 1] == '/';
    x->last = explain_find(x, "/");
    push_components(&walk.todo, x->what->path);
    while (x->last && x->code == 0 && step(&walk, slash)) {
    }
    if (x->code == 0 && (walk.todo.failed || walk.path.failed)) {
        x->code = rep_fail_memory(x->db);
    }
    if (walk.links >= MAX_LINKS) {
        explain_add(x, "way", NULL, "more than %d links: the way ends here (ELOOP)", MAX_LINKS);
    }
    if (walk.path.size) {
        walk.path.data[walk.path.size] = '\0';
    }
    x->path = explain_text(x, "%s", path_text(&walk));
    x->node = x->missing ? NULL : x->last;
    x->mount = x->last ? mount_of(x, x->last->path) : -1;
    rep_buf_release(&walk.todo);
    rep_buf_release(&walk.path);
}
