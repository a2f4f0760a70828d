/* Calendar windows: a wrong edge lets a budget be spent twice, or keeps it closed when it is free again. */
#include "test.h"

#include "base/clock.h"
#include "base/period.h"

static int64_t at(const char *text)
{
    int64_t us = 0;
    CHECK_OK(time_parse(str_from(text), &us));
    return us;
}

struct example {
    enum period period;
    const char *now, *name, *start, *end;
};

TEST(windows_follow_the_calendar)
{
    static const struct example examples[] = {
        {PERIOD_MINUTE, "2026-11-28T20:31:59.999999Z", "2026-11-28T20:31", "2026-11-28T20:31:00Z", "2026-11-28T20:32:00Z"},
        {PERIOD_MINUTE, "2026-12-31T23:59:00Z", "2026-12-31T23:59", "2026-12-31T23:59:00Z", "2027-01-01T00:00:00Z"},
        {PERIOD_DAY, "2026-11-28T00:00:00Z", "2026-11-28", "2026-11-28", "2026-11-29"},
        {PERIOD_DAY, "2028-02-28T23:59:59Z", "2028-02-28", "2028-02-28", "2028-02-29"},
        {PERIOD_DAY, "2028-02-29T12:00:00Z", "2028-02-29", "2028-02-29", "2028-03-01"},
        {PERIOD_DAY, "2026-02-28T12:00:00Z", "2026-02-28", "2026-02-28", "2026-03-01"},
        {PERIOD_DAY, "2100-02-28T12:00:00Z", "2100-02-28", "2100-02-28", "2100-03-01"}, /* no leap year */
        {PERIOD_WEEK, "2026-11-29T23:59:59Z", "2026-W48", "2026-11-23", "2026-11-30"},   /* a Sunday */
        {PERIOD_WEEK, "2026-11-30T00:00:00Z", "2026-W49", "2026-11-30", "2026-12-07"},
        {PERIOD_WEEK, "2027-01-01T00:00:00Z", "2026-W53", "2026-12-28", "2027-01-04"}, /* a week of the old year */
        {PERIOD_WEEK, "2027-01-04T00:00:00Z", "2027-W01", "2027-01-04", "2027-01-11"},
        {PERIOD_WEEK, "2024-12-30T00:00:00Z", "2025-W01", "2024-12-30", "2025-01-06"}, /* a week of the new one */
        {PERIOD_MONTH, "2026-11-30T23:59:59Z", "2026-11", "2026-11-01", "2026-12-01"},
        {PERIOD_MONTH, "2026-12-31T12:00:00Z", "2026-12", "2026-12-01", "2027-01-01"},
        {PERIOD_MONTH, "2026-01-31T12:00:00Z", "2026-01", "2026-01-01", "2026-02-01"},
        {PERIOD_MONTH, "2028-02-29T12:00:00Z", "2028-02", "2028-02-01", "2028-03-01"},
    };
    for (size_t i = 0; i < COUNT_OF(examples); i++) {
        struct period_window window = period_window(examples[i].period, at(examples[i].now));
        CHECK_STR(window.name, examples[i].name);
        CHECK_INT(window.start, at(examples[i].start));
        CHECK_INT(window.end, at(examples[i].end));
    }
}

TEST(windows_meet_without_a_gap_and_their_names_sort)
{
    for (enum period period = PERIOD_DAY; period < PERIOD_LIFETIME; period++) {
        struct period_window last = period_window(period, at("1999-06-01"));
        while (last.end < at("2033-06-01")) {
            struct period_window window = period_window(period, last.end);
            REQUIRE(CHECK_INT(window.start, last.end));
            REQUIRE(CHECK(strcmp(last.name, window.name) < 0));
            REQUIRE(CHECK_STR(period_window(period, window.end - 1).name, window.name));
            last = window;
        }
    }
}

TEST(a_lifetime_never_ends)
{
    struct period_window window = period_window(PERIOD_LIFETIME, at("2026-11-28"));
    CHECK_STR(window.name, "ever");
    CHECK_INT(window.start, 0);
    CHECK_INT(window.end, PERIOD_NEVER);
}
