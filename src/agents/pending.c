/* Job kinds that are declared and not built yet: each moves to its agent's own file, and this file goes with the last. */
#include "agents/kinds.h"

static enum err not_there(struct job *job) { return err_set(ERR_UNAVAILABLE, "%s is not built yet", job->kind->name); }

#define PENDING(variable, its_name, its_agent) \
    const struct job_kind variable = {.name = its_name, .agent = its_agent, .title = "", .apply = not_there}

PENDING(kind_market_insights, "market.insights", "sentinel");
PENDING(kind_market_cleanup, "market.cleanup", "sentinel");
PENDING(kind_jobs_match, "jobs.match", "action");
