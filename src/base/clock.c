/* Clock and calendar. Dates are counted in days since 1970 with the proleptic Gregorian calendar (the era arithmetic of
 * Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms"), so no time zone data and no locale is touched.
 */
#include "base/clock.h"

#include <stdatomic.h>
#include <time.h>

static _Atomic int64_t test_now, test_monotonic;

static const char *const month_names[12] = {"January", "February", "March",     "April",   "May",      "June",
                                            "July",    "August",   "September", "October", "November", "December"};

struct civil {
    int64_t year;
    int month, day;           /* 1..12, 1..31 */
    int hour, minute, second; /* UTC */
};

static int64_t read_clock(clockid_t id)
{
    struct timespec now;
    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * US_PER_SECOND + now.tv_nsec / 1000;
}

int64_t clock_now(void)
{
    int64_t set = atomic_load_explicit(&test_now, memory_order_relaxed);
    return set ? set : read_clock(CLOCK_REALTIME);
}

int64_t clock_monotonic(void)
{
    int64_t set = atomic_load_explicit(&test_monotonic, memory_order_relaxed);
    return set ? set : read_clock(CLOCK_MONOTONIC);
}

void clock_set_for_test(int64_t now) { atomic_store(&test_now, now); }
void clock_set_monotonic_for_test(int64_t now) { atomic_store(&test_monotonic, now); }

static int64_t floor_div(int64_t value, int64_t by) { return value / by - (value % by < 0); }

static int64_t days_from_date(int64_t year, int month, int day)
{
    year -= month <= 2; /* years begin in March: the leap day is the last one */
    int64_t era = floor_div(year, 400);
    int64_t year_of_era = year - era * 400;
    int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return era * 146097 + day_of_era - 719468;
}

static struct civil civil_from_us(int64_t us)
{
    int64_t days = floor_div(us, US_PER_DAY);
    int second_of_day = (int)((us % US_PER_DAY + US_PER_DAY) % US_PER_DAY / US_PER_SECOND);
    days += 719468;
    int64_t era = floor_div(days, 146097);
    int64_t day_of_era = days - era * 146097;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int month = (int)((5 * day_of_year + 2) / 153);
    int day = (int)(day_of_year - (153 * month + 2) / 5 + 1);
    month += month < 10 ? 3 : -9;
    return (struct civil){
        .year = year_of_era + era * 400 + (month <= 2),
        .month = month,
        .day = day,
        .hour = second_of_day / 3600,
        .minute = second_of_day / 60 % 60,
        .second = second_of_day % 60,
    };
}

struct str time_iso(struct arena *arena, int64_t us)
{
    struct civil c = civil_from_us(us);
    return str_format(arena, "%04lld-%02d-%02dT%02d:%02d:%02dZ", (long long)c.year, c.month, c.day, c.hour, c.minute, c.second);
}

struct str time_date(struct arena *arena, int64_t us)
{
    struct civil c = civil_from_us(us);
    return str_format(arena, "%04lld-%02d-%02d", (long long)c.year, c.month, c.day);
}

struct str time_long_date(struct arena *arena, int64_t us)
{
    struct civil c = civil_from_us(us);
    return str_format(arena, "%d %s %lld", c.day, month_names[c.month - 1], (long long)c.year);
}

static struct str count_ago(struct arena *arena, int64_t count, const char *unit)
{
    return str_format(arena, "%lld %s%s ago", (long long)count, unit, count == 1 ? "" : "s");
}

struct str time_ago(struct arena *arena, int64_t us, int64_t now)
{
    int64_t seconds = now / US_PER_SECOND - us / US_PER_SECOND;
    int64_t days = floor_div(now, US_PER_DAY) - floor_div(us, US_PER_DAY);
    if (seconds > -60 && seconds < 60) return STR("just now");
    if (seconds > 0) {
        if (seconds < 3600) return count_ago(arena, seconds / 60, "minute");
        if (days == 0 || seconds < 6 * 3600) return count_ago(arena, seconds / 3600, "hour");
        if (days == 1) return STR("yesterday");
        if (days < 7) return count_ago(arena, days, "day");
    }
    struct civil c = civil_from_us(us);
    if (c.year != civil_from_us(now).year)
        return str_format(arena, "on %d %s %lld", c.day, month_names[c.month - 1], (long long)c.year);
    return str_format(arena, "on %d %s", c.day, month_names[c.month - 1]);
}

/* Takes exactly `digits` decimal digits off the front. */
static bool take_number(struct str *rest, int digits, int *value)
{
    if (rest->len < (size_t)digits) return false;
    *value = 0;
    for (int i = 0; i < digits; i++) {
        if (rest->ptr[i] < '0' || rest->ptr[i] > '9') return false;
        *value = *value * 10 + (rest->ptr[i] - '0');
    }
    *rest = str_slice(*rest, (size_t)digits, rest->len);
    return true;
}

static bool take_char(struct str *rest, char c)
{
    if (rest->len == 0 || rest->ptr[0] != c) return false;
    *rest = str_slice(*rest, 1, rest->len);
    return true;
}

static int days_in_month(int year, int month)
{
    static const int days[12] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap);
}

static bool take_date(struct str *rest, int64_t *us)
{
    int year, month, day;
    if (!take_number(rest, 4, &year) || !take_char(rest, '-') || !take_number(rest, 2, &month) || !take_char(rest, '-') ||
        !take_number(rest, 2, &day))
        return false;
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return false;
    *us = days_from_date(year, month, day) * US_PER_DAY;
    return true;
}

/* The digits behind the dot, cut at microseconds; at least one. */
static bool take_fraction(struct str *rest, int64_t *us)
{
    int64_t unit = US_PER_SECOND / 10;
    int digit;
    if (!take_number(rest, 1, &digit)) return false;
    do {
        *us += digit * unit;
        unit /= 10;
    } while (take_number(rest, 1, &digit));
    return true;
}

/* HH:MM[:SS[.fraction]]; a leap second (60) counts as the first one of the next minute. */
static bool take_time(struct str *rest, int64_t *us)
{
    int hour, minute, second = 0;
    if (!take_number(rest, 2, &hour) || !take_char(rest, ':') || !take_number(rest, 2, &minute)) return false;
    if (take_char(rest, ':')) {
        if (!take_number(rest, 2, &second)) return false;
        if (take_char(rest, '.') && !take_fraction(rest, us)) return false;
    }
    if (hour > 23 || minute > 59 || second > 60) return false;
    *us += ((int64_t)hour * 3600 + minute * 60 + second) * US_PER_SECOND;
    return true;
}

/* Nothing (UTC), Z, or +HH:MM, +HHMM, +HH. */
static bool take_offset(struct str *rest, int64_t *us)
{
    if (rest->len == 0 || take_char(rest, 'Z') || take_char(rest, 'z')) return true;
    int sign = take_char(rest, '+') ? 1 : take_char(rest, '-') ? -1 : 0;
    int hour, minute = 0;
    if (sign == 0 || !take_number(rest, 2, &hour)) return false;
    bool colon = take_char(rest, ':');
    if ((colon || rest->len) && !take_number(rest, 2, &minute)) return false;
    if (hour > 23 || minute > 59) return false;
    *us -= sign * ((int64_t)hour * 3600 + minute * 60) * US_PER_SECOND;
    return true;
}

enum err time_parse(struct str s, int64_t *us)
{
    struct str rest = s;
    int64_t result;
    bool valid = take_date(&rest, &result);
    if (valid && rest.len) {
        valid = take_char(&rest, 'T') || take_char(&rest, 't') || take_char(&rest, ' ');
        valid = valid && take_time(&rest, &result) && take_offset(&rest, &result) && rest.len == 0;
    }
    if (!valid) return err_set(ERR_INVALID, "a date such as 2026-03-12 or 2026-03-12T09:30:00Z is expected");
    *us = result;
    return OK;
}
