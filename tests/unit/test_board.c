/* What job boards are asked, and what their answers mean: a wrong parameter is a 400, a wrong id another listing. */
#include "base/clock.h"
#include "base/file.h"
#include "features/jobs/board.h"
#include "json/json.h"
#include "test.h"

static struct arena arena;
static int64_t now;

static const struct board *adzuna(void) { return board_find(STR("adzuna")); }
static const struct board *jooble(void) { return board_find(STR("jooble")); }

static void begin(void)
{
    CHECK_OK(time_parse(STR("2026-03-10T12:00:00Z"), &now));
    CHECK_OK(config_set(CONFIG_ADZUNA_APP_ID, "my id"));
    CHECK_OK(config_set(CONFIG_ADZUNA_APP_KEY, "a/k&y"));
    CHECK_OK(config_set(CONFIG_JOOBLE_API_KEY, "j/k?y"));
    CHECK_OK(config_set(CONFIG_ADZUNA_COUNTRY, ""));
}

/* The part of the address behind /jobs/ that a search at Adzuna makes; "none" when no part of it is asked. */
static struct str asked(const char *role, const char *place)
{
    struct http_call call = {0};
    enum err made = board_call(&arena, adzuna(), &(struct board_search){str_from(role), str_from(place)}, 3, &call);
    if (made == ERR_UNSUPPORTED) return STR("none");
    CHECK_OK(made);
    CHECK(call.body.len == 0);
    return str_slice(call.url, strlen("https://api.adzuna.com/v1/api/jobs/"), call.url.len);
}

#define KEYS "?app_id=my%20id&app_key=a%2Fk%26y&results_per_page=50&max_days_old=30&sort_by=date&what="

TEST(adzuna_is_asked_in_the_country_of_the_place)
{
    begin();
    CHECK_STR(asked("Data analyst", "Berlin, Germany"), "de/search/3" KEYS "Data%20analyst&where=Berlin");
    CHECK_STR(asked("C++ & C#", "Zürich, Switzerland"), "ch/search/3" KEYS "C%2B%2B%20%26%20C%23&where=Z%C3%BCrich");
    CHECK_STR(asked("Nurse", "Germany"), "de/search/3" KEYS "Nurse");
    CHECK_STR(asked("Nurse", "uk"), "gb/search/3" KEYS "Nurse");
    CHECK_STR(asked("Nurse", "berlin"), "de/search/3" KEYS "Nurse&where=berlin"); /* the list of cities knows it */
    CHECK_STR(asked("Nurse", "Lagos, Nigeria"), "none");
    CHECK_STR(asked("Nurse", "Lagos"), "none");
    CHECK_STR(asked("Nurse", "remote"), "none");
    CHECK_STR(asked("Nurse", ""), "none");
    CHECK_STR(asked("Nurse", "Austin, TX"), "none");
    CHECK_OK(config_set(CONFIG_ADZUNA_COUNTRY, "us"));
    CHECK_STR(asked("Nurse", "remote"), "us/search/3" KEYS "Nurse%20remote");
    CHECK_STR(asked("Nurse", ""), "us/search/3" KEYS "Nurse");
    CHECK_STR(asked("Nurse", "Austin, TX"), "us/search/3" KEYS "Nurse&where=Austin%2C%20TX");
    CHECK_STR(asked("Nurse", "Lagos, Nigeria"), "none");
    CHECK_STR(asked("a\r\nb", "x\ny"), "us/search/3" KEYS "a%0D%0Ab&where=x%0Ay");
    CHECK_OK(config_set(CONFIG_ADZUNA_BASE_URL, "http://127.0.0.1:1/proxy//"));
    struct http_call call;
    CHECK_OK(board_call(&arena, adzuna(), &(struct board_search){STR("a"), STR("uk")}, 1, &call));
    CHECK(str_starts(call.url, STR("http://127.0.0.1:1/proxy/v1/api/jobs/gb/search/1?")));
    CHECK_OK(config_set(CONFIG_ADZUNA_BASE_URL, ""));
    arena_dispose(&arena);
}

TEST(jooble_is_asked_with_the_key_in_the_path_and_the_rest_in_the_body)
{
    begin();
    struct http_call call;
    CHECK_OK(board_call(&arena, jooble(), &(struct board_search){STR("Koch \"Chef\""), STR("Bern, Switzerland")}, 2, &call));
    CHECK_STR(call.url, "https://jooble.org/api/j%2Fk%3Fy");
    CHECK_STR(call.body, "{\"keywords\":\"Koch \\\"Chef\\\"\",\"location\":\"Bern, Switzerland\",\"page\":\"2\"}");
    CHECK_OK(board_call(&arena, jooble(), &(struct board_search){STR("Koch"), STR("Remote")}, 1, &call));
    CHECK_STR(call.body, "{\"keywords\":\"Koch remote\",\"location\":\"\",\"page\":\"1\"}");
    arena_dispose(&arena);
}

TEST(a_board_is_configured_with_all_of_its_keys)
{
    const char *missing = NULL;
    begin();
    CHECK(board_is_configured(adzuna(), &missing) && board_is_configured(jooble(), NULL));
    CHECK(!missing);
    CHECK_OK(config_set(CONFIG_ADZUNA_APP_KEY, ""));
    CHECK(!board_is_configured(adzuna(), &missing));
    CHECK_STR(missing, "ADZUNA_APP_KEY");
    CHECK_OK(config_set(CONFIG_ADZUNA_APP_ID, ""));
    CHECK(!board_is_configured(adzuna(), &missing));
    CHECK(!missing);
    CHECK(!board_find(STR("monster")));
}

static bool reads(const struct board *board, const char *answer, int64_t before, struct board_page *out)
{
    enum err read = board_read(&arena, board, str_from(answer), before, now, out);
    if (read != OK) CHECK_INT(read, ERR_UNAVAILABLE);
    return read == OK;
}

TEST(answers_are_read_as_far_as_they_make_sense)
{
    struct board_page page;
    begin();
    REQUIRE(reads(adzuna(), "{\"count\":2,\"mean\":1,\"__CLASS__\":\"x\",\"results\":[{\"id\":\"9007199254740993\",\"title\":\"<b>Nurse</b>\",\"redirect_url\":\"https://www.adzuna.co.uk/1\","
                            "\"created\":\"2026-03-01T10:00:00Z\",\"salary_min\":30000,\"salary_max\":40000.5,\"location\":{\"display_name\":\"Leeds\",\"area\":[\"UK\"]}},"
                            "{\"id\":\"2\",\"title\":\"No link\"},7,{\"id\":\"3\",\"title\":\"Old\",\"redirect_url\":\"https://www.adzuna.co.uk/3\",\"created\":\"2025-12-01\"},"
                            "{\"id\":4,\"title\":\"Bad link\",\"redirect_url\":\"javascript:alert(1)\"}]}", 0, &page));
    CHECK_INT(page.count, 1);
    CHECK_INT(page.refused, 4);
    CHECK(!page.has_more);
    const struct listing *nurse = &page.listings[0];
    CHECK_STR(nurse->external_id, "9007199254740993");
    CHECK_STR(nurse->title, "Nurse");
    CHECK_STR(nurse->location, "Leeds");
    CHECK_STR(nurse->salary_currency, "GBP");
    CHECK_INT(nurse->salary_max, 40001);
    CHECK_STR(time_date(&arena, nurse->expires_at), "2026-04-30"); /* sixty days */
    REQUIRE(reads(jooble(), "{\"totalCount\":30,\"jobs\":[{\"id\":-1492219944253196734,\"title\":\"Cook\",\"link\":\"https://jooble.org/1\",\"salary\":\"$115k - $140k\","
                            "\"updated\":\"2026-02-16T00:00:00.0000000\"}]}", 0, &page));
    CHECK_INT(page.count, 1);
    CHECK(page.has_more);
    CHECK_STR(page.listings[0].external_id, "-1492219944253196734");
    CHECK_INT(page.listings[0].salary_min, 115000);
    arena_dispose(&arena);
}

/* One listing must not cost the page. */
TEST(what_is_wrong_in_one_listing_is_mended_or_refuses_it_alone)
{
    struct board_page page;
    begin();
    REQUIRE(reads(adzuna(), "{\"results\":[{\"id\":\"1\",\"title\":\"Nurse\",\"redirect_url\":\"https://www.adzuna.de/1\",\"description\":\"hello\"},"
                            "{\"id\":\"2\",\"title\":\"Cook\",\"redirect_url\":\"https://www.adzuna.de/2\",\"description\":\"Come \\ud83d\"},"
                            "{\"id\":\"3\",\"title\":\"Cook\\u0000s\",\"redirect_url\":\"https://www.adzuna.de/3\",\"title\":\"Baker\\u0000s\",\"salary_min\":1e999},"
                            "{\"id\":9223372036854775808,\"title\":\"No number\",\"redirect_url\":\"https://www.adzuna.de/4\"}]}", 0, &page));
    REQUIRE(page.count == 3);
    CHECK_INT(page.refused, 1);
    CHECK_STR(page.listings[0].description, "hello");
    CHECK_STR(page.listings[1].description, "Come \uFFFD");
    CHECK_STR(page.listings[2].title, "Baker\uFFFDs");
    arena_dispose(&arena);
}

TEST(there_is_more_as_long_as_pages_are_full)
{
    struct board_page page;
    struct buf out = {0};
    begin();
    buf_append_str(&out, STR("{\"results\":["));
    for (int i = 0; i < 50; i++) buf_append_format(&out, "%s{\"id\":\"%d\",\"title\":\"x\",\"redirect_url\":\"https://www.adzuna.de/%d\"}", i ? "," : "", i, i);
    buf_append_str(&out, STR("],\"count\":100}"));
    buf_append_char(&out, '\0');
    REQUIRE(reads(adzuna(), out.ptr, 49, &page));
    CHECK(page.has_more && page.count == 50);
    REQUIRE(reads(adzuna(), out.ptr, 50, &page));
    CHECK(!page.has_more);
    REQUIRE(reads(jooble(), "{\"total_count\":40,\"jobs\":[]}", 0, &page));
    CHECK(!page.has_more);
    buf_dispose(&out);
    arena_dispose(&arena);
}

TEST(what_is_no_list_of_jobs_is_an_error_that_may_pass)
{
    static const char *const answers[] = {"", "<html>busy</html>", "null", "[]", "{}", "{\"results\":{}}", "{\"results\":null}", "{\"results\":[", "{\"exception\":\"AUTH_FAIL\",\"display\":\"x\"}",
                                          "{\"jobs\":7}", "{\"results\":[],\"results\":7}", "\xff"};
    struct board_page page;
    struct buf deep = {0}, many = {0};
    begin();
    for (size_t i = 0; i < COUNT_OF(answers); i++)
        if (!CHECK(!reads(adzuna(), answers[i], 0, &page) && !reads(jooble(), answers[i], 0, &page))) printf("  for %s\n", answers[i]);
    for (int i = 0; i < 5000; i++) buf_append_str(&deep, STR("{\"results\":["));
    buf_append_char(&deep, '\0');
    CHECK(!reads(adzuna(), deep.ptr, 0, &page));
    buf_append_str(&many, STR("{\"jobs\":[1"));
    for (int i = 0; i < BOARD_PAGE_MAX; i++) buf_append_str(&many, STR(",1"));
    buf_append(&many, "]}", 3);
    CHECK(!reads(jooble(), many.ptr, 0, &page));
    buf_dispose(&deep);
    buf_dispose(&many);
    arena_dispose(&arena);
}

TEST(real_answers_are_read_whole)
{
    struct arena file CLEANUP(arena_dispose) = {0};
    struct str text;
    struct board_page page;
    if (file_read(&file, "../shared/data/test/jobs_api_fixtures/jooble_search_response.json", 1 << 20, &text) != OK) SKIP("the folder of other people's data is not here");
    CHECK_OK(time_parse(STR("2022-11-20T00:00:00Z"), &now));
    CHECK_OK(board_read(&arena, jooble(), text, 0, now, &page));
    CHECK_INT(page.count + page.refused, 3);
    CHECK_STR(page.listings[0].external_id, "-6957375894526202970");
    arena_dispose(&arena);
}
