/* Which claims each answer is about.
 *
 * A claim's vocabulary is its name and other spellings, the terms of the catalogue, and, weaker, single words of these terms and the names of
 * related skills. A word that many skills share weighs little. A name may also be spelled as a speech recogniser hears it: two or three
 * words with the same run of consonants.
 *
 * An answer is about the skill that its question was recorded for or names; else, for a question that follows up, about what the
 * answer before was about; else about the claim whose vocabulary question and answer share, if one stands out. A claim that the answer brings up
 * by itself is an aside: only the sentences with its words count for it.
 */
#include "ai/analyze_internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MATCHES_MAX 4096 /* in one turn; the rest of a turn that has more says nothing new */
#define SKELETON_MAX 24
#define WORDS_NEEDED 1.3F     /* of vocabulary, for a passage to be about a claim */
#define SUBJECT_CHANGES 1.2F  /* of another claim's vocabulary, in a question that seemed to follow up */
#define PASSAGE_MAX 12         /* exchanges */
#define WORD_SHARE 0.7F    /* of the looser vocabulary, beside that of terms */
#define WORDS_LEFT_OVER 0.6F /* when no other passage is about that claim */

struct entry {
    uint16_t claim;
    bool by_name;
    struct str exact; /* not empty: only in this very case */
};

struct sound {
    uint16_t claim;
    uint8_t len;
    float weight; /* of a name 2.5 */
    char sounds[SKELETON_MAX];
};

struct search {
    const struct entry *entries;
    const struct turn *turn;
    struct match matches[MATCHES_MAX];
    size_t count;
};

struct vocabulary {
    struct judge *judge;
    struct entry *entries;
    size_t entries_count, entries_cap;
    struct sound *sounds;
    size_t sounds_count, sounds_cap;
    struct search *search;
};

static float rarity(const struct vocabulary *vocabulary, const struct token *token)
{
    unsigned count = word_index_terms(vocabulary->judge->words, token);
    return 1.0F / (1.0F + 0.5F * log2f(count < 1 ? 1.0F : (float)count));
}

static void add_entry(struct vocabulary *v, size_t claim, struct str text, bool by_name, bool exact, float weight)
{
    if (v->entries_count == v->entries_cap) {
        size_t cap = v->entries_cap ? v->entries_cap * 2 : 256;
        struct entry *grown = arena_array(v->judge->arena, struct entry, cap);
        if (v->entries_count) memcpy(grown, v->entries, v->entries_count * sizeof(*grown));
        v->entries = grown;
        v->entries_cap = cap;
    }
    matcher_add(&v->judge->vocabulary, text, (int)claim, (uint32_t)v->entries_count, weight);
    v->entries[v->entries_count++] = (struct entry){(uint16_t)claim, by_name, exact ? text : STR("")};
}

static void add_sound(struct vocabulary *v, size_t claim, struct str name, float weight)
{
    struct token *tokens;
    size_t count = tokens_read(v->judge->arena, name, &tokens);
    struct sound sound = {.claim = (uint16_t)claim, .weight = weight};
    size_t len = count ? tokens_skeleton(tokens, count, sound.sounds, SKELETON_MAX) : 0;
    if (len < 4 || len > 12) return;
    if (v->sounds_count == v->sounds_cap) {
        size_t cap = v->sounds_cap ? v->sounds_cap * 2 : 64;
        struct sound *grown = arena_array(v->judge->arena, struct sound, cap);
        if (v->sounds_count) memcpy(grown, v->sounds, v->sounds_count * sizeof(*grown));
        v->sounds = grown;
        v->sounds_cap = cap;
    }
    sound.len = (uint8_t)len;
    v->sounds[v->sounds_count++] = sound;
}

static void add_name(struct vocabulary *v, size_t claim, struct str name, bool exact)
{
    struct token *tokens;
    size_t count = tokens_read(v->judge->arena, name, &tokens);
    if (count == 0 || (count == 1 && token_is_common(&tokens[0]) && !exact)) return;
    add_entry(v, claim, name, true, exact || (count == 1 && tokens[0].len < 3), 3);
    add_sound(v, claim, name, 2.5F);
}

static void add_term(struct vocabulary *v, size_t claim, struct str term, float share)
{
    struct token *tokens;
    size_t count = tokens_read(v->judge->arena, term, &tokens);
    if (count == 0) return;
    float weight = count == 1 ? 0.9F * rarity(v, &tokens[0]) : 1.3F;
    add_entry(v, claim, term, false, false, weight * share);
    if (count == 1 && share >= 1 && tokens[0].len > 5) add_sound(v, claim, term, 1);
    for (size_t i = 0; count > 1 && share >= 1 && i < count; i++) {
        if (token_is_common(&tokens[i]) || tokens[i].len < 4) continue;
        add_entry(v, claim, (struct str){tokens[i].word, tokens[i].len}, false, false, 0.5F * rarity(v, &tokens[i]));
    }
}

/* Words of a claim's name that say nothing about its subject. Sorted not needed: short. */
static bool is_generic(struct str word)
{
    static const char *const generic[] = {"advanced", "analysis", "and",  "basic",  "basics", "certified", "design",   "development", "engineering", "framework", "fundamentals",
                                          "general",  "language", "management", "methods", "of", "operations", "planning", "practice", "process", "processing", "professional",
                                          "programming", "scripting", "services", "skills", "software", "strategy", "system", "systems", "technical", "techniques", "testing", "tools",
                                          "training", "with",  "work", "writing", "data",   "administration", "support", "modern"};
    for (size_t i = 0; i < COUNT_OF(generic); i++)
        if (str_equal(word, str_from(generic[i]))) return true;
    return false;
}

/* "the database", "monitoring": a question may name no more than the kind of skill. */
static void add_category(struct vocabulary *v, size_t claim, struct str category)
{
    struct token *tokens;
    size_t count = tokens_read(v->judge->arena, category, &tokens);
    for (size_t i = 0; i < count; i++)
        if (!token_is_common(&tokens[i]) && !is_generic((struct str){tokens[i].word, tokens[i].len}))
            add_entry(v, claim, (struct str){tokens[i].word, tokens[i].len}, false, false, 0.8F);
}

static void add_skill(struct vocabulary *v, size_t claim, size_t index)
{
    const struct catalogue_skill *skill = catalogue_skill_at(index);
    add_name(v, claim, skill->name, skill->name_is_word);
    for (size_t i = 0; i < skill->aliases_count; i++) add_name(v, claim, skill->aliases[i].text, skill->aliases[i].exact_case);
    for (size_t i = 0; i < skill->terms_count; i++) add_term(v, claim, skill->terms[i], 1);
    for (size_t i = 0; i < skill->words_count; i++) add_term(v, claim, skill->words[i], WORD_SHARE);
    add_category(v, claim, skill->category);
    for (size_t i = 0; i < skill->related_count; i++) {
        const struct catalogue_skill *related = catalogue_skill_at(skill->related[i]);
        if (!related->name_is_word) add_entry(v, claim, related->name, false, false, 0.5F);
        for (size_t j = 0; j < related->terms_count; j++) add_term(v, claim, related->terms[j], 0.25F);
    }
}

/* A name that is an everyday word too ("SAFe", "Go") is meant only in its very spelling when other words stand around it. */
static bool is_spelled(size_t index, struct str words)
{
    const struct catalogue_skill *skill = catalogue_skill_at(index);
    if (skill->name_is_word && str_equal_ci(skill->name, words)) return str_equal(skill->name, words);
    for (size_t i = 0; i < skill->aliases_count; i++)
        if (skill->aliases[i].exact_case && str_equal_ci(skill->aliases[i].text, words)) return str_equal(skill->aliases[i].text, words);
    return true;
}

/* The longest run of words of the part that the catalogue knows by name. */
static size_t skill_inside(struct str part, const struct token *tokens, size_t count)
{
    for (size_t len = count; len > 0; len--) {
        for (size_t at = 0; at + len <= count; at++) {
            struct str words = str_slice(part, tokens[at].start, tokens[at + len - 1].end);
            if (len == 1 && (is_generic((struct str){tokens[at].word, tokens[at].len}) || (count > 1 && words.len < 3))) continue;
            size_t skill = catalogue_skill_by_name(words);
            if (skill != CATALOGUE_NONE && (len == count || is_spelled(skill, words))) return skill;
        }
    }
    return CATALOGUE_NONE;
}

static void add_claim_part(struct vocabulary *v, size_t claim, struct str part, size_t *known)
{
    struct token *tokens;
    size_t count = tokens_read(v->judge->arena, part, &tokens);
    if (count == 0) return;
    if (count > 8) count = 8;
    add_name(v, claim, part, false);
    size_t skill = skill_inside(part, tokens, count);
    if (skill != CATALOGUE_NONE && skill != *known) add_skill(v, claim, skill);
    if (skill != CATALOGUE_NONE) *known = skill;
    for (size_t i = 0; i < count && count > 1; i++) {
        struct str word = {tokens[i].word, tokens[i].len};
        if (token_is_common(&tokens[i]) || is_generic(word) || word.len < 3) continue;
        add_entry(v, claim, word, false, false, 1.3F * rarity(v, &tokens[i]));
    }
}

/* "Hibernate / JPA", "Room (SQLite)" and "HTML/CSS" are two names each, "PL/SQL" and "R&D" one. */
static bool parts_here(struct str name, size_t start, size_t at)
{
    char c = name.ptr[at];
    if (memchr("(),;|", c, 5)) return true;
    if (c != '/' && c != '&') return false;
    bool apart = at > 0 && name.ptr[at - 1] == ' ' && at + 1 < name.len && name.ptr[at + 1] == ' ';
    return apart || (c == '/' && at - start >= 4);
}

static void read_claims(struct vocabulary *v)
{
    for (size_t i = 0; i < v->judge->claims_count; i++) {
        const struct analyze_claim *claim = &v->judge->claims[i];
        size_t known = claim->index;
        if (known != CATALOGUE_NONE) add_skill(v, i, known);
        size_t start = 0;
        for (size_t at = 0; at <= claim->skill.len; at++) {
            if (at < claim->skill.len && (known == claim->index && known != CATALOGUE_NONE)) continue;
            if (at < claim->skill.len && !parts_here(claim->skill, start, at)) continue;
            add_claim_part(v, i, str_trim(str_slice(claim->skill, start, at)), &known);
            start = at + 1;
        }
        if (str_find_char(claim->skill, '/', 0) != STR_NPOS) add_name(v, i, claim->skill, false);
        v->judge->skill_of[i] = known;
    }
}

/* ---- mentions in one turn ---- */

static void on_match(void *context, const struct match *match)
{
    struct search *search = context;
    const struct entry *entry = &search->entries[match->pattern->id];
    const struct turn *turn = search->turn;
    struct str found = str_slice(turn->source->text, turn->tokens[match->first].start, turn->tokens[match->last - 1].end);
    if (entry->exact.len && !str_equal(found, entry->exact)) return;
    if (search->count < MATCHES_MAX) search->matches[search->count++] = *match;
}

static uint32_t sentence_of(const struct turn *turn, uint32_t token)
{
    size_t low = 0, high = turn->sentences_count;
    while (high - low > 1) {
        size_t middle = (low + high) / 2;
        if (turn->sentences[middle].first <= token) low = middle;
        else high = middle;
    }
    return (uint32_t)low;
}

/* Speech recognisers write no capitals; people who type names do. */
static bool is_spoken(const struct turn *turn)
{
    for (size_t i = 0; i < turn->tokens_count; i++)
        if (turn->tokens[i].flags & (TOKEN_CAPITAL | TOKEN_ACRONYM)) return false;
    return true;
}

/* Names as they sound, in windows of two or three words, in a turn that a speech recogniser wrote. */
static size_t find_sounds(const struct vocabulary *v, const struct turn *turn, struct mention *out, size_t max)
{
    size_t found = 0;
    if (!is_spoken(turn)) return 0;
    for (size_t at = 0; at < turn->tokens_count && found < max; at++) {
        for (size_t len = 2; len <= 3 && at + len <= turn->tokens_count; len++) {
            char sounds[SKELETON_MAX];
            if (token_is_common(&turn->tokens[at]) && turn->tokens[at].len < 2) continue;
            size_t sounds_len = tokens_skeleton(&turn->tokens[at], len, sounds, SKELETON_MAX);
            for (size_t i = 0; sounds_len >= 4 && i < v->sounds_count && found < max; i++) {
                if (v->sounds[i].len != sounds_len || memcmp(v->sounds[i].sounds, sounds, sounds_len) != 0) continue;
                out[found++] = (struct mention){sentence_of(turn, (uint32_t)at), v->sounds[i].claim, v->sounds[i].weight > 2, UINT32_MAX - (uint32_t)i, v->sounds[i].weight};
            }
        }
    }
    return found;
}

/* "Kotlin" inside "Kotlin Multiplatform" names only the longer one. */
static bool is_inside_name(const struct vocabulary *v, size_t index)
{
    const struct match *inner = &v->search->matches[index];
    size_t from = index > 64 ? index - 64 : 0, to = index + 64 < v->search->count ? index + 64 : v->search->count;
    for (size_t i = from; i < to; i++) {
        const struct match *outer = &v->search->matches[i];
        if (outer->pattern->owner == inner->pattern->owner || !v->entries[outer->pattern->id].by_name) continue;
        if (outer->first <= inner->first && outer->last >= inner->last && outer->last - outer->first > inner->last - inner->first) return true;
    }
    return false;
}

static int by_sentence(const void *left, const void *right)
{
    const struct mention *a = left, *b = right;
    if (a->sentence != b->sentence) return a->sentence < b->sentence ? -1 : 1;
    if (a->claim != b->claim) return a->claim < b->claim ? -1 : 1;
    return (a->pattern > b->pattern) - (a->pattern < b->pattern);
}

/* All mentions of claims in a turn. A span that is a term of several claims is shared out among them. */
static size_t find_mentions(const struct vocabulary *v, const struct turn *turn, struct mention **mentions)
{
    struct search *search = v->search;
    search->entries = v->entries;
    search->turn = turn;
    search->count = 0;
    matcher_run(&v->judge->vocabulary, turn->tokens, 0, turn->tokens_count, on_match, search);
    struct mention *out = arena_array(v->judge->arena, struct mention, search->count + 65);
    size_t count = 0;
    for (size_t i = 0; i < search->count; i++) {
        const struct match *match = &search->matches[i];
        const struct entry *entry = &v->entries[match->pattern->id];
        float sharers = 1;
        if (entry->by_name && is_inside_name(v, i)) continue;
        for (size_t j = i; j-- > 0 && search->matches[j].first == match->first;)
            sharers += search->matches[j].last == match->last && search->matches[j].pattern->owner != entry->claim;
        for (size_t j = i + 1; j < search->count && search->matches[j].first == match->first; j++)
            sharers += search->matches[j].last == match->last && search->matches[j].pattern->owner != entry->claim;
        float weight = match->pattern->weight / (entry->by_name ? 1 : sharers);
        out[count++] = (struct mention){sentence_of(turn, match->first), entry->claim, entry->by_name, match->pattern->id, weight};
    }
    count += find_sounds(v, turn, out + count, 64);
    qsort(out, count, sizeof(*out), by_sentence);
    *mentions = out;
    return count;
}

/* ---- topics ---- */

struct strength {
    float name, words;      /* in question or answer */
    bool in_last;           /* the name stands in the last sentence */
    uint8_t cues;           /* different words that weigh something */
};

/* What the mentions of one turn say for each claim; each pattern once. */
static void add_up(const struct judge *judge, const struct turn *turn, const struct mention *mentions, size_t count, struct strength *out)
{
    memset(out, 0, judge->claims_count * sizeof(*out));
    for (size_t i = 0; i < count; i++) {
        bool again = false;
        for (size_t j = i > 200 ? i - 200 : 0; j < i && !again; j++)
            again = mentions[j].pattern == mentions[i].pattern && mentions[j].claim == mentions[i].claim;
        struct strength *s = &out[mentions[i].claim];
        if (mentions[i].by_name) {
            s->name = fmaxf(s->name, mentions[i].weight);
            s->in_last |= mentions[i].sentence + 1 >= turn->sentences_count;
        } else if (!again) {
            s->words += mentions[i].weight;
            s->cues += mentions[i].weight >= 0.25F && s->cues < UINT8_MAX;
        }
    }
}

static bool begins_with(const struct turn *turn, const struct sentence *sentence, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count && sentence->first < sentence->last; i++) {
        const struct token *token = &turn->tokens[sentence->first];
        if (strlen(words[i]) == token->len && memcmp(words[i], token->word, token->len) == 0) return true;
    }
    return false;
}

static bool says(const struct turn *turn, const struct token *word)
{
    for (size_t i = 0; i < turn->tokens_count; i++)
        if (turn->tokens[i].hash == word->hash) return true;
    return false;
}

/* "Monitoring." "And scripting?": a bare subject that the answer before did not speak of. */
static bool is_bare_subject(const struct turn *question, const struct turn *before)
{
    if (question->sentences_count == 0) return false;
    const struct sentence *last = &question->sentences[question->sentences_count - 1];
    if (last->last - last->first > 4) return false;
    size_t subjects = 0, fresh = 0;
    for (size_t i = last->first; i < last->last; i++) {
        if (token_is_common(&question->tokens[i])) continue;
        subjects++;
        fresh += !before || !says(before, &question->tokens[i]);
    }
    static const char *const asking[] = {"why", "how", "what", "when", "who", "which", "where", "you", "did", "so"};
    return subjects > 0 && fresh == subjects && !begins_with(question, last, asking, COUNT_OF(asking));
}

/* A question that follows up points back: "it", "that", "and why", or subjects of the answer; a long one by its subjects alone. */
static bool points_back(const struct turn *question, const struct turn *before)
{
    static const char *const pointers[] = {"it", "that", "this", "they", "them", "those", "these", "there", "he", "she", "him", "then", "again", "else"};
    static const char *const openings[] = {"and", "why", "so", "but", "how", "which", "or"};
    size_t count = question->tokens_count, shared = 0;
    if (count <= 5) return true;
    for (size_t i = 0; i < question->sentences_count && count <= 16; i++)
        if (begins_with(question, &question->sentences[i], openings, COUNT_OF(openings))) return true;
    for (size_t i = 0; i < count; i++) {
        const struct token *token = &question->tokens[i];
        struct str word = {token->word, token->len};
        for (size_t j = 0; j < COUNT_OF(pointers) && count <= 12; j++)
            if (str_equal(word, str_from(pointers[j]))) return true;
        shared += !token_is_common(token) && says(before, token);
    }
    return shared >= (count <= 12 ? 1 : 2);
}

static bool has_pronoun(const struct turn *turn, const struct sentence *sentence)
{
    for (size_t i = sentence->first; i < sentence->last; i++)
        if (token_is(&turn->tokens[i], "it") || token_is(&turn->tokens[i], "them") || token_is(&turn->tokens[i], "those")) return true;
    return false;
}

static bool follows_up(const struct judge *judge, const struct exchange *exchange, const struct exchange *before)
{
    if (!before || exchange->question == SIZE_MAX) return before != NULL;
    const struct turn *question = &judge->turns[exchange->question];
    if (is_bare_subject(question, &judge->turns[before->answer])) return false;
    if (!points_back(question, &judge->turns[before->answer])) return false;
    size_t from = question->sentences_count > 3 ? question->sentences_count - 3 : 0;
    for (size_t i = from; i < question->sentences_count; i++)
        if (question->sentences[i].cues[CUE_SHIFT] && !has_pronoun(question, &question->sentences[i])) return false;
    return true;
}

/* The claims a question names: those of its last sentence when it names several. */
static size_t named_topics(const struct judge *judge, struct exchange *exchange, const struct strength *asked)
{
    size_t named = 0, last = 0;
    for (size_t i = 0; i < judge->claims_count; i++) {
        named += asked[i].name > 0;
        last += asked[i].name > 0 && asked[i].in_last;
    }
    for (size_t i = 0; i < judge->claims_count && named; i++)
        if (asked[i].name > 0 && (named == 1 || last == 0 || asked[i].in_last)) exchange->topic[i] = TOPIC_ASKED;
    return named;
}

/* Topics that the question itself gives: the skill it was recorded for, or names. */
static bool find_asked(const struct judge *judge, struct exchange *exchange, const struct strength *asked)
{
    size_t recorded = exchange->question == SIZE_MAX ? CATALOGUE_NONE : judge->turns[exchange->question].source->asked_skill, found = 0;
    for (size_t i = 0; i < judge->claims_count && recorded != CATALOGUE_NONE; i++) {
        if (judge->claims[i].index != recorded) continue;
        exchange->topic[i] = TOPIC_ASKED;
        found++;
    }
    return recorded != CATALOGUE_NONE || found || named_topics(judge, exchange, asked) > 0;
}

static bool has_topic(const struct judge *judge, const struct exchange *exchange)
{
    for (size_t i = 0; i < judge->claims_count; i++)
        if (exchange->topic[i] >= TOPIC_INHERITED) return true;
    return false;
}

static float words_of(const struct strength *asked, const struct strength *said) { return 1.2F * asked->words + said->words + 0.6F * said->name; }

/* The subject goes on, unless question and answer speak another claim's language. */
static void inherit(const struct judge *judge, struct exchange *exchange, const struct exchange *before, const struct strength *asked, const struct strength *said)
{
    float own = 0, other = 0;
    for (size_t i = 0; i < judge->claims_count; i++) {
        float words = words_of(&asked[i], &said[i]);
        if (before->topic[i] >= TOPIC_INHERITED) own = fmaxf(own, words);
        else other = fmaxf(other, words);
    }
    if (other >= SUBJECT_CHANGES && other >= 1.5F * own + 0.3F) {
        exchange->follow_up = false;
        return;
    }
    for (size_t i = 0; i < judge->claims_count; i++)
        if (before->topic[i] >= TOPIC_INHERITED) exchange->topic[i] = TOPIC_INHERITED;
}

/* The exchanges first..last-1 are one passage: a question and what follows it up. `of` gets how much of each claim's vocabulary it holds. */
static void weigh_passage(const struct judge *judge, const struct strength *asked, const struct strength *said, size_t first, size_t last, float *of)
{
    for (size_t c = 0; c < judge->claims_count; c++) {
        of[c] = 0;
        size_t cues = 0;
        for (size_t i = first; i < last; i++) {
            const struct strength *q = &asked[i * judge->claims_count + c], *a = &said[i * judge->claims_count + c];
            of[c] += 1.2F * fminf(q->words, 2.5F) + fminf(a->words, 4) + 0.6F * a->name;
            cues += (size_t)q->cues + a->cues + 2 * (a->name > 0);
        }
        if (cues < 2 && of[c] < 1.2F) of[c] *= 0.5F;
    }
}

struct passage {
    size_t first, last;
    size_t claim; /* SIZE_MAX while nothing fits */
};

static void give_topic(struct judge *judge, const struct passage *passage, size_t claim)
{
    for (size_t i = passage->first; i < passage->last; i++) judge->exchanges[i].guessed = true;
    for (size_t i = passage->first; i < passage->last; i++)
        judge->exchanges[i].topic[claim] = i == passage->first ? TOPIC_WORDS : TOPIC_INHERITED;
}

/* The claim whose vocabulary stands out in the passage, among those that `open` allows (NULL: all). */
static bool stands_out(const float *of, size_t count, const bool *open, float least, float lead, size_t *claim)
{
    float most = 0, second = 0;
    for (size_t i = 0; i < count; i++) {
        if (open && !open[i]) continue;
        if (of[i] > most) {
            second = most;
            most = of[i];
            *claim = i;
        } else if (of[i] > second) {
            second = of[i];
        }
    }
    return most >= least && most >= lead * second;
}

static size_t strongest(const float *of, size_t count)
{
    size_t best = 0;
    for (size_t i = 1; i < count; i++)
        if (of[i] > of[best]) best = i;
    return best;
}

/* The exchange belongs to the passage before it: it follows up, and does not speak another claim's language. */
static bool goes_on(const struct judge *judge, const struct strength *asked, const struct strength *said, const struct passage *passage, size_t index)
{
    if (passage->last != index || index - passage->first >= PASSAGE_MAX || !judge->exchanges[index].follow_up || judge->claims_count == 0) return false;
    float *so_far = arena_array(judge->arena, float, judge->claims_count * 2), *now = so_far + judge->claims_count;
    weigh_passage(judge, asked, said, passage->first, passage->last, so_far);
    weigh_passage(judge, asked, said, index, index + 1, now);
    size_t before = strongest(so_far, judge->claims_count), after = strongest(now, judge->claims_count);
    if (before == after || now[after] < SUBJECT_CHANGES) return true;
    return now[after] < 1.5F * now[before] + 0.3F;
}

/* Passages that no question gave a topic: first those where one claim stands out among all, then those where one stands out among the claims that
 * nothing else in the interview is about. */
static void match_passages(struct judge *judge, const struct strength *asked, const struct strength *said)
{
    size_t n = judge->exchanges_count, claims = judge->claims_count, count = 0;
    struct passage *passages = arena_array(judge->arena, struct passage, n + 1);
    for (size_t i = 0; i < n; i++) {
        if (has_topic(judge, &judge->exchanges[i])) continue;
        bool same = count && goes_on(judge, asked, said, &passages[count - 1], i);
        if (!same) passages[count++] = (struct passage){i, i, SIZE_MAX};
        passages[count - 1].last = i + 1;
    }
    float *of = arena_array(judge->arena, float, claims + 1);
    bool *open = arena_array(judge->arena, bool, claims + 1);
    for (size_t c = 0; c < claims; c++) {
        open[c] = true;
        for (size_t i = 0; i < n && open[c]; i++) open[c] = judge->exchanges[i].topic[c] < TOPIC_INHERITED;
    }
    for (int round = 0; round < 2; round++) {
        for (size_t p = 0; p < count; p++) {
            size_t claim = 0;
            if (passages[p].claim != SIZE_MAX) continue;
            weigh_passage(judge, asked, said, passages[p].first, passages[p].last, of);
            if (!stands_out(of, claims, round ? open : NULL, round ? WORDS_LEFT_OVER : WORDS_NEEDED, 1.3F, &claim)) continue;
            passages[p].claim = claim;
            give_topic(judge, &passages[p], claim);
            open[claim] = false;
        }
    }
}

static void find_asides(const struct judge *judge, struct exchange *exchange, const struct strength *said)
{
    for (size_t i = 0; i < judge->claims_count; i++)
        if (exchange->topic[i] == TOPIC_NONE && (said[i].name > 0 || said[i].words >= 2.5F)) exchange->topic[i] = TOPIC_ASIDE;
}

void judge_find_topics(struct judge *judge)
{
    struct vocabulary vocabulary = {.judge = judge};
    size_t claims = judge->claims_count, n = judge->exchanges_count;
    vocabulary.search = arena_new(judge->arena, struct search);
    matcher_init(&judge->vocabulary, judge->arena, claims * 64 + 64);
    judge->skill_of = arena_array(judge->arena, size_t, claims + 1);
    judge->is_asked = arena_array(judge->arena, bool, claims + 1);
    read_claims(&vocabulary);
    struct strength *asked = arena_array(judge->arena, struct strength, claims * n + 1);
    struct strength *said = arena_array(judge->arena, struct strength, claims * n + 1);
    for (size_t i = 0; i < n; i++) {
        struct exchange *exchange = &judge->exchanges[i];
        struct exchange *before = i ? &judge->exchanges[i - 1] : NULL;
        exchange->topic = arena_alloc(judge->arena, claims + 1);
        if (exchange->question != SIZE_MAX) {
            struct mention *mentions;
            size_t count = find_mentions(&vocabulary, &judge->turns[exchange->question], &mentions);
            add_up(judge, &judge->turns[exchange->question], mentions, count, &asked[i * claims]);
        }
        exchange->mentions_count = find_mentions(&vocabulary, &judge->turns[exchange->answer], &exchange->mentions);
        add_up(judge, &judge->turns[exchange->answer], exchange->mentions, exchange->mentions_count, &said[i * claims]);
        exchange->follow_up = follows_up(judge, exchange, before);
        if (!find_asked(judge, exchange, &asked[i * claims]) && exchange->follow_up && has_topic(judge, before))
            inherit(judge, exchange, before, &asked[i * claims], &said[i * claims]);
    }
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < claims; c++) judge->is_asked[c] |= judge->exchanges[i].topic[c] == TOPIC_ASKED;
    match_passages(judge, asked, said);
    for (size_t i = 0; i < n; i++) find_asides(judge, &judge->exchanges[i], &said[i * claims]);
}
