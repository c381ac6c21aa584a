/* What a search found, for people and for programs. */
#include "search.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#define SHOWN 50u /* matches that text lists */

static const char *kind_name(const struct rep_group *group)
{
    return group->kind == REP_CHANGE_ERROR  ? "error"
           : group->kind == REP_CHANGE_TREE ? "path"
                                            : "log";
}

/* The text without marks, and where in it they were: pairs of on and off. */
struct marked {
    struct rep_buf text;
    size_t *at; /* owned */
    size_t count, room;
};

static void marked_release(struct marked *marked)
{
    rep_buf_release(&marked->text);
    free(marked->at);
}

static int split_marks(const char *text, bool escaped, struct marked *marked)
{
    while (*text) {
        size_t size = strcspn(text, "\001\002");
        if (escaped) {
            rep_escape_into(&marked->text, text, size, 0);
        } else {
            rep_buf_add(&marked->text, text, size);
        }
        text += size;
        if (*text) {
            size_t *at = rep_grow(marked->at, &marked->room, marked->count + 1, sizeof *at);
            if (!at) {
                return -ENOMEM;
            }
            marked->at = at;
            at[marked->count++] = marked->text.size;
            text++;
        }
    }
    return marked->text.failed ? -ENOMEM : 0;
}

/* Writes text[from..to) and turns the colour where a mark is. */
static void write_marked(struct rep_out *out, const struct marked *marked, size_t from, size_t to,
                         size_t *next)
{
    while (*next < marked->count && marked->at[*next] <= to) {
        size_t at = marked->at[*next];
        rep_buf_add(&out->line, marked->text.data + from, at - from);
        rep_out_colour(out, *next % 2 ? REP_PLAIN : REP_YELLOW);
        from = at;
        ++*next;
    }
    rep_buf_add(&out->line, marked->text.data + from, to - from);
}

static void print_text(struct rep_out *out, const struct rep_group *group)
{
    enum { INDENT = 7 };
    struct marked marked = {0};
    size_t next = 0;
    size_t at = 0;
    size_t columns = rep_out_width(out) > INDENT + 8 ? rep_out_width(out) - INDENT : 8;
    if (split_marks(group->text, true, &marked) < 0) {
        out->line.failed = true;
    }
    rep_out_fmt(out, "%-*s", INDENT, kind_name(group));
    while (at < marked.text.size && !out->line.failed) {
        size_t size = rep_line_size(marked.text.data + at, marked.text.size - at, columns);
        if (at > 0) {
            rep_out_fmt(out, "%*s", INDENT, "");
        }
        write_marked(out, &marked, at, at + size, &next);
        rep_out_raw(out, "\n");
        at += size;
        at += strspn(marked.text.data + at, " ");
    }
    rep_out_colour(out, REP_PLAIN);
    marked_release(&marked);
}

static void print_cases(struct rep_out *out, const struct search *search,
                        const struct rep_group *group)
{
    struct rep_buf text = {0};
    rep_buf_fmt(&text, "%zu %s%s: ", group->hits, search->run ? "case" : "result",
                group->hits == 1 ? "" : "s");
    for (size_t i = 0; i < group->hits && i < REP_GROUP_NAMES; i++) {
        const char *name = search->groups.name[group->hit[i]];
        const char *blank = strchr(name, ' ');
        rep_buf_str(&text, i ? ", " : "");
        rep_buf_str(&text, blank + 1);
        if (!search->run) {
            rep_buf_fmt(&text, " (run %.*s)", (int)(blank - name), name);
        }
    }
    if (group->hits > REP_GROUP_NAMES) {
        rep_buf_fmt(&text, ", and %zu more", group->hits - REP_GROUP_NAMES);
    }
    rep_out_colour(out, REP_DIM);
    rep_out_wrap(out, "", 7, text.failed ? "" : text.data);
    rep_out_colour(out, REP_PLAIN);
    out->line.failed = out->line.failed || text.failed;
    rep_buf_release(&text);
}

static void print_matches(struct rep_out *out, const struct search *search)
{
    size_t count = search->groups.count;
    for (size_t i = 0; i < count && i < SHOWN && out->code == 0; i++) {
        print_text(out, &search->groups.group[i]);
        print_cases(out, search, &search->groups.group[i]);
    }
    if (count == 0) {
        rep_out_raw(out, "nothing found\n");
    } else if (count > SHOWN) {
        rep_out_fmt(out, "and %zu more matches (--format jsonl has all)\n", count - SHOWN);
    }
    if (search->backlog > 0) {
        rep_out_fmt(out,
                    "the newest %lld results cannot be searched yet: who writes the file next\n"
                    "indexes them\n",
                    (long long)search->backlog);
    }
    if (search->paths_left + search->groups.dropped > 0) {
        rep_out_fmt(out, "%lld further paths match and were not looked up: say more words\n",
                    (long long)search->paths_left + search->groups.dropped);
    }
}

static void write_json(struct rep_out *out, const struct search *search,
                       const struct rep_group *group)
{
    struct marked marked = {0};
    if (split_marks(group->text, false, &marked) < 0) {
        out->line.failed = true;
    }
    rep_buf_fmt(&out->line, "{\"kind\":\"%s\",\"text\":", kind_name(group));
    rep_buf_json(&out->line, marked.text.data ? marked.text.data : "", marked.text.size);
    rep_buf_fmt(&out->line, ",\"cases\":%zu,\"results\":[", group->hits);
    for (size_t i = 0; i < group->hits; i++) {
        const char *name = search->groups.name[group->hit[i]];
        const char *blank = strchr(name, ' ');
        rep_buf_fmt(&out->line, "%s{\"run\":%.*s,\"name\":", i ? "," : "", (int)(blank - name),
                    name);
        rep_buf_json(&out->line, blank + 1, strlen(blank + 1));
        rep_buf_str(&out->line, "}");
    }
    rep_out_raw(out, "]}\n");
    marked_release(&marked);
}

int search_write(const struct search *search, const struct rep_sink *sink, enum rep_format format)
{
    struct rep_out out;
    rep_out_init(&out, sink);
    if (format == REP_FORMAT_TEXT) {
        print_matches(&out, search);
    }
    for (size_t i = 0; format == REP_FORMAT_JSONL && i < search->groups.count && out.code == 0;
         i++) {
        write_json(&out, search, &search->groups.group[i]);
    }
    int written = rep_out_finish(&out);
    return written < 0 ? rep_fail(search->db, written, "cannot write what was found") : 0;
}
