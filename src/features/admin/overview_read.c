/* Reading what the overview shows: six statements in one round trip, each bounded. Design in admin.h. */
#include "base/clock.h"
#include "bus/bus.h"
#include "bus/figures.sql.h"
#include "features/admin/admin.h"
#include "features/admin/store.sql.h"

#include <string.h>

#define HOUR_US (3600 * US_PER_SECOND)
#define WORKERS_MAX 100

const struct admin_span admin_hour = {.name = "hour", .slot_word = "minute", .slots = 60, .slot_us = 60 * US_PER_SECOND, .most = 20000, .refresh_seconds = 2};
const struct admin_span admin_day = {.name = "day", .slot_word = "hour", .slots = 24, .slot_us = HOUR_US, .most = 100000, .refresh_seconds = 30};

static struct admin_figures *figures_of(struct admin_reading *reading, struct arena *arena, struct str name)
{
    for (size_t i = 0; i < reading->kinds_count; i++)
        if (str_equal(reading->kinds[i].name, name)) return &reading->kinds[i];
    /* More names than that no version of the program has; the last row takes them all. */
    if (reading->kinds_count == ADMIN_KINDS_MAX) return &reading->kinds[ADMIN_KINDS_MAX - 1];
    struct admin_figures *added = &reading->kinds[reading->kinds_count++];
    *added = (struct admin_figures){.name = str_copy(arena, name), .kind = bus_kind(name)};
    return added;
}

static void begin_with_known(struct admin_reading *reading, struct arena *arena)
{
    const struct bus_registry *registry = bus_registry_current();
    for (size_t i = 0; registry && i < registry->kinds_count; i++) figures_of(reading, arena, str_from(registry->kinds[i]->name));
}

static size_t state_of(struct str name)
{
    static const char *const names[STATE_COUNT] = {"queued", "scheduled", "waiting", "blocked", "running", "dead"};
    size_t state = 0;
    while (state < STATE_COUNT && !str_equal(name, str_from(names[state]))) state++;
    return state;
}

static enum err take_states(struct admin_reading *reading, struct arena *arena, struct db_rows *rows)
{
    while (db_next(rows)) {
        struct admin_figures *figures = figures_of(reading, arena, db_col_view(rows, 0));
        size_t state = state_of(db_col_view(rows, 1));
        if (state == STATE_COUNT) continue;
        figures->states[state] += db_col_int(rows, 2);
        if (state == STATE_SCHEDULED || state == STATE_WAITING) reading->later += db_col_int(rows, 2);
    }
    return db_rows_result(rows);
}

static enum err take_ended(struct admin_reading *reading, struct arena *arena, struct db_rows *rows)
{
    reading->ended = arena_array(arena, struct admin_ended, (size_t)reading->span->most);
    while (db_next(rows) && (int64_t)reading->ended_count < reading->span->most) {
        struct admin_figures *figures = figures_of(reading, arena, db_col_view(rows, 0));
        int64_t ready = db_col_time(rows, 2), started = db_col_time(rows, 3), ended = db_col_time(rows, 4);
        if (ended >= reading->now - HOUR_US) figures->hour++;
        reading->ended[reading->ended_count++] = (struct admin_ended){
            .kind = (size_t)(figures - reading->kinds),
            .ended_at = ended,
            .latency = started && started >= ready ? started - ready : -1,
            .took = started && ended >= started ? ended - started : -1,
            .is_dead = str_equal(db_col_view(rows, 1), STR("dead")),
        };
    }
    return db_rows_result(rows);
}

static enum err take_day(struct admin_reading *reading, struct arena *arena, struct db_rows *rows)
{
    while (db_next(rows)) {
        struct admin_figures *figures = figures_of(reading, arena, db_col_view(rows, 0));
        int64_t count = db_col_int(rows, 2);
        reading->day += count;
        figures->day += count;
        if (str_equal(db_col_view(rows, 1), STR("dead"))) figures->day_dead += count;
    }
    return db_rows_result(rows);
}

static enum err take_workers(struct admin_reading *reading, struct arena *arena, struct db_rows *rows)
{
    reading->workers = arena_array(arena, struct admin_worker, WORKERS_MAX);
    while (db_next(rows) && reading->workers_count < WORKERS_MAX) {
        int64_t started = db_col_time(rows, 3), seen = db_col_time(rows, 4);
        reading->workers[reading->workers_count++] = (struct admin_worker){
            .id = db_col_int(rows, 0),
            .name = db_col_text(rows, 1, arena),
            .beat = db_col_int(rows, 2),
            .started_iso = time_iso(arena, started),
            .started = time_ago(arena, started, reading->now),
            .seen_iso = time_iso(arena, seen),
            .seen = time_ago(arena, seen, reading->now),
            .running = db_col_int(rows, 5),
            .is_late = reading->now - seen > BUS_LATE_US,
        };
    }
    return db_rows_result(rows);
}

static enum err take_paused(struct admin_reading *reading, struct arena *arena, struct db_rows *rows)
{
    while (db_next(rows)) figures_of(reading, arena, db_col_view(rows, 0))->is_paused = true;
    return db_rows_result(rows);
}

enum err admin_read(struct request *request, const struct admin_span *span, struct admin_reading *reading)
{
    struct arena *arena = request->arena;
    struct db_rows ready CLEANUP(db_rows_close) = {0}, open CLEANUP(db_rows_close) = {0}, ended CLEANUP(db_rows_close) = {0},
                   day CLEANUP(db_rows_close) = {0}, workers CLEANUP(db_rows_close) = {0}, paused CLEANUP(db_rows_close) = {0};
    memset(reading, 0, sizeof *reading);
    reading->span = span;
    reading->now = clock_now();
    begin_with_known(reading, arena);
    const struct db_ask asks[] = {
        {&sql_bus_ready_and_dead, DB_NO_ARGS, &ready},
        {&sql_bus_open, DB_NO_ARGS, &open},
        {&sql_admin_ended, DB_ARGS(db_time(reading->now - (int64_t)span->slots * span->slot_us), db_int(span->most)), &ended},
        {&sql_admin_ended_by_kind, DB_ARGS(db_time(reading->now - US_PER_DAY)), &day},
        {&sql_bus_processes, DB_NO_ARGS, &workers},
        {&sql_admin_paused, DB_NO_ARGS, &paused},
    };
    TRY(db_query_all(request->db, asks, COUNT_OF(asks)));
    TRY(take_states(reading, arena, &ready));
    TRY(take_states(reading, arena, &open));
    TRY(take_ended(reading, arena, &ended));
    TRY(take_day(reading, arena, &day));
    TRY(take_workers(reading, arena, &workers));
    return take_paused(reading, arena, &paused);
}

int64_t admin_percentile(const int64_t *sorted, size_t count, double share)
{
    if (!count) return -1;
    size_t rank = (size_t)(share * (double)count);
    if ((double)rank < share * (double)count) rank++;
    return sorted[rank ? rank - 1 : 0];
}
