/* What employers' answers showed to be missing, over all that a person has pasted: read by the strategist, who decides what matters, and by the architect, so that
 * they agree.
 */
#pragma once
#include "base/arena.h"
#include "db/db.h"

struct rejection_gap {
    size_t skill;          /* catalogue index */
    int64_t named, asked;  /* answers that name it as missing; listings of such answers that ask for it while nothing proves it */
    struct str from;       /* who said so last: the company, or the title of the job */
};

/* The newest answer's first, each skill once; in the arena. One query. */
enum err rejection_gaps_read(struct db *db, struct arena *arena, struct str user_id, struct rejection_gap **gaps, size_t *count) MUST_CHECK;
/* Whether the roadmap is to close it: somebody named it, or it was asked for more than once. What one listing asks for is no reason to change a plan. */
bool rejection_gap_matters(const struct rejection_gap *gap);
