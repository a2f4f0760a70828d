/* Reading an employer's answer. Design in rejection.h. */
#include "ai/rejection.h"

#include "ai/catalogue.h"
#include "ai/skill_text.h"

#include <ctype.h>
#include <string.h>

#define OTHER_WORDS_MAX 2 /* of a clause that goes on with the one before: "and ideally some Terraform" */

enum said { SAYS_NOTHING, SAYS_THERE, SAYS_LACKING };

/* Lower case; a word border on either side. */
static const char *const lacking[] = {
    "lack", "lacks", "lacked", "lacking", "missing", "missed", "did not have", "didn't have", "do not have", "don't have", "does not have", "doesn't have", "don't yet",
    "do not yet", "not yet", "did not bring", "did not use", "didn't use", "did not see", "didn't see", "could not see", "no evidence", "did not demonstrate",
    "didn't demonstrate", "did not show", "didn't show", "could not demonstrate", "could not show", "without experience", "no experience", "no hands-on", "not enough",
    "insufficient", "not sufficient", "limited", "little experience", "too little", "too junior", "more experience", "more experienced", "more extensive", "more hands-on",
    "more depth", "more practice", "more knowledge", "more years", "deeper", "stronger", "greater experience", "less experience", "weak", "weaker", "shallow", "superficial",
    "gap", "gaps", "concern", "concerns", "concerned", "struggled", "had trouble", "difficulty", "difficulties", "stumbled", "not comfortable", "not confident", "not familiar",
    "unfamiliar", "not deep", "not as deep", "not strong", "not as strong", "less strong", "not good enough", "not convincing", "not convinced", "not impressed",
    "not at the level", "not at a level", "not up to", "below our", "below what", "below the bar", "below the level", "below the threshold", "below the required", "fell short",
    "falls short", "further along", "further ahead", "looking for more", "looking for someone", "looking for somebody", "were looking for", "was looking for", "wanted to see",
    "wanted prior", "wanted experience", "wanted more", "manager wanted", "team wanted", "client wanted", "would have liked", "hoped to see", "hoped for", "need someone",
    "needed someone", "needs someone", "we need more", "we needed", "role needs", "position needs", "job needs", "role requires", "position requires", "job requires",
    "team requires", "is essential", "are essential", "was essential", "is required", "are required", "is a must", "are a must", "improve your", "improve on", "improvement",
    "brush up", "strengthen", "deepen", "broaden", "sharpen", "gain experience", "gain more", "work on your", "candidates with", "candidates had", "candidate had",
    "candidate with", "candidates whose", "candidate whose", "someone with", "someone who", "somebody with", "somebody who", "more closely", "closer match", "closer fit",
    "better match",
};
static const char *const there[] = {
    "strong", "impressed", "impressive", "liked", "enjoyed", "great", "good", "excellent", "solid", "nice", "fantastic", "well structured", "well done", "appreciate",
    "appreciated", "thank", "thanks", "no lack", "not lack", "not lacking", "no gap", "no gaps", "no concern", "no concerns", "not required", "not needed", "not a problem",
    "not the problem", "happy with", "familiar with", "comfortable with", "confident with", "pleased", "convincing", "convinced", "more than enough", "not limited",
    "not because of", "not missing",
};
static const char *const contrast[] = {"but", "however", "although", "though", "while", "whereas", "unfortunately", "sadly"};
/* What may stand between a negation and what it denies: "It is not that we think you lack Go." */
static const char *const between[] = {
    "that", "you", "your", "we", "i", "they", "it", "there", "say", "think", "feel", "felt", "believe", "mean", "to", "be", "been", "being", "because", "of", "any", "a", "an", "the",
    "case", "really", "at", "all", "is", "are", "was", "were", "have", "has", "had", "find", "found", "see", "saw", "consider", "anything", "seriously", "exactly",
};
/* Said to whoever reads, not about an applicant. */
static const char *const instructing[] = {
    "ignore previous", "ignore all", "ignore the", "ignore your", "disregard", "instruction", "instructions", "system prompt", "system:", "assistant:", "you are an", "you are a",
    "you must output", "respond with", "report that", "mark the", "mark all", "prompt",
};

/* A phrase that says something, in its place. */
struct cue {
    size_t start, end;
    enum said said;
};

struct reading {
    struct arena *arena;
    struct str text, low; /* low: the same in lower case, byte for byte in the same place */
    struct cue *cues;
    size_t cues_count;
    struct skill_mention *mentions;
    size_t mentions_count;
    struct rejection_missing *missing;
    size_t count;
    bool *is_taken; /* by catalogue index */
};

struct span {
    size_t start, end;
};

static bool is_word(char c) { return isalnum((unsigned char)c) || (unsigned char)c >= 0x80; }

/* How many bytes the phrase takes here, 0 when it is not here. Its spaces may be any white space: mail is wrapped. */
static size_t phrase_at(struct str low, size_t at, size_t end, const char *phrase)
{
    size_t to = at;
    for (const char *c = phrase; *c; c++) {
        if (to == end || (*c == ' ' ? !isspace((unsigned char)low.ptr[to]) : *c != low.ptr[to])) return 0;
        to++;
        while (*c == ' ' && to < end && isspace((unsigned char)low.ptr[to])) to++;
    }
    return to < low.len && is_word(low.ptr[to - 1]) && is_word(low.ptr[to]) ? 0 : to - at;
}

/* The length of the longest phrase of the list that begins here, 0 for none. */
static size_t longest_at(struct str low, size_t at, size_t end, const char *const *phrases, size_t count)
{
    size_t longest = 0;
    if (at > 0 && is_word(low.ptr[at - 1])) return 0;
    for (size_t i = 0; i < count; i++) {
        size_t len = phrase_at(low, at, end, phrases[i]);
        if (len > longest) longest = len;
    }
    return longest;
}

/* ---- sentences and clauses ---- */

static bool is_blank_line_at(struct str text, size_t at)
{
    if (text.ptr[at] != '\n') return false;
    while (++at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t' || text.ptr[at] == '\r')) {}
    return at < text.len && text.ptr[at] == '\n';
}

static bool is_sentence_end(struct str text, size_t at)
{
    char c = text.ptr[at];
    if (c == '.' || c == '!' || c == '?') return at + 1 == text.len || isspace((unsigned char)text.ptr[at + 1]);
    if (!is_blank_line_at(text, at)) return false;
    while (at > 0 && isspace((unsigned char)text.ptr[at - 1])) at--;
    return at == 0 || text.ptr[at - 1] != ':'; /* a list stands under what announces it */
}

static struct span trim(struct str text, size_t start, size_t end)
{
    while (start < end && isspace((unsigned char)text.ptr[start])) start++;
    while (end > start && isspace((unsigned char)text.ptr[end - 1])) end--;
    return (struct span){start, end};
}

static bool next_sentence(struct str text, size_t *at, struct span *sentence)
{
    size_t start = *at;
    if (start >= text.len) return false;
    while (*at < text.len && !is_sentence_end(text, *at)) ++*at;
    if (*at < text.len) ++*at;
    *sentence = trim(text, start, *at);
    return true;
}

static bool is_bullet_line(struct str text, size_t at)
{
    while (++at < text.len && (text.ptr[at] == ' ' || text.ptr[at] == '\t')) {}
    struct str rest = str_slice(text, at, text.len);
    return str_starts(rest, STR("- ")) || str_starts(rest, STR("* ")) || str_starts(rest, STR("• "));
}

/* The length of what parts two clauses here, 0 for nothing; *is_break when the second does not go on with the first. */
static size_t border_at(const struct reading *r, size_t at, size_t end, bool *is_break)
{
    static const char *const dashes[] = {"—", "–", ";", " - "};
    char c = r->low.ptr[at];
    *is_break = false;
    if (c == ',' || c == ':' || c == '(' || c == ')') return 1;
    if (c == '\n' && is_bullet_line(r->low, at)) return 1;
    *is_break = true;
    for (size_t i = 0; i < COUNT_OF(dashes); i++)
        if (str_starts(str_slice(r->low, at, end), str_from(dashes[i]))) return strlen(dashes[i]);
    return longest_at(r->low, at, end, contrast, COUNT_OF(contrast));
}

/* ---- what a clause says ---- */

static bool is_one_of(struct str word, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal(word, str_from(words[i]))) return true;
    return false;
}

static bool is_negation(struct str word)
{
    static const char *const negations[] = {"not", "never", "nor", "cannot"};
    return is_one_of(word, negations, COUNT_OF(negations)) || str_ends(word, STR("n't"));
}

/* The start of the skill that ends here, STR_NPOS when none does. */
static size_t mention_before(const struct reading *r, size_t end)
{
    for (size_t i = 0; i < r->mentions_count; i++)
        if (r->mentions[i].end == end) return r->mentions[i].start;
    return STR_NPOS;
}

/* Whether what begins at `at` is denied: "We don't lack", "not that you lack". No sign stands between the words. */
static bool is_denied(const struct reading *r, size_t at)
{
    for (;;) {
        while (at > 0 && isspace((unsigned char)r->low.ptr[at - 1])) at--;
        size_t start = at, skill = mention_before(r, at);
        while (start > 0 && (is_word(r->low.ptr[start - 1]) || r->low.ptr[start - 1] == '\'')) start--;
        struct str word = str_slice(r->low, start, at);
        if (!word.len) return false;
        if (is_negation(word)) return true;
        if (skill == STR_NPOS && !is_one_of(word, between, COUNT_OF(between))) return false;
        at = skill == STR_NPOS ? start : skill;
    }
}

static void find_cues(struct reading *r)
{
    r->cues = arena_array(r->arena, struct cue, r->low.len / 3 + 1); /* none is shorter */
    for (size_t at = 0; at < r->low.len; at++) {
        size_t bad = longest_at(r->low, at, r->low.len, lacking, COUNT_OF(lacking)), good = longest_at(r->low, at, r->low.len, there, COUNT_OF(there));
        size_t len = bad > good ? bad : good;
        if (!len) continue;
        r->cues[r->cues_count++] = (struct cue){at, at + len, bad > good && !is_denied(r, at) ? SAYS_LACKING : SAYS_THERE};
        at += len - 1;
    }
}

static size_t distance_between(const struct cue *cue, const struct skill_mention *mention)
{
    if (cue->start >= mention->end) return cue->start - mention->end;
    return mention->start > cue->end ? mention->start - cue->end : 0;
}

/* What the clause says nearest to a skill; SAYS_NOTHING when it says nothing at all. */
static enum said said_of(const struct reading *r, struct span clause, const struct skill_mention *mention)
{
    enum said said = SAYS_NOTHING;
    size_t nearest = SIZE_MAX;
    for (size_t i = 0; i < r->cues_count && r->cues[i].start < clause.end; i++) {
        if (r->cues[i].start < clause.start || r->cues[i].end > clause.end) continue;
        size_t distance = distance_between(&r->cues[i], mention);
        if (distance >= nearest) continue;
        nearest = distance;
        said = r->cues[i].said;
    }
    return said;
}

/* "Terraform and Helm": a clause of skills and at most OTHER_WORDS_MAX words more. */
static bool goes_on(const struct reading *r, struct span clause)
{
    static const char *const links[] = {"and", "or", "as", "well", "with", "experience"};
    size_t others = 0;
    for (size_t at = clause.start; at < clause.end;) {
        size_t before = at;
        for (size_t i = 0; i < r->mentions_count; i++)
            if (r->mentions[i].start == at) at = r->mentions[i].end;
        if (at != before) continue;
        size_t end = at;
        while (end < clause.end && is_word(r->low.ptr[end])) end++;
        if (end > at && !longest_at(r->low, at, end, links, COUNT_OF(links))) others++;
        at = end > at ? end : at + 1;
    }
    return others <= OTHER_WORDS_MAX;
}

static void take(struct reading *r, const struct skill_mention *mention)
{
    if (r->is_taken[mention->skill]) return;
    r->is_taken[mention->skill] = true;
    struct str quote = rejection_sentence(r->text, mention->start, mention->end);
    size_t start = (size_t)(quote.ptr - r->text.ptr);
    r->missing[r->count++] = (struct rejection_missing){mention->skill, start, start + quote.len};
}

/* `before`: what the clause before said last. Returns what this one said last. */
static enum said read_clause(struct reading *r, struct span clause, enum said before)
{
    const struct skill_mention nowhere = {.start = clause.end, .end = clause.end};
    enum said alone = said_of(r, clause, &nowhere);
    if (alone == SAYS_NOTHING && before == SAYS_LACKING && !goes_on(r, clause)) before = SAYS_NOTHING;
    for (size_t i = 0; i < r->mentions_count; i++) {
        const struct skill_mention *mention = &r->mentions[i];
        if (mention->start < clause.start || mention->end > clause.end) continue;
        enum said said = alone == SAYS_NOTHING ? before : said_of(r, clause, mention);
        if (said == SAYS_LACKING) take(r, mention);
    }
    return alone == SAYS_NOTHING ? before : alone;
}

static bool is_instructing(const struct reading *r, struct span sentence)
{
    for (size_t at = sentence.start; at < sentence.end; at++)
        if (longest_at(r->low, at, sentence.end, instructing, COUNT_OF(instructing))) return true;
    return false;
}

static bool has_mention(const struct reading *r, struct span span)
{
    for (size_t i = 0; i < r->mentions_count; i++)
        if (r->mentions[i].start >= span.start && r->mentions[i].end <= span.end) return true;
    return false;
}

static void read_sentence(struct reading *r, struct span sentence)
{
    enum said said = SAYS_NOTHING;
    size_t start = sentence.start;
    if (!has_mention(r, sentence) || is_instructing(r, sentence)) return;
    for (size_t at = sentence.start; at < sentence.end;) {
        bool is_break;
        size_t len = border_at(r, at, sentence.end, &is_break);
        if (!len) {
            at++;
            continue;
        }
        said = read_clause(r, (struct span){start, at}, said);
        if (is_break) said = SAYS_NOTHING;
        at += len;
        start = at;
    }
    (void)read_clause(r, (struct span){start, sentence.end}, said);
}

/* In lower case and with quoted mail left blank; "didn’t" reads "did not". Nothing changes its place. */
static struct str fold(struct arena *arena, struct str text)
{
    char *low = arena_alloc(arena, text.len + 1);
    bool is_quoted = false;
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (i == 0 || text.ptr[i - 1] == '\n') is_quoted = c == '>';
        low[i] = is_quoted && c != '\n' ? ' ' : (char)(c >= 'A' && c <= 'Z' ? c + 32 : c);
    }
    low[text.len] = '\0';
    struct str folded = {low, text.len}, contracted = STR("n’t");
    for (size_t at = 0; (at = str_find(folded, contracted, at)) != STR_NPOS;) memcpy(low + at, " not ", contracted.len); /* five bytes, too */
    return folded;
}

size_t rejection_read(struct arena *arena, struct str text, struct rejection_missing **missing)
{
    struct reading r = {.arena = arena, .text = text};
    struct span sentence;
    r.low = fold(arena, text);
    r.mentions_count = skill_text_find(arena, text, &r.mentions);
    find_cues(&r);
    r.missing = arena_array(arena, struct rejection_missing, r.mentions_count + 1);
    r.is_taken = arena_array(arena, bool, catalogue_skills_count);
    for (size_t at = 0; next_sentence(r.low, &at, &sentence);) read_sentence(&r, sentence);
    *missing = r.missing;
    return r.count;
}

struct str rejection_sentence(struct str text, size_t start, size_t end)
{
    struct span sentence = {0};
    for (size_t at = 0; next_sentence(text, &at, &sentence);)
        if (end <= at) break;
    if (sentence.end - sentence.start <= REJECTION_QUOTE_MAX && sentence.start <= start) return str_slice(text, sentence.start, sentence.end);
    size_t from = start > sentence.start + REJECTION_QUOTE_MAX / 2 ? start - REJECTION_QUOTE_MAX / 2 : sentence.start;
    while (from < start && ((unsigned char)text.ptr[from] & 0xC0) == 0x80) from++;
    struct str part = str_utf8_prefix(str_slice(text, from, sentence.end), REJECTION_QUOTE_MAX / 2);
    if (from + part.len < end) part = str_slice(text, start, end);
    return str_trim(part);
}
