/* Settling: what a change of state has left to be done. Design in bus.h.
 *
 * One settles at a time (the gate, a row of job_lanes), in batches, each a transaction of a fixed number of statements: marks are taken, lanes give their free slots to the
 * next jobs, jobs whose needs are met become ready, and events whose jobs have all ended are completed.
 */
#include "base/clock.h"
#include "bus/bus.sql.h"
#include "bus/engine.sql.h"
#include "bus/internal.h"
#include "json/json.h"

#include <stdlib.h>

#define SETTLE_MOST 500
#define STAGE_MOST 1000
#define LANES_MOST 1000
#define LOCKED_PAUSE_US 20000

/* What a batch is about: each a list for a statement, without repeats in `lanes`. */
struct batch {
    struct worker *worker;
    struct lane {
        struct str name;
        const struct job_lane *rule; /* NULL: woken by its rate, or of no kind of this version */
        int64_t width, free;
        int64_t served; /* the last round in which it gave a job */
    } *lanes;
    size_t lanes_count, lanes_room;
    bool has_rates;
    const struct job_kind *direct; /* whose jobs begin as soon as their lanes give them a slot; NULL: none */
    struct run *runs;              /* those that began */
    size_t runs_count;
    struct str_list done, cancelled, events;
    size_t taken;
    int64_t staged;
    struct str_list people;
};

static bool is(struct str status, const char *name) { return str_equal(status, str_from(name)); }

/* ["…", …], in the worker's arena. */
static struct str list_of(struct batch *batch, const struct str *items, size_t count)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    json_list_open(&list);
    for (size_t i = 0; i < count; i++) json_write_str(&list.writer, items[i]);
    return str_copy(&batch->worker->arena, json_list_str(&list));
}

static void note_lane(struct batch *batch, struct str name, const struct job_lane *rule, int64_t width)
{
    struct arena *arena = &batch->worker->arena;
    if (batch->lanes_count == batch->lanes_room) {
        struct lane *more = arena_array(arena, struct lane, batch->lanes_room ? 2 * batch->lanes_room : SETTLE_MOST);
        for (size_t i = 0; i < batch->lanes_count; i++) more[i] = batch->lanes[i];
        batch->lanes_room = batch->lanes_room ? 2 * batch->lanes_room : SETTLE_MOST;
        batch->lanes = more;
    }
    batch->lanes[batch->lanes_count++] = (struct lane){.name = str_copy(arena, name), .rule = rule, .width = width};
    batch->has_rates |= !rule || rule->rate > 0;
}

static void note_lane_of(struct batch *batch, struct str kind_name, struct str lane)
{
    const struct job_kind *kind = bus_kind(kind_name);
    const struct job_lane *rule = kind ? kind->lane : NULL;
    if (!lane.len) return;
    note_lane(batch, lane, rule, rule ? rule->width : 0); /* a newer version will know the kind, and finds the lane asleep */
    if (!batch->direct && kind && kind->batch > 1 && !kind->concurrency) batch->direct = kind;
}

/* A list for a statement of the first column, which holds numbers. */
static enum err list_rows(struct batch *batch, struct db_rows *rows, struct str *list, size_t *count)
{
    struct json_list numbers CLEANUP(json_list_dispose) = {0};
    *count = 0;
    json_list_open(&numbers);
    for (; db_next(rows); (*count)++) json_write_int(&numbers.writer, db_col_int(rows, 0));
    *list = str_copy(&batch->worker->arena, json_list_str(&numbers));
    return db_rows_result(rows);
}

static enum err take_marks(struct batch *batch, struct str *jobs)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(batch->worker->db, &sql_settle_take, DB_ARGS(db_int(SETTLE_MOST)), &rows));
    return list_rows(batch, &rows, jobs, &batch->taken);
}

/* What the marked jobs are by now. */
static enum err read_marked(struct batch *batch, struct str jobs)
{
    struct arena *arena = &batch->worker->arena;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(batch->worker->db, &sql_settle_read, DB_ARGS(db_json(jobs)), &rows));
    while (db_next(&rows)) {
        struct str status = db_col_view(&rows, 2);
        bool is_completed = is(status, "completed"), is_cancelled = is(status, "cancelled");
        if (!db_col_is_null(&rows, 3)) note_lane_of(batch, db_col_view(&rows, 1), db_col_view(&rows, 3));
        if (!is_completed && !is_cancelled && !is(status, "dead")) continue;
        if (!db_col_is_null(&rows, 4)) str_list_add(arena, &batch->events, db_col_text(&rows, 4, arena));
        if (!db_col_bool(&rows, 5) || is(status, "dead")) continue;
        str_list_add(arena, is_completed ? &batch->done : &batch->cancelled, str_format(arena, "%lld", (long long)db_col_int(&rows, 0)));
    }
    return db_rows_result(&rows);
}

/* Jobs whose time has come. */
static enum err stage(struct batch *batch)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(batch->worker->db, &sql_job_stage, DB_ARGS(db_time(clock_now()), db_int(STAGE_MOST)), &rows));
    for (; db_next(&rows); batch->staged++) note_lane_of(batch, db_col_view(&rows, 0), db_col_view(&rows, 1));
    return db_rows_result(&rows);
}

static enum err take_due_lanes(struct batch *batch)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(batch->worker->db, &sql_lane_due, DB_ARGS(db_int(clock_now()), db_int(LANES_MOST)), &rows));
    while (db_next(&rows)) note_lane(batch, db_col_view(&rows, 0), NULL, db_col_int(&rows, 1));
    return db_rows_result(&rows);
}

/* ---- lanes ---- */

/* Lanes with a rate have a row, which remembers their last starts. */
static enum err ensure_rated(struct batch *batch)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    size_t count = 0;
    json_list_open(&list);
    for (size_t i = 0; i < batch->lanes_count; i++) {
        const struct job_lane *rule = batch->lanes[i].rule;
        if (!rule || !rule->rate) continue;
        json_object_open(&list.writer);
        json_member_str(&list.writer, "lane", batch->lanes[i].name);
        json_member_int(&list.writer, "width", rule->width);
        json_member_int(&list.writer, "interval_us", rule->rate_seconds * US_PER_SECOND / rule->rate);
        json_member_int(&list.writer, "burst", rule->burst ? rule->burst : 1);
        json_object_close(&list.writer);
        count++;
    }
    return count ? db_exec(batch->worker->db, &sql_lane_ensure, DB_ARGS(db_json(json_list_str(&list)))) : OK;
}

static int by_name(const void *a, const void *b) { return str_compare(((const struct lane *)a)->name, ((const struct lane *)b)->name); }

static void drop_repeats(struct batch *batch)
{
    size_t kept = 0;
    qsort(batch->lanes, batch->lanes_count, sizeof *batch->lanes, by_name);
    for (size_t i = 0; i < batch->lanes_count; i++)
        if (!kept || !str_equal(batch->lanes[i].name, batch->lanes[kept - 1].name)) batch->lanes[kept++] = batch->lanes[i];
    batch->lanes_count = kept;
}

/* The names of lanes with a slot for this round that gave a job in the last one and none in this yet, up to `most`, as a list for a statement; *count of them. Round 0: all. */
static struct str names_of(struct batch *batch, int64_t round, size_t most, size_t *count)
{
    struct str *names = arena_array(&batch->worker->arena, struct str, batch->lanes_count + 1);
    *count = 0;
    for (size_t i = 0; i < batch->lanes_count && *count < most; i++)
        if (!round || (batch->lanes[i].free >= round && batch->lanes[i].served == round - 1)) names[(*count)++] = batch->lanes[i].name;
    return list_of(batch, names, *count);
}

static struct lane *find_lane(struct batch *batch, struct str name)
{
    struct lane key = {.name = name};
    return bsearch(&key, batch->lanes, batch->lanes_count, sizeof key, by_name);
}

static enum err count_slots(struct batch *batch, struct str all)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(batch->worker->db, &sql_lane_slots, DB_ARGS(db_json(all)), &rows));
    while (db_next(&rows)) {
        struct lane *lane = find_lane(batch, db_col_view(&rows, 0));
        if (lane) lane->free = lane->width - db_col_int(&rows, 1);
    }
    return db_rows_result(&rows);
}

static void served(struct batch *batch, struct str name, int64_t round)
{
    struct lane *lane = find_lane(batch, name);
    if (lane) lane->served = round;
}

/* One job of each lane begins at once, as far as it is of the batch's kind and as many as run together. */
static enum err start_one_each(struct batch *batch, int64_t round, int64_t now)
{
    struct worker *worker = batch->worker;
    size_t room = bus_batch_of(batch->direct), count;
    struct str lanes = names_of(batch, round, room - batch->runs_count, &count);
    if (!count) return OK;
    if (!batch->runs) batch->runs = arena_array(&worker->arena, struct run, room);
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(worker->db, &sql_lane_start,
                 DB_ARGS(db_json(lanes), db_time(now), db_text(str_from(batch->direct->name)), db_int(worker->claimed_by), db_int(worker->claim), db_int(now)), &rows));
    while (db_next(&rows) && batch->runs_count < room) {
        bus_read_run(worker, &rows, batch->direct, &batch->runs[batch->runs_count++]);
        served(batch, db_col_view(&rows, 11), round);
    }
    return db_rows_result(&rows);
}

/* One job of each other lane is ready. */
static enum err admit_one_each(struct batch *batch, int64_t round, int64_t now)
{
    size_t count;
    struct str lanes = names_of(batch, round, SIZE_MAX, &count);
    if (!count) return OK;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(batch->worker->db, &sql_lane_admit, DB_ARGS(db_json(lanes), db_time(now), db_int(now)), &rows));
    while (db_next(&rows)) served(batch, db_col_view(&rows, 0), round);
    return db_rows_result(&rows);
}

/* The lanes that gave a job in this round count it against their rate; false: there was none. */
static enum err count_served(struct batch *batch, int64_t round, int64_t now, bool *any)
{
    struct str *names = arena_array(&batch->worker->arena, struct str, batch->lanes_count + 1);
    size_t count = 0;
    for (size_t i = 0; i < batch->lanes_count; i++)
        if (batch->lanes[i].served == round) names[count++] = batch->lanes[i].name;
    *any = count > 0;
    return count && batch->has_rates ? db_exec(batch->worker->db, &sql_lane_count, DB_ARGS(db_json(list_of(batch, names, count)), db_int(now))) : OK;
}

/* Each round gives a job to every lane that still has a free slot: as many rounds as the widest lane has, until none has anything to give. */
static enum err admit(struct batch *batch)
{
    int64_t now = clock_now();
    size_t count;
    bool any = true;
    if (batch->has_rates) TRY(ensure_rated(batch));
    drop_repeats(batch);
    struct str all = names_of(batch, 0, SIZE_MAX, &count);
    TRY(count_slots(batch, all));
    for (int64_t round = 1; any; round++) {
        if (batch->direct) TRY(start_one_each(batch, round, now));
        TRY(admit_one_each(batch, round, now));
        TRY(count_served(batch, round, now, &any));
    }
    return batch->has_rates ? db_exec(batch->worker->db, &sql_lane_set_wake, DB_ARGS(db_json(all))) : OK;
}

/* ---- workflows and events ---- */

/* Jobs that needed those that are done, and need nothing else, are ready or to be given a slot. */
static enum err meet_needs(struct batch *batch)
{
    struct db *db = batch->worker->db;
    struct str dependents;
    size_t count;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query(db, &sql_settle_needs, DB_ARGS(db_json(list_of(batch, batch->done.items, batch->done.count))), &rows));
        TRY(list_rows(batch, &rows, &dependents, &count));
    }
    if (!count) return OK;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_settle_ready, DB_ARGS(db_json(dependents), db_time(clock_now())), &rows));
    while (db_next(&rows)) note_lane_of(batch, db_col_view(&rows, 0), db_col_view(&rows, 1));
    return db_rows_result(&rows);
}

/* What needs a cancelled job is cancelled, too, and marked in its turn. */
static enum err cancel_dependents(struct batch *batch)
{
    struct db *db = batch->worker->db;
    struct str cancelled;
    size_t count;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        struct str needed = list_of(batch, batch->cancelled.items, batch->cancelled.count);
        TRY(db_query(db, &sql_settle_cancel, DB_ARGS(db_json(needed), db_time(clock_now())), &rows));
        TRY(list_rows(batch, &rows, &cancelled, &count));
    }
    return count ? db_exec(db, &sql_mark_many, DB_ARGS(db_json(cancelled))) : OK;
}

static enum err end_events(struct batch *batch)
{
    struct arena *arena = &batch->worker->arena;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    struct str events = list_of(batch, batch->events.items, batch->events.count);
    TRY(db_query(batch->worker->db, &sql_settle_events, DB_ARGS(db_json(events), db_time(clock_now())), &rows));
    while (db_next(&rows))
        if (!db_col_is_null(&rows, 0)) str_list_add(arena, &batch->people, db_col_text(&rows, 0, arena));
    return db_rows_result(&rows);
}

static enum err pass_gate(struct db *db)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(db, &sql_settle_gate, DB_NO_ARGS, &rows);
    return found == ERR_NOT_FOUND ? db_exec(db, &sql_settle_gate_make, DB_NO_ARGS) : found; /* whoever makes it holds it */
}

static enum err settle(struct db *db, void *argument)
{
    struct batch *batch = argument;
    *batch = (struct batch){.worker = batch->worker};
    TRY(pass_gate(db));
    struct str marked;
    TRY(stage(batch));
    TRY(take_marks(batch, &marked));
    if (batch->taken) TRY(read_marked(batch, marked));
    TRY(take_due_lanes(batch));
    if (batch->done.count) TRY(meet_needs(batch));
    if (batch->cancelled.count) TRY(cancel_dependents(batch));
    if (batch->lanes_count) TRY(admit(batch));
    TRY(bus_claimed(batch->worker, batch->runs, batch->runs_count));
    if (batch->events.count) TRY(end_events(batch));
    BUS_BOUNDARY("before a commit of settling");
    return OK;
}

static enum err settle_batch(struct worker *worker, struct batch *batch)
{
    *batch = (struct batch){.worker = worker};
    arena_reset(&worker->arena); /* of the turn, which begins with this */
    bus_claim_number(worker); /* of what begins at once */
    BUS_BOUNDARY("before settling");
    TRY(db_transaction_relaxed(worker->db, settle, batch));
    bus_count_settled(batch->taken);
    BUS_BOUNDARY("after settling");
    if (batch->runs_count) bus_count_starts(batch->direct, batch->runs, batch->runs_count, clock_now());
    else worker->claim = 0;
    for (size_t i = 0; i < batch->people.count; i++) bus_person_changed(worker->db, &worker->arena, batch->people.items[i]);
    return batch->taken + batch->lanes_count > 1 ? bus_tell_workers(worker->db) : OK; /* there may be more than this thread takes */
}

static enum err settle_all(struct worker *worker, struct look *look)
{
    while (bus_look_has_due(look)) {
        struct batch batch;
        TRY(settle_batch(worker, &batch));
        TRY(bus_look(worker, look));
        look->begun = batch.runs;
        look->begun_count = batch.runs_count;
        if (batch.runs_count) break; /* they are not to wait for what else there is */
        if (batch.taken || batch.staged || batch.lanes_count || !bus_look_has_due(look)) continue;
        look->next = clock_now() + LOCKED_PAUSE_US; /* others hold what is to be done, in transactions that are open */
        break;
    }
    return OK;
}

/* One thread of a process at a time: whoever comes meanwhile leaves it to that one, which looks again then. */
enum err bus_settle(struct worker *worker, struct look *look)
{
    atomic_int *asked = &worker->process->settling;
    enum err result = bus_look(worker, look);
    if (result != OK || !bus_look_has_due(look)) return result;
    if (atomic_fetch_add(asked, 1) > 0) {
        look->next = 0;
        return OK;
    }
    int seen;
    bool is_over, is_first = true; /* what was seen before may have been done meanwhile, but nothing can have come that the look after a batch does not see */
    do {
        seen = atomic_load(asked);
        if (!is_first) result = bus_look(worker, look);
        is_first = false;
        if (result == OK) result = settle_all(worker, look);
        is_over = atomic_compare_exchange_strong(asked, &seen, 0);
    } while (!is_over && result == OK && !look->begun_count);
    if (!is_over) atomic_store(asked, 0);
    if (look->begun_count && bus_look_has_due(look)) bus_wake(); /* another one settles meanwhile */
    return result;
}
