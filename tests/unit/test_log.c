/* Log: one line an event, whatever the values are. */
#include "test.h"

#include "base/clock.h"
#include "base/log.h"
#include "capture.h"

#define LOGGED(call) (capture_begin(), call, capture_end())

TEST(line_has_time_level_and_context)
{
    clock_set_for_test(INT64_C(1773307800123456));
    CHECK_STR(LOGGED(log_info("hello %d", 5)), "2026-03-12T09:30:00.123Z info hello 5\n");
    log_set_context("request", "req-1", "t");
    CHECK_STR(LOGGED(log_error("no")), "2026-03-12T09:30:00.123Z error [req-1 t] no\n");
    log_set_context("job", "a\nb", "t");
    CHECK_STR(LOGGED(log_warn("x")), "2026-03-12T09:30:00.123Z warn [job a\\nb t] x\n");
    log_set_context("request", "0123456789012345678901234567890123456789", "t");
    CHECK_STR(LOGGED(log_warn("x")), "2026-03-12T09:30:00.123Z warn [012345678901234567890123456789012345678 t] x\n");
    log_set_context(NULL, NULL, NULL);
    CHECK_STR(LOGGED(log_warn("x")), "2026-03-12T09:30:00.123Z warn x\n");
}

TEST(a_line_for_programs_is_a_json_object)
{
    clock_set_for_test(INT64_C(1773307800123456));
    log_set_format(LOG_JSON);
    CHECK_STR(LOGGED(log_info("hello %d", 5)), "{\"time\":\"2026-03-12T09:30:00.123Z\",\"level\":\"info\",\"message\":\"hello 5\"}\n");
    log_set_context("job", "12", "a\"b");
    CHECK_STR(LOGGED(log_warn("a\\b \"c\"\n\x1b\xff é")),
              "{\"time\":\"2026-03-12T09:30:00.123Z\",\"level\":\"warn\",\"job\":\"12\",\"trace\":\"a\\\"b\",\"message\":\"a\\\\b \\\"c\\\"\\u000a\\u001b\\ufffd é\"}\n");
    log_set_context(NULL, NULL, NULL);
    char long_value[9000];
    memset(long_value, '\x01', sizeof long_value - 1);
    long_value[sizeof long_value - 1] = '\0';
    struct str line = LOGGED(log_info("%s", long_value));
    CHECK(line.len > 4000 && line.len <= 8192);
    CHECK(str_ends(line, STR("\\u0001\"}\n"))); /* cut, and still whole */
    log_set_format(LOG_TEXT);
}

TEST(levels_are_kept)
{
    CHECK_STR(LOGGED(log_debug("x")), "");
    log_set_level(LOG_DEBUG);
    CHECK(LOGGED(log_debug("x")).len > 0);
    log_set_level(LOG_ERROR);
    CHECK_STR(LOGGED(log_warn("x")), "");
    CHECK(LOGGED(log_error("x")).len > 0);
    log_set_level(LOG_INFO);
}

TEST(hostile_values_stay_on_their_line)
{
    static const struct {
        const char *value, *logged;
    } cases[] = {
        {"a\n2026 error forged", "a\\n2026 error forged"}, {"a\rb", "a\\x0db"},         {"\x1b[2J", "\\x1b[2J"},
        {"tab\there", "tab\\x09here"},                     {"\x7f", "\\x7f"},           {"\xC2\x9B" "2J", "\\xc2\\x9b2J"},
        {"\xff\xfe", "\\xff\\xfe"},                        {"é € 😀", "é € 😀"},        {"\xEF\xBF\xBD", "\xEF\xBF\xBD"},
        {"%s%n", "%s%n"},                                  {"\xE2\x82", "\\xe2\\x82"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < COUNT_OF(cases); i++)
        CHECK_STR(LOGGED(log_info("%s", cases[i].value)),
                  str_format(&arena, "2026-03-12T09:30:00.123Z info %s\n", cases[i].logged));
    arena_dispose(&arena);
}

TEST(long_lines_are_cut)
{
    static char value[20000];
    memset(value, 'x', sizeof value - 1);
    struct str line = LOGGED(log_info("%s", value));
    CHECK(line.len > 4000 && line.len < 4200);
    CHECK(str_ends(line, STR("x\n")));
    memset(value, '\x01', sizeof value - 1);
    line = LOGGED(log_info("%s", value));
    CHECK(line.len <= 8192);
    CHECK_INT(str_find_char(line, '\n', 0), line.len - 1);
    CHECK_INT(str_find_char(line, '\x01', 0), STR_NPOS);
    clock_set_for_test(0);
}
