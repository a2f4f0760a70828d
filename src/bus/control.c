/* What people and operators do to jobs: cancel, redrive, pause. Design in bus.h. */
#include "base/clock.h"
#include "bus/bus.sql.h"
#include "bus/engine.sql.h"
#include "bus/internal.h"
#include "json/json.h"

#include <assert.h>
#include <inttypes.h>

static enum err exec_list(struct db *db, const struct sql *sql, const struct str_list *items)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    if (!items->count) return OK;
    json_list_open(&list);
    for (size_t i = 0; i < items->count; i++) json_write_str(&list.writer, items->items[i]);
    return db_exec(db, sql, DB_ARGS(db_json(json_list_str(&list))));
}

/* The jobs run again: their events are open, and those of a lane get their turn. */
static enum err redrive(struct db *db, struct arena *arena, const struct sql *sql, const struct db_value *values, size_t values_count, int64_t *count)
{
    struct str_list events = {0}, jobs = {0};
    assert(db_in_transaction(db));
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query(db, sql, values, values_count, &rows));
        while (db_next(&rows)) {
            str_list_add(arena, &jobs, str_format(arena, "%" PRId64, db_col_int(&rows, 0)));
            if (!db_col_is_null(&rows, 1)) str_list_add(arena, &events, db_col_text(&rows, 1, arena));
        }
        TRY(db_rows_result(&rows));
    }
    *count = (int64_t)jobs.count;
    TRY(exec_list(db, &sql_mark_many, &jobs));
    TRY(exec_list(db, &sql_event_reopen_many, &events));
    return *count ? bus_tell_workers(db) : OK;
}

enum err bus_redrive(struct db *db, struct arena *arena, struct str user_id, int64_t job_id)
{
    int64_t count;
    TRY(redrive(db, arena, &sql_job_redrive, DB_ARGS(db_int(job_id), db_uuid(user_id), db_time(clock_now())), &count));
    return count ? OK : err_set_private(ERR_NOT_FOUND, "There is nothing here that gave up.", "no dead job %" PRId64 " of theirs", job_id);
}

enum err bus_redrive_dead(struct db *db, const char *kind, int64_t job_id, int64_t most, int64_t *count)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    return redrive(db, &arena, &sql_job_redrive_dead,
                   DB_ARGS(kind ? db_null() : db_int(job_id), db_text_or_null(str_from(kind)), db_int(most), db_time(clock_now())), count);
}

/* Jobs that run are told, in whichever process. */
static enum err cancel(struct db *db, struct db_value id, struct db_value workflow, int64_t *count)
{
    assert(db_in_transaction(db));
    TRY(db_exec(db, &sql_mark_cancelled, DB_ARGS(id, workflow)));
    TRY(db_exec_count(db, &sql_job_cancel, DB_ARGS(id, workflow, db_time(clock_now())), count));
    return *count ? bus_tell_workers(db) : OK;
}

enum err bus_cancel(struct db *db, int64_t job_id)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    int64_t count = 0;
    TRY(cancel(db, db_int(job_id), db_null(), &count));
    if (!count) return err_set_private(ERR_NOT_FOUND, "That job has ended already.", "no open job %" PRId64, job_id);
    return db_notify(db, str_format(&arena, BUS_NOTE_CANCEL "%" PRId64, job_id));
}

enum err bus_cancel_workflow(struct db *db, struct str workflow_id, int64_t *count)
{
    return cancel(db, db_int(0), db_uuid(workflow_id), count);
}

enum err bus_forget_person(struct db *db, struct str user_id)
{
    int64_t count = 0;
    assert(db_in_transaction(db));
    TRY(db_exec(db, &sql_job_keep_number, DB_ARGS(db_uuid(user_id), db_time(clock_now()))));
    TRY(db_exec(db, &sql_mark_forgotten, DB_ARGS(db_uuid(user_id))));
    TRY(db_exec_count(db, &sql_job_forget, DB_ARGS(db_uuid(user_id), db_time(clock_now())), &count));
    return count ? bus_tell_workers(db) : OK;
}

enum err bus_pause(struct db *db, const char *kind, bool is_paused)
{
    TRY(db_exec(db, &sql_bus_pause, DB_ARGS(db_text(str_from(kind)), db_bool(is_paused), db_time(clock_now()))));
    return is_paused ? OK : bus_tell_workers(db);
}
