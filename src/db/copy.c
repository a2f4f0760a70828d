/* Copying a store. Design in copy.h. */
#include "db/copy.h"
#include "base/log.h"
#include "db/driver.h"
#include "db/migrate.h"
#include "db/mover.h"
#include <inttypes.h>

#define BATCH_ROWS 5000

static const char progress_table[] = "CREATE TABLE " COPY_TABLE " (\n"
                                     "    table_name {text} PRIMARY KEY,\n"
                                     "    rows_done {int} NOT NULL,\n"
                                     "    sum_one {int} NOT NULL,\n"
                                     "    sum_two {int} NOT NULL\n"
                                     ") {table};\n";
static const struct sql progress_list = {"copy_progress_list", "SELECT table_name, rows_done, sum_one, sum_two FROM " COPY_TABLE, 0};
static const struct sql progress_keep = {"copy_progress_keep",
                                         "INSERT INTO " COPY_TABLE " (table_name, rows_done, sum_one, sum_two) VALUES ($1, $2, $3, $4) "
                                         "ON CONFLICT (table_name) DO UPDATE SET rows_done = excluded.rows_done, sum_one = excluded.sum_one, sum_two = excluded.sum_two",
                                         4};
static const struct sql progress_forget = {"copy_progress_forget", "DELETE FROM " COPY_TABLE, 0};

struct copy {
    struct db *from, *to;
    struct arena *arena;
    const struct copy_options *options;
    struct copy_report *report;
    struct move_plan plan;
    struct table_sum *done; /* by an earlier run; one a move */
    struct table_sum *sums;
    int64_t before; /* rows of the tables before the current one */
    bool is_verifying;
};

static void tell(void *argument, const struct move *move, int64_t rows)
{
    const struct copy *copy = argument;
    const struct copy_options *options = copy->options;
    if (options->told) options->told(options->argument, move->to.name, copy->is_verifying, copy->before + rows, copy->report->rows);
}

static enum err keep(struct mover *mover, const struct move *move, const struct table_sum *sum, bool is_whole)
{
    (void)is_whole; /* a table that is whole has as many rows as the source: seen when it is read again */
    return db_exec(mover->to, &progress_keep,
                   DB_ARGS(db_text(move->to.name), db_int(sum->rows), db_int((int64_t)sum->parts[0]), db_int((int64_t)sum->parts[1])));
}

/* ---- the target ---- */

static enum err check_empty(struct db *db, struct arena *arena)
{
    struct schema schema;
    TRY(db_schema_read(db, arena, &schema));
    for (size_t i = 0; i < schema.tables_count; i++) {
        const struct schema_table *table = &schema.tables[i];
        int64_t rows = 0;
        if (str_equal(table->name, STR("schema_migrations"))) continue;
        TRY(bulk_count(db, table, &rows));
        if (rows)
            return err_set(ERR_CONFLICT, "the target is not empty: %" PRId64 " rows in %.*s. Name an empty database; the copy makes its tables", rows,
                           STR_ARG(table->name));
    }
    return OK;
}

static enum err check_version(struct db *db, const char *what)
{
    int applied = 0;
    TRY(db_migrate_recorded(db, &applied));
    int missing = (int)migrations_count - applied;
    return missing ? err_set(ERR_CONFLICT, "%s lacks %d migration%s: run `careerprep migrate` on it first", what, missing, missing == 1 ? "" : "s") : OK;
}

static enum err check_whole(struct db *db, const char *what)
{
    TRY(db_check_finished(db, what));
    return check_version(db, what);
}

static enum err begin_target(struct db *to, void *unused)
{
    (void)unused;
    return db_script(to, COPY_TABLE, str_from(progress_table));
}

/* Makes an empty target ready, or finds that it is our unfinished copy. */
static enum err prepare_target(const struct copy *copy)
{
    bool is_ours = false;
    TRY(bulk_alone(copy->to));
    TRY(db_schema_has_table(copy->to, STR(COPY_TABLE), &is_ours));
    if (is_ours) return check_version(copy->to, "the unfinished copy was begun by another version and");
    TRY(check_empty(copy->to, copy->arena));
    TRY(db_migrate(copy->to, NULL));
    return db_transaction(copy->to, begin_target, NULL);
}

static enum err read_done(const struct copy *copy, bool *has_begun)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    *has_begun = false;
    for (size_t i = 0; i < copy->plan.count; i++) copy->done[i] = (struct table_sum){0};
    TRY(db_query(copy->to, &progress_list, DB_NO_ARGS, &rows));
    while (db_next(&rows)) {
        *has_begun = true;
        for (size_t i = 0; i < copy->plan.count; i++)
            if (str_equal(copy->plan.moves[i].to.name, db_col_view(&rows, 0)))
                copy->done[i] = (struct table_sum){.rows = db_col_int(&rows, 1), .parts = {(uint64_t)db_col_int(&rows, 2), (uint64_t)db_col_int(&rows, 3)}};
    }
    return db_rows_result(&rows);
}

static enum err forget(struct db *to, void *argument)
{
    const struct copy *copy = argument;
    struct schema targets = move_plan_targets(copy->arena, &copy->plan);
    TRY(bulk_empty(to, &targets));
    return db_exec(to, &progress_forget, DB_NO_ARGS);
}

static enum err end_target(struct db *to, void *unused)
{
    (void)unused;
    return db_script(to, COPY_TABLE, STR("DROP TABLE " COPY_TABLE ";\n"));
}

/* ---- rows ---- */

static enum err count_source(struct copy *copy)
{
    for (size_t i = 0; i < copy->plan.count; i++) {
        int64_t rows = 0;
        TRY(bulk_count(copy->from, &copy->plan.moves[i].from, &rows));
        copy->report->rows += rows;
    }
    return OK;
}

static enum err move_all(struct copy *copy, bool *same)
{
    struct mover mover = {.from = copy->from, .to = copy->to, .batch_rows = BATCH_ROWS, .keep = keep, .told = tell, .argument = copy};
    *same = true;
    copy->before = 0;
    copy->report->resumed = 0;
    for (size_t i = 0; i < copy->plan.count && *same; i++) {
        TRY(move_rows(&mover, &copy->plan.moves[i], &copy->done[i], &copy->sums[i], same));
        copy->before += copy->sums[i].rows;
        copy->report->resumed += copy->done[i].rows;
    }
    return OK;
}

static void clear_sums(struct copy *copy)
{
    for (size_t i = 0; i < copy->plan.count; i++) {
        struct buf scratch = copy->sums[i].scratch;
        copy->sums[i] = (struct table_sum){.scratch = scratch};
        copy->done[i] = (struct table_sum){0};
    }
}

/* Brings over what is missing. */
static enum err bring(struct copy *copy)
{
    bool same = true, has_begun = false;
    TRY(read_done(copy, &has_begun));
    if (!has_begun) TRY(db_transaction(copy->to, forget, copy)); /* rows without a record: of a copy that was found wrong */
    TRY(move_all(copy, &same));
    if (same) return OK;
    log_warn("the source has changed since the copy was begun: it begins anew");
    TRY(db_transaction(copy->to, forget, copy));
    clear_sums(copy);
    TRY(move_all(copy, &same));
    return same ? OK : err_set(ERR_INTERNAL, "a new copy cannot differ from what was done before it");
}

static enum err sum_source(struct copy *copy)
{
    for (size_t i = 0; i < copy->plan.count; i++) TRY(move_sum(copy->from, &copy->plan.moves[i].from, copy->plan.moves[i].types, &copy->sums[i]));
    return OK;
}

/* Reads the target back, and reports. */
static enum err verify(struct copy *copy)
{
    struct copy_report *report = copy->report;
    report->tables = arena_array(copy->arena, struct copy_table, copy->plan.count);
    report->count = copy->plan.count;
    report->is_equal = true;
    copy->before = 0;
    copy->is_verifying = true;
    for (size_t i = 0; i < copy->plan.count; i++) {
        const struct move *move = &copy->plan.moves[i];
        struct table_sum there CLEANUP(table_sum_dispose) = {0};
        const struct table_sum *here = &copy->sums[i];
        TRY(move_sum(copy->to, &move->to, move->types, &there));
        report->tables[i] = (struct copy_table){.name = move->to.name,
                                                .rows = here->rows,
                                                .target_rows = there.rows,
                                                .sum = table_sum_text(copy->arena, here),
                                                .target_sum = table_sum_text(copy->arena, &there),
                                                .is_equal = table_sum_equal(here, &there)};
        report->is_equal = report->is_equal && report->tables[i].is_equal;
        tell(copy, move, here->rows);
        copy->before += here->rows;
    }
    return OK;
}

static enum err make_plan(struct copy *copy)
{
    struct schema from, to;
    TRY(db_schema_read(copy->from, copy->arena, &from));
    TRY(db_schema_read(copy->to, copy->arena, &to));
    TRY(move_plan_make(copy->arena, &from, &to, &copy->plan));
    copy->done = arena_array(copy->arena, struct table_sum, copy->plan.count);
    copy->sums = arena_array(copy->arena, struct table_sum, copy->plan.count);
    return bulk_snapshot(copy->from, &from);
}

/* In the snapshot of the source. */
static enum err compare_or_bring(struct copy *copy)
{
    TRY(count_source(copy));
    TRY(copy->options->only_verify ? sum_source(copy) : bring(copy));
    struct schema targets = move_plan_targets(copy->arena, &copy->plan);
    TRY(bulk_snapshot(copy->to, &targets));
    enum err error = verify(copy);
    bulk_snapshot_end(copy->to);
    return error;
}

static enum err differs(struct copy *copy)
{
    struct str names = STR("");
    for (size_t i = 0; i < copy->report->count; i++)
        if (!copy->report->tables[i].is_equal)
            names = str_format(copy->arena, "%.*s%s%.*s", STR_ARG(names), names.len ? ", " : "", STR_ARG(copy->report->tables[i].name));
    if (copy->options->only_verify) return err_set(ERR_CONFLICT, "the two stores differ in: %.*s", STR_ARG(names));
    TRY(db_exec(copy->to, &progress_forget, DB_NO_ARGS));
    return err_set(ERR_CONFLICT, "what arrived differs from the source in: %.*s. Run it again: it begins anew", STR_ARG(names));
}

enum err store_copy(struct db *from, struct db *to, struct arena *arena, const struct copy_options *options, struct copy_report *report)
{
    struct copy copy = {.from = from, .to = to, .arena = arena, .options = options, .report = report};
    *report = (struct copy_report){0};
    TRY(check_whole(from, "the source"));
    TRY(options->only_verify ? check_whole(to, "the target") : prepare_target(&copy));
    TRY(make_plan(&copy));
    enum err error = compare_or_bring(&copy);
    bulk_snapshot_end(from);
    for (size_t i = 0; i < copy.plan.count; i++) table_sum_dispose(&copy.sums[i]);
    TRY(error);
    if (!report->is_equal) return differs(&copy);
    return options->only_verify ? OK : db_transaction(to, end_target, NULL);
}
