/* If this failed, texts that mean alike would no longer be found by each other, or a vector would depend on what was embedded with it or on which machine. */
#include "ai/use_matrix.h"
#include "ai/use_model.h"
#include "local_model.h"

#include <math.h>
#include <stdlib.h>

static struct use_model model;
static bool has_model(void) { return model.nodes || (local_model_file().ptr && CHECK_OK(use_model_open(&model, local_model_file()))); }
static const char *const engines[] = {"AVX-512", "AVX2", "baseline"};

static double cosine(const float *a, const float *b)
{
    double product = 0, left = 0, right = 0;
    for (size_t i = 0; i < USE_DIMENSIONS; i++) {
        product += (double)a[i] * (double)b[i];
        left += (double)a[i] * (double)a[i];
        right += (double)b[i] * (double)b[i];
    }
    return product / sqrt(left * right);
}

/* The golden sentences as the reference's model takes them: of a long text the first 128 tokens. */
static size_t read_sentences(struct arena *arena, const struct json *items, struct use_sentence **sentences, struct golden **golden)
{
    size_t count = 0;
    *sentences = arena_array(arena, struct use_sentence, json_count(items));
    *golden = arena_array(arena, struct golden, json_count(items));
    for (size_t i = 0; i < json_count(items); i++) {
        golden_read(arena, json_at(items, i), &(*golden)[count]);
        if (!(*golden)[count].has_vector) continue;
        size_t tokens = json_count((*golden)[count].ids);
        if (tokens > USE_TOKENS_MAX) tokens = USE_TOKENS_MAX;
        int32_t *ids = arena_array(arena, int32_t, tokens);
        for (size_t j = 0; j < tokens; j++) ids[j] = (int32_t)json_int(json_at((*golden)[count].ids, j));
        (*sentences)[count++] = (struct use_sentence){ids, tokens};
    }
    return count;
}

static void check_golden(const char *path)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct json *root CLEANUP(json_free_at) = NULL;
    struct use_sentence *sentences;
    struct golden *golden;
    const struct json *items = golden_items(&arena, path, &root);
    size_t count = read_sentences(&arena, items, &sentences, &golden), ran = 0;
    REQUIRE(count >= 20);
    float *vectors = arena_array(&arena, float, count * USE_DIMENSIONS);
    for (size_t e = 0; e < COUNT_OF(engines); e++) {
        if (!use_matrix_set_engine(engines[e])) continue;
        ran++;
        use_model_embed(&model, sentences, count, vectors);
        double worst = 1;
        for (size_t i = 0; i < count; i++) {
            double similar = cosine(vectors + i * USE_DIMENSIONS, golden[i].vector);
            if (!(similar >= 0.9999)) test_fail(__FILE__, __LINE__, "%s: %f for \"%.*s\"", engines[e], similar, STR_ARG(golden[i].text));
            worst = similar < worst ? similar : worst;
        }
        printf("    %s: %zu vectors, worst cosine %.8f\n", engines[e], count, worst);
    }
    CHECK(ran > 0);
}

TEST(vectors_are_those_of_the_reference)
{
    if (!has_model()) SKIP(NO_LOCAL_MODEL);
    check_golden("tests/unit/use_golden.json");
}

TEST(vectors_are_those_of_the_reference_folder)
{
    if (!has_model()) SKIP(NO_LOCAL_MODEL);
    if (access("../shared/data/test/embedding/use-golden.json", R_OK) != 0) SKIP("the folder of other people's data is not here");
    check_golden("../shared/data/test/embedding/use-golden.json");
}

TEST(a_vector_does_not_depend_on_its_neighbours)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct json *root CLEANUP(json_free_at) = NULL;
    struct use_sentence *sentences;
    struct golden *golden;
    float alone[USE_DIMENSIONS];
    if (!has_model()) SKIP(NO_LOCAL_MODEL);
    size_t count = read_sentences(&arena, golden_items(&arena, "tests/unit/use_golden.json", &root), &sentences, &golden);
    float *vectors = arena_array(&arena, float, count * USE_DIMENSIONS);
    for (size_t e = 0; e < COUNT_OF(engines); e++) {
        if (!use_matrix_set_engine(engines[e])) continue;
        use_model_embed(&model, sentences, count, vectors);
        for (size_t i = 0; i < count; i++) {
            use_model_embed(&model, &sentences[i], 1, alone);
            CHECK(memcmp(alone, vectors + i * USE_DIMENSIONS, sizeof alone) == 0);
        }
    }
}

/* Against three loops, for every number of rows that a tile may be left with, and for depths with and without blocks. */
TEST(products_are_right)
{
    enum { ROWS = 50, INNER = 300, COLUMNS = 64 };
    static float in[ROWS * INNER], panels[INNER * COLUMNS], out[ROWS * COLUMNS];
    srand(1);
    for (size_t i = 0; i < COUNT_OF(in); i++) in[i] = (float)(rand() % 2001 - 1000) / 1000;
    for (size_t i = 0; i < COUNT_OF(panels); i++) panels[i] = (float)(rand() % 2001 - 1000) / 1000;
    for (size_t e = 0; e < COUNT_OF(engines); e++) {
        if (!use_matrix_set_engine(engines[e])) continue;
        for (size_t rows = 1; rows <= ROWS; rows++) {
            size_t wrong = 0;
            for (size_t i = 0; i < COUNT_OF(out); i++) out[i] = 1;
            use_matrix_add_product((struct use_matrix_rows){out, COLUMNS}, (struct use_matrix_rows){in, INNER}, rows, panels, INNER, COLUMNS);
            for (size_t i = 0; i < ROWS * COLUMNS; i++) {
                double expected = 1;
                size_t row = i / COLUMNS, column = i % COLUMNS;
                for (size_t k = 0; row < rows && k < INNER; k++) expected += (double)in[row * INNER + k] * (double)panels[(column / 16 * INNER + k) * 16 + column % 16];
                wrong += !(fabs(expected - (double)out[i]) < 1e-3);
            }
            if (wrong) test_fail(__FILE__, __LINE__, "%s, %zu rows: %zu wrong numbers", engines[e], rows, wrong);
        }
    }
}

TEST(another_file_is_refused)
{
    struct use_model other;
    char *none = aligned_alloc(64, 4096);
    REQUIRE(none != NULL);
    memset(none, 0, 4096);
    CHECK_INT(use_model_open(&other, (struct str){none, 4096}), ERR_INVALID);
    CHECK_INT(use_model_open(&other, (struct str){none, 0}), ERR_INVALID);
    memcpy(none, "CPUSELT2", 8);
    CHECK_INT(use_model_open(&other, (struct str){none, 4096}), ERR_INVALID);
    free(none);
    if (!has_model()) SKIP(NO_LOCAL_MODEL);
    struct str file = local_model_file();
    CHECK_INT(use_model_open(&other, str_slice(file, 0, file.len / 2)), ERR_INVALID);
    CHECK_INT(use_model_open(&other, str_slice(file, 0, file.len - 1)), ERR_INVALID);
    CHECK_INT(use_model_open(&other, str_slice(file, 0, 100)), ERR_INVALID);
    CHECK_INT(use_model_open(&other, str_slice(file, 4, file.len)), ERR_INVALID);
}
