/* Arena: what breaks here corrupts every request. */
#include "test.h"

TEST(gives_zeroed_aligned_memory_and_grows)
{
    struct arena arena = {0};
    unsigned char *previous = NULL;
    for (size_t size = 0; size < 3000; size += 7) {
        unsigned char *memory = arena_alloc(&arena, size);
        CHECK((uintptr_t)memory % _Alignof(max_align_t) == 0);
        CHECK(memory != previous);
        for (size_t i = 0; i < size; i++)
            if (memory[i] != 0) REQUIRE(!"zeroed");
        memset(memory, 0xAB, size);
        previous = memory;
    }
    CHECK(arena.total > 600000);
    arena_dispose(&arena);
    CHECK(arena.blocks == NULL);
}

TEST(allocations_do_not_overlap)
{
    struct arena arena;
    arena_init(&arena);
    enum { COUNT = 500 };
    unsigned char *all[COUNT];
    size_t sizes[COUNT];
    for (size_t i = 0; i < COUNT; i++) {
        sizes[i] = i % 50 == 0 ? 20000 : 1 + i * 37 % 900;
        all[i] = arena_alloc(&arena, sizes[i]);
        memset(all[i], (int)(i % 251), sizes[i]);
    }
    for (size_t i = 0; i < COUNT; i++)
        for (size_t k = 0; k < sizes[i]; k++)
            if (all[i][k] != i % 251) REQUIRE(!"overlap");
    arena_dispose(&arena);
}

TEST(reset_starts_anew_and_zeroes_again)
{
    struct arena arena = {0};
    for (int round = 0; round < 50; round++) {
        char *small = arena_alloc(&arena, 100);
        char *large = arena_alloc(&arena, 100000);
        CHECK(small[99] == 0 && large[99999] == 0);
        memset(small, 1, 100);
        memset(large, 1, 100000);
        CHECK_INT(arena.total, 100100);
        arena_reset(&arena);
        CHECK_INT(arena.total, 0);
    }
    arena_dispose(&arena);
}

TEST(reset_of_an_empty_arena_is_fine)
{
    struct arena arena = {0};
    arena_reset(&arena);
    arena_dispose(&arena);
    CHECK(arena.blocks == NULL);
}

TEST(arrays_and_types)
{
    struct arena arena = {0};
    struct str *one = arena_new(&arena, struct str);
    int64_t *many = arena_array(&arena, int64_t, 1000);
    CHECK(one->ptr == NULL && one->len == 0);
    CHECK(many[0] == 0 && many[999] == 0);
    CHECK(arena_array(&arena, int64_t, 0) != NULL);
    arena_dispose(&arena);
}
