/* The message bus: the database is the queue.
 *
 * A state change, its event (agent_events, the audit trail) and the jobs the event causes are rows of one transaction, so they
 * happen together or not at all. Workers claim jobs, do the slow part of each without holding a transaction (`work`) and then apply its
 * effects, the events it publishes and its completion in one transaction (`apply`): `work` and `apply` may run twice, the effects are committed once.
 *
 * The states of a job (`jobs.status`):
 *
 *     scheduled  its time (run_at) has not come: a delay, a retry, a snooze, a step that sleeps
 *     blocked    its lane has no free slot
 *     waiting    for other jobs (`needs`), an event or a person's answer
 *     queued     ready; the index jobs_ready holds these alone, by kind, priority and since when
 *     running    claimed by a worker; `claim` numbers the claims of its process, and a worker may only end the run that it began
 *     completed, dead (gave up, with its reason: the dead letter), cancelled
 *
 * Whatever else a change of state causes is not done by who changes it, but marked (a row of job_marks) and done soon after by a worker (settle.c): the
 * slot in the lane goes to the next job, jobs that needed this one become ready, the event is completed. So publishers and `apply` touch no row that
 * others fight for, and a crash between leaves the mark.
 *
 * Lanes (struct job_lane) are the one means for limits per key, rates per key, strict order per key and a fair share of the workers: only `width` jobs
 * of a lane are ready or running at once, and a job that gets its slot goes to the end of those that are ready, or begins at once where its kind runs many together.
 *
 * A process that runs jobs has a row (bus_workers) whose `beat` it counts up; when others see it stand still for BUS_LEASE_SECONDS of
 * their own clock, they take its jobs over. A job that was running in BUS_CRASHES_MAX dying workers is a dead letter.
 *
 * Payloads and results of a kind with `is_secret` are sealed (security/seal.h) in the store, with the kind and the person or job as their context, and opened where the job runs. One
 * that no key opens is a dead letter at once. Fields that make a lane are read before; keys, lanes, summaries, progress and log lines are kept in the open.
 *
 * Events and kinds are declared in one registry (src/agents/registry.c); bus_init refuses an event without producer or schema,
 * a consumer that does not exist, and kinds that could cause each other for ever: from event to kind (`consumers`) and from kind to event (`causes`)
 * there is no way back to where one began, and what a kind does not declare its jobs may not publish.
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
    bool is_awaited;             /* steps of jobs may wait for it (job_step_event) */
    bool is_secret;              /* the payload is kept encrypted; so are those of its consumers, and no steps wait for it */
};

/* Jobs that share something: those of one person, or those that ask one service. A job of a kind with a lane is in the lane "name:value". */
struct job_lane {
    const char *name;  /* "person"; kinds that name the same lane must say the same of it */
    const char *field; /* of the payload, whose value makes the lane; "user_id": the job's person; NULL: one lane for all */
    int width;         /* ready or running at once, over all processes; at least 1 */
    bool ordered;      /* strictly in the order of publication: a job that is tried again keeps its place; width is 1 */
    int rate;          /* starts per `rate_seconds`, evenly spread after a burst of `burst` (0: 1); 0: no limit */
    int rate_seconds;
    int burst;
};

/* What a failure of this class means; the default table stands in run.c. */
struct job_retry {
    enum err error;
    int max_attempts; /* 1: never again */
    int first_seconds, most_seconds; /* exponential back-off with jitter; 0: the default of 2 and 600 */
};

/* What becomes of the times that came while nobody looked: the server was off, its clock jumped. */
enum schedule_missed {
    SCHEDULE_MISSED_ONCE, /* one run for all of them, as of the last */
    SCHEDULE_MISSED_SKIP, /* none */
    SCHEDULE_MISSED_ALL,  /* a run for each, of the last 24 */
};

struct schedule {
    const char *cron;      /* "0 3 * * *", "@daily": bus/cron.h */
    const char *time_zone; /* "Europe/Berlin"; NULL: the installation's (SCHEDULE_TIME_ZONE) */
    int jitter_seconds;    /* a run waits up to this long after its time, so that not all begin at once; up to a day */
    enum schedule_missed missed;
};

struct job_kind {
    const char *name;  /* "interview.analyze" */
    const char *agent; /* "interviewer" */
    const char *title; /* what people read while it runs: "Reading your interview" */
    enum err (*work)(struct job *job);  /* slow, reads only; may be NULL */
    enum err (*apply)(struct job *job); /* in the transaction that completes the job; may be NULL when work is not */
    int max_attempts;                   /* 0: 5 */
    const struct job_retry *retries;    /* for single classes of errors, ended by OK; NULL: the default */
    int priority;                       /* smaller first; 0 for most, BUS_URGENT, BUS_LAST */
    int timeout_seconds;                /* of `work`; 0: 600 */
    int concurrency;                    /* running at once over all processes; 0: as many as there are workers */
    int batch;                          /* without `work`: so many share one transaction; 0: 1 */
    const struct job_lane *lane;        /* NULL: none */
    const struct schedule *schedule;    /* also enqueued by the clock; NULL: on events only */
    bool is_secret;                     /* payload, results and results of steps are kept encrypted, and opened where the job runs */
    const char *const *causes;          /* the event types that its jobs publish and the kinds that they enqueue, ended by NULL */
};

#define BUS_URGENT (-10)
#define BUS_LAST 10

struct job {
    int64_t id;
    int64_t run; /* which start of this job */
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
    struct run *of; /* the bus's own */
};

struct event {
    const char *type;
    struct str user_id;
    struct str payload; /* JSON object that fits the schema */
    struct str summary; /* one sentence for the person: "Your interview as Data Analyst is finished." */
    const struct job *cause; /* the job that publishes it, whose kind declares so; NULL for a person's request */
    const char *source;      /* which of its producers; NULL: the agent of `cause`, or else the first */
    int priority;            /* added to that of the jobs it causes: BUS_LAST for what thousands get at once, so that nobody who asks waits behind it */
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
/* Of the registry; NULL: this version knows none of that name. */
const struct job_kind *bus_kind(struct str name);
const struct event_type *bus_event_type(struct str name);
/* Hears of jobs and live updates, from this and from every other process on the store; before anything is published. */
enum err bus_listen(struct db_pool *pool) MUST_CHECK;

/* Of a secret kind or event type, as the store has it. */
bool bus_is_sealed(struct str document);
/* A payload or result for people to read: the document, or {"encrypted":true}. */
struct str bus_shown(struct str document);

/* ---- publishing: in the open transaction of `db`; workers are woken by the commit ---- */

/* Writes the event and its jobs (asserts that there is a transaction). ERR_INVALID when the payload does not fit. `event_id` (may be NULL) lives in the arena. */
enum err bus_publish(struct db *db, struct arena *arena, const struct event *event, struct str *event_id) MUST_CHECK;

#define BUS_PUBLISH_MAX 1000 /* events that are published together */
/* The same for up to BUS_PUBLISH_MAX events of one type, one cause and one source, in as many statements as for one. No steps may wait for the type. */
enum err bus_publish_many(struct db *db, struct arena *arena, const struct event *events, size_t count) MUST_CHECK;

/* What a key does to a second job with it. */
enum job_key_use {
    JOB_KEY_ONCE,       /* none for `key_seconds` after the first (0: a day): an idempotency key; with a period, a throttle */
    JOB_KEY_UNFINISHED, /* none while the first is not finished */
    JOB_KEY_DEBOUNCE,   /* while the first has not started, it gets the new payload and time, at most `key_seconds` after it was published */
};

struct job_spec {
    const char *kind;
    struct str user_id; /* "": nobody's */
    struct str payload; /* a JSON object of at most BUS_PAYLOAD_MAX bytes; "": {} */
    int64_t run_at;     /* 0: now */
    int priority;       /* added to the kind's; not in an ordered lane */
    struct str key;     /* "": none; for all people, so one that is of a person names them */
    enum job_key_use key_use;
    int64_t key_seconds;
    const int64_t *needs; /* jobs that must be completed first, then this one is ready at once (no run_at); a cancelled one cancels it, a dead one holds it until it is redriven */
    size_t needs_count;
    struct str workflow_id; /* a UUID that jobs of one workflow share, for pages and bulk cancelling; "": none */
    struct str trace;       /* the traceparent of who asks; "": that of what this thread does (base/trace.h), as it is for events */
    const struct job *cause; /* the job that enqueues it, whose kind declares so, and whose event is completed with this one, too; NULL for a person's request */
};

/* A job without an event, in the open transaction or in one of its own. *id (may be NULL) is the job's, or that of the job that holds the key. ERR_INTERNAL for an unknown kind, ERR_TOO_LARGE for the payload. */
enum err bus_enqueue(struct db *db, struct arena *arena, const struct job_spec *spec, int64_t *id) MUST_CHECK;
/* Many jobs in one statement; keys and needs are refused. `ids` (may be NULL) gets one a spec, in order. */
enum err bus_enqueue_many(struct db *db, struct arena *arena, const struct job_spec *specs, size_t count, int64_t *ids) MUST_CHECK;

/* Queues a dead job of this person again, with all its attempts, and opens its event. In the open transaction; ERR_NOT_FOUND when the job
 * is not theirs or not dead. */
enum err bus_redrive(struct db *db, struct arena *arena, struct str user_id, int64_t job_id) MUST_CHECK;
/* Tells a person something, and their open pages. In the open transaction. */
enum err bus_notify(struct db *db, struct arena *arena, struct str user_id, const char *kind, struct str title,
                    struct str body, struct str url) MUST_CHECK;

/* ---- in a job ---- */

/* Runs the job again after so many seconds; the try does not count. Always returns an error to pass up. */
enum err job_snooze(struct job *job, int64_t seconds, const char *reason) MUST_CHECK;
/* OK, or ERR_CANCELLED or ERR_TIMEOUT when the run is to stop: long work asks now and then, and passes the error up. */
enum err job_stopped(const struct job *job) MUST_CHECK;
/* How far it is, for people's pages: written at most twice a second, and when the job is put aside. `done` of `total`, and what is being done in plain words. */
enum err job_progress(struct job *job, int64_t done, int64_t total, struct str message) MUST_CHECK;
/* A line that stays with the run, for operators; at most 200 a run. */
void job_log(struct job *job, const char *format, ...) PRINTF_LIKE(2, 3);

/* A durable step: when the job runs again, a finished step gives its stored result and `run` is not called. `key` names the step within the job: a key used twice in one run
 * is ERR_INTERNAL at once. `run` writes a JSON document (at most BUS_PAYLOAD_MAX) and may write nothing to the store; *result lives in the job's arena. In `work` only. */
enum err job_step(struct job *job, const char *key, enum err (*run)(struct job *job, void *argument, struct buf *result), void *argument,
                  struct str *result) MUST_CHECK;
/* The same, where `run` writes to the store: in the transaction that stores the step's result, so its effects happen once. */
enum err job_step_apply(struct job *job, const char *key, enum err (*run)(struct job *job, void *argument, struct buf *result), void *argument,
                        struct str *result) MUST_CHECK;
/* Both: `work` does the slow part without a transaction and writes nothing, `apply` writes what came of it. Neither is called when the step is finished; both may run twice. */
enum err job_step_work(struct job *job, const char *key, enum err (*work)(struct job *job, void *argument),
                       enum err (*apply)(struct job *job, void *argument, struct buf *result), void *argument, struct str *result) MUST_CHECK;
/* Sleeps for so many seconds, without a worker: ERR_CANCELLED to pass up at first, OK when the time has passed. */
enum err job_step_sleep(struct job *job, const char *key, int64_t seconds) MUST_CHECK;
/* Waits for an event of this type whose payload has `value` under the type's first field, published after the job was; ERR_CANCELLED to pass up at first,
 * then OK with the event's payload, or ERR_TIMEOUT. */
enum err job_step_event(struct job *job, const char *key, const char *event_type, struct str value, int64_t timeout_seconds, struct str *payload) MUST_CHECK;
/* Asks the job's person a question; OK with the answer, as above. They are notified once, and answer on the activity page (bus_answer). */
enum err job_step_approval(struct job *job, const char *key, struct str question, int64_t timeout_seconds, bool *is_approved) MUST_CHECK;
/* In the open transaction; ERR_NOT_FOUND when nothing of this person's waits there. */
enum err bus_answer(struct db *db, struct str user_id, int64_t job_id, struct str step_key, bool is_approved) MUST_CHECK;

/* ---- for operators: each in the open transaction ---- */

/* Ends jobs that are not finished: at once, or, when one runs, as soon as it notices. ERR_NOT_FOUND when it is finished. */
enum err bus_cancel(struct db *db, int64_t job_id) MUST_CHECK;
/* All of the workflow that are not finished; *count of them. */
enum err bus_cancel_workflow(struct db *db, struct str workflow_id, int64_t *count) MUST_CHECK;
/* Queues dead jobs again: one (kind NULL), or up to `most` of a kind; *count of them. */
enum err bus_redrive_dead(struct db *db, const char *kind, int64_t job_id, int64_t most, int64_t *count) MUST_CHECK;
/* Before a person is deleted, with whom their jobs go: jobs of others that need one of those are cancelled. */
enum err bus_forget_person(struct db *db, struct str user_id) MUST_CHECK;
/* A paused kind is not claimed; what runs goes on. */
enum err bus_pause(struct db *db, const char *kind, bool is_paused) MUST_CHECK;

/* ---- figures ---- */

#define BUS_LATE_US (15 * US_PER_SECOND) /* three beats of a process that did not come: it hangs, or is gone */

/* What this process has run since bus_init, in Prometheus' text format. */
void bus_write_counts(struct buf *out);
/* What the store holds, for all processes: open and dead jobs, processes that run jobs, what is left of budgets. Each statement is bounded. */
enum err bus_write_gauges(struct db *db, struct arena *arena, struct buf *out) MUST_CHECK;

/* ---- running ---- */

struct bus_workers;
/* Starts the workers and the schedule. Only one process a data directory may: ERR_CONFLICT when another holds the lock. */
enum err bus_workers_start(struct bus_workers **workers, struct db_pool *pool, size_t threads, const char *lock_path) MUST_CHECK;
void bus_workers_stop(struct bus_workers *workers); /* lets running jobs end */
/* Runs ready jobs on this thread until none is left: tests, the demonstration and command-line tools. `ran` may be NULL. */
enum err bus_run_until_idle(struct db_pool *pool, int *ran) MUST_CHECK;
/* For benchmarks: runs ready jobs on this thread, claim by claim; each of `count` gets how long a worker looked until it had something to run. ERR_NOT_FOUND when nothing was ready. */
enum err bus_time_claims(struct db_pool *pool, double *milliseconds, size_t count) MUST_CHECK;
