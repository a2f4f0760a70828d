/* Many short patterns of words, found in one pass: a table from the stem of a pattern's first word to the patterns that begin
 * with it, and a walk along the words of each. */
#include "ai/analyze_internal.h"

#include <string.h>

enum { ELEMENT_WORD, ELEMENT_ALTERNATIVE, ELEMENT_GAP };
#define GAP_WORDS 2

void matcher_init(struct matcher *matcher, struct arena *arena, size_t expected)
{
    size_t count = 64;
    while (count < expected) count *= 2;
    *matcher = (struct matcher){arena_array(arena, struct pattern *, count), count, arena};
}

static bool same_stem(const struct token *a, const struct token *b)
{
    return a->hash == b->hash && a->stem == b->stem && memcmp(a->word, b->word, a->stem) == 0;
}

/* One pattern stands in the chain of each alternative of its first word. */
static void hang_up(struct matcher *matcher, const struct pattern *pattern)
{
    for (size_t i = 0; i < pattern->count && (i == 0 || pattern->kinds[i] == ELEMENT_ALTERNATIVE); i++) {
        struct pattern **bucket = &matcher->buckets[pattern->elements[i].hash & (matcher->buckets_count - 1)];
        if (*bucket && (*bucket)->elements == pattern->elements) continue; /* two alternatives in one chain */
        struct pattern *copy = arena_new(matcher->arena, struct pattern);
        *copy = *pattern;
        copy->next = *bucket;
        *bucket = copy;
    }
}

void matcher_add(struct matcher *matcher, struct str text, int owner, uint32_t id, float weight)
{
    struct pattern pattern = {.owner = owner, .id = id, .weight = weight};
    size_t most = text.len + 1;
    pattern.elements = arena_array(matcher->arena, struct token, most);
    pattern.kinds = arena_array(matcher->arena, uint8_t, most);
    pattern.at_start = str_starts(text, STR("^"));
    struct str rest = str_slice(text, pattern.at_start, text.len), part;
    while (str_split_next(&rest, ' ', &part)) {
        if (str_equal(part, STR("*"))) {
            pattern.kinds[pattern.count++] = ELEMENT_GAP;
            continue;
        }
        struct str alternatives = part, word;
        bool further = false;
        while (str_split_next(&alternatives, '|', &word)) {
            struct token *tokens;
            size_t count = tokens_read(matcher->arena, word, &tokens);
            for (size_t i = 0; i < count && pattern.count < most; i++) {
                pattern.kinds[pattern.count] = further && i == 0 ? ELEMENT_ALTERNATIVE : ELEMENT_WORD;
                pattern.elements[pattern.count++] = tokens[i];
            }
            further = count > 0 || further;
        }
    }
    if (pattern.count && pattern.kinds[0] == ELEMENT_WORD) hang_up(matcher, &pattern);
}

/* The token behind the pattern's end when it matches from `at`, else 0. */
static size_t walk(const struct pattern *pattern, size_t element, const struct token *tokens, size_t at, size_t to)
{
    while (element < pattern->count) {
        if (pattern->kinds[element] == ELEMENT_GAP) {
            for (size_t gap = 0; gap <= GAP_WORDS && at + gap <= to; gap++) {
                size_t end = walk(pattern, element + 1, tokens, at + gap, to);
                if (end) return end;
            }
            return 0;
        }
        if (at >= to) return 0;
        bool same = same_stem(&pattern->elements[element], &tokens[at]);
        size_t next = element + 1;
        for (; next < pattern->count && pattern->kinds[next] == ELEMENT_ALTERNATIVE; next++)
            same |= same_stem(&pattern->elements[next], &tokens[at]);
        if (!same) return 0;
        element = next;
        at++;
    }
    return at;
}

void matcher_run(const struct matcher *matcher, const struct token *tokens, size_t from, size_t to,
                 void (*found)(void *context, const struct match *match), void *context)
{
    for (size_t at = from; at < to; at++) {
        for (const struct pattern *p = matcher->buckets[tokens[at].hash & (matcher->buckets_count - 1)]; p; p = p->next) {
            if (p->at_start && at != from) continue;
            size_t end = walk(p, 0, tokens, at, to);
            if (end) found(context, &(struct match){p, (uint32_t)at, (uint32_t)end});
        }
    }
}
