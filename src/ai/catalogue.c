/* Looking things up in the catalogue. Design in catalogue.h. */
#include "ai/catalogue.h"

#include "ai/catalogue_data.h"

#include <assert.h>
#include <stdlib.h>

const struct catalogue_skill *catalogue_skill_at(size_t index)
{
    assert(index < catalogue_skills_count);
    return &catalogue_skill_table[index];
}

size_t catalogue_skill_by_id(struct str id)
{
    size_t low = 0, high = catalogue_skills_count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        int order = str_compare(id, catalogue_skill_table[middle].id);
        if (order == 0) return middle;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return CATALOGUE_NONE;
}

size_t catalogue_skill_by_name(struct str name)
{
    char text[CATALOGUE_FOLD_MAX];
    struct str folded = {text, catalogue_fold(name, text)};
    size_t low = 0, high = catalogue_names_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        int order = str_compare(folded, catalogue_names[middle].folded);
        if (order == 0) return catalogue_names[middle].skill;
        if (order < 0) high = middle;
        else low = middle + 1;
    }
    return catalogue_skill_by_id(folded);
}

size_t catalogue_fields(const struct str **fields)
{
    *fields = catalogue_field_table;
    return catalogue_fields_count;
}

const struct str *catalogue_field_words(struct str field, size_t *count)
{
    for (size_t i = 0; i < catalogue_field_words_count; i++) {
        if (!str_equal(catalogue_field_words_table[i].field, field)) continue;
        *count = catalogue_field_words_table[i].count;
        return catalogue_field_words_table[i].words;
    }
    *count = 0;
    return NULL;
}

const struct catalogue_occupation *catalogue_occupation_at(size_t index)
{
    assert(index < catalogue_occupations_count);
    return &catalogue_occupation_table[index];
}

const struct catalogue_question *catalogue_questions(size_t skill, size_t *count)
{
    for (size_t i = 0; i < catalogue_question_ranges_count; i++) {
        const struct catalogue_range *range = &catalogue_question_ranges[i];
        if (range->skill != skill) continue;
        *count = range->end - range->start;
        return &catalogue_question_table[range->start];
    }
    *count = 0;
    return NULL;
}

const struct catalogue_question *catalogue_patterns(size_t *count)
{
    *count = catalogue_patterns_count;
    return catalogue_pattern_table;
}

struct str catalogue_pattern_group(size_t skill)
{
    static const struct {
        const char *field, *category, *group; /* the field's name, a part of the category ("" any) */
    } groups[] = {
        {"Soft skills", "", "people"},
        {"Human languages", "", "spoken-language"},
        {"Software engineering", "language", "language"},
        {"", "tool", "tool"},
        {"", "platform", "tool"},
        {"", "software", "tool"},
        {"", "database", "tool"},
        {"", "framework", "tool"},
        {"", "librar", "tool"},
        {"Office and productivity", "", "tool"},
        {"Healthcare", "", "craft"},
        {"Construction and trades", "", "craft"},
        {"Hospitality and food", "", "craft"},
        {"Agriculture and environment", "", "craft"},
        {"", "practice", "method"},
        {"", "method", "method"},
        {"", "technique", "method"},
        {"", "testing", "method"},
        {"Business and management", "", "method"},
        {"Accounting and finance", "", "method"},
        {"Science and research", "", "method"},
    };
    const struct catalogue_skill *it = catalogue_skill_at(skill);
    for (size_t i = 0; i < COUNT_OF(groups); i++) {
        if (groups[i].field[0] && !str_equal(it->field, str_from(groups[i].field))) continue;
        if (groups[i].category[0] && str_find_ci(it->category, str_from(groups[i].category), 0) == STR_NPOS) continue;
        return str_from(groups[i].group);
    }
    return STR("any");
}

const struct str *catalogue_dialogue(struct str purpose, size_t *count)
{
    for (size_t i = 0; i < catalogue_purposes_count; i++) {
        if (!str_equal(catalogue_purposes[i].name, purpose)) continue;
        *count = catalogue_purposes[i].end - catalogue_purposes[i].start;
        return &catalogue_dialogue_table[catalogue_purposes[i].start];
    }
    *count = 0;
    return NULL;
}

static const char *const level_names[LEVEL_COUNT] = {"beginner", "intermediate", "proficient", "expert"};

const char *level_name(enum question_level level) { return level_names[level]; }

enum err level_parse(struct str name, enum question_level *level)
{
    for (int i = 0; i < LEVEL_COUNT; i++) {
        if (!str_equal(name, str_from(level_names[i]))) continue;
        *level = (enum question_level)i;
        return OK;
    }
    return err_set(ERR_INVALID, "'%.*s' is no level", STR_ARG(name));
}
