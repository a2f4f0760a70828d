/* Cron in time zones: a clean-up that runs twice or not at all on the two days a year when clocks change is found by nobody. What cron_next says is
 * compared with going through years minute by minute, with libc's reading of the zones and each schedule written as a condition in C.
 */
#include "test.h"

#include "base/clock.h"
#include "base/time_zone.h"
#include "bus/cron.h"

#include <stdlib.h>
#include <time.h>

static struct arena arena;

static int64_t moment(const char *text)
{
    int64_t us = 0;
    CHECK_OK(time_parse(str_from(text), &us));
    return us;
}

static bool comes(const char *cron, const char *zone, const char *after, const char *expected)
{
    int64_t next = 0;
    if (!CHECK_OK(cron_next(str_from(cron), str_from(zone), moment(after), &next))) return false;
    bool is_right = CHECK_STR(time_iso(&arena, next), expected);
    if (!is_right) printf("  of %s in %s after %s\n", cron, zone, after);
    return is_right;
}

TEST(schedules_come_when_they_say)
{
    static const struct {
        const char *cron, *after, *expected;
    } cases[] = {
        {"0 3 * * *", "2026-03-12T02:59:00Z", "2026-03-12T03:00:00Z"},      {"0 3 * * *", "2026-03-12T03:00:00Z", "2026-03-13T03:00:00Z"},
        {"*/15 * * * *", "2026-03-12T10:07:30Z", "2026-03-12T10:15:00Z"},   {"30 8 1 * *", "2026-12-02T00:00:00Z", "2027-01-01T08:30:00Z"},
        {"0 0 29 2 *", "2026-03-01T00:00:00Z", "2028-02-29T00:00:00Z"},     {"0 9 * * 1-5", "2026-03-13T09:00:00Z", "2026-03-16T09:00:00Z"},
        {"0 12 1 * 0", "2026-03-02T00:00:00Z", "2026-03-08T12:00:00Z"},     {"5,35 1-2 * * *", "2026-03-12T01:05:00Z", "2026-03-12T01:35:00Z"},
        {"0 9 * * mon-FRI", "2026-03-13T09:00:00Z", "2026-03-16T09:00:00Z"}, {"0 9 * JAN *", "2026-03-13T09:00:00Z", "2027-01-01T09:00:00Z"},
        {"0 9 * * FRI-SUN", "2026-03-09T09:00:00Z", "2026-03-13T09:00:00Z"}, {"0 9 * * 7", "2026-03-09T09:00:00Z", "2026-03-15T09:00:00Z"},
        {" 0\t9  * * SUN ", "2026-03-09T09:00:00Z", "2026-03-15T09:00:00Z"}, {"10/20 * * * *", "2026-03-09T09:31:00Z", "2026-03-09T09:50:00Z"},
        {"@hourly", "2026-03-12T10:07:30Z", "2026-03-12T11:00:00Z"},        {"@daily", "2026-03-12T10:07:30Z", "2026-03-13T00:00:00Z"},
        {"@midnight", "2026-03-12T10:07:30Z", "2026-03-13T00:00:00Z"},      {"@weekly", "2026-03-12T10:07:30Z", "2026-03-15T00:00:00Z"},
        {"@monthly", "2026-03-12T10:07:30Z", "2026-04-01T00:00:00Z"},       {"@yearly", "2026-03-12T10:07:30Z", "2027-01-01T00:00:00Z"},
        {"@Annually", "2026-03-12T10:07:30Z", "2027-01-01T00:00:00Z"},      {"0 0 29 2 *", "2096-03-01T00:00:00Z", "2104-02-29T00:00:00Z"},
        {"0 0 29 2 */7", "2088-03-01T00:00:00Z", "2128-02-29T00:00:00Z"}, /* 29 February on a Sunday, across 2100 */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) comes(cases[i].cron, "UTC", cases[i].after, cases[i].expected);
}

TEST(clocks_that_change_neither_double_nor_lose_a_run)
{
    static const struct {
        const char *cron, *zone, *after, *expected;
    } cases[] = {
        /* Berlin, 29 March 2026: 02:00 is followed by 03:00, at 01:00 UTC. */
        {"30 2 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
        {"0,30 2,3 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-29T01:00:00Z"},
        {"0,30 2,3 * * *", "Europe/Berlin", "2026-03-29T01:00:00Z", "2026-03-29T01:30:00Z"},
        {"0 */2 * * *", "Europe/Berlin", "2026-03-28T23:00:00Z", "2026-03-29T02:00:00Z"},
        {"15 2-2/1 * * *", "Europe/Berlin", "2026-03-28T12:00:00Z", "2026-03-30T00:15:00Z"},
        /* Berlin, 25 October 2026: 03:00 is followed by 02:00, at 01:00 UTC. */
        {"30 2 * * *", "Europe/Berlin", "2026-10-24T12:00:00Z", "2026-10-25T00:30:00Z"},
        {"30 2 * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"},
        {"30 * * * *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:30:00Z"},
        {"10 2-2/1 25 10 *", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T01:10:00Z"},
        /* Lord Howe puts its clocks by half an hour. */
        {"15 2 * * *", "Australia/Lord_Howe", "2026-10-03T12:00:00Z", "2026-10-03T15:30:00Z"},
        {"45 1 * * *", "Australia/Lord_Howe", "2026-04-04T13:00:00Z", "2026-04-04T14:45:00Z"},
        {"45 1 * * *", "Australia/Lord_Howe", "2026-04-04T14:45:00Z", "2026-04-05T15:15:00Z"},
        /* At midnight in Santiago; and Samoa left out a whole day. */
        {"0 0 * * *", "America/Santiago", "2026-09-05T12:00:00Z", "2026-09-06T04:00:00Z"},
        {"0 12 * * *", "Pacific/Apia", "2011-12-29T23:00:00Z", "2011-12-30T10:00:00Z"},
        {"0 12 * * *", "Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-30T22:00:00Z"},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) comes(cases[i].cron, cases[i].zone, cases[i].after, cases[i].expected);
}

TEST(what_never_comes_or_makes_no_sense_is_refused)
{
    static const char *const wrong[] = {"",           "* * * *",     "60 * * * *", "* 24 * * *",   "* * 0 * *",     "5-1 * * * *",   "a * * * *",    "0 0 30 2 *",
                                        "* * * * * *", "*/0 * * * *", "*/60 * * * *", "-1 * * * *",  "1- * * * *",    "-5 * * * *",    "1,, * * * *",  ", * * * *",
                                        "5, * * * *",  "* * * 0 *",   "* * * 13 *", "* * * * 8",    "* * * FOO *",   "* * * JANU *",  "* * MON * *",  "@reboot",
                                        "@",           "@daily x",    "** * * * *", "*/ * * * *",   "1/ * * * *",    "*/-2 * * * *",  "0 0 31 4,6,9,11 *", "1-2-3 * * * *"};
    int64_t next;
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (!CHECK_INT(cron_next(str_from(wrong[i]), STR("UTC"), 0, &next), ERR_INVALID)) printf("  of '%s'\n", wrong[i]);
    /* A clock in Berlin never shows 02:15 on the last Sunday of March; who asks for that time of day gets the moment after it. */
    CHECK_INT(cron_next(STR("15 2-2/1 25-31 3 */7"), STR("Europe/Berlin"), moment("2026-01-01"), &next), ERR_INVALID);
    comes("15 2 25-31 3 */7", "Europe/Berlin", "2026-01-01T00:00:00Z", "2026-03-29T01:00:00Z");
    static const char *const zones[] = {"", "Europe", "Nowhere/City", "../../etc/passwd", "/etc/localtime", "Foo3", "UTC-3", "+01:00", "Europe/Berlin ", "Europe/../Europe/Berlin"};
    for (size_t i = 0; i < COUNT_OF(zones); i++)
        if (!CHECK_INT(cron_next(STR("* * * * *"), str_from(zones[i]), 0, &next), ERR_INVALID)) printf("  of '%s'\n", zones[i]);
    CHECK_INT(cron_next(STR("* * * * *"), STR("UTC"), -1, &next), ERR_INVALID);
    CHECK_INT(cron_next(STR("* * * * *"), STR("UTC"), INT64_MAX, &next), ERR_INVALID);
}

/* ---- against going through the minutes ---- */

struct rule {
    const char *cron;
    bool by_clock;
    bool (*fits)(const struct tm *);
};

static bool at_half_past_two(const struct tm *t) { return t->tm_hour == 2 && t->tm_min == 30; }
static bool at_three(const struct tm *t) { return t->tm_hour == 3 && t->tm_min == 0; }
static bool after_midnight(const struct tm *t) { return t->tm_hour == 0 && t->tm_min == 0; }
static bool half_hours(const struct tm *t) { return t->tm_hour >= 1 && t->tm_hour <= 3 && t->tm_min % 30 == 0; }
static bool always(const struct tm *t) { return t != NULL; }
static bool quarters(const struct tm *t) { return t->tm_min % 15 == 0; }
static bool hourly(const struct tm *t) { return t->tm_min == 5; }
static bool even_hours(const struct tm *t) { return t->tm_hour % 2 == 0 && t->tm_min == 0; }
static bool thrice_after_two(const struct tm *t) { return t->tm_hour == 2 && t->tm_min % 20 == 10; }
static bool from_two_to_three(const struct tm *t) { return t->tm_hour == 2; }
static bool on_sundays(const struct tm *t) { return at_half_past_two(t) && t->tm_wday == 0; }
static bool on_either_day(const struct tm *t) { return at_half_past_two(t) && (t->tm_mday == 1 || t->tm_mday == 15 || t->tm_wday == 1); }
static bool on_odd_working_days(const struct tm *t) { return t->tm_hour == 1 && t->tm_min == 45 && t->tm_mday % 2 == 1 && t->tm_wday >= 1 && t->tm_wday <= 5; }
static bool before_the_year_ends(const struct tm *t) { return t->tm_mon == 11 && t->tm_mday == 31 && t->tm_hour == 23 && t->tm_min == 59; }

static const struct rule rules[] = {
    {"30 2 * * *", false, at_half_past_two},      {"0 3 * * *", false, at_three},          {"@daily", false, after_midnight},
    {"0,30 1-3 * * *", false, half_hours},        {"* * * * *", true, always},             {"*/15 * * * *", true, quarters},
    {"5 * * * *", true, hourly},                  {"0 */2 * * *", true, even_hours},       {"10-50/20 2 * * *", false, thrice_after_two},
    {"* 2 * * *", true, from_two_to_three},       {"30 2 * * SUN", false, on_sundays},     {"30 2 1,15 * MON", false, on_either_day},
    {"45 1 */2 * 1-5", false, on_odd_working_days}, {"59 23 31 DEC *", false, before_the_year_ends},
};

#define MINUTES (2 * 366 * 24 * 60)
#define LEAD (3 * 24 * 60) /* minutes before those that are compared, in which a clock may have been ahead */

struct years {
    const char *zone;
    int64_t first;                  /* seconds */
    int64_t shown[LEAD + MINUTES]; /* by a clock there, in seconds as in base/time_zone.h */
    struct tm tm[LEAD + MINUTES];
    int64_t due[MINUTES]; /* seconds, of one rule */
    size_t count;
};

static void read_clock(struct years *years, const char *zone, int year)
{
    struct tm start = {.tm_year = year - 1900, .tm_mday = 1};
    years->zone = zone;
    years->first = timegm(&start);
    setenv("TZ", zone, 1);
    tzset();
    for (int64_t i = 0; i < LEAD + MINUTES; i++) {
        time_t at = (time_t)(years->first + (i - LEAD) * 60);
        localtime_r(&at, &years->tm[i]);
        years->shown[i] = at + years->tm[i].tm_gmtoff;
    }
}

/* Whether a minute fits that the clock left out between what it had shown and shows now, or shows now. */
static bool was_passed(const struct rule *rule, int64_t latest, int64_t shown)
{
    for (latest += 60; latest <= shown; latest += 60) {
        struct tm tm;
        time_t at = (time_t)latest;
        if (rule->fits(gmtime_r(&at, &tm))) return true;
    }
    return false;
}

static void go_through(struct years *years, const struct rule *rule)
{
    int64_t latest = 0;
    years->count = 0;
    for (size_t i = 0; i < LEAD + MINUTES; i++) {
        int64_t shown = years->shown[i];
        bool is_due = rule->by_clock || shown == latest + 60 ? rule->fits(&years->tm[i]) : i > 0 && was_passed(rule, latest, shown);
        if (shown > latest) latest = shown;
        if (is_due && i >= LEAD) years->due[years->count++] = years->first + ((int64_t)i - LEAD) * 60;
    }
}

static bool is_near_change(const struct years *years, int64_t second)
{
    int64_t i = (second - years->first) / 60 + LEAD, from = i - 180, to = i + 180 < LEAD + MINUTES ? i + 180 : LEAD + MINUTES - 1;
    return years->shown[from] - years->shown[to] != (from - to) * 60;
}

static size_t first_after(const struct years *years, int64_t second)
{
    size_t low = 0, high = years->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (years->due[middle] > second) high = middle;
        else low = middle + 1;
    }
    return low;
}

static bool next_is_right(const struct years *years, const struct rule *rule, int64_t after)
{
    int64_t next = 0;
    size_t i = first_after(years, after);
    if (i == years->count) return true;
    bool is_right = CHECK_OK(cron_next(str_from(rule->cron), str_from(years->zone), after * US_PER_SECOND, &next)) &&
                    CHECK_STR(time_iso(&arena, next), time_iso(&arena, years->due[i] * US_PER_SECOND));
    if (!is_right) printf("  of %s in %s after %.*s\n", rule->cron, years->zone, STR_ARG(time_iso(&arena, after * US_PER_SECOND)));
    return is_right;
}

static bool last_are_right(const struct years *years, const struct rule *rule, int64_t after, int64_t until, size_t max)
{
    int64_t times[24];
    size_t count = 0, end = first_after(years, until), start = first_after(years, after);
    if (end > start + max) start = end - max;
    bool is_right = CHECK_OK(cron_last(str_from(rule->cron), str_from(years->zone), after * US_PER_SECOND, until * US_PER_SECOND, times, max, &count)) &&
                    CHECK_INT(count, end - start);
    for (size_t i = 0; i < count && is_right; i++) is_right = CHECK_INT(times[i], years->due[start + i] * US_PER_SECOND);
    if (!is_right) printf("  the last %zu of %s in %s from %lld to %lld\n", max, rule->cron, years->zone, (long long)after, (long long)until);
    return is_right;
}

static size_t compare(const struct years *years, const struct rule *rule, unsigned *seed)
{
    static const size_t bounds[] = {1, 2, 24};
    size_t stride = years->count / 100 + 1, compared = 0;
    for (size_t i = 0; i + 1 < years->count; i++) {
        if (i % stride && !is_near_change(years, years->due[i])) continue;
        if (!next_is_right(years, rule, years->due[i])) return 0;
        compared++;
    }
    for (int64_t after = years->first; after < years->first + MINUTES * 60; after += 600) {
        if (is_near_change(years, after) && !next_is_right(years, rule, after)) return 0;
    }
    for (int i = 0; i < 30; i++, compared++) {
        int64_t after = years->first + rand_r(seed) % (MINUTES * 60), until = years->first + rand_r(seed) % (MINUTES * 60);
        if (!next_is_right(years, rule, after)) return 0;
        if (after < until && !last_are_right(years, rule, after, until, bounds[i % 3])) return 0;
    }
    return compared;
}

TEST(every_time_is_found_that_going_through_the_minutes_finds)
{
    static const struct {
        const char *zone;
        int year;
    } places[] = {{"Europe/Berlin", 2026}, {"America/New_York", 2025}, {"Australia/Lord_Howe", 2026}, {"Asia/Kathmandu", 1985}, {"Africa/Casablanca", 2026},
                  {"UTC", 2027},           {"Pacific/Apia", 2011},     {"America/Santiago", 2027},    {"Europe/Dublin", 2026}, {"Europe/Berlin", 2040}};
    struct years *years = mem_alloc(sizeof(*years));
    size_t compared = 0;
    unsigned seed = 7;
    for (size_t i = 0; i < COUNT_OF(places); i++) {
        struct time_zone kept CLEANUP(time_zone_close) = {0}; /* so that its file is read once */
        CHECK_OK(time_zone_open(&kept, str_from(places[i].zone)));
        read_clock(years, places[i].zone, places[i].year);
        for (size_t j = 0; j < COUNT_OF(rules); j++) {
            go_through(years, &rules[j]);
            CHECK(years->count > 0);
            compared += compare(years, &rules[j], &seed);
        }
    }
    free(years);
    printf("%zu times compared\n", compared);
    CHECK(compared > 10000);
}
