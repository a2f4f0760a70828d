/* Words and sentences of one turn, with byte offsets into the untouched text.
 *
 * A word is a run of letters, digits, '_', bytes above ASCII, and of '.', '\'' and '+' or '#' where they belong to it ("requests.get",
 * "don't", "C++"). Hyphens and slashes part words, so that "multi-stage" and "multi stage" are the same. The stem is a prefix of the
 * word: enough to bring "caching", "cached" and "caches" together, and no more.
 */
#include "ai/analyze_internal.h"

#include <string.h>

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || is_upper(c) || (unsigned char)c >= 0x80; }
static bool is_word(char c) { return is_letter(c) || is_digit(c) || c == '_'; }
static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\n' || c == '\r'; }

/* Typographic punctuation is made of bytes above ASCII, and parts words all the same: U+2013 to U+2026. */
static size_t punctuation_bytes(struct str text, size_t at)
{
    const unsigned char *p = (const unsigned char *)text.ptr + at;
    if (text.len - at >= 3 && p[0] == 0xE2 && p[1] == 0x80 && p[2] >= 0x90 && p[2] <= 0xA6 && p[2] != 0x99) return 3;
    if (text.len - at >= 2 && p[0] == 0xC2 && (p[1] == 0xAB || p[1] == 0xBB || p[1] == 0xBF || p[1] == 0xA1 || p[1] == 0xA0)) return 2;
    return 0;
}

static bool is_apostrophe(struct str text, size_t at, size_t *bytes)
{
    *bytes = 1;
    if (text.ptr[at] == '\'') return true;
    *bytes = 3;
    return text.len - at >= 3 && memcmp(text.ptr + at, "\xE2\x80\x99", 3) == 0;
}

/* How many bytes at `at` lie between words; 0 where a word begins. */
static size_t gap_bytes(struct str text, size_t at)
{
    size_t bytes;
    if (is_apostrophe(text, at, &bytes)) return bytes;
    bytes = punctuation_bytes(text, at);
    if (bytes) return bytes;
    return is_word(text.ptr[at]) ? 0 : 1;
}

/* The end of the word that begins at `at`: at least one byte further. */
static size_t word_end(struct str text, size_t at)
{
    while (at < text.len) {
        char c = text.ptr[at];
        size_t bytes;
        if (is_apostrophe(text, at, &bytes)) {
            if (at + bytes >= text.len || !is_letter(text.ptr[at + bytes]) || punctuation_bytes(text, at + bytes)) break;
            at += bytes;
            continue;
        }
        if (punctuation_bytes(text, at)) break;
        if (is_word(c)) at++;
        else if (c == '.' && at + 1 < text.len && is_word(text.ptr[at + 1]) && !punctuation_bytes(text, at + 1)) at++;
        else if (c == ',' && at + 1 < text.len && is_digit(text.ptr[at - 1]) && is_digit(text.ptr[at + 1])) at++;
        else if ((c == '+' || c == '#') && is_letter(text.ptr[at - 1]) && (at + 1 == text.len || !is_word(text.ptr[at + 1]))) at++;
        else if (c == '+' && text.ptr[at - 1] == '+') at++;
        else break;
    }
    return at;
}

/* The length of the stem: endings of the plural and of the verb, a doubled consonant before them, a last e or y. */
static size_t stem_length(const char *word, size_t len)
{
    size_t end = len;
    if (end > 2 && word[end - 1] == 's' && word[end - 2] == '\'') end -= 2;
    if (end > 4 && memcmp(word + end - 3, "ies", 3) == 0) return end - 3;
    if (end > 5 && memcmp(word + end - 3, "ing", 3) == 0) end -= 3;
    else if (end > 4 && memcmp(word + end - 2, "ed", 2) == 0) end -= 2;
    else if (end > 4 && memcmp(word + end - 2, "es", 2) == 0) end -= 2;
    else if (end > 3 && word[end - 1] == 's' && word[end - 2] != 's' && word[end - 2] != 'u' && word[end - 2] != 'i') end -= 1;
    if (end < len && end > 3 && word[end - 1] == word[end - 2] && word[end - 1] != 's' && word[end - 1] != 'l') end--;
    if (end > 3 && (word[end - 1] == 'e' || word[end - 1] == 'y')) end--;
    return end;
}

static const char *const number_words[] = {"two",    "three",   "four",    "five",  "six",     "seven",  "eight",    "nine",     "ten",
                                           "eleven", "twelve",  "fifteen", "twenty", "thirty", "forty",  "fifty",    "sixty",    "seventy",
                                           "eighty", "ninety",  "hundred", "thousand", "million", "dozen", "half",  "third",    "quarter"};

static uint32_t token_flags(struct str text, const struct token *token)
{
    uint32_t flags = 0;
    size_t digits = 0, uppers = 0, letters = 0;
    bool camel = false, joined = false;
    for (size_t i = token->start; i < token->end; i++) {
        char c = text.ptr[i];
        digits += is_digit(c);
        uppers += is_upper(c);
        letters += is_letter(c);
        camel |= i > token->start && is_upper(c) && text.ptr[i - 1] >= 'a' && text.ptr[i - 1] <= 'z';
        joined |= c == '_' || (c == '.' && i > token->start && is_letter(text.ptr[i - 1]));
    }
    if (digits && !letters) flags |= TOKEN_NUMBER;
    if (digits && letters) flags |= TOKEN_NUMBER | TOKEN_TECHNICAL;
    if (camel || (joined && letters > 3)) flags |= TOKEN_TECHNICAL;
    if (uppers >= 2 && uppers + 1 >= letters && letters <= 10) flags |= TOKEN_ACRONYM;
    if (is_upper(text.ptr[token->start])) flags |= TOKEN_CAPITAL;
    if (token->end < text.len && text.ptr[token->end] == '(' && letters > 1) flags |= TOKEN_TECHNICAL;
    char before = token->start ? text.ptr[token->start - 1] : ' ';
    if (letters > 1 && (before == '@' || before == '$' || (before == '-' && token->start > 1 && text.ptr[token->start - 2] == '-')))
        flags |= TOKEN_TECHNICAL;
    for (size_t i = 0; i < COUNT_OF(number_words) && !flags; i++)
        if (strlen(number_words[i]) == token->len && memcmp(number_words[i], token->word, token->len) == 0) flags |= TOKEN_NUMBER_WORD;
    return flags;
}

static uint32_t hash_bytes(const char *bytes, size_t len) { return (uint32_t)str_hash((struct str){bytes, len}); }

static void read_word(struct str text, char *lower, struct token *token)
{
    size_t len = 0;
    for (size_t i = token->start; i < token->end; i++) {
        size_t bytes;
        char c = text.ptr[i];
        if (is_apostrophe(text, i, &bytes)) {
            lower[len++] = '\'';
            i += bytes - 1;
        } else {
            lower[len++] = is_upper(c) ? (char)(c + 32) : c;
        }
    }
    if (len > UINT16_MAX) len = UINT16_MAX;
    token->word = lower;
    token->len = (uint16_t)len;
    token->stem = (uint16_t)stem_length(lower, len);
    token->hash = hash_bytes(lower, token->stem);
    token->flags = token_flags(text, token);
}

static size_t quote_bytes(struct str text, size_t at)
{
    if (text.ptr[at] == '"') return 1;
    if (text.len - at >= 3 && (memcmp(text.ptr + at, "\xE2\x80\x9C", 3) == 0 || memcmp(text.ptr + at, "\xE2\x80\x9D", 3) == 0)) return 3;
    return 0;
}

size_t tokens_read(struct arena *arena, struct str text, struct token **tokens)
{
    size_t count = 0, most = 0;
    for (size_t at = 0; at < text.len;) {
        size_t gap = gap_bytes(text, at);
        at = gap ? at + gap : word_end(text, at);
        most += gap == 0;
    }
    *tokens = arena_array(arena, struct token, most + 1);
    char *lower = arena_alloc(arena, text.len + 1);
    size_t used = 0;
    bool quoted = false, comma = false;
    for (size_t at = 0; at < text.len;) {
        size_t gap = gap_bytes(text, at), quote = quote_bytes(text, at);
        if (quote) quoted = !quoted;
        if (gap) {
            comma |= text.ptr[at] == ',' || text.ptr[at] == ';';
            if (text.ptr[at] == '\n') quoted = false;
            at += gap;
            continue;
        }
        struct token *token = &(*tokens)[count++];
        token->start = (uint32_t)at;
        at = word_end(text, at);
        token->end = (uint32_t)at;
        read_word(text, lower + used, token);
        used += token->len;
        if (quoted) token->flags |= TOKEN_QUOTED;
        if (comma) token->flags |= TOKEN_AFTER_COMMA;
        comma = false;
    }
    return count;
}

bool token_is(const struct token *token, const char *stem)
{
    return strlen(stem) == token->stem && memcmp(token->word, stem, token->stem) == 0;
}

/* Sorted. */
static const char *const common_words[] = {
    "a",     "about", "actually", "after", "again", "all",   "also",  "always", "am",    "an",    "and",   "any",     "anything", "are",
    "as",    "at",    "back",     "be",    "because", "been", "before", "but",   "by",    "can",   "cannot", "could",  "did",      "didn't",
    "do",    "does",  "don't",    "each",  "else",  "even",  "ever",  "every",  "for",   "from",  "get",   "go",      "good",     "got",
    "had",   "has",   "have",     "he",    "her",   "here",  "him",   "his",    "how",   "i",     "i'd",   "i'm",     "i've",     "if",
    "in",    "into",  "is",       "it",    "it's",  "its",   "just",  "know",   "like",  "look",  "made",  "make",    "many",     "me",
    "more",  "most",  "much",     "my",    "need",  "never", "no",    "not",    "now",   "of",    "off",   "ok",      "okay",     "on",
    "one",   "only",  "or",       "other", "our",   "out",   "over",  "really", "right", "said",  "same",  "say",     "see",      "she",
    "should", "so",   "some",     "something", "still", "such", "sure", "take", "tell",  "than",  "that",  "that's",  "the",      "their",
    "them",  "then",  "there",    "they",  "thing", "things", "think", "this",  "those", "to",    "too",   "under",   "up",       "us",
    "use",   "used",  "using",    "very",  "want",  "was",   "way",   "we",     "well",  "went",  "were",  "what",    "when",     "where",
    "which", "while", "who",      "why",   "will",  "with",  "work",  "would",  "yeah",  "yes",   "you",   "your"};

bool token_is_common(const struct token *token)
{
    size_t low = 0, high = COUNT_OF(common_words);
    struct str word = {token->word, token->len};
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_compare(word, str_from(common_words[middle]));
        if (order == 0) return true;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return false;
}

size_t tokens_skeleton(const struct token *tokens, size_t count, char *out, size_t max)
{
    /* b d g v z j x c q w h y and the vowels, letter by letter: '.' leaves the letter out. */
    static const char sounds[] = ".pkt.fk..kklmn.pkrst.f.k.s";
    size_t len = 0;
    for (size_t i = 0; i < count; i++) {
        for (size_t j = 0; j < tokens[i].len; j++) {
            char c = tokens[i].word[j];
            char sound = c >= 'a' && c <= 'z' ? sounds[c - 'a'] : is_digit(c) ? c : '.';
            if (sound == '.' || (len && out[len - 1] == sound)) continue;
            if (len == max) return 0;
            out[len++] = sound;
        }
    }
    return len;
}

/* ---- sentences ---- */

static bool is_abbreviation(struct str text, size_t dot)
{
    static const char *const known[] = {"e.g", "i.e", "etc", "vs", "approx", "mr", "mrs", "ms", "dr", "no", "st", "cf", "ca"};
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        size_t len = strlen(known[i]);
        if (dot < len || (dot > len && is_word(text.ptr[dot - len - 1]))) continue;
        if (str_equal_ci(str_slice(text, dot - len, dot), str_from(known[i])) && !(strcmp(known[i], "no") == 0 && dot == len)) return strcmp(known[i], "no") != 0 || (dot + 2 < text.len && is_digit(text.ptr[dot + 2]));
    }
    return false;
}

/* The end of the sentence that begins at `at`: behind its punctuation, or at a line break. */
static size_t sentence_end(struct str text, size_t at)
{
    for (; at < text.len; at++) {
        char c = text.ptr[at];
        if (c == '\n' || c == '\r') return at;
        if (c != '.' && c != '!' && c != '?') continue;
        size_t end = at + 1;
        while (end < text.len && (text.ptr[end] == '.' || text.ptr[end] == '!' || text.ptr[end] == '?' || text.ptr[end] == ')' || quote_bytes(text, end)))
            end += quote_bytes(text, end) ? quote_bytes(text, end) : 1;
        if (end < text.len && !is_space(text.ptr[end])) {
            at = end - 1;
            continue;
        }
        if (c == '.' && is_abbreviation(text, at)) continue;
        return end;
    }
    return text.len;
}

/* A cut of an overlong sentence: behind the last comma or else the last space before SNIPPET_MAX / 2; 0 when there is none. */
static size_t cut_place(struct str text, size_t start, size_t end)
{
    size_t space = 0, comma = 0, limit = start + SNIPPET_MAX / 2;
    for (size_t at = start + 1; at < limit && at < end; at++) {
        if (!is_space(text.ptr[at])) continue;
        space = at;
        char before = text.ptr[at - 1];
        if ((before == ',' || before == ';' || before == ':') && at > start + 40) comma = at;
    }
    return comma ? comma : space;
}

static bool looks_like_code(struct str text, size_t start, size_t end)
{
    size_t marks = 0, strong = 0, words = 0;
    bool in_word = false;
    for (size_t at = start; at < end; at++) {
        char c = text.ptr[at];
        if (!in_word && is_letter(c)) words++;
        in_word = is_word(c);
        if (memchr("(){}[]=;<>|*&#", c, 14)) marks++;
        if (at + 1 < end && ((c == '=' && text.ptr[at + 1] == '=') || (c == '=' && text.ptr[at + 1] == '>') || (c == '-' && text.ptr[at + 1] == '>') ||
                             (c == '(' && text.ptr[at + 1] == ')') || (c == ')' && (text.ptr[at + 1] == ';' || text.ptr[at + 1] == ':')) || c == '{' || c == ';'))
            strong++;
    }
    return words >= 2 && (marks >= 6 || (marks >= 3 && strong)) && marks * 4 >= words;
}

static void add_sentence(struct turn *turn, size_t start, size_t end, size_t *token)
{
    struct str text = turn->source->text;
    while (start < end && is_space(text.ptr[start])) start++;
    while (end > start && is_space(text.ptr[end - 1])) end--;
    if (start == end) return;
    struct sentence *s = &turn->sentences[turn->sentences_count++];
    while (*token < turn->tokens_count && turn->tokens[*token].start < start) (*token)++;
    s->first = (uint32_t)*token;
    while (*token < turn->tokens_count && turn->tokens[*token].start < end) (*token)++;
    s->last = (uint32_t)*token;
    s->start = (uint32_t)start;
    s->end = (uint32_t)end;
    s->is_question = text.ptr[end - 1] == '?';
    s->is_code = looks_like_code(text, start, end);
}

void turn_read(struct arena *arena, const struct analyze_turn *source, struct turn *turn)
{
    struct str text = str_slice(source->text, 0, TURN_BYTES_MAX);
    while (text.len < source->text.len && text.len && ((unsigned char)source->text.ptr[text.len] & 0xC0) == 0x80) text.len--;
    *turn = (struct turn){.source = source};
    turn->tokens_count = tokens_read(arena, text, &turn->tokens);
    size_t most = 1, token = 0;
    for (size_t at = 0; at < text.len; most++) {
        size_t end = sentence_end(text, at);
        most += (end - at) / 40;
        at = end + 1;
    }
    turn->sentences = arena_array(arena, struct sentence, most + 1);
    for (size_t at = 0; at < text.len;) {
        size_t end = sentence_end(text, at);
        while (end - at > SNIPPET_MAX * 3 / 4) {
            size_t cut = cut_place(text, at, end);
            if (!cut) break;
            add_sentence(turn, at, cut, &token);
            at = cut + 1;
        }
        add_sentence(turn, at, end, &token);
        at = end + (end < text.len && is_space(text.ptr[end]));
    }
}
