/* Cron expressions, by trying the next minutes field by field. Design in schedule.h. */
#include "bus/schedule.h"

#include "base/clock.h"

#include <time.h>

struct cron {
    uint64_t minutes, hours, days, months, weekdays; /* one bit a value */
    bool any_day, any_weekday;
};

static enum err parse_number(struct str s, int low, int high, int *value)
{
    int64_t number;
    if (str_to_int(s, &number) != OK || number < low || number > high)
        return err_set(ERR_INVALID, "cron: '%.*s' is not a number from %d to %d", STR_ARG(s), low, high);
    *value = (int)number;
    return OK;
}

/* "*", "5", "1-5", and any of these with "/step" */
static enum err parse_part(struct str part, int low, int high, uint64_t *bits)
{
    int step = 1, first = low, last = high;
    size_t slash = str_find_char(part, '/', 0);
    struct str range = slash == STR_NPOS ? part : str_slice(part, 0, slash);
    if (slash != STR_NPOS) TRY(parse_number(str_slice(part, slash + 1, part.len), 1, high, &step));
    if (!str_equal(range, STR("*"))) {
        size_t dash = str_find_char(range, '-', 0);
        TRY(parse_number(dash == STR_NPOS ? range : str_slice(range, 0, dash), low, high, &first));
        if (dash != STR_NPOS) TRY(parse_number(str_slice(range, dash + 1, range.len), low, high, &last));
        else if (slash == STR_NPOS) last = first;
    }
    if (last < first) return err_set(ERR_INVALID, "cron: the range '%.*s' runs backwards", STR_ARG(range));
    for (int value = first; value <= last; value += step) *bits |= UINT64_C(1) << value;
    return OK;
}

static enum err parse_field(struct str *rest, int low, int high, uint64_t *bits, bool *any)
{
    struct str field, part;
    do {
        if (!str_split_next(rest, ' ', &field)) return err_set(ERR_INVALID, "cron: an expression has five fields");
    } while (!field.len);
    if (any) *any = str_equal(field, STR("*"));
    while (str_split_next(&field, ',', &part)) TRY(parse_part(part, low, high, bits));
    return OK;
}

static enum err cron_parse(struct str expression, struct cron *cron)
{
    struct str rest = str_trim(expression);
    TRY(parse_field(&rest, 0, 59, &cron->minutes, NULL));
    TRY(parse_field(&rest, 0, 23, &cron->hours, NULL));
    TRY(parse_field(&rest, 1, 31, &cron->days, &cron->any_day));
    TRY(parse_field(&rest, 1, 12, &cron->months, NULL));
    TRY(parse_field(&rest, 0, 7, &cron->weekdays, &cron->any_weekday));
    if (cron->weekdays & (1 << 7)) cron->weekdays |= 1;
    if (str_trim(rest).len) return err_set(ERR_INVALID, "cron: an expression has five fields");
    return OK;
}

static bool has(uint64_t bits, int value) { return bits >> value & 1; }

/* Both day fields given: either may fit (crontab(5)). */
static bool day_fits(const struct cron *cron, const struct tm *tm)
{
    bool day = has(cron->days, tm->tm_mday), weekday = has(cron->weekdays, tm->tm_wday);
    if (cron->any_day || cron->any_weekday) return day && weekday;
    return day || weekday;
}

enum err cron_next(struct str expression, int64_t after, int64_t *next)
{
    struct cron cron = {0};
    TRY(cron_parse(expression, &cron));
    time_t at = (time_t)(after / US_PER_SECOND);
    at += 60 - at % 60;
    time_t limit = at + (time_t)5 * 366 * 86400; /* a leap day comes within eight years; five cover all but 2096-2104 */
    while (at < limit) {
        struct tm tm;
        gmtime_r(&at, &tm);
        if (!has(cron.months, tm.tm_mon + 1) || !day_fits(&cron, &tm)) {
            at += 86400 - at % 86400;
        } else if (!has(cron.hours, tm.tm_hour)) {
            at += 3600 - at % 3600;
        } else if (!has(cron.minutes, tm.tm_min)) {
            at += 60;
        } else {
            *next = (int64_t)at * US_PER_SECOND;
            return OK;
        }
    }
    return err_set(ERR_INVALID, "cron: '%.*s' never comes", STR_ARG(expression));
}
