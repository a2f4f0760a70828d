/* Claiming: a batch of the most urgent kind that has ready jobs, under the row of this process. Design in bus.h. */
#include "base/clock.h"
#include "base/log.h"
#include "bus/engine.sql.h"
#include "bus/internal.h"
#include "json/json.h"

#include <stdlib.h>

#define GO_ON_BATCHES 16

/* How many of a kind with a limit may be begun; holds the gate of that kind until the transaction ends. */
static enum err room_for(struct worker *worker, const struct job_kind *kind, int64_t *room)
{
    int64_t running = 0;
    TRY(db_exec(worker->db, &sql_bus_kind_upsert, DB_ARGS(db_text(str_from(kind->name)), db_time(clock_now()))));
    TRY(db_exec(worker->db, &sql_bus_kind_gate, DB_ARGS(db_text(str_from(kind->name)))));
    TRY(db_query_int(worker->db, &sql_bus_kind_running, DB_ARGS(db_text(str_from(kind->name))), &running));
    *room = kind->concurrency - running;
    return OK;
}

static int by_urgency(const void *a, const void *b)
{
    const struct run *left = a, *right = b;
    if (left->priority != right->priority) return left->priority < right->priority ? -1 : 1;
    if (left->ready_at != right->ready_at) return left->ready_at < right->ready_at ? -1 : 1;
    return (left->job.id > right->job.id) - (left->job.id < right->job.id);
}

void bus_read_run(struct worker *worker, const struct db_rows *rows, const struct job_kind *kind, struct run *run)
{
    struct arena *arena = &worker->arena;
    *run = (struct run){.worker = worker, .process_id = worker->claimed_by, .claim = worker->claim, .priority = db_col_int(rows, 1), .ready_at = db_col_time(rows, 2)};
    run->max_attempts = (int)db_col_int(rows, 5);
    run->payload = db_col_text(rows, 6, arena);
    run->trace = db_col_text(rows, 9, arena);
    run->crashes = db_col_int(rows, 10);
    struct job *job = &run->job;
    *job = (struct job){.id = db_col_int(rows, 0), .kind = kind, .arena = arena, .db = worker->db};
    job->run = db_col_int(rows, 3);
    job->attempt = (int)db_col_int(rows, 4);
    job->user_id = db_col_text(rows, 7, arena);
    job->event_id = db_col_text(rows, 8, arena);
}

size_t bus_batch_of(const struct job_kind *kind)
{
    size_t batch = kind->batch > 0 ? (size_t)kind->batch : 1;
    return batch < BUS_BATCH_MAX ? batch : BUS_BATCH_MAX;
}

void bus_claim_number(struct worker *worker)
{
    worker->claimed_by = atomic_load(&worker->process->id);
    worker->claim = atomic_fetch_add(&worker->process->claims, 1) + 1;
}

enum err bus_claimed(struct worker *worker, struct run *runs, size_t count)
{
    bool has_events = false;
    for (size_t i = 0; i < count; i++) has_events |= runs[i].job.event_id.len > 0;
    if (count > 1) qsort(runs, count, sizeof *runs, by_urgency);
    return has_events ? db_exec(worker->db, &sql_event_start_claimed, DB_ARGS(db_int(worker->claimed_by), db_int(worker->claim))) : OK;
}

struct claiming {
    struct worker *worker;
    const struct job_kind *kind;
    struct run *runs;
    size_t count;
};

/* One that was in a worker that died may be what killed it: it shares no claim, so that it does not take others with it to the dead letters. The runs are in
 * their order; *count is how many stay. */
static enum err keep_apart(struct worker *worker, struct run *runs, size_t *count)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    size_t kept = 1;
    json_list_open(&list);
    for (size_t i = 1; i < *count; i++) {
        if (!runs[0].crashes && !runs[i].crashes) {
            runs[kept++] = runs[i];
            continue;
        }
        json_object_open(&list.writer);
        json_member_int(&list.writer, "id", runs[i].job.id);
        json_object_close(&list.writer);
    }
    if (kept == *count) return OK;
    *count = kept;
    return db_exec(worker->db, &sql_job_unclaim, DB_ARGS(db_int(worker->claimed_by), db_int(worker->claim), db_json(json_list_str(&list))));
}

static enum err claim(struct db *db, void *argument)
{
    struct claiming *claiming = argument;
    struct worker *worker = claiming->worker;
    const struct job_kind *kind = claiming->kind;
    int64_t room = (int64_t)bus_batch_of(kind);
    claiming->count = 0;
    if (kind->concurrency) {
        int64_t left;
        TRY(room_for(worker, kind, &left));
        if (left <= 0) return OK;
        if (left < room) room = left;
    }
    claiming->runs = arena_array(&worker->arena, struct run, (size_t)room);
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        const struct going_on *from = &worker->going_on; /* zeroes, and so the start, unless it goes on: the statement's order is of numbers */
        TRY(db_query(db, &sql_job_claim,
                     DB_ARGS(db_int(worker->claimed_by), db_int(worker->claim), db_text(str_from(kind->name)), db_int(room), db_time(clock_now()), db_int(from->kind ? from->priority : INT64_MIN),
                             db_time(from->ready_at), db_int(from->id)), &rows));
        while (db_next(&rows) && claiming->count < (size_t)room) bus_read_run(worker, &rows, kind, &claiming->runs[claiming->count++]);
        TRY(db_rows_result(&rows));
    }
    TRY(bus_claimed(worker, claiming->runs, claiming->count));
    if (claiming->count > 1) TRY(keep_apart(worker, claiming->runs, &claiming->count));
    BUS_BOUNDARY("before a commit of a claim");
    return OK;
}

/* Whether the next claim goes on where this one ended. */
static void note_going_on(struct worker *worker, const struct claiming *claiming)
{
    const struct job_kind *kind = claiming->kind;
    bool is_full = kind->batch > 1 && !kind->concurrency && claiming->count == bus_batch_of(kind);
    int64_t batches = worker->going_on.kind ? worker->going_on.batches - 1 : GO_ON_BATCHES;
    worker->going_on = (struct going_on){0};
    if (!is_full || batches <= 0) return;
    const struct run *last = &claiming->runs[claiming->count - 1];
    worker->going_on = (struct going_on){kind, batches, last->priority, last->ready_at, last->job.id};
}

enum err bus_claim(struct worker *worker, const struct look *look, struct run **runs, size_t *count)
{
    *runs = look->begun;
    *count = look->begun_count;
    for (size_t i = 0; i < look->ready_count && !*count; i++) { /* a kind gives none at its limit, or when others were quicker */
        struct claiming claiming = {.worker = worker, .kind = look->ready[i]};
        bus_claim_number(worker);
        BUS_BOUNDARY("before claim");
        TRY(db_transaction_relaxed(worker->db, claim, &claiming));
        BUS_BOUNDARY("after claim");
        *runs = claiming.runs;
        *count = claiming.count;
        note_going_on(worker, &claiming);
        bus_count_starts(claiming.kind, claiming.runs, claiming.count, clock_now());
    }
    if (!*count) worker->claim = 0;
    return OK;
}
