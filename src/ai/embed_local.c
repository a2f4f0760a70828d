/* The built-in model behind the interface of ai/embed.h: texts become tokens, tokens chunks, and the chunks of many texts are computed in one batch. */
#include "ai/embed.h"
#include "ai/use_matrix.h"
#include "ai/use_model.h"

#include <math.h>
#include <string.h>

enum { CHUNK_TOKENS = 100, TEXTS_AT_ONCE = 256 };

static struct use_model model;
static struct embedder local; /* its model is NULL until a file is handed over */

/* ---- chunks ---- */

/* Tokens of the next chunk: what fits is one chunk, more is shared out evenly, at the last word that begins in time. A word without end is cut where it must be. */
static size_t next_chunk(const struct use_token *tokens, size_t count)
{
    if (count <= USE_TOKENS_MAX) return count;
    size_t chunks = (count + CHUNK_TOKENS - 1) / CHUNK_TOKENS, most = (count + chunks - 1) / chunks;
    for (size_t at = most; at > most / 2; at--)
        if (tokens[at].begins_word) return at;
    return most;
}

static void add_chunk(struct arena *arena, struct embedding *embedding, size_t *cap, const struct use_tokens *tokens, size_t from, size_t count)
{
    if (embedding->chunks_count == *cap) {
        struct embed_chunk *more = arena_array(arena, struct embed_chunk, *cap = *cap ? *cap * 2 : 1);
        if (embedding->chunks_count) memcpy(more, embedding->chunks, embedding->chunks_count * sizeof *more);
        embedding->chunks = more;
    }
    struct str text = str_slice(tokens->text, tokens->items[from].start, tokens->items[from + count - 1].end);
    embedding->chunks[embedding->chunks_count++] = (struct embed_chunk){.text = str_trim(text), .tokens = count};
}

/* The ids of a text's chunks, one after the other; its chunks in `embedding`. */
static enum err cut_text(struct arena *arena, struct str text, struct embedding *embedding, int32_t **ids)
{
    struct use_tokens tokens;
    size_t cap = 0;
    TRY(use_tokens_find(arena, model.nodes, text, &tokens));
    *ids = arena_array(arena, int32_t, tokens.count);
    for (size_t i = 0; i < tokens.count; i++) (*ids)[i] = tokens.items[i].id;
    for (size_t from = 0, count; from < tokens.count; from += count) {
        count = next_chunk(tokens.items + from, tokens.count - from);
        add_chunk(arena, embedding, &cap, &tokens, from, count);
    }
    return OK;
}

/* ---- vectors ---- */

/* The mean of the chunks' vectors, at length 1. It cannot vanish for vectors of this model, but must not divide by 0 if it did. */
static const float *mean_vector(struct arena *arena, const struct embedding *embedding)
{
    if (embedding->chunks_count == 1) return embedding->chunks[0].vector;
    float *mean = arena_array(arena, float, USE_DIMENSIONS), squares = 0;
    for (size_t i = 0; i < embedding->chunks_count; i++)
        for (size_t k = 0; k < USE_DIMENSIONS; k++) mean[k] += embedding->chunks[i].vector[k];
    for (size_t k = 0; k < USE_DIMENSIONS; k++) squares += mean[k] * mean[k];
    for (size_t k = 0; k < USE_DIMENSIONS && squares > 0; k++) mean[k] /= sqrtf(squares);
    return mean;
}

static enum err embed_some(struct arena *arena, const struct str *texts, size_t count, struct embedding *embeddings)
{
    int32_t **ids = arena_array(arena, int32_t *, count);
    size_t total = 0, at = 0;
    for (size_t i = 0; i < count; i++) {
        if (embeddings[i].error != OK) continue;
        TRY(cut_text(arena, texts[i], &embeddings[i], &ids[i]));
        total += embeddings[i].chunks_count;
    }
    struct use_sentence *sentences = arena_array(arena, struct use_sentence, total);
    float *vectors = arena_alloc_array(arena, total, USE_DIMENSIONS * sizeof *vectors);
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < embeddings[i].chunks_count; j++, at++) {
            struct embed_chunk *chunk = &embeddings[i].chunks[j];
            sentences[at] = (struct use_sentence){ids[i], chunk->tokens};
            ids[i] += chunk->tokens;
            chunk->vector = vectors + at * USE_DIMENSIONS;
        }
    }
    use_model_embed(&model, sentences, total, vectors);
    for (size_t i = 0; i < count; i++)
        if (embeddings[i].chunks_count) embeddings[i].vector = mean_vector(arena, &embeddings[i]);
    return OK;
}

static enum err embed_with_model(const struct embedder *embedder, struct arena *arena, const struct str *texts, size_t count, struct embedding *embeddings)
{
    (void)embedder;
    for (size_t done = 0; done < count; done += TEXTS_AT_ONCE) TRY(embed_some(arena, texts + done, count - done < TEXTS_AT_ONCE ? count - done : TEXTS_AT_ONCE, embeddings + done));
    return OK;
}

const struct embedder *embed_local(void) { return local.model ? &local : NULL; }

const char *embed_local_missing(void) { return "the local embedding model is not built in (this program was built with -Dlocal_model=false)"; }

enum err embed_set_local(struct str file)
{
    TRY(use_model_open(&model, file));
    local = (struct embedder){.model = USE_MODEL_NAME, .engine = use_matrix_engine(), .dimensions = USE_DIMENSIONS, .embed = embed_with_model};
    return OK;
}
