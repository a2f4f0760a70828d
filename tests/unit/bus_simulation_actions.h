/* What happens in the simulation: publishing, workers' turns, crashes, and what people and operators do. */
#pragma once
#include "bus_simulation_kinds.h"

static const char *const sim_lanes[] = {"a", "b", "c"};

/* ---- publishing: each draws, publishes in the open transaction, and adds to the model what the commit will make so ---- */

static struct sim_job *add_model(const char *kind)
{
    struct sim_job *model = &sim.jobs[sim.jobs_count++];
    *model = (struct sim_job){.kind = kind, .version = (int64_t)sim_below(1000000)};
    return model;
}

static struct str payload_of(const struct sim_job *model)
{
    return str_format(&sim.arena, "{\"lane\":\"%s\",\"version\":%" PRId64 "}", sim_lanes[sim_below(COUNT_OF(sim_lanes))], model->version);
}

static void draw_behaviour(struct sim_job *model, bool has_work)
{
    static const enum err errors[] = {ERR_UNAVAILABLE, ERR_INTERNAL, ERR_INVALID, ERR_TOO_MANY, ERR_CANCELLED};
    if (sim_chance(200)) {
        model->fails = 1 + (int)sim_below(6);
        model->error = errors[sim_below(COUNT_OF(errors))];
    }
    model->is_poison = sim.crash_chance && sim_chance(15);
    if (sim_chance(100)) model->snoozes = 1 + (int)sim_below(3);
    if (has_work && sim_chance(400)) model->steps = sim_below(32);
}

static void draw_needs(struct sim_job *model)
{
    if (!sim.committed_count || !sim_chance(300)) return;
    model->needs_count = 1 + sim_below(SIM_NEEDS_MAX);
    for (size_t i = 0; i < model->needs_count; i++) { /* the latest most of all; one may be named twice */
        size_t back = sim_below(12);
        size_t place = back < sim.committed_count ? sim.committed_count - 1 - back : 0;
        model->needs[i] = sim.jobs[place].id;
        model->needed[i] = place;
        if (sim.jobs[place].is_gone) model->needs_count = i;
    }
}

static bool has_work(const char *name) { return bus_kind(str_from(name))->work != NULL; }

static void publish_one(void)
{
    const struct job_kind *kind = sim_kinds[sim_below(COUNT_OF(sim_kinds))];
    if (bus_kind(str_from(kind->name)) == NULL) return; /* this version lacks it */
    struct sim_job *model = add_model(kind->name);
    struct job_spec spec = {.kind = kind->name, .payload = payload_of(model)};
    model->is_others = sim.has_deletions && sim_chance(300);
    spec.user_id = model->is_others ? SIM_OTHER : SIM_PERSON;
    draw_behaviour(model, has_work(kind->name));
    if (model->is_others) model->steps &= ~(unsigned)SIM_APPROVAL;
    draw_needs(model);
    model->is_delayed = !model->needs_count && sim_chance(250);
    if (model->is_delayed) spec.run_at = model->not_before = sim.now + (int64_t)(1 + sim_below(60)) * US_PER_SECOND;
    if (sim_chance(200)) spec.priority = (int)sim_below(21) - 10;
    if (sim_chance(100)) snprintf(model->workflow, sizeof model->workflow, "01900000-0000-7000-8000-00000000010%u", sim_below(10));
    spec.workflow_id = str_from(model->workflow);
    spec.needs = model->needs;
    spec.needs_count = model->needs_count;
    SIM_OK(bus_enqueue(sim.store.db, &sim.arena, &spec, &model->id));
    sim_note("job %" PRId64 " (%s) steps %u fails %d snoozes %d needs %zu %s%s", model->id, kind->name, model->steps, model->fails, model->snoozes, model->needs_count,
             model->is_delayed ? "delayed" : "", model->is_poison ? "poison" : "");
    for (size_t i = 0; i < model->needs_count; i++) sim_note("  needs %" PRId64, model->needs[i]);
}

static void publish_many(void)
{
    struct job_spec specs[8];
    int64_t ids[8];
    size_t count = 1 + sim_below(8);
    struct sim_job *first = &sim.jobs[sim.jobs_count];
    for (size_t i = 0; i < count; i++) {
        const struct job_kind *kind = sim_kinds[sim_below(COUNT_OF(sim_kinds) - 2)];
        struct sim_job *model = add_model(kind->name);
        draw_behaviour(model, has_work(kind->name));
        specs[i] = (struct job_spec){.kind = kind->name, .user_id = SIM_PERSON, .payload = payload_of(model)};
    }
    SIM_OK(bus_enqueue_many(sim.store.db, &sim.arena, specs, count, ids));
    for (size_t i = 0; i < count; i++) {
        first[i].id = ids[i];
        sim_note("job %" PRId64 " (%s) of many, steps %u fails %d snoozes %d", ids[i], specs[i].kind, first[i].steps, first[i].fails, first[i].snoozes);
    }
}

/* One event, or some of them together. */
static void publish_event(void)
{
    static const struct sql last = {"sim_last_job", "SELECT COALESCE(MAX(id), 0) FROM jobs", 0};
    static const struct sql sql = {"sim_of_events", "SELECT id, kind FROM jobs WHERE id > $1 ORDER BY id", 1};
    struct sim_job drawn = {.version = (int64_t)sim_below(1000000)};
    struct event events[3];
    size_t count = 1 + sim_below(COUNT_OF(events));
    int64_t before = sim_count(sim.store.db, &last, DB_NO_ARGS);
    for (size_t i = 0; i < count; i++) events[i] = (struct event){.type = "SIM_HAPPENED", .payload = payload_of(&drawn)};
    if (count == 1) SIM_OK(bus_publish(sim.store.db, &sim.arena, &events[0], NULL));
    else SIM_OK(bus_publish_many(sim.store.db, &sim.arena, events, count));
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    SIM_OK(db_query(sim.store.db, &sql, DB_ARGS(db_int(before)), &rows));
    while (db_next(&rows)) {
        const struct job_kind *kind = bus_kind(db_col_view(&rows, 1));
        struct sim_job *model = add_model(kind->name);
        model->id = db_col_int(&rows, 0);
        model->has_event = true;
        model->version = drawn.version;
        draw_behaviour(model, has_work(kind->name));
        model->steps &= ~(unsigned)SIM_APPROVAL; /* nobody's */
        sim_note("job %" PRId64 " (%s) of an event, steps %u fails %d snoozes %d", model->id, kind->name, model->steps, model->fails, model->snoozes);
    }
}

/* ---- keys ---- */

static bool is_final(int64_t id)
{
    static const struct sql sql = {"sim_is_final", "SELECT COUNT(*) FROM jobs WHERE id = $1 AND finished_at IS NOT NULL", 1};
    return sim_count(sim.store.db, &sql, DB_ARGS(db_int(id))) == 1;
}

static bool has_started(int64_t id)
{
    static const struct sql sql = {"sim_has_started", "SELECT COUNT(*) FROM jobs WHERE id = $1 AND (runs > 0 OR finished_at IS NOT NULL)", 1};
    return sim_count(sim.store.db, &sql, DB_ARGS(db_int(id))) == 1;
}

static bool holds_key(const struct sim_job *model)
{
    if (model->key_use == JOB_KEY_ONCE) return model->key_until > sim.now;
    return model->key_use == JOB_KEY_UNFINISHED ? !is_final(model->id) : !has_started(model->id);
}

/* The latest of the model that has the key. */
static struct sim_job *latest_with(const char *key)
{
    for (size_t i = sim.committed_count; i-- > 0;)
        if (strcmp(sim.jobs[i].key, key) == 0 && !sim.jobs[i].is_gone) return &sim.jobs[i];
    return NULL;
}

static void publish_with_key(void)
{
    static const char *const kinds[] = {"sim.plain", "sim.wide", "sim.limited"};
    enum job_key_use use = (enum job_key_use)sim_below(3);
    struct sim_job drawn = {.kind = kinds[use], .key_use = use, .version = (int64_t)sim_below(1000000)}; /* one kind a use, so that a key has one use */
    snprintf(drawn.key, sizeof drawn.key, "key %d %u", use, sim_below(3));
    struct sim_job *holder = latest_with(drawn.key);
    bool is_held = holder && holds_key(holder);
    struct job_spec spec = {.kind = drawn.kind, .payload = payload_of(&drawn), .key = str_from(drawn.key), .key_use = use, .key_seconds = 60};
    if (use == JOB_KEY_DEBOUNCE) spec.run_at = sim.now + 5 * US_PER_SECOND;
    drawn.is_delayed = use == JOB_KEY_DEBOUNCE;
    if (use == JOB_KEY_ONCE) drawn.key_until = sim.now + 60 * US_PER_SECOND;
    if (sim_chance(200)) drawn.fails = 1 + (int)sim_below(2);
    drawn.error = ERR_UNAVAILABLE;
    SIM_OK(bus_enqueue(sim.store.db, &sim.arena, &spec, &drawn.id));
    sim_note("job %" PRId64 " (%s) by %s, version %" PRId64 "%s", drawn.id, drawn.kind, drawn.key, drawn.version, is_held ? ", which is held" : "");
    bool may_be_forgotten = sim.has_jumps && use == JOB_KEY_ONCE;
    if (is_held && drawn.id != holder->id && !may_be_forgotten) sim_breach("%s was held by job %" PRId64 ", and job %" PRId64 " was published", drawn.key, holder->id, drawn.id);
    if (!is_held && holder && drawn.id == holder->id && !may_be_forgotten) sim_breach("%s is free, and no job was published", drawn.key);
    if (is_held && use == JOB_KEY_DEBOUNCE) holder->version = drawn.version; /* such a transaction always commits */
    if (!is_held || drawn.id != holder->id) sim.jobs[sim.jobs_count++] = drawn;
}

static void act_publish(void)
{
    static void (*const ways[])(void) = {publish_one, publish_one, publish_one, publish_many, publish_event, publish_with_key};
    if (sim.jobs_count + 16 > SIM_JOBS_MAX) return;
    bool has_keys = false;
    SIM_OK(db_begin(sim.store.db));
    for (uint32_t i = 0, count = 1 + sim_below(4); i < count; i++) {
        uint32_t way = sim_below(COUNT_OF(ways));
        if (ways[way] == publish_with_key) has_keys = i == 0; /* alone, since it knows what is committed */
        if (ways[way] == publish_with_key && i) continue;
        ways[way]();
        if (has_keys) break;
    }
    if (!has_keys && sim_chance(150)) {
        sim_note("rolled back");
        db_rollback(sim.store.db);
        sim.jobs_count = sim.committed_count;
        return;
    }
    SIM_OK(db_commit(sim.store.db));
    sim.committed_count = sim.jobs_count;
}

/* ---- what people and operators do ---- */

static struct sim_job *any_job(void)
{
    if (!sim.committed_count) return NULL;
    size_t back = sim_below(20);
    struct sim_job *model = &sim.jobs[back < sim.committed_count ? sim.committed_count - 1 - back : sim_below((uint32_t)sim.committed_count)];
    return model->is_gone ? NULL : model;
}

static void act_cancel(void)
{
    struct sim_job *model = any_job();
    if (!model) return;
    SIM_OK(db_begin(sim.store.db));
    enum err cancelled = bus_cancel(sim.store.db, model->id);
    SIM_OK(db_commit(sim.store.db));
    if (cancelled != OK && cancelled != ERR_NOT_FOUND) SIM_OK(cancelled);
    if (cancelled == OK) model->is_cancelled = true;
    sim_note("cancel job %" PRId64 ": %s", model->id, err_name(cancelled));
}

static void act_cancel_workflow(void)
{
    const struct sim_job *of = any_job();
    int64_t count = 0, expected = 0;
    if (!of || !of->workflow[0]) return;
    char workflow[40];
    memcpy(workflow, of->workflow, sizeof workflow);
    for (size_t i = 0; i < sim.committed_count; i++) {
        if (strcmp(sim.jobs[i].workflow, workflow) != 0 || sim.jobs[i].is_gone || is_final(sim.jobs[i].id)) continue;
        sim.jobs[i].is_cancelled = true;
        expected++;
    }
    SIM_OK(db_begin(sim.store.db));
    SIM_OK(bus_cancel_workflow(sim.store.db, str_from(workflow), &count));
    SIM_OK(db_commit(sim.store.db));
    sim_note("cancel the workflow %s: %" PRId64, workflow, count);
    if (count != expected) sim_breach("%" PRId64 " jobs of a workflow were cancelled, %" PRId64 " were open", count, expected);
}

static bool has_open_event(int64_t id)
{
    static const struct sql sql = {"sim_event_open", "SELECT COUNT(*) FROM jobs j JOIN agent_events e ON e.id = j.event_id WHERE j.id = $1 AND e.status = 'processing'", 1};
    return sim_count(sim.store.db, &sql, DB_ARGS(db_int(id))) == 1;
}

static void act_redrive(void)
{
    struct sim_job *model = any_job();
    int64_t count = 0;
    if (!model) return;
    SIM_OK(db_begin(sim.store.db));
    SIM_OK(bus_redrive_dead(sim.store.db, NULL, model->id, 1, &count));
    SIM_OK(db_commit(sim.store.db));
    if (!count) return;
    if (model->has_event && !has_open_event(model->id)) sim_breach("job %" PRId64 " was redriven, and its event is closed", model->id);
    model->was_redriven = true;
    sim_note("redrive job %" PRId64, model->id);
}

static void act_pause(void)
{
    size_t place = sim_below(COUNT_OF(sim_kinds));
    const char *kind = sim_kinds[place]->name;
    bool is_paused = sim_chance(400);
    sim_note("%s %s", is_paused ? "pause" : "go on with", kind);
    SIM_OK(db_begin(sim.store.db));
    SIM_OK(bus_pause(sim.store.db, kind, is_paused));
    SIM_OK(db_commit(sim.store.db));
    sim.paused_kind[place] = is_paused ? kind : NULL;
    sim.paused_turn[place] = sim.turns;
}

static void act_tell(void)
{
    struct sim_job *model = any_job();
    if (!model || !(model->steps & SIM_EVENT) || model->told_at) return;
    struct str payload = str_format(&sim.arena, "{\"value\":\"%" PRId64 "\"}", model->id);
    sim_note("tell job %" PRId64, model->id);
    SIM_OK(db_begin(sim.store.db));
    SIM_OK(bus_publish(sim.store.db, &sim.arena, &(struct event){.type = "SIM_TOLD", .payload = payload}, NULL));
    SIM_OK(db_commit(sim.store.db));
    model->told_at = sim.now;
}

static void act_answer(void)
{
    struct sim_job *model = any_job();
    bool answer = sim_chance(500);
    if (!model || !(model->steps & SIM_APPROVAL)) return;
    SIM_OK(db_begin(sim.store.db));
    enum err answered = bus_answer(sim.store.db, SIM_PERSON, model->id, STR("ask"), answer);
    SIM_OK(db_commit(sim.store.db));
    sim_note("answer job %" PRId64 ": %s", model->id, err_name(answered));
    if (answered != OK) return;
    if (is_final(model->id)) sim_breach("job %" PRId64 " is over, and took an answer", model->id);
    model->answered_at = sim.now;
    model->answer = answer;
}

/* A person deletes the account, and comes back. */
static void act_delete_person(void)
{
    static const struct sql delete = {"sim_delete", "DELETE FROM users WHERE id = $1", 1};
    static const struct sql forget = {"sim_forget", "DELETE FROM sim_effects WHERE NOT EXISTS (SELECT 1 FROM jobs j WHERE j.id = sim_effects.job_id)", 0};
    static const struct sql insert = {"sim_person", "INSERT INTO users (id, email, first_name, last_name, created_at, updated_at) VALUES ($1, 'other@example.org', 'O', 'T', $2, $2)", 2};
    if (!sim.has_deletions) return;
    sim_note("the other person is deleted");
    SIM_OK(db_begin(sim.store.db));
    SIM_OK(bus_forget_person(sim.store.db, SIM_OTHER));
    SIM_OK(db_exec(sim.store.db, &delete, DB_ARGS(db_uuid(SIM_OTHER))));
    SIM_OK(db_exec(sim.store.db, &forget, DB_NO_ARGS));
    SIM_OK(db_exec(sim.store.db, &insert, DB_ARGS(db_uuid(SIM_OTHER), db_time(sim.now))));
    SIM_OK(db_commit(sim.store.db));
    for (size_t i = 0; i < sim.committed_count; i++) sim.jobs[i].is_gone |= sim.jobs[i].is_others;
}

static void act_change_version(void)
{
    bool is_old = sim.has_old_version && sim_chance(500);
    if (is_old) sim_note("the older version runs");
    SIM_OK(bus_init(is_old ? &sim_old_registry : &sim_registry, NULL));
}

static void act_time(void)
{
    sim_pass(sim_chance(50) ? (int64_t)sim_below(200) * US_PER_SECOND : (int64_t)sim_below(3000000));
    if (!sim.has_jumps || !sim_chance(100)) return;
    int64_t jump = ((int64_t)sim_below(7200) - 3600) * US_PER_SECOND;
    sim.now += jump;
    sim_set_clocks();
    sim_note("the clock is put %s by %d s", jump < 0 ? "back" : "forward", (int)((jump < 0 ? -jump : jump) / US_PER_SECOND));
}

/* ---- workers ---- */

/* As one that is killed: its transaction is undone, and nobody remembers it. */
static void throw_away(struct sim_worker *me)
{
    if (me->worker.db && db_statement_count(me->worker.db) != me->statements) sim_breach("%s asked the store for something after its crash", sim_name(me));
    db_release(me->worker.db);
    me->worker.db = NULL;
    arena_dispose(&me->worker.arena);
    me->is_alive = false;
}

/* This one, when it has crashed, and those of its process that were idle; one in the middle of a turn comes here by itself. */
static void throw_dead_away(const struct sim_worker *me)
{
    for (size_t i = 0; i < SIM_WORKERS; i++) {
        struct sim_worker *it = &sim.workers[i];
        if (it->is_alive && it->has_crashed && (it == me || !it->worker.db)) throw_away(it);
    }
}

/* One whose process the new worker is to share; NULL: it is to have its own. */
static struct sim_worker *draw_owner(const struct sim_worker *me)
{
    struct sim_worker *other = &sim.workers[sim_below(SIM_WORKERS)];
    return other != me && other->is_alive && !other->has_crashed && other->owner == other && sim_chance(400) ? other : NULL;
}

static void start_worker(struct sim_worker *me)
{
    struct sim_worker *owner = draw_owner(me);
    *me = (struct sim_worker){.is_alive = true};
    me->owner = owner ? owner : me;
    me->worker.process = &me->owner->process;
    arena_init(&me->worker.arena);
    if (owner) {
        sim_note("%s starts as a thread of %s", sim_name(me), sim_name(owner));
        return;
    }
    SIM_OK(db_acquire(sim.store.pool, &me->worker.db));
    SIM_OK(bus_process_register(me->worker.db, &me->process));
    db_release(me->worker.db);
    me->worker.db = NULL;
    sim_note("%s starts as process %" PRId64, sim_name(me), me->process.id);
}

/* One turn, or one beat, of a worker, with a connection of its own. */
static int act_for(struct sim_worker *me, bool is_turn)
{
    struct sim_worker *before = sim.current;
    int ran = 0;
    int64_t next = 0;
    if (!me->is_alive || me->has_crashed || me->worker.db) return 0; /* dead, or in the middle of its turn */
    if (!is_turn && me->owner != me) return 0;                      /* one thread of a process is its keeper */
    sim.current = me;
    me->has_faulted = false;
    me->turn = ++sim.turns;
    SIM_OK(db_acquire(sim.store.pool, &me->worker.db));
    enum err result = is_turn ? bus_turn(&me->worker, &ran, &next) : bus_process_beat(me->worker.db, &me->process);
    if (!me->has_crashed) {
        if (result != OK && !me->has_faulted) sim_breach("%s: a %s ended with %s: %s", sim_name(me), is_turn ? "turn" : "beat", err_name(result), err_detail());
        if (db_in_transaction(me->worker.db)) sim_breach("%s: a transaction is left open", sim_name(me));
        db_release(me->worker.db);
        me->worker.db = NULL;
    }
    throw_dead_away(me);
    sim.current = before;
    return ran;
}

static struct sim_worker *any_worker(void) { return &sim.workers[sim_below(SIM_WORKERS)]; }

static void act_turn(void) { act_for(any_worker(), true); }
static void act_beat(void) { act_for(any_worker(), false); }

static void act_housekeeping(void)
{
    int64_t next;
    if (sim.depth) return;
    SIM_OK(bus_housekeeping(sim.store.db, &sim.arena, &next));
}

static void act_start(void)
{
    struct sim_worker *me = any_worker();
    if (!me->is_alive) start_worker(me);
}

static const struct {
    void (*act)(void);
    uint32_t weight;
} sim_actions[] = {
    {act_publish, 12}, {act_turn, 45}, {act_beat, 8}, {act_time, 15}, {act_start, 5}, {act_cancel, 2}, {act_cancel_workflow, 1}, {act_redrive, 3},
    {act_pause, 1}, {act_tell, 4}, {act_answer, 4}, {act_change_version, 1}, {act_housekeeping, 1}, {act_delete_person, 1},
};

static void act_somehow(void)
{
    uint32_t all = 0, drawn;
    for (size_t i = 0; i < COUNT_OF(sim_actions); i++) all += sim_actions[i].weight;
    drawn = sim_below(all);
    for (size_t i = 0; i < COUNT_OF(sim_actions); i++) {
        if (drawn < sim_actions[i].weight) {
            sim_actions[i].act();
            return;
        }
        drawn -= sim_actions[i].weight;
    }
}

/* ---- at the boundaries of the bus ---- */

/* Others act while this worker is between two things. */
static void act_between(const char *boundary)
{
    sim.betweens++;
    sim.depth++;
    sim_note("meanwhile, %s being at: %s", sim_name(sim.current), boundary);
    for (uint32_t i = 0, count = 1 + sim_below(4); i < count; i++) act_somehow();
    sim.depth--;
}

static bool sim_boundary(const char *boundary)
{
    struct sim_worker *me = sim.current;
    if (!boundary) return me && me->has_crashed;
    if (!me) return false;
    if (me->has_crashed) return true;
    if (sim_chance(sim.crash_chance)) {
        crash(boundary);
        return true;
    }
    if (sim_chance(sim.fault_chance)) {
        sim_note("%s fails at: %s", sim_name(me), boundary);
        sim.faults++;
        return me->has_faulted = true;
    }
    if (sim.depth < 2 && !db_in_transaction(me->worker.db) && sim_chance(sim.between_chance)) act_between(boundary);
    return me->has_crashed; /* with another thread of its process, meanwhile */
}
