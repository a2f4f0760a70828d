/* The store: one interface, one driver an engine.
 *
 * A `struct db` is one connection and belongs to one thread at a time; a `struct db_pool` hands them out. Values and columns
 * are typed: ids as text of 36 characters (uuid on PostgreSQL), times as microseconds since 1970 (timestamptz there, INTEGER
 * in SQLite), JSON as text (jsonb there), so that the same statement runs on both with native types.
 *
 * Reading:
 *     struct db_rows rows CLEANUP(db_rows_close) = {0};
 *     TRY(db_query(db, &sql_skill_list, DB_ARGS(db_uuid(user_id)), &rows));
 *     while (db_next(&rows)) { name = db_col_text(&rows, 0, arena); ... }
 *     return db_rows_result(&rows);
 *
 * Transactions: db_begin/db_commit nest nowhere. The HTTP dispatcher opens one around each changing request, the bus around
 * each job step; store code does not open one by hand. A failed statement spoils its transaction on either engine: what
 * follows is refused and a commit rolls back, so use ON CONFLICT where a conflict is expected. LIKE minds upper and lower case.
 *
 * They are serializable: what they read and write is as if they had run one after another. SQLite lets one write at a time;
 * PostgreSQL may undo one of two that met (a serialization failure, a deadlock), and it is run again from its start, DB_RERUNS_MAX times
 * at most: so a handler, a job and the body of db_transaction may run more than once, and what they change in memory must bear it. A
 * lone statement is repeated by itself.
 *
 * Errors: ERR_CONFLICT for a broken unique, foreign key or check constraint (db_constraint() names it: "users.email",
 * "user_skills.user_id, user_skills.skill_id", "foreign key" or "check"), ERR_UNAVAILABLE when the store is busy or
 * away or its disk is full, ERR_IO, ERR_INVALID for text with a NUL byte, ERR_INTERNAL for the rest; the detail names the
 * statement and never a bound value.
 */
#pragma once
#include "base/str.h"
#include "db/sql.h"

struct buf;
struct db;
struct db_pool;

enum db_type { DB_NULL, DB_INT, DB_REAL, DB_BOOL, DB_TEXT, DB_BLOB, DB_UUID, DB_TIME, DB_JSON, DB_VECTOR };

struct db_value {
    enum db_type type;
    union {
        int64_t integer; /* DB_INT, DB_BOOL, DB_TIME */
        double real;
        struct str text; /* DB_TEXT, DB_BLOB, DB_UUID, DB_JSON, DB_VECTOR (the bytes of its floats) */
    };
};

static inline struct db_value db_null(void) { return (struct db_value){.type = DB_NULL}; }
static inline struct db_value db_int(int64_t v) { return (struct db_value){.type = DB_INT, .integer = v}; }
static inline struct db_value db_real(double v) { return (struct db_value){.type = DB_REAL, .real = v}; }
static inline struct db_value db_bool(bool v) { return (struct db_value){.type = DB_BOOL, .integer = v}; }
static inline struct db_value db_text(struct str v) { return (struct db_value){.type = DB_TEXT, .text = v}; }
static inline struct db_value db_blob(struct str v) { return (struct db_value){.type = DB_BLOB, .text = v}; }
static inline struct db_value db_uuid(struct str v) { return (struct db_value){.type = DB_UUID, .text = v}; }
static inline struct db_value db_time(int64_t us) { return (struct db_value){.type = DB_TIME, .integer = us}; }
/* Of 32-bit floats as this machine has them; a column of the type {vector} gives the same bytes back (db_col_view). */
static inline struct db_value db_vector(const float *v, size_t count) { return (struct db_value){.type = DB_VECTOR, .text = {(const char *)v, count * sizeof(float)}}; }
static inline struct db_value db_json(struct str v) { return (struct db_value){.type = DB_JSON, .text = v}; }
/* Empty text, or a zero time, as NULL: optional columns. */
static inline struct db_value db_text_or_null(struct str v) { return v.len ? db_text(v) : db_null(); }
static inline struct db_value db_uuid_or_null(struct str v) { return v.len ? db_uuid(v) : db_null(); }
static inline struct db_value db_time_or_null(int64_t us) { return us ? db_time(us) : db_null(); }

#define DB_ARGS(...) (const struct db_value[]){__VA_ARGS__}, sizeof((const struct db_value[]){__VA_ARGS__}) / sizeof(struct db_value)
#define DB_NO_ARGS NULL, 0

struct db_rows {
    struct db *db;
    void *cursor; /* the driver's */
    enum err error;
    int columns;
    int64_t row;
};

/* Opens the store named by the configuration (DATABASE_URL, else DATA_DIR/careerprep.db) and keeps up to `connections`.
 * db_pool_open_at opens a SQLite file directly (":memory:" is refused: connections share a file), or a "postgres://" URL. */
enum err db_pool_open(struct db_pool **pool, size_t connections) MUST_CHECK;
enum err db_pool_open_at(struct db_pool **pool, const char *path, size_t connections) MUST_CHECK;
/* One connection that only reads: it makes no file, and on PostgreSQL every transaction of it is read only. ERR_UNAVAILABLE without the file. */
enum err db_pool_open_read_only(struct db_pool **pool, const char *path) MUST_CHECK;
/* Where the configured store is: the path or URL, perhaps with a password in it. */
const char *db_configured_place(struct arena *arena);
void db_pool_close(struct db_pool *pool);
/* Whether other processes may work on the same store (PostgreSQL); the embedded store is one process's. */
bool db_pool_is_shared(const struct db_pool *pool);
bool db_is_shared(const struct db *db);
/* Waits up to 5 s for a free connection; ERR_UNAVAILABLE after that. */
enum err db_acquire(struct db_pool *pool, struct db **db) MUST_CHECK;
void db_release(struct db *db); /* rolls back what is open; NULL is fine */

enum err db_exec(struct db *db, const struct sql *sql, const struct db_value *values, size_t count) MUST_CHECK;
/* Like db_exec, and tells how many rows were changed; ERR_NOT_FOUND when none was (someone else's id looks like that). */
enum err db_exec_one(struct db *db, const struct sql *sql, const struct db_value *values, size_t count) MUST_CHECK;
enum err db_exec_count(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, int64_t *changed) MUST_CHECK;
enum err db_query(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, struct db_rows *rows) MUST_CHECK;
/* Runs the query and moves to its first row; ERR_NOT_FOUND when there is none. Close `rows` in any case. */
enum err db_query_one(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, struct db_rows *rows) MUST_CHECK;
/* First column of the first row as an integer (COUNT and the like); ERR_NOT_FOUND without a row. */
enum err db_query_int(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, int64_t *value) MUST_CHECK;

/* Queries that need nothing of each other, in one round trip where the store is over the network. Opens the rows of every ask in order, or none;
 * close them all in any case. */
struct db_ask {
    const struct sql *sql;
    const struct db_value *values;
    size_t count;
    struct db_rows *rows;
};
#define DB_ASKS_MAX 8
enum err db_query_all(struct db *db, const struct db_ask *asks, size_t count) MUST_CHECK;

bool db_next(struct db_rows *rows);
enum err db_rows_result(const struct db_rows *rows) MUST_CHECK; /* OK unless stepping failed */
void db_rows_close(struct db_rows *rows);

bool db_col_is_null(const struct db_rows *rows, int column);
int64_t db_col_int(const struct db_rows *rows, int column); /* integers and booleans; 0 for NULL */
double db_col_real(const struct db_rows *rows, int column);
bool db_col_bool(const struct db_rows *rows, int column);
int64_t db_col_time(const struct db_rows *rows, int column); /* 0 for NULL */
/* Copied into the arena; "" for NULL. */
struct str db_col_text(const struct db_rows *rows, int column, struct arena *arena);
/* Without a copy: valid until the next db_next or db_rows_close. */
struct str db_col_view(const struct db_rows *rows, int column);

/* Write intent from the start (BEGIN IMMEDIATE on SQLite): waits its turn fairly inside one process. */
enum err db_begin(struct db *db) MUST_CHECK;
/* For bookkeeping that locks the rows it changes by hand: on PostgreSQL each statement sees what is committed by then (read committed), and on both engines the
 * commit does not wait for the disk. After a power cut it may be missing, with all that came after it; a killed process loses nothing. */
enum err db_begin_relaxed(struct db *db) MUST_CHECK;
enum err db_commit(struct db *db) MUST_CHECK;
void db_rollback(struct db *db); /* no open transaction: nothing happens; the last error stays readable */
bool db_in_transaction(const struct db *db);
/* After a transaction that did not succeed and was rolled back: whether it is worth running it again, since it was undone for the sake of
 * another. Counts in *reruns (0 at first) and waits a moment, longer each time. Those that run again go one at a time in each process. */
#define DB_RERUNS_MAX 8
bool db_may_rerun(struct db *db, int *reruns);
/* Runs `body` in a transaction (or inside the open one) and rolls back on an error; again when another got in its way. */
enum err db_transaction(struct db *db, enum err (*body)(struct db *db, void *argument), void *argument) MUST_CHECK;
/* The same in a relaxed one; never inside another. */
enum err db_transaction_relaxed(struct db *db, enum err (*body)(struct db *db, void *argument), void *argument) MUST_CHECK;

/* Tells every process on this store a word, this one too: when the open transaction commits, at once without one. At most DB_NOTE_MAX bytes without
 * NUL; repeats in a transaction are merged. Nobody may be listening: it says where to look, and the store what is so. */
#define DB_NOTE_MAX 4000
enum err db_notify(struct db *db, struct str message) MUST_CHECK;
/* The same for what is only a hint to look: this process hears it with the commit, the others a moment later, and nobody if this one dies in between. It costs
 * the transaction nothing, while PostgreSQL lets one transaction at a time commit that notifies. */
enum err db_hint(struct db *db, struct str message) MUST_CHECK;
/* What a restore tells: nothing that was read before holds any longer, and all sessions are over. */
#define DB_NOTE_RESTORED "restored"
/* Which restore made the store what it is: "" for none. Changes with each. */
enum err db_restored(struct db *db, struct arena *arena, struct str *id) MUST_CHECK;
/* Hears what is told, on any thread, until the pool is closed; "" means that something may have been missed. Several parts may
 * listen, at most 4; who listens already stays as it is. From its return on the store counts as served, so nothing can be copied into it (but through
 * a pooler); ERR_UNAVAILABLE when that is being done. A store that is away is listened to when it is back. */
enum err db_listen(struct db_pool *pool, void (*heard)(void *argument, struct str message), void *argument) MUST_CHECK;

/* What the last ERR_CONFLICT on this connection broke: "users.email" ; "" otherwise. */
const char *db_constraint(const struct db *db);
/* "SQLite 3.40.1"; for doctor. */
const char *db_engine_version(const struct db *db);
/* What an operator should know of the store's settings, a sentence each with a blank before it; "" when all is as it should be. For doctor. */
enum err db_remarks(struct db *db, struct buf *out) MUST_CHECK;
/* Statements run on this connection since it was opened: tests of "no query in a loop". */
uint64_t db_statement_count(const struct db *db);
/* Prepares one statement without running it: the test of all statements. */
enum err db_prepare_check(struct db *db, const struct sql *sql) MUST_CHECK;
/* Puts a copy made by db_backup in place of all that is in the store, in one transaction; the copy is checked first. ERR_INVALID for
 * another or a damaged file, ERR_UNAVAILABLE while others use the store: nothing is changed then. */
enum err db_restore(struct db *db, const char *path) MUST_CHECK;
/* A consistent copy into a new file while others write; the target must not exist. */
enum err db_backup(struct db *db, const char *path) MUST_CHECK;
