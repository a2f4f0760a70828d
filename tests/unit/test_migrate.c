/* Migrations, on both engines: once, in order, never edited, never downwards, and by one process alone. */
#include "db/schema.h"
#include "test.h"
#include "test_store.h"

#include <sys/wait.h>

static const struct sql not_strict = {
    "not_strict", "SELECT COUNT(*) FROM pragma_table_list WHERE schema = 'main' AND strict = 0 AND name NOT LIKE 'sqlite%'", 0};
static const struct sql broken_keys = {"broken_keys", "SELECT COUNT(*) FROM pragma_foreign_key_check", 0};
static const struct sql recorded = {"recorded", "SELECT COUNT(*) FROM schema_migrations", 0};

static const struct migration first = {1, "one", STR_INIT("CREATE TABLE one (id {uuid} PRIMARY KEY, note {text} DEFAULT '{}') {table};\n")};
static const struct migration second = {2, "two", STR_INIT("CREATE TABLE two (a {int}, b {int}, PRIMARY KEY (a, b)) {clustered};\n")};

static bool has_table(struct db *db, const char *name)
{
    bool has = false;
    return CHECK_OK(db_schema_has_table(db, str_from(name), &has)) && has;
}

static bool open_empty(struct test_store *store)
{
    return test_store_make(store) && db_pool_open_at(&store->pool, store->path, 1) == OK && db_acquire(store->pool, &store->db) == OK;
}

TEST(every_migration_is_applied_once)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_empty(&store));
    int number = -1;
    REQUIRE(CHECK_OK(db_migrate_status(store.db, &number)));
    CHECK_INT(number, migrations_count);
    CHECK(!has_table(store.db, "schema_migrations")); /* asking changes nothing */
    REQUIRE(CHECK_OK(db_migrate(store.db, &number)));
    CHECK_INT(number, migrations_count);
    REQUIRE(CHECK_OK(db_migrate(store.db, &number)));
    CHECK_INT(number, 0);
    REQUIRE(CHECK_OK(db_migrate_status(store.db, &number)));
    CHECK_INT(number, 0);
    CHECK(has_table(store.db, "users"));
    if (test_store_is_postgres()) return;
    int64_t value = -1;
    CHECK_OK(db_query_int(store.db, &not_strict, DB_NO_ARGS, &value));
    CHECK_INT(value, 0);
    CHECK_OK(db_query_int(store.db, &broken_keys, DB_NO_ARGS, &value)); /* fails on a key that fits no unique index */
    CHECK_INT(value, 0);
}

TEST(a_later_file_is_added_to_an_older_store)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_empty(&store));
    struct migration list[] = {first, second};
    int applied = 0;
    REQUIRE(CHECK_OK(db_migrate_list(store.db, list, 1, &applied)));
    CHECK(!has_table(store.db, "two"));
    REQUIRE(CHECK_OK(db_migrate_list(store.db, list, 2, &applied)));
    CHECK_INT(applied, 1);
    CHECK(has_table(store.db, "two"));
}

TEST(an_edited_file_is_refused_before_anything_is_applied)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_empty(&store));
    struct migration list[] = {first, second};
    REQUIRE(CHECK_OK(db_migrate_list(store.db, list, 1, NULL)));
    list[0].text = STR("CREATE TABLE one (id {uuid} PRIMARY KEY) {table};\n");
    CHECK_INT(db_migrate_list(store.db, list, 2, NULL), ERR_CONFLICT);
    CHECK(strstr(err_detail(), "has changed since it was applied"));
    CHECK(!has_table(store.db, "two"));
}

TEST(a_store_of_a_newer_program_is_refused)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_empty(&store));
    struct migration list[] = {first, second};
    REQUIRE(CHECK_OK(db_migrate_list(store.db, list, 2, NULL)));
    CHECK_INT(db_migrate_list(store.db, list, 1, NULL), ERR_CONFLICT);
    CHECK(strstr(err_detail(), "newer program"));
    int missing = 0;
    CHECK_INT(db_migrate_status(store.db, &missing), ERR_CONFLICT);
}

TEST(the_plan_is_the_sql_of_the_engine)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    struct buf all CLEANUP(buf_dispose) = {0}, last CLEANUP(buf_dispose) = {0}, none CLEANUP(buf_dispose) = {0};
    REQUIRE(test_store_make(&store));
    REQUIRE(CHECK_OK(db_migrate_text(store.path, 0, &all)));
    REQUIRE(CHECK_OK(db_migrate_text(store.path, (int)migrations_count - 1, &last)));
    REQUIRE(CHECK_OK(db_migrate_text(store.path, (int)migrations_count, &none)));
    CHECK(str_contains(buf_str(&all), STR("CREATE TABLE users (")) && str_contains(buf_str(&all), STR("schema_migrations")));
    CHECK(str_contains(buf_str(&all), test_store_is_postgres() ? STR("TIMESTAMPTZ") : STR("STRICT")));
    CHECK(!str_contains(buf_str(&all), STR("{uuid}")));
    CHECK(last.len > 0 && !str_contains(buf_str(&last), STR("CREATE TABLE users (")));
    CHECK_INT(none.len, 0);
    if (test_store_is_postgres()) return;
    CHECK(access(store.path, F_OK) != 0);
}

TEST(an_unfinished_copy_is_not_migrated)
{
    static const struct sql copying = {"copying", "CREATE TABLE copy_progress (table_name TEXT)", 0};
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_empty(&store));
    REQUIRE(CHECK_OK(db_exec(store.db, &copying, DB_NO_ARGS)));
    CHECK_INT(db_migrate(store.db, NULL), ERR_CONFLICT);
    CHECK(strstr(err_detail(), "careerprep copy"));
    int number = 0;
    CHECK_INT(db_migrate_status(store.db, &number), ERR_CONFLICT);
    CHECK_INT(db_migrate_applied(store.db, &number), ERR_CONFLICT);
    CHECK_INT(db_backup(store.db, "unfinished.db"), ERR_CONFLICT);
    CHECK(strstr(err_detail(), "unfinished copy"));
    CHECK(access("unfinished.db", F_OK) != 0);
    CHECK(!has_table(store.db, "users"));
}

TEST(a_failing_file_leaves_nothing_behind)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_empty(&store));
    struct migration list[] = {first, {2, "broken", STR_INIT("CREATE TABLE half (a {int}) {table}; CREATE TABLE half (a {int});")},
                               {2, "word", STR_INIT("CREATE TABLE half (a {integer});")}};
    CHECK_INT(db_migrate_list(store.db, list, 2, NULL), ERR_INTERNAL);
    CHECK(strstr(err_detail(), "migration 2 (broken)"));
    CHECK(!has_table(store.db, "half"));
    CHECK(has_table(store.db, "one"));
    list[1] = list[2];
    CHECK_INT(db_migrate_list(store.db, list, 2, NULL), ERR_INTERNAL);
    CHECK(strstr(err_detail(), "{integer}"));
    CHECK(!db_in_transaction(store.db));
}

/* Waits for the start signal, migrates, and exits with the number of files it applied (100 for an error). */
static _Noreturn void migrate_in_child(const char *path, int start)
{
    char byte;
    if (read(start, &byte, 1) != 0) _exit(100); /* the end of the pipe is the signal for all */
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    int applied = 100;
    if (db_pool_open_at(&pool, path, 1) != OK || db_acquire(pool, &db) != OK || db_migrate(db, &applied) != OK) {
        printf("child: %s\n", err_detail());
        fflush(stdout);
        _exit(100);
    }
    db_release(db);
    db_pool_close(pool);
    _exit(applied);
}

TEST(ten_processes_starting_together_migrate_once)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_make(&store));
    int channel[2];
    REQUIRE(pipe(channel) == 0);
    pid_t children[10];
    fflush(stdout);
    for (size_t i = 0; i < COUNT_OF(children); i++) {
        children[i] = fork();
        if (children[i] == 0) {
            close(channel[1]);
            migrate_in_child(store.path, channel[0]);
        }
    }
    close(channel[0]);
    close(channel[1]);
    int total = 0;
    for (size_t i = 0; i < COUNT_OF(children); i++) {
        int status = 0;
        waitpid(children[i], &status, 0);
        CHECK(WIFEXITED(status));
        total += WEXITSTATUS(status);
    }
    CHECK_INT(total, migrations_count);
    REQUIRE(CHECK_OK(db_pool_open_at(&store.pool, store.path, 1)));
    REQUIRE(CHECK_OK(db_acquire(store.pool, &store.db)));
    int64_t value = 0;
    CHECK_OK(db_query_int(store.db, &recorded, DB_NO_ARGS, &value));
    CHECK_INT(value, migrations_count);
}
