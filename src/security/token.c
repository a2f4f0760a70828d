/* Tokens. Design in token.h. */
#include "security/token.h"

#include "base/base64.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "db/db.h"
#include "http/scope.h"
#include "security/audit.h"
#include "security/session.h"
#include "security/token.sql.h"

#include <sodium.h>
#include <string.h>

#define SECRET_BYTES 32
#define CHECK_BYTES 4
#define TOUCH_AFTER (60 * US_PER_SECOND)

/* ---- the token ---- */

bool token_of_header(struct str header, struct str *token)
{
    header = str_trim(header);
    size_t space = str_find_char(header, ' ', 0);
    if (!str_equal_ci(str_slice(header, 0, space), STR("Bearer"))) return false;
    *token = space == STR_NPOS ? STR("") : str_trim(str_slice(header, space, header.len));
    return true;
}

bool token_matches(struct str token, struct str expected)
{
    return token.len == expected.len && sodium_memcmp(token.ptr, expected.ptr, expected.len) == 0;
}

/* The first bytes of the hash of the secret: against slips of the pen, not against people. */
static void check_of(const unsigned char *secret, unsigned char *check)
{
    unsigned char hash[32];
    crypto_generichash(hash, sizeof(hash), secret, SECRET_BYTES, NULL, 0);
    memcpy(check, hash, CHECK_BYTES);
}

bool token_is_well_formed(struct str token)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    unsigned char check[CHECK_BYTES];
    struct str bytes;
    if (token.len != TOKEN_LENGTH || !str_starts(token, STR(TOKEN_PREFIX))) return false;
    if (base64url_read(&arena, str_slice(token, strlen(TOKEN_PREFIX), token.len), &bytes) != OK) return false;
    check_of((const unsigned char *)bytes.ptr, check);
    return memcmp(check, bytes.ptr + SECRET_BYTES, CHECK_BYTES) == 0;
}

static struct str token_new(struct arena *arena)
{
    unsigned char bytes[SECRET_BYTES + CHECK_BYTES];
    random_bytes(bytes, SECRET_BYTES);
    check_of(bytes, bytes + SECRET_BYTES);
    struct str text = base64url(arena, (struct str){(const char *)bytes, sizeof(bytes)});
    return str_format(arena, TOKEN_PREFIX "%.*s", STR_ARG(text));
}

struct str token_hash(struct arena *arena, struct str token)
{
    unsigned char hash[32];
    crypto_generichash(hash, sizeof(hash), (const unsigned char *)token.ptr, token.len, NULL, 0);
    char *hex = arena_alloc(arena, 2 * sizeof(hash) + 1);
    sodium_bin2hex(hex, 2 * sizeof(hash) + 1, hash, sizeof(hash));
    return str_from(hex);
}

struct str token_scopes_text(struct arena *arena, unsigned scopes)
{
    struct str names[SCOPE_COUNT];
    size_t count = 0;
    for (size_t i = 1; i < SCOPE_COUNT; i++)
        if (scopes & 1u << i) names[count++] = str_from(scope_name((enum scope)i));
    return str_join(arena, names, count, STR(" "));
}

unsigned token_scopes_read(struct str text)
{
    unsigned found = 0;
    struct str name;
    while (str_split_next(&text, ' ', &name)) found |= 1u << scope_by_name(name);
    return found & ~(1u << SCOPE_NONE);
}

/* ---- filters ---- */

static enum err find_token(struct request *request, struct str token, int64_t now, int64_t *last_used)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_token_identity, DB_ARGS(db_text(token_hash(request->arena, token)), db_time(now)), &rows));
    session_read_identity(request->arena, &rows, &request->identity);
    request->identity.token_id = db_col_text(&rows, 10, request->arena);
    request->identity.scopes = token_scopes_read(db_col_view(&rows, 11));
    *last_used = db_col_time(&rows, 1);
    return OK;
}

enum err token_identify(struct request *request, struct response *response)
{
    struct str token;
    (void)response;
    if (!token_of_header(request_header(request, "Authorization"), &token)) return OK;
    request->identity.sent_token = true;
    if (request->route->scope == SCOPE_NONE) return OK;
    int64_t now = clock_now(), last_used = 0;
    enum err found = token_is_well_formed(token) ? find_token(request, token, now, &last_used) : ERR_NOT_FOUND;
    request->identity.sent_token = true;
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    if (now - last_used < TOUCH_AFTER) return OK;
    enum err touched = db_exec(request->db, &sql_token_touch,
                               DB_ARGS(db_uuid(request->identity.user_id), db_uuid(request->identity.token_id), db_time(now)));
    if (touched != OK) log_warn("the use of a token could not be noted: %s", err_detail());
    return OK;
}

enum err token_check(struct request *request, struct response *response)
{
    enum scope scope = request->route->scope;
    if (!request->identity.sent_token || scope == SCOPE_NONE) return OK;
    if (!request->identity.token_id.len) {
        response_header(request, response, "WWW-Authenticate", STR("Bearer realm=\"Career Prep\", error=\"invalid_token\""));
        respond_problem(request, response, PROBLEM_INVALID_TOKEN, STR("This token is not one of ours, has run out, or was revoked."));
    } else if (!(request->identity.scopes & 1u << scope)) {
        response_header(request, response, "WWW-Authenticate",
                        str_format(request->arena, "Bearer realm=\"Career Prep\", error=\"insufficient_scope\", scope=\"%s\"", scope_name(scope)));
        respond_problem(request, response, PROBLEM_INSUFFICIENT_SCOPE, str_format(request->arena, "This needs the scope %s, which the token does not have.", scope_name(scope)));
    }
    return OK;
}

/* ---- making and revoking ---- */

enum err token_was_made(struct request *request, struct str id, bool *was_made)
{
    int64_t count = 0;
    TRY(db_query_int(request->db, &sql_token_was_made, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(id)), &count));
    *was_made = count > 0;
    return OK;
}

enum err token_create(struct request *request, struct str id, struct str name, unsigned scopes, int64_t expires_at, struct str *token)
{
    int64_t count = 0;
    struct db_value owner = db_uuid(request->identity.user_id);
    TRY(db_query_int(request->db, &sql_token_count, DB_ARGS(owner), &count));
    if (count >= TOKENS_MAX) return err_set(ERR_CONFLICT, "You have %d tokens, which is the most. Revoke one first.", TOKENS_MAX);
    *token = token_new(request->arena);
    TRY(db_exec(request->db, &sql_token_insert,
                DB_ARGS(db_uuid(id), owner, db_text(token_hash(request->arena, *token)), db_text(name),
                        db_text(token_scopes_text(request->arena, scopes)), db_time(clock_now()), db_time_or_null(expires_at))));
    return audit_note(request, id, "token created", name);
}

enum err token_revoke(struct request *request, struct str id)
{
    struct str name;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        TRY(db_query_one(request->db, &sql_token_delete, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(id)), &rows));
        name = db_col_text(&rows, 0, request->arena);
        while (db_next(&rows)) {}
        TRY(db_rows_result(&rows));
    }
    return audit_note(request, (struct str){0}, "token revoked", name);
}
