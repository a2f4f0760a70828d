/* Time: what people type and what other systems send, and how it is shown. */
#include "test.h"

#include "base/clock.h"

#define MARCH_12 INT64_C(1773307800000000) /* 2026-03-12T09:30:00Z */

static struct arena arena;

TEST(clock_can_be_set)
{
    clock_set_for_test(MARCH_12);
    CHECK_INT(clock_now(), MARCH_12);
    clock_set_for_test(0);
    CHECK(clock_now() > INT64_C(1700000000000000));
    int64_t first = clock_monotonic();
    CHECK(clock_monotonic() >= first);
}

TEST(shows_times)
{
    CHECK_STR(time_iso(&arena, MARCH_12), "2026-03-12T09:30:00Z");
    CHECK_STR(time_iso(&arena, MARCH_12 + 999999), "2026-03-12T09:30:00Z");
    CHECK_STR(time_iso(&arena, 0), "1970-01-01T00:00:00Z");
    CHECK_STR(time_iso(&arena, -1), "1969-12-31T23:59:59Z");
    CHECK_STR(time_date(&arena, MARCH_12), "2026-03-12");
    CHECK_STR(time_date(&arena, INT64_C(951782400) * US_PER_SECOND), "2000-02-29");
    CHECK_STR(time_long_date(&arena, MARCH_12), "12 March 2026");
    CHECK_STR(time_iso(&arena, INT64_C(-62135596800) * US_PER_SECOND), "0001-01-01T00:00:00Z");
    CHECK_STR(time_iso(&arena, INT64_C(253402300799) * US_PER_SECOND), "9999-12-31T23:59:59Z");
    CHECK(time_iso(&arena, INT64_MIN).len > 0 && time_iso(&arena, INT64_MAX).len > 0);
    arena_dispose(&arena);
}

TEST(shows_how_long_ago)
{
    static const struct {
        int64_t seconds;
        const char *text;
    } cases[] = {
        {0, "just now"},          {59, "just now"},        {-30, "just now"},           {60, "1 minute ago"},
        {300, "5 minutes ago"},   {3599, "59 minutes ago"}, {3600, "1 hour ago"},        {5 * 3600, "5 hours ago"},
        {9 * 3600, "9 hours ago"}, {10 * 3600, "yesterday"}, {86400, "yesterday"},       {2 * 86400, "2 days ago"},
        {6 * 86400, "6 days ago"}, {7 * 86400, "on 5 March"}, {-2 * 86400, "on 14 March"}, {100 * 86400, "on 2 December 2025"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_STR(time_ago(&arena, MARCH_12 - cases[i].seconds * US_PER_SECOND, MARCH_12), cases[i].text);
    arena_dispose(&arena);
}

TEST(reads_many_forms)
{
    static const struct {
        const char *text;
        int64_t us;
    } cases[] = {
        {"2026-03-12T09:30:00Z", MARCH_12},
        {"2026-03-12t09:30:00z", MARCH_12},
        {"2026-03-12 09:30:00", MARCH_12},
        {"2026-03-12T09:30", MARCH_12},
        {"2026-03-12T09:30Z", MARCH_12},
        {"2026-03-12T11:30:00+02:00", MARCH_12},
        {"2026-03-12T04:00:00-0530", MARCH_12},
        {"2026-03-12T10:30+01", MARCH_12},
        {"2026-03-13T00:30:00+15:00", MARCH_12},
        {"2026-03-12T09:30:00.5Z", MARCH_12 + 500000},
        {"2026-03-12T09:30:00.000001", MARCH_12 + 1},
        {"2026-03-12T09:30:00.0000019999999Z", MARCH_12 + 1},
        {"2022-11-13T04:39:15.7820007+00:00", INT64_C(1668314355782000)},
        {"2017-03-03", INT64_C(1488499200000000)},
        {"1970-01-01", 0},
        {"1969-12-31T23:59:59Z", -US_PER_SECOND},
        {"2024-02-29", INT64_C(1709164800000000)},
        {"2000-02-29", INT64_C(951782400000000)},
        {"2016-12-31T23:59:60Z", INT64_C(1483228800000000)},
        {"0001-01-01", INT64_C(-62135596800000000)},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        int64_t us = 1;
        bool read = CHECK_OK(time_parse(str_from(cases[i].text), &us)) && CHECK_INT(us, cases[i].us);
        if (!read) printf("  was \"%s\"\n", cases[i].text);
    }
}

TEST(refuses_garbage)
{
    static const char *const wrong[] = {
        "", " ", "now", "2026", "2026-03", "2026-3-12", "12.03.2026", "2026/03/12", "2026-13-01", "2026-00-10", "2026-01-00", "2026-01-32",
        "2026-04-31", "2025-02-29", "1900-02-29", "0000-01-01", "-2026-01-01", "+2026-01-01", "2026-03-12T", "2026-03-12Z", "2026-03-12T9:30",
        "2026-03-12T24:00:00Z", "2026-03-12T09:60:00Z", "2026-03-12T09:30:61Z", "2026-03-12T09:30:00.Z", "2026-03-12T09:30:00,5Z",
        "2026-03-12T09:30:00+", "2026-03-12T09:30:00+2", "2026-03-12T09:30:00+24:00", "2026-03-12T09:30:00+02:60", "2026-03-12T09:30:00+02:",
        "2026-03-12T09:30:00+02:0", "2026-03-12T09:30:00Zx", "2026-03-12T09:30:00Z ", " 2026-03-12", "2026-03-12  09:30", "2026-03-12T09:30:",
        "20260312", "2026-03-12T093000Z", "\xff\xfe",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        int64_t us = 77;
        bool refused = CHECK_INT(time_parse(str_from(wrong[i]), &us), ERR_INVALID) && CHECK_INT(us, 77);
        if (!refused) printf("  was \"%s\"\n", wrong[i]);
    }
    int64_t us;
    CHECK(time_parse((struct str){0}, &us) == ERR_INVALID);
    CHECK(time_parse(STR("2026-03-12\0"), &us) == ERR_INVALID);
}

TEST(every_day_of_400_years_comes_back)
{
    bool right = true;
    for (int64_t day = -73000; day < 73097 && right; day++) {
        int64_t us;
        right = time_parse(time_date(&arena, day * US_PER_DAY + 1), &us) == OK && us == day * US_PER_DAY;
        arena_reset(&arena);
    }
    CHECK(right);
    arena_dispose(&arena);
}
