/* Filling the frames. Design in pages.h. */
#include "pages/pages.h"

#include "base/config.h"
#include "db/db.h"
#include "http/assets.h"
#include "pages/error.html.h"
#include "pages/shell.sql.h"

#include <assert.h>
#include <ctype.h>
#include <string.h>

static struct str one_of(struct str value, const char *a, const char *b)
{
    return str_equal(value, str_from(a)) || str_equal(value, str_from(b)) ? value : (struct str){0};
}

static struct str initials(struct arena *arena, const struct identity *who)
{
    struct str first = str_utf8_prefix(who->first_name, 1), last = str_utf8_prefix(who->last_name, 1);
    if (!first.len) first = str_utf8_prefix(who->email, 1);
    return str_format(arena, "%.*s%.*s", STR_ARG(first), STR_ARG(last));
}

void pages_frame(struct request *request, struct str title, struct str sentence, struct frame *frame)
{
    const struct identity *who = &request->identity;
    *frame = (struct frame){
        .title = title,
        .description = sentence,
        .theme = one_of(request_cookie(request, "theme"), "light", "dark"),
        .preset = one_of(request_cookie(request, "preset"), "forest", "ember"),
        .sidebar_collapsed = str_equal(request_cookie(request, "sidebar"), STR("collapsed")),
        .is_signed_in = request_is_signed_in(request),
        .toast = request_flash(request, &frame->toast_is_error),
        .initials = initials(request->arena, who),
        .email = who->email,
        .name = str_trim(str_format(request->arena, "%.*s %.*s", STR_ARG(who->first_name), STR_ARG(who->last_name))),
    };
}

enum err pages_shell(struct request *request, enum nav active, struct str title, struct str sentence, struct shell *shell)
{
    *shell = (struct shell){.active = active, .title = title, .sentence = sentence};
    pages_frame(request, title, (struct str){0}, &shell->frame);
    shell->frame.no_index = true;
    shell->username = request->identity.username;
    shell->is_admin = request->identity.is_admin;
    shell->onboarding_step = request->identity.onboarding_step;
    shell->shows_onboarding_banner = !request->identity.onboarding_completed;
    return db_query_int(request->db, &sql_shell_unread, DB_ARGS(db_uuid(request->identity.user_id)), &shell->unread);
}

struct str pages_site_address(const struct request *request)
{
    struct str base = config_text(CONFIG_BASE_URL);
    while (base.len && base.ptr[base.len - 1] == '/') base.len--;
    if (base.len) return base;
    return str_format(request->arena, "%s://%.*s", request->is_https ? "https" : "http", STR_ARG(request_header(request, "Host")));
}

static struct str error_title(int status)
{
    switch (status) {
    case 400: return STR("We could not read that");
    case 401: return STR("Please sign in");
    case 403: return STR("That is not allowed");
    case 404: return STR("There is no such page");
    case 405: return STR("That address does not take this request");
    case 409: return STR("That changed in the meantime");
    case 413: return STR("That is too large");
    case 415: return STR("We cannot read that kind of file");
    case 422: return STR("Something is not right yet");
    case 429: return STR("Too many requests");
    case 503: return STR("That is not possible at the moment");
    default: return STR("Something went wrong on our side");
    }
}

static struct str error_detail(int status, struct str detail)
{
    if (status >= 500 && status != 503)
        return STR("What you had saved is kept. Try again; the log has the reason under the number below.");
    if (detail.len) return detail;
    if (status == 404) return STR("It may have moved, or it is not public.");
    if (status == 401) return STR("This page belongs to somebody's account.");
    return STR("Go back and try again.");
}

void pages_error(struct request *request, struct response *response, enum err error, struct str detail)
{
    int status = response->status >= 400 ? response->status : err_http_status(error);
    struct error_page view = {.status = status, .title = error_title(status)};
    pages_frame(request, view.title, (struct str){0}, &view.frame);
    view.frame.no_index = true;
    view.detail = error_detail(status, detail);
    view.request_id = status >= 500 ? request->id : (struct str){0};
    view.can_sign_in = status == 401;
    if (view.can_sign_in && request->method == HTTP_GET) view.next = request->path;
    struct html page = {0};
    error_render(&page, &view);
    respond_html(response, &page);
    response->status = status;
}

static const struct field *find_field(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->route->fields_count; i++)
        if (strcmp(request->route->fields[i].name, name) == 0) return &request->route->fields[i];
    return NULL;
}

static const char *input_type(enum field_type type)
{
    switch (type) {
    case FIELD_EMAIL: return "email";
    case FIELD_PASSWORD: return "password";
    case FIELD_INT: return "number";
    case FIELD_DATE: return "date";
    case FIELD_MONTH: return "month";
    case FIELD_URL: return "url";
    default: return "text";
    }
}

static bool is_length(enum field_type type) { return type == FIELD_TEXT || type == FIELD_MULTILINE || type == FIELD_PASSWORD; }

struct field_view pages_field_of(struct request *request, const struct field *field, struct str value, const char *hint)
{
    struct field_view view = {
        .name = str_from(field->name),
        .label = str_from(field->label),
        .hint = str_from(hint),
        .value = value,
        .type = input_type(field->type),
        .is_required = field->required,
        .is_multiline = field->type == FIELD_MULTILINE,
        .rows = 4,
        .max = field->max,
    };
    if (is_length(field->type)) view.maxlength = field->max;
    if (field->type == FIELD_INT) {
        view.has_range = true;
        view.min = field->min;
    }
    if (find_field(request, field->name)) {
        view.error = request_error(request, field->name);
        if (field->type != FIELD_PASSWORD && request->method != HTTP_GET) view.value = request_typed(request, field->name);
        if (field->type == FIELD_BOOL) view.is_checked = request_bool(request, field->name);
    }
    return view;
}

const struct field *pages_find_field(const struct field *fields, size_t count, const char *name)
{
    for (size_t i = 0; i < count; i++)
        if (strcmp(fields[i].name, name) == 0) return &fields[i];
    assert(!"no such field in the table");
    return NULL;
}

struct field_view pages_field(struct request *request, const char *name, struct str value, const char *hint)
{
    const struct field *field = find_field(request, name);
    assert(field);
    return pages_field_of(request, field, value, hint);
}
