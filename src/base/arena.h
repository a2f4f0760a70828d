/* Arena: memory of one request or one job run, given back all at once.
 *
 * Blocks of 8 KiB and more are chained; arena_reset keeps the first block for the next request. Under AddressSanitizer
 * every allocation is a malloc of its own, so that an overrun is seen. Out of memory ends the process with a log line:
 * no caller checks for NULL. Not thread safe: one arena belongs to one thread at a time.
 */
#pragma once
#include <stddef.h>

struct arena_block;
struct arena {
    struct arena_block *blocks; /* newest first; NULL in a zeroed, valid, empty arena */
    size_t used;                /* bytes used of the newest block */
    size_t total;               /* bytes handed out since the last reset */
};

void arena_init(struct arena *arena);
void arena_dispose(struct arena *arena);
void arena_reset(struct arena *arena);

/* Zeroed memory, aligned for any type; lives until reset or dispose. `size` 0 is allowed. */
void *arena_alloc(struct arena *arena, size_t size) __attribute__((returns_nonnull, alloc_size(2)));
/* `count` zeroed items; a product that overflows ends the process. */
void *arena_alloc_array(struct arena *arena, size_t count, size_t size) __attribute__((returns_nonnull));

#define arena_new(arena, type) ((type *)arena_alloc((arena), sizeof(type)))
#define arena_array(arena, type, count) ((type *)arena_alloc_array((arena), (count), sizeof(type)))

/* Heap memory for what outlives a request; zeroed, never NULL. Free with free(). */
void *mem_alloc(size_t size) __attribute__((returns_nonnull, alloc_size(1)));
void *mem_resize(void *pointer, size_t size) __attribute__((returns_nonnull, alloc_size(2)));
