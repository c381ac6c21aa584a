/*
 * Runs a fuzz target without libFuzzer: over each file named on the command line, and over each
 * file of a folder. Then over mutations of them, seeded, so that a gcc build of the tests tries
 * more than what is committed.
 *
 *     fuzz_TARGET [-m MUTATIONS] [-s SEED] PATH...
 */
#include <dirent.h>
#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { INPUT_MAX = 1 << 20 };

struct session {
    uint64_t seed;
    unsigned long mutations, inputs;
};

static uint64_t next_random(uint64_t *seed)
{
    uint64_t z = *seed += 0x9e3779b97f4a7c15u;
    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9u;
    z = (z ^ z >> 27) * 0x94d049bb133111ebu;
    return z ^ z >> 31;
}

/* One input from another: a few bytes set, flipped, removed or doubled. */
static size_t mutate(uint64_t *seed, uint8_t *buf, size_t n)
{
    for (unsigned i = 0, steps = 1 + next_random(seed) % 4; i < steps && n > 0; i++) {
        size_t at = next_random(seed) % n, len = 1 + next_random(seed) % 8;
        len = len > n - at ? n - at : len;
        switch (next_random(seed) % 4) {
        case 0:
            buf[at] = (uint8_t)next_random(seed);
            break;
        case 1:
            buf[at] = (uint8_t)(buf[at] ^ 1u << next_random(seed) % 8);
            break;
        case 2:
            memmove(buf + at, buf + at + len, n - at - len);
            n -= len;
            break;
        default:
            if (n + len <= INPUT_MAX) {
                memmove(buf + at + len, buf + at, n - at);
                n += len;
            }
            break;
        }
    }
    return n;
}

static void run_input(struct session *s, const uint8_t *data, size_t n)
{
    LLVMFuzzerTestOneInput(data, n);
    s->inputs++;
    uint8_t *copy = malloc(INPUT_MAX);
    if (!copy) {
        return;
    }
    for (unsigned long i = 0; i < s->mutations; i++) {
        memcpy(copy, data, n);
        LLVMFuzzerTestOneInput(copy, mutate(&s->seed, copy, n));
        s->inputs++;
    }
    free(copy);
}

static int run_file(struct session *s, const char *path)
{
    FILE *f = fopen(path, "rb");
    uint8_t *data = malloc(INPUT_MAX);
    if (!f || !data) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        free(data);
        if (f) {
            fclose(f);
        }
        return 1;
    }
    size_t n = fread(data, 1, INPUT_MAX, f);
    fclose(f);
    run_input(s, data, n);
    free(data);
    return 0;
}

static int run_path(struct session *s, const char *path)
{
    struct stat st;
    if (stat(path, &st) != 0) {
        fprintf(stderr, "%s: %s\n", path, strerror(errno));
        return 1;
    }
    if (!S_ISDIR(st.st_mode)) {
        return run_file(s, path);
    }
    struct dirent **names;
    int n = scandir(path, &names, NULL, alphasort), failed = n < 0;
    for (int i = 0; i < n; i++) {
        char child[4096];
        snprintf(child, sizeof(child), "%s/%s", path, names[i]->d_name);
        if (names[i]->d_name[0] != '.') {
            failed |= run_file(s, child);
        }
        free(names[i]);
    }
    if (n >= 0) {
        free(names);
    }
    return failed;
}

int main(int argc, char **argv)
{
    struct session s = {.seed = 1};
    int failed = 0, i = 1;
    for (; i + 1 < argc && argv[i][0] == '-'; i += 2) {
        unsigned long value = strtoul(argv[i + 1], NULL, 10);
        if (strcmp(argv[i], "-m") == 0) {
            s.mutations = value;
        } else {
            s.seed = value;
        }
    }
    run_input(&s, (const uint8_t *)"", 0);
    for (; i < argc; i++) {
        failed |= run_path(&s, argv[i]);
    }
    printf("%lu inputs\n", s.inputs);
    return failed;
}
