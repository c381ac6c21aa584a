#include "private.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void rep_buf_release(struct rep_buf *buf)
{
    free(buf->data);
    *buf = (struct rep_buf){0};
}

void rep_buf_clear(struct rep_buf *buf)
{
    buf->size = 0;
    buf->failed = false;
    if (buf->data) {
        buf->data[0] = '\0';
    }
}

bool rep_buf_grow(struct rep_buf *buf, size_t more)
{
    if (buf->failed) {
        return false;
    }
    size_t room = buf->room ? buf->room : 256;
    while (room - buf->size <= more) {
        if (room > SIZE_MAX / 2) {
            buf->failed = true;
            return false;
        }
        room *= 2;
    }
    char *data = realloc(buf->data, room);
    if (!data) {
        buf->failed = true;
        return false;
    }
    buf->data = data;
    buf->room = room;
    return true;
}

void rep_buf_str(struct rep_buf *buf, const char *text)
{
    rep_buf_add(buf, text, strlen(text));
}

void rep_buf_fmt(struct rep_buf *buf, const char *format, ...)
{
    char small[256];
    va_list args;
    va_start(args, format);
    int need = vsnprintf(small, sizeof small, format, args);
    va_end(args);
    if (need < 0) {
        buf->failed = true;
        return;
    }
    if ((size_t)need < sizeof small) {
        rep_buf_add(buf, small, (size_t)need);
        return;
    }
    if (!rep_buf_reserve(buf, (size_t)need + 1)) {
        return;
    }
    va_start(args, format);
    (void)vsnprintf(buf->data + buf->size, (size_t)need + 1, format, args);
    va_end(args);
    buf->size += (size_t)need;
}

void rep_buf_u64(struct rep_buf *buf, uint64_t value)
{
    uint64_t big = htobe64(value);
    rep_buf_add(buf, &big, sizeof big);
}

void rep_buf_field(struct rep_buf *buf, const char *text)
{
    enum { ABSENT = 0xff, LONG = 0xfe };
    size_t size = text ? strlen(text) : 0;
    if (!text || size >= LONG) {
        unsigned char mark = text ? LONG : ABSENT;
        rep_buf_add(buf, &mark, 1);
        if (!text) {
            return;
        }
        rep_buf_u64(buf, size);
        rep_buf_add(buf, text, size);
        return;
    }
    if (rep_buf_reserve(buf, size + 1)) {
        char *to = buf->data + buf->size;
        to[0] = (char)size;
        memcpy(to + 1, text, size);
        to[size + 1] = '\0';
        buf->size += size + 1;
    }
}

void *rep_grow(void *array, size_t *room, size_t need, size_t element)
{
    if (need <= *room) {
        return array;
    }
    size_t more = *room ? *room : 16;
    while (more < need) {
        more *= 2;
    }
    void *grown = reallocarray(array, more, element);
    if (grown) {
        *room = more;
    }
    return grown;
}

struct rep_chunk {
    struct rep_chunk *next;
    size_t used;
    size_t room;
    char data[];
};

void rep_arena_release(struct rep_arena *arena)
{
    struct rep_chunk *chunk = arena->head;
    while (chunk) {
        struct rep_chunk *next = chunk->next;
        free(chunk);
        chunk = next;
    }
    arena->head = NULL;
}

char *rep_arena_copy(struct rep_arena *arena, const void *data, size_t size)
{
    struct rep_chunk *chunk = arena->head;
    if (!chunk || chunk->room - chunk->used <= size) {
        size_t room = size < 32768 ? 65536 - sizeof *chunk : size + 1;
        chunk = malloc(sizeof *chunk + room);
        if (!chunk) {
            return NULL;
        }
        *chunk = (struct rep_chunk){.next = arena->head, .room = room};
        arena->head = chunk;
    }
    char *copy = chunk->data + chunk->used;
    if (size > 0) {
        memcpy(copy, data, size);
    }
    copy[size] = '\0';
    chunk->used += size + 1;
    return copy;
}
