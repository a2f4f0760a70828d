/* The plan: a module in the wrong place or with a wrong reason wastes somebody's weeks. */
#include "test.h"

#include "ai/next_step.h"
#include "ai/planner.h"
#include "base/clock.h"

static struct arena arena;
static struct plan plan;

static void make(const struct planner_input *input) { planner_plan(&arena, input, &plan); }

static const struct planned_module *module_of(const char *skill_id)
{
    for (size_t i = 0; i < plan.modules_count; i++)
        if (str_equal(plan.modules[i].skill_id, str_from(skill_id))) return &plan.modules[i];
    return NULL;
}

static size_t place_of(const char *skill_id)
{
    const struct planned_module *module = module_of(skill_id);
    return module ? (size_t)(module - plan.modules) : SIZE_MAX;
}

static bool reason_has(const char *skill_id, const char *words)
{
    const struct planned_module *module = module_of(skill_id);
    return module && str_contains(module->reason, str_from(words));
}

#define CLAIM(skill_id, skill_name, its_level, ...) {.id = STR_INIT(skill_id), .name = STR_INIT(skill_name), .level = its_level, __VA_ARGS__}
#define INPUT(...) \
    &(struct planner_input) { .roles = roles, .roles_count = COUNT_OF(roles), __VA_ARGS__ }

static const struct str roles[] = {STR_INIT("Senior DevOps Engineer")};

static const struct catalogue_occupation *role(void) { return catalogue_occupation_at(catalogue_occupation_for(roles[0])); }

TEST(somebody_new_learns_the_core_in_learning_order)
{
    make(INPUT(.skills_count = 0));
    CHECK(plan.is_role_known);
    CHECK_STR(plan.role, role()->title);
    CHECK_INT(plan.note.len, 0);
    REQUIRE(plan.modules_count >= role()->core_count);
    for (size_t i = 0; i < role()->core_count; i++) {
        CHECK_STR(plan.modules[i].skill_id, catalogue_skill_at(role()->core[i])->id);
        CHECK_INT(plan.modules[i].kind, MODULE_LEARN);
        CHECK(str_contains(plan.modules[i].reason, STR("core skill")));
        CHECK(plan.modules[i].hours >= 1 && plan.modules[i].hours <= 40);
    }
    for (size_t i = role()->core_count; i < plan.modules_count; i++) CHECK(str_contains(plan.modules[i].reason, STR("useful")));
}

TEST(a_low_claim_of_a_core_skill_is_deepened_and_a_high_one_proved)
{
    const struct planner_skill skills[] = {CLAIM("docker", "Docker", LEVEL_BEGINNER, ), CLAIM("linux", "Linux", LEVEL_EXPERT, )};
    make(INPUT(.skills = skills, .skills_count = COUNT_OF(skills)));
    REQUIRE(module_of("docker") && module_of("linux"));
    CHECK_INT(module_of("docker")->kind, MODULE_DEEPEN);
    CHECK(reason_has("docker", "you rate yourself beginner"));
    CHECK_INT(module_of("linux")->kind, MODULE_PROVE);
    CHECK_STR(module_of("linux")->title, "Prove Linux");
    CHECK(reason_has("linux", "you rate yourself expert, and nothing proves it yet"));
    CHECK_INT(module_of("linux")->hours, 2);
}

TEST(useful_skills_that_listings_ask_for_come_first)
{
    const struct catalogue_occupation *it = role();
    size_t last = it->useful[it->useful_count - 1], heeded = 0;
    int *demand = arena_array(&arena, int, catalogue_skills_count);
    const struct planner_skill claimed[] = {{.id = catalogue_skill_at(it->core[0])->id, .name = catalogue_skill_at(it->core[0])->name, .level = LEVEL_EXPERT, .is_verified = true}};
    demand[it->useful[0]] = 50;
    demand[last] = 3;
    demand[it->core[1]] = 3; /* the core keeps its learning order */
    make(INPUT(.skills = claimed, .skills_count = 1, .demand = demand));
    size_t first = SIZE_MAX;
    for (size_t i = 0; i < it->useful_count; i++)
        if (place_of(catalogue_skill_at(it->useful[i])->id.ptr) < first) first = place_of(catalogue_skill_at(it->useful[i])->id.ptr);
    CHECK_INT((int64_t)place_of(catalogue_skill_at(last)->id.ptr), (int64_t)first);
    CHECK(reason_has(catalogue_skill_at(last)->id.ptr, "at least one listing in 3 of late asks for it"));
    CHECK_STR(plan.modules[0].skill_id, catalogue_skill_at(it->core[1])->id);
    CHECK(planner_demand_heeded(roles, COUNT_OF(roles), &heeded) == it->useful);
    CHECK_INT((int64_t)heeded, (int64_t)it->useful_count);
    CHECK(!planner_demand_heeded(&(const struct str)STR_INIT("Wizard of Oz"), 1, &heeded) && heeded == 0);
}

TEST(what_employers_found_missing_comes_before_the_core_unless_it_is_proved)
{
    const struct planner_skill skills[] = {CLAIM("java", "Java", LEVEL_EXPERT, .is_verified = true), CLAIM("rust", "Rust", LEVEL_EXPERT, )};
    const struct planner_missed missed[] = {{catalogue_skill_by_id(STR("rust")), STR_INIT("was named as missing")},
                                            {catalogue_skill_by_id(STR("java")), STR_INIT("was named as missing")},
                                            {catalogue_skill_by_id(STR("tableau")), STR_INIT("was named as missing in an answer of Northwind")}};
    make(INPUT(.skills = skills, .skills_count = COUNT_OF(skills), .missed = missed, .missed_count = COUNT_OF(missed)));
    CHECK_INT((int64_t)place_of("rust"), 0);
    CHECK_INT(module_of("rust")->kind, MODULE_PROVE);
    CHECK(!module_of("java"));
    CHECK_INT((int64_t)place_of("tableau"), 1);
    CHECK_STR(module_of("tableau")->reason, "because it was named as missing in an answer of Northwind and you have not claimed it");
}

TEST(a_gap_comes_first_and_says_when)
{
    int64_t at = 0;
    CHECK_OK(time_parse(STR("2026-03-12T10:00:00Z"), &at));
    const struct planner_skill skills[] = {CLAIM("linux", "Linux", LEVEL_PROFICIENT, ),
                                           CLAIM("kubernetes", "Kubernetes", LEVEL_PROFICIENT, .is_gap = true, .gap_at = at)};
    make(INPUT(.skills = skills, .skills_count = COUNT_OF(skills)));
    CHECK_INT(place_of("kubernetes"), 0);
    CHECK_INT(plan.modules[0].kind, MODULE_PROVE);
    CHECK(reason_has("kubernetes", "Kubernetes was not shown in your interview on 12 March 2026"));
}

TEST(a_verified_skill_is_left_alone_but_a_verified_beginner_deepens_the_core)
{
    const struct planner_skill skills[] = {CLAIM("docker", "Docker", LEVEL_PROFICIENT, .is_verified = true),
                                           CLAIM("kubernetes", "Kubernetes", LEVEL_EXPERT, .is_verified = true, .is_gap = true),
                                           CLAIM("linux", "Linux", LEVEL_BEGINNER, .is_verified = true)};
    make(INPUT(.skills = skills, .skills_count = COUNT_OF(skills)));
    CHECK(!module_of("docker"));
    CHECK(!module_of("kubernetes"));
    REQUIRE(module_of("linux"));
    CHECK_INT(module_of("linux")->kind, MODULE_DEEPEN);
}

TEST(what_was_learned_is_proved_next_and_not_learned_again)
{
    int64_t at = 0;
    CHECK_OK(time_parse(STR("2026-03-02T10:00:00Z"), &at));
    const struct planner_done done[] = {{STR_INIT("docker"), MODULE_LEARN, at}, {STR_INIT("linux"), MODULE_DEEPEN, at}};
    const struct planner_skill skills[] = {CLAIM("linux", "Linux", LEVEL_BEGINNER, )};
    make(INPUT(.skills = skills, .skills_count = COUNT_OF(skills), .done = done, .done_count = COUNT_OF(done)));
    REQUIRE(module_of("docker") && module_of("linux"));
    CHECK_INT(module_of("docker")->kind, MODULE_PROVE);
    CHECK(reason_has("docker", "you finished learning it on 2 March 2026"));
    CHECK_INT(module_of("linux")->kind, MODULE_PROVE);
    CHECK(reason_has("linux", "you finished deepening it on 2 March 2026"));
}

TEST(a_finished_proof_is_not_planned_again)
{
    const struct planner_done done[] = {{STR_INIT("linux"), MODULE_PROVE, 1}};
    const struct planner_skill skills[] = {CLAIM("linux", "Linux", LEVEL_EXPERT, )};
    make(INPUT(.skills = skills, .skills_count = COUNT_OF(skills), .done = done, .done_count = COUNT_OF(done)));
    CHECK(!module_of("linux"));
}

TEST(claims_beside_the_role_are_proved_after_its_core_the_strong_ones_first)
{
    const struct planner_skill skills[] = {CLAIM("bookkeeping", "Bookkeeping", LEVEL_BEGINNER, ), CLAIM("sales", "Sales", LEVEL_EXPERT, )};
    make(INPUT(.skills = skills, .skills_count = COUNT_OF(skills)));
    REQUIRE(module_of("bookkeeping") && module_of("sales"));
    CHECK(place_of("sales") >= role()->core_count);
    CHECK(place_of("sales") < place_of("bookkeeping"));
    CHECK_INT(module_of("sales")->kind, MODULE_PROVE);
}

TEST(a_second_role_adds_its_core_after_the_first)
{
    static const struct str two[] = {STR_INIT("DevOps engineer"), STR_INIT("Accountant")};
    make(&(struct planner_input){.roles = two, .roles_count = 2});
    const struct catalogue_occupation *second = catalogue_occupation_at(catalogue_occupation_for(two[1]));
    const struct planned_module *module = module_of(catalogue_skill_at(second->core[0])->id.ptr);
    REQUIRE(module);
    CHECK((size_t)(module - plan.modules) >= role()->core_count);
    CHECK(str_contains(module->reason, second->title));
}

TEST(an_unknown_role_is_said_and_the_plan_starts_from_the_claims)
{
    static const struct str unknown[] = {STR_INIT("Zeppelin whisperer")};
    const struct planner_skill skills[] = {CLAIM("docker", "Docker", LEVEL_BEGINNER, ), CLAIM("kubernetes", "Kubernetes", LEVEL_EXPERT, )};
    make(&(struct planner_input){.roles = unknown, .roles_count = 1, .skills = skills, .skills_count = COUNT_OF(skills)});
    CHECK(!plan.is_role_known);
    CHECK_STR(plan.role, "Zeppelin whisperer");
    CHECK(str_contains(plan.note, STR("We do not know the core skills of \"Zeppelin whisperer\"")));
    CHECK_INT(place_of("kubernetes"), 0);
    CHECK_INT(plan.modules[0].kind, MODULE_PROVE);
    REQUIRE(module_of("docker"));
    CHECK_INT(module_of("docker")->kind, MODULE_DEEPEN);
    REQUIRE(plan.modules_count > 2);
    CHECK(str_contains(plan.modules[2].reason, STR("goes with")));
}

TEST(nothing_to_plan_from_gives_no_modules)
{
    make(&(struct planner_input){0});
    CHECK_INT(plan.modules_count, 0);
    CHECK(plan.note.len > 0);
    static const struct str unknown[] = {STR_INIT("Zeppelin whisperer")};
    make(&(struct planner_input){.roles = unknown, .roles_count = 1});
    CHECK_INT(plan.modules_count, 0);
}

TEST(a_claim_that_left_the_catalogue_can_still_be_proved)
{
    const struct planner_skill skills[] = {CLAIM("a-skill-of-long-ago", "Skill of long ago", LEVEL_EXPERT, )};
    make(INPUT(.skills = skills, .skills_count = COUNT_OF(skills)));
    REQUIRE(module_of("a-skill-of-long-ago"));
    CHECK_STR(module_of("a-skill-of-long-ago")->title, "Prove Skill of long ago");
}

/* Every occupation, with nobody's, few and many claims: bounded, no skill twice, no empty words, the same every time. */
TEST(every_plan_of_every_occupation_is_sound)
{
    struct planner_skill many[60];
    for (size_t i = 0; i < COUNT_OF(many); i++) {
        const struct catalogue_skill *skill = catalogue_skill_at(i * 29 % catalogue_skills_count);
        many[i] = (struct planner_skill){.id = skill->id, .name = skill->name, .level = (enum question_level)(i % LEVEL_COUNT),
                                         .is_verified = i % 5 == 0, .is_gap = i % 7 == 0};
    }
    for (size_t o = 0; o < catalogue_occupations_count; o++) {
        struct str title = catalogue_occupation_at(o)->title;
        for (size_t claims = 0; claims <= COUNT_OF(many); claims += 20) {
            struct planner_input input = {.roles = &title, .roles_count = 1, .skills = many, .skills_count = claims};
            make(&input);
            CHECK(plan.modules_count > 0 && plan.modules_count <= PLANNER_MODULES_MAX);
            for (size_t i = 0; i < plan.modules_count; i++) {
                const struct planned_module *module = &plan.modules[i];
                bool is_full = module->title.len && module->summary.len && str_starts(module->reason, STR("because "));
                CHECK(is_full && module->hours >= 1 && module->hours <= 500);
                for (size_t j = 0; j < i; j++) CHECK(!str_equal(plan.modules[j].skill_id, module->skill_id));
            }
        }
        arena_reset(&arena);
    }
    arena_dispose(&arena);
}

static struct next_step step;

static enum next_step_kind decide(const struct next_step_facts *facts)
{
    next_step_decide(&arena, facts, &step);
    CHECK(step.title.len && step.reason.len && step.action.len && str_starts(step.href, STR("/")));
    return step.kind;
}

TEST(the_next_step_goes_from_profile_to_matches)
{
    struct next_step_facts facts = {0};
    CHECK_INT(decide(&facts), STEP_ONBOARDING);
    facts.has_onboarded = true;
    CHECK_INT(decide(&facts), STEP_CLAIM_SKILLS);
    facts.claimed = 3;
    CHECK_INT(decide(&facts), STEP_FIRST_INTERVIEW);
    CHECK(str_contains(step.reason, STR("3 skills")));
    facts.open_interview = STR("an-id");
    CHECK_INT(decide(&facts), STEP_CONTINUE_INTERVIEW);
    CHECK_STR(step.href, "/interviews/an-id");
    facts.open_interview = (struct str){0};
    facts.finished_interviews = 1;
    facts.gaps = 1;
    facts.gap_skill = STR("Docker");
    facts.gap_interview = STR("that-id");
    facts.module_title = STR("Prove Docker");
    facts.module_reason = STR("because ...");
    CHECK_INT(decide(&facts), STEP_READ_GAPS);
    CHECK(str_contains(step.reason, STR("Docker")));
    facts.gaps_are_read = true;
    CHECK_INT(decide(&facts), STEP_MODULE);
    facts.module_title = (struct str){0};
    facts.matches = 1;
    CHECK_INT(decide(&facts), STEP_MATCHES);
    facts.matches = 0;
    facts.verified = 2;
    CHECK_INT(decide(&facts), STEP_INTERVIEW);
    facts.verified = 3;
    CHECK_INT(decide(&facts), STEP_REST);
    arena_dispose(&arena);
}
