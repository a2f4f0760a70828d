/* Sessions: a random token of 256 bits in a cookie; the store knows its BLAKE2b hash alone. 30 days, prolonged by use. */
#pragma once
#include "http/response.h"

/* Signs the person in: a new token, never one the browser brought. Needs the open transaction. */
enum err session_start(struct request *request, struct response *response, struct str user_id) MUST_CHECK;
/* Ends this session and deletes the cookie. */
enum err session_end(struct request *request, struct response *response) MUST_CHECK;
/* Ends every other session of the person: after a change of password. */
enum err session_end_others(struct request *request) MUST_CHECK;

/* Filter: fills request->identity from the cookie. */
enum err session_identify(struct request *request, struct response *response) MUST_CHECK;
