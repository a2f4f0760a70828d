/* After an import: insights are counted, people hear of strong matches once, and what is over goes without taking applications along. */
#include "agents/registry.h"
#include "agents/strategist.sql.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "commands/commands.h"
#include "features/account/account.h"
#include "features/application/store.sql.h"
#include "features/jobs/import.h"
#include "features/jobs/matches.h"
#include "features/market/store.sql.h"
#include "features/skills/store.sql.h"
#include "test.h"
#include "test_store.h"

static struct arena arena;

static const char listings[] =
    "{\"listings\":["
    "{\"source\":\"demo\",\"external_id\":\"1\",\"title\":\"Data analyst\",\"description\":\"SQL, Python and Tableau\",\"posted_at\":\"2026-03-05\"},"
    "{\"source\":\"demo\",\"external_id\":\"2\",\"title\":\"Data analyst\",\"description\":\"SQL, Python and Tableau\",\"posted_at\":\"2026-03-06\"},"
    "{\"source\":\"demo\",\"external_id\":\"3\",\"title\":\"Analyst\",\"description\":\"SQL and Python\",\"posted_at\":\"2026-02-06\",\"expires_at\":\"2026-03-20\"},"
    "{\"source\":\"demo\",\"external_id\":\"4\",\"title\":\"Baker\",\"description\":\"Bread\",\"posted_at\":\"2026-03-07\"}]}";

static bool open_store(struct test_store *store)
{
    return test_store_open(store, 4) && CHECK_OK(store_seed(store->db)) && CHECK_OK(bus_init(&agents_registry, NULL));
}

static enum err add_person(struct db *db, void *argument)
{
    struct str *id = argument;
    struct account_new account = {.email = STR("ada@example.org"), .first_name = STR("Ada"), .password_hash = STR("none")};
    TRY(account_create(db, &arena, &account, id));
    static const char *const skills[] = {"sql", "python", "tableau"};
    for (size_t i = 0; i < COUNT_OF(skills); i++)
        TRY(db_exec(db, &sql_skill_claim,
                    DB_ARGS(db_uuid(uuid_new(&arena)), db_uuid(*id), db_text(str_from(skills[i])), db_text(STR("expert")), db_time(1))));
    return OK;
}

static int64_t count_rows(struct db *db, const struct sql *sql, const struct db_value *values, size_t count)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    int64_t found = 0;
    if (!CHECK_OK(db_query(db, sql, values, count, &rows))) return -1;
    while (db_next(&rows)) found++;
    return found;
}

static int64_t matches_told(struct db *db, struct str person)
{
    return count_rows(db, &sql_strategist_matches, DB_ARGS(db_uuid(person)));
}

static enum err keep_one(struct db *db, void *argument)
{
    struct str *ids = argument; /* person, listing */
    return db_exec(db, &sql_application_from_listing,
                   DB_ARGS(db_uuid(uuid_new(&arena)), db_uuid(ids[0]), db_uuid(ids[1]), db_text(STR("saved")), db_text(STR("")), db_null(), db_null(), db_time(1)));
}

TEST(insights_are_counted_and_matches_told_once)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_store(&store));
    int64_t march_10;
    REQUIRE(CHECK_OK(time_parse(STR("2026-03-10T12:00:00Z"), &march_10)));
    clock_set_for_test(march_10);
    struct str person;
    struct import_report report;
    REQUIRE(CHECK_OK(db_transaction(store.db, add_person, &person)));
    REQUIRE(CHECK_OK(import_listings(store.db, &arena, str_from(listings), &report)));
    REQUIRE(CHECK_OK(bus_run_until_idle(store.pool, NULL)));
    CHECK_INT(count_rows(store.db, &sql_market_buckets, DB_NO_ARGS), 2); /* February and March */
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        REQUIRE(CHECK_OK(db_query_one(store.db, &sql_market_buckets, DB_NO_ARGS, &rows)));
        CHECK_STR(db_col_view(&rows, 0), "2026-03");
        CHECK_INT(db_col_int(&rows, 2), 2); /* the repeated advertisement once, and the baker */
    }
    int64_t told = matches_told(store.db, person);
    CHECK(told >= 1);
    REQUIRE(CHECK_OK(bus_enqueue(store.db, &arena, &(struct job_spec){.kind = "jobs.match", .user_id = person, .payload = str_format(&arena, "{\"user_id\":\"%.*s\"}", STR_ARG(person))}, NULL)));
    REQUIRE(CHECK_OK(bus_run_until_idle(store.pool, NULL)));
    CHECK_INT(matches_told(store.db, person), told);
    clock_set_for_test(0);
}

TEST(what_is_over_goes_and_applications_stay)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_store(&store));
    int64_t march_10;
    REQUIRE(CHECK_OK(time_parse(STR("2026-03-10T12:00:00Z"), &march_10)));
    clock_set_for_test(march_10);
    struct str ids[2];
    struct import_report report;
    struct corpus corpus;
    REQUIRE(CHECK_OK(db_transaction(store.db, add_person, &ids[0])));
    REQUIRE(CHECK_OK(import_listings(store.db, &arena, str_from(listings), &report)));
    REQUIRE(CHECK_OK(corpus_load(store.db, &arena, march_10, &corpus)));
    CHECK_INT(corpus.count, 4);
    for (size_t i = 0; i < corpus.count; i++)
        if (str_equal(corpus.items[i].title, STR("Analyst"))) ids[1] = corpus.items[i].id;
    REQUIRE(CHECK_OK(db_transaction(store.db, keep_one, ids)));
    clock_set_for_test(march_10 + 20 * US_PER_DAY);
    REQUIRE(CHECK_OK(bus_enqueue(store.db, &arena, &(struct job_spec){.kind = "market.cleanup"}, NULL)));
    REQUIRE(CHECK_OK(bus_run_until_idle(store.pool, NULL)));
    REQUIRE(CHECK_OK(corpus_load(store.db, &arena, march_10, &corpus)));
    CHECK_INT(corpus.count, 3);
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    REQUIRE(CHECK_OK(db_query_one(store.db, &sql_application_board, DB_ARGS(db_uuid(ids[0])), &rows)));
    CHECK(db_col_is_null(&rows, 1));
    CHECK_STR(db_col_view(&rows, 2), "Analyst");
    clock_set_for_test(0);
}
