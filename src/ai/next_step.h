/* The next best step of one person: one decision, shown first on the dashboard and told by the strategist.
 *
 * Pure: the first of the list that holds. Finish onboarding -> claim skills -> first interview (or go on with the open one) -> look at what
 * an interview did not show -> the roadmap's current module -> new matches -> share the profile -> nothing is waiting.
 */
#pragma once
#include "base/str.h"

enum next_step_kind {
    STEP_ONBOARDING,
    STEP_CONTINUE_INTERVIEW,
    STEP_CLAIM_SKILLS,
    STEP_FIRST_INTERVIEW,
    STEP_READ_GAPS,
    STEP_MODULE,
    STEP_MATCHES,
    STEP_INTERVIEW,
    STEP_REST,
    STEP_KIND_COUNT
};

struct next_step_facts {
    bool has_onboarded;
    int64_t claimed;  /* skills claimed, verified ones too */
    int64_t verified;
    int64_t gaps;             /* claims the newest interview did not show */
    struct str gap_skill;     /* one of them, "" without */
    struct str gap_interview; /* id of that interview */
    bool gaps_are_read;       /* the roadmap has begun to work on them */
    int64_t finished_interviews;
    struct str open_interview; /* id of one that waits to go on, "" for none */
    int64_t matches;           /* matching listings not looked at */
    struct str module_title, module_reason; /* the roadmap's first open module, "" for none */
};

struct next_step {
    enum next_step_kind kind;
    struct str title, reason, action, href; /* plain words; href is an address of ours */
};

void next_step_decide(struct arena *arena, const struct next_step_facts *facts, struct next_step *step);
