/* Shared by the files of the bus alone. */
#pragma once
#include "bus/bus.h"

#define BUS_ATTEMPTS_DEFAULT 5
#define BUS_LEASE_SECONDS 30 /* after which the jobs of a node that is gone go to another */
#define BUS_PAYLOAD_MAX ((size_t)256 << 10)

const struct job_kind *bus_kind(struct str name); /* NULL: none */
enum err bus_payload_check(const struct event_type *type, struct str payload) MUST_CHECK;
/* Wakes the workers of this process. */
void bus_wake(void);
/* Tells the person's open pages to look again. */
void bus_person_changed(struct db *db, struct arena *arena, struct str user_id);

/* One try at one job. *found tells whether there was one. */
enum err bus_run_one(struct db *db, struct arena *arena, struct str token, bool *found) MUST_CHECK;
/* Hands the jobs of dead workers to the living, starts due schedules; *next gets when to look again at the latest. */
enum err bus_housekeeping(struct db *db, struct arena *arena, int64_t *next) MUST_CHECK;
/* While a job's `work` runs on a worker, its lease is kept alive; nothing happens on another thread. */
void bus_lease_hold(struct str job_id, struct str token);
void bus_lease_drop(void);
