/* Whole tables in and out of an SQLite file. Design in bulk.h.
 *
 * A snapshot is a read transaction: in the write-ahead log readers keep what they saw. Sorting spills into a file, so that a large table costs
 * no memory.
 */
#include "base/log.h"
#include "db/bulk.h"
#include "db/sqlite.h"
#include <assert.h>
#include <stdlib.h>

struct sqlite_scan {
    struct bulk_scan base;
    struct db *db;
    const struct schema_table *table;
    sqlite3_stmt *statement;
};

struct sqlite_load {
    struct bulk_load base;
    struct db *db;
    const struct schema_table *table;
    sqlite3_stmt *statement;
};

static sqlite3 *handle_of(const struct db *db) { return ((struct sqlite_connection *)db->connection)->handle; }

static enum err run(struct db *db, const char *what, const char *text)
{
    int code = sqlite3_exec(handle_of(db), text, NULL, NULL, NULL);
    return code == SQLITE_OK ? OK : sqlite_fail(db, what, code);
}

static enum err snapshot(struct db *db, const struct schema *schema)
{
    (void)schema;
    assert(!db->in_transaction);
    return run(db, "snapshot", "PRAGMA temp_store=FILE; BEGIN; SELECT COUNT(*) FROM sqlite_schema");
}

static void snapshot_end(struct db *db)
{
    if (sqlite3_get_autocommit(handle_of(db))) return;
    if (run(db, "snapshot", "ROLLBACK") != OK) log_warn("%s", err_detail());
}

static enum err prepare(struct db *db, const struct schema_table *table, struct buf *text, sqlite3_stmt **statement)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    const char *what = str_cstr(&arena, table->name);
    if (text->overflow) return err_set(ERR_TOO_LARGE, "%s: too many columns", what);
    int code = sqlite3_prepare_v2(handle_of(db), text->ptr, (int)text->len, statement, NULL);
    return code == SQLITE_OK ? OK : sqlite_fail(db, what, code);
}

static enum err fail_table(struct db *db, const struct schema_table *table, int code)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    return sqlite_fail(db, str_cstr(&arena, str_format(&arena, "table %.*s", STR_ARG(table->name))), code);
}

/* ---- out ---- */

static enum err scan_open(struct db *db, const struct schema_table *table, struct bulk_scan **out)
{
    struct buf text CLEANUP(buf_dispose) = {0};
    sqlite3_stmt *statement = NULL;
    buf_append_str(&text, STR("SELECT "));
    bulk_append_columns(&text, table);
    buf_append_str(&text, STR(" FROM "));
    bulk_append_name(&text, table->name);
    bulk_append_order(&text, table);
    TRY(prepare(db, table, &text, &statement));
    struct sqlite_scan *scan = mem_alloc(sizeof *scan);
    *scan = (struct sqlite_scan){{&bulk_sqlite_driver}, db, table, statement};
    *out = &scan->base;
    return OK;
}

static struct db_value value_of(sqlite3_stmt *statement, int column)
{
    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER: return db_int(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT: return db_real(sqlite3_column_double(statement, column));
    case SQLITE_NULL: return db_null();
    default: break;
    }
    bool is_text = sqlite3_column_type(statement, column) == SQLITE_TEXT;
    const char *bytes = sqlite3_column_blob(statement, column);
    struct str text = {bytes ? bytes : "", (size_t)sqlite3_column_bytes(statement, column)};
    return is_text ? db_text(text) : db_blob(text);
}

static enum err scan_next(struct bulk_scan *base, struct db_value *values, bool *more)
{
    struct sqlite_scan *scan = (struct sqlite_scan *)base;
    int code = sqlite3_step(scan->statement);
    *more = code == SQLITE_ROW;
    if (code == SQLITE_DONE) return OK;
    if (!*more) return fail_table(scan->db, scan->table, code);
    for (size_t i = 0; i < scan->table->columns_count; i++) values[i] = value_of(scan->statement, (int)i);
    return OK;
}

static void scan_close(struct bulk_scan *base)
{
    struct sqlite_scan *scan = (struct sqlite_scan *)base;
    sqlite3_finalize(scan->statement);
    free(scan);
}

/* ---- in ---- */

static enum err load_open(struct db *db, const struct schema_table *table, struct bulk_load **out)
{
    struct buf text CLEANUP(buf_dispose) = {0};
    sqlite3_stmt *statement = NULL;
    buf_append_str(&text, STR("INSERT INTO "));
    bulk_append_name(&text, table->name);
    buf_append_str(&text, STR(" ("));
    bulk_append_columns(&text, table);
    buf_append_str(&text, STR(") VALUES ("));
    for (size_t i = 0; i < table->columns_count; i++) buf_append_str(&text, i ? STR(", ?") : STR("?"));
    buf_append_char(&text, ')');
    TRY(prepare(db, table, &text, &statement));
    struct sqlite_load *load = mem_alloc(sizeof *load);
    *load = (struct sqlite_load){{&bulk_sqlite_driver}, db, table, statement};
    *out = &load->base;
    return OK;
}

static int bind(sqlite3_stmt *statement, int position, const struct db_value *value)
{
    struct str text = value->text;
    switch (value->type) {
    case DB_NULL: return sqlite3_bind_null(statement, position);
    case DB_INT:
    case DB_BOOL:
    case DB_TIME: return sqlite3_bind_int64(statement, position, value->integer);
    case DB_REAL: return sqlite3_bind_double(statement, position, value->real);
    case DB_BLOB:
    case DB_VECTOR: return sqlite3_bind_blob64(statement, position, text.ptr ? text.ptr : "", text.len, SQLITE_STATIC);
    default: return sqlite3_bind_text64(statement, position, text.ptr ? text.ptr : "", text.len, SQLITE_STATIC, SQLITE_UTF8);
    }
}

static enum err load_row(struct bulk_load *base, const struct db_value *values)
{
    struct sqlite_load *load = (struct sqlite_load *)base;
    int code = SQLITE_OK;
    for (size_t i = 0; i < load->table->columns_count && code == SQLITE_OK; i++) code = bind(load->statement, (int)i + 1, &values[i]);
    if (code == SQLITE_OK) code = sqlite3_step(load->statement);
    enum err error = code == SQLITE_DONE ? OK : fail_table(load->db, load->table, code);
    sqlite3_reset(load->statement);
    return error;
}

static enum err load_close(struct bulk_load *base, bool keep)
{
    struct sqlite_load *load = (struct sqlite_load *)base;
    (void)keep; /* each row is in the transaction already */
    sqlite3_finalize(load->statement);
    free(load);
    return OK;
}

/* ---- the rest ---- */

static enum err count(struct db *db, const struct schema_table *table, int64_t *rows)
{
    struct buf text CLEANUP(buf_dispose) = {0};
    sqlite3_stmt *statement = NULL;
    buf_append_str(&text, STR("SELECT COUNT(*) FROM "));
    bulk_append_name(&text, table->name);
    TRY(prepare(db, table, &text, &statement));
    int code = sqlite3_step(statement);
    *rows = sqlite3_column_int64(statement, 0);
    enum err error = code == SQLITE_ROW ? OK : fail_table(db, table, code);
    sqlite3_finalize(statement);
    return error;
}

/* Children first: nothing refers to what is deleted. */
static enum err empty(struct db *db, const struct schema *schema)
{
    assert(db->in_transaction);
    for (size_t i = schema->tables_count; i-- > 0;) {
        struct buf text CLEANUP(buf_dispose) = {0};
        buf_append_str(&text, STR("DELETE FROM "));
        bulk_append_name(&text, schema->tables[i].name);
        buf_append_char(&text, '\0');
        TRY(run(db, "emptying", text.ptr));
    }
    return OK;
}

/* Each connection to a file with a write-ahead log keeps a shared lock on it; one that locks exclusively before it first looks gets in alone or not at
 * all, and keeps others out. So the connection is opened anew. */
static enum err alone(struct db *db)
{
    assert(!db->in_transaction);
    struct sqlite_store *store = db->shared;
    struct sqlite_connection *connection = db->connection;
    sqlite_statements_free(connection);
    sqlite3_close(connection->handle);
    connection->handle = NULL;
    store->use = SQLITE_ALONE;
    enum err error = sqlite_open_handle(db);
    return error == ERR_UNAVAILABLE ? err_set(error, "somebody has the store %s open: stop the server first; nothing was changed", store->path) : error;
}

const struct bulk_driver bulk_sqlite_driver = {
    .snapshot = snapshot,
    .snapshot_end = snapshot_end,
    .scan_open = scan_open,
    .scan_next = scan_next,
    .scan_close = scan_close,
    .load_open = load_open,
    .load_row = load_row,
    .load_close = load_close,
    .count = count,
    .empty = empty,
    .alone = alone,
};
