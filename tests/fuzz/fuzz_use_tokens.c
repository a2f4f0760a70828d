/* Finds tokens in any bytes: spans follow each other without a gap to the end of the normalised text, ids are of the vocabulary, unknown ones never stand side by side, and
 * cleaning a text twice is cleaning it once. Without the model's file a vocabulary of three pieces is used.
 */
#include "ai/embed.h"
#include "ai/use_model.h"

#include <fcntl.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* U+2581, a, ab */
static const struct use_node small[] = {{0, 1, 2, -1, 0}, {'a', 3, 1, 7, -3}, {0x2581, 4, 0, 6, -2}, {'b', 4, 0, 8, -4}};

static const struct use_node *vocabulary(void)
{
    static struct use_model model;
#ifdef LOCAL_MODEL_FILE
    struct stat status;
    if (model.nodes) return model.nodes;
    int descriptor = open(LOCAL_MODEL_FILE, O_RDONLY | O_CLOEXEC);
    if (descriptor < 0 || fstat(descriptor, &status) != 0) abort();
    const char *bytes = mmap(NULL, (size_t)status.st_size, PROT_READ, MAP_SHARED, descriptor, 0);
    close(descriptor);
    if (bytes == MAP_FAILED || use_model_open(&model, (struct str){bytes, (size_t)status.st_size}) != OK) abort();
#endif
    return model.nodes ? model.nodes : small;
}

static void check(struct arena *arena, struct str text)
{
    struct use_tokens tokens;
    size_t at = 0;
    if (use_tokens_find(arena, vocabulary(), text, &tokens) != OK) return;
    for (size_t i = 0; i < tokens.count; i++) {
        const struct use_token *token = &tokens.items[i];
        if (token->start != at || token->end < at || token->id < 0 || token->id >= 8000) abort();
        if (i && token->id == 0 && tokens.items[i - 1].id == 0) abort();
        at = token->end;
    }
    if (at != tokens.text.len || (text.len > 0) != (tokens.count > 0)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str text = {(const char *)data, size};
    check(&arena, text);
    struct str clean = embed_clean(&arena, text);
    if (!str_equal(embed_clean(&arena, clean), clean)) abort();
    check(&arena, clean);
    return 0;
}
