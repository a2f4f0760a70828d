/* If this failed, the end of a long text would not be found, an empty one would be near to everything, or the same text would have two vectors. */
#include "ai/embed.h"
#include "local_model.h"

#include <math.h>

static const struct embedder *embedder(void)
{
    if (!embed_local() && local_model_file().ptr) CHECK_OK(embed_set_local(local_model_file()));
    return embed_local();
}

static double product(const float *a, const float *b)
{
    double sum = 0;
    for (size_t i = 0; i < USE_DIMENSIONS; i++) sum += (double)a[i] * (double)b[i];
    return sum;
}

TEST(texts_are_cleaned)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    CHECK_STR(embed_clean(&arena, STR("  a \t b\r\n\r\nc\x01\x7f ")), "a b c");
    CHECK_STR(embed_clean(&arena, STR("a\xc2\xa0\xe2\x80\x8b\xe2\x80\xae b\0c")), "a bc");
    CHECK_STR(embed_clean(&arena, STR("\xff\xfe \t\n\0")), "");
    CHECK_STR(embed_clean(&arena, (struct str){NULL, 0}), "");
}

TEST(texts_without_a_vector_say_why_and_do_not_stop_the_others)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct embedding *embeddings;
    const float *vector;
    if (!embedder()) SKIP(NO_LOCAL_MODEL);
    struct str word = {arena_alloc(&arena, (size_t)10 << 20), (size_t)10 << 20};
    memset((char *)(uintptr_t)word.ptr, 'w', word.len);
    const struct str texts[] = {STR(""), STR("a baker"), STR(" \n\t\x01"), word, STR("a nurse"), STR("\xff\xff")};
    REQUIRE(CHECK_OK(embed_texts(embedder(), &arena, texts, COUNT_OF(texts), &embeddings)));
    static const enum err expected[] = {ERR_INVALID, OK, ERR_INVALID, ERR_TOO_LARGE, OK, ERR_INVALID};
    for (size_t i = 0; i < COUNT_OF(texts); i++) {
        CHECK_INT(embeddings[i].error, expected[i]);
        CHECK((embeddings[i].vector == NULL) == (expected[i] != OK) && (embeddings[i].reason != NULL) == (expected[i] != OK));
    }
    CHECK_INT(embed_text(embedder(), &arena, STR("  "), &vector), ERR_INVALID);
    CHECK_STR(err_detail(), "an empty text has no vector");
    CHECK(vector == NULL);
    CHECK_OK(embed_texts(embedder(), &arena, texts, 0, &embeddings));
}

TEST(white_space_and_company_change_no_vector)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct embedding *embeddings;
    const float *alone;
    if (!embedder()) SKIP(NO_LOCAL_MODEL);
    const struct str texts[] = {STR("repairs pumps"), STR("keeps bees and sells honey"), STR(" repairs\n\n pumps\t")};
    REQUIRE(CHECK_OK(embed_texts(embedder(), &arena, texts, COUNT_OF(texts), &embeddings)) && CHECK_OK(embed_text(embedder(), &arena, texts[0], &alone)));
    CHECK(memcmp(embeddings[0].vector, embeddings[2].vector, USE_DIMENSIONS * sizeof *alone) == 0);
    CHECK(memcmp(embeddings[0].vector, alone, USE_DIMENSIONS * sizeof *alone) == 0);
}

TEST(what_means_alike_is_nearer)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    static const char *const triples[][3] = {{"looks after sick people in a hospital", "registered nurse", "tax accountant"},
                                             {"cooks meals in a restaurant", "kitchen chef", "bus driver"},
                                             {"writes computer programs", "software developer", "florist"}};
    if (!embedder()) SKIP(NO_LOCAL_MODEL);
    for (size_t i = 0; i < COUNT_OF(triples); i++) {
        const float *vectors[3];
        for (size_t j = 0; j < 3; j++) REQUIRE(CHECK_OK(embed_text(embedder(), &arena, str_from(triples[i][j]), &vectors[j])));
        CHECK(product(vectors[0], vectors[1]) > product(vectors[0], vectors[2]));
    }
}

/* Text and vectors of all chunks: nothing is left out, none is too long, and the whole is the mean. */
static void check_chunks(struct arena *arena, struct str text, const struct embedding *embedding)
{
    struct buf all CLEANUP(buf_dispose) = {0};
    float mean[USE_DIMENSIONS] = {0};
    for (size_t i = 0; i < embedding->chunks_count; i++) {
        const float *alone;
        CHECK(embedding->chunks[i].tokens >= 1 && embedding->chunks[i].tokens <= USE_TOKENS_MAX);
        CHECK(fabs(product(embedding->chunks[i].vector, embedding->chunks[i].vector) - 1) < 1e-5);
        for (size_t k = 0; k < USE_DIMENSIONS; k++) mean[k] += embedding->chunks[i].vector[k];
        if (all.len && str_contains(text, STR(" "))) buf_append_char(&all, ' ');
        buf_append_str(&all, embedding->chunks[i].text);
        if (!str_contains(text, STR(" "))) continue;
        CHECK_OK(embed_text(embedder(), arena, embedding->chunks[i].text, &alone));
        CHECK(product(alone, embedding->chunks[i].vector) > 0.99999);
    }
    CHECK_STR(buf_str(&all), text);
    CHECK(fabs(product(embedding->vector, embedding->vector) - 1) < 1e-5);
    CHECK(product(mean, embedding->vector) / sqrt(product(mean, mean)) > 0.99999);
}

TEST(long_texts_are_embedded_whole)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct buf prose CLEANUP(buf_dispose) = {0}, word CLEANUP(buf_dispose) = {0};
    struct embedding *embeddings;
    if (!embedder()) SKIP(NO_LOCAL_MODEL);
    for (int i = 0; i < 150; i++) buf_append_format(&prose, "%sitem %d of the list is a pump", i ? ", " : "", i);
    while (word.len < 1500) buf_append_str(&word, STR("xyzq"));
    const struct str texts[] = {buf_str(&prose), buf_str(&word), STR("a short one")};
    REQUIRE(CHECK_OK(embed_texts(embedder(), &arena, texts, COUNT_OF(texts), &embeddings)));
    CHECK(embeddings[0].chunks_count > 8 && embeddings[1].chunks_count > 3);
    CHECK_INT(embeddings[2].chunks_count, 1);
    for (size_t i = 0; i < COUNT_OF(texts); i++) check_chunks(&arena, texts[i], &embeddings[i]);
}
