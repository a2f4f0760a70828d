/* Schedules in the store. Design in schedules.h. */
#include "bus/schedules.h"

#include "base/clock.h"
#include "base/config.h"
#include "base/log.h"
#include "base/time_zone.h"
#include "bus/cron.h"
#include "bus/internal.h"
#include "bus/schedules.sql.h"

#include <assert.h>

#define JITTER_MAX_SECONDS 86400
#define KEY_SECONDS (30 * 86400) /* so long a time is known to have been run, however the clock is put */

struct str schedule_zone(const struct schedule *schedule)
{
    return schedule->time_zone ? str_from(schedule->time_zone) : config_text(CONFIG_SCHEDULE_TIME_ZONE);
}

enum err schedule_check(const struct job_kind *kind)
{
    const struct schedule *schedule = kind->schedule;
    int64_t next;
    if (!schedule) return OK;
    if (schedule->jitter_seconds < 0 || schedule->jitter_seconds > JITTER_MAX_SECONDS)
        return err_set(ERR_INVALID, "the jitter is not from 0 to %d seconds", JITTER_MAX_SECONDS);
    return cron_next(str_from(schedule->cron), schedule_zone(schedule), clock_now(), &next);
}

enum err schedules_register(struct db *db)
{
    const struct bus_registry *registry = bus_registry_current();
    int64_t now = clock_now(), next;
    assert(db_in_transaction(db));
    for (size_t i = 0; i < registry->kinds_count; i++) {
        const struct job_kind *kind = registry->kinds[i];
        if (!kind->schedule) continue;
        struct str cron = str_from(kind->schedule->cron), zone = schedule_zone(kind->schedule);
        TRY(cron_next(cron, zone, now, &next));
        TRY(db_exec(db, &sql_schedule_register, DB_ARGS(db_text(str_from(kind->name)), db_text(cron), db_text(zone), db_time(next), db_time(now))));
    }
    return OK;
}

struct row {
    struct schedule_state state;
    struct str name;
    int64_t next_run_at, done_until; /* done_until 0: nothing, from next_run_at on */
};

struct row_list {
    struct row *items;
    size_t count;
};

/* Those of kinds that this version schedules. */
static enum err read_rows(struct db *db, struct arena *arena, struct row_list *list)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    *list = (struct row_list){.items = arena_alloc(arena, bus_registry_current()->kinds_count * sizeof(struct row))};
    TRY(db_query(db, &sql_schedule_list, DB_NO_ARGS, &rows));
    while (db_next(&rows)) {
        const struct job_kind *kind = bus_kind(db_col_view(&rows, 0));
        if (!kind || !kind->schedule) continue;
        struct row *row = &list->items[list->count++];
        *row = (struct row){.name = str_from(kind->name), .next_run_at = db_col_time(&rows, 3), .done_until = db_col_time(&rows, 4)};
        row->state = (struct schedule_state){.kind = kind, .cron = db_col_text(&rows, 1, arena), .time_zone = db_col_text(&rows, 2, arena),
                                             .last_run_at = db_col_time(&rows, 5), .paused = db_col_bool(&rows, 6)};
        row->state.next_run_at = row->state.paused ? 0 : row->next_run_at;
    }
    return db_rows_result(&rows);
}

/* The same on every node: from the name and the time, spread evenly. */
static int64_t jitter(const struct schedule *schedule, struct str key)
{
    return schedule->jitter_seconds ? (int64_t)(str_hash(key) % ((uint64_t)schedule->jitter_seconds * US_PER_SECOND)) : 0;
}

static enum err enqueue(struct db *db, struct arena *arena, const struct job_kind *kind, int64_t due)
{
    struct str time = time_iso(arena, due);
    struct str key = str_format(arena, "%s %.*s", kind->name, STR_ARG(time));
    struct str payload = str_format(arena, "{\"due_at\":\"%.*s\"}", STR_ARG(time));
    struct job_spec spec = {.kind = kind->name, .payload = payload, .run_at = due + jitter(kind->schedule, key), .key = key, .key_seconds = KEY_SECONDS};
    return bus_enqueue(db, arena, &spec, NULL);
}

/* The times to run of those that have come, by the policy. */
static enum err times_to_run(const struct row *row, int64_t now, int64_t times[SCHEDULE_MISSED_MAX], size_t *count)
{
    enum schedule_missed missed = row->state.kind->schedule->missed;
    int64_t after = row->done_until ? row->done_until : row->next_run_at - 1;
    TRY(cron_last(row->state.cron, row->state.time_zone, after, now, times, missed == SCHEDULE_MISSED_ALL ? SCHEDULE_MISSED_MAX : 1, count));
    if (missed == SCHEDULE_MISSED_SKIP && *count && times[0] < now - SCHEDULE_LATE_SECONDS * US_PER_SECOND) *count = 0;
    return OK;
}

struct start {
    struct arena *arena;
    const struct row *row;
    int64_t now, next;
};

static enum err start_one(struct db *db, void *argument)
{
    struct start *start = argument;
    const struct row *row = start->row;
    int64_t times[SCHEDULE_MISSED_MAX];
    size_t count = 0;
    TRY(times_to_run(row, start->now, times, &count));
    enum err mine = db_exec_one(db, &sql_schedule_advance,
                                DB_ARGS(db_text(row->name), db_time(row->next_run_at), db_time(start->now), db_time(start->next),
                                        db_time_or_null(count ? start->now : 0)));
    if (mine == ERR_NOT_FOUND) return OK; /* another node was first */
    TRY(mine);
    for (size_t i = 0; i < count; i++) TRY(enqueue(db, start->arena, row->state.kind, times[i]));
    return OK;
}

static bool has_come(const struct row *row, int64_t now)
{
    return row->next_run_at <= now || row->done_until > now + US_PER_DAY; /* the clock was wrong, and has been put back */
}

enum err schedules_start_due(struct db *db, struct arena *arena, int64_t *next)
{
    struct row_list list;
    *next = INT64_MAX;
    TRY(read_rows(db, arena, &list));
    for (size_t i = 0; i < list.count; i++) {
        const struct row *row = &list.items[i];
        struct start start = {arena, row, clock_now(), row->next_run_at};
        if (row->state.paused) continue;
        if (has_come(row, start.now)) {
            enum err known = cron_next(row->state.cron, row->state.time_zone, start.now, &start.next);
            if (known != OK) { /* another version's, or its zone is gone: the others must go on */
                log_error("the schedule %.*s cannot run: %s", STR_ARG(row->name), err_detail());
                continue;
            }
            TRY(db_transaction(db, start_one, &start));
        }
        if (start.next < *next) *next = start.next;
    }
    return OK;
}

enum err schedules_list(struct db *db, struct arena *arena, struct schedule_state **states, size_t *count)
{
    struct row_list list;
    TRY(read_rows(db, arena, &list));
    *count = list.count;
    *states = arena_alloc(arena, list.count * sizeof(**states));
    for (size_t i = 0; i < list.count; i++) (*states)[i] = list.items[i].state;
    return OK;
}

static enum err find_row(struct db *db, struct arena *arena, struct str name, struct row *row)
{
    struct row_list list;
    TRY(read_rows(db, arena, &list));
    for (size_t i = 0; i < list.count; i++) {
        if (!str_equal(list.items[i].name, name)) continue;
        *row = list.items[i];
        return OK;
    }
    return err_set(ERR_NOT_FOUND, "there is no such schedule");
}

enum err schedules_pause(struct db *db, struct arena *arena, struct str name, bool paused)
{
    struct row row = {0};
    int64_t now = clock_now(), next;
    assert(db_in_transaction(db));
    TRY(find_row(db, arena, name, &row));
    if (row.state.paused == paused) return OK;
    if (paused) return db_exec(db, &sql_schedule_pause, DB_ARGS(db_text(row.name)));
    int64_t done_until = row.done_until > now ? row.done_until : now;
    TRY(cron_next(row.state.cron, row.state.time_zone, done_until, &next));
    TRY(db_exec(db, &sql_schedule_resume, DB_ARGS(db_text(row.name), db_time(done_until), db_time(next))));
    return OK;
}

enum err schedules_run_now(struct db *db, struct arena *arena, struct str name)
{
    struct row row = {0};
    int64_t now = clock_now();
    assert(db_in_transaction(db));
    TRY(find_row(db, arena, name, &row));
    struct str time = time_iso(arena, now);
    struct str key = str_format(arena, "%.*s by hand %.*s", STR_ARG(row.name), STR_ARG(time));
    struct str payload = str_format(arena, "{\"due_at\":\"%.*s\"}", STR_ARG(time));
    TRY(bus_enqueue(db, arena, &(struct job_spec){.kind = row.state.kind->name, .payload = payload, .key = key}, NULL));
    return db_exec(db, &sql_schedule_ran, DB_ARGS(db_text(row.name), db_time(now)));
}
