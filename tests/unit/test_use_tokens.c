/* If this failed, texts would be cut into other pieces than those that the model was trained on, and its vectors would mean nothing; or one hostile text would
 * keep a worker busy for hours. */
#include "ai/use_tokens.h"
#include "base/clock.h"
#include "local_model.h"

static struct use_model model;
static bool has_model(void) { return model.nodes || (local_model_file().ptr && CHECK_OK(use_model_open(&model, local_model_file()))); }

/* Spans follow each other without a gap from the beginning to the end of the normalised text. */
static void check_spans(const struct use_tokens *tokens)
{
    size_t at = 0;
    for (size_t i = 0; i < tokens->count; i++) {
        if (tokens->items[i].start != at || tokens->items[i].end < at) test_fail(__FILE__, __LINE__, "token %zu begins at %u and not at %zu", i, tokens->items[i].start, at);
        at = tokens->items[i].end;
    }
    CHECK_INT(at, tokens->text.len);
}

static void check_golden(const char *path)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct json *root CLEANUP(json_free_at) = NULL;
    const struct json *items = golden_items(&arena, path, &root);
    REQUIRE(json_count(items) >= 20);
    for (size_t i = 0; i < json_count(items); i++) {
        struct golden golden;
        struct use_tokens tokens;
        golden_read(&arena, json_at(items, i), &golden);
        if (!CHECK_OK(use_tokens_find(&arena, model.nodes, golden.text, &tokens)) || !CHECK_INT(tokens.count, json_count(golden.ids))) printf("    in \"%.*s\"\n", STR_ARG(golden.text));
        for (size_t j = 0; j < tokens.count && j < json_count(golden.ids); j++)
            if (tokens.items[j].id != json_int(json_at(golden.ids, j))) test_fail(__FILE__, __LINE__, "token %zu of \"%.*s\" is %d", j, STR_ARG(golden.text), tokens.items[j].id);
        check_spans(&tokens);
    }
}

TEST(tokens_are_those_of_the_reference)
{
    if (!has_model()) SKIP(NO_LOCAL_MODEL);
    check_golden("tests/unit/use_golden.json");
}

TEST(tokens_are_those_of_the_reference_folder)
{
    if (!has_model()) SKIP(NO_LOCAL_MODEL);
    if (access("../shared/data/test/embedding/use-golden.json", R_OK) != 0) SKIP("the folder of other people's data is not here");
    check_golden("../shared/data/test/embedding/use-golden.json");
}

TEST(a_token_tells_whether_it_begins_a_word)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct use_tokens tokens;
    size_t words = 0;
    if (!has_model()) SKIP(NO_LOCAL_MODEL);
    REQUIRE(CHECK_OK(use_tokens_find(&arena, model.nodes, STR("internationalization of characteristics"), &tokens)));
    static const char *const rests[] = {"internationalization of characteristics", "of characteristics", "characteristics"};
    for (size_t i = 0; i < tokens.count; i++) {
        if (!tokens.items[i].begins_word) continue;
        REQUIRE(words < COUNT_OF(rests));
        CHECK_STR(str_trim(str_slice(tokens.text, tokens.items[i].start, tokens.text.len)), rests[words++]);
    }
    CHECK_INT(words, COUNT_OF(rests));
}

TEST(an_empty_text_has_no_tokens)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct use_tokens tokens;
    if (!has_model()) SKIP(NO_LOCAL_MODEL);
    CHECK_OK(use_tokens_find(&arena, model.nodes, STR(""), &tokens));
    CHECK_INT(tokens.count, 0);
    CHECK_OK(use_tokens_find(&arena, model.nodes, (struct str){NULL, 0}, &tokens));
    CHECK_INT(tokens.count, 0);
}

TEST(broken_bytes_are_unknown_tokens)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct use_tokens tokens;
    if (!has_model()) SKIP(NO_LOCAL_MODEL);
    static const struct str broken[] = {STR_INIT("\xff\xfe"), STR_INIT("\xc3"), STR_INIT("a\0b"), STR_INIT("\xed\xa0\x80"), STR_INIT("\xf4\x90\x80\x80"), STR_INIT("word \xe2\x82"), STR_INIT("\xc0\x80 ok")};
    for (size_t i = 0; i < COUNT_OF(broken); i++) {
        CHECK_OK(use_tokens_find(&arena, model.nodes, broken[i], &tokens));
        CHECK(tokens.count > 0);
        check_spans(&tokens);
    }
}

/* A megabyte of what is hard: of one word, of marks that have to be brought in order, of what grows eighteenfold. Sanitizers make this slow, so the limit is loose:
 * what is not linear takes minutes. */
TEST(hostile_texts_take_time_that_grows_with_their_length)
{
    static const struct str hard[] = {STR_INIT("a"), STR_INIT("supercalifragilistic"), STR_INIT(" "), STR_INIT("\xcc\x81\xcc\xa7"), STR_INIT("\xef\xbe\x9e\xcc\x81"), STR_INIT("\xef\xb7\xba"),
                                      STR_INIT("\xf0\x9f\x98\x80"), STR_INIT("\xd7\xa9\xd9\x85"), STR_INIT("\xff")};
    if (!has_model()) SKIP(NO_LOCAL_MODEL);
    for (size_t i = 0; i < COUNT_OF(hard); i++) {
        struct arena arena CLEANUP(arena_dispose) = {0};
        struct buf text CLEANUP(buf_dispose) = {0};
        struct use_tokens tokens;
        while (text.len + hard[i].len <= USE_TEXT_MAX) buf_append_str(&text, hard[i]);
        int64_t before = clock_monotonic();
        if (CHECK_OK(use_tokens_find(&arena, model.nodes, buf_str(&text), &tokens))) check_spans(&tokens);
        int64_t took = clock_monotonic() - before;
        if (took > 15000000) test_fail(__FILE__, __LINE__, "text %zu took %lld ms", i, (long long)took / 1000);
    }
}

TEST(a_text_beyond_the_limit_is_refused)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct use_tokens tokens;
    if (!has_model()) SKIP(NO_LOCAL_MODEL);
    size_t len = (size_t)10 << 20;
    char *word = arena_alloc(&arena, len);
    memset(word, 'x', len);
    CHECK_INT(use_tokens_find(&arena, model.nodes, (struct str){word, len}, &tokens), ERR_TOO_LARGE);
    CHECK_INT(tokens.count, 0);
}
