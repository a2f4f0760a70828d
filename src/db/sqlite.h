/* Shared by the files of the SQLite driver. Private to src/db. */
#pragma once
#include "db/driver.h"
#include "db/turn.h"
#include <sqlite3.h>
#include <stdatomic.h>

#define SQLITE_WAIT (INT64_C(5) * 1000000)
#define STATEMENT_BUCKETS 64

/* One file, and the turn of its writers within this process. */
struct sqlite_store {
    char *path;
    enum { SQLITE_SHARED, SQLITE_READ_ONLY, SQLITE_ALONE } use;
    struct turn writers;
    atomic_bool was_full; /* a statement met a full disk, and the log has not been moved into the database since */
};

struct sqlite_statement;
struct sqlite_connection {
    sqlite3 *handle;
    struct sqlite_statement *buckets[STATEMENT_BUCKETS]; /* prepared statements by address of their struct sql */
    size_t statements_count;
    uint64_t clock; /* grows with each use of a statement: the age of cached ones */
    size_t open_cursors;
};

/* Turns an SQLite result code into our error; `what` says what was done ("statement skill_list"). */
enum err sqlite_fail(struct db *db, const char *what, int code);
/* Waits for our turn to write; not inside a transaction, which has it. */
enum err sqlite_take_turn(struct db *db) MUST_CHECK;
/* Opens the connection's handle as the store's `use` says. */
enum err sqlite_open_handle(struct db *db) MUST_CHECK;

extern const struct sql sqlite_schema_columns, sqlite_schema_references, sqlite_schema_has_table;

void sqlite_statements_free(struct sqlite_connection *connection);
void sqlite_statements_reset(struct sqlite_connection *connection);
enum err sqlite_execute(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, int64_t *changed);
enum err sqlite_query(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, struct db_rows *rows);
/* Puts the file, which was checked before, in place of the store. */
enum err sqlite_restore(struct db *db, const char *path);
/* A copy of a whole, undamaged store of ours at `path` into `target`, which is made. ERR_NOT_FOUND, ERR_INVALID for another or a damaged file. */
enum err sqlite_checked_copy(const char *path, const char *target) MUST_CHECK;
/* Brings a file and the entry of its directory to the disk. */
enum err sqlite_sync(const char *path) MUST_CHECK;
enum err sqlite_make_private_file(const char *path) MUST_CHECK;
enum err sqlite_prepare_check(struct db *db, const struct sql *sql);
bool sqlite_next(struct db_rows *rows);
void sqlite_close_rows(struct db_rows *rows);
bool sqlite_col_is_null(const struct db_rows *rows, int column);
int64_t sqlite_col_int(const struct db_rows *rows, int column);
double sqlite_col_real(const struct db_rows *rows, int column);
struct str sqlite_col_view(const struct db_rows *rows, int column);
