/* Cron expressions in a time zone.
 *
 * Five fields, minute hour day month weekday: each a `*`, or a list of numbers and ranges, and any of these with a step ("0,30", "1-5", "10-20/5");
 * months and weekdays also by the first three letters of their English names ("MON-FRI", "jan"), Sunday is 0 or 7. Or one of @hourly, @daily,
 * @midnight, @weekly, @monthly, @yearly, @annually. When neither day field begins with `*`, a day need fit only one of them. Source: crontab(5)
 * and cron(8) of Vixie cron.
 *
 * Clocks that are put forward and back (summer time) are met as Vixie cron meets them:
 * - A schedule with `*` in minute or hour, or with a step in hour, runs whenever the clock there shows a fitting minute: every hour stays every
 *   hour, whatever the clock calls it.
 * - Any other names times of day. Each comes once a day: at the first moment when the clock has shown it or gone past it. A time that is left out
 *   comes where the clock goes on, several of them together as one; a time that comes twice counts the first time.
 */
#pragma once
#include "base/str.h"

/* The first time after `after` (both in microseconds since 1970) that fits; ERR_INVALID for a wrong expression or zone, and for an expression that
 * never comes (30 February). */
enum err cron_next(struct str expression, struct str time_zone, int64_t after, int64_t *next) MUST_CHECK;
/* The last times, `max` at most, that fit after `after` and not after `until`; the earliest first. */
enum err cron_last(struct str expression, struct str time_zone, int64_t after, int64_t until, int64_t *times, size_t max, size_t *count) MUST_CHECK;
