/* Whether two tables hold the same rows: how many there are, and the sum of a digest of each, so that their order does not matter.
 *
 * The digest is taken of a canonical form, which is one for both engines: times as microseconds, truth as 0 and 1, ids in lower case, floats by
 * their bits, and JSON with sorted members, no white space and numbers by their value, since jsonb keeps neither order nor spelling.
 */
#pragma once
#include "base/buf.h"
#include "db/db.h"

struct table_sum {
    int64_t rows;
    uint64_t parts[2];
    struct buf scratch; /* dispose with table_sum_dispose */
};

/* Adds one row; `types` say how values are to be understood (db_type_richer of both sides). */
void table_sum_add(struct table_sum *sum, const enum db_type *types, const struct db_value *values, size_t count);
bool table_sum_equal(const struct table_sum *a, const struct table_sum *b);
/* 32 hexadecimal digits. */
struct str table_sum_text(struct arena *arena, const struct table_sum *sum);
void table_sum_dispose(struct table_sum *sum);
