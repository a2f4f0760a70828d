/* Arena: blocks that double from 8 KiB to 64 KiB, the newest one being filled.
 *
 * What is too big for half a block gets a block of its own behind the newest, so that the newest goes on being filled. With
 * AddressSanitizer each allocation is a block of its own and of its exact size.
 */
#include "base/arena.h"
#include "base/log.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#if defined(__SANITIZE_ADDRESS__)
#define ARENA_BYPASS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define ARENA_BYPASS 1
#endif
#endif
#ifndef ARENA_BYPASS
#define ARENA_BYPASS 0
#endif

#define ARENA_FIRST_BLOCK ((size_t)8 << 10)
#define ARENA_LARGEST_BLOCK ((size_t)64 << 10)
#define ARENA_ALIGN _Alignof(max_align_t)

struct arena_block {
    struct arena_block *older;
    size_t size; /* of bytes[] */
    _Alignas(max_align_t) char bytes[];
};

static struct arena_block *block_new(size_t size)
{
    struct arena_block *block = size < SIZE_MAX / 2 ? malloc(sizeof *block + size) : NULL;
    if (!block) log_fatal("out of memory: no %zu bytes for an arena", size);
    block->older = NULL;
    block->size = size;
    return block;
}

void arena_init(struct arena *arena) { *arena = (struct arena){0}; }

void arena_dispose(struct arena *arena)
{
    for (struct arena_block *block = arena->blocks; block;) {
        struct arena_block *older = block->older;
        free(block);
        block = older;
    }
    *arena = (struct arena){0};
}

void arena_reset(struct arena *arena)
{
    struct arena_block *kept = NULL;
    for (struct arena_block *block = arena->blocks; block;) {
        struct arena_block *older = block->older;
        if (!ARENA_BYPASS && !kept && block->size == ARENA_FIRST_BLOCK)
            kept = block;
        else
            free(block);
        block = older;
    }
    if (kept) kept->older = NULL;
    *arena = (struct arena){.blocks = kept};
}

/* A block for exactly one allocation. */
static void *alloc_alone(struct arena *arena, size_t size)
{
    struct arena_block *block = block_new(size);
    if (arena->blocks) {
        block->older = arena->blocks->older;
        arena->blocks->older = block;
    } else {
        arena->blocks = block;
        arena->used = size;
    }
    return memset(block->bytes, 0, size);
}

void *arena_alloc(struct arena *arena, size_t size)
{
    arena->total += size;
    if (ARENA_BYPASS) return alloc_alone(arena, size);

    if (size > SIZE_MAX / 2) log_fatal("out of memory: no %zu bytes for an arena", size);
    size_t rounded = size ? (size + ARENA_ALIGN - 1) / ARENA_ALIGN * ARENA_ALIGN : ARENA_ALIGN;
    if (!arena->blocks || arena->blocks->size - arena->used < rounded) {
        if (rounded > ARENA_FIRST_BLOCK / 2) return alloc_alone(arena, rounded);
        size_t next = arena->total < ARENA_FIRST_BLOCK ? ARENA_FIRST_BLOCK : arena->total;
        if (arena->blocks && next > ARENA_LARGEST_BLOCK) next = ARENA_LARGEST_BLOCK;
        struct arena_block *block = block_new(next);
        block->older = arena->blocks;
        arena->blocks = block;
        arena->used = 0;
    }
    void *result = arena->blocks->bytes + arena->used;
    arena->used += rounded;
    return memset(result, 0, size);
}

void *arena_alloc_array(struct arena *arena, size_t count, size_t size)
{
    size_t bytes;
    if (__builtin_mul_overflow(count, size, &bytes)) log_fatal("an array of %zu items of %zu bytes is too big", count, size);
    return arena_alloc(arena, bytes);
}

void *mem_alloc(size_t size)
{
    void *memory = calloc(1, size ? size : 1);
    if (!memory) log_fatal("out of memory: no %zu bytes", size);
    return memory;
}

void *mem_resize(void *pointer, size_t size)
{
    void *memory = realloc(pointer, size ? size : 1);
    if (!memory) log_fatal("out of memory: no %zu bytes", size);
    return memory;
}
