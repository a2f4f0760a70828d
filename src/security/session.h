/* Sessions: a random token of 256 bits in a cookie; the store knows its BLAKE2b hash alone. 30 days, prolonged by use. */
#pragma once
#include "http/response.h"

/* Signs the person in: a new token, never one the browser brought. Needs the open transaction. */
enum err session_start(struct request *request, struct response *response, struct str user_id) MUST_CHECK;
/* Ends this session and deletes the cookie. Whatever ends sessions also ends their open streams and sockets. */
enum err session_end(struct request *request, struct response *response) MUST_CHECK;
/* Ends one session of the person by its hash; ERR_NOT_FOUND when there is none. */
enum err session_end_one(struct request *request, struct str session_hash) MUST_CHECK;
/* Ends every other session of the person: after a change of password. */
enum err session_end_others(struct request *request) MUST_CHECK;

/* Whether the session still is one; ERR_UNAUTHORIZED when it ended or ran out. */
enum err session_check(struct db *db, const struct identity *identity) MUST_CHECK;

/* Fills the identity from a row that begins with user_id, last_used_at, email, username, first_name, last_name, role,
 * onboarding_step, onboarding_completed, onboarding_skipped. */
struct db_rows;
void session_read_identity(struct arena *arena, const struct db_rows *rows, struct identity *identity);

/* Looks the sessions of several requests up in one round, for session_identify: server_options.look_ahead. */
enum err session_look_ahead(struct db *db, struct request *const *requests, size_t count) MUST_CHECK;
/* Filter: fills request->identity from the cookie, unless a token was sent. */
enum err session_identify(struct request *request, struct response *response) MUST_CHECK;
