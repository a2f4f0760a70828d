/* The message bus: the database is the queue.
 *
 * A state change, its event (agent_events, the audit trail) and the jobs the event causes are rows of one transaction, so they
 * happen together or not at all. Workers claim a job under a lease, do its slow part without holding a transaction (`work`) and then apply its
 * effects, the events it publishes and its completion in one transaction (`apply`). A job whose worker died is run again after
 * its lease, and one whose transaction met another is run again at once: `work` and `apply` may run twice, the effects are committed once. Retries back off exponentially with jitter; after
 * max_attempts a job is dead and stays, with its reason, until an operator redrives it.
 *
 * Events and kinds are declared in one registry (src/agents/registry.c); bus_init refuses an event without producer or schema and
 * a consumer that does not exist.
 */
#pragma once
#include "db/db.h"

struct job;
struct json;
struct hub;

/* What a payload holds: names and types, "interview_id:id skills:texts confidence:number". */
struct event_type {
    const char *name;            /* "INTERVIEW_COMPLETED" */
    const char *schema;          /* fields: id, key, text, texts, number, object; a trailing ? makes one optional */
    const char *const *producers; /* the agents or parts that publish it, ended by NULL: "interviewer" */
    const char *const *consumers; /* names of job kinds, ended by NULL; none: `audit` must say why */
    const char *audit;           /* for an event without consumers: who reads it ("people, on the activity page") */
    const char *title;           /* in plain words: "An interview was finished" */
};

struct job_kind {
    const char *name;  /* "interview.analyze" */
    const char *agent; /* "interviewer" */
    const char *title; /* what people read while it runs: "Reading your interview" */
    enum err (*work)(struct job *job);  /* slow, reads only; may be NULL */
    enum err (*apply)(struct job *job); /* in the transaction that completes the job; may be NULL when work is not */
    int max_attempts;                   /* 0: 5 */
    const char *cron;                   /* "0 3 * * *" in UTC: also enqueued by schedule; NULL: on events only */
};

struct job {
    struct str id;
    const struct job_kind *kind;
    struct str user_id;  /* "" for nobody's */
    struct str event_id; /* the event that caused it, "" for a schedule */
    struct str correlation_id;
    const struct json *payload;
    int attempt; /* 1 at first */
    struct arena *arena;
    struct db *db;
    void *state;  /* from work to apply, in the arena */
    struct buf *result; /* apply may write a JSON document: what came out, in a few words */
};

struct event {
    const char *type;
    struct str user_id;
    struct str payload; /* JSON object that fits the schema */
    struct str summary; /* one sentence for the person: "Your interview as Data Analyst is finished." */
    const struct job *cause; /* the job that publishes it, NULL for a person's request */
    const char *source;      /* which of its producers; NULL: the first */
};

struct bus_registry {
    const struct event_type *events;
    size_t events_count;
    const struct job_kind *const *kinds;
    size_t kinds_count;
};

/* Checks the registry (every mistake is logged) and keeps it; `hub` gets live updates, may be NULL. */
enum err bus_init(const struct bus_registry *registry, struct hub *hub) MUST_CHECK;
const struct bus_registry *bus_registry_current(void);
/* Hears of jobs and live updates, from this and from every other process on the store; before anything is published. */
enum err bus_listen(struct db_pool *pool) MUST_CHECK;

/* Writes the event and its jobs inside the open transaction of `db` (asserts that there is one) and wakes the workers on commit.
 * ERR_INVALID when the payload does not fit. `event_id` (may be NULL) lives in the arena. */
enum err bus_publish(struct db *db, struct arena *arena, const struct event *event, struct str *event_id) MUST_CHECK;
/* A job without an event, at `run_at` (0: now). A `unique_key` that is already queued or done does nothing. */
enum err bus_enqueue(struct db *db, struct arena *arena, const char *kind, struct str user_id, struct str payload,
                     struct str unique_key, int64_t run_at) MUST_CHECK;
/* Queues a dead job of this person again, with all its attempts, and opens its event. In the open transaction; ERR_NOT_FOUND when the job
 * is not theirs or not dead. */
enum err bus_redrive(struct db *db, struct arena *arena, struct str user_id, struct str job_id) MUST_CHECK;
/* Tells a person something, and their open pages. In the open transaction. */
enum err bus_notify(struct db *db, struct arena *arena, struct str user_id, const char *kind, struct str title,
                    struct str body, struct str url) MUST_CHECK;

struct bus_workers;
/* Starts the workers and the schedule. Only one process a data directory may: ERR_CONFLICT when another holds the lock. */
enum err bus_workers_start(struct bus_workers **workers, struct db_pool *pool, size_t threads, const char *lock_path) MUST_CHECK;
void bus_workers_stop(struct bus_workers *workers); /* lets running jobs end */
/* Runs ready jobs on this thread until none is left: tests, the demonstration and command-line tools. `ran` may be NULL. */
enum err bus_run_until_idle(struct db_pool *pool, int *ran) MUST_CHECK;
