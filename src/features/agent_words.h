/* What agents did, in plain words: for the pages of people and of operators. */
#pragma once
#include "bus/bus.h"

/* "Architect"; "An agent" for NULL. */
struct str agent_name(struct arena *arena, const char *agent);
/* What came of a job, by the summary in its result (a JSON document, may be ""); else what its kind does, or the kind's name when this version does not know
 * it (`kind` NULL). */
struct str agent_job_words(struct arena *arena, const struct job_kind *kind, struct str kind_name, struct str result);
/* What an event says: its summary, else the title of its type, else its name. */
struct str agent_event_words(struct str type, struct str summary);
