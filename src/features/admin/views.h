/* Views of the operator's pages. */
#pragma once
#include "pages/views.h"

enum admin_tab { ADMIN_OVERVIEW, ADMIN_JOBS, ADMIN_EVENTS, ADMIN_SCHEDULES, ADMIN_BUDGETS, ADMIN_AUDIT };

struct admin_tabs {
    enum admin_tab active;
};

/* ---- overview ---- */

/* Half of the jobs, and 19 of 20, took no longer. */
struct admin_times {
    struct str p50, p95;
};

/* A kind of job, its figures as texts: "1,204", "10,000+", "–" where nothing can be said. */
struct admin_kind {
    struct str name, title, agent;
    struct str queued, scheduled, waiting, blocked, running, dead, hour, day, failed;
    struct admin_times latency, run; /* from ready to start, from start to end */
    bool is_paused, is_known, has_dead;
};

struct admin_worker {
    struct str name, started_iso, started, seen_iso, seen;
    int64_t id, beat, running;
    bool is_late;
};

/* One minute of the last hour, or one hour of the last day. */
struct admin_slot {
    struct str label; /* "14:03" */
    int64_t x;        /* of the chart's columns, in its own units */
    int64_t completed, failed;
    int64_t completed_y, completed_height, failed_y, failed_height;
    struct str p50, p95; /* from ready to start, "–" without a job */
};

struct admin_overview {
    struct shell shell;
    struct admin_tabs tabs;
    struct str at; /* "14:03:09 UTC" */
    struct admin_kind *kinds;
    size_t kinds_count;
    struct admin_worker *workers;
    size_t workers_count;
    struct admin_slot *slots;
    size_t slots_count;
    int64_t column_width, refresh_seconds;
    struct str self, slot_word; /* this view's own address; "minute" or "hour" */
    bool is_day;
    struct str ready, running, dead, ended; /* of all kinds */
    struct str window;  /* "Of the last hour." or what the figures cover */
    struct str unknown; /* one sentence about kinds that this version does not know, "" for none */
    struct str most_ended, most_latency; /* the charts' highest values */
    struct str p50_line, p95_line; /* points of the latency chart */
    struct str first_label, last_label;
    bool has_ended, is_partial, has_paused;
};

/* ---- jobs ---- */

struct admin_status {
    struct str name, words; /* "queued", "ready" */
    struct str badge;       /* the badge's class */
};

struct admin_job_row {
    int64_t id, attempts, max_attempts;
    struct str kind, title, email, error, created_iso, created;
    struct admin_status status;
};

struct admin_more {
    struct str next;  /* an address, "" on the last page */
    struct str words; /* of its link: "Older jobs", or how far was looked */
    struct str note;  /* "" when all was looked at */
};

struct admin_jobs {
    struct shell shell;
    struct admin_tabs tabs;
    struct choice *kinds;
    size_t kinds_count;
    struct choice *statuses;
    size_t statuses_count;
    struct str email, number, workflow, error;
    struct admin_job_row *rows;
    size_t rows_count;
    struct admin_more more;
    bool has_filter;
    struct empty_view none;
};

struct admin_attempt {
    int64_t run;
    struct str outcome, reason, when_iso, when, took;
};

struct admin_step {
    struct str key, state, result;
};

struct admin_line {
    int64_t run, line;
    struct str level, message, at;
};

struct admin_wait {
    struct str words;
};

struct admin_relation {
    int64_t id;
    struct str relation, kind;
    struct admin_status status;
};

struct admin_fact {
    struct str name, value, href; /* href "" for none */
};

struct admin_job {
    struct shell shell;
    struct admin_tabs tabs;
    int64_t id;
    struct admin_status status;
    struct str payload, result, error, progress_message;
    int64_t progress;
    struct admin_fact *facts;
    size_t facts_count;
    struct admin_attempt *attempts;
    size_t attempts_count;
    struct admin_step *steps;
    size_t steps_count;
    struct admin_line *lines;
    size_t lines_count;
    struct admin_wait *waits;
    size_t waits_count;
    struct admin_relation *relations;
    size_t relations_count;
    struct str workflow, workflow_words; /* its id, "" without one; "3 of them are not finished." */
    struct admin_relation *siblings;     /* the first jobs of the workflow, this one among them */
    size_t siblings_count;
    bool has_more_siblings;
    bool can_retry, can_cancel, can_cancel_workflow, has_progress;
};

struct admin_confirm {
    struct shell shell;
    struct admin_tabs tabs;
    struct str words;            /* what it does, what it leaves */
    struct str action, button, back, keep; /* addresses and the words on the two buttons */
    bool is_destructive;
};

/* ---- events ---- */

struct admin_event_row {
    struct str id, type, title, agent, email, summary, created_iso, created;
    struct admin_status status;
};

struct admin_events {
    struct shell shell;
    struct admin_tabs tabs;
    struct choice *types;
    size_t types_count;
    struct choice *statuses;
    size_t statuses_count;
    struct str email, correlation;
    struct admin_event_row *rows;
    size_t rows_count;
    struct admin_more more;
    bool has_filter;
    struct empty_view none;
};

/* An event or a job in the chain of what caused what, with what it caused beneath it. */
struct admin_node {
    struct str words, detail, href, iso, when, icon;
    struct admin_status status;
    bool is_current;
    struct admin_node *children;
    size_t children_count;
};

struct admin_event {
    struct shell shell;
    struct admin_tabs tabs;
    struct str id, payload, error;
    struct admin_status status;
    struct admin_fact *facts;
    size_t facts_count;
    struct admin_node *roots;
    size_t roots_count;
    struct str chain_words; /* "3 events and 4 jobs" */
    bool is_cut; /* the chain is longer than what is shown */
};

/* ---- schedules and budgets ---- */

struct admin_schedule {
    struct str name, title, cron, time_zone, next_iso, next, last_iso, last; /* "" when there is none */
    bool is_paused;
};

struct admin_schedules {
    struct shell shell;
    struct admin_tabs tabs;
    struct admin_schedule *rows;
    size_t rows_count;
    struct empty_view none;
};

/* What was used of a budget in one of its windows. */
struct admin_window {
    struct str period, used, limit, left, ends_iso, ends; /* "minute"; limit "" without one */
    int64_t percent;
    bool has_limit, is_used_up;
};

struct admin_budget {
    struct str name, title, words;
    struct admin_window *windows;
    size_t windows_count;
    bool in_use;
};

struct admin_budgets {
    struct shell shell;
    struct admin_tabs tabs;
    struct admin_budget *rows;
    size_t rows_count;
};

/* ---- audit log ---- */

struct admin_audit_row {
    struct str action, detail, email, address, created_iso, created;
};

struct admin_audit {
    struct shell shell;
    struct admin_tabs tabs;
    struct admin_audit_row *rows;
    size_t rows_count;
    struct str next;
    struct empty_view none;
};
