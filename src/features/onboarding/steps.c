/* The pages of the steps and what their buttons do: welcome, goals, experience, summary. Design in onboarding.h. */
#include "base/clock.h"
#include "bus/bus.h"
#include "features/onboarding/experience.html.h"
#include "features/onboarding/goals.html.h"
#include "features/onboarding/onboarding.h"
#include "features/onboarding/store.sql.h"
#include "features/onboarding/summary.html.h"
#include "features/onboarding/welcome.html.h"
#include "pages/pages.h"

#include <inttypes.h>

static struct str number_text(struct arena *arena, int64_t number)
{
    return number == PERSON_NONE ? (struct str){0} : str_format(arena, "%" PRId64, number);
}

static enum err show_welcome(struct request *request, const struct person *person, struct wizard wizard, struct html *page)
{
    struct welcome_page view = {.wizard = wizard, .name = person->first_name};
    if (person->first_name.len) view.wizard.title = str_format(request->arena, "Welcome, %.*s", STR_ARG(person->first_name));
    struct str username = person->username;
    if (!username.len && request->method == HTTP_GET) TRY(person_suggest_username(request->db, request->arena, person, &username));
    view.username = onboarding_field(request, STEP_WELCOME, "username", username, "We suggest one from your name. You can change it here or later.");
    view.username.autocomplete = "username";
    view.address = str_format(request->arena, "%.*s/profile/", STR_ARG(pages_site_address(request)));
    welcome_render(page, &view);
    return OK;
}

static void show_goals(struct request *request, const struct person *person, struct wizard wizard, struct html *page)
{
    struct goals_page view = {.wizard = wizard};
    struct str roles = str_join(request->arena, person->target_roles.items, person->target_roles.count, STR("\n"));
    struct str places = str_join(request->arena, person->preferred_locations.items, person->preferred_locations.count, STR("\n"));
    view.roles = onboarding_field(request, STEP_GOALS, "target_roles", roles, "The jobs you want next. Press Enter after each; your own words are fine.");
    view.roles.suggest = "/suggest/roles";
    view.locations = onboarding_field(request, STEP_GOALS, "preferred_locations", places, "Press Enter after each. Remote counts as a place.");
    view.locations.suggest = "/suggest/locations";
    goals_render(page, &view);
}

static void fill_currencies(struct request *request, struct field_view *view)
{
    struct str rest = STR(PERSON_CURRENCIES), code;
    view->choices = arena_array(request->arena, struct choice, sizeof(PERSON_CURRENCIES) / 4 + 2);
    view->choices[view->choices_count++] = (struct choice){.label = STR("Choose a currency")};
    while (str_split_next(&rest, '|', &code))
        view->choices[view->choices_count++] = (struct choice){.value = code, .label = code, .is_selected = str_equal(code, view->value)};
}

static void show_experience(struct request *request, const struct person *person, struct wizard wizard, struct html *page)
{
    struct experience_page view = {.wizard = wizard};
    struct arena *arena = request->arena;
    view.years = onboarding_field(request, STEP_EXPERIENCE, "years_of_experience", number_text(arena, person->years_of_experience),
                                  "Whole years of paid or comparable work; 0 is fine.");
    view.salary_min = onboarding_field(request, STEP_EXPERIENCE, "salary_expectation_min", number_text(arena, person->salary_min), NULL);
    view.salary_max = onboarding_field(request, STEP_EXPERIENCE, "salary_expectation_max", number_text(arena, person->salary_max), NULL);
    view.currency = onboarding_field(request, STEP_EXPERIENCE, "salary_currency", person->salary_currency, NULL);
    fill_currencies(request, &view.currency);
    experience_render(page, &view);
}

static enum err show_summary(struct request *request, const struct person *person, struct wizard wizard, struct html *page)
{
    struct arena *arena = request->arena;
    struct summary_page view = {
        .wizard = wizard,
        .username_text = person->username,
        .roles = person_list_text(arena, &person->target_roles),
        .locations = person_list_text(arena, &person->preferred_locations),
        .salary = person_salary_text(arena, person),
    };
    if (person->years_of_experience != PERSON_NONE)
        view.years = str_format(arena, "%" PRId64 " year%s", person->years_of_experience, person->years_of_experience == 1 ? "" : "s");
    TRY(onboarding_entry_rows(request, STEP_EDUCATION, (struct str){0}, &view.education, &view.education_count));
    TRY(onboarding_entry_rows(request, STEP_WORK, (struct str){0}, &view.work, &view.work_count));
    TRY(onboarding_resume_box(request, &view.resume));
    summary_render(page, &view);
    return OK;
}

enum err onboarding_show(struct request *request, struct response *response, const struct person *person, enum onboarding_step step,
                         struct str problem)
{
    if (step == STEP_EDUCATION || step == STEP_WORK) return onboarding_show_entries(request, response, person, step);
    struct wizard wizard;
    onboarding_wizard(request, person, step, &wizard);
    wizard.problem = problem;
    struct html page = {0};
    if (step == STEP_WELCOME) TRY(show_welcome(request, person, wizard, &page));
    else if (step == STEP_GOALS) show_goals(request, person, wizard, &page);
    else if (step == STEP_EXPERIENCE) show_experience(request, person, wizard, &page);
    else TRY(show_summary(request, person, wizard, &page));
    respond_html(response, &page);
    if (request_has_errors(request) || problem.len) response->status = 422;
    return OK;
}

/* ---- handlers ---- */

static enum err read_person(struct request *request, struct person *person)
{
    return person_read(request->db, request->arena, request->identity.user_id, person);
}

enum err onboarding_open(struct request *request, struct response *response)
{
    const struct identity *who = &request->identity;
    bool is_away = who->onboarding_completed || (who->onboarding_skipped && !request_bool(request, "resume"));
    struct str step = str_format(request->arena, "/onboarding/%d", who->onboarding_step);
    respond_redirect(request, response, is_away ? STR("/dashboard") : step);
    return OK;
}

enum err onboarding_step_page(struct request *request, struct response *response)
{
    enum onboarding_step step = onboarding_step_of(request);
    const struct identity *who = &request->identity;
    if (who->onboarding_completed && (!onboarding_is_edit(request) || step == STEP_SUMMARY)) {
        respond_redirect(request, response, STR("/dashboard"));
        return OK;
    }
    struct person person;
    TRY(read_person(request, &person));
    if (onboarding_is_open(&person, step)) return onboarding_show(request, response, &person, step, (struct str){0});
    respond_redirect(request, response, str_format(request->arena, "/onboarding/%d", person.onboarding_step));
    return OK;
}

enum err onboarding_submit(struct request *request, struct response *response)
{
    enum onboarding_step step = onboarding_step_of(request);
    struct person person;
    TRY(read_person(request, &person));
    if (!onboarding_is_open(&person, step)) {
        respond_redirect(request, response, str_format(request->arena, "/onboarding/%d", person.onboarding_step));
        return OK;
    }
    struct str then = request_text(request, "then");
    bool is_leaving = str_equal(then, STR("back")) || str_equal(then, STR("later"));
    TRY(person_apply(request, PERSON_FROM_FORM, &person));
    if (request_has_errors(request) && !is_leaving) return onboarding_show(request, response, &person, step, (struct str){0});
    TRY(person_write(request->db, request->arena, &person, clock_now()));
    return onboarding_leave(request, response, &person, step, then);
}

struct saving {
    struct request *request;
    int64_t now;
};

static enum err save(struct db *db, void *argument)
{
    struct saving *saving = argument;
    struct request *request = saving->request;
    struct person person;
    TRY(read_person(request, &person));
    TRY(person_apply(request, PERSON_FROM_FORM, &person));
    return person_write(db, request->arena, &person, saving->now);
}

enum err onboarding_save(struct request *request, struct response *response)
{
    struct saving saving = {.request = request, .now = clock_now()};
    TRY(db_transaction(request->db, save, &saving)); /* of its own: valid fields stay although the answer is 422 */
    onboarding_answer_saved(request, response, saving.now);
    return OK;
}

enum err onboarding_skip(struct request *request, struct response *response)
{
    TRY(db_exec(request->db, &sql_onboarding_skip, DB_ARGS(db_uuid(request->identity.user_id), db_time(clock_now()))));
    respond_flash(request, response, false, STR("Saved. Continue whenever you like."));
    respond_redirect(request, response, STR("/dashboard"));
    return OK;
}

static struct str what_is_missing(const struct person *person)
{
    if (!person->target_roles.count || !person->preferred_locations.count)
        return STR("One target role and one place are needed before you can finish. Edit your career goals.");
    if (person->years_of_experience == PERSON_NONE)
        return STR("Your years of experience are needed before you can finish; 0 is fine. Edit your experience.");
    if (person_salary_problem(person->salary_min, person->salary_max).len)
        return STR("The salary range does not fit together. Edit your experience.");
    return (struct str){0};
}

enum err onboarding_complete(struct request *request, struct response *response)
{
    struct person person;
    TRY(read_person(request, &person));
    struct str missing = what_is_missing(&person);
    if (missing.len && !person.onboarding_completed) return onboarding_show(request, response, &person, STEP_SUMMARY, missing);
    int64_t changed = 0;
    TRY(db_exec_count(request->db, &sql_onboarding_complete, DB_ARGS(db_uuid(person.user_id), db_time(clock_now())), &changed));
    if (changed) {
        struct event event = {
            .type = "ONBOARDING_COMPLETED",
            .user_id = person.user_id,
            .payload = str_format(request->arena, "{\"user_id\":\"%.*s\"}", STR_ARG(person.user_id)),
            .summary = STR("You finished your profile."),
        };
        TRY(bus_publish(request->db, request->arena, &event, NULL));
        respond_flash(request, response, false, STR("Your profile is ready. Your roadmap is being planned."));
    }
    respond_redirect(request, response, STR("/dashboard"));
    return OK;
}
