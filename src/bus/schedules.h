/* Schedules: the job kinds that are enqueued when the clock says so. What a kind declares is `struct schedule` in bus.h; which times those are, cron.h.
 *
 * Each has a row that says up to when its times have been dealt with and when the next one comes. Every worker of every node looks; who finds a time
 * that has come writes into the row that it has been dealt with, if the row is as it was read, and enqueues the job in the same transaction: one run
 * on however many nodes. Each job also has its schedule and time for a unique key, so a clock that is put back makes no second one. A clock that is put
 * forward, or a server that was off, leaves missed times behind, of which the schedule's policy runs few or none. When the clock was wrong by more than
 * a day and is put right, schedules go on from the present.
 *
 * The job's payload is {"due_at":"2026-03-12T03:00:00Z"}, the time that it is for.
 */
#pragma once
#include "bus/bus.h"

#define SCHEDULE_MISSED_MAX 24     /* runs at once, by SCHEDULE_MISSED_ALL: the last of those missed */
#define SCHEDULE_LATE_SECONDS 300 /* what SCHEDULE_MISSED_SKIP still runs */

/* For operators. */
struct schedule_state {
    const struct job_kind *kind;
    struct str cron, time_zone;
    int64_t next_run_at; /* 0: paused; jitter comes on top */
    int64_t last_run_at; /* when it was last enqueued, by hand or by the clock; 0: never */
    bool paused;
};

/* Whether the schedule of this kind can be: ERR_INVALID says what is wrong. A kind without one is fine. */
enum err schedule_check(const struct job_kind *kind) MUST_CHECK;
/* The times of a schedule are those of this zone. */
struct str schedule_zone(const struct schedule *schedule);
/* Makes the rows of this version's schedules. One whose expression or zone has changed is computed anew, the others keep what they missed. In the
 * open transaction. */
enum err schedules_register(struct db *db) MUST_CHECK;
/* Enqueues what has come. *next gets when the next one comes, INT64_MAX when none does. Rows of kinds that this version does not schedule are left to
 * those that do. */
enum err schedules_start_due(struct db *db, struct arena *arena, int64_t *next) MUST_CHECK;

/* The schedules of this version, by name; in the arena. */
enum err schedules_list(struct db *db, struct arena *arena, struct schedule_state **states, size_t *count) MUST_CHECK;
/* Stops a schedule, or lets it go on: times that pass meanwhile are not missed, they are left out. In the open transaction; ERR_NOT_FOUND. */
enum err schedules_pause(struct db *db, struct arena *arena, struct str name, bool paused) MUST_CHECK;
/* One run now, paused or not; the schedule's times stay. Asked twice in a second it is one. In the open transaction; ERR_NOT_FOUND. */
enum err schedules_run_now(struct db *db, struct arena *arena, struct str name) MUST_CHECK;
