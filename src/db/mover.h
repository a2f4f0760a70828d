/* Moves the rows of one store into another and proves that they arrived. Private to src/db: archive.c and copy.c are made of it. */
#pragma once
#include "db/bulk.h"
#include "db/table_sum.h"

/* Of a backup: a count and a checksum of each table (archive.c). */
#define SEAL_TABLE "archive_seal"

/* One table as both sides have it: the same columns in the same order. */
struct move {
    struct schema_table from, to;
    enum db_type *types; /* what both sides know of each column's type */
};

struct move_plan {
    struct move *moves; /* in an order in which a row's references are there before it */
    size_t count;
};

/* Pairs the tables that both have, without the records of migrations, of an unfinished copy and of a backup, which are each store's own. A table that only
 * the source has is none of ours: it is left out, and the log names it. ERR_CONFLICT when a table has other columns on the other side. */
enum err move_plan_make(struct arena *arena, const struct schema *from, const struct schema *to, struct move_plan *plan) MUST_CHECK;
/* The target's tables of the plan. */
struct schema move_plan_targets(struct arena *arena, const struct move_plan *plan);

struct mover {
    struct db *from; /* in a snapshot */
    struct db *to;
    /* Rows of one transaction on the target; 0: all in the one that is open. */
    int64_t batch_rows;
    /* Called inside each batch's transaction, whole at the table's end: keeps how far the table is. May be NULL. */
    enum err (*keep)(struct mover *mover, const struct move *move, const struct table_sum *sum, bool is_whole);
    /* Called now and then with how many rows of the table are done. May be NULL. */
    void (*told)(void *argument, const struct move *move, int64_t rows);
    void *argument; /* of `told` */
};

/* Moves the rows that stand after the first done->rows, and sums up all of them. *same is false, and nothing more is moved, when the first done->rows
 * are no longer those that `done` summed up. */
enum err move_rows(struct mover *mover, const struct move *move, const struct table_sum *done, struct table_sum *sum, bool *same) MUST_CHECK;
/* Sums up the rows of one side. */
enum err move_sum(struct db *db, const struct schema_table *table, const enum db_type *types, struct table_sum *sum) MUST_CHECK;
