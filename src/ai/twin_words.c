/* Words of questions and quotes: splitting, endings, and the words that carry no content. Design in twin.h. */
#include "ai/twin_internal.h"

#include <stdlib.h>
#include <string.h>

/* Stop words and the words that frame any question to a candidate. By stem, sorted: looked up by halving. */
static const char *const empty_words[] = {
    "a", "abl", "about", "achiev", "after", "again", "all", "also", "am", "an", "and", "any", "anyth", "are", "as", "ask", "at", "background",
    "be", "been", "best", "better", "brief", "but", "by", "can", "candidat", "capabl", "care", "career", "com", "competent", "could", "d", "deal",
    "describ", "detail", "did", "do", "doe", "doing", "don", "done", "each", "els", "ever", "everyth", "evidenc", "exampl", "experienc",
    "expert", "expertis", "explain", "familiar", "first", "for", "from", "get", "giv", "good", "got", "great", "had", "handl", "has", "hav",
    "he", "hello", "her", "here", "herself", "hi", "him", "himself", "hir", "his", "how", "i", "if", "in", "interview", "into", "is", "it", "its",
    "job", "just", "kind", "knew", "know", "knowledg", "learn", "level", "lik", "list", "ll", "lot", "main", "many", "may", "me", "might", "mor",
    "most", "much", "must", "my", "need", "no", "not", "now", "of", "on", "one", "or", "other", "our", "out", "over", "own", "person", "pleas",
    "position", "previou", "proficient", "proof", "prov", "qualif", "qualifi", "really", "recommend", "related", "rol", "s", "say", "see", "shall", "she",
    "should", "show", "shown", "skill", "skilful", "so", "som", "someth", "strength", "strong", "such", "summary", "sur", "t", "talk", "tell", "than",
    "that", "the", "their", "them", "then", "there", "they", "thing", "this", "to", "too", "top", "u", "up", "us", "ve", "verifi", "very",
    "was", "way", "we", "well", "were", "what", "when", "where", "whether", "which", "whil", "who", "why", "will", "with", "without", "work", "would", "year", "yet",
    "you", "your",
};

static int compare_word(const void *key, const void *item)
{
    return str_compare(*(const struct str *)key, str_from(*(const char *const *)item));
}

static bool is_empty_word(struct str stem)
{
    return bsearch(&stem, empty_words, COUNT_OF(empty_words), sizeof(empty_words[0]), compare_word) != NULL;
}

static bool is_vowel(char c) { return c == 'a' || c == 'e' || c == 'i' || c == 'o' || c == 'u'; }

/* Takes a common ending off, when enough of the word stays. */
static struct str cut(struct str word, const char *ending, size_t least)
{
    size_t len = strlen(ending);
    if (!str_ends(word, str_from(ending)) || word.len < len + least) return word;
    word.len -= len;
    return word;
}

/* A few endings of English, far less than Porter's: enough that a question finds another form of its word. */
static struct str stem_of(struct str word)
{
    if (word.len < 4) return word;
    if (str_ends(word, STR("ies")) && word.len > 4) word.len -= 2; /* "queries" queri, "query" is left: both end alike below */
    else if (!str_ends(word, STR("ss")) && !str_ends(word, STR("us")) && !str_ends(word, STR("is"))) word = cut(word, "s", 3);
    size_t before = word.len;
    word = cut(word, "ing", 3);
    if (word.len == before) word = cut(word, "ed", 3);
    bool cut_off = word.len != before;
    if (!cut_off) word = cut(word, "ion", 4);
    if (cut_off && word.len > 3 && word.ptr[word.len - 1] == word.ptr[word.len - 2] && !is_vowel(word.ptr[word.len - 1]) &&
        word.ptr[word.len - 1] != 'l' && word.ptr[word.len - 1] != 's')
        word.len--; /* "planned" plan */
    word = cut(word, "e", 3);
    return word;
}

/* "y" and "i" at the end are one letter to us: query, queries. */
static struct str settle(struct arena *arena, struct str stem)
{
    if (stem.len < 4 || stem.ptr[stem.len - 1] != 'y') return stem;
    return str_format(arena, "%.*si", (int)stem.len - 1, stem.ptr);
}

static bool is_letter(struct str text, size_t at)
{
    unsigned char c = (unsigned char)text.ptr[at];
    if (c >= 0x80) return !(c == 0xE2 || (at > 0 && (unsigned char)text.ptr[at - 1] == 0xE2) || (at > 1 && (unsigned char)text.ptr[at - 2] == 0xE2));
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

static size_t word_end(struct str text, size_t at)
{
    while (at < text.len) {
        char c = text.ptr[at];
        bool joins = (c == '.' || c == '_') && at + 1 < text.len && is_letter(text, at + 1);
        if (!is_letter(text, at) && !joins && c != '+' && c != '#') break;
        at++;
    }
    return at;
}

struct twin_words twin_words_of(struct arena *arena, struct str text)
{
    struct twin_words words = {.items = arena_array(arena, struct twin_word, text.len / 2 + 1)};
    bool starts_sentence = true;
    for (size_t at = 0; at < text.len;) {
        if (!is_letter(text, at)) {
            starts_sentence |= strchr(".!?;:\n", text.ptr[at]) != NULL;
            at++;
            continue;
        }
        size_t end = word_end(text, at);
        struct twin_word *word = &words.items[words.count++];
        *word = (struct twin_word){.start = at, .end = end, .starts_sentence = starts_sentence};
        word->text = str_lower(arena, str_slice(text, at, end));
        word->stem = stem_of(word->text);
        word->is_content = !is_empty_word(word->stem) && !is_empty_word(word->text);
        word->stem = settle(arena, word->stem);
        starts_sentence = false;
        at = end;
    }
    return words;
}

bool twin_words_has(const struct twin_words *words, struct str stem)
{
    for (size_t i = 0; i < words->count; i++)
        if (str_equal(words->items[i].stem, stem)) return true;
    return false;
}

bool twin_words_find(const struct twin_words *words, const struct twin_words *phrase, size_t *at)
{
    if (!phrase->count) return false;
    for (size_t i = 0; i + phrase->count <= words->count; i++) {
        size_t same = 0;
        while (same < phrase->count && str_equal(words->items[i + same].stem, phrase->items[same].stem)) same++;
        if (same < phrase->count) continue;
        *at = i;
        return true;
    }
    return false;
}
