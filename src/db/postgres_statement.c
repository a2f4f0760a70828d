/* Prepared statements, rounds and cursors of the PostgreSQL driver.
 *
 * A round is what goes to the server and back at once: BEGIN where a transaction was begun and nothing sent yet, then the statement, in
 * the pipeline mode of libpq (a sync at its end; after an error the server skips the rest of the round). A statement is prepared
 * once a connection, under a name of its own; the server says the types of its parameters and columns, and all values go and come in
 * their binary formats. A result is read to its end at once, so that another statement may run while it is walked through.
 *
 * A connection that was lost while nothing was under way is opened again and the round repeated once: outside a transaction when the
 * statement only reads, inside one when BEGIN was part of the round. Everything else is told (ERR_UNAVAILABLE), since it may have happened.
 */
#include "base/buf.h"
#include "base/log.h"
#include "db/postgres.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BINARY 1
#define FIRST_NORMAL_OID 16384 /* access/transam.h: below are the types that every database has */

struct postgres_statement {
    const struct sql *sql;
    const char *text; /* guards against another struct sql at the same address */
    struct postgres_statement *next; /* in its bucket */
    char name[16];
    char *whole; /* the text, behind a pooler, where nothing can be prepared; else NULL */
    bool only_reads;
    Oid types[]; /* of the parameters */
};

struct postgres_cursor {
    PGresult *result;
    int row; /* the current one; -1 before the first */
    struct arena arena; /* what was made from the current row */
};

static struct postgres_statement **bucket_of(struct postgres_connection *connection, const struct sql *sql)
{
    uint64_t hash = (uint64_t)(uintptr_t)sql * UINT64_C(0x9E3779B97F4A7C15);
    return &connection->buckets[hash >> 58];
}

static void statement_free(struct postgres_statement *statement)
{
    free(statement->whole);
    free(statement);
}

void postgres_statements_free(struct postgres_connection *connection)
{
    for (size_t i = 0; i < STATEMENT_BUCKETS; i++) {
        while (connection->buckets[i]) {
            struct postgres_statement *statement = connection->buckets[i];
            connection->buckets[i] = statement->next;
            statement_free(statement);
        }
    }
    if (connection->spare) {
        arena_dispose(&connection->spare->arena);
        free(connection->spare);
        connection->spare = NULL;
    }
}

static const char *describe(char out[96], const struct sql *sql)
{
    size_t len = strnlen(sql->name, 80);
    memcpy(out, "statement ", 10);
    memcpy(out + 10, sql->name, len);
    out[10 + len] = 0;
    return out;
}

/* ---- rounds ---- */

/* The next command's result, and the NULL that ends it. NULL: the connection is lost. */
static PGresult *take_result(PGconn *handle)
{
    PGresult *result = PQgetResult(handle), *more;
    while ((more = PQgetResult(handle))) PQclear(more);
    return result;
}

static bool take_sync(PGconn *handle)
{
    PGresult *sync = PQgetResult(handle);
    bool is_sync = PQresultStatus(sync) == PGRES_PIPELINE_SYNC;
    PQclear(sync);
    return is_sync;
}

static bool is_fine(const PGresult *result)
{
    ExecStatusType status = PQresultStatus(result);
    return status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK;
}

/* Sends BEGIN where it is due. */
static bool send_text(struct postgres_connection *connection, const char *text)
{
    return !text || PQsendQueryParams(connection->handle, text, 0, NULL, NULL, NULL, NULL, BINARY);
}

static bool send_begin(struct postgres_connection *connection)
{
    return !connection->begin_pending || (send_text(connection, connection->begin_text) && send_text(connection, connection->begin_also));
}

/* Reads what a round of `count` statements gave; the results are to be cleared in any case. False: the connection is lost. */
static bool finish_round(struct postgres_connection *connection, PGresult **results, size_t count)
{
    PGconn *handle = connection->handle;
    if (!PQpipelineSync(handle)) return false;
    PGresult *begun = connection->begin_pending ? take_result(handle) : NULL;
    if (connection->begin_pending && connection->begin_also) PQclear(take_result(handle));
    bool is_begun = !connection->begin_pending || is_fine(begun), is_whole = true;
    for (size_t i = 0; i < count && is_whole; i++) is_whole = (results[i] = take_result(handle)) != NULL;
    is_whole = is_whole && take_sync(handle);
    if (!is_begun && is_whole) { /* the statements were skipped: why is what counts */
        PQclear(results[0]);
        results[0] = begun;
        begun = NULL;
    }
    PQclear(begun);
    if (is_whole) connection->begin_pending = false;
    return is_whole;
}

/* ---- statements ---- */

static bool begins_with(const char *text, struct str word) { return str_starts(str_from(text), word); }

static Oid our_type(const struct postgres_connection *connection, Oid type) { return type && type == connection->vector ? POSTGRES_TYPE_VECTOR : type; }

/* An extension's type has a number of this database: asks once whether that is pgvector's. */
static void meet_type(struct postgres_connection *connection, Oid type)
{
    char number[16];
    const char *const values[] = {number};
    if (type < FIRST_NORMAL_OID || type == connection->vector) return;
    snprintf(number, sizeof number, "%u", type);
    bool is_sent = PQsendQueryParams(connection->handle, "SELECT 1 FROM pg_type WHERE oid = CAST($1 AS OID) AND typname = 'vector'", 1, NULL, values, NULL, NULL, BINARY) &&
                   PQpipelineSync(connection->handle);
    PGresult *result = is_sent ? take_result(connection->handle) : NULL;
    if (result && take_sync(connection->handle) && PQntuples(result) == 1) connection->vector = type;
    PQclear(result);
}

static void meet_types(struct postgres_connection *connection, const PGresult *described)
{
    for (int i = 0; i < PQnparams(described); i++) meet_type(connection, PQparamtype(described, i));
    for (int i = 0; i < PQnfields(described); i++) meet_type(connection, PQftype(described, i));
}

/* The server parses the text and says the types: one round. */
static enum err prepare(struct db *db, const struct sql *sql, struct postgres_statement **out)
{
    struct postgres_connection *connection = db->connection;
    PGconn *handle = connection->handle;
    char what[96];
    struct postgres_statement *statement = mem_alloc(sizeof *statement + (size_t)sql->params * sizeof statement->types[0]);
    *statement = (struct postgres_statement){.sql = sql, .text = sql->text, .only_reads = begins_with(sql->text, STR("SELECT"))};
    struct str name = {0};
    struct arena arena CLEANUP(arena_dispose) = {0};
    if (!connection->is_pooled) name = str_format(&arena, "s%u", ++connection->prepared);
    if (name.len) memcpy(statement->name, name.ptr, name.len);
    struct buf text CLEANUP(buf_dispose) = {0};
    enum err error = db_words_expand(db->driver, sql->name, str_from(sql->text), &text);
    if (error == OK && connection->is_pooled && !(statement->whole = strdup(text.ptr))) log_fatal("out of memory");
    if (error != OK) {
        statement_free(statement);
        return error;
    }
    bool is_sent = PQsendPrepare(handle, statement->name, text.ptr, 0, NULL) && PQsendDescribePrepared(handle, statement->name) && PQpipelineSync(handle);
    PGresult *parsed = is_sent ? take_result(handle) : NULL, *described = parsed ? take_result(handle) : NULL;
    bool is_whole = described && take_sync(handle);
    if (!is_whole) error = postgres_fail(db, describe(what, sql), NULL);
    else if (!is_fine(parsed)) error = postgres_fail(db, describe(what, sql), parsed);
    else if (!is_fine(described)) error = postgres_fail(db, describe(what, sql), described);
    else if (PQnparams(described) != sql->params)
        error = err_set(ERR_INTERNAL, "statement %s: %d parameters in the text, %d declared", sql->name, PQnparams(described), sql->params);
    if (error == OK) meet_types(connection, described);
    for (int i = 0; error == OK && i < sql->params; i++) statement->types[i] = our_type(connection, PQparamtype(described, i));
    for (int i = 0; error == OK && i < PQnfields(described); i++)
        if (!postgres_knows(our_type(connection, PQftype(described, i))))
            error = err_set(ERR_INTERNAL, "statement %s: column %d is of the type %u, which we do not read", sql->name, i + 1, PQftype(described, i));
    PQclear(parsed);
    PQclear(described);
    if (error == OK) *out = statement;
    else statement_free(statement);
    return error;
}

static enum err find_statement(struct db *db, const struct sql *sql, struct postgres_statement **out)
{
    struct postgres_connection *connection = db->connection;
    struct postgres_statement *statement = *bucket_of(connection, sql);
    while (statement && (statement->sql != sql || statement->text != sql->text)) statement = statement->next;
    if (!statement) {
        TRY(prepare(db, sql, &statement));
        struct postgres_statement **bucket = bucket_of(connection, sql);
        statement->next = *bucket;
        *bucket = statement;
    }
    *out = statement;
    return OK;
}

enum err postgres_prepare_check(struct db *db, const struct sql *sql)
{
    struct postgres_statement *statement = NULL;
    TRY(prepare(db, sql, &statement));
    statement_free(statement);
    return OK;
}

static void clear_results(PGresult **results, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        PQclear(results[i]);
        results[i] = NULL;
    }
}

/* Encodes and sends one statement of a round. */
static enum err send_one(struct db *db, const struct db_ask *ask, const struct postgres_statement *statement)
{
    struct postgres_connection *connection = db->connection;
    struct postgres_values encoded;
    struct arena arena CLEANUP(arena_dispose) = {0};
    char what[96];
    TRY(postgres_encode(&arena, ask->sql, statement->types, ask->values, ask->count, &encoded));
    int count = ask->sql->params;
    bool is_sent = statement->whole ? PQsendQueryParams(connection->handle, statement->whole, count, statement->types, encoded.pointers, encoded.lengths, encoded.formats, BINARY)
                                    : PQsendQueryPrepared(connection->handle, statement->name, count, encoded.pointers, encoded.lengths, encoded.formats, BINARY);
    return is_sent ? OK : postgres_fail(db, describe(what, ask->sql), NULL);
}

/* What was sent before a value turned out wrong is still answered: reads it away, so that the next round begins clean. */
static void abandon_round(struct postgres_connection *connection, size_t sent)
{
    PGresult *results[DB_ASKS_MAX] = {0};
    if (!connection->begin_pending && !sent) return;
    if (!finish_round(connection, results, sent)) log_debug("the store: a round that was given up did not end well");
    clear_results(results, DB_ASKS_MAX);
}

/* One round; the results are set when the server answered, whatever it said. */
static enum err run_once(struct db *db, const struct db_ask *asks, size_t count, PGresult **results, bool *may_repeat)
{
    struct postgres_connection *connection = db->connection;
    struct postgres_statement *statements[DB_ASKS_MAX];
    bool only_read = true;
    char what[96];
    *may_repeat = !db->in_transaction || connection->begin_pending; /* up to here nothing is under way */
    for (size_t i = 0; i < count; i++) {
        TRY(find_statement(db, asks[i].sql, &statements[i]));
        only_read &= statements[i]->only_reads;
    }
    *may_repeat &= only_read || db->in_transaction;
    if (!send_begin(connection)) return postgres_fail(db, "begin", NULL);
    for (size_t i = 0; i < count; i++) {
        enum err error = send_one(db, &asks[i], statements[i]);
        if (error == OK) continue;
        struct err_state why;
        err_save(&why);
        abandon_round(connection, i);
        err_restore(&why);
        return error;
    }
    if (finish_round(connection, results, count)) return OK;
    clear_results(results, count);
    return postgres_fail(db, describe(what, asks[0].sql), NULL);
}

/* Whether another process changed a table's columns after the statement was prepared. */
static bool is_outdated(const PGresult *result)
{
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE), *message = PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
    if (!state || !message) return false;
    return (strcmp(state, "0A000") == 0 && strstr(message, "cached plan")) || strcmp(state, "42804") == 0; /* datatype_mismatch */
}

/* The next run prepares anew, and there is one: nothing was done, as when a rival wins. */
static void forget_prepared(struct db *db)
{
    postgres_statements_free(db->connection);
    db->lost_race = true;
}

/* All results are fine, or none is left. */
static enum err run(struct db *db, const struct db_ask *asks, size_t count, PGresult **results)
{
    bool may_repeat = false;
    char what[96];
    enum err error = run_once(db, asks, count, results, &may_repeat);
    if (error != OK && may_repeat && postgres_is_lost(db)) {
        TRY(postgres_reconnect(db));
        error = run_once(db, asks, count, results, &may_repeat);
    }
    TRY(error);
    for (size_t i = 0; i < count; i++) {
        if (is_fine(results[i])) continue;
        error = postgres_fail(db, describe(what, asks[i].sql), results[i]);
        if (is_outdated(results[i])) forget_prepared(db);
        clear_results(results, count);
        return error;
    }
    return OK;
}

enum err postgres_execute(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, int64_t *changed)
{
    PGresult *result = NULL;
    TRY(run(db, &(struct db_ask){sql, values, count, NULL}, 1, &result));
    if (str_to_int(str_from(PQcmdTuples(result)), changed) != OK) *changed = 0;
    PQclear(result);
    return OK;
}

/* ---- cursors ---- */

static void open_cursor(struct db *db, PGresult *result, struct db_rows *rows)
{
    struct postgres_connection *connection = db->connection;
    struct postgres_cursor *cursor = connection->spare;
    connection->spare = NULL;
    if (!cursor) {
        cursor = mem_alloc(sizeof *cursor);
        arena_init(&cursor->arena);
    }
    cursor->result = result;
    cursor->row = -1;
    connection->open_cursors++;
    rows->cursor = cursor;
    rows->columns = PQnfields(result);
}

enum err postgres_query_all(struct db *db, const struct db_ask *asks, size_t count)
{
    PGresult *results[DB_ASKS_MAX] = {0};
    TRY(run(db, asks, count, results));
    for (size_t i = 0; i < count; i++) open_cursor(db, results[i], asks[i].rows);
    return OK;
}

enum err postgres_query(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, struct db_rows *rows)
{
    return postgres_query_all(db, &(struct db_ask){sql, values, count, rows}, 1);
}

bool postgres_next(struct db_rows *rows)
{
    struct postgres_cursor *cursor = rows->cursor;
    if (cursor->arena.total) arena_reset(&cursor->arena);
    if (cursor->row + 1 >= PQntuples(cursor->result)) return false;
    cursor->row++;
    return true;
}

void postgres_close_rows(struct db_rows *rows)
{
    struct postgres_connection *connection = rows->db->connection;
    struct postgres_cursor *cursor = rows->cursor;
    PQclear(cursor->result);
    cursor->result = NULL;
    arena_reset(&cursor->arena);
    connection->open_cursors--;
    if (!connection->spare) {
        connection->spare = cursor;
        return;
    }
    arena_dispose(&cursor->arena);
    free(cursor);
}

static const char *bytes_of(const struct db_rows *rows, int column, int *len)
{
    const struct postgres_cursor *cursor = rows->cursor;
    *len = PQgetlength(cursor->result, cursor->row, column);
    return PQgetvalue(cursor->result, cursor->row, column);
}

static Oid type_of(const struct db_rows *rows, int column)
{
    const struct postgres_cursor *cursor = rows->cursor;
    return our_type(rows->db->connection, PQftype(cursor->result, column));
}

bool postgres_col_is_null(const struct db_rows *rows, int column)
{
    const struct postgres_cursor *cursor = rows->cursor;
    return PQgetisnull(cursor->result, cursor->row, column);
}

int64_t postgres_col_int(const struct db_rows *rows, int column)
{
    int len;
    const char *bytes = bytes_of(rows, column, &len);
    return postgres_col_is_null(rows, column) ? 0 : postgres_decode_int(type_of(rows, column), bytes, len);
}

double postgres_col_real(const struct db_rows *rows, int column)
{
    int len;
    const char *bytes = bytes_of(rows, column, &len);
    return postgres_col_is_null(rows, column) ? 0 : postgres_decode_real(type_of(rows, column), bytes, len);
}

struct str postgres_col_view(const struct db_rows *rows, int column)
{
    struct postgres_cursor *cursor = rows->cursor;
    int len;
    const char *bytes = bytes_of(rows, column, &len);
    return postgres_col_is_null(rows, column) ? STR("") : postgres_decode_text(&cursor->arena, type_of(rows, column), bytes, len);
}
