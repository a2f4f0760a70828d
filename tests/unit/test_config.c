/* Configuration: the order of sources, and that every mistake is told at once with its place. */
#include "test.h"

#include "base/config.h"
#include "base/dotenv.h"
#include "capture.h"
#include "folder.h"

static struct buf mistakes;

static void forget_environment(void)
{
    for (size_t key = 0; key < CONFIG_COUNT; key++) unsetenv(config_table()[key].name);
}

/* Loads with this `.env` (NULL: none) and the present environment. */
static enum err load(const char *dotenv)
{
    buf_clear(&mistakes);
    if (!test_folder_enter() || (dotenv && !test_folder_write(".env", str_from(dotenv)))) return ERR_IO;
    enum err result = config_load(&mistakes);
    return test_folder_leave() ? result : ERR_IO;
}

static bool told(const char *part)
{
    if (str_contains(buf_str(&mistakes), str_from(part))) return true;
    printf("not told: %s\nbut:\n%.*s", part, STR_ARG(buf_str(&mistakes)));
    return false;
}

static size_t mistakes_count(void)
{
    size_t count = 0;
    for (size_t i = 0; i < mistakes.len; i++) count += mistakes.ptr[i] == '\n';
    return count;
}

TEST(table_is_alphabetical_and_complete)
{
    const struct config_entry *table = config_table();
    for (size_t key = 0; key < CONFIG_COUNT; key++) {
        REQUIRE(table[key].name && table[key].example && table[key].help);
        if (key) CHECK(strcmp(table[key - 1].name, table[key].name) < 0);
        if (table[key].type == CONFIG_CHOICE || table[key].type == CONFIG_URL) CHECK(table[key].choices != NULL);
    }
}

TEST(defaults_hold_without_anything)
{
    forget_environment();
    CHECK_OK(load(NULL));
    CHECK_STR(config_text(CONFIG_LISTEN), "127.0.0.1:8080");
    CHECK_STR(config_text(CONFIG_DATA_DIR), "./data");
    CHECK_STR(config_text(CONFIG_LOG_LEVEL), "info");
    CHECK_INT(config_int(CONFIG_WORKERS), 4);
    CHECK(!config_is_set(CONFIG_BASE_URL) && config_cstr(CONFIG_BASE_URL) == NULL);
    CHECK_STR(config_text(CONFIG_BASE_URL), "");
    CHECK_STR(config_source(CONFIG_WORKERS), "default");
}

TEST(environment_wins_over_file_over_default)
{
    forget_environment();
    setenv("WORKERS", "8", 1);
    CHECK_OK(load("WORKERS=2\nLOG_LEVEL=debug\nOTHER_PROGRAM=1\n"));
    CHECK_INT(config_int(CONFIG_WORKERS), 8);
    CHECK_STR(config_source(CONFIG_WORKERS), "environment");
    CHECK_STR(config_text(CONFIG_LOG_LEVEL), "debug");
    CHECK_STR(config_source(CONFIG_LOG_LEVEL), ".env");
    setenv("WORKERS", "", 1);
    CHECK_OK(load("WORKERS=2\n"));
    CHECK_INT(config_int(CONFIG_WORKERS), 4);
    forget_environment();
}

TEST(every_mistake_is_told_at_once)
{
    forget_environment();
    setenv("WORKERS", "many", 1);
    setenv("LISTEN", "8080", 1);
    CHECK_INT(load("BASE_URL=ftp://x\nLOG_LEVEL=loud\nTRUSTED_PROXIES=10.0.0.0/33\nnonsense\nDATABASE_URL=mysql://u:hunter2@h/d\n"),
              ERR_INVALID);
    CHECK_INT(mistakes_count(), 7);
    CHECK(told("WORKERS (environment) must be a whole number from 1 to 64, not \"many\". Example: WORKERS=4\n"));
    CHECK(told("LISTEN (environment) must be ADDRESS:PORT"));
    CHECK(told("BASE_URL (.env:1) must be a URL"));
    CHECK(told("LOG_LEVEL (.env:2) must be one of debug|info|warn|error"));
    CHECK(told("TRUSTED_PROXIES (.env:3)"));
    CHECK(told(".env:4: NAME=value is expected"));
    CHECK(told("DATABASE_URL (.env:5)"));
    CHECK(told("must be a URL with a host (postgres|postgresql)"));
    CHECK(!str_contains(buf_str(&mistakes), STR("hunter2")));
    CHECK_INT(config_int(CONFIG_WORKERS), 4);
    forget_environment();
}

static void check_values(enum config_key key, const char *const *texts, size_t count, bool valid)
{
    forget_environment();
    for (size_t i = 0; i < count; i++) {
        setenv(config_table()[key].name, texts[i], 1);
        if (!CHECK_INT(load(NULL), valid ? OK : ERR_INVALID)) printf("  was %s=\"%s\"\n", config_table()[key].name, texts[i]);
    }
    forget_environment();
}

TEST(limits_are_read_by_period)
{
    int64_t limits[PERIOD_COUNT];
    forget_environment();
    CHECK_OK(load("AI_BUDGET=month=20 day=2.5\n"));
    config_limits(CONFIG_AI_BUDGET, limits);
    CHECK_INT(limits[PERIOD_DAY], 2500000);
    CHECK_INT(limits[PERIOD_MONTH], 20000000);
    CHECK_INT(limits[PERIOD_WEEK], PERIOD_NO_LIMIT); /* what is set is all that holds */
    config_limits(CONFIG_QUOTA_ADZUNA, limits);
    CHECK_INT(limits[PERIOD_MINUTE], 25);
    CHECK_INT(limits[PERIOD_DAY], 250);
    CHECK_INT(limits[PERIOD_WEEK], 1000);
    CHECK_INT(limits[PERIOD_MONTH], 2500);
    CHECK_INT(limits[PERIOD_LIFETIME], PERIOD_NO_LIMIT);
    config_limits(CONFIG_AI_TOKEN_BUDGET, limits); /* unset */
    for (int i = 0; i < PERIOD_COUNT; i++) CHECK_INT(limits[i], PERIOD_NO_LIMIT);
}

TEST(types_accept_and_refuse)
{
    static const char *const listen[] = {"127.0.0.1:0", "0.0.0.0:65535", "[::1]:8080", "[::]:80"};
    static const char *const not_listen[] = {"localhost:80", "127.0.0.1", ":8080", "127.0.0.1:65536", "127.0.0.1:-1", "::1:80",
                                             "[127.0.0.1]:80", "1.2.3:80", "127.0.0.1:80 ", "[::1]", "127.0.0.1:"};
    static const char *const urls[] = {"http://localhost:8080", "https://careers.example.org/sub"};
    static const char *const not_urls[] = {"careers.example.org", "https://", "https:///x", "javascript:x", "https://a b", "https://a\nb"};
    static const char *const lists[] = {"127.0.0.1", "10.0.0.0/8, ::1", "fd00::/8", "0.0.0.0/0"};
    static const char *const not_lists[] = {"10.0.0.0/", "10.0.0.0/-1", "a", "1.2.3.4,,5.6.7.8", "::1/129", "1.2.3.4/8/8", ","};
    static const char *const numbers[] = {"1", "64"};
    static const char *const not_numbers[] = {"0", "65", "-1", "4.0", "4 ", "0x4"};
    static const char *const limits[] = {"minute=25 day=250 week=1000 month=2500", "lifetime=0", "  month=1   day=1000000000000 "};
    static const char *const not_limits[] = {"25", "day", "day=", "=5", "day=-1", "day=+1", "day=1.5", "hour=1", "Day=1", "day=1 day=2", "day=1,week=2", "day=1000000000001",
                                             "day=99999999999999999999", "   "};
    static const char *const dollars[] = {"day=2.50 month=20", "day=0.000001", "month=1000000"};
    static const char *const not_dollars[] = {"day=2.", "day=.5", "day=0.0000001", "day=1.2.3", "day=$5", "day=1000000.000001", "day=1e3"};
    static const char *const zones[] = {"UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"};
    static const char *const not_zones[] = {"Berlin", "europe/nowhere", "UTC+3", "+01:00", "../UTC", "/etc/localtime", "Europe/Berlin "};
    static const char *const not_paths[] = {"a\nb", "\xff", "\x01"};
    check_values(CONFIG_QUOTA_ADZUNA, limits, COUNT_OF(limits), true);
    check_values(CONFIG_QUOTA_ADZUNA, not_limits, COUNT_OF(not_limits), false);
    check_values(CONFIG_AI_BUDGET, dollars, COUNT_OF(dollars), true);
    check_values(CONFIG_AI_BUDGET, not_dollars, COUNT_OF(not_dollars), false);
    check_values(CONFIG_LISTEN, listen, COUNT_OF(listen), true);
    check_values(CONFIG_LISTEN, not_listen, COUNT_OF(not_listen), false);
    check_values(CONFIG_BASE_URL, urls, COUNT_OF(urls), true);
    check_values(CONFIG_BASE_URL, not_urls, COUNT_OF(not_urls), false);
    check_values(CONFIG_TRUSTED_PROXIES, lists, COUNT_OF(lists), true);
    check_values(CONFIG_TRUSTED_PROXIES, not_lists, COUNT_OF(not_lists), false);
    check_values(CONFIG_WORKERS, numbers, COUNT_OF(numbers), true);
    check_values(CONFIG_WORKERS, not_numbers, COUNT_OF(not_numbers), false);
    check_values(CONFIG_SCHEDULE_TIME_ZONE, zones, COUNT_OF(zones), true);
    check_values(CONFIG_SCHEDULE_TIME_ZONE, not_zones, COUNT_OF(not_zones), false);
    check_values(CONFIG_DATA_DIR, not_paths, COUNT_OF(not_paths), false);
}

TEST(names_that_look_like_ours_get_a_hint)
{
    static const char *const near[] = {"WORKER", "WORKRES", "LISTENS", "LISTE", "LOG_LEVAL", "listen", "BASEURL"};
    static const char *const far[] = {"PORT", "OPENAI_API_KEY", "LIST", "LOGLEVELS", "W"};
    struct arena arena = {0};
    forget_environment();
    for (size_t i = 0; i < COUNT_OF(near) + COUNT_OF(far); i++) {
        bool is_near = i < COUNT_OF(near);
        const char *name = is_near ? near[i] : far[i - COUNT_OF(near)];
        capture_begin();
        enum err result = load(str_cstr(&arena, str_format(&arena, "\n%s=1\n", name)));
        struct str logged = capture_end();
        CHECK_INT(result, OK);
        if (!CHECK(str_contains(logged, STR("did you mean")) == is_near)) printf("  was %s: %.*s\n", name, STR_ARG(logged));
        if (is_near) CHECK(str_contains(logged, str_format(&arena, ".env:2: %s is not", name)));
    }
    arena_dispose(&arena);
}

TEST(a_huge_file_is_refused)
{
    static char content[70000];
    memset(content, '#', sizeof content - 1);
    forget_environment();
    CHECK_INT(load(content), ERR_INVALID);
    CHECK(told(".env is larger than 65536 bytes"));
}

TEST(dotenv_reads_its_grammar)
{
    static const struct {
        const char *line, *value;
    } cases[] = {
        {"A=b", "b"},           {"A=", ""},           {" A = b c ", "b c"},  {"export A=b", "b"},      {"A=b # note", "b"},
        {"A=b#c", "b#c"},       {"A=#x", ""},         {"A='b # c'", "b # c"}, {"A='b' # c", "b"},      {"A=\"b\\n\\\"\\\\\\$\"", "b\n\"\\$"},
        {"A='\\n'", "\\n"},     {"A=\"\"", ""},       {"A=b=c", "b=c"},      {"A=b\r", "b"},           {"A=it's", "it's"},
        {"\xEF\xBB\xBF" "A=b", "b"}, {"A=$HOME", "$HOME"}, {"A=\"é\"", "é"},  {"export\tA=b", "b"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct dotenv dotenv;
        buf_clear(&mistakes);
        bool read = CHECK_OK(dotenv_parse(&arena, str_from(cases[i].line), "f", &dotenv, &mistakes)) &&
                    CHECK_INT(dotenv.entries_count, 1) && CHECK_STR(dotenv.entries[0].name, "A") &&
                    CHECK_STR(dotenv.entries[0].value, cases[i].value);
        if (!read) printf("  was %s\n", cases[i].line);
    }
    arena_dispose(&arena);
}

TEST(dotenv_tells_what_is_wrong)
{
    static const struct {
        const char *text, *told;
    } cases[] = {
        {"A", "f:1: NAME=value is expected"},
        {"\n# x\n=b", "f:3: the name may have"},
        {"A B=c", "f:1: the name may have"},
        {"1A=c", "f:1: the name may have"},
        {"A='b", "f:1: the closing quote is missing"},
        {"A=\"b\\\"", "f:1: the closing quote is missing"},
        {"A=\"b\\", "f:1: a backslash"},
        {"A='b'c", "f:1: there is text behind"},
        {"A=\"\\x\"", "f:1: a backslash"},
        {"A=\xff", "f:1: the line is not UTF-8"},
        {"A=1\nB=2\nA=3", "f:3: A is set a second time (first on line 1)"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct dotenv dotenv;
        buf_clear(&mistakes);
        CHECK_INT(dotenv_parse(&arena, str_from(cases[i].text), "f", &dotenv, &mistakes), ERR_INVALID);
        CHECK(told(cases[i].told));
        CHECK_INT(mistakes_count(), 1);
    }
    arena_dispose(&arena);
}

TEST(command_line_overrides_and_stays)
{
    forget_environment();
    CHECK_INT(config_set(CONFIG_LISTEN, "nowhere"), ERR_INVALID);
    CHECK(strstr(err_detail(), "LISTEN (command line) must be ADDRESS:PORT") != NULL);
    CHECK_OK(config_set(CONFIG_LISTEN, "127.0.0.1:9999"));
    setenv("LISTEN", "127.0.0.1:1", 1);
    CHECK_OK(load(NULL));
    CHECK_STR(config_text(CONFIG_LISTEN), "127.0.0.1:9999");
    CHECK_STR(config_source(CONFIG_LISTEN), "command line");
    forget_environment();
    buf_dispose(&mistakes);
}
