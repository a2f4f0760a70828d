/* What the API reads out of headers and cursors, and how it cuts documents: src/http/collection, conditional, idempotency, src/security/token. */
#include "base/base64.h"
#include "base/siphash.h"
#include "http/collection.h"
#include "http/conditional.h"
#include "http/idempotency.h"
#include "http/scope.h"
#include "security/token.h"
#include "test.h"

TEST(siphash_gives_the_published_values)
{
    /* Key 00 01 … 0f, messages "", 00, 00 01, …: the vectors of the paper's reference code. */
    static const uint64_t key[2] = {UINT64_C(0x0706050403020100), UINT64_C(0x0f0e0d0c0b0a0908)};
    static const uint64_t expected[] = {UINT64_C(0x726fdb47dd0e0e31), UINT64_C(0x74f839c593dc67fd), UINT64_C(0x0d6c8009d9a94f5a), UINT64_C(0x85676696d7fb7e2d)};
    char bytes[16];
    for (size_t i = 0; i < sizeof(bytes); i++) bytes[i] = (char)i;
    for (size_t i = 0; i < COUNT_OF(expected); i++) CHECK(siphash(key, (struct str){bytes, i}) == expected[i]);
    CHECK(siphash(key, (struct str){bytes, 8}) == UINT64_C(0x93f5f5799a932462));
    CHECK(siphash(key, (struct str){bytes, 15}) == UINT64_C(0xa129ca6149be45e5)); /* the example of the paper, appendix A */
}

TEST(base64url_comes_back_and_nothing_else_is_read)
{
    static const char *const wrong[] = {"", "A", "QQ==", "QR", "Q Q", "QUI+", "QUI/", "QUJD\n"};
    struct arena arena CLEANUP(arena_dispose) = {0};
    for (size_t len = 1; len < 40; len++) {
        char *bytes = arena_alloc(&arena, len);
        for (size_t i = 0; i < len; i++) bytes[i] = (char)(i * 37 + len);
        struct str back, text = base64url(&arena, (struct str){bytes, len});
        CHECK_INT(base64url_read(&arena, text, &back), OK);
        CHECK(str_equal(back, (struct str){bytes, len}));
    }
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct str back;
        if (!CHECK_INT(base64url_read(&arena, str_from(wrong[i]), &back), ERR_INVALID)) printf("  for %s\n", wrong[i]);
    }
}

TEST(a_cursor_comes_back_and_a_damaged_one_does_not)
{
    static const char *const keys[] = {"", "00000000001700000000", "two\nlines", "ü|", "a"};
    struct arena arena CLEANUP(arena_dispose) = {0};
    for (size_t i = 0; i < COUNT_OF(keys); i++) {
        struct str order, key, id, cursor = cursor_write(&arena, STR("-created_at"), str_from(keys[i]), STR("an-id"));
        CHECK_INT(cursor_read(&arena, cursor, &order, &key, &id), OK);
        CHECK_STR(order, "-created_at");
        CHECK_STR(key, keys[i]);
        CHECK_STR(id, "an-id");
        for (size_t at = 0; at < cursor.len; at++) {
            char *damaged = str_cstr(&arena, cursor);
            damaged[at] = damaged[at] == 'A' ? 'B' : 'A';
            CHECK_INT(cursor_read(&arena, str_from(damaged), &order, &key, &id), ERR_INVALID);
            CHECK_INT(cursor_read(&arena, str_slice(cursor, 0, at), &order, &key, &id), ERR_INVALID);
        }
    }
}

TEST(an_object_is_cut_to_the_wanted_members)
{
    static const struct {
        const char *document, *wanted, *expected;
    } cases[] = {
        {"{\"a\":1,\"b\":\"x\",\"c\":[1,{\"d\":2}]}", "a", "{\"a\":1}"},
        {"{\"a\":1,\"b\":\"x\",\"c\":[1,{\"d\":2}]}", "c, a", "{\"a\":1,\"c\":[1,{\"d\":2}]}"},
        {"{\"a\":1,\"b\":\"x\"}", "b", "{\"b\":\"x\"}"},
        {"{\"a\":\"}],\\\"b\\\":\",\"b\":{\"c\":\"\\\\\"}}", "b", "{\"b\":{\"c\":\"\\\\\"}}"},
        {"{\"a\":true,\"b\":null}", "d", "{}"},
        {"{}", "a", "{}"},
        {",{\"a\":-1.5e3}", "a", ",{\"a\":-1.5e3}"}, /* the comma of the list before it */
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct buf document CLEANUP(buf_dispose) = {0};
        buf_append_str(&document, str_from(cases[i].document));
        object_keep_members(&document, 0, str_from(cases[i].wanted));
        CHECK_STR(buf_str(&document), cases[i].expected);
    }
}

TEST(items_in_memory_begin_after_the_cursor)
{
    struct page_item items[] = {{STR("b"), STR("2"), NULL}, {STR("a"), STR("9"), NULL}, {STR("b"), STR("1"), NULL}, {STR("c"), STR("0"), NULL}};
    struct page page = {.is_first = true};
    CHECK_INT(page_sort(&page, items, 4), 0);
    CHECK_STR(items[1].id, "1");
    page = (struct page){.key = STR("b"), .id = STR("1")};
    CHECK_INT(page_sort(&page, items, 4), 2);
    page.id = STR("15"); /* it was removed meanwhile */
    CHECK_INT(page_sort(&page, items, 4), 2);
    page.is_descending = true;
    CHECK_INT(page_sort(&page, items, 4), 2);
    CHECK_STR(items[2].id, "1");
    page.key = STR("");
    CHECK_INT(page_sort(&page, items, 4), 4);
    CHECK_INT(page_sort(&page, items, 0), 0);
}

TEST(a_page_begins_at_an_id_and_a_time_whatever_a_cursor_says)
{
    struct page page = {.is_first = true};
    CHECK_STR(page_id(&page), "00000000-0000-0000-0000-000000000000");
    CHECK_INT(page_time(&page), 0);
    page.is_descending = true;
    CHECK_STR(page_id(&page), "ffffffff-ffff-ffff-ffff-ffffffffffff");
    page = (struct page){.key = STR("00000000000000000012"), .id = STR("0193f1a0-0000-7000-8000-000000000000")};
    CHECK_INT(page_time(&page), 12);
    CHECK_STR(page_id(&page), "0193f1a0-0000-7000-8000-000000000000");
    page.id = STR("' OR 1 = 1 -- aaaaaaaaaaaaaaaaaaaaaa");
    CHECK_STR(page_id(&page), "00000000-0000-0000-0000-000000000000");
    page.key = STR("9223372036854775807");
    CHECK_INT(page_time(&page), 0);
    page.key = STR("-5");
    CHECK_INT(page_time(&page), 0);
}

TEST(lists_of_etags_are_read_as_the_rfc_says)
{
    static const struct {
        const char *list;
        bool strong, weak;
    } cases[] = {
        {"\"a\"", true, true},      {"*", true, true},          {" * ", true, true},         {"W/\"a\"", false, true},      {"\"b\", \"a\"", true, true},
        {"\"b\"", false, false},    {"\"b,\"a\"", false, false}, {",, \"x\" ,\"a\"", true, true}, {"a", false, false},       {"", false, false},
        {"\"a", false, false},      {"\"\",\"a\"", true, true}, {"w/\"a\"", false, false},   {"\"c,d\",\"a\"", true, true}, {"W/*", false, false},
        {"\"A\"", false, false},    {"\"a\" \"b\"", false, false}, {"\"a\"junk", false, false}, {"\"a\", junk", false, false},
        {"\"a\",", true, true},     {"\"a\" \t,\"b\"", true, true}, {"junk, \"a\"", false, false}, {"\"a\", W/", false, false}, {"*, \"a\"", false, false},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        bool strong = etag_list_has(str_from(cases[i].list), STR("\"a\""), true), weak = etag_list_has(str_from(cases[i].list), STR("\"a\""), false);
        if (!CHECK(strong == cases[i].strong && weak == cases[i].weak)) printf("  for %s\n", cases[i].list);
    }
}

TEST(idempotency_keys_are_short_visible_words)
{
    struct str key;
    CHECK(idempotency_key_read(STR(" \"a b\""), &key) == false);
    CHECK(idempotency_key_read(STR("  8e03978e-40d5-43dd-bc93-6894a57f9324 "), &key));
    CHECK_STR(key, "8e03978e-40d5-43dd-bc93-6894a57f9324");
    CHECK(idempotency_key_read(STR("\"x\""), &key));
    CHECK_STR(key, "x");
    CHECK(!idempotency_key_read(STR(""), &key));
    CHECK(!idempotency_key_read(STR("\"\""), &key));
    CHECK(!idempotency_key_read(STR("a\tb"), &key));
    CHECK(!idempotency_key_read(STR("\xc3\xa4"), &key));
    char text[66];
    memset(text, 'k', sizeof(text));
    CHECK(idempotency_key_read((struct str){text, IDEMPOTENCY_KEY_MAX}, &key));
    CHECK(!idempotency_key_read((struct str){text, IDEMPOTENCY_KEY_MAX + 1}, &key));
}

TEST(the_authorization_header_gives_a_token)
{
    static const struct {
        const char *header;
        bool is_bearer;
        const char *token;
    } cases[] = {{"Bearer abc", true, "abc"}, {"bearer   abc ", true, "abc"}, {"Bearer", true, ""},    {" BEARER x y", true, "x y"},
                 {"Bearerabc", false, ""},    {"Basic YTpi", false, ""},      {"", false, ""},         {"Bearer\tabc", false, ""}};
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str token = STR("");
        if (!CHECK(token_of_header(str_from(cases[i].header), &token) == cases[i].is_bearer)) printf("  for %s\n", cases[i].header);
        CHECK_STR(token, cases[i].token);
    }
    CHECK(!token_is_well_formed(STR("cp_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")));
    CHECK(!token_is_well_formed(STR("")));
    CHECK(!token_is_well_formed(STR("cp_")));
}

TEST(scopes_are_written_and_read_by_name)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    unsigned all = 0;
    for (size_t i = 1; i < SCOPE_COUNT; i++) {
        CHECK(scope_name((enum scope)i)[0] && scope_table[i].words[0]);
        CHECK_INT(scope_by_name(str_from(scope_name((enum scope)i))), i);
        all |= 1u << i;
    }
    CHECK_INT(scope_by_name(STR("")), SCOPE_NONE);
    CHECK_INT(token_scopes_read(token_scopes_text(&arena, all)), all);
    CHECK_INT(token_scopes_read(STR("profile:read nonsense  account")), 1u << SCOPE_PROFILE_READ | 1u << SCOPE_ACCOUNT);
    CHECK_INT(token_scopes_read(STR("")), 0);
}
