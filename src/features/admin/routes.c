/* Routes and field tables of the operator's pages. */
#include "features/admin/admin.h"
#include "features/admin/store.sql.h"

#define KIND_FIELD {.name = "kind", .type = FIELD_TEXT, .label = "Kind", .max = 100}
#define JOB_NUMBER_MAX INT64_C(9000000000000000000)

static const struct field overview_fields[] = {{.name = "span", .type = FIELD_CHOICE, .label = "Span", .choices = "hour|day"}};
static const struct field job_list_fields[] = {
    KIND_FIELD,
    {.name = "status", .type = FIELD_CHOICE, .label = "State", .choices = "queued|scheduled|waiting|blocked|running|completed|dead|cancelled"},
    {.name = "email", .type = FIELD_EMAIL, .label = "E-mail of the person"},
    {.name = "number", .type = FIELD_INT, .label = "Number", .min = 1, .max = JOB_NUMBER_MAX},
    {.name = "workflow", .type = FIELD_ID, .label = "Workflow"},
    {.name = "error", .type = FIELD_TEXT, .label = "Last error has", .max = 100},
    {.name = "before", .type = FIELD_INT, .label = "Before", .min = 1, .max = JOB_NUMBER_MAX},
};
static const struct field job_fields[] = {{.name = "id", .type = FIELD_INT, .label = "Number", .min = 1, .max = JOB_NUMBER_MAX}};
static const struct field kind_fields[] = {KIND_FIELD};
static const struct field event_list_fields[] = {
    {.name = "type", .type = FIELD_TEXT, .label = "Type", .max = 100},
    {.name = "status", .type = FIELD_CHOICE, .label = "State", .choices = "pending|processing|completed|failed"},
    {.name = "email", .type = FIELD_EMAIL, .label = "E-mail of the person"},
    {.name = "correlation", .type = FIELD_ID, .label = "Correlation"},
    {.name = "before", .type = FIELD_ID, .label = "Before"},
};
static const struct field workflow_fields[] = {{.name = "workflow", .type = FIELD_ID, .label = "Workflow"}};
static const struct field event_fields[] = {{.name = "id", .type = FIELD_ID, .label = "Event"}};
static const struct field schedule_fields[] = {{.name = "name", .type = FIELD_TEXT, .label = "Schedule", .max = 100}};
static const struct field audit_fields[] = {
    {.name = "before", .type = FIELD_INT, .label = "Before", .min = 1, .max = ADMIN_TIME_MAX},
    {.name = "before_id", .type = FIELD_ID, .label = "Before the entry"},
};

static const struct route routes[] = {
    {HTTP_GET, "/admin", admin_overview, ACCESS_ADMIN, RATE_PAGE, FIELDS(overview_fields), .summary = "how the agents' work goes"},
    {HTTP_GET, "/admin/jobs", admin_jobs, ACCESS_ADMIN, RATE_PAGE, FIELDS(job_list_fields), .summary = "jobs of everybody, with filters"},
    {HTTP_GET, "/admin/jobs/{id}", admin_job, ACCESS_ADMIN, RATE_PAGE, FIELDS(job_fields), .summary = "one job with its history"},
    {HTTP_GET, "/admin/jobs/{id}/retry", admin_job_retry_page, ACCESS_ADMIN, RATE_PAGE, FIELDS(job_fields), .summary = "ask before a job is tried again"},
    {HTTP_POST, "/admin/jobs/{id}/retry", admin_job_retry, ACCESS_ADMIN, RATE_CHANGE, FIELDS(job_fields), .summary = "try a job again that gave up"},
    {HTTP_GET, "/admin/jobs/{id}/cancel", admin_job_cancel_page, ACCESS_ADMIN, RATE_PAGE, FIELDS(job_fields), .summary = "ask before a job is cancelled"},
    {HTTP_POST, "/admin/jobs/{id}/cancel", admin_job_cancel, ACCESS_ADMIN, RATE_CHANGE, FIELDS(job_fields), .summary = "cancel a job"},
    {HTTP_GET, "/admin/workflows/{workflow}/cancel", admin_workflow_cancel_page, ACCESS_ADMIN, RATE_PAGE, FIELDS(workflow_fields), .summary = "ask before a workflow is cancelled"},
    {HTTP_POST, "/admin/workflows/{workflow}/cancel", admin_workflow_cancel, ACCESS_ADMIN, RATE_CHANGE, FIELDS(workflow_fields), .summary = "cancel all jobs of a workflow that are not finished"},
    {HTTP_GET, "/admin/kinds/{kind}/redrive", admin_kind_redrive_page, ACCESS_ADMIN, RATE_PAGE, FIELDS(kind_fields), .summary = "ask before the dead letters of a kind are tried again"},
    {HTTP_POST, "/admin/kinds/{kind}/redrive", admin_kind_redrive, ACCESS_ADMIN, RATE_CHANGE, FIELDS(kind_fields), .summary = "try the dead letters of a kind again"},
    {HTTP_GET, "/admin/kinds/{kind}/pause", admin_kind_pause_page, ACCESS_ADMIN, RATE_PAGE, FIELDS(kind_fields), .summary = "ask before a kind is paused"},
    {HTTP_POST, "/admin/kinds/{kind}/pause", admin_kind_pause, ACCESS_ADMIN, RATE_CHANGE, FIELDS(kind_fields), .summary = "let no job of a kind begin"},
    {HTTP_POST, "/admin/kinds/{kind}/resume", admin_kind_resume, ACCESS_ADMIN, RATE_CHANGE, FIELDS(kind_fields), .summary = "let jobs of a kind begin again"},
    {HTTP_GET, "/admin/events", admin_events, ACCESS_ADMIN, RATE_PAGE, FIELDS(event_list_fields), .summary = "events of everybody, with filters"},
    {HTTP_GET, "/admin/events/{id}", admin_event, ACCESS_ADMIN, RATE_PAGE, FIELDS(event_fields), .summary = "one event with what caused it and what it caused"},
    {HTTP_GET, "/admin/schedules", admin_schedules, ACCESS_ADMIN, RATE_PAGE, .summary = "what the clock starts"},
    {HTTP_POST, "/admin/schedules/{name}/run", admin_schedule_run, ACCESS_ADMIN, RATE_CHANGE, FIELDS(schedule_fields), .summary = "start once what the clock would start"},
    {HTTP_POST, "/admin/schedules/{name}/pause", admin_schedule_pause, ACCESS_ADMIN, RATE_CHANGE, FIELDS(schedule_fields), .summary = "let the clock start nothing of a kind"},
    {HTTP_POST, "/admin/schedules/{name}/resume", admin_schedule_resume, ACCESS_ADMIN, RATE_CHANGE, FIELDS(schedule_fields), .summary = "let the clock start a kind again"},
    {HTTP_GET, "/admin/budgets", admin_budgets, ACCESS_ADMIN, RATE_PAGE, .summary = "what was spent at services that meter it"},
    {HTTP_GET, "/admin/audit", admin_audit, ACCESS_ADMIN, RATE_PAGE, FIELDS(audit_fields), .summary = "what operators did, and people with their tokens"},
};

const struct feature feature_admin = {.name = "admin",
                                      .routes = routes,
                                      .routes_count = COUNT_OF(routes),
                                      .statements = admin_statements,
                                      .statements_count = &admin_statements_count};
