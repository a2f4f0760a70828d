/* Finds skills in any bytes: mentions lie inside the text, in order, without overlap, and finding them again in the part alone
 * never reads beyond it. */
#include "ai/catalogue.h"
#include "ai/skill_text.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str text = str_copy(&arena, (struct str){(const char *)data, size});
    struct skill_mention *mentions;
    size_t count = skill_text_find(&arena, text, &mentions), end = 0;
    for (size_t i = 0; i < count; i++) {
        if (mentions[i].start < end || mentions[i].end <= mentions[i].start || mentions[i].end > size) abort();
        if (mentions[i].skill >= catalogue_skills_count) abort();
        end = mentions[i].end;
        struct skill_mention *again;
        (void)skill_text_find(&arena, str_slice(text, mentions[i].start, mentions[i].end), &again);
    }
    return 0;
}
