/* Microseconds of the store's two common acts, on a store of its own in $TMPDIR: reading 50 narrow rows of one person out of 20,000,
 * and committing one row. The second is the disk's sync more than ours.
 */
#include "../unit/test_store.h"
#include "base/clock.h"
#include "base/log.h"

#include <sys/resource.h>

static const struct sql skill_add = {
    "skill_add", "INSERT INTO skills (id, name, field, category, created_at) VALUES ($1, $1, 'f', 'c', $2)", 2};
static const struct sql user_add = {"user_add", "INSERT INTO users (id, email, created_at, updated_at) VALUES ($1, $1, $2, $2)", 2};
static const struct sql claim_add = {"claim_add",
                                     "INSERT INTO user_skills (id, user_id, skill_id, proficiency_level, created_at, updated_at) "
                                     "VALUES ($1, $2, $3, 'proficient', $4, $4)",
                                     4};
static const struct sql joined = {"joined",
                                  "SELECT c.id, c.skill_id, s.name, c.proficiency_level, c.is_verified, c.created_at "
                                  "FROM user_skills c JOIN skills s ON s.id = c.skill_id WHERE c.user_id = $1",
                                  1};
static const struct sql plain = {
    "plain", "SELECT id, skill_id, proficiency_level, is_verified, created_at FROM user_skills WHERE user_id = $1", 1};
static const struct sql touch = {"touch", "UPDATE users SET updated_at = $2 WHERE id = $1", 2};

#define PEOPLE 400
#define CLAIMS 50
#define ROUNDS 20000
#define COMMITS 500

static enum err fill(struct db *db, void *argument)
{
    (void)argument;
    struct arena arena CLEANUP(arena_dispose) = {0};
    for (int i = 0; i < CLAIMS; i++)
        TRY(db_exec(db, &skill_add, DB_ARGS(db_text(str_format(&arena, "skill-number-%02d", i)), db_time(1))));
    for (int p = 0; p < PEOPLE; p++) {
        struct str person = str_format(&arena, "0190a1b2-0000-7000-8000-%012d", p);
        TRY(db_exec(db, &user_add, DB_ARGS(db_uuid(person), db_time(1))));
        for (int i = 0; i < CLAIMS; i++)
            TRY(db_exec(db, &claim_add,
                        DB_ARGS(db_uuid(str_format(&arena, "0190a1b2-%04d-7000-8000-%012d", i, p)), db_uuid(person),
                                db_text(str_format(&arena, "skill-number-%02d", i)), db_time(clock_now()))));
    }
    return OK;
}

static enum err read_rows(struct db *db, const struct sql *sql, struct str person, struct arena *arena, size_t *rows_read)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, sql, DB_ARGS(db_uuid(person)), &rows));
    while (db_next(&rows)) {
        for (int i = 0; i < rows.columns - 2; i++) db_col_text(&rows, i, arena);
        *rows_read += db_col_time(&rows, rows.columns - 1) > 0;
    }
    return db_rows_result(&rows);
}

static enum err bench_read(struct db *db, const struct sql *sql, int people)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    size_t rows = 0;
    int64_t start = clock_monotonic();
    for (int i = 0; i < ROUNDS; i++) {
        struct str person = str_format(&arena, "0190a1b2-0000-7000-8000-%012d", i % people);
        TRY(read_rows(db, sql, person, &arena, &rows));
        arena_reset(&arena);
    }
    int64_t spent = clock_monotonic() - start;
    printf("%-8s %6.1f us a query of %zu rows, %d people in turn\n", sql->name, (double)spent / ROUNDS, rows / ROUNDS, people);
    return OK;
}

static enum err body_touch(struct db *db, void *argument)
{
    return db_exec_one(db, &touch, DB_ARGS(db_uuid(STR("0190a1b2-0000-7000-8000-000000000000")), db_time(*(int *)argument)));
}

static enum err bench_commit(struct db *db)
{
    int64_t start = clock_monotonic();
    for (int i = 0; i < COMMITS; i++) TRY(db_transaction(db, body_touch, &i));
    printf("%-8s %6.1f us a commit of one row, synced\n", touch.name, (double)(clock_monotonic() - start) / COMMITS);
    return OK;
}

int main(void)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    log_set_level(LOG_WARN);
    if (!test_store_open(&store, 8)) return 1;
    enum err error = db_transaction(store.db, fill, NULL);
    if (error == OK) error = bench_read(store.db, &plain, 1);
    if (error == OK) error = bench_read(store.db, &plain, PEOPLE);
    if (error == OK) error = bench_read(store.db, &joined, 1);
    if (error == OK) error = bench_read(store.db, &joined, PEOPLE);
    if (error == OK) error = bench_commit(store.db);
    if (error != OK) printf("%s\n", err_detail());
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("peak memory %ld KiB\n", usage.ru_maxrss);
    return error != OK;
}
