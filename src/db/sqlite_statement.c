/* Prepared statements and cursors of the SQLite driver.
 *
 * A statement is prepared once per connection and found again by the address of its struct sql. A cursor is a statement in use;
 * the same query opened inside its own loop gets a second instance. At most STATEMENTS_MAX stay prepared, the longest unused is
 * dropped first, which bounds the memory of a connection.
 *
 * `$3` in the text is a name for SQLite, numbered by first appearance: `positions` maps our order to its numbers. Text is bound
 * where it stands when the call runs to its end, and from a copy that the statement owns when a cursor stays open.
 *
 * A query that writes (RETURNING) is run to its end at once and its few rows are kept: what the caller sees is then already
 * done, also when he closes early, and outside a transaction the commit's own error is not lost.
 */
#include "base/buf.h"
#include "base/log.h"
#include "db/sqlite.h"
#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define STATEMENTS_MAX 128
#define COPY_KEEP 4096

struct sqlite_statement {
    const struct sql *sql;
    const char *text; /* guards against another struct sql at the same address */
    sqlite3_stmt *handle;
    struct sqlite_statement *next; /* in its bucket */
    uint64_t last_use;
    bool in_use;
    bool writes;
    bool done;
    char *copy; /* of the text values of an open cursor */
    size_t copy_size;
    sqlite3_value **kept; /* rows of a writing query, `columns` values each */
    size_t kept_rows, kept_space;
    int columns;
    int positions[]; /* sql->params */
};

static struct sqlite_statement **bucket_of(struct sqlite_connection *connection, const struct sql *sql)
{
    uint64_t hash = (uint64_t)(uintptr_t)sql * UINT64_C(0x9E3779B97F4A7C15);
    return &connection->buckets[hash >> 58];
}

static void statement_free(struct sqlite_statement *statement)
{
    sqlite3_finalize(statement->handle);
    free(statement->copy);
    free(statement->kept);
    free(statement);
}

void sqlite_statements_free(struct sqlite_connection *connection)
{
    for (size_t i = 0; i < STATEMENT_BUCKETS; i++) {
        while (connection->buckets[i]) {
            struct sqlite_statement *statement = connection->buckets[i];
            connection->buckets[i] = statement->next;
            statement_free(statement);
        }
    }
    connection->statements_count = 0;
}

static void drop_oldest(struct sqlite_connection *connection)
{
    struct sqlite_statement **oldest = NULL;
    for (size_t i = 0; i < STATEMENT_BUCKETS; i++)
        for (struct sqlite_statement **link = &connection->buckets[i]; *link; link = &(*link)->next)
            if (!(*link)->in_use && (!oldest || (*link)->last_use < (*oldest)->last_use)) oldest = link;
    if (!oldest) return;
    struct sqlite_statement *statement = *oldest;
    *oldest = statement->next;
    connection->statements_count--;
    statement_free(statement);
}

static bool name_position(char *name, size_t size, int number)
{
    char digits[12];
    size_t len = 0;
    for (int rest = number; rest; rest /= 10) digits[len++] = (char)('0' + rest % 10);
    if (len + 2 > size) return false;
    name[0] = '$';
    for (size_t i = 0; i < len; i++) name[1 + i] = digits[len - 1 - i];
    name[len + 1] = 0;
    return true;
}

/* Every parameter $1..$n must stand in the text, and no other. */
static enum err map_parameters(struct sqlite_statement *statement)
{
    const struct sql *sql = statement->sql;
    if (sqlite3_bind_parameter_count(statement->handle) != sql->params)
        return err_set(ERR_INTERNAL, "statement %s: %d parameters in the text, %d declared", sql->name,
                       sqlite3_bind_parameter_count(statement->handle), sql->params);
    for (int i = 0; i < sql->params; i++) {
        char name[16];
        statement->positions[i] = name_position(name, sizeof name, i + 1) ? sqlite3_bind_parameter_index(statement->handle, name) : 0;
        if (statement->positions[i] == 0) return err_set(ERR_INTERNAL, "statement %s: $%d is not in the text", sql->name, i + 1);
    }
    return OK;
}

static enum err fail_statement(struct db *db, const struct sql *sql, int code)
{
    char what[96] = "statement ";
    size_t len = strnlen(sql->name, sizeof what - 11);
    memcpy(what + 10, sql->name, len);
    what[10 + len] = 0;
    return sqlite_fail(db, what, code);
}

static enum err prepare(struct db *db, const struct sql *sql, struct sqlite_statement **result)
{
    struct sqlite_connection *connection = db->connection;
    struct sqlite_statement *statement = mem_alloc(sizeof *statement + (size_t)sql->params * sizeof statement->positions[0]);
    statement->sql = sql;
    statement->text = sql->text;
    const char *rest = "";
    struct buf text CLEANUP(buf_dispose) = {0};
    enum err error = db_words_expand(db->driver, sql->name, str_from(sql->text), &text);
    int code = error == OK ? sqlite3_prepare_v3(connection->handle, text.ptr, -1, SQLITE_PREPARE_PERSISTENT, &statement->handle, &rest) : SQLITE_OK;
    if (error != OK)
        code = SQLITE_OK;
    else if (code != SQLITE_OK)
        error = fail_statement(db, sql, code);
    else if (!statement->handle || rest[strspn(rest, " \t\r\n;")])
        error = err_set(ERR_INTERNAL, "statement %s: not exactly one statement", sql->name);
    else
        error = map_parameters(statement);
    if (error != OK) {
        statement_free(statement);
        return error;
    }
    statement->writes = !sqlite3_stmt_readonly(statement->handle);
    statement->columns = sqlite3_column_count(statement->handle);
    *result = statement;
    return OK;
}

enum err sqlite_prepare_check(struct db *db, const struct sql *sql)
{
    struct sqlite_statement *statement = NULL;
    TRY(prepare(db, sql, &statement));
    statement_free(statement);
    return OK;
}

static enum err find_statement(struct db *db, const struct sql *sql, struct sqlite_statement **result)
{
    struct sqlite_connection *connection = db->connection;
    struct sqlite_statement *statement = *bucket_of(connection, sql);
    while (statement && (statement->sql != sql || statement->text != sql->text || statement->in_use)) statement = statement->next;
    if (!statement) {
        TRY(prepare(db, sql, &statement));
        if (connection->statements_count >= STATEMENTS_MAX) drop_oldest(connection);
        struct sqlite_statement **bucket = bucket_of(connection, sql);
        statement->next = *bucket;
        *bucket = statement;
        connection->statements_count++;
    }
    statement->last_use = ++connection->clock;
    *result = statement;
    return OK;
}

static int bind_bytes(struct sqlite_statement *statement, int position, const struct db_value *value, const char *bytes)
{
    size_t len = value->text.len;
    if (!bytes) bytes = ""; /* a NULL pointer would be bound as NULL */
    if (value->type == DB_BLOB || value->type == DB_VECTOR) return sqlite3_bind_blob64(statement->handle, position, bytes, len, SQLITE_STATIC);
    return sqlite3_bind_text64(statement->handle, position, bytes, len, SQLITE_STATIC, SQLITE_UTF8);
}

static bool is_bytes(const struct db_value *value)
{
    return value->type == DB_TEXT || value->type == DB_BLOB || value->type == DB_UUID || value->type == DB_JSON || value->type == DB_VECTOR;
}

/* Room for the copies of all text values. */
static char *copy_space(struct sqlite_statement *statement, const struct db_value *values, size_t count)
{
    size_t size = 1;
    for (size_t i = 0; i < count; i++)
        if (is_bytes(&values[i])) size += values[i].text.len;
    if (size > statement->copy_size) {
        statement->copy = mem_resize(statement->copy, size);
        statement->copy_size = size;
    }
    return statement->copy;
}

static int bind_values(struct sqlite_statement *statement, const struct db_value *values, size_t count, bool copied)
{
    char *space = copied ? copy_space(statement, values, count) : NULL;
    int code = SQLITE_OK;
    for (size_t i = 0; i < count && code == SQLITE_OK; i++) {
        const struct db_value *value = &values[i];
        int position = statement->positions[i];
        if (is_bytes(value)) {
            const char *bytes = value->text.ptr;
            if (copied && value->text.len) {
                bytes = memcpy(space, value->text.ptr, value->text.len);
                space += value->text.len;
            }
            code = bind_bytes(statement, position, value, bytes);
        } else if (value->type == DB_NULL) {
            code = sqlite3_bind_null(statement->handle, position);
        } else if (value->type == DB_REAL) {
            code = sqlite3_bind_double(statement->handle, position, value->real);
        } else {
            code = sqlite3_bind_int64(statement->handle, position, value->integer);
        }
    }
    return code;
}

static void keep_row(struct sqlite_statement *statement)
{
    size_t columns = (size_t)statement->columns;
    size_t at = statement->kept_rows * columns;
    if (at + columns > statement->kept_space) {
        statement->kept_space = (at + columns) * 2;
        statement->kept = mem_resize(statement->kept, statement->kept_space * sizeof(sqlite3_value *));
    }
    for (size_t i = 0; i < columns; i++) {
        statement->kept[at + i] = sqlite3_value_dup(sqlite3_column_value(statement->handle, (int)i));
        if (!statement->kept[at + i]) log_fatal("out of memory in the store");
    }
    statement->kept_rows++;
}

static void free_kept(struct sqlite_statement *statement)
{
    for (size_t i = 0; i < statement->kept_rows * (size_t)statement->columns; i++) sqlite3_value_free(statement->kept[i]);
    statement->kept_rows = 0;
}

/* Steps to the end; rows are kept or passed over. */
static enum err run_to_end(struct db *db, struct sqlite_statement *statement, bool keep)
{
    struct sqlite_store *store = db->shared;
    bool alone = statement->writes && !db->in_transaction;
    if (alone) TRY(sqlite_take_turn(db));
    int code = sqlite3_step(statement->handle);
    while (code == SQLITE_ROW) {
        if (keep) keep_row(statement);
        code = sqlite3_step(statement->handle);
    }
    enum err error = code == SQLITE_DONE ? OK : fail_statement(db, statement->sql, code);
    sqlite3_reset(statement->handle);
    sqlite3_clear_bindings(statement->handle);
    if (alone) turn_give(&store->writers);
    return error;
}

enum err sqlite_execute(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, int64_t *changed)
{
    struct sqlite_connection *connection = db->connection;
    struct sqlite_statement *statement = NULL;
    TRY(find_statement(db, sql, &statement));
    int code = bind_values(statement, values, count, false);
    if (code != SQLITE_OK) {
        sqlite3_clear_bindings(statement->handle);
        return fail_statement(db, sql, code);
    }
    TRY(run_to_end(db, statement, false));
    *changed = statement->writes ? sqlite3_changes64(connection->handle) : 0;
    return OK;
}

static void release_statement(struct sqlite_connection *connection, struct sqlite_statement *statement)
{
    sqlite3_reset(statement->handle);
    sqlite3_clear_bindings(statement->handle);
    free_kept(statement);
    if (statement->copy_size > COPY_KEEP) {
        free(statement->copy);
        statement->copy = NULL;
        statement->copy_size = 0;
    }
    statement->in_use = false;
    connection->open_cursors--;
}

void sqlite_statements_reset(struct sqlite_connection *connection)
{
    for (size_t i = 0; i < STATEMENT_BUCKETS; i++)
        for (struct sqlite_statement *statement = connection->buckets[i]; statement; statement = statement->next)
            if (statement->in_use) release_statement(connection, statement);
}

enum err sqlite_query(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, struct db_rows *rows)
{
    struct sqlite_connection *connection = db->connection;
    struct sqlite_statement *statement = NULL;
    TRY(find_statement(db, sql, &statement));
    statement->in_use = true;
    statement->done = false;
    connection->open_cursors++;
    int code = bind_values(statement, values, count, !statement->writes);
    enum err error = code == SQLITE_OK ? OK : fail_statement(db, sql, code);
    if (error == OK && statement->writes) error = run_to_end(db, statement, true);
    if (error != OK) {
        release_statement(connection, statement);
        return error;
    }
    rows->cursor = statement;
    rows->columns = statement->columns;
    return OK;
}

bool sqlite_next(struct db_rows *rows)
{
    struct sqlite_statement *statement = rows->cursor;
    if (statement->done) return false;
    if (statement->writes) {
        statement->done = (size_t)rows->row >= statement->kept_rows;
        return !statement->done;
    }
    int code = sqlite3_step(statement->handle);
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) rows->error = fail_statement(rows->db, statement->sql, code);
    statement->done = true;
    sqlite3_reset(statement->handle); /* lets go of the snapshot */
    return false;
}

void sqlite_close_rows(struct db_rows *rows)
{
    release_statement(rows->db->connection, rows->cursor);
}

/* The kept value, or NULL when the row is SQLite's own. */
static sqlite3_value *kept_value(const struct sqlite_statement *statement, const struct db_rows *rows, int column)
{
    if (!statement->writes || statement->done) return NULL;
    return statement->kept[(size_t)(rows->row - 1) * (size_t)statement->columns + (size_t)column];
}

bool sqlite_col_is_null(const struct db_rows *rows, int column)
{
    const struct sqlite_statement *statement = rows->cursor;
    sqlite3_value *kept = kept_value(statement, rows, column);
    return (kept ? sqlite3_value_type(kept) : sqlite3_column_type(statement->handle, column)) == SQLITE_NULL;
}

int64_t sqlite_col_int(const struct db_rows *rows, int column)
{
    const struct sqlite_statement *statement = rows->cursor;
    sqlite3_value *kept = kept_value(statement, rows, column);
    return kept ? sqlite3_value_int64(kept) : sqlite3_column_int64(statement->handle, column);
}

double sqlite_col_real(const struct db_rows *rows, int column)
{
    const struct sqlite_statement *statement = rows->cursor;
    sqlite3_value *kept = kept_value(statement, rows, column);
    return kept ? sqlite3_value_double(kept) : sqlite3_column_double(statement->handle, column);
}

struct str sqlite_col_view(const struct db_rows *rows, int column)
{
    const struct sqlite_statement *statement = rows->cursor;
    sqlite3_value *kept = kept_value(statement, rows, column);
    const char *bytes = kept ? sqlite3_value_blob(kept) : sqlite3_column_blob(statement->handle, column);
    if (!bytes) return STR("");
    int len = kept ? sqlite3_value_bytes(kept) : sqlite3_column_bytes(statement->handle, column);
    return (struct str){bytes, (size_t)len};
}
