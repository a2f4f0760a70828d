/* `careerprep copy`: everything of one store into another, on either engine, resumable and verified.
 *
 * The source is read in one snapshot. The target is written in batches, each a transaction that also keeps how far the table is and the sum of its
 * rows so far (the table copy_progress, which is there only while the copy is not finished; no command works with such a store). A copy that goes
 * on reads the source from the start, skips what was kept, and compares the sums on the way: when the source has changed there since, it begins anew.
 * At the end every table of the target is read back and summed up.
 */
#pragma once
#include "db/db.h"

struct copy_table {
    struct str name;
    int64_t rows, target_rows;
    struct str sum, target_sum; /* of the source's and the target's rows: 32 hexadecimal digits */
    bool is_equal;
};

struct copy_report {
    struct copy_table *tables;
    size_t count;
    int64_t rows;    /* of the source */
    int64_t resumed; /* rows that an earlier run had brought over */
    bool is_equal;
};

struct copy_options {
    bool only_verify; /* compare, and write nothing */
    /* Called now and then: rows done of all tables, of `total`; while verifying, too. May be NULL. */
    void (*told)(void *argument, struct str table, bool is_verifying, int64_t done, int64_t total);
    void *argument;
};

/* Copies from `from` to `to`, or compares them. Both are connections of pools of their own; the report lives in the arena. ERR_CONFLICT when the target is not
 * empty (and no unfinished copy), when the stores have different versions, or when what arrived differs (the report says where); ERR_UNAVAILABLE
 * while somebody serves the target. */
enum err store_copy(struct db *from, struct db *to, struct arena *arena, const struct copy_options *options, struct copy_report *report) MUST_CHECK;
