/* The onboarding feature's own parts.
 *
 * Six steps. users.onboarding_step is the furthest one reached and never goes back, so that /onboarding opens where the person stopped,
 * in whichever browser, and going back to look at a step costs nothing. Every button of a step posts the step's one form with
 * `then` saying where to go: also Back and Finish later keep what is valid, without scripts too.
 */
#pragma once
#include "features/feature.h"
#include "features/onboarding/views.h"
#include "features/person.h"
#include "http/response.h"

enum onboarding_step { STEP_WELCOME, STEP_GOALS, STEP_EXPERIENCE, STEP_EDUCATION, STEP_WORK, STEP_SUMMARY, STEP_COUNT };

/* The fields that a step's form, its saving while typing and its page share (routes.c). */
struct onboarding_fields {
    const struct field *fields;
    size_t count;
};
extern const struct onboarding_fields onboarding_fields[STEP_COUNT];

/* ---- handlers ---- */
enum err onboarding_open(struct request *request, struct response *response);
enum err onboarding_step_page(struct request *request, struct response *response);
enum err onboarding_submit(struct request *request, struct response *response);       /* welcome, goals, experience */
enum err onboarding_save(struct request *request, struct response *response);
enum err onboarding_skip(struct request *request, struct response *response);
enum err onboarding_complete(struct request *request, struct response *response);
enum err onboarding_submit_entry(struct request *request, struct response *response); /* education, work */
enum err onboarding_save_entry(struct request *request, struct response *response);
enum err onboarding_ask_delete(struct request *request, struct response *response);
enum err onboarding_delete_entry(struct request *request, struct response *response);
enum err onboarding_profile_get(struct request *request, struct response *response);
enum err onboarding_profile_patch(struct request *request, struct response *response);

/* ---- shared by the files of the feature ---- */

/* The step in the path "/onboarding/N...". */
enum onboarding_step onboarding_step_of(const struct request *request);
/* Whether the person may open the step; everybody may open what is behind them. */
bool onboarding_is_open(const struct person *person, enum onboarding_step step);
/* Whether they came to change one part and go back. */
bool onboarding_is_edit(const struct request *request);
/* Shows a step with the fields of the request where it is a POST; 422 when it has errors. */
enum err onboarding_show(struct request *request, struct response *response, const struct person *person, enum onboarding_step step,
                         struct str problem) MUST_CHECK;
enum err onboarding_show_entries(struct request *request, struct response *response, const struct person *person,
                                 enum onboarding_step step) MUST_CHECK;
/* Fills the frame around a step. */
void onboarding_wizard(struct request *request, const struct person *person, enum onboarding_step step, struct wizard *wizard);
/* A control of the step, with this value on a page that was not posted. */
struct field_view onboarding_field(struct request *request, enum onboarding_step step, const char *name, struct str value, const char *hint);
/* Where `then` leads; records the progress. */
enum err onboarding_leave(struct request *request, struct response *response, const struct person *person, enum onboarding_step step,
                          struct str then) MUST_CHECK;
/* {"saved_at", "errors"}: 200, or 422 when a field was not saved. */
void onboarding_answer_saved(struct request *request, struct response *response, int64_t now);
enum err onboarding_resume_box(struct request *request, struct resume_box *box) MUST_CHECK;

/* The entries of a person as rows to show; `except` (may be "") is left out. */
enum err onboarding_entry_rows(struct request *request, enum onboarding_step step, struct str except, struct entry_row **rows, size_t *count)
    MUST_CHECK;
