/* The kinds of jobs of the simulation: they do what the model says of them, and check at their start that they may. */
#pragma once
#include "bus_simulation.h"
#include "json/json.h"

static const struct job_lane sim_ordered = {.name = "ordered", .field = "lane", .width = 1, .ordered = true};
static const struct job_lane sim_wide = {.name = "wide", .field = "lane", .width = 3};
static const struct job_lane sim_rated = {.name = "rated", .field = "lane", .width = 2, .rate = 2, .rate_seconds = 10, .burst = 2};

/* ---- what must hold when a job starts ---- */

static bool is_mine(const struct job *job)
{
    static const struct sql sql = {"sim_is_mine", "SELECT COUNT(*) FROM jobs WHERE id = $1 AND status = 'running' AND worker_id = $2 AND claim = $3", 3};
    return sim_count(job->db, &sql, DB_ARGS(db_int(job->id), db_int(job->of->process_id), db_int(job->of->claim))) == 1;
}

static void check_limits(const struct job *job)
{
    static const struct sql in_lane = {"sim_in_lane", "SELECT COUNT(*) FROM jobs r JOIN jobs j ON j.lane = r.lane WHERE r.id = $1 AND j.status IN ('queued', 'running')", 1};
    static const struct sql of_kind = {"sim_of_kind", "SELECT COUNT(*) FROM jobs WHERE kind = $1 AND status = 'running'", 1};
    const struct job_kind *kind = job->kind;
    int64_t running = kind->lane ? sim_count(job->db, &in_lane, DB_ARGS(db_int(job->id))) : 0;
    if (kind->lane && running > kind->lane->width) sim_breach("%" PRId64 " jobs of the lane of job %" PRId64 " are ready or running", running, job->id);
    running = kind->concurrency ? sim_count(job->db, &of_kind, DB_ARGS(db_text(str_from(kind->name)))) : 0;
    if (running > kind->concurrency) sim_breach("%" PRId64 " jobs %s are running", running, kind->name);
}

/* Those before it in its ordered lane are finished, but for what came late: delayed ones, and dead ones that were redriven. */
static void check_order(const struct job *job)
{
    static const struct sql sql = {"sim_before", "SELECT b.id FROM jobs b JOIN jobs j ON j.id = $1 AND b.lane = j.lane WHERE b.id < j.id AND b.finished_at IS NULL", 1};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    SIM_OK(db_query(job->db, &sql, DB_ARGS(db_int(job->id)), &rows));
    while (db_next(&rows)) {
        const struct sim_job *before = sim_job(db_col_int(&rows, 0));
        if (before && !before->is_delayed && !before->needs_count && !before->was_redriven && !sim_job(job->id)->was_redriven)
            sim_breach("job %" PRId64 " starts before job %" PRId64 " of its ordered lane is finished", job->id, before->id);
    }
}

static void check_needs(const struct job *job, const struct sim_job *model)
{
    static const struct sql sql = {"sim_met", "SELECT COUNT(*) FROM jobs WHERE id = $1 AND status = 'completed'", 1};
    for (size_t i = 0; i < model->needs_count; i++)
        if (!sim.jobs[model->needed[i]].is_gone && sim_count(job->db, &sql, DB_ARGS(db_int(model->needs[i]))) != 1) sim_breach("job %" PRId64 " starts before job %" PRId64 ", which it needs", job->id, model->needs[i]);
}

static void note_admission(const struct job *job)
{
    int64_t at = job->of->ready_at;
    for (size_t i = 0; i < sim.admissions_count; i++)
        if (sim.admissions[i].job_id == job->id && sim.admissions[i].at == at) return;
    if (sim.admissions_count == COUNT_OF(sim.admissions)) return;
    struct str lane = json_get_str(job->payload, "lane");
    sim.admissions[sim.admissions_count++] = (struct sim_admission){job->id, at, lane.ptr[0]};
}

/* A turn that began after the pause claims nothing of the kind. */
static void check_pause(const struct job *job)
{
    for (size_t i = 0; i < SIM_KINDS_MAX; i++)
        if (sim.paused_kind[i] && strcmp(sim.paused_kind[i], job->kind->name) == 0 && sim.paused_turn[i] < sim.current->turn)
            sim_breach("job %" PRId64 " of a paused kind starts", job->id);
}

/* The model of a job that starts; NULL when the run is not its worker's any more, so whatever it does must come to nothing. */
static struct sim_job *begin_run(struct job *job)
{
    struct sim_job *model = sim_job(job->id);
    bool mine = is_mine(job);
    sim.runs++;
    sim_note("%s runs job %" PRId64 " (%s), run %" PRId64 ", attempt %d%s", sim_name(sim.current), job->id, job->kind->name, job->run, job->attempt, mine ? "" : ", which was taken over");
    if (!model && mine) sim_breach("job %" PRId64 " runs, and was never committed", job->id);
    if (!model || !mine) return model;
    check_limits(job);
    check_pause(job);
    check_needs(job, model);
    if (job->kind->lane && job->kind->lane->ordered) check_order(job);
    if (job->kind->lane == &sim_rated) note_admission(job);
    if (!sim.has_jumps && model->not_before > sim.now) sim_breach("job %" PRId64 " starts before its time", job->id);
    int64_t version = json_get_int(job->payload, "version", -1);
    if (job->run == 1 && version != model->version) sim_breach("job %" PRId64 " has payload %" PRId64 ", last published %" PRId64, job->id, version, model->version);
    return model;
}

/* ---- effects ---- */

static enum err write_effect(struct job *job, const char *step)
{
    static const struct sql sql = {"sim_effect", "INSERT INTO sim_effects (job_id, step) VALUES ($1, $2)", 2};
    return db_exec(job->db, &sql, DB_ARGS(db_int(job->id), db_text(str_from(step))));
}

/* A function of a step is never called again once its result is stored. */
static void check_step_open(struct job *job, const char *step)
{
    static const struct sql sql = {"sim_step_done", "SELECT COUNT(*) FROM job_steps WHERE job_id = $1 AND step_key = $2 AND finished_at IS NOT NULL", 2};
    sim_note("%s does step %s of job %" PRId64, sim_name(sim.current), step, job->id);
    if (is_mine(job) && sim_count(job->db, &sql, DB_ARGS(db_int(job->id), db_text(str_from(step))))) sim_breach("the step %s of job %" PRId64 " is done again", step, job->id);
}

static enum err think(struct job *job, void *argument, struct buf *result)
{
    (void)argument;
    check_step_open(job, "think");
    buf_append_format(result, "{\"of\":%" PRId64 "}", job->id);
    return OK;
}

static enum err store(struct job *job, void *argument, struct buf *result)
{
    (void)argument;
    check_step_open(job, "store");
    buf_append_format(result, "{\"of\":%" PRId64 "}", job->id);
    return write_effect(job, "store");
}

/* ---- steps ---- */

static void check_result(const struct job *job, struct str result)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    if (json_parse(result, BUS_PAYLOAD_MAX, &root) != OK || json_get_int(root, "of", -1) != job->id) sim_breach("a step of job %" PRId64 " has the result of another", job->id);
}

static enum err sleep_a_while(struct job *job, struct sim_job *model)
{
    if (!model->sleeps_since) model->sleeps_since = sim.now;
    TRY(job_step_sleep(job, "sleep", 30));
    if (!sim.has_jumps && sim.now < model->sleeps_since + 30 * US_PER_SECOND) sim_breach("job %" PRId64 " slept too short", job->id);
    return OK;
}

#define WAIT_SECONDS 120

/* What came in time is not lost, and nobody gives up before the time. */
static void check_wait(const struct job *job, int64_t since, int64_t came_at, bool has_it)
{
    int64_t until = since + WAIT_SECONDS * US_PER_SECOND;
    if (has_it && !came_at) sim_breach("job %" PRId64 " got what nobody sent", job->id);
    if (sim.has_jumps || has_it) return;
    if (sim.now < until) sim_breach("job %" PRId64 " gave up waiting too early", job->id);
    if (came_at && came_at < until) sim_breach("job %" PRId64 " did not get what was sent in time", job->id);
}

static enum err wait_for_event(struct job *job, struct sim_job *model)
{
    struct str payload = {0};
    if (!model->waits_since) {
        model->waits_since = sim.now;
        model->was_told_before = model->told_at != 0;
    }
    enum err waited = job_step_event(job, "event", "SIM_TOLD", str_format(job->arena, "%" PRId64, job->id), WAIT_SECONDS, &payload);
    if (waited != OK && waited != ERR_TIMEOUT) return waited;
    if (waited != OK && model->was_told_before) sim_breach("job %" PRId64 " did not get what was sent after it was published and before it waited", job->id);
    check_wait(job, model->waits_since, model->told_at, waited == OK);
    return OK;
}

static enum err ask(struct job *job, struct sim_job *model)
{
    bool is_approved = false;
    if (!model->asks_since) model->asks_since = sim.now;
    enum err asked = job_step_approval(job, "ask", STR("Shall it be?"), WAIT_SECONDS, &is_approved);
    if (asked != OK && asked != ERR_TIMEOUT) return asked;
    if (model->answered_at && asked == ERR_TIMEOUT) sim_breach("the answer to job %" PRId64 " was taken and is lost", job->id);
    if (asked == OK && is_approved != model->answer) sim_breach("job %" PRId64 " got another answer than was given", job->id);
    return OK;
}

static enum err walk_steps(struct job *job, struct sim_job *model)
{
    struct str result;
    if (model->steps & SIM_STEP) {
        TRY(job_step(job, "think", think, NULL, &result));
        check_result(job, result);
    }
    if (model->steps & SIM_SLEEP) TRY(sleep_a_while(job, model));
    if (model->steps & SIM_STEP_APPLY) {
        TRY(job_step_apply(job, "store", store, NULL, &result));
        check_result(job, result);
    }
    if (model->steps & SIM_EVENT) TRY(wait_for_event(job, model));
    return model->steps & SIM_APPROVAL ? ask(job, model) : OK;
}

/* ---- the kinds ---- */

/* With all threads of its process, those in the middle of a turn among them. */
static void crash(const char *where)
{
    const struct sim_worker *me = sim.current;
    sim_note("%s crashes at: %s", sim_name(me), where);
    for (size_t i = 0; i < SIM_WORKERS; i++) {
        struct sim_worker *it = &sim.workers[i];
        if (!it->is_alive || it->owner != me->owner) continue;
        it->has_crashed = true;
        it->statements = it->worker.db ? db_statement_count(it->worker.db) : 0;
    }
    sim.crashes++;
}

/* What it does wrong, as the model says. */
static enum err misbehave(struct job *job, struct sim_job *model)
{
    if (model->is_poison) {
        crash("poison");
        return err_set(ERR_INTERNAL, "poison");
    }
    if (model->snoozes > 0) {
        model->snoozes--;
        return job_snooze(job, 1 + sim_below(20), "as drawn");
    }
    return job->attempt <= model->fails ? err_set(model->error, "as drawn") : OK;
}

static enum err sim_work(struct job *job)
{
    struct sim_job *model = begin_run(job);
    if (!model) return OK;
    TRY(misbehave(job, model));
    job_log(job, "walks through its steps");
    TRY(walk_steps(job, model));
    return job_stopped(job);
}

static enum err sim_apply(struct job *job)
{
    TRY(write_effect(job, "apply"));
    buf_append_str(job->result, STR("{\"done\":true}"));
    return OK;
}

/* Of many in one transaction. */
static enum err sim_apply_alone(struct job *job)
{
    struct sim_job *model = begin_run(job);
    if (model) TRY(misbehave(job, model));
    return sim_apply(job);
}

#define SIM_KIND .agent = "simulation", .work = sim_work, .apply = sim_apply
static const struct job_kind sim_plain_kind = {.name = "sim.plain", SIM_KIND};
static const struct job_kind sim_urgent_kind = {.name = "sim.urgent", SIM_KIND, .priority = BUS_URGENT, .max_attempts = 2};
static const struct job_kind sim_limited_kind = {.name = "sim.limited", SIM_KIND, .concurrency = 2, .is_secret = true};
static const struct job_kind sim_batch_kind = {.name = "sim.batch", .agent = "simulation", .apply = sim_apply_alone, .batch = 4};
static const struct job_kind sim_limited_batch_kind = {.name = "sim.limited_batch", .agent = "simulation", .apply = sim_apply_alone, .batch = 4, .concurrency = 3, .is_secret = true};
static const struct job_kind sim_ordered_kind = {.name = "sim.ordered", SIM_KIND, .lane = &sim_ordered};
static const struct job_kind sim_ordered_batch_kind = {.name = "sim.ordered_batch", .agent = "simulation", .apply = sim_apply_alone, .batch = 4, .lane = &sim_ordered};
static const struct job_kind sim_wide_kind = {.name = "sim.wide", SIM_KIND, .lane = &sim_wide, .is_secret = true};
static const struct job_kind sim_rated_kind = {.name = "sim.rated", SIM_KIND, .lane = &sim_rated};
static const struct job_kind sim_new_kind = {.name = "sim.new", SIM_KIND};
static const struct job_kind sim_new_wide_kind = {.name = "sim.new_wide", SIM_KIND, .lane = &sim_wide};
static const struct job_kind sim_wide_batch_kind = {.name = "sim.wide_batch", .agent = "simulation", .apply = sim_apply_alone, .batch = 3, .lane = &sim_wide};
static const struct job_kind sim_rated_batch_kind = {.name = "sim.rated_batch", .agent = "simulation", .apply = sim_apply_alone, .batch = 3, .lane = &sim_rated};
/* The older version lacks the last two. */
static const struct job_kind *const sim_kinds[] = {&sim_plain_kind, &sim_urgent_kind, &sim_limited_kind, &sim_batch_kind, &sim_limited_batch_kind, &sim_ordered_kind,
                                                   &sim_ordered_batch_kind, &sim_wide_kind, &sim_wide_batch_kind, &sim_rated_kind, &sim_rated_batch_kind, &sim_new_kind, &sim_new_wide_kind};
static const char *const sim_producers[] = {"simulation", NULL};
static const struct event_type sim_events[] = {
    {.name = "SIM_HAPPENED", .schema = "lane:key version:number", .producers = sim_producers, .consumers = (const char *const[]){"sim.plain", "sim.ordered", "sim.batch", NULL}},
    {.name = "SIM_TOLD", .schema = "value:key", .producers = sim_producers, .audit = "steps that wait", .is_awaited = true},
};
static const struct bus_registry sim_registry = {.events = sim_events, .events_count = 2, .kinds = sim_kinds, .kinds_count = COUNT_OF(sim_kinds)};
static const struct bus_registry sim_old_registry = {.events = sim_events, .events_count = 2, .kinds = sim_kinds, .kinds_count = COUNT_OF(sim_kinds) - 2};
