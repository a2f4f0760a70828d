/* Backup and restore. Design in archive.h.
 *
 * A backup is written beside its name and gets it when it is whole, so that a name never stands for half of one. A restore first makes a copy of the
 * file, reads all of it, brings it to this program's version and ends its sessions and API tokens (one that was ended after the backup must not
 * live again); only then the store is touched, in one transaction. Who serves it meanwhile is told: through PostgreSQL with the commit, on SQLite, where processes cannot
 * tell each other, by a row with a name of its own (`db_restored`).
 */
#include "db/archive.h"
#include "base/config.h"
#include "base/file.h"
#include "base/uuid.h"
#include "db/driver.h"
#include "db/migrate.h"
#include "db/mover.h"
#include "db/sqlite.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

static const struct sql sessions_end = {"sessions_end", "DELETE FROM sessions", 0};
static const struct sql tokens_end = {"tokens_end", "DELETE FROM api_tokens", 0};
static const struct sql restored_put = {
    "restored_put", "INSERT INTO settings (name, value) VALUES ('restored', $1) ON CONFLICT (name) DO UPDATE SET value = excluded.value", 1};
static const struct sql restored_get = {"restored_get", "SELECT value FROM settings WHERE name = 'restored'", 0};

/* ---- moving all rows within one transaction of the target ---- */

struct whole {
    struct db *from;
    struct move_plan plan;
    struct table_sum *sums;
};

static enum err load_all(struct db *to, void *argument)
{
    struct whole *whole = argument;
    struct mover mover = {.from = whole->from, .to = to};
    for (size_t i = 0; i < whole->plan.count; i++) {
        struct table_sum sum CLEANUP(table_sum_dispose) = {0}, there CLEANUP(table_sum_dispose) = {0};
        const struct move *move = &whole->plan.moves[i];
        bool same = true;
        TRY(move_rows(&mover, move, &(struct table_sum){0}, &sum, &same));
        TRY(move_sum(to, &move->to, move->types, &there));
        if (!table_sum_equal(&sum, &there))
            return err_set(ERR_INTERNAL, "%.*s did not arrive as it was: %lld rows of %lld", STR_ARG(move->to.name), (long long)there.rows,
                           (long long)sum.rows);
    }
    return OK;
}

/* Pairs the tables and takes the snapshot of the source; end it with bulk_snapshot_end. */
static enum err begin_whole(struct db *from, struct db *to, struct arena *arena, struct whole *whole)
{
    struct schema source, target;
    TRY(db_schema_read(from, arena, &source));
    TRY(db_schema_read(to, arena, &target));
    *whole = (struct whole){.from = from};
    TRY(move_plan_make(arena, &source, &target, &whole->plan));
    return bulk_snapshot(from, &source);
}

/* ---- the seal: a count and a checksum of each table, in the file itself, since SQLite does not notice a byte that changed inside a value ---- */

static const struct sql seal_add = {"seal_add", "INSERT INTO " SEAL_TABLE " (table_name, rows_saved, checksum) VALUES ($1, $2, $3)", 3};
static const struct sql seal_find = {"seal_find", "SELECT rows_saved, checksum FROM " SEAL_TABLE " WHERE table_name = $1", 1};

/* Sums up each table of the file and hands it to `use`. */
static enum err each_sum(struct db *db, enum err (*use)(struct db *db, struct arena *arena, struct str table, const struct table_sum *sum))
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct schema schema;
    TRY(db_schema_read(db, &arena, &schema));
    for (size_t i = 0; i < schema.tables_count; i++) {
        const struct schema_table *table = &schema.tables[i];
        struct table_sum sum CLEANUP(table_sum_dispose) = {0};
        enum db_type *types = arena_array(&arena, enum db_type, table->columns_count);
        if (str_equal(table->name, STR(SEAL_TABLE))) continue;
        for (size_t j = 0; j < table->columns_count; j++) types[j] = table->columns[j].type;
        TRY(move_sum(db, table, types, &sum));
        TRY(use(db, &arena, table->name, &sum));
    }
    return OK;
}

static enum err write_sum(struct db *db, struct arena *arena, struct str table, const struct table_sum *sum)
{
    return db_exec(db, &seal_add, DB_ARGS(db_text(table), db_int(sum->rows), db_text(table_sum_text(arena, sum))));
}

static enum err check_sum(struct db *db, struct arena *arena, struct str table, const struct table_sum *sum)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err error = db_query_one(db, &seal_find, DB_ARGS(db_text(table)), &rows);
    bool is_same = error == OK && db_col_int(&rows, 0) == sum->rows && str_equal(db_col_view(&rows, 1), table_sum_text(arena, sum));
    if (error != OK && error != ERR_NOT_FOUND) return error;
    return is_same ? OK
                   : err_set(ERR_INVALID, "the rows of %.*s are not those that were saved: the file is damaged; nothing was changed", STR_ARG(table));
}

static enum err seal_body(struct db *db, void *unused)
{
    (void)unused;
    TRY(db_script(db, "archive", STR("DROP TABLE IF EXISTS " SEAL_TABLE "; CREATE TABLE " SEAL_TABLE " (table_name {text} PRIMARY KEY, rows_saved {int} NOT NULL, checksum {text} NOT NULL) {table};")));
    return each_sum(db, write_sum);
}

/* A file that was saved before there were seals has none. */
static enum err open_seal(struct db *db)
{
    bool is_sealed = false;
    TRY(db_schema_has_table(db, STR(SEAL_TABLE), &is_sealed));
    if (!is_sealed) return OK;
    TRY(each_sum(db, check_sum));
    return db_script(db, "archive", STR("DROP TABLE " SEAL_TABLE));
}

/* Runs `work` on a file and leaves that as one without a log. */
static enum err with_file(const char *path, enum err (*work)(struct db *db))
{
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    enum err error = db_pool_open_at(&pool, path, 1);
    if (error == OK) error = db_acquire(pool, &db);
    if (error == OK) error = work(db);
    if (error == OK) error = db_script(db, "archive", STR("PRAGMA journal_mode=DELETE"));
    db_release(db);
    db_pool_close(pool);
    return error;
}

static enum err seal(struct db *db) { return db_transaction(db, seal_body, NULL); }

/* ---- writing ---- */

static enum err fill_archive(struct db *from, struct db *to)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct whole whole;
    int applied = 0;
    TRY(db_migrate_applied(from, &applied));
    if (!applied) return err_set(ERR_NOT_FOUND, "the store is empty: there is nothing to save");
    TRY(db_migrate_list(to, migrations, (size_t)applied, NULL));
    TRY(begin_whole(from, to, &arena, &whole));
    enum err error = db_transaction(to, load_all, &whole);
    bulk_snapshot_end(from);
    return error;
}

enum err archive_write(struct db *from, const char *path)
{
    struct db_pool *pool = NULL;
    struct db *to = NULL;
    enum err error = db_pool_open_at(&pool, path, 1);
    if (error == OK) error = db_acquire(pool, &to);
    if (error == OK) error = fill_archive(from, to);
    db_release(to);
    db_pool_close(pool);
    return error;
}

static void remove_store(struct arena *arena, const char *path)
{
    static const char *const endings[] = {"", "-wal", "-shm", "-journal"};
    for (size_t i = 0; i < COUNT_OF(endings); i++) unlink(str_cstr(arena, str_format(arena, "%s%s", path, endings[i])));
}

/* Removes what processes that were killed left beside `path`: "NAME.part-PID" of those that are gone. */
static void sweep(struct arena *arena, const char *path)
{
    struct str whole = str_from(path);
    size_t slash = whole.len;
    while (slash && path[slash - 1] != '/') slash--;
    const char *folder = slash ? str_cstr(arena, str_slice(whole, 0, slash)) : ".";
    struct str prefix = str_format(arena, "%.*s.part-", STR_ARG(str_slice(whole, slash, whole.len)));
    DIR *directory = opendir(folder);
    for (struct dirent *entry = directory ? readdir(directory) : NULL; entry; entry = readdir(directory)) {
        struct str name = str_from(entry->d_name);
        int64_t process = 0;
        if (!str_starts(name, prefix) || str_to_int(str_slice(name, prefix.len, name.len), &process) != OK || process <= 0) continue;
        if (kill((pid_t)process, 0) == 0 || errno != ESRCH) continue;
        remove_store(arena, str_cstr(arena, str_format(arena, "%.*s%s", STR_ARG(str_slice(whole, 0, slash)), entry->d_name)));
    }
    if (directory) closedir(directory);
}

enum err archive_backup(struct db *db, const char *path)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    const char *part = str_cstr(&arena, str_format(&arena, "%s.part-%d", path, (int)getpid()));
    TRY(db_check_finished(db, "this store"));
    if (access(path, F_OK) == 0) return err_set(ERR_INVALID, "%s exists already: name a new file", path);
    sweep(&arena, path);
    remove_store(&arena, part);
    enum err error = db->driver->backup(db, part);
    if (error == OK) error = with_file(part, seal);
    if (error == OK) error = sqlite_sync(part);
    if (error == OK && link(part, path) != 0) error = err_set(ERR_IO, "%s: %s", path, strerror(errno)); /* never over another file */
    struct err_state why;
    err_save(&why);
    remove_store(&arena, part);
    err_restore(&why);
    return error == OK ? sqlite_sync(path) : error;
}

/* ---- restoring ---- */

static enum err load_over(struct db *to, void *argument)
{
    struct whole *whole = argument;
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct schema targets = move_plan_targets(&arena, &whole->plan);
    TRY(bulk_empty(to, &targets));
    TRY(load_all(to, whole));
    return db_notify(to, STR(DB_NOTE_RESTORED));
}

static enum err load_from(struct db *from, struct db *to)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct whole whole;
    TRY(begin_whole(from, to, &arena, &whole));
    enum err error = db_transaction(to, load_over, &whole); /* again when it met somebody who holds one table and wants another */
    bulk_snapshot_end(from);
    return error;
}

enum err archive_load(struct db *db, const char *path)
{
    struct db_pool *pool = NULL;
    struct db *from = NULL;
    enum err error = db_pool_open_read_only(&pool, path);
    if (error == OK) error = db_acquire(pool, &from);
    if (error == OK) error = load_from(from, db);
    db_release(from);
    db_pool_close(pool);
    return error;
}

/* Brings the copy to this program's version. */
static enum err bring_up(struct db *db)
{
    TRY(open_seal(db));
    TRY(db_migrate_list(db, migrations, migrations_count, NULL));
    TRY(db_exec(db, &sessions_end, DB_NO_ARGS));
    TRY(db_exec(db, &tokens_end, DB_NO_ARGS));
    struct arena arena CLEANUP(arena_dispose) = {0};
    return db_exec(db, &restored_put, DB_ARGS(db_text(uuid_new(&arena))));
}

enum err db_restored(struct db *db, struct arena *arena, struct str *id)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(db, &restored_get, DB_NO_ARGS, &rows);
    *id = found == OK ? db_col_text(&rows, 0, arena) : STR("");
    return found == ERR_NOT_FOUND ? OK : found;
}

/* Adds to what went wrong that the store is as it was, unless that is said already. */
static enum err unchanged(enum err error)
{
    if (str_contains(str_from(err_detail()), STR("nothing was changed"))) return error;
    return err_set(error, "%s; nothing was changed", err_detail());
}

enum err archive_restore(struct db *db, const char *path)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    const char *copy = str_cstr(&arena, str_format(&arena, "%.*s/restore.part-%d", STR_ARG(config_text(CONFIG_DATA_DIR)), (int)getpid()));
    TRY(file_make_dirs(config_cstr(CONFIG_DATA_DIR)));
    sweep(&arena, str_cstr(&arena, str_format(&arena, "%.*s/restore", STR_ARG(config_text(CONFIG_DATA_DIR)))));
    remove_store(&arena, copy);
    enum err error = sqlite_checked_copy(path, copy);
    if (error == OK) error = with_file(copy, bring_up);
    bool is_ready = error == OK;
    if (is_ready) error = db->driver->restore(db, copy);
    bool may_be_done = is_ready && error == ERR_UNAVAILABLE; /* the connection may have been lost with the answer to COMMIT */
    if (error != OK && !may_be_done) error = unchanged(error);
    struct err_state why;
    err_save(&why);
    remove_store(&arena, copy);
    err_restore(&why);
    return error;
}
