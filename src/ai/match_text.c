/* Words of titles and texts, and what texts have in common with a resume. Contract in match.h. */
#include "ai/match.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

#define BM25_K1 1.2
#define BM25_B 0.75
#define RESUME_WORDS_MAX 2000
#define TEXT_WORDS_MAX 2000

static bool is_word_byte(unsigned char c)
{
    return isalnum(c) || c >= 0x80 || c == '+' || c == '#';
}

static uint64_t hash_byte(uint64_t hash, unsigned char c)
{
    return (hash ^ c) * UINT64_C(0x100000001b3);
}

bool match_next_word(struct str text, size_t *at, uint64_t *hash, struct str *word)
{
    size_t i = *at;
    while (i < text.len && !is_word_byte((unsigned char)text.ptr[i])) i++;
    size_t start = i;
    while (i < text.len && is_word_byte((unsigned char)text.ptr[i])) i++;
    *at = i;
    if (i == start) return false;
    size_t end = i;
    bool is_plural = end - start > 3 && (text.ptr[end - 1] | 32) == 's' && (text.ptr[end - 2] | 32) != 's' && (text.ptr[end - 2] | 32) != 'u' &&
                     (text.ptr[end - 2] | 32) != 'i';
    if (is_plural) end--;
    *hash = UINT64_C(0xcbf29ce484222325);
    for (size_t k = start; k < end; k++) *hash = hash_byte(*hash, (unsigned char)tolower((unsigned char)text.ptr[k]));
    *word = str_slice(text, start, end);
    return true;
}

static bool says_nothing(struct str word)
{
    static const char *const words[] = {"the", "and", "for", "with", "you", "your", "our", "are", "will", "from", "that", "thi", "have", "has",
                                        "who", "not", "but", "all", "can", "was", "were", "been", "into", "their", "they", "what", "which", "role",
                                        "job", "work", "team", "company", "experience", "year", "looking", "join", "new", "more", "about"};
    if (word.len < 3) return true;
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_equal_ci(word, str_from(words[i]))) return true;
    return false;
}

/* Open addressing: words of the resume, each with the number of texts that hold it and its count in the text at hand. */
struct entry {
    uint64_t hash; /* 0: free */
    uint32_t texts, count, stamp;
};
struct words {
    struct entry *entries;
    size_t mask, used;
};

static struct entry *find_entry(const struct words *words, uint64_t hash)
{
    if (hash == 0) hash = 1;
    size_t i = (size_t)(hash >> 7) & words->mask;
    while (words->entries[i].hash && words->entries[i].hash != hash) i = (i + 1) & words->mask;
    return &words->entries[i];
}

static void read_resume(struct words *words, struct str resume)
{
    uint64_t hash;
    struct str word;
    for (size_t at = 0; words->used < RESUME_WORDS_MAX && match_next_word(resume, &at, &hash, &word);) {
        if (says_nothing(word)) continue;
        struct entry *entry = find_entry(words, hash);
        if (entry->hash) continue;
        entry->hash = hash ? hash : 1;
        words->used++;
    }
}

/* Visits each word of the resume in a text once a text; gives the number of words of the text. */
static size_t count_words(const struct words *words, struct str text, uint32_t stamp)
{
    size_t total = 0;
    uint64_t hash;
    struct str word;
    for (size_t at = 0; total < TEXT_WORDS_MAX && match_next_word(text, &at, &hash, &word); total++) {
        struct entry *entry = find_entry(words, hash);
        if (!entry->hash) continue;
        if (entry->stamp != stamp) entry->count = 0;
        entry->stamp = stamp;
        entry->count++;
    }
    return total;
}

void match_texts(struct arena *arena, struct str resume, const struct str *texts, size_t count, double *scores)
{
    memset(scores, 0, count * sizeof(*scores));
    struct words words = {.entries = arena_array(arena, struct entry, 4096), .mask = 4095};
    read_resume(&words, resume);
    if (!words.used || !count) return;
    size_t *lengths = arena_array(arena, size_t, count);
    double mean = 0;
    for (size_t t = 0; t < count; t++) {
        lengths[t] = count_words(&words, texts[t], (uint32_t)t + 1);
        mean += (double)lengths[t] / (double)count;
        for (size_t i = 0; i <= words.mask; i++)
            if (words.entries[i].hash && words.entries[i].stamp == t + 1) words.entries[i].texts++;
    }
    double best = 0;
    for (size_t t = 0; t < count; t++) {
        uint32_t stamp = (uint32_t)(count + t) + 1;
        count_words(&words, texts[t], stamp);
        for (size_t i = 0; i <= words.mask; i++) {
            const struct entry *entry = &words.entries[i];
            if (!entry->hash || entry->stamp != stamp) continue;
            double idf = log(1 + ((double)count - entry->texts + 0.5) / (entry->texts + 0.5));
            double tf = entry->count, length = mean > 0 ? (double)lengths[t] / mean : 1;
            scores[t] += idf * tf * (BM25_K1 + 1) / (tf + BM25_K1 * (1 - BM25_B + BM25_B * length));
        }
        if (scores[t] > best) best = scores[t];
    }
    for (size_t t = 0; t < count && best > 0; t++) scores[t] /= best;
}
