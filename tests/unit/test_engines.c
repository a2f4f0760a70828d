/* Two engines, one truth: the same few thousand random operations on SQLite and on PostgreSQL give the same rows, the same errors and the same
 * tables in the end.
 *
 * Every named statement of the program takes part (statements.h), with values of the types that PostgreSQL says its parameters have, drawn from
 * small pools, so that keys meet: the ids of people are the ids of everything else, too. Operations run alone or in transactions that are
 * committed or rolled back. TEST_SEED and TEST_OPERATIONS change what is drawn; a failure names the seed, the operation and the values.
 */
#include "statements.h"
#include "base/buf.h"
#include "db/driver.h"
#include "test.h"
#include "test_store.h"

#include <jansson.h>
#include <libpq-fe.h>

enum oid { OID_BOOL = 16, OID_BYTEA = 17, OID_INT8 = 20, OID_INT2 = 21, OID_INT4 = 23, OID_FLOAT8 = 701, OID_TIMESTAMPTZ = 1184, OID_UUID = 2950, OID_JSONB = 3802 };

#define PARAMS_MAX 40
#define STATEMENTS_MAX 1000

struct statement {
    const struct sql *sql;
    Oid params[PARAMS_MAX];
    Oid columns[PARAMS_MAX * 2];
    size_t runs, fine;
};

static struct statement statements[STATEMENTS_MAX];
static size_t statements_count;
static struct test_store sqlite, postgres;
static uint64_t random_state;

static uint64_t draw(uint64_t below)
{
    random_state ^= random_state << 13;
    random_state ^= random_state >> 7;
    random_state ^= random_state << 17;
    return random_state % below;
}

/* ---- values ---- */

static const char *const ids[] = {
    "0190a1b2-0000-7000-8000-000000000001", "0190a1b2-0000-7000-8000-000000000002", "0190a1b2-0000-7000-8000-000000000003",
    "0190a1b2-0000-7000-8000-000000000004", "0190a1b2-0000-7000-8000-000000000005", "not an id at all, but a text of 36 ch",
};

/* What the schema's checks and the statements ask for, and what nobody expects. */
static const char *const texts[] = {
    "", "member", "admin", "python", "sql", "ready", "processing", "failed", "open", "accepted", "dismissed", "summary", "skills", "user", "assistant",
    "active", "archived", "completed", "in_progress", "planned", "pending", "done", "queued", "running", "dead", "saved", "applied", "beginner", "expert",
    "learn", "prove", "live_coding", "interview", "resume", "ada", "ada@example.org", "bob@example.org", "2026-03", "2026-03-12", "EUR", "adzuna", "Ada",
    "O'Hara \"; DROP TABLE users; --", "100%_\\ sure", "Zürich", "ZÜRICH", "ŁÓDŹ", "Ärztin", "%ärzt%", "%zürich%", "\xF0\x9F\x9A\x80 to the moon", "\xC3\x9F", "ADA", "%", "_", "0", "1",
    "a line\nand another", "interview.analyze", "draft", "rejected", "cover_letter", "declined", "text", "voice", "claim", "local",
};

static const char *const documents[] = {"{}", "[]", "null", "{\"b\": 1, \"a\": [true, null, 1.5]}", "[\"python\", \"sql\"]", "{\"text\": \"\\u00fc \\\"quoted\\\"\"}", "\"word\""};
static const char *const lists[] = {"[]", "[{}]", "[{\"id\": \"0190a1b2-0000-7000-8000-000000000001\", \"skill\": \"sql\", \"level\": \"expert\", \"status\": \"accepted\"}]",
                                    "[{\"position\": 0, \"budget\": \"ai\", \"period\": \"day\", \"name\": \"2026-11-28\", \"next\": \"2026-11-29\", \"amount\": 3, \"limit\": 7}]"};
static const char *const id_lists[] = {"[]", "[\"0190a1b2-0000-7000-8000-000000000001\", \"0190a1b2-0000-7000-8000-000000000002\"]"};
static const int64_t times[] = {0, 1, INT64_C(1773307800000000), INT64_C(1773307800000001), INT64_C(1773394200123456), INT64_C(1804930200000000)};
static const int64_t numbers[] = {0, 1, 2, 3, 5, 40, 100, -1, 2026, 1000000};
static const double reals[] = {0, 0.25, 0.5, 0.75, 1, -1.5, 1e-9, 12345.678};

#define ONE_OF(list) (list)[draw(COUNT_OF(list))]

#define FIRST_OF_EXTENSIONS 16384 /* the only one is pgvector's */

static struct db_value value_of(Oid type)
{
    static const float floats[] = {1, -0.5f, 0.25f};
    if (draw(25) == 0) return db_null();
    if (type >= FIRST_OF_EXTENSIONS) return db_vector(floats, COUNT_OF(floats));
    switch (type) {
    case OID_BOOL: return db_bool(draw(2));
    case OID_INT2:
    case OID_INT4:
    case OID_INT8: return db_int(ONE_OF(numbers));
    case OID_FLOAT8: return db_real(ONE_OF(reals));
    case OID_TIMESTAMPTZ: return db_time(ONE_OF(times));
    case OID_UUID: return db_uuid(str_from(ids[draw(draw(30) ? COUNT_OF(ids) - 1 : COUNT_OF(ids))]));
    case OID_JSONB: return db_json(str_from(ONE_OF(documents)));
    case OID_BYTEA: return db_blob((struct str){"\0\x01'\xff", 4});
    default: return db_text(str_from(ONE_OF(texts)));
    }
}

/* ---- what a run gave, as lines of text that can be compared ---- */

struct outcome {
    enum err error;
    char constraint[256], detail[300];
    int64_t changed;
    struct str *lines;
    size_t count;
};

static void put_document(struct buf *line, struct str text)
{
    json_t *document = json_loadb(text.ptr, text.len, JSON_DECODE_ANY, NULL);
    char *canonical = document ? json_dumps(document, JSON_SORT_KEYS | JSON_COMPACT | JSON_ENCODE_ANY) : NULL;
    buf_append_format(line, "%s|", canonical ? canonical : "(no JSON)");
    free(canonical);
    json_decref(document);
}

static void put_column(struct buf *line, const struct db_rows *rows, int column, Oid type)
{
    if (db_col_is_null(rows, column)) {
        buf_append_str(line, STR("NULL|"));
        return;
    }
    switch (type) {
    case OID_BOOL:
    case OID_INT2:
    case OID_INT4:
    case OID_INT8: buf_append_format(line, "%" PRId64 "|", db_col_int(rows, column)); break;
    case OID_TIMESTAMPTZ: buf_append_format(line, "%" PRId64 "us|", db_col_time(rows, column)); break;
    case OID_FLOAT8: buf_append_format(line, "%.12g|", db_col_real(rows, column)); break;
    case OID_JSONB: put_document(line, db_col_view(rows, column)); break;
    default: {
        struct str text = db_col_view(rows, column);
        buf_append_format(line, "'%.*s'|", STR_ARG(text));
    }
    }
}

#define LINES_MAX 5000

static void run(struct db *db, struct arena *arena, const struct sql *sql, const Oid *columns, const struct db_value *values, struct outcome *outcome)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    *outcome = (struct outcome){.lines = arena_array(arena, struct str, LINES_MAX)};
    outcome->error = db_query(db, sql, values, (size_t)sql->params, &rows);
    while (outcome->error == OK && outcome->count < LINES_MAX && db_next(&rows)) {
        struct buf line CLEANUP(buf_dispose) = {0};
        for (int i = 0; i < rows.columns; i++) put_column(&line, &rows, i, columns[i]);
        outcome->lines[outcome->count++] = str_copy(arena, buf_str(&line));
    }
    if (outcome->error == OK) outcome->error = db_rows_result(&rows);
    if (outcome->error != OK) snprintf(outcome->detail, sizeof outcome->detail, "%s", err_detail());
    if (outcome->error == ERR_CONFLICT) snprintf(outcome->constraint, sizeof outcome->constraint, "%s", db_constraint(db));
}

static int compare_lines(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

static void sort_lines(struct outcome *outcome) { qsort(outcome->lines, outcome->count, sizeof *outcome->lines, compare_lines); }

static bool same_lines(const struct outcome *a, const struct outcome *b)
{
    if (a->count != b->count) return false;
    for (size_t i = 0; i < a->count; i++)
        if (!str_equal(a->lines[i], b->lines[i])) return false;
    return true;
}

static void show(const char *engine, const struct outcome *outcome)
{
    printf("  %s: %s %s, %zu rows %s\n", engine, err_name(outcome->error), outcome->constraint, outcome->count, outcome->detail);
    for (size_t i = 0; i < outcome->count && i < 8; i++) printf("    %.*s\n", STR_ARG(outcome->lines[i]));
}

static void show_values(const struct sql *sql, const struct db_value *values)
{
    printf("  %s\n ", sql->text);
    for (int i = 0; i < sql->params; i++) {
        const struct db_value *v = &values[i];
        if (v->type == DB_NULL) printf(" $%d=NULL", i + 1);
        else if (v->type == DB_REAL) printf(" $%d=%g", i + 1, v->real);
        else if (v->type == DB_INT || v->type == DB_BOOL || v->type == DB_TIME) printf(" $%d=%" PRId64, i + 1, v->integer);
        else printf(" $%d='%.*s'", i + 1, STR_ARG(v->text));
    }
    putchar('\n');
}

/* ---- the statements and their types ---- */

static bool describe(PGconn *server, struct statement *statement)
{
    struct buf text CLEANUP(buf_dispose) = {0};
    if (db_words_expand(&db_postgres_driver, statement->sql->name, str_from(statement->sql->text), &text) != OK) return false;
    PGresult *prepared = PQprepare(server, "", text.ptr, 0, NULL), *described = PQdescribePrepared(server, "");
    bool is_fine = PQresultStatus(prepared) == PGRES_COMMAND_OK && PQresultStatus(described) == PGRES_COMMAND_OK && PQnparams(described) <= PARAMS_MAX &&
                   PQnfields(described) <= PARAMS_MAX * 2;
    if (!is_fine) test_fail(__FILE__, __LINE__, "%s: %s", statement->sql->name, PQerrorMessage(server));
    for (int i = 0; is_fine && i < PQnparams(described); i++) statement->params[i] = PQparamtype(described, i);
    for (int i = 0; is_fine && i < PQnfields(described); i++) statement->columns[i] = PQftype(described, i);
    PQclear(prepared);
    PQclear(described);
    return is_fine;
}

static bool describe_all(PGconn *server)
{
    for (size_t i = 0; i < COUNT_OF(statement_lists); i++) {
        for (size_t j = 0; j < *statement_lists[i].count; j++) {
            const struct sql *sql = statement_lists[i].statements[j];
            if (strstr(sql->text, "schema_migrations")) continue; /* each engine's own */
            struct statement *statement = &statements[statements_count++];
            *statement = (struct statement){.sql = sql};
            if (statements_count == STATEMENTS_MAX || !describe(server, statement)) return false;
        }
    }
    return true;
}

/* ---- the comparison ---- */

/* A row may break two keys at once, and the engines differ in which they name: the table is the same then. */
static bool same_constraint(const char *a, const char *b)
{
    const char *dot = strchr(a, '.');
    return strcmp(a, b) == 0 || (dot && strncmp(a, b, (size_t)(dot - a) + 1) == 0);
}

static bool is_same(const struct statement *statement, struct outcome *a, struct outcome *b, const char **difference)
{
    *difference = a->error != b->error ? "the error" : !same_constraint(a->constraint, b->constraint) ? "the constraint" : NULL;
    if (*difference || same_lines(a, b)) return !*difference;
    sort_lines(a);
    sort_lines(b);
    bool is_ordered = strstr(statement->sql->text, "ORDER BY") && !strstr(statement->sql->text, "RETURNING"); /* what a change returns has no order */
    *difference = !same_lines(a, b) ? "the rows" : is_ordered ? "the order" : NULL;
    return !*difference;
}

/* Whether the parameter stands right after these words. */
static bool stands_after(const char *text, const char *words, int number)
{
    char place[32];
    snprintf(place, sizeof place, "%s $%d", words, number);
    const char *found = strstr(text, place);
    return found && (found[strlen(place)] < '0' || found[strlen(place)] > '9');
}

/* What every caller promises is kept: one character for ESCAPE, no negative LIMIT, a list of objects to walk through. */
static struct db_value value_for(const struct statement *statement, int i)
{
    const char *text = statement->sql->text;
    if (stands_after(text, "ESCAPE", i + 1)) return db_text(STR("\\"));
    if (stands_after(text, "LIMIT", i + 1) || stands_after(text, "OFFSET", i + 1)) return db_int((int64_t)draw(5));
    char walked[32];
    snprintf(walked, sizeof walked, "{each}($%d)", i + 1);
    if (strstr(text, walked)) return db_json(str_from(ONE_OF(lists)));
    snprintf(walked, sizeof walked, "{each_text}($%d)", i + 1);
    if (strstr(text, walked)) return db_json(str_from(strstr(text, "AS {uuid}") ? ONE_OF(id_lists) : strstr(text, "AS {int}") ? "[\"1\", \"2\", \"7\"]" : "[\"person:ada\", \"text\"]"));
    return value_of(statement->params[i]);
}

/* PostgreSQL does not give the number of a row that came to nothing again, SQLite does: both go on from the largest. */
static void align_numbers(const char *text)
{
    static const struct sql jobs = {"align", "SELECT setval(pg_get_serial_sequence('jobs', 'id'), COALESCE((SELECT MAX(id) FROM jobs), 0) + 1, FALSE)", 0};
    static const struct sql marks = {"align", "SELECT setval(pg_get_serial_sequence('job_marks', 'id'), COALESCE((SELECT MAX(id) FROM job_marks), 0) + 1, FALSE)", 0};
    const struct sql *sql = strstr(text, "INSERT INTO jobs") ? &jobs : strstr(text, "INSERT INTO job_marks") ? &marks : NULL;
    int64_t next;
    if (sql && db_query_int(postgres.db, sql, DB_NO_ARGS, &next) != OK) CHECK(db_in_transaction(postgres.db)); /* one that failed already */
}

static bool one_operation(struct arena *arena, size_t number)
{
    struct statement *statement = &statements[draw(statements_count)];
    if (strstr(statement->sql->text, "DELETE FROM users") && draw(10)) return true; /* with everything that hangs on them: seldom */
    struct db_value values[PARAMS_MAX];
    for (int i = 0; i < statement->sql->params; i++) values[i] = value_for(statement, i);
    struct outcome here, there;
    const char *difference = NULL;
    align_numbers(statement->sql->text);
    run(sqlite.db, arena, statement->sql, statement->columns, values, &here);
    run(postgres.db, arena, statement->sql, statement->columns, values, &there);
    statement->runs++;
    statement->fine += here.error == OK;
    if (is_same(statement, &here, &there, &difference)) return true;
    test_fail(__FILE__, __LINE__, "operation %zu, statement %s: %s differs", number, statement->sql->name, difference);
    show_values(statement->sql, values);
    show("SQLite", &here);
    show("PostgreSQL", &there);
    return false;
}

static void finish_transaction(void)
{
    if (!db_in_transaction(sqlite.db)) return;
    if (draw(4) == 0) {
        db_rollback(sqlite.db);
        db_rollback(postgres.db);
        return;
    }
    enum err here = db_commit(sqlite.db), there = db_commit(postgres.db);
    CHECK_INT(here, there);
}

static bool open_both(PGconn **server)
{
    const char *url = getenv("TEST_DATABASE_URL");
    if (!test_store_open(&postgres, 1)) return false;
    unsetenv("TEST_DATABASE_URL");
    bool is_open = test_store_open(&sqlite, 1);
    setenv("TEST_DATABASE_URL", url, 1);
    *server = PQconnectdb(postgres.path);
    return is_open && PQstatus(*server) == CONNECTION_OK;
}

/* SELECT of every table, each row whole. */
static void compare_tables(PGconn *server)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    /* By name: a column that became another type (vector) stands last on one engine. */
    PGresult *tables = PQexec(server, "SELECT table_name, string_agg(column_name, ', ' ORDER BY column_name) FROM information_schema.columns "
                                      "WHERE table_schema = current_schema() AND table_name <> 'schema_migrations' GROUP BY table_name");
    size_t rows = 0;
    CHECK(PQntuples(tables) > 20);
    for (int i = 0; i < PQntuples(tables); i++) {
        struct sql *sql = arena_new(&arena, struct sql);
        struct statement all = {.sql = sql};
        struct outcome here, there;
        *sql = (struct sql){PQgetvalue(tables, i, 0), str_format(&arena, "SELECT %s FROM %s", PQgetvalue(tables, i, 1), PQgetvalue(tables, i, 0)).ptr, 0};
        if (!describe(server, &all)) break;
        run(sqlite.db, &arena, sql, all.columns, NULL, &here);
        run(postgres.db, &arena, sql, all.columns, NULL, &there);
        sort_lines(&here);
        sort_lines(&there);
        rows += here.count;
        if (here.error == OK && there.error == OK && same_lines(&here, &there)) continue;
        test_fail(__FILE__, __LINE__, "the table %s differs", sql->name);
        show("SQLite", &here);
        show("PostgreSQL", &there);
    }
    PQclear(tables);
    printf("%zu rows in the end\n", rows);
}

static uint64_t number_from(const char *name, uint64_t fallback)
{
    const char *text = getenv(name);
    return text ? strtoull(text, NULL, 10) : fallback;
}

TEST(random_operations_have_the_same_outcome_on_both_engines)
{
    if (!test_store_is_postgres()) SKIP("no TEST_DATABASE_URL: tests/postgres.sh gives one");
    PGconn *server = NULL;
    REQUIRE(open_both(&server));
    uint64_t seed = number_from("TEST_SEED", 20261128), operations = number_from("TEST_OPERATIONS", 6000);
    random_state = seed ? seed : 1;
    printf("TEST_SEED=%" PRIu64 "\n", seed);
    bool is_alike = describe_all(server);
    size_t differences = 0, fine = 0, never = 0;
    for (size_t i = 0; is_alike && i < operations && differences < 20; i++) {
        struct arena arena CLEANUP(arena_dispose) = {0};
        if (draw(8) == 0 && !db_in_transaction(sqlite.db)) {
            CHECK_OK(db_begin(sqlite.db));
            CHECK_OK(db_begin(postgres.db));
        }
        if (!one_operation(&arena, i)) differences++;
        if (draw(3) == 0) finish_transaction();
    }
    finish_transaction();
    compare_tables(server);
    for (size_t i = 0; i < statements_count; i++) {
        fine += statements[i].fine;
        never += statements[i].fine == 0;
    }
    printf("%" PRIu64 " operations of %zu statements, %zu without an error; %zu statements never were\n", operations, statements_count, fine, never);
    PQfinish(server);
    test_store_close(&sqlite);
    test_store_close(&postgres);
}
