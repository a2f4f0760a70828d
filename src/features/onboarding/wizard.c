/* The frame around each step, and the way between steps. Design in onboarding.h. */
#include "base/clock.h"
#include "features/onboarding/onboarding.h"
#include "features/onboarding/store.sql.h"
#include "json/json.h"
#include "pages/pages.h"

#include <inttypes.h>
#include <string.h>

#define RESUME_MAX_BYTES (INT64_C(5) << 20)

static const struct {
    const char *label, *title, *sentence;
} steps[STEP_COUNT] = {
    [STEP_WELCOME] = {"Welcome", "Welcome", "Six short steps. Everything is saved as you type, and you can stop at any time."},
    [STEP_GOALS] = {"Goals", "What are you aiming for?", "Your roadmap and your matches are planned towards these roles and places."},
    [STEP_EXPERIENCE] = {"Experience", "Your experience", "So that plans and listings fit where you are."},
    [STEP_EDUCATION] = {"Education", "Education", "Optional: degrees, courses and certificates that count for your goal."},
    [STEP_WORK] = {"Work", "Work history", "Optional: what you have done so far, most recent first."},
    [STEP_SUMMARY] = {"Summary", "Is this right?", "Look it over. You can change all of it later in the settings."},
};

enum onboarding_step onboarding_step_of(const struct request *request)
{
    size_t at = sizeof("/onboarding/") - 1;
    int step = request->path.len > at ? request->path.ptr[at] - '0' : 0;
    return step >= 0 && step < STEP_COUNT ? (enum onboarding_step)step : STEP_WELCOME;
}

bool onboarding_is_open(const struct person *person, enum onboarding_step step)
{
    return person->onboarding_completed || (int)step <= person->onboarding_step;
}

bool onboarding_is_edit(const struct request *request) { return request_bool(request, "edit"); }

static struct str step_address(struct request *request, int step, bool is_edit)
{
    return str_format(request->arena, "/onboarding/%d%s", step, is_edit ? "?edit=1" : "");
}

static void fill_steps(struct request *request, const struct person *person, enum onboarding_step current, struct wizard *wizard)
{
    wizard->steps = arena_array(request->arena, struct wizard_step, STEP_COUNT);
    wizard->steps_count = STEP_COUNT;
    for (int i = 0; i < STEP_COUNT; i++) {
        bool is_current = i == (int)current;
        wizard->steps[i] = (struct wizard_step){
            .label = str_from(steps[i].label),
            .href = step_address(request, i, false),
            .is_current = is_current,
            .is_done = !is_current && i < person->onboarding_step,
            .is_open = !is_current && onboarding_is_open(person, (enum onboarding_step)i),
        };
    }
}

void onboarding_wizard(struct request *request, const struct person *person, enum onboarding_step step, struct wizard *wizard)
{
    *wizard = (struct wizard){
        .title = str_from(steps[step].title),
        .sentence = str_from(steps[step].sentence),
        .action = step_address(request, (int)step, false),
        .autosave = str_format(request->arena, "/onboarding/%d/save", (int)step),
        .has_back = step > STEP_WELCOME,
        .is_edit = step < STEP_SUMMARY && onboarding_is_edit(request),
        .is_completed = person->onboarding_completed,
    };
    pages_frame(request, wizard->title, (struct str){0}, &wizard->frame);
    wizard->frame.no_index = true;
    if (!person->onboarding_completed) fill_steps(request, person, step, wizard);
    if (person->updated_at <= person->created_at) return;
    wizard->saved_time = time_iso(request->arena, person->updated_at);
    struct str day = time_date(request->arena, person->updated_at), today = time_date(request->arena, clock_now());
    struct str minute = str_slice(wizard->saved_time, 11, 16);
    if (str_equal(day, today)) wizard->saved_words = str_format(request->arena, "Saved %.*s UTC", STR_ARG(minute));
    else wizard->saved_words = str_format(request->arena, "Saved on %.*s", STR_ARG(time_long_date(request->arena, person->updated_at)));
}

struct field_view onboarding_field(struct request *request, enum onboarding_step step, const char *name, struct str value, const char *hint)
{
    const struct onboarding_fields *table = &onboarding_fields[step];
    size_t i = 0;
    while (strcmp(table->fields[i].name, name) != 0) i++; /* every name comes from our own pages */
    return pages_field_of(request, &table->fields[i], value, hint);
}

static enum err record(struct request *request, int step, bool is_skipped)
{
    return db_exec(request->db, &sql_onboarding_advance,
                   DB_ARGS(db_uuid(request->identity.user_id), db_int(step), db_bool(is_skipped), db_time(clock_now())));
}

static enum err leave_edit(struct request *request, struct response *response, const struct person *person)
{
    respond_flash(request, response, false, request_has_errors(request) ? STR("Saved, except what was not valid.") : STR("Saved."));
    respond_redirect(request, response, person->onboarding_completed ? STR("/settings") : STR("/onboarding/5"));
    return OK;
}

enum err onboarding_leave(struct request *request, struct response *response, const struct person *person, enum onboarding_step step,
                          struct str then)
{
    if (str_equal(then, STR("more"))) {
        respond_redirect(request, response, step_address(request, (int)step, onboarding_is_edit(request)));
        return OK;
    }
    if (onboarding_is_edit(request) || person->onboarding_completed) return leave_edit(request, response, person);
    if (str_equal(then, STR("later"))) {
        TRY(record(request, (int)step, true));
        respond_flash(request, response, false,
                      request_has_errors(request) ? STR("Saved, except what was not valid. Continue whenever you like.")
                                                  : STR("Saved. Continue whenever you like."));
        respond_redirect(request, response, STR("/dashboard"));
        return OK;
    }
    bool is_back = str_equal(then, STR("back"));
    TRY(record(request, is_back ? (int)step : (int)step + 1, false));
    if (is_back && request_has_errors(request)) respond_flash(request, response, true, STR("Saved, except what was not valid."));
    int next = is_back ? (step > STEP_WELCOME ? (int)step - 1 : 0) : (int)step + 1;
    respond_redirect(request, response, step_address(request, next, false));
    return OK;
}

void onboarding_answer_saved(struct request *request, struct response *response, int64_t now)
{
    struct buf out = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_object_open(&writer);
    json_member_time(&writer, "saved_at", now);
    if (request_has_errors(request)) {
        response->status = 422;
        json_key(&writer, "errors");
        json_object_open(&writer);
        for (size_t i = 0; i < request->route->fields_count; i++) {
            const char *name = request->route->fields[i].name;
            if (request_error(request, name).len) json_member_str(&writer, name, request_error(request, name));
        }
        json_object_close(&writer);
    }
    json_object_close(&writer);
    respond_json(response, &out);
}

enum err onboarding_resume_box(struct request *request, struct resume_box *box)
{
    *box = (struct resume_box){.max_bytes = RESUME_MAX_BYTES};
    box->next = request->identity.onboarding_completed ? STR("/settings") : STR("/onboarding/4");
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(request->db, &sql_onboarding_latest_resume, DB_ARGS(db_uuid(request->identity.user_id)), &rows);
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    box->has_resume = true;
    box->file_name = db_col_text(&rows, 0, request->arena);
    box->status = db_col_text(&rows, 1, request->arena);
    box->error = db_col_text(&rows, 2, request->arena);
    return OK;
}
