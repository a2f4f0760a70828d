/* The store, as far as no engine matters: the pool of connections, the state of the transaction, what is told with a commit.
 *
 * Connections are opened when they are first needed and go back to the front of the idle list, so that a quiet server keeps
 * using the one with the warm cache. A failed statement spoils the open transaction on every engine (PostgreSQL does so by
 * nature): what follows is refused, and a commit rolls back. Code that passes on one engine then passes on the other.
 */
#include "db/db.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/uuid.h"
#include "db/archive.h"
#include "db/driver.h"
#include "db/turn.h"
#include <assert.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define ACQUIRE_TIMEOUT (INT64_C(5) * 1000000)
#define LISTENERS_MAX 4
#define AWAY_US 500000 /* after a connection could not be opened the others do not wait for their own failure */

/* For people. */
#define NOT_THERE "It does not exist, or it is not yours."
#define BUSY "Too many are at work here just now. Nothing was changed; try again in a moment."

struct listener {
    void (*heard)(void *argument, struct str message);
    void *argument;
};

struct db_pool {
    const struct db_driver *driver;
    void *shared;
    pthread_mutex_t mutex;
    pthread_cond_t freed;
    struct db *idle;
    const char *listen_url; /* NULL: as the connections */
    struct turn reruns; /* of transactions that run again */
    size_t open; /* idle and handed out */
    size_t max;
    struct listener listeners[LISTENERS_MAX]; /* under the mutex until they are counted, then constant */
    atomic_size_t listeners_count;
    _Atomic int64_t away_until; /* of the monotonic clock */
};

static enum err open_connection(struct db_pool *pool, struct db **db)
{
    struct db *opened = mem_alloc(sizeof *opened);
    opened->driver = pool->driver;
    opened->pool = pool;
    opened->shared = pool->shared;
    enum err error = pool->driver->open(opened);
    if (error != OK) {
        free(opened);
        return error;
    }
    *db = opened;
    return OK;
}

static void close_connection(struct db *db)
{
    db->driver->close(db);
    buf_dispose(&db->notes);
    buf_dispose(&db->hints);
    free(db);
}

const struct db_driver *db_driver_of(const char *where)
{
    bool is_url = str_starts(str_from(where), STR("postgres://")) || str_starts(str_from(where), STR("postgresql://"));
    return is_url ? &db_postgres_driver : &db_sqlite_driver;
}

static enum err open_pool(struct db_pool **result, const char *where, size_t connections, bool read_only)
{
    assert(connections > 0);
    const struct db_driver *driver = db_driver_of(where);
    void *shared = NULL;
    TRY(driver->pool_open(where, read_only, &shared));
    struct db_pool *pool = mem_alloc(sizeof *pool);
    pool->driver = driver;
    pool->shared = shared;
    pool->max = connections;
    pthread_mutex_init(&pool->mutex, NULL);
    condition_init(&pool->freed);
    turn_init(&pool->reruns);
    struct db *first = NULL;
    enum err error = db_acquire(pool, &first); /* a store that cannot be opened is told at once */
    if (error != OK) {
        db_pool_close(pool);
        return error;
    }
    db_release(first);
    *result = pool;
    return OK;
}

enum err db_pool_open_at(struct db_pool **pool, const char *path, size_t connections)
{
    return open_pool(pool, path, connections, false);
}

const char *db_configured_place(struct arena *arena)
{
    if (config_is_set(CONFIG_DATABASE_URL)) return config_cstr(CONFIG_DATABASE_URL);
    return str_cstr(arena, str_format(arena, "%.*s/careerprep.db", STR_ARG(config_text(CONFIG_DATA_DIR))));
}

enum err db_pool_open(struct db_pool **pool, size_t connections)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    TRY(db_pool_open_at(pool, db_configured_place(&arena), connections));
    if (config_is_set(CONFIG_DATABASE_URL)) (*pool)->listen_url = config_cstr(CONFIG_DATABASE_LISTEN_URL);
    return OK;
}

enum err db_pool_open_read_only(struct db_pool **pool, const char *path)
{
    return open_pool(pool, path, 1, true);
}

bool db_pool_is_shared(const struct db_pool *pool) { return pool->driver->is_shared; }
bool db_is_shared(const struct db *db) { return db->driver->is_shared; }

void db_pool_close(struct db_pool *pool)
{
    if (!pool) return;
    while (pool->idle) {
        struct db *db = pool->idle;
        pool->idle = db->next;
        pool->open--;
        close_connection(db);
    }
    assert(pool->open == 0);
    pool->driver->pool_close(pool->shared);
    pthread_cond_destroy(&pool->freed);
    turn_dispose(&pool->reruns);
    pthread_mutex_destroy(&pool->mutex);
    free(pool);
}

/* Takes an idle connection, or the right to open one (then *db stays NULL). */
static enum err take_place(struct db_pool *pool, struct db **db)
{
    pthread_mutex_lock(&pool->mutex);
    int status = 0;
    if (!pool->idle && pool->open == pool->max) {
        struct timespec deadline = condition_deadline(ACQUIRE_TIMEOUT);
        while (!pool->idle && pool->open == pool->max && status == 0)
            status = pthread_cond_timedwait(&pool->freed, &pool->mutex, &deadline);
    }
    enum err error = OK;
    if (pool->idle) {
        *db = pool->idle;
        pool->idle = (*db)->next;
        (*db)->next = NULL;
    } else if (pool->open < pool->max) {
        pool->open++;
    } else {
        error = err_set_private(ERR_UNAVAILABLE, BUSY, "all %zu connections to the store are in use", pool->max);
    }
    pthread_mutex_unlock(&pool->mutex);
    return error;
}

static void give_place(struct db_pool *pool, struct db *db)
{
    pthread_mutex_lock(&pool->mutex);
    if (db) {
        db->next = pool->idle;
        pool->idle = db;
    } else {
        pool->open--;
    }
    pthread_cond_signal(&pool->freed);
    pthread_mutex_unlock(&pool->mutex);
}

enum err db_acquire(struct db_pool *pool, struct db **db)
{
    struct db *taken = NULL;
    TRY(take_place(pool, &taken));
    if (!taken) {
        bool is_away = clock_monotonic() < atomic_load(&pool->away_until);
        enum err error = is_away ? err_set_private(ERR_UNAVAILABLE, DB_AWAY_WORDS, "the store could not be reached a moment ago") : open_connection(pool, &taken);
        if (error != OK && !is_away) atomic_store(&pool->away_until, clock_monotonic() + AWAY_US);
        if (error != OK) {
            give_place(pool, NULL);
            return error;
        }
    }
    *db = taken;
    return OK;
}

void db_release(struct db *db)
{
    if (!db) return;
    db_rollback(db);
    db->is_rerun = false;
    struct db_pool *pool = db->pool;
    if (db->driver->is_usable(db)) {
        give_place(pool, db);
    } else {
        close_connection(db);
        give_place(pool, NULL);
    }
}

/* Text with a NUL byte is no text on PostgreSQL, and what is no id is nobody's: the same answer on every engine. */
static enum err check_values(const struct sql *sql, const struct db_value *values, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        enum db_type type = values[i].type;
        if (type != DB_TEXT && type != DB_UUID && type != DB_JSON) continue;
        if (values[i].text.len && memchr(values[i].text.ptr, 0, values[i].text.len))
            return err_set(ERR_INVALID, "statement %s: the text of $%zu has a NUL byte", sql->name, i + 1);
        if (type == DB_UUID && !uuid_is_valid(values[i].text))
            return err_set_private(ERR_NOT_FOUND, NOT_THERE, "statement %s: $%zu is no id", sql->name, i + 1);
    }
    return OK;
}

static enum err prepare_run(struct db *db, const struct sql *sql, const struct db_value *values, size_t count)
{
    assert(count == (size_t)sql->params);
    if (count != (size_t)sql->params)
        return err_set(ERR_INTERNAL, "statement %s takes %d values, not %zu", sql->name, sql->params, count);
    if (db->failed)
        return err_set(ERR_INTERNAL, "statement %s: the transaction failed before and can only be rolled back", sql->name);
    db->statements++;
    log_debug("statement %s", sql->name);
    db->constraint[0] = 0;
    if (!db->in_transaction) db->lost_race = false;
    return check_values(sql, values, count);
}

static enum err after_run(struct db *db, enum err error)
{
    if (error != OK && db->in_transaction) db->failed = true;
    return error;
}

/* A lone statement that a deadlock undid had no effect. */
static bool repeats_alone(struct db *db, enum err error, int *reruns)
{
    bool is_worth_it = error != OK && !db->in_transaction && db_may_rerun(db, reruns);
    db->is_rerun = false; /* takes no turn */
    return is_worth_it;
}

enum err db_exec_count(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, int64_t *changed)
{
    int reruns = 0;
    enum err error;
    do {
        TRY(prepare_run(db, sql, values, count));
        error = after_run(db, db->driver->execute(db, sql, values, count, changed));
    } while (repeats_alone(db, error, &reruns));
    return error;
}

enum err db_exec(struct db *db, const struct sql *sql, const struct db_value *values, size_t count)
{
    int64_t changed = 0;
    return db_exec_count(db, sql, values, count, &changed);
}

enum err db_exec_one(struct db *db, const struct sql *sql, const struct db_value *values, size_t count)
{
    int64_t changed = 0;
    TRY(db_exec_count(db, sql, values, count, &changed));
    if (changed == 0) return err_set_private(ERR_NOT_FOUND, NOT_THERE, "statement %s: no such row", sql->name);
    return OK;
}

enum err db_query(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, struct db_rows *rows)
{
    assert(!rows->cursor);
    *rows = (struct db_rows){.db = db};
    int reruns = 0;
    do {
        rows->error = prepare_run(db, sql, values, count);
        if (rows->error == OK) rows->error = after_run(db, db->driver->query(db, sql, values, count, rows));
    } while (repeats_alone(db, rows->error, &reruns));
    return rows->error;
}

static void close_all(const struct db_ask *asks, size_t count)
{
    for (size_t i = 0; i < count; i++) db_rows_close(asks[i].rows);
}

enum err db_query_all(struct db *db, const struct db_ask *asks, size_t count)
{
    enum err error = OK;
    size_t done = 0;
    assert(count <= DB_ASKS_MAX);
    for (; !db->driver->query_all && error == OK && done < count; done++)
        error = db_query(db, asks[done].sql, asks[done].values, asks[done].count, asks[done].rows);
    for (; error == OK && done < count; done++) {
        *asks[done].rows = (struct db_rows){.db = db};
        error = prepare_run(db, asks[done].sql, asks[done].values, asks[done].count);
    }
    if (error == OK && db->driver->query_all) error = after_run(db, db->driver->query_all(db, asks, count));
    if (error != OK) close_all(asks, count);
    return error;
}

enum err db_query_one(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, struct db_rows *rows)
{
    TRY(db_query(db, sql, values, count, rows));
    if (db_next(rows)) return OK;
    TRY(db_rows_result(rows));
    return err_set_private(ERR_NOT_FOUND, NOT_THERE, "statement %s: no such row", sql->name);
}

enum err db_query_int(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, int64_t *value)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(db, sql, values, count, &rows));
    *value = db_col_int(&rows, 0);
    return OK;
}

bool db_next(struct db_rows *rows)
{
    if (!rows->cursor || rows->error != OK) return false;
    if (rows->db->driver->next(rows)) {
        rows->row++;
        return true;
    }
    after_run(rows->db, rows->error);
    return false;
}

enum err db_rows_result(const struct db_rows *rows)
{
    return rows->error;
}

void db_rows_close(struct db_rows *rows)
{
    if (!rows->cursor) return;
    rows->db->driver->close_rows(rows);
    rows->cursor = NULL;
}

static bool has_column(const struct db_rows *rows, int column)
{
    assert(rows->cursor && rows->row > 0 && column >= 0 && column < rows->columns);
    return rows->cursor && column >= 0 && column < rows->columns;
}

bool db_col_is_null(const struct db_rows *rows, int column)
{
    return !has_column(rows, column) || rows->db->driver->col_is_null(rows, column);
}

int64_t db_col_int(const struct db_rows *rows, int column)
{
    return has_column(rows, column) ? rows->db->driver->col_int(rows, column) : 0;
}

double db_col_real(const struct db_rows *rows, int column)
{
    return has_column(rows, column) ? rows->db->driver->col_real(rows, column) : 0;
}

bool db_col_bool(const struct db_rows *rows, int column)
{
    return db_col_int(rows, column) != 0;
}

int64_t db_col_time(const struct db_rows *rows, int column)
{
    return has_column(rows, column) ? rows->db->driver->col_time(rows, column) : 0;
}

struct str db_col_view(const struct db_rows *rows, int column)
{
    return has_column(rows, column) ? rows->db->driver->col_view(rows, column) : STR("");
}

struct str db_col_text(const struct db_rows *rows, int column, struct arena *arena)
{
    return str_copy(arena, db_col_view(rows, column));
}

/* Transactions that lost once would lose again against each other. Without a turn it is tried all the same. */
static void take_turn(struct db *db)
{
    if (db->is_rerun) db->has_turn = turn_take(&db->pool->reruns, ACQUIRE_TIMEOUT);
    db->is_rerun = false;
}

static void give_turn(struct db *db)
{
    if (db->has_turn) turn_give(&db->pool->reruns);
    db->has_turn = false;
}

static enum err begin(struct db *db, bool is_relaxed)
{
    assert(!db->in_transaction);
    take_turn(db);
    db->is_relaxed = is_relaxed;
    enum err error = db->driver->begin(db);
    if (error != OK) {
        give_turn(db);
        return error;
    }
    db->in_transaction = true;
    db->failed = false;
    db->lost_race = false;
    return OK;
}

enum err db_begin(struct db *db) { return begin(db, false); }
enum err db_begin_relaxed(struct db *db) { return begin(db, true); }

static bool next_note(struct str *rest, struct str *note) { return rest->len > 0 && str_split_next(rest, '\0', note) && note->len > 0; }

/* Part of the transaction. */
static enum err tell_notes(struct db *db)
{
    struct str rest = buf_str(&db->notes), note;
    while (next_note(&rest, &note)) TRY(db->driver->notify(db, note));
    return OK;
}

static void hand_on(void *argument, struct str note)
{
    struct db_pool *pool = argument;
    size_t count = atomic_load(&pool->listeners_count);
    for (size_t i = 0; i < count; i++) pool->listeners[i].heard(pool->listeners[i].argument, note);
}

/* The only process hears it itself. */
static void hand_on_notes(struct db *db)
{
    struct str rest = buf_str(&db->notes), note;
    while (next_note(&rest, &note)) hand_on(db->pool, note);
}

/* Nobody else hands on what this process tells: it is the only one, or deaf. */
static bool hears_itself_here(const struct db *db) { return !db->driver->notify || (db->driver->is_deaf && db->driver->is_deaf(db->shared)); }

static bool is_in(const struct buf *notes, struct str message)
{
    struct str rest = buf_str(notes), note;
    while (next_note(&rest, &note))
        if (str_equal(note, message)) return true;
    return false;
}

static enum err check_note(struct str message)
{
    if (message.len && message.len <= DB_NOTE_MAX && !memchr(message.ptr, 0, message.len)) return OK;
    return err_set(ERR_INVALID, "a note for the other processes has 1 to %d bytes without NUL", DB_NOTE_MAX);
}

/* Outside a transaction. */
static void give_hint(struct db *db, struct str message)
{
    hand_on(db->pool, message);
    if (!db->driver->notify || db->driver->hint(db->shared, message)) return;
    if (db->driver->notify(db, message) != OK) log_debug("the other processes are not told, and look by themselves: %s", err_detail());
}

static void give_hints(struct db *db)
{
    struct str rest = buf_str(&db->hints), note;
    while (next_note(&rest, &note)) give_hint(db, note);
    buf_clear(&db->hints);
}

enum err db_hint(struct db *db, struct str message)
{
    TRY(check_note(message));
    if (!db->in_transaction) {
        give_hint(db, message);
        return OK;
    }
    if (is_in(&db->hints, message)) return OK;
    buf_append_str(&db->hints, message);
    buf_append_char(&db->hints, '\0');
    return db->hints.overflow ? err_set(ERR_TOO_LARGE, "one transaction tells too much") : OK;
}

enum err db_notify(struct db *db, struct str message)
{
    TRY(check_note(message));
    if (!db->in_transaction && db->driver->notify) {
        TRY(db->driver->notify(db, message));
        if (hears_itself_here(db)) hand_on(db->pool, message);
        return OK;
    }
    if (db->in_transaction && is_in(&db->notes, message)) return OK;
    buf_append_str(&db->notes, message);
    buf_append_char(&db->notes, '\0');
    if (db->notes.overflow) return err_set(ERR_TOO_LARGE, "one transaction tells too much");
    if (db->in_transaction) return OK;
    hand_on_notes(db);
    buf_clear(&db->notes);
    return OK;
}

enum err db_listen(struct db_pool *pool, void (*heard)(void *argument, struct str message), void *argument)
{
    pthread_mutex_lock(&pool->mutex);
    size_t count = atomic_load(&pool->listeners_count), at = 0;
    while (at < count && (pool->listeners[at].heard != heard || pool->listeners[at].argument != argument)) at++;
    bool is_new = at == count && count < LISTENERS_MAX;
    if (is_new) {
        pool->listeners[count] = (struct listener){heard, argument};
        atomic_store(&pool->listeners_count, count + 1);
    }
    pthread_mutex_unlock(&pool->mutex);
    if (at == LISTENERS_MAX) return err_set(ERR_INTERNAL, "more than %d parts listen to the store", LISTENERS_MAX);
    return is_new && count == 0 && pool->driver->listen ? pool->driver->listen(pool->shared, pool->listen_url, hand_on, pool) : OK;
}

enum err db_commit(struct db *db)
{
    assert(db->in_transaction);
    if (db->failed) {
        db_rollback(db);
        if (db->lost_race) return err_set_private(ERR_UNAVAILABLE, BUSY, "the transaction was undone for the sake of another");
        return err_set(ERR_INTERNAL, "a statement of the transaction failed: nothing was kept");
    }
    enum err error = db->driver->notify ? tell_notes(db) : OK;
    if (error == OK) error = db->driver->commit(db);
    if (error != OK) {
        db_rollback(db);
        return error;
    }
    db->in_transaction = false;
    give_turn(db);
    if (hears_itself_here(db)) hand_on_notes(db);
    buf_clear(&db->notes);
    give_hints(db);
    return OK;
}

void db_rollback(struct db *db)
{
    if (!db->in_transaction) return;
    struct err_state why;
    err_save(&why);
    db->driver->rollback(db);
    err_restore(&why);
    db->in_transaction = false;
    db->failed = false;
    give_turn(db);
    buf_clear(&db->notes);
    buf_clear(&db->hints);
}

bool db_in_transaction(const struct db *db)
{
    return db->in_transaction;
}

/* A random wait of up to 2, 4, 8, … milliseconds: two that met do not meet again. */
bool db_may_rerun(struct db *db, int *reruns)
{
    db->is_rerun = db->lost_race && *reruns < DB_RERUNS_MAX;
    if (!db->is_rerun) return false;
    uint32_t random;
    random_bytes(&random, sizeof random);
    int64_t most = INT64_C(2000) << (*reruns)++, us = (int64_t)((uint64_t)most * random >> 32);
    log_debug("the store undid a transaction for the sake of another: run again (%d of %d)", *reruns, DB_RERUNS_MAX);
    nanosleep(&(struct timespec){.tv_nsec = us * 1000}, NULL);
    return true;
}

static enum err run_body(struct db *db, bool is_relaxed, enum err (*body)(struct db *db, void *argument), void *argument)
{
    TRY(begin(db, is_relaxed));
    enum err error = body(db, argument);
    if (error == OK) return db_commit(db);
    db_rollback(db);
    return error;
}

static enum err run_until_won(struct db *db, bool is_relaxed, enum err (*body)(struct db *db, void *argument), void *argument)
{
    int reruns = 0;
    enum err error;
    do {
        error = run_body(db, is_relaxed, body, argument);
    } while (error != OK && db_may_rerun(db, &reruns));
    return error;
}

enum err db_transaction(struct db *db, enum err (*body)(struct db *db, void *argument), void *argument)
{
    if (db->in_transaction) return after_run(db, body(db, argument));
    return run_until_won(db, false, body, argument);
}

enum err db_transaction_relaxed(struct db *db, enum err (*body)(struct db *db, void *argument), void *argument)
{
    assert(!db->in_transaction);
    return run_until_won(db, true, body, argument);
}

const char *db_constraint(const struct db *db)
{
    return db->constraint;
}

const char *db_engine_version(const struct db *db)
{
    return db->driver->version(db);
}

enum err db_remarks(struct db *db, struct buf *out) { return db->driver->remarks ? db->driver->remarks(db, out) : OK; }

uint64_t db_statement_count(const struct db *db)
{
    return db->statements;
}

enum err db_prepare_check(struct db *db, const struct sql *sql)
{
    return db->driver->prepare_check(db, sql);
}

enum err db_backup(struct db *db, const char *path)
{
    if (db->in_transaction) return err_set(ERR_INVALID, "a backup cannot be made inside a transaction");
    return archive_backup(db, path);
}

enum err db_restore(struct db *db, const char *path)
{
    if (db->in_transaction) return err_set(ERR_INVALID, "a copy cannot be put back inside a transaction");
    return archive_restore(db, path);
}
