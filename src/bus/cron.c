/* Cron expressions, by the days and minutes that a clock on the wall shows. Design in cron.h; what "shown" is in numbers, in base/time_zone.h. */
#include "bus/cron.h"

#include "base/clock.h"
#include "base/time_zone.h"

#include <string.h>
#include <time.h>

#define EXPRESSION_MAX 200
#define DAY INT64_C(86400)
#define SEARCH_DAYS (41 * 366) /* 29 February falls on a given weekday again after 40 years at the latest */
#define SECOND_MAX INT64_C(253402300799) /* the end of the year 9999 */

struct cron {
    uint64_t minutes, hours, days, months, weekdays; /* one bit a value */
    bool any_day, any_weekday;                       /* the field begins with `*` */
    bool by_clock;                                   /* whenever the clock shows it; else times of day, each once */
};

struct field {
    int low, high;
    const char *names; /* three letters each, from `low` on */
};

static const struct field minute_field = {0, 59, ""}, hour_field = {0, 23, ""}, day_field = {1, 31, ""},
                          month_field = {1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC"}, weekday_field = {0, 7, "SUNMONTUEWEDTHUFRISAT"};

static enum err parse_value(const struct field *field, struct str s, int *value)
{
    struct str names = str_from(field->names);
    for (size_t at = 0; at < names.len && s.len == 3; at += 3) {
        *value = field->low + (int)at / 3;
        if (str_equal_ci(s, str_slice(names, at, at + 3))) return OK;
    }
    int64_t number;
    if (str_to_int(s, &number) != OK || number < field->low || number > field->high)
        return err_set(ERR_INVALID, "cron: '%.*s' is not from %d to %d", STR_ARG(s), field->low, field->high);
    *value = (int)number;
    return OK;
}

/* "*", "5", "1-5", and any of these with "/step"; "5/10" goes on to the end. */
static enum err parse_part(const struct field *field, struct str part, uint64_t *bits)
{
    int64_t step = 1;
    int first = field->low, last = field->high;
    size_t slash = str_find_char(part, '/', 0);
    struct str range = str_slice(part, 0, slash);
    struct str step_text = slash == STR_NPOS ? STR("1") : str_slice(part, slash + 1, part.len);
    if (str_to_int(step_text, &step) != OK || step < 1 || step > field->high)
        return err_set(ERR_INVALID, "cron: '%.*s' is no step from 1 to %d", STR_ARG(step_text), field->high);
    if (!str_equal(range, STR("*"))) {
        size_t dash = str_find_char(range, '-', 0);
        TRY(parse_value(field, str_slice(range, 0, dash), &first));
        if (dash != STR_NPOS) TRY(parse_value(field, str_slice(range, dash + 1, range.len), &last));
        else if (slash == STR_NPOS) last = first;
        if (field == &weekday_field && last == 0 && first > 0) last = 7; /* FRI-SUN */
    }
    if (last < first) return err_set(ERR_INVALID, "cron: the range '%.*s' runs backwards", STR_ARG(range));
    for (int value = first; value <= last; value += (int)step) *bits |= UINT64_C(1) << value;
    return OK;
}

static struct str next_word(struct str *rest)
{
    struct str s = str_trim(*rest);
    size_t end = 0;
    while (end < s.len && s.ptr[end] != ' ' && s.ptr[end] != '\t') end++;
    *rest = str_slice(s, end, s.len);
    return str_slice(s, 0, end);
}

/* Gives the text of the field, too. */
static enum err parse_field(const struct field *field, struct str *rest, struct str *text, uint64_t *bits)
{
    *text = next_word(rest);
    if (!text->len) return err_set(ERR_INVALID, "cron: an expression has five fields");
    if (str_ends(*text, STR(","))) return err_set(ERR_INVALID, "cron: the list '%.*s' has no end", STR_ARG(*text));
    struct str parts = *text, part;
    while (str_split_next(&parts, ',', &part)) TRY(parse_part(field, part, bits));
    return OK;
}

static struct str without_nickname(struct str expression)
{
    static const struct {
        struct str nickname, fields;
    } nicknames[] = {
        {STR_INIT("@hourly"), STR_INIT("0 * * * *")},    {STR_INIT("@daily"), STR_INIT("0 0 * * *")},
        {STR_INIT("@midnight"), STR_INIT("0 0 * * *")},  {STR_INIT("@weekly"), STR_INIT("0 0 * * 0")},
        {STR_INIT("@monthly"), STR_INIT("0 0 1 * *")},   {STR_INIT("@yearly"), STR_INIT("0 0 1 1 *")},
        {STR_INIT("@annually"), STR_INIT("0 0 1 1 *")},
    };
    for (size_t i = 0; i < COUNT_OF(nicknames); i++)
        if (str_equal_ci(str_trim(expression), nicknames[i].nickname)) return nicknames[i].fields;
    return expression;
}

static enum err cron_parse(struct str expression, struct cron *cron)
{
    if (expression.len > EXPRESSION_MAX) return err_set(ERR_INVALID, "cron: an expression has at most %d bytes", EXPRESSION_MAX);
    struct str rest = without_nickname(expression), minute, hour, day, month, weekday;
    TRY(parse_field(&minute_field, &rest, &minute, &cron->minutes));
    TRY(parse_field(&hour_field, &rest, &hour, &cron->hours));
    TRY(parse_field(&day_field, &rest, &day, &cron->days));
    TRY(parse_field(&month_field, &rest, &month, &cron->months));
    TRY(parse_field(&weekday_field, &rest, &weekday, &cron->weekdays));
    if (next_word(&rest).len) return err_set(ERR_INVALID, "cron: an expression has five fields");
    if (cron->weekdays & (1 << 7)) cron->weekdays |= 1;
    cron->any_day = day.ptr[0] == '*';
    cron->any_weekday = weekday.ptr[0] == '*';
    cron->by_clock = str_contains(minute, STR("*")) || str_contains(hour, STR("*")) || str_contains(hour, STR("/"));
    return OK;
}

static bool has(uint64_t bits, int64_t value) { return bits >> value & 1; }

static int64_t floor_div(int64_t value, int64_t by) { return value / by - (value % by < 0); }

static bool day_fits(const struct cron *cron, int64_t day)
{
    struct tm tm;
    time_t noon = (time_t)(day * DAY + DAY / 2);
    gmtime_r(&noon, &tm);
    bool fits = has(cron->days, tm.tm_mday), fits_weekday = has(cron->weekdays, tm.tm_wday);
    if (!has(cron->months, tm.tm_mon + 1)) return false;
    return cron->any_day || cron->any_weekday ? fits && fits_weekday : fits || fits_weekday;
}

/* The first fitting minute that a clock can show from `from` on, both in seconds; ERR_INVALID when there is none. */
static enum err find_shown(const struct cron *cron, int64_t from, int64_t *shown)
{
    int64_t day = floor_div(from, DAY), last = day + SEARCH_DAYS;
    int64_t minute = (from - day * DAY + 59) / 60;
    for (; day < last; day++, minute = 0) {
        if (!day_fits(cron, day)) continue;
        for (; minute < 24 * 60; minute++) {
            if (!has(cron->hours, minute / 60) || !has(cron->minutes, minute % 60)) continue;
            *shown = day * DAY + minute * 60;
            return OK;
        }
    }
    return err_set(ERR_INVALID, "cron: it never comes");
}

struct timetable {
    struct cron cron;
    struct time_zone zone;
};

/* The latest that the clock has shown up to `second`: more than it shows now after it was put back. */
static int64_t latest_shown(const struct time_zone *zone, int64_t second)
{
    int64_t latest = INT64_MIN, change;
    for (int64_t at = second - 2 * DAY; at <= second; at = change) {
        change = time_zone_change(zone, at, second + 1);
        int64_t shown = change - 1 + time_zone_offset(zone, at);
        if (shown > latest) latest = shown;
    }
    return latest;
}

/* The first moment at which the clock shows `shown` or has gone past it. An offset is less than a day, so it is within two. */
static int64_t moment_shown(const struct time_zone *zone, int64_t shown)
{
    int64_t at = shown - 2 * DAY, end = shown + 2 * DAY;
    while (at < end) {
        int64_t change = time_zone_change(zone, at, end), moment = shown - time_zone_offset(zone, at);
        if (moment < change) return moment > at ? moment : at;
        at = change;
    }
    return end;
}

static enum err next_time_of_day(const struct timetable *table, int64_t after, int64_t *next)
{
    int64_t shown;
    TRY(find_shown(&table->cron, latest_shown(&table->zone, after) + 1, &shown));
    *next = moment_shown(&table->zone, shown);
    return OK;
}

/* Looks at three days, one offset after another; then goes on two days before the next minute that fits, since no clock is further off. */
static enum err next_by_clock(const struct timetable *table, int64_t after, int64_t *next)
{
    int64_t shown, from = after + 1;
    while (from < after + SEARCH_DAYS * DAY) {
        int64_t end = from + 3 * DAY, change;
        for (int64_t at = from; at < end; at = change) {
            int64_t offset = time_zone_offset(&table->zone, at);
            change = time_zone_change(&table->zone, at, end);
            TRY(find_shown(&table->cron, at + offset, &shown));
            *next = shown - offset;
            if (*next < change) return OK;
        }
        TRY(find_shown(&table->cron, end - 2 * DAY, &shown));
        from = shown - 2 * DAY > end ? shown - 2 * DAY : end;
    }
    return err_set(ERR_INVALID, "cron: it never comes");
}

/* In seconds. */
static enum err next_time(const struct timetable *table, int64_t after, int64_t *next)
{
    return table->cron.by_clock ? next_by_clock(table, after, next) : next_time_of_day(table, after, next);
}

static enum err open_timetable(struct timetable *table, struct str expression, struct str time_zone, int64_t after)
{
    if (after < 0 || after / US_PER_SECOND > SECOND_MAX) return err_set(ERR_INVALID, "cron: the years are 1970 to 9999");
    TRY(cron_parse(expression, &table->cron));
    return time_zone_open(&table->zone, time_zone);
}

enum err cron_next(struct str expression, struct str time_zone, int64_t after, int64_t *next)
{
    struct timetable table = {0};
    TRY(open_timetable(&table, expression, time_zone, after));
    enum err found = next_time(&table, after / US_PER_SECOND, next);
    if (found == OK) *next *= US_PER_SECOND;
    time_zone_close(&table.zone);
    return found;
}

/* All of a span, of which only the last are kept. */
static size_t last_of_span(const struct timetable *table, int64_t after, int64_t until, int64_t *times, size_t max)
{
    size_t count = 0;
    int64_t next;
    for (int64_t at = after; next_time(table, at, &next) == OK && next <= until; at = next) {
        if (count == max) memmove(times, times + 1, --count * sizeof(*times));
        times[count++] = next;
    }
    return count;
}

enum err cron_last(struct str expression, struct str time_zone, int64_t after, int64_t until, int64_t *times, size_t max, size_t *count)
{
    struct timetable table = {0};
    TRY(open_timetable(&table, expression, time_zone, after));
    int64_t first = after / US_PER_SECOND, last = until / US_PER_SECOND, from;
    int64_t span = 3600; /* twice as long until it holds enough: not every minute of a year is looked at for the last two */
    do {
        from = last - span > first ? last - span : first;
        *count = last_of_span(&table, from, last, times, max);
        span *= 2;
    } while (*count < max && from > first);
    for (size_t i = 0; i < *count; i++) times[i] *= US_PER_SECOND;
    time_zone_close(&table.zone);
    return OK;
}
