/* Shared by the files of the PostgreSQL driver. Private to src/db. */
#pragma once
#include "base/arena.h"
#include "db/driver.h"
#include <libpq-fe.h>
#include <stdatomic.h>

#define STATEMENT_BUCKETS 64

/* What all connections of a pool share: the URL, with everything that libpq understands in it. */
struct postgres_listener;
struct postgres_store {
    char *url;
    bool read_only;
    enum { VECTORS_UNKNOWN, VECTORS_SCANNED, VECTORS_NATIVE } _Atomic vectors; /* how they are searched */
    struct postgres_listener *listener; /* NULL: nobody listens */
    atomic_bool is_deaf;                /* a pooler stands between: what is told cannot be heard */
};

/* The channel of NOTIFY, as an expression: of the schema alone, since a database may hold several stores, and a note names jobs by their numbers. */
#define POSTGRES_CHANNEL "CASE current_schema() WHEN 'public' THEN 'careerprep' ELSE 'careerprep_' || md5(CAST(current_schema() AS TEXT)) END"
/* Of advisory locks: shared by whoever serves this schema, and alone whoever copies a store into it. */
#define POSTGRES_SERVED_LOCK "73001172, hashtext(CAST(current_schema() AS TEXT))"

/* pgvector's type has another number in each database; here it goes by this one, which is no type's. */
#define POSTGRES_TYPE_VECTOR 1

struct postgres_statement;
struct postgres_cursor;
struct postgres_connection {
    PGconn *handle; /* always in pipeline mode, except while a script runs */
    struct postgres_statement *buckets[STATEMENT_BUCKETS]; /* prepared statements by address of their struct sql */
    struct postgres_cursor *spare; /* a closed cursor, kept for the next query */
    unsigned prepared; /* statements so far: their names */
    size_t open_cursors;
    bool is_left_behind; /* its server does not take writes any more: another one does, after a fail-over */
    bool is_pooled; /* a pooler stands between: another server process for each transaction, so nothing can be prepared on it */
    const char *begin_text; /* BEGIN, with the isolation level */
    const char *begin_also; /* sent after it; NULL: nothing */
    Oid vector; /* the number of pgvector's type in this database; 0: not met yet */
    bool begin_pending; /* a transaction was begun and nothing sent yet: BEGIN goes with its first statement */
    char version[48];
};

/* ---- postgres.c ---- */

/* Turns a failed result (NULL: the connection failed) into our error; `what` says what was done ("statement skill_list"). */
enum err postgres_fail(struct db *db, const char *what, const PGresult *result);
/* Opens the connection anew after it was lost: nothing that was prepared on it is left. ERR_UNAVAILABLE. */
enum err postgres_reconnect(struct db *db) MUST_CHECK;
bool postgres_is_lost(const struct db *db);
/* A connection with our defaults for what the URL leaves open; look at its status. */
PGconn *postgres_connect(const char *url);
/* Whether the connection leads to a pooler: the server process that answers is not the one the connection was made to. Outside the pipeline mode. */
bool postgres_is_pooled(PGconn *handle);

/* ---- postgres_bulk.c is reached through db/bulk.h ---- */

/* ---- postgres_listen.c ---- */

enum err postgres_listen(void *shared, const char *url, void (*heard)(void *argument, struct str message), void *argument) MUST_CHECK;
void postgres_listen_stop(struct postgres_store *store);
bool postgres_hint(void *shared, struct str message);

/* ---- postgres_statement.c ---- */

void postgres_statements_free(struct postgres_connection *connection);
enum err postgres_execute(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, int64_t *changed) MUST_CHECK;
enum err postgres_query(struct db *db, const struct sql *sql, const struct db_value *values, size_t count, struct db_rows *rows) MUST_CHECK;
enum err postgres_query_all(struct db *db, const struct db_ask *asks, size_t count) MUST_CHECK;
enum err postgres_prepare_check(struct db *db, const struct sql *sql) MUST_CHECK;
bool postgres_next(struct db_rows *rows);
void postgres_close_rows(struct db_rows *rows);
bool postgres_col_is_null(const struct db_rows *rows, int column);
int64_t postgres_col_int(const struct db_rows *rows, int column);
double postgres_col_real(const struct db_rows *rows, int column);
struct str postgres_col_view(const struct db_rows *rows, int column);

/* ---- postgres_schema.c ---- */

extern const struct sql postgres_schema_columns, postgres_schema_references, postgres_schema_has_table;

/* ---- postgres_vectors.c: what driver.h says of vectors ---- */

enum err postgres_vectors_prepare(struct db *db) MUST_CHECK;
enum err postgres_vectors_plan(struct db *db, struct buf *out) MUST_CHECK;
enum err postgres_vector_index(struct db *db, size_t dimensions) MUST_CHECK;
enum err postgres_nearest(struct db *db, struct arena *arena, const struct vector_query *query, struct vector_best *best, bool *is_done) MUST_CHECK;
enum err postgres_vector_describe(struct db *db, struct arena *arena, struct str *words, bool *is_native) MUST_CHECK;

/* ---- postgres_value.c: the binary formats, by the server's type (pg_type.h) ---- */

struct postgres_values {
    const char *pointers[100];
    int lengths[100];
    int formats[100];
};

/* Encodes the values for parameters of these types. What is made lives in the arena; texts stay where they are. ERR_NOT_FOUND for a text that is
 * no id: nothing has it; ERR_INTERNAL for a value that does not fit its type. */
enum err postgres_encode(struct arena *arena, const struct sql *sql, const Oid *types, const struct db_value *values, size_t count,
                         struct postgres_values *out) MUST_CHECK;
/* Whether values of this type can be read and written here. */
bool postgres_knows(Oid type);
/* Integers, booleans, and times as microseconds since 1970. */
int64_t postgres_decode_int(Oid type, const char *bytes, int len);
double postgres_decode_real(Oid type, const char *bytes, int len);
/* The text of a value: where it stands, or made in the arena (a uuid, the floats of a vector). */
struct str postgres_decode_text(struct arena *arena, Oid type, const char *bytes, int len);
