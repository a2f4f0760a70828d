/* Importing files of listings into a store. */
#include "agents/registry.h"
#include "ai/catalogue.h"
#include "base/file.h"
#include "bus/bus.h"
#include "commands/commands.h"
#include "features/jobs/import.h"
#include "features/jobs/matches.h"
#include "features/jobs/store.sql.h"
#include "test.h"
#include "test_store.h"

static struct arena arena;

static bool open_store(struct test_store *store)
{
    return test_store_open(store, 2) && CHECK_OK(store_seed(store->db)) && CHECK_OK(bus_init(&agents_registry, NULL));
}

static const char three_shapes[] = "[{\"results\":[{\"id\":\"1\",\"title\":\"<b>Nurse</b>\",\"redirect_url\":\"https://www.adzuna.co.uk/1\","
                                   "\"description\":\"Python and SQL on the ward\"}]},"
                                   "{\"jobs\":[{\"id\":-2,\"title\":\"Cook\",\"link\":\"https://jooble.org/2\"},{\"id\":-2,\"title\":\"Cook\",\"link\":\"https://jooble.org/2\"}]},"
                                   "{\"listings\":[{\"source\":\"demo\",\"external_id\":\"3\",\"title\":\"Welder\"},{\"source\":\"demo\"},7]}]";

TEST(three_shapes_in_one_file_and_a_second_time)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_store(&store));
    struct import_report report;
    REQUIRE(CHECK_OK(import_listings(store.db, &arena, str_from(three_shapes), &report)));
    CHECK_INT(report.read, 6);
    CHECK_INT(report.added, 3);
    CHECK_INT(report.unchanged, 1); /* the same id twice in one file */
    CHECK_INT(report.refused, 2);
    CHECK_INT(report.refusals[0].index, 4);
    REQUIRE(CHECK_OK(import_listings(store.db, &arena, str_from(three_shapes), &report)));
    CHECK_INT(report.added, 0);
    CHECK_INT(report.updated, 0);
    struct corpus corpus;
    REQUIRE(CHECK_OK(corpus_load(store.db, &arena, 1, &corpus)));
    CHECK_INT(corpus.count, 3);
    CHECK_INT(corpus.demand.listings_by_skill[catalogue_skill_by_id(STR("python"))], 1);
    CHECK_INT(corpus.demand.listings_by_skill[catalogue_skill_by_id(STR("sql"))], 1);
}

TEST(a_cut_emoji_costs_neither_its_listing_nor_the_file)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_store(&store));
    struct import_report report;
    static const char *const files[] = {
        "{\"listings\":[{\"source\":\"demo\",\"external_id\":\"1\",\"title\":\"Cook\"},{\"source\":\"demo\",\"external_id\":\"2\",\"title\":\"Baker\",\"description\":\"Come \\ud83d\"},"
        "{\"source\":\"demo\",\"external_id\":\"3\",\"title\":\"Chef\\u0000\"}]}",
        "{\"source\":\"lines\",\"external_id\":\"1\",\"title\":\"Cook \\ud83d\"}\n{\"source\":\"lines\",\"external_id\":\"2\",\"title\":\"Baker\\u0000\"}\n"
        "{\"source\":\"lines\",\"external_id\":\"3\",\"title\":\"Chef\"}\n",
    };
    for (size_t i = 0; i < COUNT_OF(files); i++) {
        REQUIRE(CHECK_OK(import_listings(store.db, &arena, str_from(files[i]), &report)));
        CHECK_INT(report.added, 3);
        CHECK_INT(report.refused, 0);
    }
}

TEST(a_changed_listing_keeps_when_it_was_first_seen)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_store(&store));
    struct import_report report;
    const char *before = "{\"listings\":[{\"source\":\"demo\",\"external_id\":\"1\",\"title\":\"Cook\",\"description\":\"Python\"}]}";
    const char *after = "{\"listings\":[{\"source\":\"demo\",\"external_id\":\"1\",\"title\":\"Head cook\",\"description\":\"Docker\"}]}";
    REQUIRE(CHECK_OK(import_listings(store.db, &arena, str_from(before), &report)));
    REQUIRE(CHECK_OK(import_listings(store.db, &arena, str_from(after), &report)));
    CHECK_INT(report.updated, 1);
    CHECK_INT(report.added, 0);
    struct corpus corpus;
    REQUIRE(CHECK_OK(corpus_load(store.db, &arena, 1, &corpus)));
    CHECK_INT(corpus.count, 1);
    CHECK_STR(corpus.items[0].title, "Head cook");
    CHECK_INT(corpus.items[0].skills_count, 1);
    CHECK_INT(corpus.items[0].skills[0], catalogue_skill_by_id(STR("docker")));
}

TEST(of_a_listing_twice_in_one_file_the_last_counts)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_store(&store));
    struct import_report report;
    const char *twice = "{\"listings\":[{\"source\":\"demo\",\"external_id\":\"1\",\"title\":\"Cook\",\"description\":\"Python and SQL\"},"
                        "{\"source\":\"demo\",\"external_id\":\"2\",\"title\":\"Cook\",\"description\":\"SQL\"},"
                        "{\"source\":\"demo\",\"external_id\":\"1\",\"title\":\"Cook\",\"description\":\"Docker\"}]}";
    for (int i = 0; i < 2; i++) {
        REQUIRE(CHECK_OK(import_listings(store.db, &arena, str_from(twice), &report)));
        struct corpus corpus;
        REQUIRE(CHECK_OK(corpus_load(store.db, &arena, 1, &corpus)));
        CHECK_INT(corpus.count, 2);
        CHECK_INT(corpus.demand.listings_by_skill[catalogue_skill_by_id(STR("docker"))], 1);
        CHECK_INT(corpus.demand.listings_by_skill[catalogue_skill_by_id(STR("sql"))], 1);
        CHECK_INT(corpus.demand.listings_by_skill[catalogue_skill_by_id(STR("python"))], 0);
    }
}

TEST(lines_keep_what_is_right)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_store(&store));
    struct import_report report;
    const char *lines = "{\"id\":\"1\",\"title\":\"A\",\"redirect_url\":\"https://www.adzuna.com/1\"}\n\n{broken\n"
                        "{\"id\":\"2\",\"title\":\"B\xff\",\"redirect_url\":\"https://www.adzuna.com/2\"}\r\n"
                        "{\"id\":\"3\",\"title\":\"C\",\"redirect_url\":\"https://www.adzuna.com/3\"}";
    REQUIRE(CHECK_OK(import_listings(store.db, &arena, str_from(lines), &report)));
    CHECK_INT(report.added, 3); /* with the one that has a broken byte */
    CHECK_INT(report.refused, 1);
    CHECK_INT(report.refusals[0].index, 1);
}

TEST(what_is_no_listing_file_stores_nothing)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_store(&store));
    struct import_report report;
    char deep[4200];
    memset(deep, '[', sizeof deep);
    static const char *const wrong[] = {"", " ", "hello", "7", "{\"results\":7}", "{\n\"results\":[", "\xff\xfe", "{\"a\":1,\n\"a\":2}"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (!CHECK_INT(import_listings(store.db, &arena, str_from(wrong[i]), &report), ERR_INVALID)) printf("  for %s\n", wrong[i]);
    CHECK_INT(import_listings(store.db, &arena, (struct str){deep, sizeof deep}, &report), ERR_INVALID);
    struct buf many CLEANUP(buf_dispose) = {0};
    buf_append_str(&many, STR("{\"listings\":["));
    for (int i = 0; i <= LISTINGS_MAX; i++) buf_append_str(&many, i ? STR(",1") : STR("1"));
    buf_append_str(&many, STR("]}"));
    CHECK_INT(import_listings(store.db, &arena, buf_str(&many), &report), ERR_TOO_LARGE);
    struct corpus corpus;
    REQUIRE(CHECK_OK(corpus_load(store.db, &arena, 1, &corpus)));
    CHECK_INT(corpus.count, 0);
}

TEST(real_adverts_are_all_kept_and_found_again)
{
    struct str content;
    if (file_read(&arena, "../shared/data/test/jobs_adzuna_uk/jobs.jsonl", LISTINGS_FILE_MAX, &content) != OK &&
        file_read(&arena, "../../shared/data/test/jobs_adzuna_uk/jobs.jsonl", LISTINGS_FILE_MAX, &content) != OK)
        SKIP("the real adverts (jobs_adzuna_uk) are not on this machine");
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(open_store(&store));
    struct import_report report;
    REQUIRE(CHECK_OK(import_listings(store.db, &arena, content, &report)));
    CHECK_INT(report.added, 2280);
    CHECK_INT(report.refused, 0);
    REQUIRE(CHECK_OK(import_listings(store.db, &arena, content, &report)));
    CHECK_INT(report.added, 0);
    CHECK_INT(report.unchanged, 2280);
    struct corpus corpus;
    REQUIRE(CHECK_OK(corpus_load(store.db, &arena, 1, &corpus)));
    CHECK_INT(corpus.count, 2280);
    size_t with_markup = 0;
    for (size_t i = 0; i < corpus.count; i++)
        with_markup += str_contains(corpus.items[i].title, STR("<strong>")) || str_contains(corpus.items[i].title, STR("&amp;"));
    CHECK_INT(with_markup, 0);
}
