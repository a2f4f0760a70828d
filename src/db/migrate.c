/* Migrations: applies the embedded files that are missing.
 *
 * One transaction a file: take the lock of the engine, read what is recorded, compare it with what this program carries, apply
 * the first that is missing, record it. A process that comes second waits at the lock and then finds nothing to do. The
 * record is compared each time, so a changed or unknown file stops everything before anything is applied.
 */
#include "db/migrate.h"
#include "base/buf.h"
#include "base/clock.h"
#include "base/log.h"
#include "db/driver.h"
#include "db/migrate.sql.h"
#include "db/schema.h"
#include <inttypes.h>

/* The table that must be there before any migration. */
static const char record_table[] = "CREATE TABLE IF NOT EXISTS schema_migrations (\n"
                                   "    number {int} PRIMARY KEY,\n"
                                   "    name {text} NOT NULL,\n"
                                   "    checksum {text} NOT NULL,\n"
                                   "    applied_at {time} NOT NULL\n"
                                   ") {table};\n";

enum err db_script(struct db *db, const char *name, struct str text)
{
    struct buf script CLEANUP(buf_dispose) = {0};
    TRY(db_words_expand(db->driver, name, text, &script));
    return db->driver->script(db, script.ptr);
}

static struct str checksum(struct arena *arena, struct str text)
{
    return str_format(arena, "%016" PRIx64, str_hash(text));
}

static const struct migration *find_migration(const struct migration *list, size_t count, int64_t number)
{
    for (size_t i = 0; i < count; i++)
        if (list[i].number == number) return &list[i];
    return NULL;
}

static enum err check_applied(const struct db_rows *rows, const struct migration *list, size_t count, struct arena *arena)
{
    int64_t number = db_col_int(rows, 0);
    struct str name = db_col_view(rows, 1);
    const struct migration *known = find_migration(list, count, number);
    if (!known)
        return err_set(ERR_CONFLICT,
                       "the store was written by a newer program: it has migration %" PRId64
                       " (%.*s), which this one does not know. Use the newer program, or restore a backup",
                       number, STR_ARG(name));
    if (!str_equal(db_col_view(rows, 2), checksum(arena, known->text)))
        return err_set(ERR_CONFLICT,
                       "migration %" PRId64 " (%s) has changed since it was applied to this store. "
                       "An applied migration is never edited: put it back and add a new one",
                       number, known->name);
    return OK;
}

/* How many of the list are recorded, from the first on without a gap. */
static enum err count_applied(struct db *db, const struct migration *list, size_t count, size_t *applied)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    *applied = 0;
    TRY(db_query(db, &sql_migration_list, DB_NO_ARGS, &rows));
    while (db_next(&rows)) {
        TRY(check_applied(&rows, list, count, &arena));
        if (list[*applied].number != db_col_int(&rows, 0))
            return err_set(ERR_CONFLICT, "migration %d (%s) is missing in the store, but a later one is there", list[*applied].number,
                           list[*applied].name);
        (*applied)++;
    }
    return db_rows_result(&rows);
}

struct step {
    const struct migration *list;
    size_t count;
    bool did_one;
};

static enum err apply_one(struct db *db, const struct migration *migration)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    enum err error = db_script(db, migration->name, migration->text);
    if (error != OK) return err_set(error, "migration %d (%s): %s", migration->number, migration->name, err_detail());
    TRY(db_exec(db, &sql_migration_add,
                DB_ARGS(db_int(migration->number), db_text(str_from(migration->name)), db_text(checksum(&arena, migration->text)),
                        db_time(clock_now()))));
    log_debug("migration %d (%s) applied", migration->number, migration->name);
    return OK;
}

enum err db_check_finished(struct db *db, const char *what)
{
    bool is_half = false;
    TRY(db_schema_has_table(db, STR(COPY_TABLE), &is_half));
    return is_half ? err_set(ERR_CONFLICT, "%s is an unfinished copy: run `careerprep copy` to it again, or empty it", what) : OK;
}

static enum err apply_next(struct db *db, void *argument)
{
    struct step *step = argument;
    size_t applied = 0;
    TRY(db->driver->lock_schema(db));
    TRY(db_check_finished(db, "this store"));
    TRY(db_script(db, "schema_migrations", str_from(record_table)));
    TRY(count_applied(db, step->list, step->count, &applied));
    step->did_one = applied < step->count;
    return step->did_one ? apply_one(db, &step->list[applied]) : OK;
}

enum err db_migrate_list(struct db *db, const struct migration *list, size_t count, int *applied)
{
    int done = 0;
    struct step step = {.list = list, .count = count};
    do {
        TRY(db_transaction(db, apply_next, &step));
        done += step.did_one;
    } while (step.did_one);
    if (applied) *applied = done;
    return OK;
}

enum err db_migrate(struct db *db, int *applied)
{
    int done = 0;
    TRY(db_migrate_list(db, migrations, migrations_count, &done));
    if (done) log_info("%d migration%s applied: the store has version %zu", done, done == 1 ? "" : "s", migrations_count);
    if (applied) *applied = done;
    return db->driver->vectors_prepare ? db->driver->vectors_prepare(db) : OK;
}

enum err db_migrate_lock(struct db *db) { return db->driver->lock_schema(db); }

enum err db_migrate_recorded(struct db *db, int *applied)
{
    bool has = false;
    size_t count = 0;
    TRY(db_schema_has_table(db, STR("schema_migrations"), &has));
    if (has) TRY(count_applied(db, migrations, migrations_count, &count));
    *applied = (int)count;
    return OK;
}

enum err db_migrate_applied(struct db *db, int *applied)
{
    TRY(db_check_finished(db, "this store"));
    return db_migrate_recorded(db, applied);
}

enum err db_migrate_status(struct db *db, int *missing)
{
    int applied = 0;
    TRY(db_migrate_applied(db, &applied));
    *missing = (int)migrations_count - applied;
    return OK;
}

enum err db_migrate_text(const char *where, int applied, struct buf *out)
{
    const struct db_driver *driver = db_driver_of(where);
    struct buf script CLEANUP(buf_dispose) = {0};
    struct arena arena CLEANUP(arena_dispose) = {0};
    if (applied == 0) {
        TRY(db_words_expand(driver, "schema_migrations", str_from(record_table), &script));
        buf_append_format(out, "%s\n", script.ptr);
    }
    for (size_t i = (size_t)applied; i < migrations_count; i++) {
        const struct migration *migration = &migrations[i];
        buf_clear(&script);
        TRY(db_words_expand(driver, migration->name, migration->text, &script));
        buf_append_format(out, "-- %04d_%s\nBEGIN;\n%s", migration->number, migration->name, script.ptr);
        struct str record = str_format(&arena,
                                       "INSERT INTO schema_migrations (number, name, checksum, applied_at) VALUES (%d, '%s', '%.*s', {now});",
                                       migration->number, migration->name, STR_ARG(checksum(&arena, migration->text)));
        buf_clear(&script);
        TRY(db_words_expand(driver, "schema_migrations", record, &script));
        buf_append_format(out, "%s\nCOMMIT;\n\n", script.ptr);
    }
    return out->overflow ? err_set(ERR_TOO_LARGE, "the migrations are too long to print") : OK;
}
