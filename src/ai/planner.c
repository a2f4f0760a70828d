/* Building the plan. Design in planner.h. */
#include "ai/planner.h"

#include "base/clock.h"

#include <assert.h>

#define GAPS_MAX 5
#define OTHER_CLAIMS_MAX 4
#define TOPICS_SHOWN 4

static const char *const kind_names[MODULE_KIND_COUNT] = {"learn", "deepen", "prove"};

const char *module_kind_name(enum module_kind kind)
{
    assert(kind < MODULE_KIND_COUNT);
    return kind_names[kind];
}

enum err module_kind_parse(struct str name, enum module_kind *kind)
{
    for (int i = 0; i < MODULE_KIND_COUNT; i++) {
        if (!str_equal(name, str_from(kind_names[i]))) continue;
        *kind = (enum module_kind)i;
        return OK;
    }
    return err_set(ERR_INVALID, "'%.*s' is no kind of module", STR_ARG(name));
}

/* Hours of a module, by kind and the level that is claimed. What is learned from nothing stands under the level beginner; beside a related
 * skill it takes LEARN_RELATED hours. */
#define LEARN_RELATED 12
static const int hours_table[MODULE_KIND_COUNT][LEVEL_COUNT] = {
    [MODULE_LEARN] = {20, 20, 20, 20},
    [MODULE_DEEPEN] = {16, 10, 8, 6},
    [MODULE_PROVE] = {1, 1, 2, 2},
};

struct planning {
    struct arena *arena;
    const struct planner_input *input;
    struct plan *plan;
};

static const struct planner_skill *claim_of(const struct planning *planning, struct str skill_id)
{
    for (size_t i = 0; i < planning->input->skills_count; i++)
        if (str_equal(planning->input->skills[i].id, skill_id)) return &planning->input->skills[i];
    return NULL;
}

static const struct planner_done *done_of(const struct planning *planning, struct str skill_id, enum module_kind kind)
{
    for (size_t i = 0; i < planning->input->done_count; i++) {
        const struct planner_done *done = &planning->input->done[i];
        if (done->kind == kind && str_equal(done->skill_id, skill_id)) return done;
    }
    return NULL;
}

static bool is_planned(const struct planning *planning, struct str skill_id)
{
    for (size_t i = 0; i < planning->plan->modules_count; i++)
        if (str_equal(planning->plan->modules[i].skill_id, skill_id)) return true;
    return false;
}

/* "pods, deployments and services" of a skill's own vocabulary, "" when it has none. */
static struct str topics_of(struct arena *arena, size_t skill)
{
    if (skill == CATALOGUE_NONE) return (struct str){0};
    const struct catalogue_skill *it = catalogue_skill_at(skill);
    size_t count = it->terms_count < TOPICS_SHOWN ? it->terms_count : TOPICS_SHOWN;
    if (count == 0) return (struct str){0};
    if (count == 1) return it->terms[0];
    struct str front = str_join(arena, it->terms, count - 1, STR(", "));
    return str_format(arena, "%.*s and %.*s", STR_ARG(front), STR_ARG(it->terms[count - 1]));
}

static struct str summary_of(struct arena *arena, enum module_kind kind, size_t skill)
{
    struct str topics = topics_of(arena, skill);
    if (kind == MODULE_PROVE) return STR("Explain it in an interview with something you did yourself: what, how, and what came of it.");
    if (kind == MODULE_DEEPEN)
        return topics.len ? str_format(arena, "Go further than the basics, for example %.*s, and use it for a real task.", STR_ARG(topics))
                          : STR("Go further than the basics and use it for a real task that you can talk about.");
    return topics.len ? str_format(arena, "Topics to begin with: %.*s. Then make one small thing with it that you can talk about.", STR_ARG(topics))
                      : STR("Learn the basics, then make one small thing with it that you can talk about.");
}

static struct str title_of(struct arena *arena, enum module_kind kind, struct str name)
{
    static const char *const forms[MODULE_KIND_COUNT] = {"Learn ", "Deepen ", "Prove "};
    return str_format(arena, "%s%.*s", forms[kind], STR_ARG(name));
}

/* Adds a module unless it is finished, the skill is planned already, or the plan is full. */
static bool add(struct planning *planning, enum module_kind kind, struct str skill_id, struct str name, int hours, struct str reason)
{
    struct plan *plan = planning->plan;
    if (plan->modules_count == PLANNER_MODULES_MAX || is_planned(planning, skill_id)) return false;
    if (done_of(planning, skill_id, kind)) return false;
    plan->modules[plan->modules_count++] = (struct planned_module){
        .kind = kind,
        .skill_id = skill_id,
        .skill_name = name,
        .title = title_of(planning->arena, kind, name),
        .summary = summary_of(planning->arena, kind, catalogue_skill_by_id(skill_id)),
        .reason = reason,
        .hours = hours,
    };
    return true;
}

static void add_gaps(struct planning *planning)
{
    size_t added = 0;
    for (size_t i = 0; i < planning->input->skills_count && added < GAPS_MAX; i++) {
        const struct planner_skill *skill = &planning->input->skills[i];
        if (!skill->is_gap || skill->is_verified) continue;
        struct str when = skill->gap_at ? str_format(planning->arena, "in your interview on %.*s", STR_ARG(time_long_date(planning->arena, skill->gap_at)))
                                        : STR("in your interview");
        struct str reason = str_format(planning->arena, "because you rate yourself %s, and %.*s was not shown %.*s", level_name(skill->level),
                                       STR_ARG(skill->name), STR_ARG(when));
        added += add(planning, MODULE_PROVE, skill->id, skill->name, hours_table[MODULE_PROVE][skill->level], reason);
    }
}

/* A claimed or verified skill that goes with this one: what is learned beside it takes less. */
static const struct planner_skill *known_neighbour(const struct planning *planning, size_t skill)
{
    const struct catalogue_skill *it = catalogue_skill_at(skill);
    for (size_t i = 0; i < it->related_count; i++) {
        const struct planner_skill *claim = claim_of(planning, catalogue_skill_at(it->related[i])->id);
        if (claim && (claim->is_verified || claim->level >= LEVEL_INTERMEDIATE)) return claim;
    }
    return NULL;
}

static void add_learning(struct planning *planning, size_t skill, struct str why)
{
    const struct catalogue_skill *it = catalogue_skill_at(skill);
    const struct planner_done *learned = done_of(planning, it->id, MODULE_LEARN);
    if (learned) {
        struct str reason = str_format(planning->arena, "because you finished learning it on %.*s; claim it, then show it",
                                       STR_ARG(time_long_date(planning->arena, learned->at)));
        add(planning, MODULE_PROVE, it->id, it->name, hours_table[MODULE_PROVE][LEVEL_BEGINNER], reason);
        return;
    }
    const struct planner_skill *neighbour = known_neighbour(planning, skill);
    if (neighbour) {
        why = str_format(planning->arena, "%.*s; it is close to %.*s, which you %s", STR_ARG(why), STR_ARG(neighbour->name),
                         neighbour->is_verified ? "have proved" : "claim");
    }
    add(planning, MODULE_LEARN, it->id, it->name, neighbour ? LEARN_RELATED : hours_table[MODULE_LEARN][LEVEL_BEGINNER], why);
}

static void add_proving(struct planning *planning, const struct planner_skill *skill)
{
    const struct planner_done *deepened = done_of(planning, skill->id, MODULE_DEEPEN);
    const struct planner_done *learned = done_of(planning, skill->id, MODULE_LEARN);
    const struct planner_done *done = deepened ? deepened : learned;
    struct str reason = str_format(planning->arena, "because you rate yourself %s, and nothing proves it yet", level_name(skill->level));
    if (done) {
        reason = str_format(planning->arena, "because you finished %s it on %.*s, and nothing proves it yet", deepened ? "deepening" : "learning",
                            STR_ARG(time_long_date(planning->arena, done->at)));
    }
    add(planning, MODULE_PROVE, skill->id, skill->name, hours_table[MODULE_PROVE][skill->level], reason);
}

/* `why` ends a sentence that begins with the skill: "is a core skill of a Platform engineer". */
static void add_core_skill(struct planning *planning, size_t index, struct str why)
{
    const struct catalogue_skill *it = catalogue_skill_at(index);
    const struct planner_skill *claim = claim_of(planning, it->id);
    if (!claim) {
        add_learning(planning, index, str_format(planning->arena, "because it %.*s and you have not claimed it", STR_ARG(why)));
        return;
    }
    bool is_weak = claim->is_verified ? claim->level == LEVEL_BEGINNER : claim->level <= LEVEL_INTERMEDIATE;
    bool is_grown = done_of(planning, it->id, MODULE_LEARN) || done_of(planning, it->id, MODULE_DEEPEN);
    if (is_weak && !is_grown) {
        struct str reason = str_format(planning->arena, "because it %.*s and you rate yourself %s", STR_ARG(why), level_name(claim->level));
        add(planning, MODULE_DEEPEN, it->id, claim->name, hours_table[MODULE_DEEPEN][claim->level], reason);
    } else if (!claim->is_verified) {
        add_proving(planning, claim);
    }
}

static void add_core(struct planning *planning, const struct catalogue_occupation *role)
{
    struct str why = str_format(planning->arena, "is a core skill for %.*s", STR_ARG(role->title));
    for (size_t i = 0; i < role->core_count; i++) add_core_skill(planning, role->core[i], why);
}

/* Claims that nothing proves yet: the strong ones (proficient, expert) or the weak. */
static void add_other_claims(struct planning *planning, bool are_strong, size_t most)
{
    size_t added = 0;
    for (size_t i = 0; i < planning->input->skills_count && added < most; i++) {
        const struct planner_skill *skill = &planning->input->skills[i];
        if (skill->is_verified || (skill->level >= LEVEL_PROFICIENT) != are_strong || is_planned(planning, skill->id)) continue;
        size_t before = planning->plan->modules_count;
        add_proving(planning, skill);
        added += planning->plan->modules_count - before;
    }
}

static int asked_one_in(const struct planning *planning, size_t skill) { return planning->input->demand ? planning->input->demand[skill] : 0; }

static bool is_asked_more(int one_in, int than) { return one_in && (!than || one_in < than); }

/* The role's useful skills, those that most listings ask for first; otherwise in the catalogue's order. */
static uint16_t *useful_by_demand(const struct planning *planning, const struct catalogue_occupation *role)
{
    uint16_t *skills = arena_array(planning->arena, uint16_t, role->useful_count);
    for (size_t i = 0; i < role->useful_count; i++) {
        size_t at = i;
        int one_in = asked_one_in(planning, role->useful[i]);
        for (; at > 0 && is_asked_more(one_in, asked_one_in(planning, skills[at - 1])); at--) skills[at] = skills[at - 1];
        skills[at] = role->useful[i];
    }
    return skills;
}

static void add_useful(struct planning *planning, const struct catalogue_occupation *role)
{
    const uint16_t *skills = useful_by_demand(planning, role);
    for (size_t i = 0; i < role->useful_count; i++) {
        if (claim_of(planning, catalogue_skill_at(skills[i])->id)) continue;
        int one_in = asked_one_in(planning, skills[i]);
        struct str asked = one_in ? str_format(planning->arena, ", and at least one listing in %d of late asks for it", one_in) : STR("");
        add_learning(planning, skills[i], str_format(planning->arena, "because it is useful for %.*s beside the core skills%.*s", STR_ARG(role->title), STR_ARG(asked)));
    }
}

/* Claims at beginner or intermediate that no finished module has raised. */
static void add_weak_claims(struct planning *planning, size_t most)
{
    size_t added = 0;
    for (size_t i = 0; i < planning->input->skills_count && added < most; i++) {
        const struct planner_skill *skill = &planning->input->skills[i];
        if (skill->is_verified || skill->level > LEVEL_INTERMEDIATE || done_of(planning, skill->id, MODULE_DEEPEN)) continue;
        struct str reason = str_format(planning->arena, "because you rate yourself %s", level_name(skill->level));
        added += add(planning, MODULE_DEEPEN, skill->id, skill->name, hours_table[MODULE_DEEPEN][skill->level], reason);
    }
}

/* Without a role: prove the strong claims, deepen the weak ones, then what goes with them. */
static void add_around_claims(struct planning *planning)
{
    const struct planner_input *input = planning->input;
    add_other_claims(planning, true, PLANNER_MODULES_MAX / 2);
    add_weak_claims(planning, PLANNER_MODULES_MAX / 2);
    add_other_claims(planning, false, PLANNER_MODULES_MAX / 2);
    for (size_t i = 0; i < input->skills_count; i++) {
        size_t index = catalogue_skill_by_id(input->skills[i].id);
        if (index == CATALOGUE_NONE) continue;
        const struct catalogue_skill *it = catalogue_skill_at(index);
        for (size_t j = 0; j < it->related_count && j < 2; j++) {
            if (claim_of(planning, catalogue_skill_at(it->related[j])->id)) continue;
            struct str why = str_format(planning->arena, "because it goes with %.*s, which you %s", STR_ARG(input->skills[i].name),
                                        input->skills[i].is_verified ? "have proved" : "claim");
            add_learning(planning, it->related[j], why);
        }
    }
}

static void add_missed(struct planning *planning)
{
    size_t most = planning->plan->modules_count + GAPS_MAX;
    for (size_t i = 0; i < planning->input->missed_count && planning->plan->modules_count < most; i++) {
        const struct planner_missed *missed = &planning->input->missed[i];
        const struct planner_skill *claim = claim_of(planning, catalogue_skill_at(missed->skill)->id);
        if (!claim || !claim->is_verified) add_core_skill(planning, missed->skill, missed->why);
    }
}

static void name_plan(struct planning *planning, size_t known)
{
    struct plan *plan = planning->plan;
    const struct planner_input *input = planning->input;
    plan->is_role_known = known != CATALOGUE_NONE;
    if (plan->is_role_known) plan->role = catalogue_occupation_at(known)->title;
    else if (input->roles_count) plan->role = input->roles[0];
    plan->title = plan->role.len ? str_format(planning->arena, "Roadmap to %.*s", STR_ARG(plan->role)) : STR("Roadmap from your skills");
    if (plan->is_role_known) return;
    plan->note = plan->role.len ? str_format(planning->arena, "We do not know the core skills of \"%.*s\", so this plan starts from what you claim and what goes with it.",
                                             STR_ARG(plan->role))
                                : STR("You have not named a target role, so this plan starts from what you claim and what goes with it.");
}

void planner_plan(struct arena *arena, const struct planner_input *input, struct plan *plan)
{
    struct planning planning = {arena, input, plan};
    size_t first = CATALOGUE_NONE;
    *plan = (struct plan){0};
    add_gaps(&planning);
    add_missed(&planning);
    for (size_t i = 0; i < input->roles_count; i++) {
        size_t role = catalogue_occupation_for(input->roles[i]);
        if (role == CATALOGUE_NONE) continue;
        if (first == CATALOGUE_NONE) {
            first = role;
            add_core(&planning, catalogue_occupation_at(role));
            add_other_claims(&planning, true, OTHER_CLAIMS_MAX); /* the strongest first: they promise most */
            add_other_claims(&planning, false, OTHER_CLAIMS_MAX / 2);
        } else {
            add_core(&planning, catalogue_occupation_at(role));
        }
    }
    name_plan(&planning, first);
    if (first != CATALOGUE_NONE) add_useful(&planning, catalogue_occupation_at(first));
    else add_around_claims(&planning);
}

const uint16_t *planner_demand_heeded(const struct str *roles, size_t roles_count, size_t *count)
{
    size_t role = CATALOGUE_NONE;
    for (size_t i = 0; i < roles_count && role == CATALOGUE_NONE; i++) role = catalogue_occupation_for(roles[i]);
    *count = role == CATALOGUE_NONE ? 0 : catalogue_occupation_at(role)->useful_count;
    return *count ? catalogue_occupation_at(role)->useful : NULL;
}
