/* Periods and calendar windows. Design in period.h. */
#include "base/period.h"
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static const char *const names[PERIOD_COUNT] = {"minute", "day", "week", "month", "lifetime"};

const char *period_name(enum period period) { return names[period]; }

/* The start of the window of `at`, and of the one after it, on the calendar of timegm, which takes a 32nd of a month for the first of the next. */
static void find_window(enum period period, const struct tm *at, struct tm *start, struct tm *end)
{
    *start = (struct tm){.tm_year = at->tm_year, .tm_mon = at->tm_mon, .tm_mday = at->tm_mday};
    if (period == PERIOD_MINUTE) {
        start->tm_hour = at->tm_hour;
        start->tm_min = at->tm_min;
    }
    if (period == PERIOD_WEEK) start->tm_mday -= (at->tm_wday + 6) % 7;
    if (period == PERIOD_MONTH) start->tm_mday = 1;
    *end = *start;
    end->tm_min += period == PERIOD_MINUTE;
    end->tm_mday += period == PERIOD_DAY ? 1 : period == PERIOD_WEEK ? 7 : 0;
    end->tm_mon += period == PERIOD_MONTH;
}

static void write_name(enum period period, const struct tm *at, char name[PERIOD_NAME_SIZE])
{
    switch (period) {
    case PERIOD_MINUTE: strftime(name, PERIOD_NAME_SIZE, "%Y-%m-%dT%H:%M", at); break;
    case PERIOD_DAY: strftime(name, PERIOD_NAME_SIZE, "%Y-%m-%d", at); break;
    case PERIOD_WEEK: strftime(name, PERIOD_NAME_SIZE, "%G-W%V", at); break;
    case PERIOD_MONTH: strftime(name, PERIOD_NAME_SIZE, "%Y-%m", at); break;
    default: snprintf(name, PERIOD_NAME_SIZE, "ever");
    }
}

struct period_window period_window(enum period period, int64_t now)
{
    struct period_window window = {.end = PERIOD_NEVER};
    time_t seconds = (time_t)(now / US_PER_SECOND);
    struct tm at, start, end;
    gmtime_r(&seconds, &at);
    write_name(period, &at, window.name);
    if (period == PERIOD_LIFETIME) return window;
    find_window(period, &at, &start, &end);
    window.start = (int64_t)timegm(&start) * US_PER_SECOND;
    window.end = (int64_t)timegm(&end) * US_PER_SECOND;
    return window;
}

/* "25", or "2.50" with decimals, in units of the last decimal. */
static enum err parse_amount(struct str text, int decimals, int64_t *amount)
{
    size_t dot = str_find_char(text, '.', 0);
    struct str whole = text, fraction = {0};
    if (dot != STR_NPOS && decimals) {
        whole = str_slice(text, 0, dot);
        fraction = str_slice(text, dot + 1, text.len);
    }
    if (whole.len == 0 || whole.len > 15 || fraction.len > (size_t)decimals || (dot != STR_NPOS && fraction.len == 0))
        return err_set(ERR_INVALID, "not an amount");
    *amount = 0;
    for (size_t i = 0; i < whole.len + (size_t)decimals; i++) {
        char digit = i < whole.len ? whole.ptr[i] : i - whole.len < fraction.len ? fraction.ptr[i - whole.len] : '0';
        if (digit < '0' || digit > '9') return err_set(ERR_INVALID, "not an amount");
        *amount = *amount * 10 + (digit - '0');
        if (*amount > PERIOD_LIMIT_MAX) return err_set(ERR_INVALID, "more than can be counted");
    }
    return OK;
}

static enum err parse_period(struct str name, enum period *period)
{
    for (*period = 0; *period < PERIOD_COUNT; (*period)++)
        if (str_equal(name, str_from(names[*period]))) return OK;
    return err_set(ERR_INVALID, "not a period");
}

enum err period_limits_parse(struct str text, int decimals, int64_t limits[PERIOD_COUNT])
{
    struct str word;
    for (int i = 0; i < PERIOD_COUNT; i++) limits[i] = PERIOD_NO_LIMIT;
    while (str_split_next(&text, ' ', &word)) {
        enum period period;
        size_t equals = str_find_char(word, '=', 0);
        if (word.len == 0) continue;
        if (equals == STR_NPOS) return err_set(ERR_INVALID, "a period and its limit are expected, day=250");
        TRY(parse_period(str_slice(word, 0, equals), &period));
        if (limits[period] != PERIOD_NO_LIMIT) return err_set(ERR_INVALID, "a period is named twice");
        TRY(parse_amount(str_slice(word, equals + 1, word.len), decimals, &limits[period]));
    }
    return OK;
}
