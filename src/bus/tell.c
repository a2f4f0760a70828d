/* What a run says of itself: progress for people, log lines for operators. */
#include "base/clock.h"
#include "bus/engine.sql.h"
#include "bus/internal.h"
#include "json/json.h"

#include <assert.h>
#include <stdarg.h>

#define PROGRESS_EVERY_US (US_PER_SECOND / 2)
#define LINES_MAX 200
#define LINE_LEN_MAX 500

struct log_line {
    struct str message;
    struct log_line *next;
};

static enum err write_progress(struct run *run)
{
    return db_exec(run->job.db, &sql_job_set_progress,
                   DB_ARGS(db_int(run->job.id), db_int(run->process_id), db_int(run->claim), db_int(run->progress_percent), db_text_or_null(run->progress_message)));
}

enum err job_progress(struct job *job, int64_t done, int64_t total, struct str message)
{
    struct run *run = job->of;
    int64_t now = clock_monotonic();
    if (!run || total <= 0 || db_in_transaction(job->db)) return OK;
    run->progress_percent = done < 0 ? 0 : done > total ? 100 : done * 100 / total;
    run->progress_message = str_copy(job->arena, message);
    run->progress_is_due = run->progress_at && now - run->progress_at < PROGRESS_EVERY_US;
    if (run->progress_is_due) return OK;
    run->progress_at = now;
    TRY(write_progress(run));
    bus_person_changed(job->db, job->arena, job->user_id);
    return OK;
}

enum err bus_keep_progress(struct run *run) { return run->progress_is_due ? write_progress(run) : OK; }

void job_log(struct job *job, const char *format, ...)
{
    struct run *run = job->of;
    if (run->lines_count >= LINES_MAX) return;
    va_list args;
    va_start(args, format);
    struct str message = str_vformat(job->arena, format, args);
    va_end(args);
    struct log_line *line = arena_new(job->arena, struct log_line);
    line->message = str_slice(message, 0, LINE_LEN_MAX);
    *run->last_line = line;
    run->last_line = &line->next;
    run->lines_count++;
}

enum err bus_keep_log(struct run *run)
{
    struct job *job = &run->job;
    struct json_list list CLEANUP(json_list_dispose) = {0};
    int64_t number = 0;
    if (!run->lines_count) return OK;
    json_list_open(&list);
    for (const struct log_line *line = run->lines; line; line = line->next) {
        json_object_open(&list.writer);
        json_member_int(&list.writer, "line", ++number);
        json_member_str(&list.writer, "level", STR("info"));
        json_member_str(&list.writer, "message", line->message);
        json_object_close(&list.writer);
    }
    return db_exec(job->db, &sql_job_log_insert, DB_ARGS(db_int(job->id), db_int(job->run), db_json(json_list_str(&list)), db_time(clock_now())));
}
