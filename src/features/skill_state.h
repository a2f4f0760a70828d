/* A person's skills with what is known of each: claimed, verified, or a gap. Read by the skills page, the dashboard, the roadmap and the
 * agents, so that they agree.
 *
 * A gap is a claim at proficient or expert that is not verified although an analysed interview looked for it (interviews.outcome names it).
 */
#pragma once
#include "ai/catalogue.h"
#include "db/db.h"

/* The most skills one person may claim. */
#define SKILL_CLAIMS_MAX 200

struct skill_state {
    struct str id; /* of the claim */
    struct str skill_id, name, field, category;
    enum question_level level;
    bool is_verified, is_gap;
    struct str gap_reason;    /* what would prove it */
    struct str gap_interview; /* id */
    int64_t gap_at;           /* when that interview ended */
    int64_t created_at;
    struct str metadata; /* what is told of the proofs, JSON; "" unless the whole was read, and for a claim without one */
};

struct skill_states {
    struct skill_state *items; /* by name */
    size_t count;
    size_t verified, gaps;
};

/* Two queries in one round; strings live in the arena. */
enum err skill_states_read(struct db *db, struct arena *arena, struct str user_id, struct skill_states *states) MUST_CHECK;
enum err skill_states_read_whole(struct db *db, struct arena *arena, struct str user_id, struct skill_states *states) MUST_CHECK;
/* Of somebody who was read with all that hangs below; one query more, for the gaps. */
struct person_whole;
enum err skill_states_of(struct db *db, struct arena *arena, const struct person_whole *whole, struct skill_states *states) MUST_CHECK;
const struct skill_state *skill_states_find(const struct skill_states *states, struct str skill_id); /* NULL: not claimed */
