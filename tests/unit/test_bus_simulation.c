/* The bus under chance: thousands of short lives of a store with two to five workers that crash, fail and stand still, clocks that jump, and people who
 * publish, cancel, pause and answer meanwhile. In the end every job has ended exactly once, with its effects exactly once.
 *
 * TEST_SEEDS=5000 runs so many; TEST_SEED=7 begins with that one, so a failure is repeated by TEST_SEED=n TEST_SEEDS=1, which also prints all that happened.
 */
#include "bus_simulation_actions.h"

#include "base/config.h"
#include "base/log.h"

#include <sys/stat.h>

#define SEEDS_DEFAULT 200
#define SEEDS_POSTGRES 40

static void exec(const char *text)
{
    struct sql sql = {"sim_prepare", text, 0};
    SIM_OK(db_exec(sim.store.db, &sql, DB_NO_ARGS));
}

/* ---- the end: what is left is run ---- */

/* When the next job or lane is due; 0: none. */
static int64_t next_due(void)
{
    static const struct sql jobs = {"sim_next_job", "SELECT run_at FROM jobs WHERE status IN ('scheduled', 'waiting') ORDER BY run_at LIMIT 1", 0};
    static const struct sql lanes = {"sim_next_lane", "SELECT wake_at FROM job_lanes WHERE wake_at IS NOT NULL ORDER BY wake_at LIMIT 1", 0};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    int64_t job = 0, lane = sim_count(sim.store.db, &lanes, DB_NO_ARGS);
    enum err found = db_query_one(sim.store.db, &jobs, DB_NO_ARGS, &rows);
    if (found == OK) job = db_col_time(&rows, 0);
    if (job >= BUS_NEVER) job = 0;
    return job && (!lane || job < lane) ? job : lane;
}

static int run_all(void)
{
    int all = 0;
    for (size_t i = 0; i < SIM_WORKERS; i++) {
        int ran;
        do {
            ran = act_for(&sim.workers[i], true);
            all += ran;
        } while (ran && !sim.has_failed);
    }
    return all;
}

/* Those who live see that the others do not. */
static void bury_the_dead(void)
{
    for (int round = 0; round < 2; round++) {
        for (size_t i = 0; i < SIM_WORKERS; i++) act_for(&sim.workers[i], false);
        if (!round) sim_pass((BUS_LEASE_SECONDS + 1) * US_PER_SECOND);
    }
}

static bool somebody_is_dead(void)
{
    static const struct sql sql = {"sim_processes", "SELECT COUNT(*) FROM bus_workers", 0};
    static const struct sql running = {"sim_running", "SELECT COUNT(*) FROM jobs WHERE status = 'running'", 0};
    int64_t alive = 0;
    for (size_t i = 0; i < SIM_WORKERS; i++) alive += sim.workers[i].is_alive && sim.workers[i].owner == &sim.workers[i];
    return sim_count(sim.store.db, &sql, DB_NO_ARGS) > alive || sim_count(sim.store.db, &running, DB_NO_ARGS) > 0;
}

/* Until nothing runs, nobody is to be buried and nothing is due. */
static void run_what_is_left(void)
{
    for (int round = 0; round < 5000 && !sim.has_failed; round++) {
        for (size_t i = 0; i < 2; i++)
            if (!sim.workers[i].is_alive) start_worker(&sim.workers[i]);
        if (run_all()) continue;
        int64_t due = next_due();
        if (somebody_is_dead()) bury_the_dead();
        else if (due) sim_pass(due > sim.now ? due - sim.now : 1);
        else return;
    }
    if (!sim.has_failed) sim_breach("it does not come to rest");
}

/* ---- what must hold at rest ---- */

static void check_none(const char *what, const char *query)
{
    struct sql sql = {"sim_none", query, 0};
    int64_t found = sim_count(sim.store.db, &sql, DB_NO_ARGS);
    if (found) sim_breach("at rest: %" PRId64 " %s", found, what);
}

static void check_rest(void)
{
    check_none("jobs are ready, running or delayed", "SELECT COUNT(*) FROM jobs WHERE status IN ('queued', 'running', 'scheduled')");
    check_none("jobs are blocked", "SELECT COUNT(*) FROM jobs WHERE status = 'blocked'");
    check_none("jobs wait for none that is dead or waits",
               "SELECT COUNT(*) FROM jobs j WHERE status = 'waiting' AND NOT EXISTS (SELECT 1 FROM job_dependencies d JOIN jobs n ON n.id = d.needs_id WHERE d.job_id = j.id AND n.status IN ('dead', 'waiting'))");
    check_none("jobs are not settled", "SELECT COUNT(*) FROM job_marks");
    check_none("slots are held", "SELECT COUNT(*) FROM jobs WHERE lane IS NOT NULL AND finished_at IS NOT NULL AND keeps_slot");
    check_none("lanes are to be woken", "SELECT COUNT(*) FROM job_lanes WHERE wake_at IS NOT NULL");
    check_none("events are open", "SELECT COUNT(*) FROM agent_events WHERE status IN ('pending', 'processing')");
    check_none("events failed without a dead job, or the other way round",
               "SELECT COUNT(*) FROM agent_events e WHERE (status = 'failed') <> EXISTS (SELECT 1 FROM jobs j WHERE j.event_id = e.id AND j.status = 'dead')");
    check_none("effects are doubled", "SELECT COUNT(*) FROM (SELECT 1 FROM sim_effects GROUP BY job_id, step HAVING COUNT(*) > 1) d");
    check_none("effects are of jobs that did not complete", "SELECT COUNT(*) FROM sim_effects e LEFT JOIN jobs j ON j.id = e.job_id WHERE e.step = 'apply' AND (j.id IS NULL OR j.status <> 'completed')");
    check_none("jobs completed without effect", "SELECT COUNT(*) FROM jobs j WHERE status = 'completed' AND kind <> 'bus.number' AND NOT EXISTS (SELECT 1 FROM sim_effects e WHERE e.job_id = j.id AND e.step = 'apply')");
    check_none("attempts are counted too high", "SELECT COUNT(*) FROM jobs WHERE attempts > runs OR attempts < 0");
}

/* More starts than a lane's rate allows, over any time. */
static void check_rates(void)
{
    int64_t interval = sim_rated.rate_seconds * US_PER_SECOND / sim_rated.rate;
    if (sim.has_jumps) return; /* it is kept on the clock of the wall */
    for (size_t i = 0; i < sim.admissions_count; i++) {
        const struct sim_admission *from = &sim.admissions[i];
        for (size_t k = 0; k < sim.admissions_count; k++) {
            const struct sim_admission *to = &sim.admissions[k];
            int64_t started = 0;
            if (to->lane != from->lane || to->at < from->at) continue;
            for (size_t m = 0; m < sim.admissions_count; m++) started += sim.admissions[m].lane == from->lane && sim.admissions[m].at >= from->at && sim.admissions[m].at <= to->at;
            if (started > sim_rated.burst + (to->at - from->at) / interval) sim_breach("the lane %c started %" PRId64 " in %f s", from->lane, started, (double)(to->at - from->at) / 1e6);
        }
    }
}

static bool needs_cancelled(const struct sim_job *model, int depth)
{
    for (size_t i = 0; i < model->needs_count && depth < 50; i++) {
        const struct sim_job *needed = &sim.jobs[model->needed[i]];
        if (needed->is_cancelled || needed->is_gone || needs_cancelled(needed, depth + 1)) return true;
    }
    return false;
}

static bool may_be_dead(const struct sim_job *model, int64_t crashes, int64_t failures)
{
    return (crashes >= BUS_CRASHES_MAX && model->is_poison) || (model->fails > 0 && failures > 0) || (sim.fault_chance && failures > 0);
}

/* Every job of the model, in the order of their numbers, beside what the store says of it. */
static void check_ends(bool is_last)
{
    static const struct sql sql = {"sim_ends",
                                   "SELECT id, status, crashes, (SELECT COUNT(*) FROM job_attempts a WHERE a.job_id = jobs.id AND a.outcome = 'failed'), "
                                   "(SELECT COUNT(*) FROM sim_effects e WHERE e.job_id = jobs.id AND e.step = 'store'), kind FROM jobs WHERE kind <> 'bus.number' ORDER BY id", 0};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    size_t found = 0;
    SIM_OK(db_query(sim.store.db, &sql, DB_NO_ARGS, &rows));
    while (db_next(&rows)) {
        int64_t id = db_col_int(&rows, 0), stored = db_col_int(&rows, 4);
        struct str status = db_col_view(&rows, 1);
        struct sim_job *model = sim_job(id);
        found++;
        if (!model) {
            sim_breach("job %" PRId64 " was never committed", id);
            continue;
        }
        bool is_completed = str_equal(status, STR("completed")), is_cancelled = str_equal(status, STR("cancelled")), is_dead = str_equal(status, STR("dead"));
        if (model->is_cancelled && !is_cancelled) sim_breach("job %" PRId64 " was cancelled and is %.*s", id, STR_ARG(status));
        if (is_cancelled && !model->is_cancelled && !needs_cancelled(model, 0)) sim_breach("job %" PRId64 " is cancelled, and nobody asked for it", id);
        if (is_dead && !may_be_dead(model, db_col_int(&rows, 2), db_col_int(&rows, 3))) sim_breach("job %" PRId64 " is dead without a reason", id);
        if (is_last && !is_completed && !is_cancelled) sim_breach("job %" PRId64 " (%.*s) is %.*s in the end", id, STR_ARG(db_col_view(&rows, 5)), STR_ARG(status));
        if (stored > 1 || (is_completed && stored != ((model->steps & SIM_STEP_APPLY) != 0))) sim_breach("job %" PRId64 " stored %" PRId64 " times", id, stored);
    }
    SIM_OK(db_rows_result(&rows));
    size_t expected = 0;
    for (size_t i = 0; i < sim.committed_count; i++) expected += !sim.jobs[i].is_gone;
    if (found != expected) sim_breach("%zu jobs are there, %zu were published", found, expected);
}

/* Whatever made jobs fail is mended, and the dead ones run again. */
static void redrive_all(void)
{
    static const struct sql sql = {"sim_dead", "SELECT id FROM jobs WHERE status = 'dead'", 0};
    int64_t count = 0;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        SIM_OK(db_query(sim.store.db, &sql, DB_NO_ARGS, &rows));
        while (db_next(&rows)) sim_job(db_col_int(&rows, 0))->was_redriven = true;
    }
    for (size_t i = 0; i < sim.committed_count; i++) {
        sim.jobs[i].fails = 0;
        sim.jobs[i].is_poison = false;
    }
    for (size_t i = 0; i < COUNT_OF(sim_kinds); i++) {
        SIM_OK(db_begin(sim.store.db));
        SIM_OK(bus_redrive_dead(sim.store.db, sim_kinds[i]->name, 0, SIM_JOBS_MAX, &count));
        SIM_OK(db_commit(sim.store.db));
        if (count) sim_note("redrive %" PRId64 " dead %s", count, sim_kinds[i]->name);
    }
}

/* ---- one seed ---- */

static void begin_seed(uint64_t seed)
{
    static const char *const tables[] = {"DELETE FROM sim_effects", "DELETE FROM jobs", "DELETE FROM agent_events", "DELETE FROM job_lanes", "DELETE FROM job_kinds",
                                         "DELETE FROM bus_workers", "DELETE FROM schedules"};
    sim.seed = seed;
    sim.random = seed * UINT64_C(0x9E3779B97F4A7C15) + 1;
    for (int i = 0; i < 8; i++) sim_random();
    sim.jobs_count = sim.committed_count = sim.admissions_count = sim.trace_len = 0;
    memset(sim.paused_kind, 0, sizeof sim.paused_kind);
    sim.depth = 0;
    sim.has_failed = false;
    sim.current = NULL;
    sim.now = SIM_START;
    sim.monotonic = 1000 * US_PER_SECOND;
    sim_set_clocks();
    sim.crash_chance = sim_chance(300) ? 0 : 1 + sim_below(30);
    sim.fault_chance = sim_chance(600) ? 0 : 1 + sim_below(20);
    sim.between_chance = sim_chance(300) ? 0 : sim_below(100);
    sim.has_jumps = sim_chance(250);
    sim.has_old_version = sim_chance(250);
    sim.has_deletions = sim_chance(250);
    for (size_t i = 0; i < COUNT_OF(tables); i++) exec(tables[i]);
    SIM_OK(bus_init(&sim_registry, NULL));
    for (uint32_t i = 0, count = 2 + sim_below(4); i < count; i++) start_worker(&sim.workers[i]);
}

static void end_seed(void)
{
    static const struct sql go_on = {"sim_go_on", "UPDATE job_kinds SET is_paused = FALSE WHERE is_paused", 0};
    sim.crash_chance = sim.fault_chance = sim.between_chance = 0;
    bool needs_net = sim.has_old_version || sim.has_deletions;
    sim.has_old_version = false;
    sim_note("---- what is left is run ----");
    SIM_OK(bus_init(&sim_registry, NULL));
    SIM_OK(db_exec(sim.store.db, &go_on, DB_NO_ARGS));
    memset(sim.paused_kind, 0, sizeof sim.paused_kind);
    if (needs_net) act_housekeeping(); /* in other seeds nothing may need it */
}

/* What the store holds of jobs that are not finished, behind the trace of a failure. */
static void print_open_jobs(void)
{
    static const struct sql sql = {"sim_open", "SELECT id, kind, status, lane, keeps_slot, EXISTS (SELECT 1 FROM job_marks m WHERE m.job_id = jobs.id), needs, runs, worker_id, claim FROM jobs WHERE finished_at IS NULL ORDER BY id", 0};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    if (db_query(sim.store.db, &sql, DB_NO_ARGS, &rows) != OK) return;
    while (db_next(&rows)) {
        struct str kind = db_col_text(&rows, 1, &sim.arena), status = db_col_text(&rows, 2, &sim.arena), lane = db_col_text(&rows, 3, &sim.arena);
        sim_note("left: job %" PRId64 " %.*s %.*s lane %.*s slot %d unsettled %d needs %" PRId64 " runs %" PRId64 " process %" PRId64 " claim %" PRId64, db_col_int(&rows, 0),
                 STR_ARG(kind), STR_ARG(status), STR_ARG(lane), db_col_bool(&rows, 4), db_col_bool(&rows, 5), db_col_int(&rows, 6), db_col_int(&rows, 7), db_col_int(&rows, 8),
                 db_col_int(&rows, 9));
    }
}

static void throw_all_away(void)
{
    for (size_t i = 0; i < SIM_WORKERS; i++)
        if (sim.workers[i].is_alive) arena_dispose(&sim.workers[i].worker.arena);
    memset(sim.workers, 0, sizeof sim.workers);
    arena_reset(&sim.arena);
}

static bool run_seed(uint64_t seed)
{
    begin_seed(seed);
    uint32_t faults = sim.fault_chance;
    for (uint32_t i = 0, count = 50 + sim_below(200); i < count && !sim.has_failed; i++) act_somehow();
    end_seed();
    run_what_is_left();
    sim.fault_chance = faults; /* what a failure may have caused */
    if (!sim.has_failed) check_rest();
    if (!sim.has_failed) check_ends(false);
    sim.fault_chance = 0;
    if (!sim.has_failed) check_rates();
    if (!sim.has_failed) redrive_all();
    if (!sim.has_failed) run_what_is_left();
    if (!sim.has_failed) check_rest();
    if (!sim.has_failed) check_ends(true);
    bool is_fine = !sim.has_failed;
    if (!is_fine) print_open_jobs();
    throw_all_away();
    return is_fine;
}

static uint64_t from_environment(const char *name, uint64_t otherwise)
{
    const char *text = getenv(name);
    int64_t value;
    return text && str_to_int(str_from(text), &value) == OK && value > 0 ? (uint64_t)value : otherwise;
}

static void open_store(void)
{
    struct stat memory;
    if (!getenv("TMPDIR") && stat("/dev/shm", &memory) == 0) setenv("TMPDIR", "/dev/shm", 1); /* what the disk does is tested elsewhere */
    CHECK_OK(config_set(CONFIG_PAYLOAD_KEYS, "a key of the simulation that some kinds need"));
    CHECK(test_store_open(&sim.store, SIM_WORKERS + 1));
    exec("CREATE TABLE sim_effects (job_id BIGINT NOT NULL, step TEXT NOT NULL)");
    static const struct sql insert = {"sim_people", "INSERT INTO users (id, email, first_name, last_name, created_at, updated_at) VALUES ($1, $2, 'S', 'M', $3, $3)", 3};
    SIM_OK(db_exec(sim.store.db, &insert, DB_ARGS(db_uuid(SIM_PERSON), db_text(STR("sim@example.org")), db_time(SIM_START))));
    SIM_OK(db_exec(sim.store.db, &insert, DB_ARGS(db_uuid(SIM_OTHER), db_text(STR("other@example.org")), db_time(SIM_START))));
    arena_init(&sim.arena);
    sim.trace = malloc(SIM_TRACE_MAX);
}

TEST(every_job_ends_once_whatever_happens)
{
    uint64_t first = from_environment("TEST_SEED", 1), count = from_environment("TEST_SEEDS", test_store_is_postgres() ? SEEDS_POSTGRES : SEEDS_DEFAULT);
    log_set_level(LOG_LEVEL_COUNT);
    open_store();
    bus_crash_hook = sim_boundary;
    bus_random_hook = sim_jitter;
    int64_t jobs = 0;
    bool is_fine = test_failed_checks == 0;
    for (uint64_t seed = first; seed < first + count && is_fine; seed++) {
        is_fine = run_seed(seed);
        jobs += (int64_t)sim.committed_count;
    }
    if (!is_fine) printf("%.*s\n", (int)sim.trace_len, sim.trace);
    printf("%" PRIu64 " seeds from %" PRIu64 ": %" PRId64 " jobs, %" PRId64 " runs, %" PRId64 " crashes, %" PRId64 " failures, %" PRId64 " interruptions\n", count, first, jobs,
           sim.runs, sim.crashes, sim.faults, sim.betweens);
    bus_crash_hook = NULL;
    bus_random_hook = NULL;
    clock_set_for_test(0);
    clock_set_monotonic_for_test(0);
    log_set_level(LOG_INFO);
    free(sim.trace);
    arena_dispose(&sim.arena);
    test_store_close(&sim.store);
}
