/* API tokens: what a program sends in "Authorization: Bearer" instead of the cookie of a session.
 *
 * A token is "cp_" and 48 characters of base64url: 32 random bytes and the first 4 of their BLAKE2b hash, so that a scanner (and we, before
 * asking the store) can tell a token from a word that looks like one. The store knows its BLAKE2b hash alone. It opens the routes that
 * name a scope it has, never pages or settings, so a token cannot make tokens. Whoever sends one is not looked at for a cookie; and
 * since no browser sends one by itself, the cross-site check passes it by.
 *
 * Tokens live until they run out or are revoked, also when the password changes or sessions are ended: programs are no browsers left open.
 */
#pragma once
#include "http/response.h"

#define TOKENS_MAX 20 /* of one person */
#define TOKEN_PREFIX "cp_"
#define TOKEN_LENGTH 51

/* Filter, before the session's: fills request->identity when the token may be one of the API. A bad one is remembered. */
enum err token_identify(struct request *request, struct response *response) MUST_CHECK;
/* Filter, after the limits: 401 for a bad token, 403 for one without the route's scope. */
enum err token_check(struct request *request, struct response *response) MUST_CHECK;

/* Whether the person made the token `id` ever, also when it is revoked by now: the audit log has its making under its id. */
enum err token_was_made(struct request *request, struct str id, bool *was_made) MUST_CHECK;
/* A new token of the person, in the open transaction, which is the first with this id (a UUID); `token` is shown once and never stored.
 * `expires_at` 0: never. ERR_CONFLICT when they have TOKENS_MAX. `scopes`: bits 1 << enum scope. */
enum err token_create(struct request *request, struct str id, struct str name, unsigned scopes, int64_t expires_at, struct str *token) MUST_CHECK;
/* ERR_NOT_FOUND for one that is not theirs. */
enum err token_revoke(struct request *request, struct str id) MUST_CHECK;

/* ---- the parts, alone ---- */

/* The credentials of "Bearer XYZ" (RFC 6750, 2.1): true when that is the scheme, whatever follows it. */
bool token_of_header(struct str header, struct str *token);
/* Whether they are the same, in a time that does not tell how much of it is right. */
bool token_matches(struct str token, struct str expected);
/* Prefix, length, letters and check bytes. */
bool token_is_well_formed(struct str token);
/* BLAKE2b-256 in hexadecimal: how tokens and sessions are stored. */
struct str token_hash(struct arena *arena, struct str token);
/* "profile:read skills:write" and back; unknown names are passed over. */
struct str token_scopes_text(struct arena *arena, unsigned scopes);
unsigned token_scopes_read(struct str text);
