/* The operator's pages under /admin: how the bus is, its jobs and events, and what may be done to them. Administrators alone come here (ACCESS_ADMIN).
 *
 * No page scans the table of jobs: what is counted or looked at is bounded (store.sql says by what), and a page says so where the bound was met. Each thing
 * done is confirmed first and noted in the audit log.
 */
#pragma once
#include "db/db.h"
#include "features/admin/views.h"
#include "features/feature.h"
#include "http/response.h"

struct job_kind;
extern const struct feature feature_admin;

#define ADMIN_TIME_MAX INT64_C(253402300799000000) /* the end of the year 9999, which is "never" to the bus */
#define ADMIN_LOOKED_AT_MAX 20000 /* of a list: the statements' LIMIT */
#define ADMIN_PAGE_SIZE 50

enum err admin_overview(struct request *request, struct response *response);
enum err admin_jobs(struct request *request, struct response *response);
enum err admin_job(struct request *request, struct response *response);
enum err admin_events(struct request *request, struct response *response);
enum err admin_event(struct request *request, struct response *response);
enum err admin_audit(struct request *request, struct response *response);
enum err admin_schedules(struct request *request, struct response *response);
enum err admin_budgets(struct request *request, struct response *response);

enum err admin_job_retry_page(struct request *request, struct response *response);
enum err admin_job_cancel_page(struct request *request, struct response *response);
enum err admin_kind_redrive_page(struct request *request, struct response *response);
enum err admin_kind_pause_page(struct request *request, struct response *response);
enum err admin_workflow_cancel_page(struct request *request, struct response *response);
enum err admin_job_retry(struct request *request, struct response *response);
enum err admin_job_cancel(struct request *request, struct response *response);
enum err admin_workflow_cancel(struct request *request, struct response *response);
enum err admin_kind_redrive(struct request *request, struct response *response);
enum err admin_kind_pause(struct request *request, struct response *response);
enum err admin_kind_resume(struct request *request, struct response *response);
enum err admin_schedule_run(struct request *request, struct response *response);
enum err admin_schedule_pause(struct request *request, struct response *response);
enum err admin_schedule_resume(struct request *request, struct response *response);

/* The frame and its tabs. */
enum err admin_shell(struct request *request, enum admin_tab tab, struct str title, struct str sentence, struct shell *shell, struct admin_tabs *tabs) MUST_CHECK;

/* ---- overview_read.c ---- */

#define ADMIN_KINDS_MAX 128
#define ADMIN_COUNTED_MAX 10000  /* of one kind in one state: the statements' LIMIT */
#define ADMIN_DAY_MAX 100000     /* jobs of the last day that are counted */

/* What the charts are of, and how much of it is looked at one by one. */
struct admin_span {
    const char *name, *slot_word; /* "hour", "minute" */
    size_t slots;
    int64_t slot_us;
    int64_t most;            /* jobs that ended, the newest */
    int64_t refresh_seconds; /* how often the page asks again */
};
extern const struct admin_span admin_hour, admin_day;

enum admin_state { STATE_QUEUED, STATE_SCHEDULED, STATE_WAITING, STATE_BLOCKED, STATE_RUNNING, STATE_DEAD, STATE_COUNT };

struct admin_figures {
    struct str name;
    const struct job_kind *kind; /* NULL: this version knows none of that name */
    int64_t states[STATE_COUNT];
    int64_t hour, day, day_dead; /* jobs that ended; day_dead are among day */
    bool is_paused;
};

/* A job that ended within the span. */
struct admin_ended {
    size_t kind;           /* index of its figures */
    int64_t ended_at;
    int64_t latency, took; /* microseconds from ready to start and from start to end; -1: it never began */
    bool is_dead;
};

struct admin_reading {
    const struct admin_span *span;
    int64_t now;
    struct admin_figures kinds[ADMIN_KINDS_MAX];
    size_t kinds_count;
    struct admin_ended *ended; /* the newest first */
    size_t ended_count;
    int64_t later, day; /* jobs counted in the states of jobs_due, and of the last day: at their bound or not */
    struct admin_worker *workers;
    size_t workers_count;
};

/* Everything the overview shows, in one round trip. */
enum err admin_read(struct request *request, const struct admin_span *span, struct admin_reading *reading) MUST_CHECK;
/* The value below which `share` of the sorted values lie (nearest rank); -1 for none. */
int64_t admin_percentile(const int64_t *sorted, size_t count, double share);

/* ---- chart.c ---- */

#define ADMIN_CHART_WIDTH 600
#define ADMIN_CHART_HEIGHT 120
void admin_fill_charts(struct request *request, const struct admin_reading *reading, struct admin_overview *view);

/* ---- chain.c ---- */

/* What caused what: the events of one correlation and the jobs between, as trees. `current` is marked. */
enum err admin_fill_chain(struct request *request, struct str correlation_id, struct str current, struct admin_event *view) MUST_CHECK;

/* ---- words.c ---- */

struct str admin_count(struct arena *arena, int64_t count, bool is_bound); /* "1,204", "10,000+" when it is only the bound */
struct str admin_duration(struct arena *arena, int64_t us);               /* "0.4 ms", "12 s", "3 min", "–" below 0 */
struct str admin_workflow_words(struct arena *arena, int64_t open);         /* "3 of its jobs are not finished." */
/* "in 5 minutes", "now" */
struct str admin_until(struct arena *arena, int64_t us, int64_t now);
struct str admin_clock(struct arena *arena, int64_t us);                  /* "14:03:09" */
struct admin_status admin_job_status(struct arena *arena, struct str status);
struct admin_status admin_event_status(struct arena *arena, struct str status);
/* Indented, of any valid document; the text as it is otherwise. */
struct str admin_pretty(struct arena *arena, struct str json);
/* A value as a part of an address. */
struct str admin_url_part(struct arena *arena, struct str value);
struct choice *admin_choices(struct arena *arena, const char *const *values, size_t count, const char *all, struct str selected);
