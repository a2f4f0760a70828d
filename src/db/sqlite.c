/* The SQLite driver: connections, transactions, errors, backup. Statements and cursors are in sqlite_statement.c.
 *
 * Write-ahead log with synchronous=FULL: a commit that was reported survives a power cut, and readers never wait for a writer.
 * Writers of one process queue up fairly (struct turn) before BEGIN IMMEDIATE, since SQLite's own waiting is a lottery of sleeps;
 * other processes are met by the busy timeout. A connection keeps 2 MiB of pages and maps nothing, so that many connections
 * stay small and an I/O error is an error code and no SIGBUS. LIKE minds upper and lower case, as on PostgreSQL.
 */
#include "db/sqlite.h"
#include "base/file.h"
#include "base/log.h"
#include "db/bulk.h"
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static const struct db_word words[] = {
    {STR_INIT("uuid"), STR_INIT("TEXT")},
    {STR_INIT("time"), STR_INIT("INTEGER")},
    {STR_INIT("bool"), STR_INIT("INTEGER")},
    {STR_INIT("json"), STR_INIT("TEXT")},
    {STR_INIT("int"), STR_INIT("INTEGER")},
    {STR_INIT("real"), STR_INIT("REAL")},
    {STR_INIT("text"), STR_INIT("TEXT")},
    {STR_INIT("blob"), STR_INIT("BLOB")},
    {STR_INIT("vector"), STR_INIT("BLOB")},
    {STR_INIT("from_us"), STR_INIT("")}, /* before a number of microseconds since 1970: that time */
    {STR_INIT("now"), STR_INIT("CAST(strftime('%s', 'now') AS INTEGER) * 1000000")},
    {STR_INIT("table"), STR_INIT("STRICT")},
    {STR_INIT("clustered"), STR_INIT("STRICT, WITHOUT ROWID")},
    {STR_INIT("serial"), STR_INIT("INTEGER")}, /* as the primary key: the number of the row */
    {STR_INIT("skip_locked"), STR_INIT("")}, /* one writes at a time */
    {STR_INIT("locked"), STR_INIT("")},
    {STR_INIT("each"), STR_INIT("json_each")},
    {STR_INIT("each_text"), STR_INIT("json_each")},
    {STR_INIT("member"), STR_INIT("->>")},
    {STR_INIT("last_job"), STR_INIT("(SELECT MAX(id) FROM jobs)")}, /* the last number given out; NULL: none yet */
    {STR_INIT("any"), STR_INIT("IN (SELECT * FROM ")},
};

static const char settings[] = "PRAGMA synchronous=FULL;"
                               "PRAGMA foreign_keys=ON;"
                               "PRAGMA cache_size=-2048;"
                               "PRAGMA mmap_size=0;"
                               "PRAGMA temp_store=MEMORY;"
                               "PRAGMA trusted_schema=OFF;"
                               "PRAGMA case_sensitive_like=ON;"
                               "PRAGMA journal_size_limit=16777216;"
                               "PRAGMA wal_autocheckpoint=4000;"; /* pages: what changes often is moved into the database once in 16 MB, instead of once in 4 */

/* "UNIQUE constraint failed: users.email" gives "users.email"; a foreign key has no name in SQLite. */
static void note_constraint(struct db *db, const char *message, int extended)
{
    struct str text = str_from(message);
    size_t colon = str_find(text, STR(": "), 0);
    struct str name = colon == STR_NPOS ? STR("") : str_slice(text, colon + 2, text.len);
    if (extended == SQLITE_CONSTRAINT_FOREIGNKEY) name = STR("foreign key");
    if (extended == SQLITE_CONSTRAINT_CHECK) name = STR("check"); /* a row may break several; the engines differ in which they name */
    size_t len = name.len < sizeof db->constraint ? name.len : sizeof db->constraint - 1;
    if (len) memcpy(db->constraint, name.ptr, len);
    db->constraint[len] = 0;
}

enum err sqlite_fail(struct db *db, const char *what, int code)
{
    struct sqlite_connection *connection = db->connection;
    int extended = sqlite3_extended_errcode(connection->handle);
    const char *message = sqlite3_errmsg(connection->handle);
    switch (code & 0xff) {
    case SQLITE_CONSTRAINT:
        if (extended == SQLITE_CONSTRAINT_NOTNULL || extended == SQLITE_CONSTRAINT_DATATYPE)
            return err_set(ERR_INTERNAL, "%s: %s", what, message);
        note_constraint(db, message, extended);
        return err_set_private(ERR_CONFLICT, DB_CONFLICT_WORDS, "%s: %s", what, message);
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
        return err_set_private(ERR_UNAVAILABLE, DB_AWAY_WORDS, "%s: the store is locked by another process", what);
    case SQLITE_FULL:
        atomic_store(&((struct sqlite_store *)db->shared)->was_full, true);
        return err_set_private(ERR_UNAVAILABLE, DB_FULL_WORDS, "%s: the disk of the store is full", what);
    case SQLITE_READONLY:
    case SQLITE_CANTOPEN:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        return err_set_private(ERR_UNAVAILABLE, DB_AWAY_WORDS, "%s: the store cannot be opened or written: %s", what, message);
    case SQLITE_IOERR:
        return err_set(ERR_IO, "%s: reading or writing the store failed: %s (code %d)", what, message, extended);
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
        return err_set(ERR_INTERNAL, "%s: the store file is damaged or no store: %s; restore a backup", what, message);
    case SQLITE_TOOBIG:
        return err_set_private(ERR_TOO_LARGE, "That is too large to be stored.", "%s: %s", what, message);
    case SQLITE_INTERRUPT:
        return err_set_private(ERR_TIMEOUT, DB_AWAY_WORDS, "%s: interrupted", what);
    case SQLITE_NOMEM:
        log_fatal("out of memory in the store");
    default:
        return err_set(ERR_INTERNAL, "%s: %s (code %d)", what, message, extended);
    }
}

enum err sqlite_take_turn(struct db *db)
{
    struct sqlite_store *store = db->shared;
    if (turn_take(&store->writers, SQLITE_WAIT)) return OK;
    return err_set_private(ERR_UNAVAILABLE, DB_AWAY_WORDS, "the store is busy: no turn to write within 5 seconds");
}

static void configure_library(void)
{
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* spares a lock in every allocation */
}

/* Makes the file before SQLite does, so that it is private from the first moment; the log files take its mode. A file that is
 * there is not opened here: closing any descriptor of it would drop the locks that another pool of this process holds. */
enum err sqlite_make_private_file(const char *path)
{
    int fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    if (fd >= 0) return close(fd) == 0 ? OK : err_set(ERR_IO, "the store %s cannot be written: %s", path, strerror(errno));
    if (errno != EEXIST) return err_set(ERR_UNAVAILABLE, "the store %s cannot be made: %s", path, strerror(errno));
    struct stat info;
    if (stat(path, &info) != 0 || !S_ISREG(info.st_mode)) return err_set(ERR_UNAVAILABLE, "the store %s is no ordinary file", path);
    if ((info.st_mode & 077) && chmod(path, info.st_mode & 0700) != 0)
        log_warn("the store %s can be read by others, and its mode could not be changed: %s", path, strerror(errno));
    return OK;
}

static enum err make_directory(const char *path)
{
    const char *slash = strrchr(path, '/');
    if (!slash || slash == path) return OK;
    struct arena arena CLEANUP(arena_dispose) = {0};
    return file_make_dirs(str_cstr(&arena, (struct str){path, (size_t)(slash - path)}));
}

static enum err store_open(const char *where, bool read_only, void **shared)
{
    static pthread_once_t once = PTHREAD_ONCE_INIT;
    pthread_once(&once, configure_library);
    if (!where[0] || strcmp(where, ":memory:") == 0)
        return err_set(ERR_INVALID, "the store needs a file: its connections share it");
    if (!read_only) TRY(make_directory(where));
    if (!read_only) TRY(sqlite_make_private_file(where));
    struct sqlite_store *store = mem_alloc(sizeof *store);
    store->path = strdup(where);
    if (!store->path) log_fatal("out of memory");
    store->use = read_only ? SQLITE_READ_ONLY : SQLITE_SHARED;
    turn_init(&store->writers);
    *shared = store;
    return OK;
}

static void store_close(void *shared)
{
    struct sqlite_store *store = shared;
    turn_dispose(&store->writers);
    free(store->path);
    free(store);
}

/* Turning the log on needs the file alone for a moment, and SQLite does not wait for that by itself. */
static int use_write_ahead_log(sqlite3 *handle)
{
    struct timespec pause = {.tv_nsec = 10000000};
    int code = SQLITE_BUSY;
    for (int attempt = 0; attempt < 500 && code == SQLITE_BUSY; attempt++) {
        if (attempt) nanosleep(&pause, NULL);
        code = sqlite3_exec(handle, "PRAGMA journal_mode=WAL", NULL, NULL, NULL);
    }
    return code;
}

/* LOWER for every letter that str_lower knows: the library's own knows A to Z only, PostgreSQL all. */
static void lower(sqlite3_context *context, int count, sqlite3_value **values)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    (void)count;
    const char *text = (const char *)sqlite3_value_text(values[0]);
    if (!text) return; /* NULL stays NULL */
    struct str small = str_lower(&arena, (struct str){text, (size_t)sqlite3_value_bytes(values[0])});
    sqlite3_result_text64(context, small.ptr, small.len, SQLITE_TRANSIENT, SQLITE_UTF8);
}

enum err sqlite_open_handle(struct db *db)
{
    struct sqlite_store *store = db->shared;
    struct sqlite_connection *connection = db->connection;
    int access = store->use == SQLITE_READ_ONLY ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE;
    int code = sqlite3_open_v2(store->path, &connection->handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, NULL);
    if (code != SQLITE_OK) return sqlite_fail(db, "opening", code);
    sqlite3 *handle = connection->handle;
    sqlite3_busy_timeout(handle, (int)(SQLITE_WAIT / 1000));
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DML, 0, NULL);
    sqlite3_db_config(handle, SQLITE_DBCONFIG_DQS_DDL, 0, NULL);
    code = sqlite3_create_function(handle, "lower", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC | SQLITE_INNOCUOUS, NULL, lower, NULL, NULL);
    if (code == SQLITE_OK && store->use == SQLITE_ALONE) code = sqlite3_exec(handle, "PRAGMA locking_mode=EXCLUSIVE; BEGIN IMMEDIATE; COMMIT", NULL, NULL, NULL);
    if (code == SQLITE_OK && store->use != SQLITE_READ_ONLY) code = use_write_ahead_log(handle);
    if (code == SQLITE_OK) code = sqlite3_exec(handle, settings, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : sqlite_fail(db, "opening", code);
}

static void connection_close(struct db *db)
{
    struct sqlite_connection *connection = db->connection;
    sqlite_statements_free(connection);
    if (sqlite3_close(connection->handle) != SQLITE_OK) log_error("the store was closed with statements open");
    free(connection);
    db->connection = NULL;
}

static enum err connection_open(struct db *db)
{
    db->connection = mem_alloc(sizeof(struct sqlite_connection));
    enum err error = sqlite_open_handle(db);
    if (error != OK) connection_close(db);
    return error;
}

static bool connection_is_usable(struct db *db)
{
    struct sqlite_connection *connection = db->connection;
    assert(connection->open_cursors == 0);
    if (connection->open_cursors) {
        log_error("a connection was given back with %zu open cursors", connection->open_cursors);
        sqlite_statements_reset(connection);
    }
    return true;
}

static enum err run_text(struct db *db, const char *what, const char *text)
{
    struct sqlite_connection *connection = db->connection;
    int code = sqlite3_exec(connection->handle, text, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : sqlite_fail(db, what, code);
}

static const struct sql begin_sql = {"begin", "BEGIN IMMEDIATE", 0};
static const struct sql commit_sql = {"commit", "COMMIT", 0};

/* Outside transactions only. */
static void wait_for_disk(struct db *db, bool wait)
{
    if (run_text(db, "settings", wait ? "PRAGMA synchronous=FULL" : "PRAGMA synchronous=NORMAL") != OK) log_error("%s", err_detail());
}

static void end_turn(struct db *db)
{
    struct sqlite_store *store = db->shared;
    if (db->is_relaxed) wait_for_disk(db, true);
    turn_give(&store->writers);
}

/* The log grew until it filled the disk. When there is room again, it is moved into the database before anything is added to it, or it would take that, too. */
static void make_room(struct db *db)
{
    struct sqlite_store *store = db->shared;
    struct sqlite_connection *connection = db->connection;
    if (!atomic_load(&store->was_full)) return;
    if (sqlite3_wal_checkpoint_v2(connection->handle, NULL, SQLITE_CHECKPOINT_PASSIVE, NULL, NULL) == SQLITE_OK) atomic_store(&store->was_full, false);
}

static enum err begin(struct db *db)
{
    int64_t changed = 0;
    TRY(sqlite_take_turn(db));
    make_room(db);
    if (db->is_relaxed) wait_for_disk(db, false);
    db->in_transaction = true; /* the statement itself must not wait for the turn again */
    enum err error = sqlite_execute(db, &begin_sql, NULL, 0, &changed);
    if (error != OK) {
        db->in_transaction = false;
        end_turn(db);
    }
    return error;
}

static enum err commit(struct db *db)
{
    int64_t changed = 0;
    TRY(sqlite_execute(db, &commit_sql, NULL, 0, &changed));
    end_turn(db);
    return OK;
}

static void rollback(struct db *db)
{
    struct sqlite_connection *connection = db->connection;
    /* SQLite has rolled back by itself after a full disk or an I/O error. */
    if (!sqlite3_get_autocommit(connection->handle) && run_text(db, "rollback", "ROLLBACK") != OK)
        log_error("%s", err_detail());
    end_turn(db);
}

static enum err script(struct db *db, const char *text)
{
    return run_text(db, "script", text);
}

static enum err lock_schema(struct db *db)
{
    assert(db->in_transaction); /* BEGIN IMMEDIATE keeps every other writer out */
    (void)db;
    return OK;
}

static enum err sync_path(const char *path, int flags)
{
    int fd = open(path, flags | O_CLOEXEC);
    int status = fd < 0 ? -1 : fsync(fd);
    int code = errno;
    if (fd >= 0) close(fd);
    return status == 0 ? OK : err_set(ERR_IO, "%s: %s", path, strerror(code));
}

enum err sqlite_sync(const char *path)
{
    TRY(sync_path(path, O_RDONLY));
    struct arena arena CLEANUP(arena_dispose) = {0};
    const char *slash = strrchr(path, '/');
    const char *directory = ".";
    if (slash == path) directory = "/";
    else if (slash) directory = str_cstr(&arena, (struct str){path, (size_t)(slash - path)});
    return sync_path(directory, O_RDONLY | O_DIRECTORY);
}

/* VACUUM INTO reads one snapshot, so writers go on; it accepts the empty private file we make for it. */
static enum err backup(struct db *db, const char *path)
{
    struct sqlite_connection *connection = db->connection;
    TRY(sqlite_make_private_file(path));
    sqlite3_stmt *statement = NULL;
    int code = sqlite3_prepare_v2(connection->handle, "VACUUM INTO ?1", -1, &statement, NULL);
    if (code == SQLITE_OK) code = sqlite3_bind_text(statement, 1, path, -1, SQLITE_STATIC);
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    enum err error = code == SQLITE_DONE ? OK : sqlite_fail(db, "backup", code);
    sqlite3_finalize(statement);
    return error;
}

static const char *version(const struct db *db)
{
    (void)db;
    static const char text[] = "SQLite " SQLITE_VERSION;
    return strcmp(sqlite3_libversion(), SQLITE_VERSION) == 0 ? text : sqlite3_libversion();
}

const struct db_driver db_sqlite_driver = {
    .name = "SQLite",
    .bulk = &bulk_sqlite_driver,
    .words = words,
    .words_count = COUNT_OF(words),
    .pool_open = store_open,
    .pool_close = store_close,
    .open = connection_open,
    .close = connection_close,
    .is_usable = connection_is_usable,
    .execute = sqlite_execute,
    .query = sqlite_query,
    .next = sqlite_next,
    .close_rows = sqlite_close_rows,
    .col_is_null = sqlite_col_is_null,
    .col_int = sqlite_col_int,
    .col_real = sqlite_col_real,
    .col_time = sqlite_col_int,
    .col_view = sqlite_col_view,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .script = script,
    .lock_schema = lock_schema,
    .schema_columns = &sqlite_schema_columns,
    .schema_references = &sqlite_schema_references,
    .schema_has_table = &sqlite_schema_has_table,
    .prepare_check = sqlite_prepare_check,
    .backup = backup,
    .restore = sqlite_restore,
    .version = version,
};
