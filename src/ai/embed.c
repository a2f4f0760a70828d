/* Design in ai/embed.h. */
#include "ai/embed.h"
#include "ai/text_clean.h"

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

struct str embed_clean(struct arena *arena, struct str text)
{
    struct buf plain CLEANUP(buf_dispose) = {0};
    text_clean(&plain, text);
    size_t len = 0;
    for (size_t i = 0; i < plain.len; i++) {
        bool blank = is_blank(plain.ptr[i]);
        if (blank && (len == 0 || plain.ptr[len - 1] == ' ')) continue;
        plain.ptr[len++] = blank ? ' ' : plain.ptr[i];
    }
    if (len > 0 && plain.ptr[len - 1] == ' ') len--;
    return str_copy(arena, (struct str){plain.ptr, len});
}

enum err embed_texts(const struct embedder *embedder, struct arena *arena, const struct str *texts, size_t count, struct embedding **embeddings)
{
    struct str *clean = arena_array(arena, struct str, count);
    *embeddings = arena_array(arena, struct embedding, count);
    for (size_t i = 0; i < count; i++) {
        struct embedding *embedding = &(*embeddings)[i];
        if (texts[i].len > EMBED_TEXT_MAX) {
            embedding->error = ERR_TOO_LARGE;
            embedding->reason = "the text is too long to be embedded (256 KiB are allowed)";
            continue;
        }
        clean[i] = embed_clean(arena, texts[i]);
        if (clean[i].len) continue;
        embedding->error = ERR_INVALID;
        embedding->reason = "an empty text has no vector";
    }
    return embedder->embed(embedder, arena, clean, count, *embeddings);
}

enum err embed_text(const struct embedder *embedder, struct arena *arena, struct str text, const float **vector)
{
    struct embedding *embedding;
    *vector = NULL;
    TRY(embed_texts(embedder, arena, &text, 1, &embedding));
    if (embedding->error != OK) return err_set(embedding->error, "%s", embedding->reason);
    *vector = embedding->vector;
    return OK;
}
