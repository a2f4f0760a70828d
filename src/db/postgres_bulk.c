/* Whole tables in and out of PostgreSQL: COPY in its binary format. Design in bulk.h.
 *
 * A snapshot is a REPEATABLE READ, READ ONLY transaction that first takes the weakest lock on every table, as pg_dump does, so that nobody can empty
 * or change a table that it has not come to yet. COPY cannot run in libpq's pipeline mode: it is left before and entered again after.
 */
#include "base/log.h"
#include "db/bulk.h"
#include "db/postgres.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define HEADER_LEN 19 /* signature, flags, length of the extension: none is used up to PostgreSQL 18 */
#define FLUSH_AT ((size_t)64 << 10)

/* No limit of time on a statement that moves a whole table; the other end may be slow, too. */
#define WITHOUT_TIMEOUTS "SET LOCAL statement_timeout = 0; SET LOCAL idle_in_transaction_session_timeout = 0"

struct postgres_scan {
    struct bulk_scan base;
    struct db *db;
    const struct schema_table *table;
    char *row; /* libpq's */
    bool is_at_end;
    bool has_begun;
    struct arena arena;
};

struct postgres_load {
    struct bulk_load base;
    struct db *db;
    const struct schema_table *table;
    struct sql name; /* for errors */
    Oid types[COUNT_OF(((struct postgres_values *)0)->formats)];
    struct buf out;
    struct arena names;
    struct arena arena;
};

static PGconn *handle_of(const struct db *db) { return ((struct postgres_connection *)db->connection)->handle; }

static enum err run(struct db *db, struct buf *text)
{
    buf_append_char(text, '\0');
    return text->overflow ? err_set(ERR_TOO_LARGE, "too many tables") : db->driver->script(db, text->ptr);
}

static enum err snapshot(struct db *db, const struct schema *schema)
{
    assert(!db->in_transaction);
    struct buf text CLEANUP(buf_dispose) = {0};
    buf_append_str(&text, STR("BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY; " WITHOUT_TIMEOUTS));
    if (schema->tables_count) {
        buf_append_str(&text, STR("; LOCK TABLE "));
        bulk_append_tables(&text, schema);
        buf_append_str(&text, STR(" IN ACCESS SHARE MODE"));
    }
    buf_append_str(&text, STR("; SELECT 1")); /* a lock is no look: this is the moment that is seen */
    return run(db, &text);
}

static void snapshot_end(struct db *db)
{
    if (PQtransactionStatus(handle_of(db)) == PQTRANS_IDLE || postgres_is_lost(db)) return;
    if (db->driver->script(db, "ROLLBACK") != OK) log_warn("%s", err_detail());
}

/* ---- COPY ---- */

/* Sends the command and leaves the pipeline mode; the connection then gives or takes rows. */
static enum err begin_copy(struct db *db, const struct schema_table *table, struct buf *text, ExecStatusType expected)
{
    PGconn *handle = handle_of(db);
    struct arena arena CLEANUP(arena_dispose) = {0};
    const char *what = str_cstr(&arena, str_format(&arena, "table %.*s", STR_ARG(table->name)));
    buf_append_char(text, '\0');
    if (text->overflow) return err_set(ERR_TOO_LARGE, "%s: too many columns", what);
    if (db->in_transaction) TRY(db->driver->script(db, WITHOUT_TIMEOUTS)); /* and its BEGIN, where that waits for a first statement */
    if (PQtransactionStatus(handle) != PQTRANS_INTRANS || !PQexitPipelineMode(handle)) return postgres_fail(db, what, NULL);
    PGresult *result = PQexec(handle, text->ptr);
    bool is_fine = PQresultStatus(result) == expected;
    enum err error = is_fine ? OK : postgres_fail(db, what, postgres_is_lost(db) ? NULL : result);
    PQclear(result);
    if (!is_fine && !PQenterPipelineMode(handle)) log_warn("%s: the connection is not ready for the next statement", what);
    return error;
}

/* Reads how the command ended and enters the pipeline mode again. */
static enum err end_copy(struct db *db, const struct schema_table *table)
{
    PGconn *handle = handle_of(db);
    struct arena arena CLEANUP(arena_dispose) = {0};
    const char *what = str_cstr(&arena, str_format(&arena, "table %.*s", STR_ARG(table->name)));
    enum err error = OK;
    for (PGresult *result = PQgetResult(handle); result; result = PQgetResult(handle)) {
        if (PQresultStatus(result) != PGRES_COMMAND_OK && error == OK) error = postgres_fail(db, what, postgres_is_lost(db) ? NULL : result);
        PQclear(result);
        if (postgres_is_lost(db)) break;
    }
    if (!PQenterPipelineMode(handle) && error == OK) error = postgres_fail(db, what, NULL);
    return error;
}

static enum err scan_open(struct db *db, const struct schema_table *table, struct bulk_scan **out)
{
    struct buf text CLEANUP(buf_dispose) = {0};
    buf_append_str(&text, STR("COPY (SELECT "));
    bulk_append_columns(&text, table);
    buf_append_str(&text, STR(" FROM "));
    bulk_append_name(&text, table->name);
    bulk_append_order(&text, table);
    buf_append_str(&text, STR(") TO STDOUT (FORMAT binary)"));
    TRY(begin_copy(db, table, &text, PGRES_COPY_OUT));
    struct postgres_scan *scan = mem_alloc(sizeof *scan);
    *scan = (struct postgres_scan){.base = {&bulk_postgres_driver}, .db = db, .table = table};
    *out = &scan->base;
    return OK;
}

static uint64_t read_number(const char *bytes, size_t len)
{
    uint64_t value = 0;
    for (size_t i = 0; i < len; i++) value = value << 8 | (unsigned char)bytes[i];
    return value;
}

static bool take_number(struct str *rest, size_t len, uint64_t *value)
{
    if (rest->len < len) return false;
    *value = read_number(rest->ptr, len);
    *rest = str_slice(*rest, len, rest->len);
    return true;
}

static struct db_value decode(struct arena *arena, const struct schema_column *column, Oid type, struct str bytes)
{
    struct db_value value = {.type = column->type};
    int len = (int)bytes.len;
    if (column->type == DB_REAL) value.real = postgres_decode_real(type, bytes.ptr, len);
    else if (column->type == DB_INT || column->type == DB_BOOL || column->type == DB_TIME) value.integer = postgres_decode_int(type, bytes.ptr, len);
    else value.text = postgres_decode_text(arena, type, bytes.ptr, len);
    return value;
}

static Oid type_of(const struct schema_column *column) { return column->type == DB_VECTOR ? POSTGRES_TYPE_VECTOR : column->code; }

/* One row: a 16-bit count of fields (-1: the end), then each as a 32-bit length (-1: NULL) and its bytes. */
static bool take_row(struct postgres_scan *scan, struct str rest, struct db_value *values)
{
    uint64_t count = 0, len = 0;
    if (!take_number(&rest, 2, &count)) return false;
    scan->is_at_end = count == 0xffff;
    if (scan->is_at_end) return true;
    if (count != scan->table->columns_count) return false;
    for (size_t i = 0; i < count; i++) {
        const struct schema_column *column = &scan->table->columns[i];
        values[i] = db_null();
        if (!take_number(&rest, 4, &len)) return false;
        if (len == 0xffffffff) continue;
        if (rest.len < len) return false;
        values[i] = decode(&scan->arena, column, type_of(column), str_slice(rest, 0, len));
        rest = str_slice(rest, len, rest.len);
    }
    return true;
}

static enum err scan_next(struct bulk_scan *base, struct db_value *values, bool *more)
{
    struct postgres_scan *scan = (struct postgres_scan *)base;
    PGconn *handle = handle_of(scan->db);
    *more = false;
    if (scan->is_at_end) return OK;
    PQfreemem(scan->row);
    scan->row = NULL;
    arena_reset(&scan->arena);
    int len = PQgetCopyData(handle, &scan->row, 0);
    if (len < 0) { /* an error, which end_copy reads, or no end mark */
        scan->is_at_end = true;
        return err_set(ERR_UNAVAILABLE, "table %.*s: reading it broke off: %s", STR_ARG(scan->table->name), PQerrorMessage(handle));
    }
    struct str row = {scan->row, (size_t)len};
    if (!scan->has_begun) row = str_slice(row, HEADER_LEN, row.len); /* comes with the first row */
    scan->has_begun = true;
    if (!take_row(scan, row, values)) return err_set(ERR_INTERNAL, "table %.*s: a row of another shape than the table", STR_ARG(scan->table->name));
    *more = !scan->is_at_end;
    return OK;
}

/* Tells the server to stop and reads away what is still on its way. */
static void scan_cancel(struct postgres_scan *scan)
{
    PGcancel *cancel = PQgetCancel(handle_of(scan->db));
    char reason[256];
    if (!cancel || !PQcancel(cancel, reason, sizeof reason)) log_debug("a scan could not be cancelled");
    PQfreeCancel(cancel);
}

static void scan_close(struct bulk_scan *base)
{
    struct postgres_scan *scan = (struct postgres_scan *)base;
    struct err_state why;
    err_save(&why);
    if (!scan->is_at_end) scan_cancel(scan);
    char *rest = NULL;
    while (!postgres_is_lost(scan->db) && PQgetCopyData(handle_of(scan->db), &rest, 0) > 0) PQfreemem(rest);
    if (end_copy(scan->db, scan->table) != OK) log_debug("%s", err_detail());
    err_restore(&why);
    PQfreemem(scan->row);
    arena_dispose(&scan->arena);
    free(scan);
}

/* ---- in ---- */

static enum err load_open(struct db *db, const struct schema_table *table, struct bulk_load **out)
{
    assert(db->in_transaction);
    struct buf text CLEANUP(buf_dispose) = {0};
    buf_append_str(&text, STR("COPY "));
    bulk_append_name(&text, table->name);
    buf_append_str(&text, STR(" ("));
    bulk_append_columns(&text, table);
    buf_append_str(&text, STR(") FROM STDIN (FORMAT binary)"));
    TRY(begin_copy(db, table, &text, PGRES_COPY_IN));
    struct postgres_load *load = mem_alloc(sizeof *load);
    *load = (struct postgres_load){.base = {&bulk_postgres_driver}, .db = db, .table = table};
    load->name = (struct sql){.name = str_cstr(&load->names, table->name)};
    for (size_t i = 0; i < table->columns_count; i++) load->types[i] = type_of(&table->columns[i]);
    static const char header[HEADER_LEN] = "PGCOPY\n\377\r\n";
    buf_append(&load->out, header, HEADER_LEN);
    *out = &load->base;
    return OK;
}

static void append_number(struct buf *out, uint64_t value, size_t len)
{
    for (size_t i = 0; i < len; i++) buf_append_char(out, (char)(value >> 8 * (len - 1 - i)));
}

static enum err flush(struct postgres_load *load)
{
    if (PQputCopyData(handle_of(load->db), load->out.ptr, (int)load->out.len) != 1) return postgres_fail(load->db, load->name.name, NULL);
    buf_clear(&load->out);
    return OK;
}

/* After an error of postgres_encode: names the column. */
static enum err refuse_row(struct postgres_load *load, const struct db_value *values)
{
    struct postgres_values encoded;
    for (size_t i = 0; i < load->table->columns_count; i++)
        if (postgres_encode(&load->arena, &load->name, &load->types[i], &values[i], 1, &encoded) != OK)
            return err_set(ERR_INVALID, "the value of %.*s is not of the column's type", STR_ARG(load->table->columns[i].name));
    return err_set(ERR_INTERNAL, "table %s: a row is refused whose values are not", load->name.name);
}

static enum err load_row(struct bulk_load *base, const struct db_value *values)
{
    struct postgres_load *load = (struct postgres_load *)base;
    const struct schema_table *table = load->table;
    struct db_value typed[COUNT_OF(load->types)];
    struct postgres_values encoded;
    for (size_t i = 0; i < table->columns_count; i++) {
        typed[i] = values[i];
        if (table->columns[i].type == DB_TIME && values[i].type == DB_INT) typed[i].type = DB_TIME;
    }
    arena_reset(&load->arena);
    if (postgres_encode(&load->arena, &load->name, load->types, typed, table->columns_count, &encoded) != OK) return refuse_row(load, typed);
    append_number(&load->out, table->columns_count, 2);
    for (size_t i = 0; i < table->columns_count; i++) {
        bool is_null = !encoded.pointers[i];
        append_number(&load->out, is_null ? UINT32_MAX : (uint64_t)encoded.lengths[i], 4);
        if (!is_null) buf_append(&load->out, encoded.pointers[i], (size_t)encoded.lengths[i]);
    }
    if (load->out.overflow) return err_set(ERR_TOO_LARGE, "table %s: a row is too large", load->name.name);
    return load->out.len >= FLUSH_AT ? flush(load) : OK;
}

/* New rows of a numbered table get numbers after those that came. */
static enum err count_on(struct db *db, const struct schema_table *table)
{
    const struct schema_column *first = &table->columns[0];
    if (first->key != 1 || first->type != DB_INT) return OK;
    struct buf text CLEANUP(buf_dispose) = {0};
    buf_append_str(&text, STR("SELECT setval(numbers.name, last.id) FROM (SELECT pg_get_serial_sequence('"));
    bulk_append_name(&text, table->name);
    buf_append_format(&text, "', '%.*s') AS name) AS numbers, (SELECT MAX(\"%.*s\") AS id FROM ", STR_ARG(first->name), STR_ARG(first->name));
    bulk_append_name(&text, table->name);
    buf_append_str(&text, STR(") AS last WHERE numbers.name IS NOT NULL AND last.id IS NOT NULL"));
    return run(db, &text);
}

static enum err load_close(struct bulk_load *base, bool keep)
{
    struct postgres_load *load = (struct postgres_load *)base;
    struct err_state why;
    err_save(&why);
    enum err error = OK;
    if (keep) {
        append_number(&load->out, 0xffff, 2);
        error = flush(load);
    }
    PQputCopyEnd(handle_of(load->db), keep && error == OK ? NULL : "given up");
    enum err ended = end_copy(load->db, load->table);
    if (!keep) err_restore(&why);
    struct db *db = load->db;
    const struct schema_table *table = load->table;
    buf_dispose(&load->out);
    arena_dispose(&load->arena);
    arena_dispose(&load->names);
    free(load);
    if (!keep) return OK;
    TRY(error);
    TRY(ended);
    return count_on(db, table);
}

/* ---- the rest ---- */

static enum err count(struct db *db, const struct schema_table *table, int64_t *rows)
{
    struct buf text CLEANUP(buf_dispose) = {0};
    PGconn *handle = handle_of(db);
    buf_append_str(&text, STR("SELECT COUNT(*) FROM "));
    bulk_append_name(&text, table->name);
    buf_append_char(&text, '\0');
    if (!PQexitPipelineMode(handle)) return postgres_fail(db, "counting", NULL);
    PGresult *result = PQexec(handle, text.ptr);
    enum err error = PQresultStatus(result) == PGRES_TUPLES_OK ? str_to_int(str_from(PQgetvalue(result, 0, 0)), rows)
                                                               : postgres_fail(db, "counting", postgres_is_lost(db) ? NULL : result);
    PQclear(result);
    if (!PQenterPipelineMode(handle) && error == OK) error = postgres_fail(db, "counting", NULL);
    return error;
}

static enum err empty(struct db *db, const struct schema *schema)
{
    assert(db->in_transaction);
    struct buf text CLEANUP(buf_dispose) = {0};
    if (!schema->tables_count) return OK;
    buf_append_str(&text, STR(WITHOUT_TIMEOUTS "; TRUNCATE "));
    bulk_append_tables(&text, schema);
    return run(db, &text);
}

/* Whoever serves the store holds the same lock shared (postgres_listen.c). A lock of the session: it ends with the connection. */
static enum err alone(struct db *db)
{
    static const struct sql lock = {"alone", "SELECT CASE WHEN pg_try_advisory_lock(" POSTGRES_SERVED_LOCK ") THEN 1 ELSE 0 END", 0};
    const struct postgres_connection *connection = db->connection;
    int64_t is_ours = 0;
    if (connection->is_pooled) return err_set(ERR_UNSUPPORTED, "a copy cannot be made through a pooler: name the address of PostgreSQL itself");
    TRY(db_query_int(db, &lock, DB_NO_ARGS, &is_ours));
    return is_ours ? OK : err_set(ERR_UNAVAILABLE, "somebody serves that store, or copies into it: stop that first");
}

const struct bulk_driver bulk_postgres_driver = {
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
