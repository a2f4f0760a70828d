/* Routes and fields of the settings. */
#include "features/settings/answers.h"
#include "features/settings/settings.h"
#include "features/settings/export.sql.h"
#include "features/settings/store.sql.h"
#include "http/schema.h"
#include "security/password.h"

#define PROFILE_FIELDS PERSON_NAME_FIELDS(true), PERSON_ABOUT_FIELDS
#define PUBLIC_FIELDS PERSON_USERNAME_FIELD, PERSON_PUBLIC_FIELD, PERSON_TWIN_FIELD
#define PASSWORD_FIELDS \
    {.name = "current_password", .type = FIELD_PASSWORD, .label = "Current password", .required = true, .min = 1, .max = PASSWORD_MAX}, \
    {.name = "new_password", .type = FIELD_PASSWORD, .label = "New password", .required = true, .min = PASSWORD_MIN, .max = PASSWORD_MAX}
#define DELETE_FIELDS \
    {.name = "confirm", .type = FIELD_TEXT, .label = "Your e-mail address", .required = true, .max = 254}, \
    {.name = "password", .type = FIELD_PASSWORD, .label = "Password", .required = true, .min = 1, .max = PASSWORD_MAX}

#define TOKEN_FIELDS \
    {.name = "name", .type = FIELD_TEXT, .label = "Name", .required = true, .min = 1, .max = 80}, \
    {.name = "expires", .type = FIELD_CHOICE, .label = "Runs out after", .required = true, .choices = "7|30|90|365|never"}, \
    {.name = "scopes", .type = FIELD_LIST, .label = "What it may do", .required = true, .min = 1, .max = SCOPE_COUNT, .message = "Choose at least one thing that it may do."}, \
    {.name = "password", .type = FIELD_PASSWORD, .label = "Your password", .required = true, .min = 1, .max = PASSWORD_MAX}, \
    {.name = "id", .type = FIELD_ID, .label = "Token", .required = true, .message = "This form is not one of ours. Send this one instead."}

const struct field settings_profile_fields[] = {PROFILE_FIELDS};
const struct field settings_public_fields[] = {PUBLIC_FIELDS};
const struct field settings_password_fields[] = {PASSWORD_FIELDS};
const struct field settings_delete_fields[] = {DELETE_FIELDS};
const struct field settings_token_fields[] = {TOKEN_FIELDS};
/* The password only with a session. */
static const struct field api_delete_fields[] = {
    {.name = "confirm", .type = FIELD_TEXT, .label = "The e-mail address of the account", .required = true, .max = 254},
    {.name = "password", .type = FIELD_PASSWORD, .label = "Password", .min = 1, .max = PASSWORD_MAX},
};
const struct field settings_drafts_fields[] = {
    {.name = "wants_drafts", .type = FIELD_BOOL, .label = "Prepare applications for me"},
    {.name = "drafts_min_score", .type = FIELD_CHOICE, .label = "Only for jobs that", .required = true, .choices = "60|70|80|90"},
};
static const struct field token_id_fields[] = {{.name = "id", .type = FIELD_ID, .label = "Token"}};
static const struct field session_fields[] = {{.name = "id", .type = FIELD_KEY, .label = "Session", .min = 64, .max = 64}};

static const struct route routes[] = {
    {HTTP_GET, "/settings", settings_page, ACCESS_USER, RATE_PAGE, .flags = ROUTE_ON_IO_THREAD, .summary = "settings"},
    {HTTP_POST, "/settings/profile", settings_profile, ACCESS_USER, RATE_CHANGE, FIELDS(settings_profile_fields),
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_FREE_TEXT, .summary = "change name, headline and bio"},
    {HTTP_POST, "/settings/public", settings_public, ACCESS_USER, RATE_CHANGE, FIELDS(settings_public_fields), .flags = ROUTE_SHOWS_ERRORS,
     .summary = "username, whether the profile is public, and whether the twin may quote the resume"},
    {HTTP_POST, "/settings/drafts", settings_drafts, ACCESS_USER, RATE_CHANGE, FIELDS(settings_drafts_fields), .flags = ROUTE_SHOWS_ERRORS,
     .summary = "whether the action agent prepares applications, and for which jobs"},
    {HTTP_POST, "/settings/password", settings_password, ACCESS_USER, RATE_SIGN_IN, FIELDS(settings_password_fields),
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_NO_TRANSACTION, .summary = "change the password and end other sessions"},
    {HTTP_POST, "/settings/sessions/end", settings_sessions_end, ACCESS_USER, RATE_CHANGE, .summary = "end all other sessions"},
    {HTTP_POST, "/settings/sessions/{id}/end", settings_session_end, ACCESS_OWNER, RATE_CHANGE, FIELDS(session_fields),
     .summary = "end one session"},
    {HTTP_GET, "/settings/export", settings_export, ACCESS_USER, RATE_UPLOAD, .summary = "everything of theirs as one JSON document"},
    {HTTP_POST, "/settings/delete", settings_delete, ACCESS_USER, RATE_SIGN_IN, FIELDS(settings_delete_fields),
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_NO_TRANSACTION, .summary = "delete the account and everything in it"},
    {HTTP_GET, "/settings/tokens/new", settings_token_new, ACCESS_USER, RATE_PAGE, .summary = "form for a new API token"},
    {HTTP_POST, "/settings/tokens", settings_token_create, ACCESS_USER, RATE_SIGN_IN, FIELDS(settings_token_fields),
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_NO_TRANSACTION, .summary = "make an API token, which is shown once"},
    {HTTP_GET, "/settings/tokens/{id}/revoke", settings_token_revoke_page, ACCESS_OWNER, RATE_PAGE, FIELDS(token_id_fields), .summary = "ask before a token is revoked"},
    {HTTP_POST, "/settings/tokens/{id}/revoke", settings_token_revoke, ACCESS_OWNER, RATE_CHANGE, FIELDS(token_id_fields), .summary = "revoke an API token"},
    {HTTP_GET, "/api/users/export", settings_api_export, ACCESS_USER, RATE_UPLOAD, .flags = ROUTE_API, .scope = SCOPE_ACCOUNT,
     .summary = "everything that is kept about the person, as one JSON document", .answer = ANSWER(200, settings_export_schema)},
    {HTTP_DELETE, "/api/users", settings_api_delete, ACCESS_USER, RATE_SIGN_IN, FIELDS(api_delete_fields), .flags = ROUTE_API | ROUTE_NO_TRANSACTION,
     .scope = SCOPE_ACCOUNT, .summary = "delete the account and everything in it", .answer = ANSWER_EMPTY},
};

const struct feature feature_settings = {.name = "settings",
                                         .title = "Account",
                                         .says = "The account itself: everything that is kept about it, and its end.",
                                         .routes = routes,
                                         .routes_count = COUNT_OF(routes),
                                         .statements = settings_statements,
                                         .statements_count = &settings_statements_count};
