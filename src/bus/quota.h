/* The quota ledger: what this installation may spend at services that meter it, and what it has spent.
 *
 * A budget has a limit for some of five calendar windows in UTC (base/period.h); its limits are a setting. Everything is counted in all five, so that
 * a limit that is set later knows what was used before, and people can be told. Counts are rows (budget_windows): they hold across restarts and for all
 * nodes together. They are a table of their own beside `quotas` (security/limits.h), whose rows are about people and addresses and are swept by the
 * clock: no clock sweeps these, because one that went wrong and came back must not find a window, let alone a lifetime, unused again. Instead each budget keeps
 * its newest 100 windows of a kind.
 *
 * A clock that was ahead has begun the next window early: what was taken there counts in the present one, too, until that has ended.
 *
 * Services count by clocks of their own, perhaps in another time zone or over sliding windows: their refusal (429) still has to be obeyed.
 */
#pragma once
#include "base/config.h"
#include "db/db.h"

enum quota_unit { QUOTA_CALLS, QUOTA_TOKENS, QUOTA_MICRODOLLARS };

struct quota_budget {
    const char *name;       /* "adzuna" */
    const char *title;      /* in plain words: "searches at Adzuna" */
    enum quota_unit unit;
    enum config_key limits; /* its default and where that comes from: base/config.c */
};

/* All of them. */
const struct quota_budget *quota_budgets(size_t *count);

/* Takes `amount` (1 to PERIOD_LIMIT_MAX) of the budget, which must exist, in all its windows or in none: *when is the moment it is counted at.
 * ERR_TOO_MANY when a limit would be passed, with words for people: *when is when it may fit, PERIOD_NEVER when nothing but another limit helps. The
 * transaction goes on. Runs in the open transaction or by itself; ask the service after the commit, for what is rolled back was not counted. */
enum err quota_take(struct db *db, const char *name, int64_t amount, int64_t *when) MUST_CHECK;
/* Gives back what was taken at `taken_at` and surely not spent: the request was never sent. */
enum err quota_give_back(struct db *db, const char *name, int64_t amount, int64_t taken_at) MUST_CHECK;

struct quota_window {
    int64_t limit;   /* PERIOD_NO_LIMIT: none */
    int64_t used;
    int64_t left;    /* INT64_MAX without a limit; never below 0 */
    int64_t ends_at; /* PERIOD_NEVER for the lifetime */
};

struct quota_state {
    const struct quota_budget *budget;
    struct quota_window windows[PERIOD_COUNT];
    bool in_use; /* something was counted, or an operator set its limits */
};

/* Reads the budget, or all with NULL, into a list in the arena. */
enum err quota_left(struct db *db, struct arena *arena, const char *name, struct quota_state **states, size_t *count) MUST_CHECK;
/* "20 of 25 left this minute, 238 of 250 today", "$1.25 of $5.00 left today" or "no limit, 12 used this month". */
void quota_describe(const struct quota_state *state, struct buf *out);
/* "250", or "$1.25" of millionths of a dollar. */
void quota_write_amount(struct buf *out, enum quota_unit unit, int64_t amount);

/* How many calls may be made at `now` when the next plan is made at `until`: so many that the rest of each window after `until` still has its even share,
 * and never more than any window has left; INT64_MAX when there is no limit. What was not used before may be caught up with. A lifetime is planned to last another year: each day
 * may have a 365th of what is left of it, rounded up. */
enum err quota_plan(struct db *db, const char *name, int64_t now, int64_t until, int64_t *calls) MUST_CHECK;

/* The same for calls that are spread over the time from `now` to `until` as the budget allows: windows that end before `until` count as often as they come. */
enum err quota_plan_spread(struct db *db, const char *name, int64_t now, int64_t until, int64_t *calls) MUST_CHECK;

/* What asking a model costs, counted against the budgets "ai" (money) and "ai-tokens". Reserve an estimate, commit, ask the model, settle with the real
 * figures: a crash between the two leaves the reservation counted. Rows of the table `costs` are kept until their month is a year over, or
 * until their person is deleted. */
struct quota_cost {
    int64_t job_id;      /* 0: not in a job */
    struct str step_key; /* which step of the job, or what else it was for: "twin" */
    struct str user_id;  /* "" for nobody's */
    struct str model;
    int64_t tokens_in, tokens_out;
    int64_t micros; /* millionths of a US dollar; 0 for a model without a price */
};
/* ERR_TOO_MANY as quota_take, with *when; then nothing is written. *id lives in the arena. */
enum err quota_cost_reserve(struct db *db, struct arena *arena, const struct quota_cost *estimate, struct str *id, int64_t *when) MUST_CHECK;
/* All 0 when the model surely was not asked. What is more than reserved counts even past a limit, for it was spent. Does nothing the second time,
 * or when the person is gone. */
enum err quota_cost_settle(struct db *db, struct str id, int64_t tokens_in, int64_t tokens_out, int64_t micros) MUST_CHECK;

/* Shared with quota_cost.c. */
struct quota_part {
    const struct quota_budget *budget;
    int64_t amount;
};
#define QUOTA_PARTS_MAX 8
/* In the open transaction, which goes on after an error of the body, or in one of its own. */
enum err quota_in_transaction(struct db *db, enum err (*body)(struct db *db, void *argument), void *argument) MUST_CHECK;
const struct quota_budget *quota_budget_find(const char *name);
/* All or nothing over several budgets; amounts of 0 are left out. */
enum err quota_take_parts(struct db *db, const struct quota_part *parts, size_t count, int64_t *when) MUST_CHECK;
/* Counts what is above 0 past every limit and gives back what is below, at the moment it was taken. */
enum err quota_correct(struct db *db, const struct quota_part *parts, size_t count, int64_t taken_at) MUST_CHECK;
