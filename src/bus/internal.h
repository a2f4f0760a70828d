/* Shared by the files of the bus alone. */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "bus/bus.h"
#include <stdatomic.h>

#define BUS_ATTEMPTS_DEFAULT 5
#define BUS_LEASE_SECONDS 30 /* after which the jobs of a process that stands still go to another */
#define BUS_BEAT_SECONDS 5
#define BUS_CRASHES_MAX 20 /* dying workers in which a job was running: then it is what kills them */
#define BUS_PAYLOAD_MAX ((size_t)256 << 10)
#define BUS_SEALED_MAX (2 * BUS_PAYLOAD_MAX) /* base64url of a payload, and what is around it */
#define BUS_BATCH_MAX 1024
#define BUS_MANY_MAX ((size_t)64 << 20) /* of the text of jobs that are published together */
#define BUS_NOTE_CANCEL "cancel " /* to all processes: and the number of a job */
#define BUS_NEVER INT64_C(253402300799000000) /* the end of the year 9999 */

/* ---- registry.c ---- */
enum err bus_payload_check(const struct event_type *type, struct str payload) MUST_CHECK;
bool bus_is_named(const char *const *names, const char *name); /* names end with NULL, or are NULL */

/* ---- publish.c ---- */
void bus_set_hub(struct hub *hub);
/* Tells the person's open pages to look again. */
void bus_person_changed(struct db *db, struct arena *arena, struct str user_id);
/* Workers of every process look for jobs. With the commit of the open transaction, or at once. */
enum err bus_tell_workers(struct db *db) MUST_CHECK;

/* ---- wake.c: the workers of this process ---- */

/* One of those that wait, or whoever is about to. A worker that leaves something to do wakes the next one. */
void bus_wake(void);
void bus_wake_all(void);
uint64_t bus_wake_current(void);
/* Until somebody wakes us after `seen`, or the time is over. */
void bus_wake_wait(uint64_t seen, int64_t microseconds);

/* ---- running ---- */

/* What a thread runs at this moment, for those who want to stop it. */
struct running {
    _Atomic int64_t job_id; /* 0: nothing */
    _Atomic int64_t deadline; /* clock_monotonic */
    atomic_int stop; /* enum err: OK, ERR_CANCELLED, ERR_TIMEOUT */
};

#define BUS_WATCHED_MAX 256

/* One process that runs jobs, or one of a simulation. */
struct process {
    _Atomic int64_t id;     /* bus_workers.id; another one after others took it for dead */
    _Atomic int64_t claims; /* numbers its claims */
    atomic_int settling; /* threads that want it done since one began */
    /* The other processes, as this one sees them: used by one thread. */
    struct watched {
        int64_t id, beat;
        int64_t since; /* clock_monotonic when this beat was first seen */
    } watched[BUS_WATCHED_MAX];
    size_t watched_count;
};

/* One thread that runs jobs. */
struct worker {
    struct db *db; /* NULL between its turns */
    struct arena arena;
    struct process *process;
    struct running running;
    int64_t claim, claimed_by; /* its last claim, and the process's id then; 0 when all of it has been recorded */
    /* A kind of which it has just got as many jobs as are run together: it claims the next of them from that place on. What was claimed stays in PostgreSQL's index until that is vacuumed, and
     * whoever looks from the start passes all of it. */
    struct going_on {
        const struct job_kind *kind; /* NULL: it looks at all kinds */
        int64_t batches;             /* so many more, since others may be more urgent */
        int64_t priority, ready_at, id;
    } going_on;
};

enum run_end { RUN_TO_ITS_END, RUN_SNOOZED, RUN_WAITS };

/* What a step waits for: only the time, an event, or an answer. */
struct wait {
    struct str step_key;
    size_t place; /* of the step in its run, from 1 */
    int64_t until;
    const struct event_type *event;
    struct str event_key, question;
};

/* One run of one job. */
struct run {
    struct job job;
    struct worker *worker;
    struct str payload, kind_name, trace;
    struct json *parsed;
    int64_t process_id, claim, priority, ready_at, crashes; /* process_id: under which it was claimed */
    int max_attempts;
    bool cannot_open; /* what is sealed of it */
    struct buf result;
    /* How it is to go on, when `work` stopped on purpose. */
    enum run_end end;
    int64_t again_at;
    struct str end_reason;
    struct wait wait;
    /* Steps used in this run, lines of its log, the last progress told and when one was written; due: it was too soon after that. */
    struct str_list step_keys;
    struct log_line *lines, **last_line;
    size_t lines_count;
    int64_t progress_at, progress_percent;
    struct str progress_message;
    bool progress_is_due;
};

/* ---- workers.c ---- */

/* The job of this number is to stop, when a worker of this process runs it. */
void bus_stop_running(struct str job_id);

/* ---- sealed.c: what is kept of secret kinds; in the job's arena ---- */

struct str bus_seal(struct arena *arena, struct str document, struct str context);
/* What is not sealed stays as it is. ERR_FORBIDDEN when no key opens it. */
enum err bus_unseal(struct arena *arena, struct str *document, struct str context) MUST_CHECK;
struct str bus_payload_context(struct arena *arena, const struct job_kind *kind, struct str user_id);
/* Opens run->payload, where it is sealed. */
enum err bus_open_payload(struct run *run) MUST_CHECK;
/* The result of a job or a step as it is stored. */
struct str bus_kept_result(const struct job *job, struct str result);
struct str bus_kept_step(const struct job *job, struct str key, struct str result);
enum err bus_open_step(struct run *run, struct str key, struct str *result) MUST_CHECK;

/* ---- waits.c ---- */

/* The value of the first field of the type's schema: what steps wait for. */
enum err bus_await_key(struct arena *arena, const struct event_type *type, struct str payload, struct str *key) MUST_CHECK;
/* Keeps the event for steps that will wait, and hands it to those that do. In the transaction that publishes it. */
enum err bus_deliver(struct db *db, const struct event_type *type, struct str event_id, struct str key, struct str payload) MUST_CHECK;
/* Writes what the run waits for, and puts its job aside. In the transaction that ends the run; ERR_NOT_FOUND when it is not ours any more. */
enum err bus_keep_wait(struct run *run) MUST_CHECK;

/* ---- tell.c ---- */

/* Writes the run's log lines. In the transaction that ends the run. */
enum err bus_keep_log(struct run *run) MUST_CHECK;
/* Writes the progress that is due, in the transaction that puts the job aside: people see it until the job goes on. */
enum err bus_keep_progress(struct run *run) MUST_CHECK;

/* ---- look.c ---- */

/* What there is to do. */
struct look {
    bool has_marks;
    bool has_more; /* more than one job is ready */
    int64_t next;  /* when the next job or lane is due; 0: none */
    const struct job_kind **ready; /* all kinds that have a ready job, the most urgent first: any number of them may be at their limits. In the worker's arena */
    size_t ready_count;
    struct run *begun; /* by settling: jobs whose lanes gave them a slot, under one claim of the worker. In its arena */
    size_t begun_count;
};
enum err bus_look(struct worker *worker, struct look *look) MUST_CHECK;
/* Whether something is to be settled. */
bool bus_look_has_due(const struct look *look);

/* ---- claim.c ---- */

/* What settling has begun, else claims the most urgent jobs that were seen: up to a batch of one kind. In the worker's arena. */
enum err bus_claim(struct worker *worker, const struct look *look, struct run **runs, size_t *count) MUST_CHECK;
/* The worker's next claim has a number. Before the transaction of the claim: its commit may reach the store without our hearing of it. */
void bus_claim_number(struct worker *worker);
/* How many of a kind are run together. */
size_t bus_batch_of(const struct job_kind *kind);
/* The run of a row whose columns are those of job_claim. */
void bus_read_run(struct worker *worker, const struct db_rows *rows, const struct job_kind *kind, struct run *run);
/* Once for each claim, in its transaction: its runs are put in their order, and their events have begun. */
enum err bus_claimed(struct worker *worker, struct run *runs, size_t count) MUST_CHECK;

/* ---- run.c ---- */

/* Runs what was claimed, one after another or all in one transaction. */
enum err bus_run_claimed(struct worker *worker, struct run *runs, size_t count) MUST_CHECK;
/* Runs a statement that ends runs, and marks those whose end others wait for. ERR_NOT_FOUND unless it ended as many as expected. */
enum err bus_end_runs(struct db *db, const struct sql *sql, const struct db_value *values, size_t values_count, size_t expected) MUST_CHECK;

/* ---- settle.c ---- */

/* Does what changes of state have left to be done, and makes jobs ready whose time has come. *look is what there is to do then. */
enum err bus_settle(struct worker *worker, struct look *look) MUST_CHECK;

/* ---- process.c ---- */

/* Makes the row of a process that runs jobs. */
enum err bus_process_register(struct db *db, struct process *process) MUST_CHECK;
/* It is alive; and who stands still for too long is buried. */
enum err bus_process_beat(struct db *db, struct process *process) MUST_CHECK;
/* What the worker has claimed and could not record the end of goes to whoever is next. */
enum err bus_process_give_back(struct worker *worker) MUST_CHECK;
/* The jobs that ran there go to others, and its row away. */
enum err bus_process_bury(struct db *db, int64_t id) MUST_CHECK;
/* Of an embedded store, where only this one is alive. */
enum err bus_process_bury_others(struct db *db, struct process *process) MUST_CHECK;

/* ---- housekeeping.c ---- */

/* Starts due schedules, sweeps what has been kept long enough; *next gets when to look again at the latest. */
enum err bus_housekeeping(struct db *db, struct arena *arena, int64_t *next) MUST_CHECK;

/* ---- turn.c ---- */

/* One turn of a worker: settles, claims and runs; *ran counts the jobs, *next is when the next one is due (0: none). */
enum err bus_turn(struct worker *worker, int *ran, int64_t *next) MUST_CHECK;

/* ---- figures.c: counted as soon as it is committed ---- */

enum run_outcome { RUN_COMPLETED, RUN_FAILED, RUN_DEAD, RUN_CANCELLED, RUN_PUT_OFF, RUN_WAITING, RUN_LOST, RUN_OUTCOME_COUNT };

/* Begins anew, for the kinds of the registry. While nothing runs. */
void bus_figures_init(const struct bus_registry *registry);
/* `count` runs of a kind were claimed at `now`. */
void bus_count_starts(const struct job_kind *kind, const struct run *runs, size_t count, int64_t now);
/* `count` runs ended in this way, each `us` after it was begun. */
void bus_count_ends(const struct job_kind *kind, enum run_outcome outcome, int64_t us, size_t count);
void bus_count_settled(size_t marks);
void bus_count_rescued(int64_t jobs);

/* ---- faults, for the simulation ---- */

/* Whether the worker fails at this boundary, as when the store refuses something. NULL asks whether it has crashed: everything fails then, and it is thrown away. */
extern bool (*bus_crash_hook)(const char *boundary);
/* What the jitter is drawn from; NULL: the system's chance. */
extern uint32_t (*bus_random_hook)(void);
uint32_t bus_random(void);
#define BUS_BOUNDARY(name)                                                                                             \
    do {                                                                                                               \
        if (bus_crash_hook && bus_crash_hook(name)) return err_set(ERR_INTERNAL, "failed at: %s", name);               \
    } while (0)
