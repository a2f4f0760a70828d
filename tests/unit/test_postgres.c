/* The PostgreSQL driver on a real server (tests/postgres.sh): native types both ways, the same errors as SQLite, lost connections. */
#include "base/buf.h"
#include "db/bulk.h"
#include "test.h"
#include "test_store.h"

#include <pthread.h>
#include <stdatomic.h>
#include <time.h>

#define ADA "0190a1b2-0000-7000-8000-000000000001"
#define BOB "0190a1b2-0000-7000-8000-000000000002"

static const struct sql user_add = {
    "user_add", "INSERT INTO users (id, email, first_name, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)", 4};
static const struct sql user_list = {"user_list", "SELECT id, email FROM users ORDER BY email", 0};
static const struct sql user_count = {"user_count", "SELECT COUNT(*) FROM users", 0};
static const struct sql user_role = {"user_role", "UPDATE users SET role = $2 WHERE id = $1 RETURNING id, role", 2};
static const struct sql user_touch = {"user_touch", "UPDATE users SET updated_at = $2 WHERE id = $1", 2};
static const struct sql account_add = {
    "account_add", "INSERT INTO accounts (user_id, password_hash, password_changed_at) VALUES ($1, $2, $3)", 3};
static const struct sql echo = {"echo",
                                "SELECT CAST($1 AS {int}), CAST($2 AS {real}), CAST($3 AS {bool}), CAST($4 AS {text}), CAST($5 AS {blob}), "
                                "CAST($6 AS {uuid}), CAST($7 AS {time}), CAST($8 AS {json}), CAST(NULL AS {uuid})",
                                8};
static const struct sql own_process = {"own_process", "SELECT pg_backend_pid()", 0};
static const struct sql end_process = {"end_process", "SELECT CAST(pg_terminate_backend(CAST($1 AS INTEGER)) AS INTEGER)", 1};

static struct test_store store;

static bool begin(size_t connections)
{
    store = (struct test_store){0};
    return test_store_open(&store, connections);
}

static enum err add_user(const char *id, const char *email)
{
    return db_exec(store.db, &user_add, DB_ARGS(db_uuid(str_from(id)), db_text(str_from(email)), db_text(STR("Ada")), db_time(1)));
}

static int64_t count(void)
{
    int64_t value = -1;
    return db_query_int(store.db, &user_count, DB_NO_ARGS, &value) == OK ? value : -1;
}

#define ON_POSTGRES() \
    if (!test_store_is_postgres()) SKIP("no TEST_DATABASE_URL: tests/postgres.sh gives one")

TEST(values_come_back_as_they_went)
{
    ON_POSTGRES();
    REQUIRE(begin(1));
    static const char blob[] = {0, 1, '\'', (char)0xff, 0};
    struct str text = STR("O'Hara \"quoted\" \xF0\x9F\x9A\x80; DROP TABLE users --");
    struct arena arena CLEANUP(arena_dispose) = {0};
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        REQUIRE(CHECK_OK(db_query_one(store.db, &echo,
                                      DB_ARGS(db_int(INT64_MIN), db_real(0.1), db_bool(true), db_text(text), db_blob((struct str){blob, sizeof blob}),
                                              db_uuid(STR(ADA)), db_time(INT64_C(1773307800123456)), db_json(STR("{\"a\": [1]}"))),
                                      &rows)));
        CHECK_INT(db_col_int(&rows, 0), INT64_MIN);
        CHECK(db_col_real(&rows, 1) == 0.1);
        CHECK(db_col_bool(&rows, 2));
        CHECK_STR(db_col_text(&rows, 3, &arena), text);
        CHECK_STR(db_col_view(&rows, 4), ((struct str){blob, sizeof blob}));
        CHECK_STR(db_col_view(&rows, 5), ADA);
        CHECK_INT(db_col_time(&rows, 6), INT64_C(1773307800123456));
        CHECK_INT(db_col_int(&rows, 6), INT64_C(1773307800123456));
        CHECK_STR(db_col_view(&rows, 7), "{\"a\": [1]}");
        CHECK(db_col_is_null(&rows, 8));
        CHECK_STR(db_col_view(&rows, 8), "");
        CHECK(!db_next(&rows));
    }
    test_store_close(&store);
}

TEST(errors_are_named_as_on_sqlite)
{
    ON_POSTGRES();
    REQUIRE(begin(1));
    REQUIRE(CHECK_OK(add_user(ADA, "secret-value@example.org")));
    CHECK_INT(add_user(BOB, "secret-value@example.org"), ERR_CONFLICT);
    CHECK_STR(db_constraint(store.db), "users.email");
    CHECK(strstr(err_detail(), "user_add") && !strstr(err_detail(), "secret-value"));
    CHECK_INT(db_exec(store.db, &account_add, DB_ARGS(db_uuid(STR(BOB)), db_text(STR("h")), db_time(1))), ERR_CONFLICT);
    CHECK_STR(db_constraint(store.db), "foreign key");
    CHECK_INT(db_exec(store.db, &user_role, DB_ARGS(db_uuid(STR(ADA)), db_text(STR("emperor")))), ERR_CONFLICT);
    CHECK_INT(db_exec(store.db, &user_role, DB_ARGS(db_uuid(STR(ADA)), db_null())), ERR_INTERNAL);
    CHECK_INT(db_exec_one(store.db, &user_touch, DB_ARGS(db_uuid(STR(BOB)), db_time(2))), ERR_NOT_FOUND);
    CHECK_INT(db_exec_one(store.db, &user_touch, DB_ARGS(db_uuid(STR("no id")), db_time(2))), ERR_NOT_FOUND);
    CHECK_INT(db_exec(store.db, &user_touch, DB_ARGS(db_uuid(STR(ADA)), db_text(STR("yesterday")))), ERR_INTERNAL);
    CHECK_INT(count(), 1);
    test_store_close(&store);
}

TEST(several_cursors_and_returned_rows)
{
    ON_POSTGRES();
    REQUIRE(begin(1));
    REQUIRE(CHECK_OK(add_user(ADA, "a@example.org")) && CHECK_OK(add_user(BOB, "b@example.org")));
    int pairs = 0;
    {
        struct db_rows outer CLEANUP(db_rows_close) = {0};
        REQUIRE(CHECK_OK(db_query(store.db, &user_list, DB_NO_ARGS, &outer)));
        while (db_next(&outer)) {
            struct db_rows inner CLEANUP(db_rows_close) = {0};
            REQUIRE(CHECK_OK(db_query(store.db, &user_list, DB_NO_ARGS, &inner)));
            while (db_next(&inner)) pairs++;
        }
        struct db_rows changed CLEANUP(db_rows_close) = {0};
        REQUIRE(CHECK_OK(db_query_one(store.db, &user_role, DB_ARGS(db_uuid(STR(BOB)), db_text(STR("admin"))), &changed)));
        CHECK_STR(db_col_view(&changed, 0), BOB);
        CHECK_STR(db_col_view(&changed, 1), "admin");
    }
    CHECK_INT(pairs, 4);
    test_store_close(&store);
}

TEST(transactions_are_kept_undone_or_spoiled)
{
    ON_POSTGRES();
    REQUIRE(begin(1));
    REQUIRE(CHECK_OK(db_begin(store.db)));
    CHECK_OK(db_commit(store.db)); /* nothing was sent */
    REQUIRE(CHECK_OK(db_begin(store.db)));
    CHECK_OK(add_user(ADA, "a@example.org"));
    db_rollback(store.db);
    CHECK_INT(count(), 0);
    REQUIRE(CHECK_OK(db_begin(store.db)));
    CHECK_OK(add_user(ADA, "a@example.org"));
    CHECK_INT(add_user(ADA, "b@example.org"), ERR_CONFLICT);
    CHECK_STR(db_constraint(store.db), "users.id");
    CHECK_INT(add_user(BOB, "c@example.org"), ERR_INTERNAL);
    CHECK_INT(db_commit(store.db), ERR_INTERNAL);
    CHECK_INT(count(), 0);
    REQUIRE(CHECK_OK(db_begin(store.db)));
    CHECK_OK(add_user(ADA, "a@example.org"));
    CHECK_OK(db_commit(store.db));
    CHECK_INT(count(), 1);
    test_store_close(&store);
}

/* On both engines: a page asks several things in one round, and has all of them or none. */
/* Adds a person when nobody is there; the first `rivals` runs meet a rival who does the same meanwhile. */
struct first_come {
    struct db *rival;
    const char *id, *email, *rival_id;
    int rivals, runs;
};

static enum err add_when_empty(struct db *db, void *argument)
{
    struct first_come *first = argument;
    int64_t people = 0;
    first->runs++;
    TRY(db_query_int(db, &user_count, DB_NO_ARGS, &people));
    if (first->rivals-- > 0) {
        struct first_come other = {.id = first->rival_id, .email = "rival@example.org"};
        TRY(db_transaction(first->rival, add_when_empty, &other));
    }
    if (people > 0) return OK;
    return db_exec(db, &user_add, DB_ARGS(db_uuid(str_from(first->id)), db_text(str_from(first->email)), db_text(STR("Ada")), db_time(1)));
}

TEST(what_another_transaction_decided_meanwhile_is_seen_by_a_second_run)
{
    ON_POSTGRES();
    REQUIRE(begin(2));
    struct first_come first = {.id = ADA, .email = "ada@example.org", .rival_id = BOB, .rivals = 1};
    REQUIRE(CHECK_OK(db_acquire(store.pool, &first.rival)));
    CHECK_OK(db_transaction(store.db, add_when_empty, &first));
    CHECK_INT(first.runs, 2);
    CHECK_INT(count(), 1); /* each saw an empty table at first: one of them only was right */
    db_release(first.rival);
    test_store_close(&store);
}

static enum err touch(struct db *db, const char *id, int64_t at) { return db_exec_one(db, &user_touch, DB_ARGS(db_uuid(str_from(id)), db_time(at))); }

static enum err touch_after_the_rival(struct db *db, void *argument)
{
    struct first_come *first = argument;
    TRY(db_query_int(db, &user_count, DB_NO_ARGS, &(int64_t){0}));
    if (first->runs++ < first->rivals) TRY(touch(first->rival, ADA, first->runs));
    return touch(db, ADA, 1000);
}

TEST(a_transaction_that_always_loses_ends_after_a_few_runs)
{
    ON_POSTGRES();
    REQUIRE(begin(2));
    REQUIRE(CHECK_OK(add_user(ADA, "ada@example.org")));
    struct first_come first = {.rivals = 1000};
    REQUIRE(CHECK_OK(db_acquire(store.pool, &first.rival)));
    CHECK_INT(db_transaction(store.db, touch_after_the_rival, &first), ERR_UNAVAILABLE);
    CHECK_INT(first.runs, DB_RERUNS_MAX + 1);
    first = (struct first_come){.rival = first.rival, .rivals = 2};
    CHECK_OK(db_transaction(store.db, touch_after_the_rival, &first));
    CHECK_INT(first.runs, 3);
    db_release(first.rival);
    test_store_close(&store);
}

struct crossing {
    struct db *db;
    pthread_barrier_t *both;
    const char *one, *other;
    int runs;
    enum err result;
};

static enum err touch_both(struct db *db, void *argument)
{
    struct crossing *crossing = argument;
    TRY(touch(db, crossing->one, 5));
    if (crossing->runs++ == 0) pthread_barrier_wait(crossing->both);
    return touch(db, crossing->other, 6);
}

static void *cross(void *argument)
{
    struct crossing *crossing = argument;
    crossing->result = db_transaction(crossing->db, touch_both, crossing);
    return NULL;
}

TEST(a_deadlock_costs_a_second_run)
{
    ON_POSTGRES();
    REQUIRE(begin(2));
    REQUIRE(CHECK_OK(add_user(ADA, "ada@example.org")) && CHECK_OK(add_user(BOB, "bob@example.org")));
    pthread_barrier_t both;
    pthread_t thread;
    pthread_barrier_init(&both, NULL, 2);
    struct crossing mine = {store.db, &both, ADA, BOB, 0, OK}, yours = {NULL, &both, BOB, ADA, 0, OK};
    REQUIRE(CHECK_OK(db_acquire(store.pool, &yours.db)));
    REQUIRE(pthread_create(&thread, NULL, cross, &yours) == 0);
    cross(&mine);
    pthread_join(thread, NULL);
    CHECK_OK(mine.result);
    CHECK_OK(yours.result);
    CHECK(mine.runs + yours.runs > 2);
    pthread_barrier_destroy(&both);
    db_release(yours.db);
    test_store_close(&store);
}

TEST(asked_together_all_or_none)
{
    static const struct sql wrong = {"wrong", "SELECT id FROM users WHERE CAST(email AS {int}) / 0 = $1", 1};
    REQUIRE(begin(1));
    REQUIRE(CHECK_OK(add_user(ADA, "a@example.org")) && CHECK_OK(add_user(BOB, "b@example.org")));
    {
        struct db_rows users CLEANUP(db_rows_close) = {0}, number CLEANUP(db_rows_close) = {0};
        const struct db_ask asks[] = {{&user_list, NULL, 0, &users}, {&user_count, NULL, 0, &number}};
        REQUIRE(CHECK_OK(db_query_all(store.db, asks, 2)));
        CHECK(db_next(&number) && db_col_int(&number, 0) == 2);
        CHECK(db_next(&users) && db_next(&users) && !db_next(&users));
    }
    if (test_store_is_postgres()) {
        struct db_rows users CLEANUP(db_rows_close) = {0}, nothing CLEANUP(db_rows_close) = {0};
        const struct db_value one[] = {db_int(1)};
        const struct db_ask asks[] = {{&user_list, NULL, 0, &users}, {&wrong, one, 1, &nothing}};
        CHECK_INT(db_query_all(store.db, asks, 2), ERR_INTERNAL);
        CHECK(strstr(err_detail(), "wrong") && !strstr(err_detail(), "example.org"));
        CHECK(!users.cursor && !nothing.cursor);
        const struct db_value text[] = {db_text(STR("no number"))};
        const struct db_ask unfit[] = {{&user_list, NULL, 0, &users}, {&wrong, text, 1, &nothing}};
        CHECK_INT(db_query_all(store.db, unfit, 2), ERR_INTERNAL);
    }
    CHECK_INT(count(), 2);
    test_store_close(&store);
}

static void end_our_connection(void)
{
    struct db *other = NULL;
    int64_t process = 0, ended = 0;
    REQUIRE(CHECK_OK(db_query_int(store.db, &own_process, DB_NO_ARGS, &process)));
    REQUIRE(CHECK_OK(db_acquire(store.pool, &other)));
    CHECK_OK(db_query_int(other, &end_process, DB_ARGS(db_int(process)), &ended));
    CHECK_INT(ended, 1);
    db_release(other);
}

/* A restart of the server must cost nobody an error where nothing was under way, and must not be hidden where something was. */
TEST(a_lost_connection_is_opened_again_where_nothing_can_be_lost)
{
    ON_POSTGRES();
    REQUIRE(begin(2));
    REQUIRE(CHECK_OK(add_user(ADA, "a@example.org")));
    end_our_connection();
    CHECK_INT(count(), 1); /* a read */
    end_our_connection();
    REQUIRE(CHECK_OK(db_begin(store.db))); /* a transaction that had not begun */
    CHECK_OK(add_user(BOB, "b@example.org"));
    CHECK_OK(db_commit(store.db));
    CHECK_INT(count(), 2);
    REQUIRE(CHECK_OK(db_begin(store.db)));
    CHECK_OK(db_exec_one(store.db, &user_touch, DB_ARGS(db_uuid(STR(ADA)), db_time(7))));
    end_our_connection();
    CHECK_INT(db_exec_one(store.db, &user_touch, DB_ARGS(db_uuid(STR(BOB)), db_time(7))), ERR_UNAVAILABLE); /* half of it is gone */
    db_rollback(store.db);
    CHECK(!strstr(err_words(), "statement"));
    db_release(store.db);
    store.db = NULL;
    REQUIRE(CHECK_OK(db_acquire(store.pool, &store.db)));
    CHECK_INT(count(), 2);
    test_store_close(&store);
}

TEST(a_server_that_takes_no_writes_any_more_is_left)
{
    ON_POSTGRES();
    static const struct sql as_a_standby = {"as_a_standby", "SET default_transaction_read_only = on", 0};
    REQUIRE(begin(1));
    REQUIRE(CHECK_OK(db_exec(store.db, &as_a_standby, DB_NO_ARGS)));
    CHECK_INT(add_user(ADA, "ada@example.org"), ERR_UNAVAILABLE);
    db_release(store.db);
    REQUIRE(CHECK_OK(db_acquire(store.pool, &store.db))); /* another connection: after a fail-over, to the server that does */
    CHECK_OK(add_user(ADA, "ada@example.org"));
    test_store_close(&store);
}

static int64_t idle_limit_ms(void)
{
    static const struct sql idle_limit = {
        "idle_limit", "SELECT CAST(setting AS BIGINT) FROM pg_settings WHERE name = 'idle_in_transaction_session_timeout'", 0};
    int64_t value = -1;
    return CHECK_OK(db_query_int(store.db, &idle_limit, DB_NO_ARGS, &value)) ? value : -1;
}

static enum err load_nothing(struct db *db, void *table)
{
    struct bulk_load *load = NULL;
    TRY(bulk_load_open(db, table, &load));
    TRY(bulk_load_close(load, true));
    CHECK_INT(idle_limit_ms(), 0);
    return OK;
}

static enum err empty_all(struct db *db, void *schema)
{
    TRY(bulk_empty(db, schema));
    CHECK_INT(idle_limit_ms(), 0);
    return OK;
}

TEST(a_frozen_process_holds_others_up_for_ten_seconds_and_a_slow_copy_is_not_cut)
{
    ON_POSTGRES();
    REQUIRE(begin(1));
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct schema schema;
    CHECK_INT(idle_limit_ms(), 10000);
    REQUIRE(CHECK_OK(db_schema_read(store.db, &arena, &schema)));
    REQUIRE(CHECK_OK(bulk_snapshot(store.db, &schema)));
    CHECK_INT(idle_limit_ms(), 0);
    bulk_snapshot_end(store.db);
    CHECK_OK(db_transaction(store.db, load_nothing, (void *)schema_find(&schema, STR("users"))));
    CHECK_OK(db_transaction(store.db, empty_all, &schema));
    CHECK_INT(idle_limit_ms(), 10000);
    test_store_close(&store);
}

static atomic_int heard_here, heard_there;

static void hear(void *unused, struct str note)
{
    (void)unused;
    if (str_equal(note, STR("here"))) atomic_fetch_add(&heard_here, 1);
    if (str_equal(note, STR("there"))) atomic_fetch_add(&heard_there, 1);
}

/* A database may hold the stores of two installations: "cancel 1" of one is not meant for job 1 of the other. */
TEST(notes_stay_within_their_store)
{
    ON_POSTGRES();
    struct test_store other = {0};
    struct db_pool *second = NULL; /* as of another process */
    struct db *db = NULL;
    REQUIRE(begin(1));
    REQUIRE(test_store_open(&other, 1));
    REQUIRE(CHECK_OK(db_pool_open_at(&second, store.path, 1)) && CHECK_OK(db_acquire(second, &db)));
    REQUIRE(CHECK_OK(db_listen(store.pool, hear, NULL)));
    CHECK_OK(db_notify(other.db, STR("there")));
    CHECK_OK(db_notify(db, STR("here")));
    for (int i = 0; i < 3000 && !atomic_load(&heard_here); i++) nanosleep(&(struct timespec){.tv_nsec = 10000000}, NULL);
    CHECK_INT(atomic_load(&heard_here), 1);
    CHECK_INT(atomic_load(&heard_there), 0); /* told before, so it would have come before */
    db_release(db);
    db_pool_close(second);
    test_store_close(&other);
    test_store_close(&store);
}

TEST(what_an_operator_should_know_is_remarked)
{
    ON_POSTGRES();
    REQUIRE(begin(1));
    struct buf remarks CLEANUP(buf_dispose) = {0};
    CHECK_OK(db_remarks(store.db, &remarks));
    CHECK_STR(buf_str(&remarks), "");
    test_store_close(&store);
    REQUIRE(CHECK_OK(test_store_on_server("CREATE DATABASE careerprep_plain TEMPLATE template0 LOCALE 'C'")));
    char url[600];
    struct str server = str_from(getenv("TEST_DATABASE_URL"));
    snprintf(url, sizeof url, "%.*s/careerprep_plain", (int)str_find(server, STR("/postgres"), 12), server.ptr);
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    REQUIRE(CHECK_OK(db_pool_open_at(&pool, url, 1)) && CHECK_OK(db_acquire(pool, &db)));
    CHECK_OK(db_remarks(db, &remarks));
    CHECK(str_contains(buf_str(&remarks), STR("locale C:")));
    db_release(db);
    db_pool_close(pool);
    CHECK_OK(test_store_on_server("DROP DATABASE careerprep_plain"));
}

TEST(a_server_that_is_not_there_is_told_at_once)
{
    struct db_pool *pool = NULL;
    CHECK_INT(db_pool_open_at(&pool, "postgres://nobody@127.0.0.1:1/none", 1), ERR_UNAVAILABLE);
    CHECK(!pool);
    CHECK(strstr(err_detail(), "cannot be reached"));
}

TEST(a_password_in_a_url_that_cannot_be_read_is_not_told)
{
    struct db_pool *pool = NULL;
    static const char *const urls[] = {"postgres://ada:hunter2/x@host/db", "postgres://ada:hunter2%zz@host/db", "postgres://host/db?hunter2=1",
                                       "postgres://ada:pa?hunter=2@host/db%zz"};
    for (size_t i = 0; i < COUNT_OF(urls); i++) {
        CHECK_INT(db_pool_open_at(&pool, urls[i], 1), ERR_INVALID);
        CHECK(!strstr(err_detail(), "hunter"));
    }
}

TEST(a_setting_that_is_none_is_named)
{
    struct db_pool *pool = NULL;
    CHECK_INT(db_pool_open_at(&pool, "postgres://ada:secret@host/db?sslmode=disable&ssl=true&foo=bar", 1), ERR_INVALID);
    CHECK(strstr(err_detail(), "\"foo\" behind the question mark") && !strstr(err_detail(), "secret") && !strstr(err_detail(), "bar"));
    CHECK_INT(db_pool_open_at(&pool, "postgres:///db?foo", 1), ERR_INVALID);
    CHECK(strstr(err_detail(), "\"foo\" behind the question mark"));
}
