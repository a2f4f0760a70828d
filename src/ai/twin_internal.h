/* What the files of the twin share: words, refusals, the resume. */
#pragma once
#include "ai/twin.h"

struct twin_word {
    struct str text;     /* lower case */
    struct str stem;     /* without the common English endings: "tests", "testing" and "test" are one */
    size_t start, end;   /* in the text it came from */
    bool starts_sentence;
    bool is_content;     /* neither a stop word nor a word that frames any question ("tell", "experience") */
};

struct twin_words {
    struct twin_word *items;
    size_t count;
};

/* Words of a text, in order. "C++", "C#" and "Node.js" are one word each. */
struct twin_words twin_words_of(struct arena *arena, struct str text);
bool twin_words_has(const struct twin_words *words, struct str stem);
/* True when `phrase` (its stems in a row) stands in the words; *at and *count tell where. */
bool twin_words_find(const struct twin_words *words, const struct twin_words *phrase, size_t *at);

enum twin_refusal { TWIN_ALLOWED, TWIN_PRIVATE, TWIN_CONTACT, TWIN_INSTRUCTION, TWIN_ABOUT_ITSELF };
/* Whether a question may be answered at all. `skipped` are words that belong to the name of a skill ("Compensation and benefits"): they
 * are never private. One flag a word. */
enum twin_refusal twin_refuses(const struct twin_person *person, const struct twin_words *question, const bool *skipped);
/* True for what asks nothing: "Hi", "Good morning Mara", "Thanks!", "?". */
bool twin_is_greeting(const struct twin_person *person, const struct twin_words *question);
/* True for a line with an address, a number to call, a sum of pay and the like, which a resume may hold and a twin never tells. */
bool twin_line_is_private(struct arena *arena, const struct twin_person *person, struct str line);

/* The line of the resume that covers most of the wanted stems, "" when none covers half of them. */
struct str twin_resume_line(struct arena *arena, const struct twin_person *person, const struct str *stems, size_t stems_count);
