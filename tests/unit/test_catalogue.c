/* The built-in catalogue: what people type finds what they mean. */
#include "test.h"

#include "ai/catalogue.h"

static struct str name_of(size_t skill) { return skill == CATALOGUE_NONE ? STR("(none)") : catalogue_skill_at(skill)->name; }
static struct str id_of(size_t skill) { return skill == CATALOGUE_NONE ? STR("(none)") : catalogue_skill_at(skill)->id; }
static struct str occupation_of(const char *role)
{
    size_t index = catalogue_occupation_for(str_from(role));
    return index == CATALOGUE_NONE ? STR("(none)") : catalogue_occupation_at(index)->id;
}

TEST(every_skill_is_found_by_its_id_and_by_its_name)
{
    CHECK(catalogue_skills_count > 1000);
    for (size_t i = 0; i < catalogue_skills_count; i++) {
        const struct catalogue_skill *skill = catalogue_skill_at(i);
        CHECK_INT(catalogue_skill_by_id(skill->id), i);
        CHECK_INT(catalogue_skill_by_name(skill->name), i);
        for (size_t a = 0; a < skill->aliases_count; a++) CHECK_INT(catalogue_skill_by_name(skill->aliases[a].text), i);
        for (size_t r = 0; r < skill->related_count; r++) CHECK(skill->related[r] < catalogue_skills_count);
        CHECK(skill->field.len && skill->category.len && skill->terms_count > 0);
    }
}

TEST(a_skill_is_found_as_people_write_it)
{
    CHECK_STR(id_of(catalogue_skill_by_name(STR("K8s"))), "kubernetes");
    CHECK_STR(id_of(catalogue_skill_by_name(STR("  postgresql "))), "postgresql");
    CHECK_STR(id_of(catalogue_skill_by_name(STR("GO"))), "go");
    CHECK_STR(name_of(catalogue_skill_by_name(STR("no such skill"))), "(none)");
    CHECK_STR(name_of(catalogue_skill_by_name(STR(""))), "(none)");
    CHECK(catalogue_skill_by_id(STR("Kubernetes")) == CATALOGUE_NONE);
}

TEST(every_occupation_refers_to_skills_and_a_field)
{
    const struct str *fields;
    size_t count = catalogue_fields(&fields);
    CHECK(count > 20);
    for (size_t i = 0; i < catalogue_occupations_count; i++) {
        const struct catalogue_occupation *occupation = catalogue_occupation_at(i);
        size_t field = 0;
        while (field < count && !str_equal(fields[field], occupation->field)) field++;
        CHECK(field < count);
        CHECK(occupation->core_count > 0);
        for (size_t c = 0; c < occupation->core_count; c++) CHECK(occupation->core[c] < catalogue_skills_count);
        for (size_t u = 0; u < occupation->useful_count; u++) CHECK(occupation->useful[u] < catalogue_skills_count);
        CHECK_STR(catalogue_occupation_at(catalogue_occupation_for(occupation->title))->title, occupation->title);
    }
}

TEST(a_free_text_role_finds_its_occupation)
{
    CHECK_STR(occupation_of("Senior Backend Engineer (Go)"), "backend-developer");
    CHECK_STR(occupation_of("junior front-end developer"), "frontend-developer");
    CHECK_STR(occupation_of("Registered Nurse"), "registered-nurse");
    CHECK_STR(occupation_of("xyzzy"), "(none)");
    CHECK_STR(occupation_of(""), "(none)");
    CHECK_STR(occupation_of("senior"), "(none)");
}

TEST(skills_are_suggested_nearest_first)
{
    size_t found[10];
    size_t count = catalogue_suggest_skills(STR("java"), found, 10);
    REQUIRE(count >= 2);
    CHECK_STR(name_of(found[0]), "Java");
    CHECK_STR(name_of(found[1]), "JavaScript");
    for (size_t i = 0; i < count; i++)
        for (size_t j = 0; j < i; j++) CHECK(found[i] != found[j]);
    CHECK_INT(catalogue_suggest_skills(STR("java"), found, 1), 1);
    CHECK_INT(catalogue_suggest_skills(STR(""), found, 10), 0);
    CHECK_INT(catalogue_suggest_skills(STR("zzzzqq"), found, 10), 0);
}

TEST(a_city_is_found_with_and_without_accents)
{
    const struct catalogue_city *found[5];
    static const char *const spellings[] = {"Zürich", "zurich", "ZÜRICH", "zuri"};
    for (size_t i = 0; i < COUNT_OF(spellings); i++) {
        REQUIRE(catalogue_suggest_cities(str_from(spellings[i]), found, 5) > 0);
        CHECK_STR(found[0]->name, "Zürich");
        CHECK_STR(found[0]->country, "Switzerland");
    }
    static const char *const pairs[][2] = {{"Aarhus", "Århus"}, {"Muenster", "Münster"}};
    for (size_t i = 0; i < COUNT_OF(pairs); i++) {
        REQUIRE(catalogue_suggest_cities(str_from(pairs[i][0]), found, 5) > 0);
        CHECK_STR(found[0]->name, pairs[i][1]);
    }
    CHECK_INT(catalogue_suggest_cities(STR("Xqaazz"), found, 5), 0);
    REQUIRE(catalogue_suggest_cities(STR("london"), found, 5) > 0);
    CHECK_STR(found[0]->country, "United Kingdom"); /* the largest of that name */
}

TEST(questions_suit_the_skill)
{
    size_t count;
    const struct catalogue_question *own = catalogue_questions(catalogue_skill_by_id(STR("docker")), &count);
    CHECK(own && count > 5);
    size_t patterns;
    const struct catalogue_question *pattern = catalogue_patterns(&patterns);
    CHECK(patterns > 20);
    for (size_t i = 0; i < patterns; i++) CHECK(str_contains(pattern[i].question, STR("{skill}")));
    for (size_t i = 0; i < catalogue_skills_count; i++) {
        struct str group = catalogue_pattern_group(i);
        size_t suiting = 0;
        for (size_t p = 0; p < patterns; p++) suiting += str_equal(pattern[p].group, group);
        CHECK(suiting > 0);
    }
    CHECK(catalogue_dialogue(STR("opening"), &count) && count > 1);
    CHECK(!catalogue_dialogue(STR("no such purpose"), &count) && count == 0);
}
