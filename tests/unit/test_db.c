/* The store: types, conflicts, cursors, transactions, the pool, threads, crashes, backup. */
#include "base/buf.h"
#include "base/clock.h"
#include "test.h"
#include "test_store.h"

#include <pthread.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#define U1 "0190a1b2-0000-7000-8000-000000000001"
#define U2 "0190a1b2-0000-7000-8000-000000000002"
#define U3 "0190a1b2-0000-7000-8000-000000000003"
#define U8 "0190a1b2-0000-7000-8000-000000000008"
#define U9 "0190a1b2-0000-7000-8000-000000000009"

static const struct sql user_add = {
    "user_add", "INSERT INTO users (id, email, first_name, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)", 4};
static const struct sql user_list = {"user_list", "SELECT id, email FROM users ORDER BY email", 0};
static const struct sql user_count = {"user_count", "SELECT COUNT(*) FROM users", 0};
static const struct sql user_touch = {"user_touch", "UPDATE users SET updated_at = $2 WHERE id = $1", 2};
static const struct sql user_role = {"user_role", "UPDATE users SET role = $2 WHERE id = $1 RETURNING id, role", 2};
static const struct sql user_delete = {"user_delete", "DELETE FROM users WHERE id = $1", 1};
static const struct sql account_add = {
    "account_add", "INSERT INTO accounts (user_id, password_hash, password_changed_at) VALUES ($1, $2, $3)", 3};
static const struct sql account_count = {"account_count", "SELECT COUNT(*) FROM accounts", 0};
/* $2 stands first and twice: SQLite numbers it 1. */
static const struct sql out_of_order = {"out_of_order", "SELECT $2, $1, $2, $3", 3};
static const struct sql echo = {"echo", "SELECT $1, $2, $3, $4, $5, $6, $7, $8", 8};

static enum err add_user(struct db *db, const char *id, const char *email)
{
    return db_exec(db, &user_add, DB_ARGS(db_uuid(str_from(id)), db_text(str_from(email)), db_text(STR("Ada")), db_time(1)));
}

static int64_t count(struct db *db, const struct sql *sql)
{
    int64_t value = -1;
    return db_query_int(db, sql, DB_NO_ARGS, &value) == OK ? value : -1;
}

TEST(values_come_back_as_they_went)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    static const char blob[] = {0, 1, '\'', (char)0xff, 0};
    struct str text = STR("O'Hara \"quoted\" \xF0\x9F\x9A\x80 \xE2\x82\xAC; DROP TABLE users --");
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    REQUIRE(CHECK_OK(db_query(store.db, &echo,
                              DB_ARGS(db_int(INT64_MIN), db_real(0.1), db_bool(true), db_text(text),
                                      db_blob((struct str){blob, sizeof blob}), db_uuid(STR("0190a1b2-0000-7000-8000-000000000001")),
                                      db_time(INT64_C(1773307800123456)), db_json(STR("{\"a\":[1]}"))),
                              &rows)));
    REQUIRE(db_next(&rows));
    struct arena arena CLEANUP(arena_dispose) = {0};
    CHECK_INT(rows.columns, 8);
    CHECK_INT(db_col_int(&rows, 0), INT64_MIN);
    CHECK(db_col_real(&rows, 1) == 0.1);
    CHECK(db_col_bool(&rows, 2));
    CHECK_STR(db_col_text(&rows, 3, &arena), text);
    CHECK_STR(db_col_view(&rows, 4), ((struct str){blob, sizeof blob}));
    CHECK_STR(db_col_view(&rows, 5), "0190a1b2-0000-7000-8000-000000000001");
    CHECK_INT(db_col_time(&rows, 6), INT64_C(1773307800123456));
    CHECK_STR(db_col_view(&rows, 7), "{\"a\":[1]}");
    CHECK(!db_next(&rows));
    CHECK_OK(db_rows_result(&rows));
}

TEST(null_and_empty_text_differ)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    REQUIRE(CHECK_OK(db_query(store.db, &out_of_order, DB_ARGS(db_null(), db_text((struct str){NULL, 0}), db_int(3)), &rows)));
    REQUIRE(db_next(&rows));
    CHECK(!db_col_is_null(&rows, 0));
    CHECK(db_col_is_null(&rows, 1));
    CHECK(!db_col_is_null(&rows, 2));
    CHECK_STR(db_col_view(&rows, 1), "");
    CHECK_INT(db_col_int(&rows, 1), 0);
    CHECK_INT(db_col_time(&rows, 1), 0);
    CHECK_INT(db_col_int(&rows, 3), 3);
    CHECK_INT(db_text_or_null(STR("")).type, DB_NULL);
    CHECK_INT(db_time_or_null(0).type, DB_NULL);
}

TEST(parameters_are_bound_by_their_number)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    REQUIRE(CHECK_OK(db_query(store.db, &out_of_order, DB_ARGS(db_text(STR("one")), db_text(STR("two")), db_int(3)), &rows)));
    REQUIRE(db_next(&rows));
    CHECK_STR(db_col_view(&rows, 0), "two");
    CHECK_STR(db_col_view(&rows, 1), "one");
    CHECK_STR(db_col_view(&rows, 2), "two");
    CHECK_INT(db_col_int(&rows, 3), 3);
}

TEST(bound_text_may_vanish_while_a_cursor_is_open)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    char *volatile_text = strdup("kept by the cursor");
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err error = db_query(store.db, &out_of_order, DB_ARGS(db_text(str_from(volatile_text)), db_int(1), db_int(2)), &rows);
    memset(volatile_text, 'x', strlen(volatile_text));
    free(volatile_text);
    REQUIRE(CHECK_OK(error));
    REQUIRE(db_next(&rows));
    CHECK_STR(db_col_view(&rows, 1), "kept by the cursor");
}

TEST(text_with_a_nul_byte_is_refused)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    CHECK_INT(db_exec(store.db, &user_add, DB_ARGS(db_uuid(STR(U1)), db_text(STR("a\0b")), db_text(STR("")), db_time(1))), ERR_INVALID);
    CHECK_INT(count(store.db, &user_count), 0);
}

TEST(conflicts_name_what_was_broken)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    struct db *db = store.db;
    REQUIRE(CHECK_OK(add_user(db, U1, "secret-value@example.org")));
    CHECK_INT(add_user(db, U2, "secret-value@example.org"), ERR_CONFLICT);
    CHECK_STR(db_constraint(db), "users.email");
    CHECK(strstr(err_detail(), "user_add"));
    CHECK(!strstr(err_detail(), "secret-value"));
    CHECK_INT(db_exec(db, &account_add, DB_ARGS(db_uuid(STR(U8)), db_text(STR("h")), db_time(1))), ERR_CONFLICT);
    CHECK_STR(db_constraint(db), "foreign key");
    CHECK_INT(db_exec(db, &user_role, DB_ARGS(db_uuid(STR(U1)), db_text(STR("emperor")))), ERR_CONFLICT);
    CHECK_STR(db_constraint(db), "check");
    CHECK_OK(db_exec(db, &user_role, DB_ARGS(db_uuid(STR(U1)), db_text(STR("admin")))));
    CHECK_STR(db_constraint(db), "");
    CHECK_INT(db_exec(db, &user_role, DB_ARGS(db_uuid(STR(U1)), db_null())), ERR_INTERNAL);
}

TEST(a_value_of_another_type_is_refused)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    REQUIRE(CHECK_OK(add_user(store.db, U1, "a@example.org")));
    CHECK_INT(db_exec(store.db, &user_touch, DB_ARGS(db_uuid(STR(U1)), db_text(STR("yesterday")))), ERR_INTERNAL);
}

TEST(changed_rows_are_counted_and_a_strangers_id_is_not_found)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    REQUIRE(CHECK_OK(add_user(store.db, U1, "a@example.org")));
    CHECK_OK(db_exec_one(store.db, &user_touch, DB_ARGS(db_uuid(STR(U1)), db_time(2))));
    CHECK_INT(db_exec_one(store.db, &user_touch, DB_ARGS(db_uuid(STR(U2)), db_time(2))), ERR_NOT_FOUND);
    int64_t changed = -1;
    CHECK_OK(db_exec_count(store.db, &user_count, DB_NO_ARGS, &changed));
    CHECK_INT(changed, 0);
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    CHECK_INT(db_query_one(store.db, &user_role, DB_ARGS(db_uuid(STR(U2)), db_text(STR("admin"))), &rows), ERR_NOT_FOUND);
}

TEST(deleting_a_person_deletes_what_is_theirs)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    REQUIRE(CHECK_OK(add_user(store.db, U1, "a@example.org")));
    REQUIRE(CHECK_OK(db_exec(store.db, &account_add, DB_ARGS(db_uuid(STR(U1)), db_text(STR("h")), db_time(1)))));
    CHECK_OK(db_exec_one(store.db, &user_delete, DB_ARGS(db_uuid(STR(U1)))));
    CHECK_INT(count(store.db, &account_count), 0);
}

TEST(returned_rows_stay_readable_and_are_written_at_once)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 2));
    REQUIRE(CHECK_OK(add_user(store.db, U1, "a@example.org")));
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    REQUIRE(CHECK_OK(db_query_one(store.db, &user_role, DB_ARGS(db_uuid(STR(U1)), db_text(STR("admin"))), &rows)));
    /* Another connection writes while the rows are still open: they hold no lock. */
    struct db *other = NULL;
    REQUIRE(CHECK_OK(db_acquire(store.pool, &other)));
    CHECK_OK(db_exec_one(other, &user_touch, DB_ARGS(db_uuid(STR(U1)), db_time(9))));
    db_release(other);
    CHECK_STR(db_col_view(&rows, 0), U1);
    CHECK_STR(db_col_view(&rows, 1), "admin");
    CHECK(!db_col_is_null(&rows, 1));
    CHECK(!db_next(&rows));
    CHECK(!db_next(&rows));
}

TEST(one_statement_may_be_open_several_times)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    REQUIRE(CHECK_OK(add_user(store.db, U1, "a@example.org")));
    REQUIRE(CHECK_OK(add_user(store.db, U2, "b@example.org")));
    REQUIRE(CHECK_OK(add_user(store.db, U3, "c@example.org")));
    int pairs = 0;
    struct db_rows outer CLEANUP(db_rows_close) = {0};
    REQUIRE(CHECK_OK(db_query(store.db, &user_list, DB_NO_ARGS, &outer)));
    while (db_next(&outer)) {
        struct db_rows inner CLEANUP(db_rows_close) = {0};
        REQUIRE(CHECK_OK(db_query(store.db, &user_list, DB_NO_ARGS, &inner)));
        while (db_next(&inner)) pairs++;
    }
    CHECK_INT(pairs, 9);
    CHECK_OK(db_rows_result(&outer));
}

TEST(more_statements_than_are_kept_still_work)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct sql *many = arena_array(&arena, struct sql, 300);
    for (int i = 0; i < 300; i++) many[i] = (struct sql){"many", str_cstr(&arena, str_format(&arena, "SELECT %d", i)), 0};
    for (int round = 0; round < 2; round++)
        for (int i = 0; i < 300; i++) CHECK_INT(count(store.db, &many[i]), i);
}

TEST(statements_are_counted)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    uint64_t before = db_statement_count(store.db);
    CHECK_INT(count(store.db, &user_count), 0);
    CHECK_OK(add_user(store.db, U1, "a@example.org"));
    CHECK_INT(db_statement_count(store.db) - before, 2);
}

TEST(a_wrong_statement_is_told_when_it_is_prepared)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    static const struct sql column = {"no_column", "SELECT nothing FROM users", 0};
    static const struct sql gap = {"gap", "SELECT $1, $3", 2};
    static const struct sql more = {"more", "SELECT $1, $2", 1};
    static const struct sql two = {"two", "SELECT 1; SELECT 2", 0};
    static const struct sql quotes = {"quotes", "SELECT \"no such column\" FROM users", 0};
    CHECK_OK(db_prepare_check(store.db, &user_add));
    CHECK_INT(db_prepare_check(store.db, &column), ERR_INTERNAL);
    CHECK(strstr(err_detail(), "no_column"));
    CHECK_INT(db_prepare_check(store.db, &gap), ERR_INTERNAL);
    CHECK_INT(db_prepare_check(store.db, &more), ERR_INTERNAL);
    CHECK_INT(db_prepare_check(store.db, &two), ERR_INTERNAL);
    CHECK_INT(db_prepare_check(store.db, &quotes), ERR_INTERNAL);
}

TEST(a_rollback_leaves_nothing)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    REQUIRE(CHECK_OK(db_begin(store.db)));
    CHECK(db_in_transaction(store.db));
    CHECK_OK(add_user(store.db, U1, "a@example.org"));
    db_rollback(store.db);
    CHECK(!db_in_transaction(store.db));
    CHECK_INT(count(store.db, &user_count), 0);
    db_rollback(store.db);
    REQUIRE(CHECK_OK(db_begin(store.db)));
    CHECK_OK(add_user(store.db, U1, "a@example.org"));
    db_release(store.db); /* rolls back too */
    store.db = NULL;
    REQUIRE(CHECK_OK(db_acquire(store.pool, &store.db)));
    CHECK_INT(count(store.db, &user_count), 0);
}

TEST(a_failed_statement_spoils_the_transaction)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    REQUIRE(CHECK_OK(db_begin(store.db)));
    CHECK_OK(add_user(store.db, U1, "a@example.org"));
    CHECK_INT(add_user(store.db, U1, "b@example.org"), ERR_CONFLICT);
    CHECK_INT(add_user(store.db, U3, "c@example.org"), ERR_INTERNAL);
    CHECK_INT(db_commit(store.db), ERR_INTERNAL);
    CHECK(!db_in_transaction(store.db));
    CHECK_INT(count(store.db, &user_count), 0);
    CHECK_OK(add_user(store.db, U1, "a@example.org"));
}

static char heard[256];
static void hear(void *unused, struct str note)
{
    (void)unused;
    size_t len = strlen(heard);
    snprintf(heard + len, sizeof heard - len, "%.*s,", STR_ARG(note));
}

/* A worker that is woken before the job is stored finds nothing, and sleeps. */
TEST(notes_are_heard_once_after_the_commit_or_not_at_all)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    heard[0] = 0;
    CHECK_OK(db_notify(store.db, STR("unheard")));
    REQUIRE(CHECK_OK(db_listen(store.pool, hear, NULL)));
    CHECK_OK(db_notify(store.db, STR("at once")));
    CHECK_STR(heard, "at once,");
    REQUIRE(CHECK_OK(db_begin(store.db)));
    for (int i = 0; i < 40; i++) CHECK_OK(db_notify(store.db, STR("jobs")));
    CHECK_OK(db_notify(store.db, STR("other")));
    CHECK_STR(heard, "at once,");
    CHECK_OK(db_commit(store.db));
    CHECK_STR(heard, "at once,jobs,other,");
    REQUIRE(CHECK_OK(db_begin(store.db)));
    CHECK_OK(db_notify(store.db, STR("undone")));
    db_rollback(store.db);
    REQUIRE(CHECK_OK(db_begin(store.db)));
    CHECK_OK(db_commit(store.db));
    CHECK_STR(heard, "at once,jobs,other,");
    CHECK_INT(db_notify(store.db, STR("")), ERR_INVALID);
    CHECK_INT(db_notify(store.db, STR("a\0b")), ERR_INVALID);
}

static enum err body_add(struct db *db, void *argument) { return add_user(db, argument, argument); }
static enum err body_fail(struct db *db, void *argument)
{
    TRY(add_user(db, U9, "z@example.org"));
    return err_set(ERR_FORBIDDEN, "%s", (const char *)argument);
}

TEST(a_transaction_body_is_kept_or_undone)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    CHECK_OK(db_transaction(store.db, body_add, (char[]){U1}));
    CHECK_INT(db_transaction(store.db, body_fail, (char[]){"no"}), ERR_FORBIDDEN);
    CHECK_INT(count(store.db, &user_count), 1);
    REQUIRE(CHECK_OK(db_begin(store.db)));
    CHECK_OK(db_transaction(store.db, body_add, (char[]){U2}));
    CHECK(db_in_transaction(store.db));
    CHECK_INT(db_transaction(store.db, body_fail, (char[]){"no"}), ERR_FORBIDDEN);
    CHECK_INT(db_commit(store.db), ERR_INTERNAL); /* an inner failure cannot be half kept */
    CHECK_INT(count(store.db, &user_count), 1);
}

TEST(an_empty_pool_says_so_after_five_seconds)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    struct db *second = NULL;
    int64_t start = clock_monotonic();
    CHECK_INT(db_acquire(store.pool, &second), ERR_UNAVAILABLE);
    int64_t waited = clock_monotonic() - start;
    CHECK(waited > 4900000 && waited < 8000000);
    CHECK(!second);
}

TEST(a_memory_store_and_a_directory_are_refused)
{
    struct db_pool *pool = NULL;
    CHECK_INT(db_pool_open_at(&pool, ":memory:", 1), ERR_INVALID);
    CHECK_INT(db_pool_open_at(&pool, "/tmp", 1), ERR_UNAVAILABLE);
    CHECK(!pool);
}

TEST(files_are_private)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    REQUIRE(CHECK_OK(add_user(store.db, U1, "a@example.org")));
    struct arena arena CLEANUP(arena_dispose) = {0};
    static const char *const endings[] = {"", "-wal", "-shm"};
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        struct stat info;
        REQUIRE(stat(str_cstr(&arena, str_format(&arena, "%s%s", store.path, endings[i])), &info) == 0);
        CHECK_INT(info.st_mode & 0777, 0600);
    }
}

TEST(a_damaged_file_is_no_store)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_make(&store));
    FILE *file = fopen(store.path, "w");
    REQUIRE(file);
    for (int i = 0; i < 1000; i++) fputs("this is no database ", file);
    fclose(file);
    CHECK_INT(db_pool_open_at(&store.pool, store.path, 1), ERR_INTERNAL);
    CHECK(strstr(err_detail(), "damaged"));
}

#define THREADS 4
#define ROUNDS 50
static const struct sql quota_start = {
    "quota_start", "INSERT INTO quotas (quota_key, window_start, used, expires_at) VALUES ('k', 0, 0, 0)", 0};
static const struct sql quota_read = {"quota_read", "SELECT used FROM quotas WHERE quota_key = 'k'", 0};
static const struct sql quota_set = {"quota_set", "UPDATE quotas SET used = $1 WHERE quota_key = 'k'", 1};

/* Reads, then writes what it read plus one: only right when no other writer comes between. */
static enum err body_increment(struct db *db, void *argument)
{
    (void)argument;
    int64_t used = 0;
    TRY(db_query_int(db, &quota_read, DB_NO_ARGS, &used));
    return db_exec_one(db, &quota_set, DB_ARGS(db_int(used + 1)));
}

static void *increment_thread(void *pool)
{
    size_t failures = 0;
    for (int i = 0; i < ROUNDS; i++) {
        struct db *db = NULL;
        if (db_acquire(pool, &db) != OK || db_transaction(db, body_increment, NULL) != OK) failures++;
        db_release(db);
    }
    return (void *)failures;
}

TEST(threads_write_in_turn)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 3)); /* one is ours: the threads also wait for connections */
    REQUIRE(CHECK_OK(db_exec(store.db, &quota_start, DB_NO_ARGS)));
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++) REQUIRE(pthread_create(&threads[i], NULL, increment_thread, store.pool) == 0);
    for (int i = 0; i < THREADS; i++) {
        void *failures = NULL;
        pthread_join(threads[i], &failures);
        CHECK(failures == NULL);
    }
    CHECK_INT(count(store.db, &quota_read), THREADS * ROUNDS);
}

/* Copies the store while a thread keeps writing pairs: each copy must hold whole pairs and pass the integrity check. */
static bool stop_writing;
static const struct sql integrity = {"integrity", "SELECT COUNT(*) FROM pragma_integrity_check WHERE integrity_check <> 'ok'", 0};

static enum err body_pair(struct db *db, void *argument)
{
    int number = *(int *)argument;
    char id[2][40];
    for (int i = 0; i < 2; i++) {
        snprintf(id[i], sizeof id[i], "0190a1b2-0000-7000-8000-%011d%d", number, i);
        TRY(add_user(db, id[i], id[i]));
    }
    return OK;
}

static void *pair_thread(void *pool)
{
    struct db *db = NULL;
    if (db_acquire(pool, &db) != OK) return pool;
    for (int i = 0; !__atomic_load_n(&stop_writing, __ATOMIC_RELAXED); i++)
        if (db_transaction(db, body_pair, &i) != OK) break;
    db_release(db);
    return NULL;
}

TEST(a_backup_is_whole_while_others_write)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 2));
    __atomic_store_n(&stop_writing, false, __ATOMIC_RELAXED);
    pthread_t thread;
    REQUIRE(pthread_create(&thread, NULL, pair_thread, store.pool) == 0);
    struct arena arena CLEANUP(arena_dispose) = {0};
    const char *copy = str_cstr(&arena, str_format(&arena, "%s/copy.db", store.directory));
    int64_t before = 0;
    while (before < 20) before = count(store.db, &user_count);
    CHECK_OK(db_backup(store.db, copy));
    CHECK_INT(db_backup(store.db, copy), ERR_INVALID); /* never over another file */
    __atomic_store_n(&stop_writing, true, __ATOMIC_RELAXED);
    pthread_join(thread, NULL);
    struct stat info;
    REQUIRE(stat(copy, &info) == 0);
    CHECK_INT(info.st_mode & 0777, 0600);
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    REQUIRE(CHECK_OK(db_pool_open_at(&pool, copy, 1)));
    if (CHECK_OK(db_acquire(pool, &db))) {
        int64_t users = count(db, &user_count);
        CHECK(users >= before && users % 2 == 0);
        CHECK_INT(count(db, &integrity), 0);
    }
    db_release(db);
    db_pool_close(pool);
}

static _Noreturn void write_forever(const char *path, int ready)
{
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    if (db_pool_open_at(&pool, path, 1) != OK || db_acquire(pool, &db) != OK) _exit(1);
    for (int i = 0;; i++) {
        if (db_transaction(db, body_pair, &i) != OK) _exit(1);
        if (write(ready, "x", 1) != 1) _exit(1);
    }
}

TEST(a_killed_process_leaves_whole_transactions)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    db_release(store.db);
    db_pool_close(store.pool); /* nothing of SQLite is open across the fork */
    store.db = NULL;
    store.pool = NULL;
    int channel[2];
    REQUIRE(pipe(channel) == 0);
    pid_t child = fork();
    if (child == 0) write_forever(store.path, channel[1]);
    close(channel[1]);
    int64_t committed = 0;
    char byte;
    while (committed < 25 && read(channel[0], &byte, 1) == 1) committed++;
    kill(child, SIGKILL);
    waitpid(child, NULL, 0);
    while (read(channel[0], &byte, 1) == 1) committed++;
    close(channel[0]);
    CHECK(committed >= 25);
    REQUIRE(CHECK_OK(db_pool_open_at(&store.pool, store.path, 1)));
    REQUIRE(CHECK_OK(db_acquire(store.pool, &store.db)));
    int64_t users = count(store.db, &user_count);
    CHECK_INT(users % 2, 0);
    CHECK(users >= 2 * committed && users <= 2 * committed + 2); /* what was reported is there */
    CHECK_INT(count(store.db, &integrity), 0);
}

TEST(another_process_holding_the_store_is_told)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    struct db_pool *rival = NULL; /* a second pool knows nothing of our turn, as another process would not */
    struct db *db = NULL;
    REQUIRE(CHECK_OK(db_pool_open_at(&rival, store.path, 1)));
    REQUIRE(CHECK_OK(db_acquire(rival, &db)));
    CHECK_OK(db_begin(db));
    CHECK_INT(add_user(store.db, U1, "a@example.org"), ERR_UNAVAILABLE);
    CHECK(strstr(err_detail(), "locked"));
    db_release(db);
    CHECK_OK(add_user(store.db, U1, "a@example.org"));
    db_pool_close(rival);
}
