/* Vectors of texts: texts that mean alike have vectors that point alike. One interface for every model (docs/embeddings.md).
 *
 * A model that takes only so many tokens gets a long text in chunks, so that nothing of it is left out; the text's own vector is then the mean of its chunks'
 * vectors, brought to length 1. Every text is cleaned by embed_clean first, the same way when it is stored and when it is searched for.
 */
#pragma once
#include "base/str.h"

#define EMBED_DIMENSIONS_MAX 4096
#define EMBED_TEXT_MAX ((size_t)256 << 10) /* bytes of one text; a longer one is refused, not cut */

struct embed_chunk {
    struct str text; /* as the model has read it: cleaned and in its normal form */
    size_t tokens;
    const float *vector; /* of length 1 */
};

/* What became of one text. */
struct embedding {
    const float *vector; /* of length 1; NULL when the text has none */
    struct embed_chunk *chunks;
    size_t chunks_count;
    enum err error;     /* why it has none: ERR_INVALID for an empty text, ERR_TOO_LARGE */
    const char *reason; /* the same in words */
};

struct embedder {
    const char *model;  /* as it is stored beside the vectors */
    const char *engine; /* what computes it, in words */
    size_t dimensions;
    /* Embeds texts that embed_texts has cleaned; each entry of `embeddings` is zeroed. Fails when no text can be embedded now. */
    enum err (*embed)(const struct embedder *embedder, struct arena *arena, const struct str *texts, size_t count, struct embedding *embeddings);
};

/* The text without control and invisible characters, every run of white space one space, none around it. */
struct str embed_clean(struct arena *arena, struct str text);

/* Embeds many texts in one call, which is faster than one by one. *embeddings has an entry for each text, in the arena: a text without a vector does not stop the
 * others. Fails only when the model does. */
enum err embed_texts(const struct embedder *embedder, struct arena *arena, const struct str *texts, size_t count, struct embedding **embeddings) MUST_CHECK;
/* Embeds one text: `embedder->dimensions` numbers in the arena. ERR_INVALID for an empty text, ERR_TOO_LARGE. */
enum err embed_text(const struct embedder *embedder, struct arena *arena, struct str text, const float **vector) MUST_CHECK;

/* The model that is built in, or NULL: then embed_local_missing says why. */
const struct embedder *embed_local(void);
const char *embed_local_missing(void);
/* Hands over its file (ai/use_model.h), which must stay: once, before threads start. */
enum err embed_set_local(struct str file) MUST_CHECK;
