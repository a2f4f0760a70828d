/* JSON: what is refused, what is read, and what is written. */
#include "json/json.h"
#include "test.h"

#include <math.h>
#include <stdlib.h>

#define MAX 10000

static enum err parse(const char *text)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    return json_parse(str_from(text), MAX, &root);
}

static const char *nested(struct buf *buf, size_t levels)
{
    buf_clear(buf);
    for (size_t i = 0; i < levels; i++) buf_append_str(buf, i % 2 ? STR("{\"a\":") : STR("["));
    buf_append_char(buf, '1');
    for (size_t i = levels; i-- > 0;) buf_append_char(buf, i % 2 ? '}' : ']');
    buf_append_char(buf, '\0');
    return buf->ptr;
}

TEST(more_than_32_levels_are_refused)
{
    struct buf buf CLEANUP(buf_dispose) = {0};
    CHECK_OK(parse(nested(&buf, 32)));
    CHECK_INT(parse(nested(&buf, 33)), ERR_INVALID);
    CHECK(strstr(err_detail(), "32 levels"));
    CHECK_INT(parse(nested(&buf, 1000)), ERR_INVALID);
    CHECK_OK(parse("\"[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[ \\\" [[[[\""));
    CHECK_OK(parse("[[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[],[]]"));
}

TEST(doubtful_documents_are_refused)
{
    static const char *const bad[] = {
        "", " ", "{", "[1,]", "{\"a\":1,}", "{'a':1}", "[1] [2]", "nul", "NaN", "01", "{\"a\":1,\"a\":2}",
        "{\"a\":{\"b\":1,\"b\":1}}", "\"\\u0000\"", "{\"\\u0000\":1}", "\"\xff\"", "\"\xc0\x80\"", "\"\xed\xa0\x80\"",
        "\"\\ud800\"", "\"\n\"", "9223372036854775808", "1e999", "// comment\n1", "\xEF\xBB\xBF{}",
    };
    for (size_t i = 0; i < COUNT_OF(bad); i++)
        if (parse(bad[i]) != ERR_INVALID) test_fail(__FILE__, __LINE__, "accepted: %s", bad[i]);
    struct json *root = NULL;
    CHECK_INT(json_parse(STR("[1\0]"), MAX, &root), ERR_INVALID);
    CHECK(!root);
    CHECK_INT(json_parse(STR("[1234]"), 5, &root), ERR_TOO_LARGE);
}

/* What json_parse_foreign reads of it, written again; "" when it is no JSON even so. */
static struct str mended(struct arena *arena, const char *text)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    if (json_parse_foreign(str_from(text), MAX, &root) != OK) return STR("");
    return json_type_of(root) == JSON_STRING ? str_copy(arena, json_str(root)) : str_format(arena, "%d items", (int)json_count(root));
}

TEST(single_mistakes_of_others_are_mended)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    CHECK_STR(mended(&arena, "\"chef \\ud83d\""), "chef \uFFFD");
    CHECK_STR(mended(&arena, "\"\\ude80 \\uD83D\\uDE80 \\ud83d\\ud83d\\ude80 \\ud83dx\""), "\uFFFD \U0001F680 \uFFFD\U0001F680 \uFFFDx");
    CHECK_STR(mended(&arena, "\"a\\u0000b\\u00001\""), "a\uFFFDb\uFFFD1");
    CHECK_STR(mended(&arena, "\"\\ud83d\\\\ude80 \\\\ud83d \\\"\""), "\uFFFD\\ude80 \\ud83d \""); /* a backslash is no escape */
    CHECK_STR(mended(&arena, "\"caf\xc3 \xf0\x9f\x9a\xff\xed\xa0\x80 \xc3\xa9\""), "caf\uFFFD \uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD\uFFFD \u00e9");
    CHECK_STR(mended(&arena, "\"two\nlines\tand\x01\""), "two lines and ");
    CHECK_STR(mended(&arena, "[9223372036854775808,1e999,-1,\"\\ud800\"]"), "4 items");
    CHECK_STR(mended(&arena, "{\"a\":1,\"a\":2,\"\\ud800\":3,\"\\u0000\":4}"), "2 items");
    struct json *root CLEANUP(json_free_at) = NULL;
    REQUIRE(CHECK_OK(json_parse_foreign(STR("{\"a\":[1,9223372036854775808,9223372036854775807,1e999,-2.5e1],\"b\":\"\0\",\"c\":1,\"c\":2}"), MAX, &root)));
    CHECK_INT(json_type_of(json_at(json_get(root, "a"), 1)), JSON_NULL);
    CHECK_INT(json_int(json_at(json_get(root, "a"), 2)), INT64_MAX);
    CHECK_INT(json_type_of(json_at(json_get(root, "a"), 3)), JSON_NULL);
    CHECK(json_double(json_at(json_get(root, "a"), 4)) == -25);
    CHECK_STR(json_get_str(root, "b"), " ");
    CHECK_INT(json_get_int(root, "c", 0), 2);
}

TEST(what_is_no_json_is_refused_from_others_too)
{
    static const char *const bad[] = {"", "<html>", "{", "[1,]", "\"", "\"\\ud83d", "\"\\", "\"\\u\"", "\"\\ud83\"", "\"\\ud83d\\u\"", "nul", "\xff", "[1] [2]", "{1:2}", "01"};
    struct buf buf CLEANUP(buf_dispose) = {0};
    struct json *root = NULL;
    for (size_t i = 0; i < COUNT_OF(bad); i++) {
        if (json_parse_foreign(str_from(bad[i]), MAX, &root) != ERR_INVALID) test_fail(__FILE__, __LINE__, "accepted: %s", bad[i]);
        CHECK(!root);
    }
    CHECK_INT(json_parse_foreign(str_from(nested(&buf, 33)), MAX, &root), ERR_INVALID);
    CHECK_INT(json_parse_foreign(STR("[1234]"), 5, &root), ERR_TOO_LARGE);
}

TEST(an_error_names_the_place_and_no_content)
{
    CHECK_INT(parse("{\n  \"password\": hunter2\n}"), ERR_INVALID);
    CHECK(strstr(err_detail(), "line 2"));
    CHECK(!strstr(err_detail(), "hunter2"));
}

TEST(values_are_read)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    REQUIRE(CHECK_OK(json_parse(STR("{\"id\":9223372036854775807,\"low\":-9223372036854775808,\"half\":0.5,\"yes\":true,\"none\":null,"
                                    "\"text\":\"\xF0\x9F\x9A\x80 \\ud83d\\ude80 \\\"\",\"list\":[1,2,3]}"),
                                MAX, &root)));
    CHECK_INT(json_count(root), 7);
    CHECK_INT(json_get_int(root, "id", 0), INT64_MAX);
    CHECK_INT(json_get_int(root, "low", 0), INT64_MIN);
    CHECK_INT(json_get_int(root, "half", 7), 7);
    CHECK(json_get_double(root, "half", 0) == 0.5);
    CHECK(json_get_double(json_get(root, "list"), "half", 9) == 9);
    CHECK(json_get_bool(root, "yes", false));
    CHECK(json_get_bool(root, "text", true));
    CHECK_INT(json_type_of(json_get(root, "none")), JSON_NULL);
    CHECK_INT(json_type_of(json_get(root, "nothing")), JSON_MISSING);
    CHECK_STR(json_get_str(root, "text"), "\xF0\x9F\x9A\x80 \xF0\x9F\x9A\x80 \"");
    CHECK_STR(json_get_str(root, "list"), "");
    CHECK_INT(json_int(json_at(json_get(root, "list"), 2)), 3);
    CHECK_INT(json_type_of(json_at(json_get(root, "list"), 3)), JSON_MISSING);
    void *iterator = NULL;
    struct str name;
    const struct json *value;
    size_t members = 0;
    while (json_next_member(root, &iterator, &name, &value)) members += json_type_of(value) != JSON_MISSING && name.len > 0;
    CHECK_INT(members, 7);
}

static void check_written(struct str value, const char *expected)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_write_str(&writer, value);
    CHECK_STR(buf_str(&out), expected);
}

TEST(written_text_is_escaped)
{
    check_written(STR("a\"b\\c\n\t\x01\x7f\xC3\xA9\xF0\x9F\x9A\x80"), "\"a\\\"b\\\\c\\n\\t\\u0001\x7f\xC3\xA9\xF0\x9F\x9A\x80\"");
    check_written(STR("x\xff" "y\xC3"), "\"x\xEF\xBF\xBDy\xEF\xBF\xBD\"");
    check_written(STR("\xEF\xBF\xBD"), "\"\xEF\xBF\xBD\"");
    check_written(STR(""), "\"\"");
}

TEST(commas_and_nesting_are_written)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_object_open(&writer);
    json_member_int(&writer, "a", INT64_MIN);
    json_key(&writer, "b");
    json_array_open(&writer);
    json_array_open(&writer);
    json_array_close(&writer);
    json_write_bool(&writer, false);
    json_write_null(&writer);
    json_object_open(&writer);
    json_object_close(&writer);
    json_array_close(&writer);
    json_member_str(&writer, "c", STR("d"));
    json_member_time(&writer, "f", 0);
    json_member_time(&writer, "g", INT64_C(1773307800000000));
    json_key(&writer, "h");
    json_write_raw(&writer, STR("[1]"));
    json_object_close(&writer);
    CHECK_STR(buf_str(&out), "{\"a\":-9223372036854775808,\"b\":[[],false,null,{}],\"c\":\"d\",\"f\":null,"
                             "\"g\":\"2026-03-12T09:30:00Z\",\"h\":[1]}");
}

TEST(doubles_read_back_exactly)
{
    static const double values[] = {0.1, 1.0 / 3, 1e300, 5e-324, -0.0, 1e21, 123456789.125, 1.7976931348623157e308};
    for (size_t i = 0; i < COUNT_OF(values); i++) {
        struct buf out CLEANUP(buf_dispose) = {0};
        struct json_writer writer;
        json_begin(&writer, &out);
        json_write_double(&writer, values[i]);
        buf_append_char(&out, '\0');
        double again = strtod(out.ptr, NULL);
        CHECK(memcmp(&again, &values[i], sizeof again) == 0);
        CHECK_OK(parse(out.ptr));
    }
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_array_open(&writer);
    json_write_double(&writer, 0.1);
    json_write_double(&writer, NAN);
    json_write_double(&writer, -INFINITY);
    json_array_close(&writer);
    CHECK_STR(buf_str(&out), "[0.1,null,null]");
}

TEST(a_list_for_a_statement_is_whole_however_often_it_is_asked_for)
{
    struct json_list list CLEANUP(json_list_dispose) = {0}, empty CLEANUP(json_list_dispose) = {0}, small CLEANUP(json_list_dispose) = {0};
    json_list_open(&list);
    json_write_int(&list.writer, 7);
    json_write_str(&list.writer, STR("a\"b"));
    CHECK_STR(json_list_str(&list), "[7,\"a\\\"b\"]");
    CHECK_STR(json_list_str(&list), "[7,\"a\\\"b\"]");
    CHECK(!json_list_overflows(&list));
    json_list_open(&empty);
    CHECK_STR(json_list_str(&empty), "[]");
    buf_init(&small.text, 4);
    json_list_open(&small);
    json_write_int(&small.writer, 123);
    CHECK(json_list_overflows(&small)); /* the bracket at its end does not fit */
}
