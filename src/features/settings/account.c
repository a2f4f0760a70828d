/* Changes that ask for the password: a new password, and deleting the account. Hashing takes long, so these run without the
 * dispatcher's transaction and open a short one after it. Wrong passwords count as sign-in attempts do: a session that somebody left
 * open is no place to guess. A right one counts nothing, whatever becomes of the request after it. */
#include "base/clock.h"
#include "bus/bus.h"
#include "features/settings/settings.h"
#include "features/settings/store.sql.h"
#include "security/limits.h"
#include "security/password.h"
#include "security/session.h"

#define ATTEMPTS_MAX 10
#define ATTEMPT_WINDOW_SECONDS 900

static struct str attempts_key(struct request *request)
{
    return str_format(request->arena, "password %.*s", STR_ARG(request->identity.user_id));
}

static enum err forget_attempts(struct request *request) { return limit_clear(request->db, attempts_key(request)); }

/* Another request deleted the account in the meantime; whoever asks is nobody now. */
static enum err no_such_account(void) { return err_set(ERR_UNAUTHORIZED, "There is no such account any more."); }

static enum err read_password_hash(struct request *request, struct str *hash)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_settings_password, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    *hash = db_col_text(&rows, 0, request->arena);
    return OK;
}

enum err settings_check_password(struct request *request, struct response *response, const char *field, struct str *hash)
{
    enum err allowed = limit_take(request->db, attempts_key(request), ATTEMPT_WINDOW_SECONDS, ATTEMPTS_MAX, &response->retry_after);
    if (allowed == ERR_TOO_MANY) {
        request_add_error(request, field, STR("Too many wrong passwords. Wait a quarter of an hour and try again."));
        return OK;
    }
    TRY(allowed);
    enum err found = read_password_hash(request, hash);
    if (found == ERR_NOT_FOUND) {
        TRY(forget_attempts(request));
        return no_such_account();
    }
    TRY(found);
    enum err verified = password_verify(*hash, request_text(request, field));
    if (verified == OK) return forget_attempts(request);
    if (verified != ERR_UNAUTHORIZED) return verified;
    request_add_error(request, field, STR("This is not your password."));
    return OK;
}

struct change {
    struct request *request;
    struct str old_hash, new_hash;
};

static enum err store_password(struct db *db, void *argument)
{
    struct change *change = argument;
    struct request *request = change->request;
    enum err changed = db_exec_one(db, &sql_settings_password_change,
                                   DB_ARGS(db_uuid(request->identity.user_id), db_text(change->new_hash), db_time(clock_now()), db_text(change->old_hash)));
    if (changed == ERR_NOT_FOUND) return err_set(ERR_CONFLICT, "The password was changed elsewhere in the meantime.");
    TRY(changed);
    return session_end_others(request);
}

enum err settings_password(struct request *request, struct response *response)
{
    struct change change = {.request = request};
    struct str password = request_text(request, "new_password");
    if (!request_error(request, "new_password").len) {
        struct str weakness = password_weakness(password, request->identity.email);
        if (weakness.len) request_add_error(request, "new_password", weakness);
    }
    if (!request_has_errors(request)) TRY(settings_check_password(request, response, "current_password", &change.old_hash));
    if (!request_has_errors(request) && str_equal(password, request_text(request, "current_password")))
        request_add_error(request, "new_password", STR("This is your password already. Choose another one."));
    if (request_has_errors(request)) return settings_show(request, response);
    TRY(password_hash(request->arena, password, &change.new_hash));
    TRY(db_transaction(request->db, store_password, &change));
    respond_flash(request, response, false, STR("Your password is changed. All other sessions have ended."));
    respond_redirect(request, response, STR("/settings"));
    return OK;
}

struct removal {
    struct request *request;
    struct response *response;
};

static enum err remove_person(struct db *db, void *argument)
{
    struct removal *removal = argument;
    struct request *request = removal->request;
    struct str user_id = request->identity.user_id;
    TRY(forget_attempts(request)); /* a token needs no password: wrong ones of a session may stand there */
    TRY(limit_forget(db, str_format(request->arena, "sign-in %.*s ", STR_ARG(request->identity.email))));
    TRY(limit_forget(db, str_format(request->arena, "twin owner %.*s", STR_ARG(user_id))));
    TRY(request_end_live(request, LIVE_OF_OTHER_SESSIONS, request->identity.session_hash));
    TRY(db_exec(db, &sql_settings_delete_audit, DB_ARGS(db_uuid(user_id))));
    TRY(bus_forget_person(db, user_id));
    enum err deleted = db_exec_one(db, &sql_settings_delete_user, DB_ARGS(db_uuid(user_id)));
    if (deleted == ERR_NOT_FOUND) return no_such_account();
    TRY(deleted);
    return session_end(request, removal->response);
}

/* The address must be that of the account; true when it is. */
static bool is_confirmed(struct request *request)
{
    if (request_error(request, "confirm").len) return false;
    if (str_equal_ci(request_text(request, "confirm"), request->identity.email)) return true;
    request_add_error(request, "confirm", STR("This is not the address of your account."));
    return false;
}

enum err settings_delete(struct request *request, struct response *response)
{
    struct str hash = {0};
    struct removal removal = {.request = request, .response = response};
    if (is_confirmed(request) && !request_has_errors(request)) TRY(settings_check_password(request, response, "password", &hash));
    if (request_has_errors(request)) return settings_show(request, response);
    TRY(db_transaction(request->db, remove_person, &removal));
    respond_flash(request, response, false, STR("Your account and everything in it are deleted."));
    respond_redirect(request, response, STR("/"));
    return OK;
}

/* A token with the scope "account" was made with the password; a session gives it here. */
enum err settings_api_delete(struct request *request, struct response *response)
{
    struct str hash = {0};
    struct removal removal = {.request = request, .response = response};
    bool has_session = !request->identity.token_id.len;
    if (is_confirmed(request) && has_session) {
        if (request_has(request, "password")) TRY(settings_check_password(request, response, "password", &hash));
        else request_add_error(request, "password", STR("With a session the password is needed, too."));
    }
    if (request_has_errors(request)) {
        respond_problem(request, response, PROBLEM_VALIDATION, STR("Nothing was deleted."));
        return OK;
    }
    TRY(db_transaction(request->db, remove_person, &removal));
    respond_empty(response, 204);
    return OK;
}
