/* Where a person stands: the facts that decide the next best step, read for the dashboard and for the strategist alike.
 */
#pragma once
#include "ai/next_step.h"
#include "features/skill_state.h"

struct standing {
    struct next_step_facts facts;
    struct skill_states skills;
    struct {
        struct str id, title, summary, reason, kind; /* id "": there is none */
        int64_t hours;
        bool is_started;
    } module;               /* the roadmap's current one */
    int64_t modules, modules_done;
    bool has_roadmap;
    bool onboarding_skipped;
    int64_t pending_connections;
    int64_t seen_at; /* when the person last said that they have seen what the agents did; 0 never */
};

/* Five queries; strings live in the arena. ERR_NOT_FOUND when the person is gone. */
enum err standing_read(struct db *db, struct arena *arena, struct str user_id, struct standing *standing) MUST_CHECK;
