/* The roadmap page and its API. The architect (src/agents/architect.c) makes the plan; here it is shown, and modules are begun and finished. */
#pragma once
#include "db/db.h"
#include "features/feature.h"
#include "features/roadmap/views.h"
#include "http/response.h"

extern const struct feature feature_roadmap;

#define ROADMAP_STATUSES "pending|in_progress|completed"

#define ROADMAP_ID_FIELDS 1
#define ROADMAP_STATUS_FIELDS 2
#define ROADMAP_CHANGE_FIELDS 4
extern const struct field roadmap_id_fields[ROADMAP_ID_FIELDS];
extern const struct field roadmap_status_fields[ROADMAP_STATUS_FIELDS];
extern const struct field roadmap_change_fields[ROADMAP_CHANGE_FIELDS];

enum err roadmap_page(struct request *request, struct response *response);
enum err roadmap_plan(struct request *request, struct response *response);
enum err roadmap_module_status(struct request *request, struct response *response);
enum err roadmap_api_list(struct request *request, struct response *response);
enum err roadmap_api_plan(struct request *request, struct response *response);
enum err roadmap_api_get(struct request *request, struct response *response);
enum err roadmap_api_change(struct request *request, struct response *response);
enum err roadmap_api_archive(struct request *request, struct response *response);

struct roadmap {
    struct str id, title, target_role, status, reason, last_change; /* last_change: JSON, "" for none */
    int64_t version, created_at, updated_at;
};

struct roadmap_module {
    struct str id, skill_id, title, summary, reason, kind, status;
    int64_t hours, position, completed_at;
    bool is_claimed; /* the person claims the skill: an interview can ask about it */
};

/* ---- the store; strings live in the request's arena ---- */
/* ERR_NOT_FOUND without an active roadmap. */
enum err roadmap_store_active(struct request *request, struct roadmap *roadmap) MUST_CHECK;
/* One row of the statements that list roadmaps. */
void roadmap_store_read_row(const struct db_rows *rows, struct arena *arena, struct roadmap *roadmap);
enum err roadmap_store_find(struct request *request, struct str id, struct roadmap *roadmap) MUST_CHECK;
/* Both in one round. */
enum err roadmap_store_find_with_modules(struct request *request, struct str id, struct roadmap *roadmap, struct roadmap_module **modules, size_t *count) MUST_CHECK;
/* The modules that were not dropped, in order. */
enum err roadmap_store_modules(struct request *request, struct str roadmap_id, struct roadmap_module **modules, size_t *count) MUST_CHECK;
/* Begins, finishes or reopens a module of the active roadmap; finishing or reopening plans again. ERR_NOT_FOUND; ERR_CONFLICT when a module that
 * proves a skill was to be ticked off. `title` (may be NULL) gets the module's. */
enum err roadmap_store_set_status(struct request *request, struct str module_id, struct str status, struct str *title) MUST_CHECK;
/* Asks the architect for a plan. Nothing happens while one is waiting; *is_new tells. */
enum err roadmap_store_ask(struct request *request, const char *reason, struct str summary, bool *is_new) MUST_CHECK;
enum err roadmap_store_is_planning(struct request *request, bool *is_planning) MUST_CHECK;
