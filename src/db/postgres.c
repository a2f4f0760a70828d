/* The PostgreSQL driver: connections, transactions, errors. Statements and cursors are in postgres_statement.c, values in postgres_value.c.
 *
 * The URL is libpq's own, with TLS, several hosts, and every other setting that it knows. What it leaves open gets our defaults: a
 * connection is made within 5 s, a dead peer is noticed within 15 s. A statement runs for 30 s at most and waits 10 s for a lock; a transaction that
 * its program forgot is ended after a minute.
 *
 * Behind a pooler that gives each transaction another server process (PgBouncer's transaction mode) nothing may be left on the connection:
 * statements are sent whole each time, with the types that the server told once, and the timeouts are the role's.
 *
 * BEGIN costs no round of its own: it goes with the first statement of the transaction, and a transaction without statements never
 * reaches the server. Transactions are serializable; lone statements see what is committed.
 */
#include "db/postgres.h"
#include "base/config.h"
#include "base/log.h"
#include "db/archive.h"
#include "db/bulk.h"
#include <assert.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>

#define MIGRATION_LOCK "7300117284613505" /* of advisory locks: a number nobody else would choose */

static const struct db_word words[] = {
    {STR_INIT("uuid"), STR_INIT("UUID")},
    {STR_INIT("time"), STR_INIT("TIMESTAMPTZ")},
    {STR_INIT("bool"), STR_INIT("BOOLEAN")},
    {STR_INIT("json"), STR_INIT("JSONB")},
    {STR_INIT("int"), STR_INIT("BIGINT")},
    {STR_INIT("real"), STR_INIT("DOUBLE PRECISION")},
    {STR_INIT("text"), STR_INIT("TEXT")},
    {STR_INIT("blob"), STR_INIT("BYTEA")},
    {STR_INIT("vector"), STR_INIT("BYTEA")},
    {STR_INIT("now"), STR_INIT("now()")},
    {STR_INIT("table"), STR_INIT("")},
    {STR_INIT("clustered"), STR_INIT("")},
    {STR_INIT("skip_locked"), STR_INIT("FOR UPDATE SKIP LOCKED")},
    {STR_INIT("each"), STR_INIT("jsonb_array_elements")},
    {STR_INIT("member"), STR_INIT("->>")},
};

/* What a request reads are a few rows of one person, by an index and mostly in memory: a random page costs about what the next one does, while the server's
 * default for disks (4) makes it read small tables whole, which took twice the CPU time.
 * A process that is stopped or frozen within a transaction holds what others wait for (10 s, lock_timeout): its transaction is undone by then. What rests
 * rightly, since the other end is slow, says so for itself (postgres_bulk.c). */
static const char settings[] = "SET random_page_cost = 1.1; SET statement_timeout = '30s'; SET lock_timeout = '10s'; SET idle_in_transaction_session_timeout = '10s'; "
                               "SET standard_conforming_strings = on; SET client_min_messages = warning";

/* ---- errors ---- */

/* "Key (user_id, skill_id)=(…) already exists." with table "user_skills" gives "user_skills.user_id, user_skills.skill_id", as SQLite
 * names it. */
static void name_columns(struct db *db, struct str table, struct str detail)
{
    size_t open = str_find(detail, STR("Key ("), 0), end = str_find(detail, STR(")=("), 0);
    if (open == STR_NPOS || end == STR_NPOS) return;
    struct str rest = str_slice(detail, open + 5, end), column;
    size_t at = 0, space = sizeof db->constraint - 1;
    while (str_split_next(&rest, ',', &column)) {
        column = str_trim(column);
        struct str parts[] = {at ? STR(", ") : STR(""), table, STR("."), column};
        for (size_t i = 0; i < COUNT_OF(parts); i++) {
            size_t len = parts[i].len < space - at ? parts[i].len : space - at;
            memcpy(db->constraint + at, parts[i].ptr, len);
            at += len;
        }
    }
    db->constraint[at] = 0;
}

static void copy_name(struct db *db, const char *name)
{
    size_t len = name ? strnlen(name, sizeof db->constraint - 1) : 0;
    if (len) memcpy(db->constraint, name, len);
    db->constraint[len] = 0;
}

static void note_constraint(struct db *db, const PGresult *result, const char *state)
{
    const char *table = PQresultErrorField(result, PG_DIAG_TABLE_NAME), *detail = PQresultErrorField(result, PG_DIAG_MESSAGE_DETAIL);
    copy_name(db, PQresultErrorField(result, PG_DIAG_CONSTRAINT_NAME));
    if (strcmp(state, "23503") == 0) copy_name(db, "foreign key");
    else if (strcmp(state, "23514") == 0) copy_name(db, "check");
    else if (strcmp(state, "23505") == 0 && table && detail) name_columns(db, str_from(table), str_from(detail));
}

/* The first line: what follows may quote values. */
static struct str first_line(const char *message)
{
    struct str text = str_from(message ? message : "");
    return str_slice(text, 0, str_find_char(text, '\n', 0));
}

static bool has_class(const char *state, const char *class) { return strncmp(state, class, 2) == 0; }

enum err postgres_fail(struct db *db, const char *what, const PGresult *result)
{
    struct postgres_connection *connection = db->connection;
    if (!result || PQresultStatus(result) == PGRES_PIPELINE_ABORTED) {
        struct str reason = first_line(PQerrorMessage(connection->handle));
        return err_set_private(ERR_UNAVAILABLE, DB_AWAY_WORDS, "%s: the connection to the store is lost: %.*s", what, STR_ARG(reason));
    }
    const char *state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
    db->lost_race = state && (strcmp(state, "40001") == 0 || strcmp(state, "40P01") == 0); /* serialization_failure, deadlock_detected */
    struct str reason = first_line(PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY));
    if (!state) state = "XX000";
    if (has_class(state, "22")) reason = STR("a value is not what its type takes"); /* the server quotes the value */
    if (has_class(state, "23") && strcmp(state, "23502") != 0) {
        note_constraint(db, result, state);
        return err_set_private(ERR_CONFLICT, DB_CONFLICT_WORDS, "%s: %.*s", what, STR_ARG(reason));
    }
    if (strcmp(state, "25006") == 0) connection->is_left_behind = true; /* read_only_sql_transaction */
    if (strcmp(state, "53100") == 0) return err_set_private(ERR_UNAVAILABLE, DB_FULL_WORDS, "%s: %.*s", what, STR_ARG(reason));
    if (has_class(state, "40") || has_class(state, "08") || has_class(state, "53") || has_class(state, "57") || strcmp(state, "55P03") == 0 ||
        strcmp(state, "25006") == 0)
        return err_set_private(ERR_UNAVAILABLE, DB_AWAY_WORDS, "%s: %.*s (%s)", what, STR_ARG(reason), state);
    if (has_class(state, "54")) return err_set_private(ERR_TOO_LARGE, "That is too large to be stored.", "%s: %.*s", what, STR_ARG(reason));
    return err_set(ERR_INTERNAL, "%s: %.*s (%s)", what, STR_ARG(reason), state);
}

/* ---- connections ---- */

/* A password with a special character can be read as a host or port, and libpq's own messages would quote it: what is wrong is told without. */
static bool is_readable(const char *url)
{
    char *message = NULL;
    PQconninfoOption *options = PQconninfoParse(url, &message);
    bool is_fine = options != NULL;
    for (PQconninfoOption *option = options; is_fine && option->keyword; option++)
        if (option->val && strcmp(option->keyword, "port") == 0) is_fine = strspn(option->val, "0123456789,") == strlen(option->val);
    PQconninfoFree(options);
    PQfreemem(message);
    return is_fine;
}

static bool is_setting(struct str name)
{
    PQconninfoOption *options = PQconndefaults();
    bool is_known = str_equal(name, STR("ssl")); /* libpq takes ssl=true for sslmode=require */
    for (const PQconninfoOption *option = options; !is_known && option && option->keyword; option++) is_known = str_equal(name, str_from(option->keyword));
    PQconninfoFree(options);
    return is_known;
}

static bool is_plain_name(struct str name)
{
    for (size_t i = 0; i < name.len; i++)
        if (name.ptr[i] != '_' && (name.ptr[i] < 'a' || name.ptr[i] > 'z')) return false;
    return name.len > 0 && name.len <= 40;
}

/* The first setting behind the "?" that libpq does not know, "" when there is none. Only what stands behind the last "@" is looked at, and only
 * plain names are told: nothing of a password. */
static struct str unknown_setting(struct str url)
{
    struct str pair;
    size_t host = 0;
    for (size_t at = 0; (at = str_find_char(url, '@', at)) != STR_NPOS; at++) host = at;
    size_t question = str_find_char(url, '?', host);
    struct str rest = question == STR_NPOS ? STR("") : str_slice(url, question + 1, url.len);
    while (rest.len && str_split_next(&rest, '&', &pair)) {
        struct str name = str_slice(pair, 0, str_find_char(pair, '=', 0));
        if (is_plain_name(name) && !is_setting(name)) return name;
    }
    return STR("");
}

static enum err refuse_url(const char *url)
{
    struct str setting = unknown_setting(str_from(url));
    if (setting.len) return err_set(ERR_INVALID, "DATABASE_URL has \"%.*s\" behind the question mark, which is no setting of PostgreSQL's", STR_ARG(setting));
    return err_set(ERR_INVALID, "DATABASE_URL is no URL of PostgreSQL: postgres://user:password@host/database, special characters in it as %%XX");
}

static enum err store_open(const char *where, bool read_only, void **shared)
{
    if (!is_readable(where)) return refuse_url(where);
    struct postgres_store *store = mem_alloc(sizeof *store);
    store->read_only = read_only;
    store->url = strdup(where);
    if (!store->url) log_fatal("out of memory");
    *shared = store;
    return OK;
}

static void store_close(void *shared)
{
    struct postgres_store *store = shared;
    postgres_listen_stop(store);
    free(store->url);
    free(store);
}

/* Runs text outside the pipeline mode; the connection is idle. */
static enum err run_text(struct db *db, const char *what, const char *text)
{
    struct postgres_connection *connection = db->connection;
    if (!PQexitPipelineMode(connection->handle)) return postgres_fail(db, what, NULL);
    PGresult *result = PQexec(connection->handle, text);
    ExecStatusType status = PQresultStatus(result);
    enum err error = status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK ? OK : postgres_fail(db, what, PQstatus(connection->handle) == CONNECTION_OK ? result : NULL);
    PQclear(result);
    if (!PQenterPipelineMode(connection->handle) && error == OK) error = postgres_fail(db, what, NULL);
    return error;
}

static void ignore_notice(void *argument, const char *message)
{
    (void)argument;
    struct str line = first_line(message);
    log_debug("store: %.*s", STR_ARG(line));
}

PGconn *postgres_connect(const char *url)
{
    const char *const names[] = {"connect_timeout", "keepalives_idle", "tcp_user_timeout", "application_name", "client_encoding", "dbname", NULL};
    const char *const values[] = {"5", "30", "15000", "careerprep", "UTF8", url, NULL};
    return PQconnectdbParams(names, values, 1); /* what the URL says comes last and counts */
}

bool postgres_is_pooled(PGconn *handle)
{
    PGresult *result = PQexec(handle, "SELECT pg_backend_pid()");
    int64_t process = 0;
    bool is_told = PQresultStatus(result) == PGRES_TUPLES_OK && str_to_int(str_from(PQgetvalue(result, 0, 0)), &process) == OK;
    PQclear(result);
    return is_told && process != PQbackendPID(handle);
}

/* A setting made through a pooler would stay with a server process and meet others: there the role has to have it (remarks). */
static enum err prepare_handle(struct db *db)
{
    const struct postgres_store *store = db->shared;
    struct postgres_connection *connection = db->connection;
    connection->is_pooled = postgres_is_pooled(connection->handle);
    if (!PQenterPipelineMode(connection->handle)) return postgres_fail(db, "opening", NULL);
    if (connection->is_pooled) return OK;
    TRY(run_text(db, "opening", settings));
    return store->read_only ? run_text(db, "opening", "SET default_transaction_read_only = on") : OK;
}

static enum err open_handle(struct db *db)
{
    struct postgres_store *store = db->shared;
    struct postgres_connection *connection = db->connection;
    connection->handle = postgres_connect(store->url);
    if (PQstatus(connection->handle) != CONNECTION_OK) {
        struct str reason = first_line(PQerrorMessage(connection->handle));
        return err_set_private(ERR_UNAVAILABLE, DB_AWAY_WORDS, "the store cannot be reached: %.*s", STR_ARG(reason));
    }
    PQsetNoticeProcessor(connection->handle, ignore_notice, NULL);
    const char *version = PQparameterStatus(connection->handle, "server_version");
    struct str text = str_from(version ? version : "?");
    struct str number = str_slice(text, 0, str_find_char(text, ' ', 0));
    size_t len = number.len < 30 ? number.len : 30;
    memcpy(connection->version, "PostgreSQL ", 11);
    memcpy(connection->version + 11, number.ptr, len);
    connection->version[11 + len] = 0;
    return prepare_handle(db);
}

static void connection_close(struct db *db)
{
    struct postgres_connection *connection = db->connection;
    postgres_statements_free(connection);
    PQfinish(connection->handle);
    free(connection);
    db->connection = NULL;
}

static enum err connection_open(struct db *db)
{
    db->connection = mem_alloc(sizeof(struct postgres_connection));
    enum err error = open_handle(db);
    if (error != OK) connection_close(db);
    return error;
}

bool postgres_is_lost(const struct db *db)
{
    const struct postgres_connection *connection = db->connection;
    return PQstatus(connection->handle) != CONNECTION_OK;
}

enum err postgres_reconnect(struct db *db)
{
    struct postgres_connection *connection = db->connection;
    log_warn("the connection to the store was lost and is opened again");
    postgres_statements_free(connection);
    PQfinish(connection->handle);
    connection->handle = NULL;
    return open_handle(db);
}

static bool connection_is_usable(struct db *db)
{
    struct postgres_connection *connection = db->connection;
    assert(connection->open_cursors == 0);
    connection->begin_pending = false;
    return !connection->is_left_behind && PQstatus(connection->handle) == CONNECTION_OK && PQtransactionStatus(connection->handle) == PQTRANS_IDLE;
}

/* ---- transactions ---- */

static const struct sql commit_sql = {"commit", "COMMIT", 0};
static const struct sql rollback_sql = {"rollback", "ROLLBACK", 0};
static const struct sql lock_sql = {"migration_lock", "SELECT 1 FROM (SELECT pg_advisory_xact_lock(" MIGRATION_LOCK ")) AS locked", 0};

static enum err begin(struct db *db)
{
    struct postgres_connection *connection = db->connection;
    connection->begin_pending = true;
    connection->begin_text = "BEGIN ISOLATION LEVEL SERIALIZABLE";
    return OK;
}

static enum err commit(struct db *db)
{
    struct postgres_connection *connection = db->connection;
    int64_t changed = 0;
    if (connection->begin_pending) {
        connection->begin_pending = false; /* nothing was done */
        return OK;
    }
    return postgres_execute(db, &commit_sql, NULL, 0, &changed);
}

static void rollback(struct db *db)
{
    struct postgres_connection *connection = db->connection;
    int64_t changed = 0;
    bool is_open = !connection->begin_pending;
    connection->begin_pending = false;
    if (!is_open || PQstatus(connection->handle) != CONNECTION_OK || PQtransactionStatus(connection->handle) == PQTRANS_IDLE) return;
    if (postgres_execute(db, &rollback_sql, NULL, 0, &changed) != OK) log_warn("%s", err_detail());
}

static const struct sql notify_sql = {"notify", "SELECT 1 FROM (SELECT pg_notify('" POSTGRES_CHANNEL "', $1)) AS told", 1};

static enum err notify(struct db *db, struct str message)
{
    int64_t changed = 0;
    return postgres_execute(db, &notify_sql, DB_ARGS(db_text(message)), &changed);
}

static enum err script(struct db *db, const char *text)
{
    struct postgres_connection *connection = db->connection;
    if (connection->begin_pending) {
        connection->begin_pending = false;
        TRY(run_text(db, "begin", connection->begin_text));
    }
    return run_text(db, "script", text);
}

/* Who waited must see what the others did meanwhile: no snapshot from before the wait. */
static enum err lock_schema(struct db *db)
{
    struct postgres_connection *connection = db->connection;
    int64_t changed = 0;
    connection->begin_text = "BEGIN";
    return postgres_execute(db, &lock_sql, NULL, 0, &changed);
}

static const char *version(const struct db *db)
{
    const struct postgres_connection *connection = db->connection;
    return connection->version;
}

static bool is_deaf(const void *shared)
{
    const struct postgres_store *store = shared;
    return atomic_load(&store->is_deaf);
}

static const struct sql remarks_sql = {"remarks",
                                       "SELECT current_setting('statement_timeout') = '0' OR current_setting('lock_timeout') = '0' OR "
                                       "current_setting('idle_in_transaction_session_timeout') = '0', "
                                       "CAST(datctype AS TEXT), CAST(datcollate AS TEXT), CAST(pg_encoding_to_char(encoding) AS TEXT) FROM pg_database WHERE datname = current_database()",
                                       0};

static bool is_plain(struct str locale) { return str_equal(locale, STR("C")) || str_equal(locale, STR("POSIX")); }

static enum err remarks(struct db *db, struct buf *out)
{
    const struct postgres_connection *connection = db->connection;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(db, &remarks_sql, DB_NO_ARGS, &rows));
    if (connection->is_pooled) {
        buf_append_format(out, " Behind a pooler: processes hear of each other %s.",
                          config_is_set(CONFIG_DATABASE_LISTEN_URL) ? "through DATABASE_LISTEN_URL" : "only by looking every few seconds; DATABASE_LISTEN_URL can lead past it");
        if (db_col_bool(&rows, 0))
            buf_append_format(out, " Nothing ends a statement that hangs, or a transaction whose process does: ALTER ROLE … SET statement_timeout = '30s', "
                                   "lock_timeout = '10s' and idle_in_transaction_session_timeout = '10s'.");
    }
    struct str letters = db_col_view(&rows, 1), order = db_col_view(&rows, 2), encoding = db_col_view(&rows, 3);
    if (!str_equal(encoding, STR("UTF8"))) buf_append_format(out, " The database has the encoding %.*s and cannot keep every text: it should be UTF8.", STR_ARG(encoding));
    if (is_plain(letters)) buf_append_format(out, " The database was made with the locale %.*s: searches mind the case of letters beyond A to Z.", STR_ARG(letters));
    if (!is_plain(order) && !str_starts(order, STR("C.")))
        buf_append_format(out, " Text is sorted as %.*s does, not by code point as elsewhere; a database for Career Prep is best made with LOCALE 'C.UTF-8'.", STR_ARG(order));
    return OK;
}

const struct db_driver db_postgres_driver = {
    .name = "PostgreSQL",
    .is_shared = true,
    .bulk = &bulk_postgres_driver,
    .words = words,
    .words_count = COUNT_OF(words),
    .pool_open = store_open,
    .pool_close = store_close,
    .open = connection_open,
    .close = connection_close,
    .is_usable = connection_is_usable,
    .execute = postgres_execute,
    .query = postgres_query,
    .query_all = postgres_query_all,
    .next = postgres_next,
    .close_rows = postgres_close_rows,
    .col_is_null = postgres_col_is_null,
    .col_int = postgres_col_int,
    .col_real = postgres_col_real,
    .col_time = postgres_col_int,
    .col_view = postgres_col_view,
    .begin = begin,
    .commit = commit,
    .rollback = rollback,
    .notify = notify,
    .listen = postgres_listen,
    .script = script,
    .lock_schema = lock_schema,
    .schema_columns = &postgres_schema_columns,
    .schema_references = &postgres_schema_references,
    .schema_has_table = &postgres_schema_has_table,
    .prepare_check = postgres_prepare_check,
    .vectors_prepare = postgres_vectors_prepare,
    .vectors_plan = postgres_vectors_plan,
    .vector_index = postgres_vector_index,
    .nearest = postgres_nearest,
    .vector_describe = postgres_vector_describe,
    .backup = archive_write,
    .restore = archive_load,
    .version = version,
    .remarks = remarks,
    .is_deaf = is_deaf,
};
