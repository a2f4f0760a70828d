/* Every migration on an old, filled store, on both engines: no row and no value is lost, and what comes out is what a new store has. Rows are made
 * from the schema, so a new table or column is tested without a word here.
 */
#include "db/mover.h"
#include "db/schema.h"
#include "test.h"
#include "test_store.h"

#define ROWS 3 /* the second has NULL where it may */
#define DEPTH_MAX 8

/* ---- rows from the schema ---- */

static const struct sql checks_sqlite = {"checks", "SELECT sql FROM sqlite_schema WHERE type = 'table' AND name = $1", 1};
static const struct sql checks_postgres = {
    "checks",
    "SELECT COALESCE(string_agg(pg_get_constraintdef(k.oid), ' '), '') FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
    "JOIN pg_namespace n ON n.oid = c.relnamespace WHERE k.contype = 'c' AND n.nspname = current_schema() AND c.relname = CAST($1 AS TEXT)",
    1};

static struct str checks_of(struct db *db, struct arena *arena, const struct schema_table *table)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    const struct sql *sql = test_store_is_postgres() ? &checks_postgres : &checks_sqlite;
    if (!CHECK_OK(db_query_one(db, sql, DB_ARGS(db_text(table->name)), &rows))) return STR("");
    return db_col_text(&rows, 0, arena);
}

static bool is_word(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }

static size_t find_word(struct str text, struct str word)
{
    for (size_t at = 0; (at = str_find(text, word, at)) != STR_NPOS; at++)
        if ((at == 0 || !is_word(text.ptr[at - 1])) && (at + word.len == text.len || !is_word(text.ptr[at + word.len]))) return at + word.len;
    return STR_NPOS;
}

/* The first constant after the column's name in a check that speaks of it: 'text' without its quotes, or a number. "" when there is none. */
static struct str allowed_by(struct str checks, struct str column, bool is_text)
{
    for (size_t at = 0; (at = str_find(checks, STR("CHECK ("), at)) != STR_NPOS; at++) {
        size_t end = at + 7;
        for (int depth = 1; depth && end < checks.len; end++) depth += (checks.ptr[end] == '(') - (checks.ptr[end] == ')');
        struct str check = str_slice(checks, at + 7, end);
        size_t from = find_word(check, column);
        if (from == STR_NPOS) continue;
        for (size_t i = from; i < check.len; i++) {
            if (is_text && check.ptr[i] == '\'') return str_slice(check, i + 1, str_find_char(check, '\'', i + 1));
            if (is_text || check.ptr[i] < '0' || check.ptr[i] > '9' || is_word(check.ptr[i - 1])) continue;
            size_t stop = i;
            while (stop < check.len && check.ptr[stop] >= '0' && check.ptr[stop] <= '9') stop++;
            return str_slice(check, i, stop);
        }
    }
    return STR("");
}

struct maker {
    struct db *db;
    struct arena *arena;
    const struct schema *schema;
    struct str *checks; /* one a table */
};

static struct db_value own_value(const struct maker *maker, const struct schema_table *table, const struct schema_column *column, int row)
{
    static const float floats[ROWS][2] = {{1, 0}, {0.5f, -0.25f}, {3, 4}};
    struct str checks = maker->checks[table - maker->schema->tables];
    bool is_text = column->type == DB_TEXT;
    struct str allowed = allowed_by(checks, column->name, is_text);
    int64_t number = row;
    if (!is_text && allowed.len && !CHECK_OK(str_to_int(allowed, &number))) return db_null();
    switch (column->type) {
    case DB_INT: return db_int(number);
    case DB_REAL: return db_real((double)number);
    case DB_BOOL: return db_bool(row % 2 == 0);
    case DB_TIME: return db_time(INT64_C(1773307800123456) + row);
    case DB_UUID: return db_uuid(str_format(maker->arena, "0190a1b2-0000-7000-8000-%04d%08d", (int)(table - maker->schema->tables), row));
    case DB_JSON: return db_json(str_format(maker->arena, "{\"row\": %d, \"list\": [1, \"two\", null]}", row));
    case DB_BLOB:
    case DB_VECTOR: return db_vector(floats[row], 2);
    default: return db_text(allowed.len ? allowed : str_format(maker->arena, "r%02d", row));
    }
}

/* A column of a foreign key has the value of the other table's row of the same number. */
static struct db_value make_value(const struct maker *maker, const struct schema_table *table, const struct schema_column *column, int row, int depth)
{
    if (row == 1 && column->nullable) return db_null();
    for (size_t i = 0; i < table->references_count && depth < DEPTH_MAX; i++) {
        const struct schema_reference *reference = &table->references[i];
        for (size_t j = 0; j < reference->columns.count; j++) {
            if (!str_equal(reference->columns.items[j], column->name)) continue;
            const struct schema_table *other = schema_find(maker->schema, reference->table);
            for (size_t k = 0; k < other->columns_count; k++)
                if (str_equal(other->columns[k].name, reference->targets.items[j])) return make_value(maker, other, &other->columns[k], row, depth + 1);
        }
    }
    return own_value(maker, table, column, row);
}

static bool is_ours(const struct schema_table *table) { return !str_equal(table->name, STR("schema_migrations")); }

static enum err fill_table(const struct maker *maker, const struct schema_table *table)
{
    struct bulk_load *load = NULL;
    TRY(bulk_load_open(maker->db, table, &load));
    enum err error = OK;
    for (int row = 0; row < ROWS && error == OK; row++) {
        struct db_value values[100];
        for (size_t i = 0; i < table->columns_count; i++) values[i] = make_value(maker, table, &table->columns[i], row, 0);
        error = bulk_load_row(load, values);
    }
    enum err closed = bulk_load_close(load, error == OK);
    return error != OK ? error : closed;
}

static enum err fill(struct db *db, void *argument)
{
    struct maker *maker = argument;
    for (size_t i = 0; i < maker->schema->tables_count; i++) {
        enum err error = is_ours(&maker->schema->tables[i]) ? fill_table(maker, &maker->schema->tables[i]) : OK;
        if (error == OK) continue;
        printf("the table %.*s cannot be filled: %s\n", STR_ARG(maker->schema->tables[i].name), err_detail());
        return error;
    }
    (void)db;
    return OK;
}

/* ---- before and after ---- */

/* Tables that a migration makes anew, without their rows: each with the reason why nobody can have had any. */
static const struct {
    size_t migration;
    const char *table, *why;
} made_anew[] = {{9, "api_tokens", "nothing wrote to it before tokens could be made"}, {11, "job_steps", "nothing wrote to it before jobs had steps"}};

/* Columns that a migration takes away, or fills anew: what they said has another place since. */
static const struct {
    size_t migration;
    const char *table, *column;
} given_up[] = {{11, "jobs", "id"}, {11, "jobs", "unique_key"}, {11, "jobs", "lease_until"}, {11, "jobs", "lease_token"}, {15, "agent_events", "await_key"}};

static bool is_given_up(struct str table, struct str column, size_t after)
{
    for (size_t i = 0; i < COUNT_OF(given_up); i++)
        if (after < given_up[i].migration && str_equal(table, str_from(given_up[i].table)) && str_equal(column, str_from(given_up[i].column))) return true;
    return false;
}

static bool is_made_anew(const struct schema_table *table, size_t after)
{
    for (size_t i = 0; i < COUNT_OF(made_anew); i++)
        if (after < made_anew[i].migration && str_equal(table->name, str_from(made_anew[i].table))) return true;
    return false;
}

/* The sum of the old columns, as the store has them now. */
static bool sum_of(struct db *db, struct arena *arena, const struct schema *now, const struct schema_table *old, size_t from, struct table_sum *sum)
{
    const struct schema_table *table = schema_find(now, old->name);
    if (!CHECK(table != NULL)) return false;
    struct schema_table view = *table;
    enum db_type types[100];
    view.columns = arena_array(arena, struct schema_column, old->columns_count);
    view.columns_count = 0;
    for (size_t i = 0; i < old->columns_count; i++) {
        if (is_given_up(old->name, old->columns[i].name, from)) continue;
        const struct schema_column *column = NULL;
        for (size_t j = 0; j < table->columns_count; j++)
            if (str_equal(table->columns[j].name, old->columns[i].name)) column = &table->columns[j];
        if (!column) printf("%.*s.%.*s is gone\n", STR_ARG(old->name), STR_ARG(old->columns[i].name));
        if (!CHECK(column != NULL)) return false;
        types[view.columns_count] = column->type;
        view.columns[view.columns_count++] = *column;
    }
    return CHECK_OK(move_sum(db, &view, types, sum));
}

struct sums {
    struct arena *arena;
    const struct schema *now, *old;
    size_t from;
    struct table_sum *sums;
};

static enum err sum_all(struct db *db, void *argument)
{
    struct sums *sums = argument;
    for (size_t i = 0; i < sums->old->tables_count; i++) {
        if (!is_ours(&sums->old->tables[i]) || is_made_anew(&sums->old->tables[i], sums->from)) continue;
        if (!sum_of(db, sums->arena, sums->now, &sums->old->tables[i], sums->from, &sums->sums[i])) return ERR_INTERNAL;
        buf_dispose(&sums->sums[i].scratch);
    }
    return OK;
}

/* Everything that the engine knows of the schema, in one text. */
static struct str describe(struct db *db, struct arena *arena)
{
    static const struct sql sqlite = {"describe", "SELECT type || ' ' || name || ' ' || COALESCE(sql, '') FROM sqlite_schema ORDER BY type, name", 0};
    static const struct sql postgres = {
        "describe",
        "SELECT replace(line, CAST(current_schema() AS TEXT) || '.', '') FROM ("
        "SELECT c.relname || '.' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod) || ' ' || a.attnotnull || ' ' || "
        "COALESCE(pg_get_expr(d.adbin, d.adrelid), '') AS line FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped "
        "LEFT JOIN pg_attrdef d ON d.adrelid = c.oid AND d.adnum = a.attnum WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) AND c.relkind = 'r' "
        "UNION ALL SELECT c.relname || ' ' || pg_get_constraintdef(k.oid) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid "
        "WHERE c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) "
        "UNION ALL SELECT indexdef FROM pg_indexes WHERE schemaname = current_schema()) AS lines ORDER BY line COLLATE \"C\"",
        0};
    struct str all = STR("");
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    if (!CHECK_OK(db_query(db, test_store_is_postgres() ? &postgres : &sqlite, DB_NO_ARGS, &rows))) return all;
    while (db_next(&rows)) all = str_format(arena, "%.*s%.*s\n", STR_ARG(all), STR_ARG(db_col_view(&rows, 0)));
    return all;
}

static bool open_at(struct test_store *store, size_t migrations_applied)
{
    return test_store_make(store) && CHECK_OK(db_pool_open_at(&store->pool, store->path, 1)) && CHECK_OK(db_acquire(store->pool, &store->db)) &&
           CHECK_OK(db_migrate_list(store->db, migrations, migrations_applied, NULL));
}

/* From the first `from` migrations, filled, to all. */
static void upgrade(size_t from, struct str fresh)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct schema old, now;
    REQUIRE(open_at(&store, from));
    REQUIRE(CHECK_OK(db_schema_read(store.db, &arena, &old)));
    struct maker maker = {store.db, &arena, &old, arena_array(&arena, struct str, old.tables_count)};
    for (size_t i = 0; i < old.tables_count; i++) maker.checks[i] = checks_of(store.db, &arena, &old.tables[i]);
    REQUIRE(CHECK_OK(db_transaction(store.db, fill, &maker)));
    struct sums before = {&arena, &old, &old, from, arena_array(&arena, struct table_sum, old.tables_count)};
    REQUIRE(CHECK_OK(db_transaction(store.db, sum_all, &before)));
    REQUIRE(CHECK_OK(db_migrate(store.db, NULL)));
    REQUIRE(CHECK_OK(db_schema_read(store.db, &arena, &now)));
    struct sums after = {&arena, &now, &old, from, arena_array(&arena, struct table_sum, old.tables_count)};
    REQUIRE(CHECK_OK(db_transaction(store.db, sum_all, &after)));
    for (size_t i = 0; i < old.tables_count; i++) {
        if (!is_ours(&old.tables[i]) || is_made_anew(&old.tables[i], from)) continue;
        CHECK_INT(before.sums[i].rows, ROWS);
        bool is_same = table_sum_equal(&before.sums[i], &after.sums[i]);
        if (!is_same) printf("migrating from %zu changed the rows of %.*s\n", from, STR_ARG(old.tables[i].name));
        CHECK(is_same);
    }
    CHECK_STR(describe(store.db, &arena), fresh);
}

TEST(no_migration_loses_a_row_or_a_value_of_a_filled_store)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str fresh = STR("");
    {
        struct test_store store CLEANUP(test_store_close) = {0};
        REQUIRE(open_at(&store, 0));
        REQUIRE(CHECK_OK(db_migrate(store.db, NULL)));
        fresh = describe(store.db, &arena);
        REQUIRE(fresh.len > 1000);
    }
    for (size_t from = 1; from <= migrations_count; from++) upgrade(from, fresh);
}

/* The place of a migration in the list: what stood before it is a store of the version before. */
static size_t place_of(const char *name)
{
    size_t at = 0;
    while (at < migrations_count && !str_contains(str_from(migrations[at].name), str_from(name))) at++;
    CHECK(at < migrations_count);
    return at;
}

/* Events that steps wait for keep, from their times, the jobs that they came after. */
TEST(awaited_events_of_an_old_store_have_their_place_among_the_jobs)
{
    static const struct sql add_job = {"add_job", "INSERT INTO jobs (id, kind, status, run_at, max_attempts, payload, created_at) VALUES ($1, 'k', 'waiting', $2, 5, '{}', $2)", 2};
    static const struct sql add_event = {
        "add_event", "INSERT INTO agent_events (id, event_type, payload, status, correlation_id, created_at, await_key) VALUES ($1, 'TOLD', '{}', 'completed', $1, $2, $3)", 3};
    static const struct sql read = {"read", "SELECT match_value, after_job FROM awaited_events ORDER BY id", 0};
    static const int64_t jobs_at[] = {100, 200, 300}, events_at[] = {250, 50, 300};
    struct test_store store CLEANUP(test_store_close) = {0};
    struct arena arena CLEANUP(arena_dispose) = {0};
    REQUIRE(open_at(&store, place_of("awaited_events")));
    for (int i = 0; i < 3; i++) {
        struct str id = str_format(&arena, "0190a1b2-0000-7000-8000-00000000000%d", i);
        REQUIRE(CHECK_OK(db_exec(store.db, &add_job, DB_ARGS(db_int(i + 1), db_time(jobs_at[i])))));
        REQUIRE(CHECK_OK(db_exec(store.db, &add_event, DB_ARGS(db_uuid(id), db_time(events_at[i]), db_text(str_format(&arena, "at %d", (int)events_at[i]))))));
    }
    REQUIRE(CHECK_OK(db_migrate(store.db, NULL)));
    struct str all = STR("");
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    REQUIRE(CHECK_OK(db_query(store.db, &read, DB_NO_ARGS, &rows)));
    while (db_next(&rows)) all = str_format(&arena, "%.*s%.*s after %d; ", STR_ARG(all), STR_ARG(db_col_view(&rows, 0)), (int)db_col_int(&rows, 1));
    CHECK_STR(all, "at 50 after 0; at 250 after 2; at 300 after 3; ");
}

/* ---- the two engines ---- */

/* Without those of primary keys, which the columns tell. Rows: table, index, column, whether the index is unique, whether it is of some rows alone; by table, index and place. */
static const struct sql indexes_sqlite = {
    "indexes",
    "SELECT m.name, l.name, i.name, l.\"unique\", l.partial FROM sqlite_schema m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i "
    "WHERE m.type = 'table' AND l.origin <> 'pk' ORDER BY m.name, l.name, i.seqno",
    0};
static const struct sql indexes_postgres = {
    "indexes",
    "SELECT CAST(c.relname AS TEXT), CAST(i.indexrelid AS BIGINT), CAST(a.attname AS TEXT), i.indisunique, i.indpred IS NOT NULL FROM pg_index i "
    "JOIN pg_class c ON c.oid = i.indrelid CROSS JOIN LATERAL unnest(i.indkey) WITH ORDINALITY AS k (number, place) "
    "JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.number "
    "WHERE NOT i.indisprimary AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema()) ORDER BY c.relname COLLATE \"C\", i.indexrelid, k.place",
    0};
/* Rows: table, key, what is done on deletion; by table and key. */
static const struct sql deletions_sqlite = {
    "deletions", "SELECT DISTINCT m.name, k.id, upper(k.on_delete), k.\"table\" FROM sqlite_schema m JOIN pragma_foreign_key_list(m.name) k WHERE m.type = 'table'", 0};
static const struct sql deletions_postgres = {
    "deletions",
    "SELECT CAST(c.relname AS TEXT), CAST(k.oid AS BIGINT), CASE k.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'c' THEN 'CASCADE' WHEN 'n' THEN 'SET NULL' ELSE 'OTHER' END, "
    "CAST(o.relname AS TEXT) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class o ON o.oid = k.confrelid "
    "WHERE k.contype = 'f' AND c.relnamespace = (SELECT oid FROM pg_namespace WHERE nspname = current_schema())",
    0};

/* A type as SQLite keeps it. */
static char kept_as(enum db_type type)
{
    if (type == DB_TEXT || type == DB_UUID || type == DB_JSON) return 'T';
    if (type == DB_BLOB || type == DB_VECTOR) return 'B';
    return type == DB_REAL ? 'R' : 'I';
}

static void add_columns(struct arena *arena, const struct schema *schema, struct str_list *lines)
{
    for (size_t i = 0; i < schema->tables_count; i++) {
        const struct schema_table *table = &schema->tables[i];
        for (size_t j = 0; j < table->columns_count; j++) {
            const struct schema_column *column = &table->columns[j];
            str_list_add(arena, lines, str_format(arena, "%.*s.%.*s %c%s key %d", STR_ARG(table->name), STR_ARG(column->name), kept_as(column->type),
                                                  column->nullable ? "" : " not null", column->key));
        }
        for (size_t j = 0; j < table->references_count; j++) {
            const struct schema_reference *reference = &table->references[j];
            struct str here = str_join(arena, reference->columns.items, reference->columns.count, STR(","));
            struct str there = str_join(arena, reference->targets.items, reference->targets.count, STR(","));
            str_list_add(arena, lines,
                         str_format(arena, "%.*s(%.*s) refers to %.*s(%.*s)", STR_ARG(table->name), STR_ARG(here), STR_ARG(reference->table), STR_ARG(there)));
        }
    }
}

static void add_indexes(struct db *db, struct arena *arena, const struct sql *sql, struct str_list *lines)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    struct str last = STR(""), line = STR("");
    REQUIRE(CHECK_OK(db_query(db, sql, DB_NO_ARGS, &rows)));
    while (db_next(&rows)) {
        struct str name = db_col_text(&rows, 1, arena);
        bool goes_on = str_equal(name, last);
        if (!goes_on && line.len) str_list_add(arena, lines, line);
        if (!goes_on)
            line = str_format(arena, "%.*s %s%sindex", STR_ARG(db_col_view(&rows, 0)), db_col_bool(&rows, 3) ? "unique " : "", db_col_bool(&rows, 4) ? "partial " : "");
        line = str_format(arena, "%.*s %.*s", STR_ARG(line), STR_ARG(db_col_view(&rows, 2)));
        last = name;
    }
    if (line.len) str_list_add(arena, lines, line);
}

static void add_deletions(struct db *db, struct arena *arena, const struct sql *sql, struct str_list *lines)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    REQUIRE(CHECK_OK(db_query(db, sql, DB_NO_ARGS, &rows)));
    while (db_next(&rows))
        str_list_add(arena, lines, str_format(arena, "%.*s of %.*s: %.*s", STR_ARG(db_col_view(&rows, 0)), STR_ARG(db_col_view(&rows, 3)), STR_ARG(db_col_view(&rows, 2))));
}

static int compare_lines(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

static struct str outline(struct db *db, struct arena *arena, bool is_postgres)
{
    struct schema schema;
    struct str_list lines = {0};
    if (!CHECK_OK(db_schema_read(db, arena, &schema))) return STR("");
    add_columns(arena, &schema, &lines);
    add_indexes(db, arena, is_postgres ? &indexes_postgres : &indexes_sqlite, &lines);
    add_deletions(db, arena, is_postgres ? &deletions_postgres : &deletions_sqlite, &lines);
    qsort(lines.items, lines.count, sizeof *lines.items, compare_lines);
    return str_join(arena, lines.items, lines.count, STR("\n"));
}

/* Says the first line that differs, since the texts are long. */
static void check_same_lines(struct str a, struct str b)
{
    struct str one, other;
    bool more = true;
    while (more) {
        bool has_one = str_split_next(&a, '\n', &one), has_other = str_split_next(&b, '\n', &other);
        more = has_one && has_other && str_equal(one, other);
        if (has_one || has_other) {
            if (!more) CHECK_STR(has_one ? one : STR("(end)"), has_other ? other : STR("(end)"));
        }
    }
}

TEST(both_engines_have_the_same_tables_columns_and_keys)
{
    if (!test_store_is_postgres()) SKIP("no TEST_DATABASE_URL: tests/postgres.sh gives one");
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct test_store postgres CLEANUP(test_store_close) = {0}, sqlite CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&postgres, 1) && test_store_open_file(&sqlite, 1));
    struct str here = outline(postgres.db, &arena, true), there = outline(sqlite.db, &arena, false);
    CHECK(here.len > 5000);
    check_same_lines(here, there);
}
