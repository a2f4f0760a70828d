/* Suggestions while typing, and the occupation that a free-text role means. Design in catalogue.h.
 *
 * A few thousand short names are scanned for each keystroke: some tens of microseconds, so no index is kept.
 */
#include "ai/catalogue.h"
#include "ai/catalogue_data.h"

#include <string.h>

/* Best first. */
enum fit { FIT_EXACT, FIT_PREFIX, FIT_WORD, FIT_INSIDE, FIT_NONE };

static bool is_word_char(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || (unsigned char)c >= 0x80; }

static bool is_ascii(struct str text)
{
    for (size_t i = 0; i < text.len; i++)
        if ((unsigned char)text.ptr[i] >= 0x80) return false;
    return true;
}

/* `query` is folded: "zurich" finds "Zürich". */
static enum fit fit_of(struct str query, struct str text)
{
    char folded[CATALOGUE_FOLD_MAX];
    if (!is_ascii(text)) text = (struct str){folded, catalogue_fold(text, folded)};
    size_t at = str_find_ci(text, query, 0);
    if (at == STR_NPOS) return FIT_NONE;
    if (at == 0) return query.len == text.len ? FIT_EXACT : FIT_PREFIX;
    for (; at != STR_NPOS; at = str_find_ci(text, query, at + 1))
        if (!is_word_char(text.ptr[at - 1])) return FIT_WORD;
    return query.len >= 3 ? FIT_INSIDE : FIT_NONE;
}

struct candidate {
    size_t index;
    enum fit fit;
    size_t length; /* of what fitted: the shorter the nearer; an alias counts as longer than any name */
};

/* Keeps the best `limit` candidates in order; `count` so far. */
static size_t keep(struct candidate *best, size_t count, size_t limit, struct candidate candidate)
{
    size_t place = count;
    while (place > 0 && (best[place - 1].fit > candidate.fit ||
                         (best[place - 1].fit == candidate.fit && best[place - 1].length > candidate.length)))
        place--;
    if (place >= limit) return count;
    if (count < limit) count++;
    memmove(&best[place + 1], &best[place], (count - place - 1) * sizeof(*best));
    best[place] = candidate;
    return count;
}

#define SUGGEST_MAX 50

static void better(struct candidate *best, struct str query, struct str text, bool is_alias)
{
    enum fit fit = fit_of(query, text);
    size_t length = text.len + (is_alias ? 1000 : 0);
    if (fit < best->fit || (fit == best->fit && length < best->length)) {
        best->fit = fit;
        best->length = length;
    }
}

static size_t copy_indices(const struct candidate *best, size_t count, size_t *found)
{
    for (size_t i = 0; i < count; i++) found[i] = best[i].index;
    return count;
}

size_t catalogue_suggest_skills(struct str query, size_t *found, size_t limit)
{
    struct candidate best[SUGGEST_MAX];
    size_t count = 0;
    char folded[CATALOGUE_FOLD_MAX];
    query = (struct str){folded, catalogue_fold(query, folded)};
    if (!query.len) return 0;
    if (limit > SUGGEST_MAX) limit = SUGGEST_MAX;
    for (size_t i = 0; i < catalogue_skills_count; i++) {
        const struct catalogue_skill *skill = &catalogue_skill_table[i];
        struct candidate candidate = {.index = i, .fit = FIT_NONE};
        better(&candidate, query, skill->name, false);
        for (size_t j = 0; j < skill->aliases_count; j++) better(&candidate, query, skill->aliases[j].text, true);
        if (candidate.fit != FIT_NONE) count = keep(best, count, limit, candidate);
    }
    return copy_indices(best, count, found);
}

size_t catalogue_suggest_occupations(struct str query, size_t *found, size_t limit)
{
    struct candidate best[SUGGEST_MAX];
    size_t count = 0;
    char folded[CATALOGUE_FOLD_MAX];
    query = (struct str){folded, catalogue_fold(query, folded)};
    if (!query.len) return 0;
    if (limit > SUGGEST_MAX) limit = SUGGEST_MAX;
    for (size_t i = 0; i < catalogue_occupations_count; i++) {
        const struct catalogue_occupation *occupation = &catalogue_occupation_table[i];
        struct candidate candidate = {.index = i, .fit = FIT_NONE};
        better(&candidate, query, occupation->title, false);
        for (size_t j = 0; j < occupation->alternates_count; j++) better(&candidate, query, occupation->alternates[j], true);
        if (candidate.fit != FIT_NONE) count = keep(best, count, limit, candidate);
    }
    return copy_indices(best, count, found);
}

/* Cities come by population, so the first of equal fit is the largest. */
static size_t find_cities(struct str query, struct candidate *best, size_t limit)
{
    size_t count = 0;
    for (size_t i = 0; i < catalogue_cities_count; i++) {
        enum fit fit = fit_of(query, catalogue_city_table[i].name);
        if (fit <= FIT_WORD) count = keep(best, count, limit, (struct candidate){.index = i, .fit = fit});
    }
    return count;
}

/* "aarhus" and "muenchen" spell in two letters what folding makes one of "Århus" and "München". In place. */
static struct str collapse_pairs(char *text, size_t len)
{
    static const char *const written[] = {"aa", "ae", "oe", "ue"};
    size_t kept = 0;
    for (size_t i = 0; i < len; i++) {
        text[kept++] = text[i];
        for (size_t j = 0; j < COUNT_OF(written) && i + 1 < len; j++)
            if (text[i] == written[j][0] && text[i + 1] == written[j][1]) {
                i++;
                break;
            }
    }
    return (struct str){text, kept};
}

size_t catalogue_suggest_cities(struct str query, const struct catalogue_city **found, size_t limit)
{
    struct candidate best[SUGGEST_MAX];
    char folded[CATALOGUE_FOLD_MAX];
    query = (struct str){folded, catalogue_fold(query, folded)};
    if (!query.len) return 0;
    if (limit > SUGGEST_MAX) limit = SUGGEST_MAX;
    size_t count = find_cities(query, best, limit);
    if (!count) count = find_cities(collapse_pairs(folded, query.len), best, limit);
    for (size_t i = 0; i < count; i++) found[i] = &catalogue_city_table[best[i].index];
    return count;
}

/* Words that say how senior or in which form, not what. */
static bool is_filler(struct str word)
{
    static const char *const fillers[] = {"senior", "junior", "lead", "principal", "staff", "head", "of", "the", "a", "and", "in", "for",
                                          "intern", "trainee", "graduate", "mid", "level", "sr", "jr", "remote", "freelance", "i", "ii", "iii", "chief", "associate"};
    for (size_t i = 0; i < COUNT_OF(fillers); i++)
        if (str_equal_ci(word, str_from(fillers[i]))) return true;
    return word.len == 0;
}

#define ROLE_WORDS 12

static size_t words_of(struct str text, struct str *words)
{
    size_t count = 0, at = 0;
    while (at < text.len && count < ROLE_WORDS) {
        while (at < text.len && !is_word_char(text.ptr[at])) at++;
        size_t start = at;
        while (at < text.len && (is_word_char(text.ptr[at]) || text.ptr[at] == '+' || text.ptr[at] == '#')) at++;
        struct str word = str_slice(text, start, at);
        if (!is_filler(word)) words[count++] = word;
    }
    return count;
}

/* Words in common over all words (Jaccard). */
static double overlap(const struct str *a, size_t a_count, struct str text)
{
    struct str b[ROLE_WORDS];
    size_t b_count = words_of(text, b), common = 0;
    for (size_t i = 0; i < a_count; i++)
        for (size_t j = 0; j < b_count; j++)
            if (str_equal_ci(a[i], b[j])) {
                common++;
                break;
            }
    return common ? (double)common / (double)(a_count + b_count - common) : 0;
}

size_t catalogue_occupation_for(struct str role)
{
    struct str words[ROLE_WORDS];
    size_t count = words_of(role, words), best = CATALOGUE_NONE;
    double best_overlap = 0.45; /* at least about half of the words must agree */
    for (size_t i = 0; i < catalogue_occupations_count; i++) {
        const struct catalogue_occupation *occupation = &catalogue_occupation_table[i];
        if (str_equal_ci(str_trim(role), occupation->title)) return i;
        double most = overlap(words, count, occupation->title);
        for (size_t j = 0; j < occupation->alternates_count; j++) {
            double other = overlap(words, count, occupation->alternates[j]) - 0.01; /* a title before an alternate */
            if (other > most) most = other;
        }
        if (most > best_overlap) {
            best_overlap = most;
            best = i;
        }
    }
    return best;
}
