/* Moving rows between stores. Design in mover.h. */
#include "db/mover.h"
#include "base/log.h"
#include "db/driver.h"
#include <stdlib.h>

#define BATCH_BYTES ((size_t)8 << 20)
#define TELL_EACH 1000
#define COLUMNS_MAX 99

/* ---- the plan ---- */

static const struct schema_column *find_column(const struct schema_table *table, struct str name)
{
    for (size_t i = 0; i < table->columns_count; i++)
        if (str_equal(table->columns[i].name, name)) return &table->columns[i];
    return NULL;
}

/* The source's columns in the target's order. */
static enum err pair_columns(struct arena *arena, const struct schema_table *from, const struct schema_table *to, struct move *move)
{
    if (from->columns_count != to->columns_count)
        return err_set(ERR_CONFLICT, "the table %.*s has %zu columns here and %zu there: bring both to the same version", STR_ARG(to->name),
                       from->columns_count, to->columns_count);
    *move = (struct move){.from = *from, .to = *to};
    move->from.columns = arena_array(arena, struct schema_column, to->columns_count);
    move->types = arena_array(arena, enum db_type, to->columns_count);
    for (size_t i = 0; i < to->columns_count; i++) {
        const struct schema_column *column = find_column(from, to->columns[i].name);
        if (!column) return err_set(ERR_CONFLICT, "the table %.*s has no column %.*s on one side", STR_ARG(to->name), STR_ARG(to->columns[i].name));
        move->from.columns[i] = *column;
        move->types[i] = db_type_richer(column->type, to->columns[i].type);
    }
    return OK;
}

static bool is_own(struct str name)
{
    return str_equal(name, STR("schema_migrations")) || str_equal(name, STR(COPY_TABLE)) || str_equal(name, STR(SEAL_TABLE));
}

enum err move_plan_make(struct arena *arena, const struct schema *from, const struct schema *to, struct move_plan *plan)
{
    *plan = (struct move_plan){.moves = arena_array(arena, struct move, to->tables_count)};
    for (size_t i = 0; i < to->tables_count; i++) {
        const struct schema_table *source = schema_find(from, to->tables[i].name);
        if (source && !is_own(source->name)) TRY(pair_columns(arena, source, &to->tables[i], &plan->moves[plan->count++]));
    }
    for (size_t i = 0; i < from->tables_count; i++) {
        struct str name = from->tables[i].name;
        if (!is_own(name) && !schema_find(to, name)) log_warn("the table %.*s is none that Career Prep makes: it is left out", STR_ARG(name));
    }
    return OK;
}

struct schema move_plan_targets(struct arena *arena, const struct move_plan *plan)
{
    struct schema schema = {arena_array(arena, struct schema_table, plan->count), plan->count};
    for (size_t i = 0; i < plan->count; i++) schema.tables[i] = plan->moves[i].to;
    return schema;
}

/* ---- rows ---- */

/* A table on its way. */
struct passage {
    struct mover *mover;
    const struct move *move;
    struct table_sum *sum;
    struct bulk_load *load;
    int64_t batch_rows;
    size_t batch_bytes;
};

static enum err begin_batch(struct passage *passage)
{
    struct db *to = passage->mover->to;
    if (passage->load) return OK;
    if (passage->mover->batch_rows) TRY(db_begin(to));
    passage->batch_rows = 0;
    passage->batch_bytes = 0;
    return bulk_load_open(to, &passage->move->to, &passage->load);
}

static enum err end_batch(struct passage *passage, bool is_whole)
{
    struct mover *mover = passage->mover;
    struct bulk_load *load = passage->load;
    passage->load = NULL;
    if (load) TRY(bulk_load_close(load, true));
    if (!load && mover->batch_rows && is_whole) TRY(db_begin(mover->to)); /* only to keep that the table is whole */
    if (mover->keep && db_in_transaction(mover->to)) TRY(mover->keep(mover, passage->move, passage->sum, is_whole));
    return mover->batch_rows && db_in_transaction(mover->to) ? db_commit(mover->to) : OK;
}

static size_t size_of(const struct db_value *values, size_t count)
{
    size_t size = 0;
    for (size_t i = 0; i < count; i++) {
        enum db_type type = values[i].type;
        bool is_number = type == DB_NULL || type == DB_INT || type == DB_REAL || type == DB_BOOL || type == DB_TIME;
        size += is_number ? sizeof(int64_t) : values[i].text.len;
    }
    return size;
}

static enum err pass_row(struct passage *passage, const struct db_value *values)
{
    struct mover *mover = passage->mover;
    TRY(begin_batch(passage));
    enum err error = bulk_load_row(passage->load, values);
    if (error == ERR_INVALID)
        return err_set(error, "row %lld of the table %.*s, in the order of its key: %s", (long long)passage->sum->rows,
                       STR_ARG(passage->move->to.name), err_detail());
    TRY(error);
    passage->batch_rows++;
    passage->batch_bytes += size_of(values, passage->move->to.columns_count);
    bool is_full = passage->batch_rows >= mover->batch_rows || passage->batch_bytes >= BATCH_BYTES;
    return mover->batch_rows && is_full ? end_batch(passage, false) : OK;
}

static enum err pass_rows(struct passage *passage, struct bulk_scan *scan, const struct table_sum *done, bool *same)
{
    const struct mover *mover = passage->mover;
    struct table_sum *sum = passage->sum;
    struct db_value values[COLUMNS_MAX];
    bool more = true;
    *same = true;
    while (true) {
        if (sum->rows == done->rows && !table_sum_equal(sum, done)) *same = false;
        TRY(bulk_scan_next(scan, values, &more));
        if (!more && sum->rows < done->rows) *same = false;
        if (!more || !*same) return OK;
        table_sum_add(sum, passage->move->types, values, passage->move->to.columns_count);
        if (sum->rows > done->rows) TRY(pass_row(passage, values));
        if (mover->told && sum->rows % TELL_EACH == 0) mover->told(mover->argument, passage->move, sum->rows);
    }
}

enum err move_rows(struct mover *mover, const struct move *move, const struct table_sum *done, struct table_sum *sum, bool *same)
{
    struct passage passage = {.mover = mover, .move = move, .sum = sum};
    struct bulk_scan *scan = NULL;
    TRY(bulk_scan_open(mover->from, &move->from, &scan));
    enum err error = pass_rows(&passage, scan, done, same);
    bulk_scan_close(scan);
    if (error == OK && *same) error = end_batch(&passage, true);
    if (passage.load && bulk_load_close(passage.load, false) != OK) error = ERR_INTERNAL;
    if (error == OK && mover->told) mover->told(mover->argument, move, sum->rows);
    if (error != OK && mover->batch_rows) db_rollback(mover->to);
    return error;
}

enum err move_sum(struct db *db, const struct schema_table *table, const enum db_type *types, struct table_sum *sum)
{
    struct bulk_scan *scan = NULL;
    struct db_value values[COLUMNS_MAX];
    bool more = true;
    TRY(bulk_scan_open(db, table, &scan));
    enum err error = OK;
    while (more && error == OK) {
        error = bulk_scan_next(scan, values, &more);
        if (error == OK && more) table_sum_add(sum, types, values, table->columns_count);
    }
    bulk_scan_close(scan);
    return error;
}
