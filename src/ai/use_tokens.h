/* Tokens of Universal Sentence Encoder lite: the most probable pieces of a vocabulary, found as the reference in JavaScript
 * (@energetic-ai/embeddings 0.2.0) finds them, with its peculiarities, since the model was never given others:
 *
 * - The text is brought to NFKC and nothing else: no lower case, and white space but U+0020 stays and is unknown. Clean it before (embed_clean).
 * - U+2581 stands before it and in place of each U+0020.
 * - Where no piece begins, one code point is unknown, at a score of 0, which is better than that of any piece. Of two ways to a place the later start
 *   wins a draw, and a place whose best score is 0 counts as not reached yet. Unknown tokens next to each other become one.
 *
 * Time and memory grow with the length of the text, whatever it holds: the longest piece has 16 code points, and of a word without end
 * USE_WORD_MAX code points are normalised at a time (where it is cut, two of them may not compose).
 */
#pragma once
#include "base/str.h"

#define USE_TEXT_MAX ((size_t)1 << 20) /* bytes */
#define USE_WORD_MAX 512

/* The vocabulary as a tree of code points, as it lies in the model's file: children of one node stand together, in order. */
struct use_node {
    uint32_t point;
    uint32_t first, count; /* children */
    int32_t id;            /* of the piece that ends here, or -1 */
    double score;
};

struct use_token {
    int32_t id;          /* 0: unknown */
    uint32_t start, end; /* bytes of the normalised text; the space before a word is part of its first token */
    bool begins_word;
};

struct use_tokens {
    struct str text; /* normalised, with ordinary spaces */
    struct use_token *items;
    size_t count;
};

/* The tokens of any bytes (broken UTF-8 is read as U+FFFD) in the arena; none for an empty text. ERR_TOO_LARGE above USE_TEXT_MAX. */
enum err use_tokens_find(struct arena *arena, const struct use_node *nodes, struct str text, struct use_tokens *tokens) MUST_CHECK;
