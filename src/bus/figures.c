/* Figures of the bus for /metrics: what this process has run, and what the store holds. Counting is in base/metrics.h. */
#include "base/clock.h"
#include "base/metrics.h"
#include "bus/figures.sql.h"
#include "bus/internal.h"
#include "bus/quota.h"

#include <stdlib.h>

static const char *const outcome_names[RUN_OUTCOME_COUNT] = {"completed", "failed", "dead", "cancelled", "put_off", "waiting", "lost"};

struct kind_figures {
    const struct job_kind *kind;
    _Atomic uint64_t ended[RUN_OUTCOME_COUNT];
    struct histogram durations, latencies;
};

static struct kind_figures *kinds;
static size_t kinds_count;
static _Atomic uint64_t settled, rescued;

void bus_figures_init(const struct bus_registry *registry)
{
    free(kinds);
    kinds_count = registry->kinds_count;
    kinds = mem_alloc((kinds_count + 1) * sizeof *kinds);
    for (size_t i = 0; i < kinds_count; i++) kinds[i].kind = registry->kinds[i];
    atomic_store(&settled, 0);
    atomic_store(&rescued, 0);
}

static struct kind_figures *figures_of(const struct job_kind *kind)
{
    for (size_t i = 0; i < kinds_count; i++)
        if (kinds[i].kind == kind) return &kinds[i];
    return NULL;
}

void bus_count_starts(const struct job_kind *kind, const struct run *runs, size_t count, int64_t now)
{
    struct kind_figures *figures = figures_of(kind);
    for (size_t i = 0; figures && i < count; i++) histogram_add(&figures->latencies, now - runs[i].ready_at, 1);
}

void bus_count_ends(const struct job_kind *kind, enum run_outcome outcome, int64_t us, size_t count)
{
    struct kind_figures *figures = figures_of(kind);
    if (!figures) return;
    metrics_add(&figures->ended[outcome], count);
    histogram_add(&figures->durations, us, count);
}

void bus_count_settled(size_t marks) { metrics_add(&settled, marks); }

void bus_count_rescued(int64_t jobs) { metrics_add(&rescued, (uint64_t)jobs); }

/* ---- what this process counted ---- */

static void write_ended(struct buf *out)
{
    const char *name = "careerprep_job_runs_total";
    metrics_family(out, name, "counter", "Runs of jobs that this process ended, by kind and outcome; one that failed is tried again, a dead one is not.");
    for (size_t i = 0; i < kinds_count; i++)
        for (size_t outcome = 0; outcome < RUN_OUTCOME_COUNT; outcome++) {
            uint64_t ended = metrics_read(&kinds[i].ended[outcome]);
            if (ended) metrics_sample(out, name, LABELS({"kind", str_from(kinds[i].kind->name)}, {"outcome", str_from(outcome_names[outcome])}), (int64_t)ended);
        }
}

static void write_times(struct buf *out)
{
    const char *name = "careerprep_job_run_duration_seconds";
    metrics_family(out, name, "histogram", "From the start of a run to its commit; runs that share a transaction have its time.");
    for (size_t i = 0; i < kinds_count; i++)
        if (histogram_count(&kinds[i].durations)) metrics_histogram(out, name, LABELS({"kind", str_from(kinds[i].kind->name)}), &kinds[i].durations);
    name = "careerprep_job_start_latency_seconds";
    metrics_family(out, name, "histogram", "From the moment a job was ready to its start.");
    for (size_t i = 0; i < kinds_count; i++)
        if (histogram_count(&kinds[i].latencies)) metrics_histogram(out, name, LABELS({"kind", str_from(kinds[i].kind->name)}), &kinds[i].latencies);
}

void bus_write_counts(struct buf *out)
{
    write_ended(out);
    write_times(out);
    metrics_family(out, "careerprep_jobs_settled_total", "counter", "Changes of state whose consequences this process has dealt with.");
    metrics_sample(out, "careerprep_jobs_settled_total", NO_LABELS, (int64_t)metrics_read(&settled));
    metrics_family(out, "careerprep_jobs_rescued_total", "counter", "Jobs that this process took over from workers that were gone.");
    metrics_sample(out, "careerprep_jobs_rescued_total", NO_LABELS, (int64_t)metrics_read(&rescued));
}

/* ---- what the store holds ---- */

static enum err write_states(struct buf *out, struct db_rows *rows)
{
    while (db_next(rows)) metrics_sample(out, "careerprep_jobs", LABELS({"kind", db_col_view(rows, 0)}, {"status", db_col_view(rows, 1)}), db_col_int(rows, 2));
    return db_rows_result(rows);
}

static enum err write_processes(struct buf *out, struct db_rows *rows)
{
    int64_t alive = 0, late = 0, now = clock_now();
    while (db_next(rows)) *(now - db_col_time(rows, 4) > BUS_LATE_US ? &late : &alive) += 1;
    TRY(db_rows_result(rows));
    metrics_family(out, "careerprep_worker_processes", "gauge", "Processes that run jobs; of a late one three beats did not come.");
    metrics_sample(out, "careerprep_worker_processes", LABELS({"state", STR("alive")}), alive);
    metrics_sample(out, "careerprep_worker_processes", LABELS({"state", STR("late")}), late);
    return OK;
}

/* Money in dollars, as it is set. */
static void write_amount(struct buf *out, const char *name, const struct quota_budget *budget, enum period period, int64_t amount)
{
    static const char *const units[] = {[QUOTA_CALLS] = "calls", [QUOTA_TOKENS] = "tokens", [QUOTA_MICRODOLLARS] = "dollars"};
    const struct metric_label labels[] = {{"budget", str_from(budget->name)}, {"unit", str_from(units[budget->unit])}, {"window", str_from(period_name(period))}};
    if (budget->unit == QUOTA_MICRODOLLARS) metrics_sample_real(out, name, labels, COUNT_OF(labels), (double)amount / 1e6);
    else metrics_sample(out, name, labels, COUNT_OF(labels), amount);
}

static void write_budgets(struct buf *out, const char *name, const char *help, const struct quota_state *states, size_t count, bool is_left)
{
    metrics_family(out, name, "gauge", help);
    for (size_t i = 0; i < count; i++)
        for (int period = 0; period < PERIOD_COUNT; period++) {
            const struct quota_window *window = &states[i].windows[period];
            if (window->limit != PERIOD_NO_LIMIT) write_amount(out, name, states[i].budget, (enum period)period, is_left ? window->left : window->limit);
        }
}

enum err bus_write_gauges(struct db *db, struct arena *arena, struct buf *out)
{
    struct db_rows ready CLEANUP(db_rows_close) = {0}, open CLEANUP(db_rows_close) = {0}, processes CLEANUP(db_rows_close) = {0};
    const struct db_ask asks[] = {
        {&sql_bus_ready_and_dead, DB_NO_ARGS, &ready},
        {&sql_bus_open, DB_NO_ARGS, &open},
        {&sql_bus_processes, DB_NO_ARGS, &processes},
    };
    struct quota_state *states;
    size_t count;
    TRY(quota_left(db, arena, NULL, &states, &count));
    TRY(db_query_all(db, asks, COUNT_OF(asks)));
    metrics_family(out, "careerprep_jobs", "gauge", "Jobs in the store by kind and status, finished ones left out; counted up to 10,000 each.");
    TRY(write_states(out, &ready));
    TRY(write_states(out, &open));
    TRY(write_processes(out, &processes));
    write_budgets(out, "careerprep_budget_left", "What is left of each budget in its present window.", states, count, true);
    write_budgets(out, "careerprep_budget_limit", "What each budget may spend in a window.", states, count, false);
    return OK;
}
