/* Periods that limits are given for, and the calendar windows they fall into, in UTC.
 *
 * A window has a name that sorts as time does, in the forms of ISO 8601: "2026-11-28T20:31", "2026-11-28", "2026-W48" (weeks begin on Monday),
 * "2026-11"; the one of a lifetime is "ever".
 */
#pragma once
#include "base/str.h"

enum period { PERIOD_MINUTE, PERIOD_DAY, PERIOD_WEEK, PERIOD_MONTH, PERIOD_LIFETIME, PERIOD_COUNT };

#define PERIOD_NEVER INT64_MAX           /* when a lifetime ends */
#define PERIOD_NO_LIMIT (-1)
#define PERIOD_LIMIT_MAX INT64_C(1000000000000)

#define PERIOD_NAME_SIZE 24

struct period_window {
    char name[PERIOD_NAME_SIZE];
    int64_t start, end; /* microseconds since 1970; `end` is the next one's start. A lifetime is from 0 to PERIOD_NEVER */
};

const char *period_name(enum period period); /* "minute", "lifetime" */
/* The window that `now` (microseconds since 1970) lies in. */
struct period_window period_window(enum period period, int64_t now);

/* Reads "minute=25 day=250": in any order, each period at most once; PERIOD_NO_LIMIT for those that are not named. With `decimals` (0 to 6) the numbers
 * may have so many digits behind a dot and are told in units of the last one: "day=2.5" is 2500000 with six. At most PERIOD_LIMIT_MAX units. */
enum err period_limits_parse(struct str text, int decimals, int64_t limits[PERIOD_COUNT]) MUST_CHECK;
