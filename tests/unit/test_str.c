/* Strings: edges of searching and splitting, numbers, and which bytes count as text. */
#include "test.h"

#include "base/text.h"

#include <math.h>

static const struct str nothing = {NULL, 0};

TEST(from_slice_trim)
{
    CHECK_STR(str_from(NULL), "");
    CHECK_STR(str_slice(STR("hello"), 1, 3), "el");
    CHECK_STR(str_slice(STR("hello"), 3, 99), "lo");
    CHECK_STR(str_slice(STR("hello"), 99, 100), "");
    CHECK_STR(str_slice(STR("hello"), 4, 2), "");
    CHECK_STR(str_slice(nothing, 0, 3), "");
    CHECK_STR(str_trim(STR(" \t\r\n a b \v\f")), "a b");
    CHECK_STR(str_trim(STR("   ")), "");
    CHECK_STR(str_trim(nothing), "");
}

TEST(compares)
{
    CHECK(str_equal(nothing, STR("")));
    CHECK(!str_equal(STR("a"), STR("ab")));
    CHECK(str_equal_ci(STR("aZ[@"), STR("Az[@")));
    CHECK(!str_equal_ci(STR("@"), STR("`")));
    CHECK(str_compare(STR("a"), STR("b")) < 0);
    CHECK(str_compare(STR("b"), STR("a")) > 0);
    CHECK(str_compare(STR("a"), STR("ab")) < 0);
    CHECK(str_compare(STR("\xff"), STR("a")) > 0);
    CHECK_INT(str_compare(nothing, STR("")), 0);
    CHECK(str_starts(STR("abc"), STR("ab")) && !str_starts(STR("a"), STR("ab")) && str_starts(nothing, nothing));
    CHECK(str_ends(STR("abc"), STR("bc")) && !str_ends(STR("c"), STR("bc")) && str_ends(nothing, STR("")));
}

TEST(finds)
{
    CHECK_INT(str_find(STR("abcabc"), STR("abc"), 1), 3);
    CHECK_INT(str_find(STR("abc"), STR("abcd"), 0), STR_NPOS);
    CHECK_INT(str_find(STR("abc"), STR(""), 3), 3);
    CHECK_INT(str_find(STR("abc"), STR(""), 4), STR_NPOS);
    CHECK_INT(str_find(nothing, STR("a"), 0), STR_NPOS);
    CHECK_INT(str_find(STR("a\0b"), STR("b"), 0), 2);
    CHECK_INT(str_find_ci(STR("Use PostGres"), STR("postgreS"), 0), 4);
    CHECK_INT(str_find_ci(STR("ab"), STR("b"), 2), STR_NPOS);
    CHECK_INT(str_find_char(STR("a=b=c"), '=', 2), 3);
    CHECK_INT(str_find_char(STR("a"), 'a', 5), STR_NPOS);
    CHECK_INT(str_find_char(nothing, 'a', 0), STR_NPOS);
    CHECK(str_contains(STR("abc"), STR("c")) && !str_contains(STR("abc"), STR("d")));
}

static size_t split(struct str s, struct str parts[8])
{
    size_t count = 0;
    while (count < 8 && str_split_next(&s, ',', &parts[count])) count++;
    return count;
}

TEST(splits)
{
    struct str parts[8];
    CHECK_INT(split(STR("a,,b"), parts), 3);
    CHECK_STR(parts[0], "a");
    CHECK_STR(parts[1], "");
    CHECK_STR(parts[2], "b");
    CHECK_INT(split(STR(""), parts), 0);
    CHECK_INT(split(nothing, parts), 0);
    CHECK_INT(split(STR("a,"), parts), 1);
    CHECK_INT(split(STR(",a"), parts), 2);
    CHECK_INT(split(STR("abc"), parts), 1);
}

TEST(copies_formats_joins)
{
    struct arena arena = {0};
    struct str s = str_format(&arena, "%d-%.*s", 7, STR_ARG(STR("xy")));
    CHECK_STR(s, "7-xy");
    CHECK_STR(str_cstr(&arena, STR("abc")), "abc");
    CHECK_STR(str_cstr(&arena, nothing), "");
    CHECK_STR(str_copy(&arena, nothing), "");
    struct str long_one = str_format(&arena, "%5000d", 1);
    CHECK_INT(long_one.len, 5000);
    struct str items[] = {STR_INIT("a"), STR_INIT(""), STR_INIT("c")};
    CHECK_STR(str_join(&arena, items, 3, STR(", ")), "a, , c");
    CHECK_STR(str_join(&arena, items, 1, STR(", ")), "a");
    CHECK_STR(str_join(&arena, NULL, 0, STR(", ")), "");
    struct str_list list = {0};
    for (int i = 0; i < 1000; i++) str_list_add(&arena, &list, str_format(&arena, "%d", i));
    CHECK_INT(list.count, 1000);
    CHECK_STR(list.items[999], "999");
    CHECK_STR(list.items[0], "0");
    arena_dispose(&arena);
}

TEST(lower_case)
{
    static const char *const pairs[][2] = {
        {"ABC xyz @[`{", "abc xyz @[`{"}, {"ÀÖ×ØÞßà", "àö×øþßà"}, {"ĀāĮįİı", "āāįįİı"}, {"ĹĺŇň", "ĺĺňň"}, {"Ŋ Ŷ Ÿ ŹźŽ", "ŋ ŷ ÿ źźž"},
        {"ΆΈΊΌΎΏ", "άέίόύώ"},             {"ΑΡΣΩΪΫ σ", "αρσωϊϋ σ"}, {"ЀЏАЯа", "ѐџаяа"},   {"ҐґӁӂӐ", "ґґӂӂӑ"},    {"日本 €", "日本 €"},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) CHECK_STR(str_lower(&arena, str_from(pairs[i][0])), pairs[i][1]);
    CHECK_STR(str_lower(&arena, STR("A\xC3")), "a\xC3");
    CHECK_STR(str_lower(&arena, STR("\xC3" "A")), "\xC3" "a");
    arena_dispose(&arena);
}

TEST(reads_whole_numbers)
{
    int64_t value = 0;
    CHECK(str_to_int(STR("0"), &value) == OK && value == 0);
    CHECK(str_to_int(STR("-12"), &value) == OK && value == -12);
    CHECK(str_to_int(STR("007"), &value) == OK && value == 7);
    CHECK(str_to_int(STR("9223372036854775807"), &value) == OK && value == INT64_MAX);
    CHECK(str_to_int(STR("-9223372036854775808"), &value) == OK && value == INT64_MIN);
    static const char *const wrong[] = {"", "-", "+1", " 1", "1 ", "1.0", "0x1", "--1", "1e3", "9223372036854775808",
                                        "-9223372036854775809", "99999999999999999999999"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (!CHECK(str_to_int(str_from(wrong[i]), &value) == ERR_INVALID)) printf("  was \"%s\"\n", wrong[i]);
    CHECK(str_to_int(STR("1\0002"), &value) == ERR_INVALID);
    CHECK_INT(value, INT64_MIN);
}

TEST(reads_decimal_numbers)
{
    double value = 0;
    CHECK(str_to_double(STR("-1.5"), &value) == OK && value == -1.5);
    CHECK(str_to_double(STR("2e3"), &value) == OK && value == 2000);
    CHECK(str_to_double(STR("2.5E-1"), &value) == OK && value == 0.25);
    CHECK(str_to_double(STR("0"), &value) == OK && value == 0);
    static const char *const wrong[] = {"", "-", ".", ".5", "5.", "1e", "1e+", "nan", "inf", "-inf", "0x1p3", " 1", "1 ", "1,5", "1e999", "1.2.3"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (!CHECK(str_to_double(str_from(wrong[i]), &value) == ERR_INVALID)) printf("  was \"%s\"\n", wrong[i]);
    CHECK(str_to_double(nothing, &value) == ERR_INVALID);
}

/* Well-formed and broken UTF-8 after the table of RFC 3629, section 4; each also behind and before 8 plain bytes, where
 * the check goes by words. */
TEST(knows_text)
{
    static const struct {
        struct str bytes;
        bool text;
    } cases[] = {
        {STR_INIT(""), true},
        {STR_INIT("plain ~ ASCII\x7f"), true},
        {STR_INIT("\t\r\n"), true},
        {STR_INIT("\xC2\x80\xDF\xBF"), true},
        {STR_INIT("\xE0\xA0\x80\xED\x9F\xBF\xEE\x80\x80\xEF\xBF\xBF"), true},
        {STR_INIT("\xF0\x90\x80\x80\xF4\x8F\xBF\xBF"), true},
        {STR_INIT("\0"), false},
        {STR_INIT("a\0b"), false},
        {STR_INIT("\x01"), false},
        {STR_INIT("\x1b[0m"), false},
        {STR_INIT("\x0b"), false},
        {STR_INIT("\x80"), false},
        {STR_INIT("\xBF"), false},
        {STR_INIT("\xC0\x80"), false},
        {STR_INIT("\xC1\xBF"), false},
        {STR_INIT("\xE0\x80\x80"), false},
        {STR_INIT("\xE0\x9F\xBF"), false},
        {STR_INIT("\xED\xA0\x80"), false},
        {STR_INIT("\xED\xBF\xBF"), false},
        {STR_INIT("\xF0\x80\x80\x80"), false},
        {STR_INIT("\xF0\x8F\xBF\xBF"), false},
        {STR_INIT("\xF4\x90\x80\x80"), false},
        {STR_INIT("\xF5\x80\x80\x80"), false},
        {STR_INIT("\xFF"), false},
        {STR_INIT("\xFE"), false},
        {STR_INIT("\xC3"), false},
        {STR_INIT("\xE2\x82"), false},
        {STR_INIT("\xF0\x9F\x98"), false},
        {STR_INIT("\xC3\x28"), false},
        {STR_INIT("\xE2\x28\xA1"), false},
        {STR_INIT("\xE2\x82\xC3"), false},
    };
    struct arena arena = {0};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str plain = STR("12345678");
        struct str behind[] = {plain, cases[i].bytes}, between[] = {plain, cases[i].bytes, plain, plain};
        bool right = str_is_text(cases[i].bytes) == cases[i].text &&
                     str_is_text(str_join(&arena, behind, 2, STR(""))) == cases[i].text &&
                     str_is_text(str_join(&arena, between, 4, STR(""))) == cases[i].text;
        if (!CHECK(right)) printf("  case %zu\n", i);
    }
    CHECK(str_is_text(nothing));
    arena_dispose(&arena);
}

TEST(counts_and_cuts_code_points)
{
    struct str s = STR("aé€😀z");
    CHECK_INT(str_utf8_length(s), 5);
    CHECK_STR(str_utf8_prefix(s, 3), "aé€");
    CHECK_STR(str_utf8_prefix(s, 4), "aé€😀");
    CHECK_STR(str_utf8_prefix(s, 99), s);
    CHECK_STR(str_utf8_prefix(s, 0), "");
    size_t at = 0;
    CHECK_INT(str_utf8_next(s, &at), 'a');
    CHECK_INT(str_utf8_next(s, &at), 0xE9);
    CHECK_INT(str_utf8_next(s, &at), 0x20AC);
    CHECK_INT(str_utf8_next(s, &at), 0x1F600);
    CHECK_INT(at, 10);
    at = 0;
    CHECK_INT(str_utf8_next(STR("\xE2\x82"), &at), 0xFFFD);
    CHECK_INT(at, 1);
    at = 5;
    CHECK_INT(str_utf8_next(STR("abc"), &at), 0xFFFD);
    CHECK_INT(at, 5);
}

TEST(hashes_as_published)
{
    CHECK(str_hash(STR("")) == UINT64_C(0xcbf29ce484222325));
    CHECK(str_hash(STR("a")) == UINT64_C(0xaf63dc4c8601ec8c));
    CHECK(str_hash(STR("foobar")) == UINT64_C(0x85944171f73967e8));
}

/* A name of blanks that nobody sees, or one that turns the page around it. */
TEST(what_nobody_sees_is_dropped)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    CHECK_STR(text_visible(&arena, STR("Ada \xe2\x80\xae" "ecalevoL")), STR("Ada ecalevoL"));
    CHECK_STR(text_visible(&arena, STR("\xc2\xa0" "Ada\xe2\x80\x8b ")), STR("Ada"));
    CHECK_STR(text_visible(&arena, STR("\xc2\xa0")), STR(""));
    CHECK_STR(text_visible(&arena, STR("\xe2\x80\x8b\xe2\x81\xa6\xe2\xa0\x80\xe3\x85\xa4")), STR(""));
    CHECK_STR(text_visible(&arena, STR("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xb1")), STR("\xd9\x85\xdb\x8c\xe2\x80\x8c\xd8\xb1")); /* a joiner that is spelling */
    CHECK_STR(text_like(&arena, STR("100%_! \xc3\x84RZTIN")), STR("%100!%!_!! \xc3\xa4rztin%"));
    CHECK_STR(text_visible(&arena, STR("Zo\xc3\xab O'Neil")), STR("Zo\xc3\xab O'Neil"));
}
