/* What a store engine provides, and what db.c keeps for it. Private to src/db.
 *
 * db.c owns the pool, the count of statements, the transaction state and what is told with a commit; a driver
 * owns connections, prepared statements and cursors. A driver reports errors through err_set, naming the statement and
 * never a bound value, and writes db->constraint for ERR_CONFLICT as "table.column" ("table.one, table.two" for several),
 * "foreign key" or "check". Values handed to `execute` and `query` live only during the call.
 */
#pragma once
#include "base/buf.h"
#include "db/db.h"

struct bulk_driver;
struct vector_query;
struct vector_best;
struct db {
    const struct db_driver *driver;
    struct db_pool *pool;
    struct db *next;  /* among the idle connections of the pool */
    void *shared;     /* the driver's, one a pool */
    void *connection; /* the driver's, one a connection */
    uint64_t statements;
    bool in_transaction;
    bool is_relaxed; /* the open transaction: db_begin_relaxed */
    bool failed; /* a statement of the open transaction failed: it can only be rolled back */
    bool is_rerun;  /* the next transaction is one that lost before: those go one at a time */
    bool has_turn;
    bool lost_race; /* written by the driver: the store undid the transaction, or the lone statement, for the sake of another */
    char constraint[256];
    struct buf notes; /* what is told with the commit, each ended by a NUL byte */
    struct buf hints; /* what is told after it */
};

/* A word of a migration, written {name}, and what it is on this engine. */
struct db_word {
    struct str name;
    struct str text;
};

struct db_driver {
    const char *name;
    bool is_shared; /* other processes may work on the same store at any time */
    const struct bulk_driver *bulk;
    const struct db_word *words;
    size_t words_count;

    /* What all connections of a pool share; `where` is a path or a URL. Read only: nothing is written, and no file is made. */
    enum err (*pool_open)(const char *where, bool read_only, void **shared);
    void (*pool_close)(void *shared);
    enum err (*open)(struct db *db);
    void (*close)(struct db *db);
    /* Before a connection goes back to the pool, outside transactions; false when it is broken and must be closed. */
    bool (*is_usable)(struct db *db);

    enum err (*execute)(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, int64_t *changed);
    /* Sets rows->cursor and rows->columns. `next` moves to a row, or returns false with rows->error. */
    enum err (*query)(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, struct db_rows *rows);
    /* All of them in one round, or none (NULL: one after another). */
    enum err (*query_all)(struct db *db, const struct db_ask *asks, size_t count);
    bool (*next)(struct db_rows *rows);
    void (*close_rows)(struct db_rows *rows);
    bool (*col_is_null)(const struct db_rows *rows, int column);
    int64_t (*col_int)(const struct db_rows *rows, int column); /* DB_INT and DB_BOOL */
    double (*col_real)(const struct db_rows *rows, int column);
    int64_t (*col_time)(const struct db_rows *rows, int column);
    struct str (*col_view)(const struct db_rows *rows, int column); /* every other type */

    enum err (*begin)(struct db *db); /* db->is_relaxed says of which kind */
    enum err (*commit)(struct db *db); /* after an error the transaction is still to be rolled back */
    void (*rollback)(struct db *db);

    /* Tells every process on the store, with the commit of the open transaction; NULL where there is one process: db.c hands it on. */
    enum err (*notify)(struct db *db, struct str message);
    /* Tells the others soon; false when that cannot be done, and `notify` is to be used. NULL with `notify`. */
    bool (*hint)(void *shared, struct str message);
    /* Starts to hand on what the processes are told, on a thread of its own, until pool_close; NULL with `notify`. `url`: another way to the
     * store to listen on; NULL for the pool's own. From its return on the store counts as served; ERR_UNAVAILABLE while a store is copied into it. */
    enum err (*listen)(void *shared, const char *url, void (*heard)(void *argument, struct str message), void *argument);
    /* Whether this process cannot hear itself there: db.c hands on what it tells. */
    bool (*is_deaf)(const void *shared);

    /* Several statements without parameters: a migration. */
    enum err (*script)(struct db *db, const char *text);
    /* Holds other processes off migrating until the open transaction ends. */
    enum err (*lock_schema)(struct db *db);
    /* Statements of src/db/schema.c in the engine's words: what their rows hold stands there. */
    const struct sql *schema_columns, *schema_references, *schema_has_table;
    enum err (*prepare_check)(struct db *db, const struct sql *sql);
    /* Vectors (vectors.h); NULL where the program scans. `nearest` leaves *is_done false when it has to. `vectors_prepare` is the end of db_migrate,
     * `vectors_plan` writes the SQL that it would run. */
    enum err (*vectors_prepare)(struct db *db);
    enum err (*vectors_plan)(struct db *db, struct buf *out);
    enum err (*vector_index)(struct db *db, size_t dimensions);
    enum err (*nearest)(struct db *db, struct arena *arena, const struct vector_query *query, struct vector_best *best, bool *is_done);
    enum err (*vector_describe)(struct db *db, struct arena *arena, struct str *words, bool *is_native);
    /* Writes all rows of one moment into a new file of SQLite. */
    enum err (*backup)(struct db *db, const char *path);
    /* Puts a file of SQLite that archive.c has checked and migrated in place of all that is in the store, in one transaction. */
    enum err (*restore)(struct db *db, const char *path);
    const char *(*version)(const struct db *db);
    /* See db_remarks; NULL: nothing to say. */
    enum err (*remarks)(struct db *db, struct buf *out);
};

/* The engine of a path or URL. */
const struct db_driver *db_driver_of(const char *where);

/* Runs several statements, {words} and all. `name` says whose text it is. */
enum err db_script(struct db *db, const char *name, struct str text) MUST_CHECK;

/* There while a copy into the store is not finished (copy.c): nobody else works with it then. */
#define COPY_TABLE "copy_progress"

/* Writes the text with every {word} replaced, and a NUL byte, to `out`; `name` says whose text it is. ERR_INTERNAL for an unknown word. */
enum err db_words_expand(const struct db_driver *driver, const char *name, struct str text, struct buf *out) MUST_CHECK;

/* What people are told about the errors of every engine. */
#define DB_CONFLICT_WORDS "Something else was changed at the same moment. Look again and repeat what you did."
#define DB_AWAY_WORDS "The store cannot be reached or written just now. Nothing was changed; try again in a moment."
#define DB_FULL_WORDS "This server's disk is full, so nothing can be saved until whoever runs it makes room. Nothing was changed."

extern const struct db_driver db_sqlite_driver;
extern const struct db_driver db_postgres_driver;
