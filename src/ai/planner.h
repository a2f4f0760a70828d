/* The plan of what to learn, deepen and prove next: from the roles somebody aims at, what they claim and what is proved.
 *
 * Pure and deterministic: no store, no clock. The order is
 *   1. gaps: claims at proficient or expert that an interview did not show, so that what is said and what is proved agree again;
 *      then what employers found missing;
 *   2. the role's core skills in learning order: not claimed -> learn, claimed at beginner or intermediate -> deepen, else -> prove;
 *      what was learned or deepened in a finished module is proved next;
 *   3. other claims that nothing proves yet;
 *   4. core skills of further roles, then the skills that are useful beside the core, those that most listings ask for first.
 * Without a role that the catalogue knows the claims come first and then the skills related to them, and the note says so. A verified
 * skill is left alone, except a core skill at beginner level. A module is known by its skill and kind, and a finished one is not planned again.
 * Reasons state facts only: what was claimed, shown, finished and when.
 */
#pragma once
#include "ai/catalogue.h"

#define PLANNER_MODULES_MAX 14

enum module_kind { MODULE_LEARN, MODULE_DEEPEN, MODULE_PROVE, MODULE_KIND_COUNT };
const char *module_kind_name(enum module_kind kind); /* "learn", ... as in the store */
enum err module_kind_parse(struct str name, enum module_kind *kind) MUST_CHECK;

/* A skill somebody claims. */
struct planner_skill {
    struct str id, name;
    enum question_level level;
    bool is_verified;
    bool is_gap;
    int64_t gap_at; /* when the interview that did not show it ended; 0 unknown */
};

/* A finished module. */
struct planner_done {
    struct str skill_id;
    enum module_kind kind;
    int64_t at; /* microseconds since 1970 */
};

/* A skill that an employer's answer found missing. */
struct planner_missed {
    size_t skill;   /* catalogue index */
    struct str why; /* ends a sentence that begins with the skill: "was named as missing in the answer of Northwind" */
};

struct planner_input {
    const struct str *roles; /* as the person typed them, the most wanted first */
    size_t roles_count;
    const struct planner_skill *skills;
    size_t skills_count;
    const struct planner_done *done;
    size_t done_count;
    const struct planner_missed *missed; /* the most important first */
    size_t missed_count;
    const int *demand; /* by catalogue index: at least one listing in so many asks for the skill; 0: fewer. NULL: nothing is known of the market */
};

struct planned_module {
    enum module_kind kind;
    struct str skill_id, skill_name;
    struct str title, summary, reason;
    int hours;
};

struct plan {
    struct str title;      /* "Roadmap to Platform engineer" */
    struct str role;       /* the role it aims at, as the catalogue names it; as typed when it is unknown; "" without one */
    bool is_role_known;
    struct str note;       /* what limits the plan, "" for nothing */
    struct planned_module modules[PLANNER_MODULES_MAX];
    size_t modules_count;
};

/* Texts live in `arena` or in the input. */
void planner_plan(struct arena *arena, const struct planner_input *input, struct plan *plan);
/* The skills (catalogue indices, static memory) whose demand can change the plan of somebody with these roles; *count of them. */
const uint16_t *planner_demand_heeded(const struct str *roles, size_t roles_count, size_t *count);
