/* The settings page and its forms: profile, publicity, sessions. What costs a password check is in account.c. */
#include "base/clock.h"
#include "features/settings/settings.h"
#include "features/settings/settings.html.h"
#include "features/settings/store.sql.h"
#include "pages/pages.h"
#include "security/session.h"

#include <inttypes.h>

/* "Firefox on Linux": enough to tell one's own devices apart. */
static struct str device_of(struct arena *arena, struct str agent)
{
    static const struct {
        const char *sign, *name;
    } browsers[] = {{"Edg/", "Edge"}, {"OPR/", "Opera"}, {"Firefox/", "Firefox"}, {"Chrome/", "Chrome"}, {"Safari/", "Safari"}, {"curl/", "curl"}},
      systems[] = {{"Android", "Android"}, {"iPhone", "iPhone"}, {"iPad", "iPad"}, {"Windows", "Windows"}, {"Mac OS", "macOS"}, {"CrOS", "ChromeOS"}, {"Linux", "Linux"}};
    const char *browser = NULL, *system = NULL;
    for (size_t i = 0; i < COUNT_OF(browsers) && !browser; i++)
        if (str_contains(agent, str_from(browsers[i].sign))) browser = browsers[i].name;
    for (size_t i = 0; i < COUNT_OF(systems) && !system; i++)
        if (str_contains(agent, str_from(systems[i].sign))) system = systems[i].name;
    if (!browser && !system) return agent.len ? str_utf8_prefix(agent, 40) : STR("Unknown browser");
    return str_format(arena, "%s%s%s", browser ? browser : "A browser", system ? " on " : "", system ? system : "");
}

static enum err fill_sessions(struct request *request, struct settings_page *view)
{
    struct arena *arena = request->arena;
    int64_t now = clock_now();
    view->sessions = arena_array(arena, struct session_row, 100);
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_settings_sessions, DB_ARGS(db_uuid(request->identity.user_id), db_time(now)), &rows));
    while (view->sessions_count < 100 && db_next(&rows)) {
        struct session_row *row = &view->sessions[view->sessions_count++];
        row->hash = db_col_text(&rows, 0, arena);
        row->created_words = time_ago(arena, db_col_time(&rows, 1), now);
        row->last_used = time_iso(arena, db_col_time(&rows, 2));
        row->last_used_words = time_ago(arena, db_col_time(&rows, 2), now);
        row->device = device_of(arena, db_col_text(&rows, 3, arena));
        row->is_this = str_equal(row->hash, request->identity.session_hash);
        row->end_href = str_format(arena, "/settings/sessions/%.*s/end", STR_ARG(row->hash));
        view->has_other_sessions |= !row->is_this;
    }
    return db_rows_result(&rows);
}

static enum err fill_resume(struct request *request, struct settings_page *view)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(request->db, &sql_settings_latest_resume, DB_ARGS(db_uuid(request->identity.user_id)), &rows);
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    view->has_resume = true;
    struct str name = db_col_view(&rows, 0), status = db_col_view(&rows, 1);
    const char *words = str_equal(status, STR("processing")) ? "is being read" : str_equal(status, STR("failed")) ? "could not be read" : "was read";
    view->resume_words = str_format(request->arena, "%.*s %s", STR_ARG(name), words);
    return OK;
}

static void fill_career(struct request *request, const struct person *person, struct settings_page *view)
{
    struct arena *arena = request->arena;
    struct str roles = person_list_text(arena, &person->target_roles), places = person_list_text(arena, &person->preferred_locations);
    if (roles.len || places.len) view->goals = str_format(arena, "%.*s · %.*s", STR_ARG(roles), STR_ARG(places));
    struct str salary = person_salary_text(arena, person);
    if (person->years_of_experience == PERSON_NONE) return;
    view->experience = str_format(arena, "%" PRId64 " year%s%s%.*s", person->years_of_experience, person->years_of_experience == 1 ? "" : "s",
                                  salary.len ? " · " : "", STR_ARG(salary));
}

/* What features/profile shows of these, said before they are shown. */
static void fill_readable(struct request *request, const struct person *person, struct settings_page *view)
{
    struct arena *arena = request->arena;
    const struct str_list *places = &person->preferred_locations;
    view->readable_name = str_trim(str_format(arena, "%.*s %.*s", STR_ARG(person->first_name), STR_ARG(person->last_name)));
    view->has_headline = person->headline.len > 0;
    view->readable_role = view->has_headline || !person->target_roles.count ? person->headline : person->target_roles.items[0];
    view->readable_places = str_join(arena, places->items, places->count < PERSON_PLACES_SHOWN ? places->count : PERSON_PLACES_SHOWN, STR(", "));
    view->has_bio = person->public_bio.len > 0;
    if (person->years_of_experience > 0)
        view->readable_years = str_format(arena, "%" PRId64 " year%s", person->years_of_experience, person->years_of_experience == 1 ? "" : "s");
}

static void fill_forms(struct request *request, const struct person *person, struct settings_page *view)
{
    const struct field *you = settings_profile_fields, *open = settings_public_fields, *word = settings_password_fields, *end = settings_delete_fields;
    view->first_name = pages_field_of(request, &you[0], person->first_name, NULL);
    view->first_name.autocomplete = "given-name";
    view->last_name = pages_field_of(request, &you[1], person->last_name, NULL);
    view->last_name.autocomplete = "family-name";
    view->headline = pages_field_of(request, &you[2], person->headline, "One line under your name: what you are or want to be.");
    view->public_bio = pages_field_of(request, &you[3], person->public_bio, "A few sentences in your own words. They are shown on your public profile.");
    view->username = pages_field_of(request, &open[0], person->username, "3 to 50 letters, digits and hyphens. Old links stop working when you change it.");
    view->username.autocomplete = "username";
    view->is_public = pages_field_of(request, &open[1], (struct str){0}, "Anyone with the address can read what is listed above.");
    view->twin_quotes_resume = pages_field_of(request, &open[2], (struct str){0}, "Off: it answers with verified quotes only. The switch counts from the next question on.");
    if (request->route->fields != open) {
        view->is_public.is_checked = person->is_public;
        view->twin_quotes_resume.is_checked = person->twin_quotes_resume;
    }
    view->current_password = pages_field_of(request, &word[0], (struct str){0}, NULL);
    view->current_password.autocomplete = "current-password";
    view->new_password = pages_field_of(request, &word[1], (struct str){0}, "At least 10 characters. A sentence is easy to remember.");
    view->new_password.autocomplete = "new-password";
    view->confirm = pages_field_of(request, &end[0], (struct str){0}, str_cstr(request->arena, str_format(request->arena, "Type %.*s to confirm.", STR_ARG(person->email))));
    view->confirm.autocomplete = "off";
    view->delete_password = pages_field_of(request, &end[1], (struct str){0}, NULL);
    view->delete_password.autocomplete = "current-password";
}

static enum err fill_drafts(struct request *request, struct settings_page *view)
{
    static const char *const scores[] = {"60", "70", "80", "90"}, *const words[] = {"fit strongly", "fit clearly strongly", "fit very strongly", "fit in almost everything"};
    const struct field *fields = settings_drafts_fields;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_settings_drafts, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    view->wants_drafts = pages_field_of(request, &fields[0], (struct str){0}, "A draft with a note that quotes your verified proofs waits on your board. Nothing is ever sent for you.");
    if (request->route->fields != fields) view->wants_drafts.is_checked = db_col_bool(&rows, 0);
    view->drafts_min_score = pages_field_of(request, &fields[1], str_format(request->arena, "%" PRId64, db_col_int(&rows, 1)), NULL);
    view->drafts_min_score.choices = arena_array(request->arena, struct choice, COUNT_OF(scores));
    view->drafts_min_score.choices_count = COUNT_OF(scores);
    for (size_t i = 0; i < COUNT_OF(scores); i++) {
        struct str value = str_from(scores[i]);
        view->drafts_min_score.choices[i] = (struct choice){.value = value, .label = str_from(words[i]), .is_selected = str_equal(value, view->drafts_min_score.value)};
    }
    return OK;
}

enum err settings_show(struct request *request, struct response *response)
{
    struct person person;
    TRY(person_read(request->db, request->arena, request->identity.user_id, &person));
    struct settings_page view = {.email = person.email, .is_shown = person.is_public && person.username.len};
    TRY(pages_shell(request, NAV_SETTINGS, STR("Settings"), STR("What we know about you, who may see it, and how to take it with you."), &view.shell));
    fill_forms(request, &person, &view);
    fill_readable(request, &person, &view);
    fill_career(request, &person, &view);
    TRY(fill_resume(request, &view));
    TRY(fill_sessions(request, &view));
    TRY(settings_fill_tokens(request, &view));
    TRY(fill_drafts(request, &view));
    if (person.username.len)
        view.address = str_format(request->arena, "%.*s/profile/%.*s", STR_ARG(pages_site_address(request)), STR_ARG(person.username));
    struct html page = {0};
    settings_render(&page, &view);
    respond_html(response, &page);
    if (request_has_errors(request)) response->status = 422;
    return OK;
}

enum err settings_page(struct request *request, struct response *response) { return settings_show(request, response); }

static enum err change(struct request *request, struct response *response, struct str done)
{
    struct person person;
    TRY(person_read(request->db, request->arena, request->identity.user_id, &person));
    TRY(person_apply(request, PERSON_FROM_FORM, &person));
    if (request_has_errors(request)) return settings_show(request, response);
    TRY(person_write(request->db, request->arena, &person, clock_now()));
    respond_flash(request, response, false, done);
    respond_redirect(request, response, STR("/settings"));
    return OK;
}

enum err settings_profile(struct request *request, struct response *response) { return change(request, response, STR("Saved.")); }

enum err settings_public(struct request *request, struct response *response)
{
    return change(request, response, request_bool(request, "is_public") ? STR("Your profile is public.") : STR("Saved. Your profile is private."));
}

enum err settings_drafts(struct request *request, struct response *response)
{
    int64_t score = 0;
    if (request_has_errors(request)) return settings_show(request, response);
    TRY(str_to_int(request_text(request, "drafts_min_score"), &score));
    bool is_wanted = request_bool(request, "wants_drafts");
    TRY(db_exec_one(request->db, &sql_settings_drafts_change,
                    DB_ARGS(db_uuid(request->identity.user_id), db_bool(is_wanted), db_int(score), db_time(clock_now()))));
    respond_flash(request, response, false, is_wanted ? STR("Saved. Drafts will wait on your board.") : STR("Saved. No applications are prepared."));
    respond_redirect(request, response, STR("/settings"));
    return OK;
}

enum err settings_session_end(struct request *request, struct response *response)
{
    TRY(session_end_one(request, request_param(request, "id")));
    respond_flash(request, response, false, STR("That session has ended."));
    respond_redirect(request, response, STR("/settings"));
    return OK;
}

enum err settings_sessions_end(struct request *request, struct response *response)
{
    TRY(session_end_others(request));
    respond_flash(request, response, false, STR("All other sessions have ended."));
    respond_redirect(request, response, STR("/settings"));
    return OK;
}
