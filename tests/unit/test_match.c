/* Matching: what was proved counts most, bands keep their word, and reasons say what is so. */
#include "ai/catalogue.h"
#include "ai/match.h"
#include "test.h"

static struct arena arena;
static uint32_t asked[8192];

struct setup {
    struct match_person_skill skills[8];
    struct match_person person;
    struct match_demand demand;
};

static uint16_t skill(const char *id)
{
    size_t index = catalogue_skill_by_id(str_from(id));
    if (index == CATALOGUE_NONE) printf("no skill %s\n", id);
    return (uint16_t)index;
}

static void know(struct setup *setup, const char *id, bool is_verified)
{
    setup->skills[setup->person.skills_count++] = (struct match_person_skill){skill(id), is_verified};
    setup->person.skills = setup->skills;
    setup->person.years = -1;
    asked[skill("python")] = 400;
    asked[skill("terraform")] = 20;
    setup->demand = (struct match_demand){asked, 1000};
}

static struct match_score score(const struct setup *setup, const struct match_listing *listing)
{
    return match_score(match_prepare(&arena, &setup->person, &setup->demand), listing);
}

static bool has_reason(const struct setup *setup, const struct match_listing *listing, enum match_reason_kind kind, const char *text)
{
    struct match_reason *reasons;
    size_t count = match_reasons(&arena, match_prepare(&arena, &setup->person, &setup->demand), listing, &reasons);
    for (size_t i = 0; i < count; i++)
        if (reasons[i].kind == kind && str_equal(reasons[i].text, str_from(text))) return true;
    for (size_t i = 0; i < count; i++) printf("  %.*s\n", STR_ARG(reasons[i].text));
    return false;
}

TEST(proof_counts_more_than_a_claim_and_a_claim_more_than_nothing)
{
    uint16_t wanted[] = {skill("python"), skill("sql"), skill("docker")};
    struct match_listing listing = {.title = STR("Engineer"), .skills = wanted, .skills_count = 3, .years_required = -1};
    struct setup proved = {0}, claimed = {0}, other = {0};
    know(&proved, "python", true);
    know(&claimed, "python", false);
    know(&other, "welding", true);
    CHECK(score(&proved, &listing).score > score(&claimed, &listing).score);
    CHECK(score(&claimed, &listing).score > score(&other, &listing).score);
    CHECK_INT(score(&other, &listing).band, BAND_STRETCH);
}

TEST(a_rare_skill_tells_more_than_a_common_one)
{
    uint16_t wanted[] = {skill("python"), skill("terraform")};
    struct match_listing listing = {.title = STR("Engineer"), .skills = wanted, .skills_count = 2, .years_required = -1};
    struct setup rare = {0}, common = {0};
    know(&rare, "terraform", true);
    know(&common, "python", true);
    CHECK(score(&rare, &listing).score > score(&common, &listing).score);
}

TEST(a_title_alone_is_never_a_strong_match)
{
    struct setup setup = {0};
    know(&setup, "python", true);
    str_list_add(&arena, &setup.person.roles, STR("Data Analyst"));
    struct match_listing listing = {.title = STR("Data Analyst"), .years_required = -1};
    CHECK_INT(score(&setup, &listing).band, BAND_FAIR);
    CHECK(has_reason(&setup, &listing, REASON_TITLE, "Fits your goal: Data Analyst"));
    listing.title = STR("Head chef");
    CHECK_INT(score(&setup, &listing).band, BAND_STRETCH);
}

TEST(reasons_name_skills_places_and_years)
{
    struct setup setup = {0};
    know(&setup, "python", true);
    know(&setup, "sql", false);
    str_list_add(&arena, &setup.person.locations, STR("Berlin, Germany"));
    str_list_add(&arena, &setup.person.locations, STR("Remote"));
    setup.person.years = 2;
    uint16_t wanted[] = {skill("python"), skill("sql"), skill("terraform")};
    struct match_listing listing = {.title = STR("Engineer"), .location = STR("Berlin Mitte"), .skills = wanted, .skills_count = 3, .years_required = 5};
    CHECK(has_reason(&setup, &listing, REASON_HAS, "You have shown Python"));
    CHECK(has_reason(&setup, &listing, REASON_HAS, "You say you know SQL"));
    CHECK(has_reason(&setup, &listing, REASON_LACKS, "Asks for Terraform, not among your skills yet"));
    CHECK(has_reason(&setup, &listing, REASON_LOCATION, "In Berlin, where you want to work"));
    CHECK(has_reason(&setup, &listing, REASON_LACKS, "Asks for about 5 years of experience; you have 2"));
    listing.location = STR("Madrid");
    CHECK(has_reason(&setup, &listing, REASON_LOCATION, "In none of your places"));
    listing.is_remote = true;
    CHECK(has_reason(&setup, &listing, REASON_LOCATION, "Can be done remotely"));
}

TEST(nothing_known_is_no_match)
{
    struct setup setup = {0};
    setup.person.years = 3;
    setup.demand = (struct match_demand){asked, 1000};
    str_list_add(&arena, &setup.person.locations, STR("Paris"));
    struct match_listing listing = {.title = STR("Engineer"), .location = STR("Paris"), .years_required = 1};
    CHECK_INT(score(&setup, &listing).band, BAND_STRETCH);
    CHECK(score(&setup, &listing).score == 0);
}

TEST(words_of_the_resume_order_texts)
{
    struct str texts[] = {STR("We bake bread and cakes every morning"), STR("Ward nurses care for patients at night"), STR("")};
    double scores[3];
    match_texts(&arena, STR("Nurse on a surgical ward, caring for patients"), texts, 3, scores);
    CHECK(scores[1] == 1);
    CHECK(scores[0] < scores[1]);
    CHECK(scores[2] == 0);
    match_texts(&arena, (struct str){0}, texts, 3, scores);
    CHECK(scores[1] == 0);
}
