/* Looking: what a worker has to do, in one round to the store.
 *
 * The kinds this version knows are looked at, each by the first entry of its part of the index jobs_ready. So a paused kind, one at its limit, or one of another
 * version costs one look and hides nothing behind it. A worker that got a full batch of a kind goes on with it for a few more (struct going_on), without looking at the others.
 */
#include "base/clock.h"
#include "bus/engine.sql.h"
#include "bus/internal.h"
#include "json/json.h"

#define LOOK_AHEAD_US (60 * US_PER_SECOND) /* longer than anybody sleeps. Jobs that wait for others have no time, and on PostgreSQL many that waited may still stand in the index */

/* The kinds of the registry as a list for a statement. */
static struct str kinds_list(struct arena *arena)
{
    const struct bus_registry *registry = bus_registry_current();
    struct json_list list CLEANUP(json_list_dispose) = {0};
    json_list_open(&list);
    for (size_t i = 0; i < registry->kinds_count; i++) json_write_str(&list.writer, str_from(registry->kinds[i]->name));
    return str_copy(arena, json_list_str(&list));
}

static enum err read_signs(struct db_rows *rows, struct look *look)
{
    if (!db_next(rows)) return db_rows_result(rows);
    int64_t job_at = db_col_time(rows, 1), lane_at = db_col_int(rows, 2);
    look->has_marks = db_col_bool(rows, 0);
    look->next = job_at && (!lane_at || job_at < lane_at) ? job_at : lane_at;
    return OK;
}

static enum err read_heads(struct arena *arena, struct db_rows *rows, struct look *look)
{
    size_t most = bus_registry_current()->kinds_count;
    look->ready = arena_array(arena, const struct job_kind *, most + 1);
    while (db_next(rows) && look->ready_count < most) {
        const struct job_kind *kind = bus_kind(db_col_view(rows, 0));
        if (!kind) continue;
        look->has_more |= look->ready_count > 0 || db_col_bool(rows, 1);
        look->ready[look->ready_count++] = kind;
    }
    return db_rows_result(rows);
}

enum err bus_look(struct worker *worker, struct look *look)
{
    struct db_rows signs CLEANUP(db_rows_close) = {0}, heads CLEANUP(db_rows_close) = {0};
    struct db_value until[] = {db_time(clock_now() + LOOK_AHEAD_US)}, kinds[] = {db_json(kinds_list(&worker->arena))};
    struct db_ask asks[] = {{&sql_bus_signs, until, 1, &signs}, {&sql_bus_heads, kinds, 1, &heads}};
    bool goes_on = worker->going_on.kind != NULL;
    *look = (struct look){0};
    TRY(db_query_all(worker->db, asks, goes_on ? 1 : 2));
    TRY(read_signs(&signs, look));
    if (!goes_on) return read_heads(&worker->arena, &heads, look);
    look->ready = arena_array(&worker->arena, const struct job_kind *, 1);
    look->ready[look->ready_count++] = worker->going_on.kind;
    look->has_more = true;
    return OK;
}

bool bus_look_has_due(const struct look *look) { return look->has_marks || (look->next && look->next <= clock_now()); }
