/* Whole tables in and out of one store, row by row in bounded memory: what backup, restore and copy are made of. Private to src/db.
 *
 * PostgreSQL gives and takes rows with COPY in its binary format, SQLite with one prepared statement. Rows come in the order of the primary key.
 * `table` says which columns are meant and in which order; it must live as long as the scan or load.
 */
#pragma once
#include "base/buf.h"
#include "db/schema.h"

struct bulk_driver;

/* Until bulk_snapshot_end the connection sees the tables as they are at this moment, whatever others write, and writes nothing itself. */
enum err bulk_snapshot(struct db *db, const struct schema *schema) MUST_CHECK;
void bulk_snapshot_end(struct db *db);

/* In a snapshot or transaction of this connection, which runs nothing else until the scan is closed. */
struct bulk_scan {
    const struct bulk_driver *driver; /* the driver's own follows */
};
enum err bulk_scan_open(struct db *db, const struct schema_table *table, struct bulk_scan **scan) MUST_CHECK;
/* Fills one value a column, valid until the next call; *more is false at the end. */
enum err bulk_scan_next(struct bulk_scan *scan, struct db_value *values, bool *more) MUST_CHECK;
void bulk_scan_close(struct bulk_scan *scan); /* NULL is fine */

/* In a transaction of this connection, which runs nothing else until the load is closed. Values of the other engine's kinds fit: a time may come as
 * DB_INT. ERR_CONFLICT for a row that breaks a rule of the schema, at the row or at the end; ERR_INVALID for one with a value that is not of its column's type,
 * which the detail names. */
struct bulk_load {
    const struct bulk_driver *driver;
};
enum err bulk_load_open(struct db *db, const struct schema_table *table, struct bulk_load **load) MUST_CHECK;
enum err bulk_load_row(struct bulk_load *load, const struct db_value *values) MUST_CHECK;
/* Frees the load in any case; `keep` false gives up what was not sent yet. */
enum err bulk_load_close(struct bulk_load *load, bool keep) MUST_CHECK;

/* How many rows the table has. */
enum err bulk_count(struct db *db, const struct schema_table *table, int64_t *rows) MUST_CHECK;
/* Deletes all rows of all tables, in the open transaction; on PostgreSQL nobody else reads or writes them until it ends. */
enum err bulk_empty(struct db *db, const struct schema *schema) MUST_CHECK;
/* Makes this connection the only one that uses the store, until it is closed: ERR_UNAVAILABLE while somebody serves it or has it open. */
enum err bulk_alone(struct db *db) MUST_CHECK;

/* What an engine provides; db.c has no part in it. */
struct bulk_driver {
    enum err (*snapshot)(struct db *db, const struct schema *schema);
    void (*snapshot_end)(struct db *db);
    enum err (*scan_open)(struct db *db, const struct schema_table *table, struct bulk_scan **scan);
    enum err (*scan_next)(struct bulk_scan *scan, struct db_value *values, bool *more);
    void (*scan_close)(struct bulk_scan *scan);
    enum err (*load_open)(struct db *db, const struct schema_table *table, struct bulk_load **load);
    enum err (*load_row)(struct bulk_load *load, const struct db_value *values);
    enum err (*load_close)(struct bulk_load *load, bool keep);
    enum err (*count)(struct db *db, const struct schema_table *table, int64_t *rows);
    enum err (*empty)(struct db *db, const struct schema *schema);
    enum err (*alone)(struct db *db);
};
extern const struct bulk_driver bulk_sqlite_driver, bulk_postgres_driver;

/* For the drivers: the name in double quotes; the columns' names with commas; the key's, "ORDER BY" before them ("" without a key). */
void bulk_append_name(struct buf *out, struct str name);
void bulk_append_columns(struct buf *out, const struct schema_table *table);
void bulk_append_order(struct buf *out, const struct schema_table *table);
/* The tables' names with commas. */
void bulk_append_tables(struct buf *out, const struct schema *schema);
