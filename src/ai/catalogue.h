/* The built-in catalogue: skills, occupations, interview questions and cities, compiled from catalogue/ into constant tables by
 * tools/catalogc. Read-only, shared by all threads; every str is NUL-terminated static memory.
 *
 * A skill is named in code by its index (size_t, CATALOGUE_NONE for none) and in the store by its id ("postgresql").
 */
#pragma once
#include "base/str.h"

#define CATALOGUE_NONE ((size_t)-1)

/* Another spelling. Exact ones ("Go", "R", "Excel") count only with that very case, the rest in any. */
struct catalogue_alias {
    struct str text;
    bool exact_case;
};

struct catalogue_skill {
    struct str id, name, field, category; /* field: "Cloud and DevOps" */
    const struct catalogue_alias *aliases;
    size_t aliases_count;
    const uint16_t *related; /* indices of skills */
    size_t related_count;
    const struct str *terms; /* lower-case vocabulary of people who do it: "multi-stage build" */
    size_t terms_count;
    const struct str *words; /* more of the same, looser: everyday words of the work too ("disk", "dough"); many skills have none */
    size_t words_count;
    bool name_is_word; /* the name is an ordinary word too: in text only its exact spelling counts */
};

struct catalogue_occupation {
    struct str id, title, field;
    const struct str *alternates;
    size_t alternates_count;
    const uint16_t *core; /* indices of skills, in learning order */
    size_t core_count;
    const uint16_t *useful;
    size_t useful_count;
    int years;
};

enum question_kind { QUESTION_CONCEPT, QUESTION_PROJECT, QUESTION_PROBLEM, QUESTION_KIND_COUNT };
enum question_level { LEVEL_BEGINNER, LEVEL_INTERMEDIATE, LEVEL_PROFICIENT, LEVEL_EXPERT, LEVEL_COUNT };

struct catalogue_question {
    enum question_kind kind;
    enum question_level level;
    struct str group;    /* patterns only: any, tool, language, method, craft, people, spoken-language */
    struct str question; /* patterns hold "{skill}" */
    struct str follow_up;
};

struct catalogue_city {
    struct str name, country; /* "Berlin", "Germany" */
    uint32_t population;
};

extern const size_t catalogue_skills_count;
const struct catalogue_skill *catalogue_skill_at(size_t index); /* asserts the range */
size_t catalogue_skill_by_id(struct str id);                    /* CATALOGUE_NONE */
/* By id, name or alias in any case (exact-case aliases too: the person typed just that): "K8s" gives kubernetes. */
size_t catalogue_skill_by_name(struct str name);
size_t catalogue_fields(const struct str **fields); /* names of the fields of work */
const struct str *catalogue_field_words(struct str field, size_t *count); /* what people of that field say */

extern const size_t catalogue_occupations_count;
const struct catalogue_occupation *catalogue_occupation_at(size_t index);
/* The occupation a free-text role means: title or alternate in any case, else the best overlap of words ("Senior Backend
 * Engineer (Go)" gives backend-developer); CATALOGUE_NONE when too little fits. */
size_t catalogue_occupation_for(struct str role);

/* Questions of one skill (count 0: none of its own), patterns, and the interviewer's speech ("opening", "closing", ...). */
const struct catalogue_question *catalogue_questions(size_t skill, size_t *count);
const struct catalogue_question *catalogue_patterns(size_t *count);
/* The pattern group that suits a skill: by its field and category. */
struct str catalogue_pattern_group(size_t skill);
const struct str *catalogue_dialogue(struct str purpose, size_t *count);

/* Suggestions while typing, best first (exact, prefix, prefix of a word, inside); indices into `found`, at most `limit`. */
size_t catalogue_suggest_skills(struct str query, size_t *found, size_t limit);
size_t catalogue_suggest_occupations(struct str query, size_t *found, size_t limit);
size_t catalogue_suggest_cities(struct str query, const struct catalogue_city **found, size_t limit);

const char *level_name(enum question_level level); /* "beginner", ... as in the store */
enum err level_parse(struct str name, enum question_level *level) MUST_CHECK;
