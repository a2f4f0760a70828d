/* Reads any text as an employer's answer: what it quotes must stand in the text, be text itself, hold the skill, and name no skill twice. */
#include "ai/catalogue.h"
#include "ai/rejection.h"
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str text = {(const char *)data, size};
    struct rejection_missing *missing;
    if (!str_is_text(text)) return 0; /* a form takes nothing else */
    bool *is_seen = arena_array(&arena, bool, catalogue_skills_count);
    size_t count = rejection_read(&arena, text, &missing);
    for (size_t i = 0; i < count; i++) {
        if (missing[i].skill >= catalogue_skills_count || is_seen[missing[i].skill]) abort();
        is_seen[missing[i].skill] = true;
        if (missing[i].start >= missing[i].end || missing[i].end > size || missing[i].end - missing[i].start > REJECTION_QUOTE_MAX) abort();
        if (!str_is_text(str_slice(text, missing[i].start, missing[i].end))) abort();
    }
    return 0;
}
