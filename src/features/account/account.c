/* Accounts: sign-up, sign-in, sign-out.
 *
 * Hashing a password takes tens of milliseconds and megabytes, so these handlers run on the worker pool and open their own short
 * transaction after it. A wrong address and a wrong password answer alike and take the same time. Wrong attempts are counted in the store, so that
 * a restart does not forgive them: few from one network address on one account, so that guessing ends soon and its owner is not locked
 * out elsewhere; more on one account from everywhere, and from one address on all accounts, where a whole class may sit behind one.
 */
#include "features/account/account.h"

#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "db/db.h"
#include "features/account/sign_in.html.h"
#include "features/account/sign_up.html.h"
#include "features/account/store.sql.h"
#include "pages/pages.h"
#include "security/limits.h"
#include "security/password.h"
#include "security/session.h"

#define ATTEMPTS_FROM_AN_ADDRESS_ON_AN_ACCOUNT 10
#define ATTEMPTS_ON_AN_ACCOUNT 100
#define ATTEMPTS_FROM_AN_ADDRESS 100
#define ATTEMPT_WINDOW_SECONDS 900

const struct field account_sign_up_fields[ACCOUNT_SIGN_UP_FIELDS] = {
    {.name = "first_name", .type = FIELD_TEXT, .label = "First name", .required = true, .min = 1, .max = 80},
    {.name = "last_name", .type = FIELD_TEXT, .label = "Last name", .max = 80},
    {.name = "email", .type = FIELD_EMAIL, .label = "E-mail address", .required = true},
    {.name = "password", .type = FIELD_PASSWORD, .label = "Password", .required = true, .min = PASSWORD_MIN, .max = PASSWORD_MAX},
};

const struct field account_sign_in_fields[ACCOUNT_SIGN_IN_FIELDS] = {
    {.name = "email", .type = FIELD_EMAIL, .label = "E-mail address", .required = true},
    {.name = "password", .type = FIELD_PASSWORD, .label = "Password", .required = true, .min = 1, .max = PASSWORD_MAX},
    {.name = "next", .type = FIELD_TEXT, .label = "Next page", .max = 300},
};

const struct field account_next_fields[1] = {{.name = "next", .type = FIELD_TEXT, .label = "Next page", .max = 300}};

enum err account_create(struct db *db, struct arena *arena, const struct account_new *account, struct str *user_id)
{
    int64_t now = clock_now();
    *user_id = uuid_new(arena);
    TRY(db_exec(db, &sql_account_insert_user,
                DB_ARGS(db_uuid(*user_id), db_text(account->email), db_text(account->first_name), db_text(account->last_name),
                        db_text(account->is_admin ? STR("admin") : STR("member")), db_time(now))));
    TRY(db_exec(db, &sql_account_insert_profile, DB_ARGS(db_uuid(*user_id), db_time(now))));
    return db_exec(db, &sql_account_insert_password, DB_ARGS(db_uuid(*user_id), db_text(account->password_hash), db_time(now)));
}

enum err account_sign_up_page(struct request *request, struct response *response)
{
    struct sign_up_page view = {0};
    pages_frame(request, STR("Create your account"), (struct str){0}, &view.frame);
    view.first_name = PAGES_FIELD(request, account_sign_up_fields, "first_name", (struct str){0}, NULL);
    view.first_name.autocomplete = "given-name";
    view.last_name = PAGES_FIELD(request, account_sign_up_fields, "last_name", (struct str){0}, NULL);
    view.last_name.autocomplete = "family-name";
    view.email = PAGES_FIELD(request, account_sign_up_fields, "email", (struct str){0}, NULL);
    view.email.autocomplete = "email";
    view.password = PAGES_FIELD(request, account_sign_up_fields, "password", (struct str){0}, "At least 10 characters. A sentence is easy to remember.");
    view.password.autocomplete = "new-password";
    struct html page = {0};
    sign_up_render(&page, &view);
    respond_html(response, &page);
    if (request_has_errors(request)) response->status = 422;
    return OK;
}

struct sign_up {
    struct request *request;
    struct response *response;
    struct account_new account;
};

static enum err store_sign_up(struct db *db, void *argument)
{
    struct sign_up *sign_up = argument;
    struct str user_id;
    TRY(account_create(db, sign_up->request->arena, &sign_up->account, &user_id));
    return session_start(sign_up->request, sign_up->response, user_id);
}

enum err account_sign_up(struct request *request, struct response *response)
{
    struct sign_up sign_up = {.request = request, .response = response};
    sign_up.account = (struct account_new){.email = request_text(request, "email"),
                                           .first_name = request_text(request, "first_name"),
                                           .last_name = request_text(request, "last_name")};
    struct str password = request_text(request, "password");
    struct str weakness = password_weakness(password, sign_up.account.email);
    if (weakness.len && password.len) request_add_error(request, "password", weakness); /* an empty one is missing, not weak */
    if (request_has_errors(request)) return account_sign_up_page(request, response);
    TRY(password_hash(request->arena, password, &sign_up.account.password_hash));
    enum err stored = db_transaction(request->db, store_sign_up, &sign_up);
    if (stored == ERR_CONFLICT && str_equal(str_from(db_constraint(request->db)), STR("users.email"))) {
        request_add_error(request, "email", STR("There is an account with this address already. Sign in instead."));
        return account_sign_up_page(request, response);
    }
    TRY(stored);
    respond_redirect(request, response, STR("/onboarding"));
    return OK;
}

/* Only addresses of ours may follow a sign-in. */
static struct str safe_next(struct str next)
{
    bool ours = str_starts(next, STR("/")) && !str_starts(next, STR("//")) && !str_contains(next, STR("\\"));
    return ours ? next : (struct str){0};
}

static enum err sign_in_page(struct request *request, struct response *response, struct str problem)
{
    struct sign_in_page view = {.problem = problem, .next = safe_next(request_typed(request, "next"))};
    pages_frame(request, STR("Sign in"), (struct str){0}, &view.frame);
    view.email = PAGES_FIELD(request, account_sign_in_fields, "email", (struct str){0}, NULL);
    view.email.autocomplete = "email";
    view.password = PAGES_FIELD(request, account_sign_in_fields, "password", (struct str){0}, NULL);
    view.password.autocomplete = "current-password";
    struct html page = {0};
    sign_in_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

enum err account_sign_in_page(struct request *request, struct response *response)
{
    return sign_in_page(request, response, (struct str){0});
}

struct sign_in {
    struct request *request;
    struct response *response;
    struct str user_id;
    struct str pair_key, account_key, address_key; /* of the limits */
};

/* Counts the attempt before the password is looked at, so that a parallel burst gains nothing. */
static enum err count_attempt(struct sign_in *sign_in)
{
    struct request *request = sign_in->request;
    struct str email = request_text(request, "email"), address = limits_client_key(request->arena, request->address);
    int64_t *wait = &sign_in->response->retry_after;
    sign_in->pair_key = str_format(request->arena, "sign-in %.*s %.*s", STR_ARG(email), STR_ARG(address));
    sign_in->account_key = str_format(request->arena, "sign-in %.*s *", STR_ARG(email));
    sign_in->address_key = str_format(request->arena, "sign-in * %.*s", STR_ARG(address));
    TRY(limit_take(request->db, sign_in->pair_key, ATTEMPT_WINDOW_SECONDS, ATTEMPTS_FROM_AN_ADDRESS_ON_AN_ACCOUNT, wait));
    TRY(limit_take(request->db, sign_in->account_key, ATTEMPT_WINDOW_SECONDS, ATTEMPTS_ON_AN_ACCOUNT, wait));
    return limit_take(request->db, sign_in->address_key, ATTEMPT_WINDOW_SECONDS, ATTEMPTS_FROM_AN_ADDRESS, wait);
}

static enum err store_sign_in(struct db *db, void *argument)
{
    struct sign_in *sign_in = argument;
    TRY(limit_clear(db, sign_in->pair_key));
    TRY(limit_return(db, sign_in->account_key, ATTEMPT_WINDOW_SECONDS));
    TRY(limit_return(db, sign_in->address_key, ATTEMPT_WINDOW_SECONDS));
    return session_start(sign_in->request, sign_in->response, sign_in->user_id);
}

enum err account_sign_in(struct request *request, struct response *response)
{
    response->status = 422;
    if (request_has_errors(request)) return sign_in_page(request, response, (struct str){0});
    struct str email = request_text(request, "email"), hash = {0};
    struct sign_in sign_in = {.request = request, .response = response};
    enum err allowed = count_attempt(&sign_in);
    if (allowed == ERR_TOO_MANY) {
        response->status = 429;
        return sign_in_page(request, response, str_copy(request->arena, str_from(err_words())));
    }
    TRY(allowed);
    bool onboarded = false;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        enum err found = db_query_one(request->db, &sql_account_by_email, DB_ARGS(db_text(email)), &rows);
        if (found != OK && found != ERR_NOT_FOUND) return found;
        if (found == OK) {
            sign_in.user_id = db_col_text(&rows, 0, request->arena);
            hash = db_col_text(&rows, 1, request->arena);
            onboarded = db_col_bool(&rows, 2) || db_col_bool(&rows, 3);
        }
    }
    enum err verified = password_verify(hash, request_text(request, "password"));
    if (verified == ERR_UNAUTHORIZED) return sign_in_page(request, response, STR("The e-mail address or the password is wrong."));
    TRY(verified);
    TRY(db_transaction(request->db, store_sign_in, &sign_in));
    struct str next = safe_next(request_text(request, "next"));
    response->status = 200;
    respond_redirect(request, response, next.len ? next : onboarded ? STR("/dashboard") : STR("/onboarding"));
    return OK;
}

enum err account_sign_out(struct request *request, struct response *response)
{
    TRY(session_end(request, response));
    respond_redirect(request, response, STR("/"));
    return OK;
}
