/* What a twin may take from a resume: one line, never a private one. Design in twin.h. */
#include "ai/twin_internal.h"

#define LINE_LEAST 12

struct str twin_resume_line(struct arena *arena, const struct twin_person *person, const struct str *stems, size_t stems_count)
{
    struct str best = STR("");
    size_t best_covered = 0;
    for (size_t i = 0; i < person->passages_count; i++) {
        struct str rest = person->passages[i], line;
        while (str_split_next(&rest, '\n', &line)) {
            line = str_trim(line);
            if (line.len < LINE_LEAST) continue;
            struct twin_words words = twin_words_of(arena, line);
            size_t covered = 0;
            for (size_t k = 0; k < stems_count; k++) covered += twin_words_has(&words, stems[k]);
            if (covered <= best_covered || 2 * covered <= stems_count || twin_line_is_private(arena, person, line)) continue;
            best = line;
            best_covered = covered;
        }
    }
    return best;
}
