/* make_manual DIR VERSION DATE SQL...: writes the manual pages into DIR; run by the build. */
#include "manual.h"

#include <stdlib.h>

static FILE *open_page(const char *dir, const char *name)
{
    char path[4096];
    int n = snprintf(path, sizeof(path), "%s/%s", dir, name);
    FILE *f = n > 0 && (size_t)n < sizeof(path) ? fopen(path, "w") : NULL;
    if (!f) {
        perror(name);
        exit(1);
    }
    return f;
}

static void close_page(FILE *f)
{
    if (ferror(f) | fclose(f)) {
        perror("manual page");
        exit(1);
    }
}

/* All of a file, NUL-terminated. */
static char *read_text(const char *path)
{
    FILE *f = fopen(path, "r");
    char *text = NULL;
    size_t room = 0;
    if (!f || getdelim(&text, &room, '\0', f) < 0) {
        perror(path);
        exit(1);
    }
    (void)fclose(f);
    return text;
}

int main(int argc, char **argv)
{
    if (argc < 5) {
        (void)fputs("usage: make_manual DIR VERSION DATE SQL...\n", stderr);
        return 2;
    }
    for (int i = 0; i < COMMAND_COUNT; i++) {
        if (!manual[i].text || !manual[i].examples[0].line) {
            (void)fprintf(stderr, "make_manual: manual_table.c has no text and example of \"%s\"\n",
                          commands[i].name);
            return 1;
        }
        char name[64];
        (void)snprintf(name, sizeof(name), i == COMMAND_RUN ? "simrun.1" : "simrun-%s.1",
                       commands[i].name);
        FILE *f = open_page(argv[1], name);
        manual_print(f, (enum command_id)i, argv[2], argv[3]);
        close_page(f);
    }
    char **sql = argv + 4;
    for (int i = 4; i < argc; i++) {
        argv[i] = read_text(argv[i]);
    }
    FILE *f = open_page(argv[1], "simrun-db.5");
    int code = manual_print_schema(f, (const char *const *)sql, (size_t)argc - 4, argv[3]);
    if (code) {
        (void)fprintf(stderr, "make_manual: simrun-db.5: %s\n", strerror(-code));
        return 1;
    }
    close_page(f);
    for (int i = 4; i < argc; i++) {
        free(argv[i]);
    }
    return 0;
}
