/* The rules about what people tell us. */
#include "features/person.h"
#include "test.h"

static struct arena arena;

TEST(slugs_are_addresses)
{
    const struct {
        struct str text, slug;
    } cases[] = {
        {STR("Ada Lovelace"), STR("ada-lovelace")},   {STR("  Zo\xc3\xab  O'Neil "), STR("zoe-o-neil")},
        {STR("J\xc3\xbcrgen Stra\xc3\x9f" "e"), STR("jurgen-strasse")}, {STR("\xc5\x81ukasz \xc5\xbb\xc3\xb3\xc5\x82\xc4\x87"), STR("lukasz-zolc")},
        {STR("\xe6\x9d\x8e\xe5\xb0\x8f\xe9\xbe\x99"), STR("")},          {STR("---"), STR("")},
        {STR("R2 D2"), STR("r2-d2")},                 {STR("\xc3\x86gir"), STR("aegir")},
    };
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        struct str slug = person_slug(&arena, cases[i].text);
        CHECK_STR(slug, cases[i].slug);
        if (slug.len >= USERNAME_MIN) CHECK(!person_username_problem(slug).len);
    }
    char text[400];
    for (size_t i = 0; i < sizeof(text); i++) text[i] = i % 7 == 6 ? ' ' : 'x';
    struct str slug = person_slug(&arena, (struct str){text, sizeof(text)});
    CHECK(slug.len <= USERNAME_MAX && slug.len >= USERNAME_MAX - 2);
}

TEST(usernames_that_would_break_the_site_are_refused)
{
    const char *const wrong[] = {"", "ab", "-ab", "ab-", "a b", "ADA", "s\xc3\xbc\xc3\x9f", "a/b", "a_b", "admin", "settings", "sign-in", "api", "root"};
    for (size_t i = 0; i < COUNT_OF(wrong); i++) CHECK(person_username_problem(str_from(wrong[i])).len);
    const char *const fine[] = {"ada", "a-b", "x2y", "ada-lovelace-2", "administrators"};
    for (size_t i = 0; i < COUNT_OF(fine); i++) CHECK(!person_username_problem(str_from(fine[i])).len);
    char text[USERNAME_MAX + 1];
    for (size_t i = 0; i < sizeof(text); i++) text[i] = 'a';
    CHECK(!person_username_problem((struct str){text, USERNAME_MAX}).len);
    CHECK(person_username_problem((struct str){text, USERNAME_MAX + 1}).len);
}

TEST(the_same_in_other_letters_is_one)
{
    struct str_list list = {0};
    static const char *const entries[] = {"Backend Developer", "backend developer", "K\xc3\xb6ln", "Nurse", "koln", "NURSE"};
    for (size_t i = 0; i < COUNT_OF(entries); i++) str_list_add(&arena, &list, str_from(entries[i]));
    struct str_list merged = person_merge_list(&arena, &list);
    CHECK_STR(person_list_text(&arena, &merged), STR("Backend Developer, K\xc3\xb6ln, Nurse"));
}

TEST(salaries_fit_together)
{
    CHECK(!person_salary_problem(PERSON_NONE, PERSON_NONE).len);
    CHECK(!person_salary_problem(1, PERSON_NONE).len);
    CHECK(!person_salary_problem(PERSON_NONE, 0).len);
    CHECK(!person_salary_problem(5, 5).len);
    CHECK(person_salary_problem(6, 5).len);
}

TEST(salaries_are_said_in_words)
{
    struct person person = {.salary_min = PERSON_NONE, .salary_max = PERSON_NONE, .salary_currency = STR("EUR")};
    CHECK(!person_salary_text(&arena, &person).len);
    person.salary_min = 50000;
    CHECK_STR(person_salary_text(&arena, &person), STR("at least EUR 50,000"));
    person.salary_max = 1234567;
    CHECK_STR(person_salary_text(&arena, &person), STR("EUR 50,000 to 1,234,567"));
    person.salary_min = PERSON_NONE;
    person.salary_max = 999;
    CHECK_STR(person_salary_text(&arena, &person), STR("up to EUR 999"));
}
