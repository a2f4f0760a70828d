/* Ids: they sort by age, never repeat, and nothing else passes as one. */
#include "test.h"

#include "base/clock.h"
#include "base/uuid.h"

#include <pthread.h>
#include <stdlib.h>

enum { COUNT = 10000 };

TEST(ten_thousand_ids_increase)
{
    struct arena arena = {0};
    struct str last = STR("");
    for (int i = 0; i < COUNT; i++) {
        struct str id = uuid_new(&arena);
        REQUIRE(uuid_is_valid(id));
        REQUIRE(id.ptr[14] == '7' && strchr("89ab", id.ptr[19]));
        REQUIRE(str_compare(last, id) < 0);
        last = id;
    }
    arena_dispose(&arena);
}

TEST(time_stands_in_front)
{
    struct arena arena = {0};
    int64_t later = clock_now() + 3600 * US_PER_SECOND;
    clock_set_for_test(later);
    struct str id = uuid_new(&arena);
    struct str expected = str_format(&arena, "%012llx", (unsigned long long)(later / 1000));
    CHECK_STR(str_slice(id, 0, 8), str_slice(expected, 0, 8));
    CHECK_STR(str_slice(id, 9, 13), str_slice(expected, 8, 12));
    clock_set_for_test(later - 1800 * US_PER_SECOND); /* the clock is set back */
    struct str next = uuid_new(&arena);
    CHECK(str_compare(id, next) < 0);
    clock_set_for_test(0);
    arena_dispose(&arena);
}

static void *make_ids(void *argument)
{
    struct arena *arena = argument;
    struct str *ids = arena_array(arena, struct str, COUNT / 4);
    for (int i = 0; i < COUNT / 4; i++) ids[i] = uuid_new(arena);
    return ids;
}

static int by_text(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

TEST(threads_never_make_the_same_id)
{
    struct arena arenas[4] = {0};
    pthread_t threads[4];
    static struct str all[COUNT];
    for (int t = 0; t < 4; t++) REQUIRE(pthread_create(&threads[t], NULL, make_ids, &arenas[t]) == 0);
    for (int t = 0; t < 4; t++) {
        void *ids;
        pthread_join(threads[t], &ids);
        memcpy(all + t * (COUNT / 4), ids, COUNT / 4 * sizeof *all);
    }
    qsort(all, COUNT, sizeof *all, by_text);
    /* Time and counter alone, without the random part, must differ. */
    for (int i = 1; i < COUNT; i++) REQUIRE(str_compare(str_slice(all[i - 1], 0, 18), str_slice(all[i], 0, 18)) < 0);
    for (int t = 0; t < 4; t++) arena_dispose(&arenas[t]);
}

TEST(validity)
{
    CHECK(uuid_is_valid(STR("01890a5d-ac96-774b-bcce-b302099a8057")));
    static const char *const wrong[] = {
        "", "01890a5d-ac96-774b-bcce-b302099a805", "01890a5d-ac96-774b-bcce-b302099a80577", "01890A5D-ac96-774b-bcce-b302099a8057",
        "01890a5dxac96-774b-bcce-b302099a8057", "g1890a5d-ac96-774b-bcce-b302099a8057", "01890a5d-ac96-774b-bcce-b302099a805'",
        "{1890a5d-ac96-774b-bcce-b302099a805}",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) CHECK(!uuid_is_valid(str_from(wrong[i])));
}

TEST(random_text)
{
    struct arena arena = {0};
    struct str a = random_hex(&arena, 32), b = random_hex(&arena, 32);
    CHECK_INT(a.len, 64);
    CHECK(!str_equal(a, b));
    for (size_t i = 0; i < a.len; i++) CHECK(strchr("0123456789abcdef", a.ptr[i]) != NULL);
    CHECK_INT(random_hex(&arena, 0).len, 0);
    unsigned char seen[256] = {0}, bytes[8192];
    random_bytes(bytes, sizeof bytes);
    for (size_t i = 0; i < sizeof bytes; i++) seen[bytes[i]] = 1;
    size_t kinds = 0;
    for (size_t i = 0; i < 256; i++) kinds += seen[i];
    CHECK_INT(kinds, 256);
    arena_dispose(&arena);
}
