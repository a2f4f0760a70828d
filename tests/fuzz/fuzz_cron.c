/* Reads any bytes as a cron expression, with a zone and a moment in lines above it: what is found lies after the moment, nothing lies between, and
 * looking back finds the same.
 */
#include "base/clock.h"
#include "bus/cron.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct str rest = {(const char *)data, size}, zone = {0}, moment = {0};
    int64_t after, next, again, last;
    size_t count;
    str_split_next(&rest, '\n', &zone);
    str_split_next(&rest, '\n', &moment);
    if (str_to_int(moment, &after) != OK || after > INT64_MAX / US_PER_SECOND || after < 0) after = 1774746000;
    after *= US_PER_SECOND;
    if (cron_next(rest, zone, after, &next) != OK) return 0;
    if (next <= after || next > after + 42 * 366 * US_PER_DAY) abort();
    if (next > INT64_C(253402300799) * US_PER_SECOND) return 0; /* after the year 9999 */
    if (cron_next(rest, zone, next - 1, &again) != OK || again != next) abort();
    if (cron_last(rest, zone, after, next, &last, 1, &count) != OK || count != 1 || last != next) abort();
    return 0;
}
