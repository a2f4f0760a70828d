/* Time zones by their names in the IANA database ("Europe/Berlin", "UTC"), read from the system's tzdata.
 *
 * Seconds are seconds since 1970-01-01T00:00:00Z. What a clock on a wall there shows is told as a number of seconds, too: the moment plus its
 * offset, which is the moment at which a clock of UTC shows the same. A zone belongs to one thread at a time.
 */
#pragma once
#include "base/str.h"

struct time_zone {
    void *rules;
};

/* ERR_INVALID when the system knows no such zone. UTC is known without tzdata. */
enum err time_zone_open(struct time_zone *zone, struct str name) MUST_CHECK;
void time_zone_close(struct time_zone *zone);
/* Seconds east of UTC at that moment, summer time and all; less than a day either way. */
int64_t time_zone_offset(const struct time_zone *zone, int64_t second);
/* The first moment after `second` at which other rules hold, and `limit` when the same hold until then. */
int64_t time_zone_change(const struct time_zone *zone, int64_t second, int64_t limit);
