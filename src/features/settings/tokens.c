/* API tokens in the settings: listed, made (the token is shown once), and revoked. What a token is: security/token.h.
 *
 * Making one asks for the password, as everything does that outlives a session somebody left open. Hashing takes long, so it runs without
 * the dispatcher's transaction.
 *
 * The form carries the id of the token that it makes, so a form that is sent again (the page of the new token is its answer, and people reload
 * pages) makes no second one. */
#include "base/clock.h"
#include "base/uuid.h"
#include "features/settings/settings.h"
#include "features/settings/store.sql.h"
#include "features/settings/token_again.html.h"
#include "features/settings/token_made.html.h"
#include "features/settings/token_new.html.h"
#include "features/settings/token_revoke.html.h"
#include "http/scope.h"
#include "pages/pages.h"
#include "security/token.h"

#include <inttypes.h>

/* ---- words ---- */

static struct str used_words(struct arena *arena, int64_t last_used, int64_t now)
{
    return last_used ? str_format(arena, "Used %.*s", STR_ARG(time_ago(arena, last_used, now))) : STR("Never used");
}

static struct str ends_words(struct arena *arena, int64_t expires_at, int64_t now)
{
    if (!expires_at) return STR("Does not run out");
    return str_format(arena, "%s on %.*s", expires_at <= now ? "Ran out" : "Runs out", STR_ARG(time_long_date(arena, expires_at)));
}

static void fill_scopes(struct arena *arena, unsigned chosen, bool only_chosen, struct scope_row **rows, size_t *count)
{
    *rows = arena_array(arena, struct scope_row, SCOPE_COUNT);
    for (size_t i = 1; i < SCOPE_COUNT; i++) {
        bool is_checked = chosen & 1u << i;
        if (is_checked || !only_chosen) (*rows)[(*count)++] = (struct scope_row){str_from(scope_table[i].name), str_from(scope_table[i].words), is_checked};
    }
}

/* ---- the list in the settings ---- */

enum err settings_fill_tokens(struct request *request, struct settings_page *view)
{
    struct arena *arena = request->arena;
    int64_t now = clock_now();
    view->tokens = arena_array(arena, struct token_row, TOKENS_MAX);
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_settings_tokens, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    while (view->tokens_count < TOKENS_MAX && db_next(&rows)) {
        int64_t expires_at = db_col_time(&rows, 5);
        view->tokens[view->tokens_count++] = (struct token_row){
            .id = db_col_text(&rows, 0, arena),
            .name = db_col_text(&rows, 1, arena),
            .scopes = db_col_text(&rows, 2, arena),
            .used = used_words(arena, db_col_time(&rows, 4), now),
            .ends = ends_words(arena, expires_at, now),
            .is_over = expires_at && expires_at <= now,
        };
    }
    view->tokens_full = view->tokens_count == TOKENS_MAX;
    return db_rows_result(&rows);
}

/* ---- making one ---- */

static const struct {
    const char *name, *label;
    int64_t days; /* 0: never */
} endings[] = {{"7", "7 days", 7}, {"30", "30 days", 30}, {"90", "90 days", 90}, {"365", "A year", 365}, {"never", "Never", 0}};
#define ENDING_USUAL "30"

static int64_t ending_of(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(endings); i++)
        if (str_equal(name, str_from(endings[i].name)) && endings[i].days) return clock_now() + endings[i].days * US_PER_DAY;
    return 0;
}

static struct choice *ending_choices(struct arena *arena, struct str chosen)
{
    struct choice *choices = arena_array(arena, struct choice, COUNT_OF(endings));
    int64_t now = clock_now();
    for (size_t i = 0; i < COUNT_OF(endings); i++) {
        struct str label = str_from(endings[i].label), name = str_from(endings[i].name);
        if (endings[i].days) label = str_format(arena, "%.*s (%.*s)", STR_ARG(label), STR_ARG(time_long_date(arena, now + endings[i].days * US_PER_DAY)));
        choices[i] = (struct choice){.value = name, .label = label, .is_selected = str_equal(name, chosen)};
    }
    return choices;
}

/* The scopes that were ticked; a name that is none is an error at the field. */
static unsigned read_scopes(struct request *request)
{
    unsigned chosen = 0;
    const struct str_list *names = request_list(request, "scopes");
    for (size_t i = 0; i < names->count; i++) {
        enum scope scope = scope_by_name(names->items[i]);
        if (scope == SCOPE_NONE) request_add_error(request, "scopes", STR("Choose from the list."));
        else chosen |= 1u << scope;
    }
    return chosen;
}

static enum err show_form(struct request *request, struct response *response, unsigned chosen, struct str problem)
{
    const struct field *fields = settings_token_fields;
    bool is_posted = request->method == HTTP_POST;
    struct token_new_page view = {.has_errors = request_has_errors(request), .problem = problem.len || !is_posted ? problem : request_error(request, "id")};
    view.id = is_posted && !request_error(request, "id").len ? request_text(request, "id") : uuid_new(request->arena);
    TRY(pages_shell(request, NAV_SETTINGS, STR("New API token"), STR("A key for a program that works with your data."), &view.shell));
    view.name = pages_field_of(request, &fields[0], STR(""), "What it is for, so that you know it again: \"Backup script\".");
    view.name.autocomplete = "off";
    view.expires = pages_field_of(request, &fields[1], STR(ENDING_USUAL), NULL);
    view.expires.choices = ending_choices(request->arena, view.expires.value);
    view.expires.choices_count = COUNT_OF(endings);
    view.password = pages_field_of(request, &fields[3], STR(""), "A token outlives this session, so we ask who you are.");
    view.password.autocomplete = "current-password";
    view.scopes_error = is_posted ? request_error(request, "scopes") : STR("");
    fill_scopes(request->arena, chosen, false, &view.scopes, &view.scopes_count);
    struct html page = {0};
    token_new_render(&page, &view);
    respond_html(response, &page);
    if (is_posted) response->status = problem.len ? 409 : 422;
    return OK;
}

static enum err show_again(struct request *request, struct response *response)
{
    struct token_again_page view = {0};
    TRY(pages_shell(request, NAV_SETTINGS, STR("This token was made already"), (struct str){0}, &view.shell));
    struct html page = {0};
    token_again_render(&page, &view);
    respond_html(response, &page);
    response->status = 409;
    return OK;
}

enum err settings_token_new(struct request *request, struct response *response) { return show_form(request, response, 0, STR("")); }

struct making {
    struct request *request;
    unsigned chosen;
    int64_t expires_at;
    struct str token;
    bool was_made; /* before, by the same form */
};

static enum err make_token(struct db *db, void *argument)
{
    struct making *making = argument;
    struct str id = request_text(making->request, "id");
    (void)db; /* the request's */
    TRY(token_was_made(making->request, id, &making->was_made));
    if (making->was_made) return OK;
    return token_create(making->request, id, request_text(making->request, "name"), making->chosen, making->expires_at, &making->token);
}

/* An address that the token may read, "" when there is none. */
static struct str example_of(struct request *request, unsigned chosen)
{
    static const struct {
        enum scope scope;
        const char *path;
    } examples[] = {{SCOPE_PROFILE_READ, "/api/users/profile"}, {SCOPE_SKILLS_READ, "/api/users/skills"}, {SCOPE_ROADMAPS_READ, "/api/roadmaps"},
                    {SCOPE_APPLICATIONS_READ, "/api/jobs/applications"}, {SCOPE_EVENTS_READ, "/api/agent-events"}};
    for (size_t i = 0; i < COUNT_OF(examples); i++)
        if (chosen & 1u << examples[i].scope) return str_format(request->arena, "%.*s%s", STR_ARG(pages_site_address(request)), examples[i].path);
    return STR("");
}

static enum err show_token(struct request *request, struct response *response, const struct making *making)
{
    struct token_made_page view = {.name = request_text(request, "name"), .token = making->token};
    TRY(pages_shell(request, NAV_SETTINGS, STR("Your new API token"), (struct str){0}, &view.shell));
    view.ends = ends_words(request->arena, making->expires_at, clock_now());
    view.example = example_of(request, making->chosen);
    fill_scopes(request->arena, making->chosen, true, &view.scopes, &view.scopes_count);
    struct html page = {0};
    token_made_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

enum err settings_token_create(struct request *request, struct response *response)
{
    struct making making = {.request = request, .chosen = read_scopes(request), .expires_at = ending_of(request_text(request, "expires"))};
    struct str hash = {0};
    if (!request_has_errors(request)) TRY(settings_check_password(request, response, "password", &hash));
    if (request_has_errors(request)) return show_form(request, response, making.chosen, STR(""));
    enum err made = db_transaction(request->db, make_token, &making);
    if (made == ERR_CONFLICT) return show_form(request, response, making.chosen, str_copy(request->arena, str_from(err_words())));
    TRY(made);
    return making.was_made ? show_again(request, response) : show_token(request, response, &making);
}

/* ---- revoking ---- */

enum err settings_token_revoke_page(struct request *request, struct response *response)
{
    struct token_revoke_page view = {.id = request_param(request, "id")};
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query_one(request->db, &sql_settings_token, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(view.id)), &rows));
        view.name = db_col_text(&rows, 0, request->arena);
        view.used = used_words(request->arena, db_col_time(&rows, 1), clock_now());
    }
    TRY(pages_shell(request, NAV_SETTINGS, STR("Revoke an API token"), (struct str){0}, &view.shell));
    struct html page = {0};
    token_revoke_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

enum err settings_token_revoke(struct request *request, struct response *response)
{
    TRY(token_revoke(request, request_param(request, "id")));
    respond_flash(request, response, false, STR("The token is revoked."));
    respond_redirect(request, response, STR("/settings#tokens"));
    return OK;
}
