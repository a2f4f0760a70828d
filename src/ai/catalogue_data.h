/* The tables that tools/catalogc makes; only src/ai/catalogue.c and suggest.c read them. */
#pragma once
#include "ai/catalogue.h"

struct catalogue_range {
    size_t skill, start, end; /* the questions [start, end) */
};

struct catalogue_purpose {
    struct str name;
    size_t start, end;
};

struct catalogue_name {
    struct str folded; /* a name or an alias, by catalogue_fold */
    size_t skill;
};

struct catalogue_field_words {
    struct str field;
    const struct str *words;
    size_t count;
};

extern const struct catalogue_skill catalogue_skill_table[];           /* by id */
extern const struct catalogue_occupation catalogue_occupation_table[]; /* by id */
extern const struct catalogue_question catalogue_question_table[], catalogue_pattern_table[];
extern const struct catalogue_range catalogue_question_ranges[];
extern const size_t catalogue_question_ranges_count, catalogue_patterns_count;
extern const struct str catalogue_dialogue_table[];
extern const struct catalogue_purpose catalogue_purposes[];
extern const size_t catalogue_purposes_count;
extern const struct catalogue_name catalogue_names[]; /* by folded */
extern const size_t catalogue_names_count;
extern const struct str catalogue_field_table[];
extern const size_t catalogue_fields_count;
extern const struct catalogue_field_words catalogue_field_words_table[];
extern const size_t catalogue_field_words_count;
extern const struct catalogue_city catalogue_city_table[]; /* by population, the largest first */
extern const size_t catalogue_cities_count;

/* Longest folded text; longer input is cut at a whole character. */
#define CATALOGUE_FOLD_MAX 128

/* Writes `text` in lower case and without accents (Latin-1 and Latin Extended-A become ASCII letters: "Zürich" zurich, "Łódź"
 * lodz), white space trimmed and shrunk to single blanks. Other letters stay. Returns the bytes written. */
size_t catalogue_fold(struct str text, char out[CATALOGUE_FOLD_MAX]);
