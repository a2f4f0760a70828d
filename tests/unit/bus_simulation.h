/* The world of the simulation of the bus: its clocks, its chance, its workers, and the model of every job that was published.
 *
 * Everything happens on one thread and comes from one seed. At the boundaries that the bus declares (BUS_BOUNDARY) a worker may crash, an operation may fail, or
 * others may act in between; what must hold is checked as it happens, and a breach prints the seed and all that happened before it.
 */
#pragma once
#include "test.h"

#include "base/clock.h"
#include "bus/bus.h"
#include "bus/internal.h"
#include "test_store.h"

#define SIM_WORKERS 5
#define SIM_JOBS_MAX 600
#define SIM_NEEDS_MAX 4
#define SIM_KINDS_MAX 16
#define SIM_TRACE_MAX ((size_t)8 << 20)
#define SIM_PERSON STR("01900000-0000-7000-8000-000000000001")
#define SIM_OTHER STR("01900000-0000-7000-8000-000000000002")
#define SIM_START INT64_C(1800000000000000)

/* The steps that a job's work walks through. */
enum sim_steps { SIM_STEP = 1, SIM_STEP_APPLY = 2, SIM_SLEEP = 4, SIM_EVENT = 8, SIM_APPROVAL = 16 };

/* What the model knows of a job. */
struct sim_job {
    int64_t id;
    const char *kind;
    char key[16];
    enum job_key_use key_use;
    int64_t key_until; /* of JOB_KEY_ONCE */
    char workflow[40];
    int64_t needs[SIM_NEEDS_MAX];
    size_t needed[SIM_NEEDS_MAX]; /* the same as places in the model */
    size_t needs_count;
    bool is_others, is_gone; /* of the person who may be deleted; deleted with them */
    bool has_event, is_delayed, is_poison, is_cancelled, was_redriven, had_fault, was_told_before; /* before its step first waited */
    unsigned steps; /* of enum sim_steps */
    int fails;      /* so many attempts fail, with `error` */
    enum err error;
    int snoozes;
    int64_t version;   /* of the payload */
    int64_t not_before; /* its time, when it was published with one */
    int64_t sleeps_since, waits_since, asks_since; /* when the step was first called */
    int64_t told_at, answered_at; /* when the event was published, and the answer committed */
    bool answer;
};

struct sim_worker {
    struct sim_worker *owner; /* of the process: itself, or the one whose process it shares as another thread */
    struct process process;
    struct worker worker;
    bool is_alive, has_crashed, has_faulted;
    int64_t turn; /* the number of its turn, of all turns */
    uint64_t statements; /* of its connection, when it crashed */
};

/* The start of a job that its lane's rate allowed. */
struct sim_admission {
    int64_t job_id, at;
    char lane;
};

static struct sim {
    uint64_t seed, random;
    struct test_store store;
    struct arena arena;
    int64_t now, monotonic;
    struct sim_worker workers[SIM_WORKERS];
    struct sim_worker *current;
    struct sim_job jobs[SIM_JOBS_MAX];
    size_t jobs_count, committed_count;
    struct sim_admission admissions[4 * SIM_JOBS_MAX];
    size_t admissions_count;
    int64_t turns;
    const char *paused_kind[SIM_KINDS_MAX]; /* NULL: not paused; and in which turn it was */
    int64_t paused_turn[SIM_KINDS_MAX];
    int depth;             /* of what happens in the middle of something else */
    uint32_t crash_chance; /* of 1000 boundaries */
    uint32_t fault_chance, between_chance;
    bool has_jumps, has_old_version, has_deletions; /* the clock of the wall is set; a version without some kinds runs now and then; a person is deleted */
    bool has_failed;
    char *trace;
    size_t trace_len;
    int64_t runs, crashes, faults, betweens; /* in all seeds */
} sim;

/* ---- chance: xorshift64* ---- */

static uint64_t sim_random(void)
{
    sim.random ^= sim.random >> 12;
    sim.random ^= sim.random << 25;
    sim.random ^= sim.random >> 27;
    return sim.random * UINT64_C(2685821657736338717);
}

static uint32_t sim_below(uint32_t most) { return (uint32_t)((sim_random() >> 32) * most >> 32); }
static bool sim_chance(uint32_t of_1000) { return sim_below(1000) < of_1000; }
static uint32_t sim_jitter(void) { return (uint32_t)(sim_random() >> 32); }

/* ---- what happened ---- */

PRINTF_LIKE(1, 2) static void sim_note(const char *format, ...)
{
    if (SIM_TRACE_MAX - sim.trace_len < 1000) return;
    char *at = sim.trace + sim.trace_len;
    int len = snprintf(at, 64, "%12.6f %*s", (double)(sim.now - SIM_START) / (double)US_PER_SECOND, 2 * sim.depth, "");
    va_list args;
    va_start(args, format);
    len += vsnprintf(at + len, 900, format, args);
    va_end(args);
    at[len++] = '\n';
    sim.trace_len += (size_t)len;
}

PRINTF_LIKE(1, 2) static void sim_breach(const char *format, ...)
{
    char text[600];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    sim_note("BREACH: %s", text);
    if (sim.has_failed) return;
    sim.has_failed = true;
    test_fail(__FILE__, __LINE__, "TEST_SEED=%" PRIu64 ": %s", sim.seed, text);
}

#define SIM_OK(expression)                                                                                             \
    do {                                                                                                               \
        enum err error_ = (expression);                                                                                \
        if (error_ != OK) sim_breach("%s: %s: %s", #expression, err_name(error_), err_detail());                       \
    } while (0)

/* ---- reading the store, with the connection that publishes or with a worker's ---- */

static int64_t sim_count(struct db *db, const struct sql *sql, const struct db_value *values, size_t count)
{
    int64_t value = 0;
    enum err found = db_query_int(db, sql, values, count, &value);
    if (found != OK && found != ERR_NOT_FOUND) SIM_OK(found);
    return value;
}

/* On SQLite a number comes again when the last job was deleted. */
static struct sim_job *sim_job(int64_t id)
{
    for (size_t i = 0; i < sim.committed_count; i++)
        if (sim.jobs[i].id == id && !sim.jobs[i].is_gone) return &sim.jobs[i];
    return NULL;
}

static void sim_set_clocks(void)
{
    clock_set_for_test(sim.now);
    clock_set_monotonic_for_test(sim.monotonic);
}

static void sim_pass(int64_t microseconds)
{
    sim.now += microseconds;
    sim.monotonic += microseconds;
    sim_set_clocks();
}

static const char *sim_name(const struct sim_worker *worker)
{
    static const char *const names[SIM_WORKERS] = {"A", "B", "C", "D", "E"};
    return worker ? names[worker - sim.workers] : "-";
}
