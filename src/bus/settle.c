/* Settling: what a change of state has left to be done. Design in bus.h.
 *
 * One settles at a time (the gate, a row of job_lanes), in batches, each a transaction of a fixed number of statements: the marks are taken, lanes give their free slots to the
 * next jobs, jobs whose needs are met become ready, and events whose jobs have all ended are completed.
 */
#include "base/clock.h"
#include "bus/engine.sql.h"
#include "bus/internal.h"
#include "json/json.h"

#include <stdlib.h>

#define SETTLE_MOST 500
#define STAGE_MOST 1000
#define LOCKED_PAUSE_US 20000

/* What a batch is about: each a list for a statement, without repeats in `lanes`. */
struct batch {
    struct worker *worker;
    struct lane_list {
        struct str *names;
        const struct job_lane **rules; /* NULL: no kind of this version has it */
        size_t count;
    } lanes;
    struct str_list done, cancelled, events;
    size_t taken;
    int64_t staged;
    struct str_list people;
};

static bool is(struct str status, const char *name) { return str_equal(status, str_from(name)); }

static void note_lane(struct batch *batch, struct str lane, const struct job_kind *kind)
{
    struct lane_list *lanes = &batch->lanes;
    lanes->names[lanes->count] = str_copy(&batch->worker->arena, lane);
    lanes->rules[lanes->count++] = kind ? kind->lane : NULL;
}

static enum err take_marks(struct batch *batch)
{
    struct worker *worker = batch->worker;
    struct arena *arena = &worker->arena;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    batch->lanes.names = arena_array(arena, struct str, SETTLE_MOST + STAGE_MOST);
    batch->lanes.rules = arena_array(arena, const struct job_lane *, SETTLE_MOST + STAGE_MOST);
    TRY(db_query(worker->db, &sql_settle_take, DB_ARGS(db_int(SETTLE_MOST)), &rows));
    while (db_next(&rows)) {
        struct str status = db_col_view(&rows, 2), id = str_format(arena, "%lld", (long long)db_col_int(&rows, 0));
        bool is_over = is(status, "completed") || is(status, "dead") || is(status, "cancelled");
        batch->taken++;
        if (!db_col_is_null(&rows, 3)) note_lane(batch, db_col_view(&rows, 3), bus_kind(db_col_view(&rows, 1)));
        if (!is_over) continue;
        if (!db_col_is_null(&rows, 4)) str_list_add(arena, &batch->events, db_col_text(&rows, 4, arena));
        if (!db_col_bool(&rows, 5)) continue;
        if (is(db_col_view(&rows, 2), "completed")) str_list_add(arena, &batch->done, id);
        if (is(db_col_view(&rows, 2), "cancelled")) str_list_add(arena, &batch->cancelled, id);
    }
    return db_rows_result(&rows);
}

static enum err take_due_lanes(struct batch *batch)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(batch->worker->db, &sql_lane_due, DB_ARGS(db_int(clock_now()), db_int(STAGE_MOST)), &rows));
    while (db_next(&rows)) note_lane(batch, db_col_view(&rows, 0), NULL);
    return db_rows_result(&rows);
}

/* [{"id": "…"}, …], in the worker's arena. */
static struct str list_of(struct batch *batch, const char *member, const struct str *items, size_t count)
{
    struct buf text CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &text);
    json_array_open(&writer);
    for (size_t i = 0; i < count; i++) {
        json_object_open(&writer);
        json_member_str(&writer, member, items[i]);
        json_object_close(&writer);
    }
    json_array_close(&writer);
    return str_copy(&batch->worker->arena, buf_str(&text));
}

/* ---- lanes ---- */

static enum err ensure_lanes(struct batch *batch)
{
    const struct lane_list *lanes = &batch->lanes;
    struct buf text CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    size_t count = 0;
    json_begin(&writer, &text);
    json_array_open(&writer);
    for (size_t i = 0; i < lanes->count; i++) {
        const struct job_lane *rule = lanes->rules[i];
        if (!rule) continue;
        json_object_open(&writer);
        json_member_str(&writer, "lane", lanes->names[i]);
        json_member_int(&writer, "width", rule->width);
        json_member_int(&writer, "interval_us", rule->rate ? rule->rate_seconds * US_PER_SECOND / rule->rate : 0);
        json_member_int(&writer, "burst", rule->burst ? rule->burst : 1);
        json_object_close(&writer);
        count++;
    }
    json_array_close(&writer);
    return count ? db_exec(batch->worker->db, &sql_lane_ensure, DB_ARGS(db_json(buf_str(&text)))) : OK;
}

static int by_text(const void *a, const void *b) { return str_compare(*(const struct str *)a, *(const struct str *)b); }

/* The distinct names; the rules are used up by then. */
static size_t distinct(struct str *names, size_t count)
{
    size_t kept = 0;
    qsort(names, count, sizeof *names, by_text);
    for (size_t i = 0; i < count; i++)
        if (!kept || !str_equal(names[i], names[kept - 1])) names[kept++] = names[i];
    return kept;
}

/* One job of each lane that has a free slot; *admitted gets the lanes of those. */
static enum err admit_one_each(struct batch *batch, struct str lanes, int64_t now, struct str *admitted, size_t *count)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(batch->worker->db, &sql_lane_admit, DB_ARGS(db_json(lanes), db_time(now), db_int(now)), &rows));
    *count = 0;
    while (db_next(&rows)) admitted[(*count)++] = db_col_text(&rows, 0, &batch->worker->arena);
    return db_rows_result(&rows);
}

/* Each round gives every lane one job more, until all have what fits: as many rounds as the widest lane has free slots. */
static enum err admit(struct batch *batch)
{
    struct db *db = batch->worker->db;
    int64_t now = clock_now();
    TRY(ensure_lanes(batch));
    struct str *names = batch->lanes.names;
    size_t count = distinct(names, batch->lanes.count);
    struct str all = list_of(batch, "lane", names, count), lanes = all;
    while (count) {
        TRY(admit_one_each(batch, lanes, now, names, &count));
        if (!count) break;
        lanes = list_of(batch, "lane", names, count);
        TRY(db_exec(db, &sql_lane_count, DB_ARGS(db_json(lanes), db_int(now))));
    }
    return db_exec(db, &sql_lane_set_wake, DB_ARGS(db_json(all)));
}

/* ---- workflows and events ---- */

static enum err meet_needs(struct batch *batch)
{
    struct db *db = batch->worker->db;
    struct str done = list_of(batch, "id", batch->done.items, batch->done.count);
    TRY(db_exec(db, &sql_settle_needs, DB_ARGS(db_json(done))));
    TRY(db_exec(db, &sql_settle_ready, DB_ARGS(db_json(done), db_time(clock_now()))));
    return db_exec(db, &sql_settle_undepend, DB_ARGS(db_json(done)));
}

static enum err end_events(struct batch *batch)
{
    struct arena *arena = &batch->worker->arena;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    struct str events = list_of(batch, "id", batch->events.items, batch->events.count);
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
    TRY(db_exec_count(db, &sql_job_stage, DB_ARGS(db_time(clock_now()), db_int(STAGE_MOST)), &batch->staged));
    TRY(take_marks(batch));
    TRY(take_due_lanes(batch));
    if (batch->lanes.count) TRY(admit(batch));
    if (batch->done.count) TRY(meet_needs(batch));
    if (batch->cancelled.count)
        TRY(db_exec(db, &sql_settle_cancel, DB_ARGS(db_json(list_of(batch, "id", batch->cancelled.items, batch->cancelled.count)), db_time(clock_now()))));
    if (batch->events.count) TRY(end_events(batch));
    BUS_BOUNDARY("before a commit of settling");
    return OK;
}

/* What there is to do, and when the next job or lane is due (0: none). */
static enum err look(struct worker *worker, bool *has_marks, int64_t *next)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(worker->db, &sql_bus_signs, DB_NO_ARGS, &rows));
    int64_t job_at = db_col_time(&rows, 1), lane_at = db_col_int(&rows, 2);
    *has_marks = db_col_bool(&rows, 0);
    *next = job_at && (!lane_at || job_at < lane_at) ? job_at : lane_at;
    return OK;
}

enum err bus_settle(struct worker *worker, int64_t *next)
{
    bool has_marks = false;
    TRY(look(worker, &has_marks, next));
    while (has_marks || (*next && *next <= clock_now())) {
        struct batch batch = {.worker = worker};
        arena_reset(&worker->arena); /* there may be very many */
        BUS_BOUNDARY("before settling");
        TRY(db_transaction_relaxed(worker->db, settle, &batch));
        BUS_BOUNDARY("after settling");
        for (size_t i = 0; i < batch.people.count; i++) bus_person_changed(worker->db, &worker->arena, batch.people.items[i]);
        if (batch.taken + batch.lanes.count > 1) TRY(bus_tell_workers(worker->db)); /* there may be more than this thread takes */
        TRY(look(worker, &has_marks, next));
        if (batch.taken || batch.staged || batch.lanes.count || !(has_marks || (*next && *next <= clock_now()))) continue;
        *next = clock_now() + LOCKED_PAUSE_US; /* others hold what is to be done, in transactions that are open */
        break;
    }
    return OK;
}
