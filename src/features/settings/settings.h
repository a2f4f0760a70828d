/* The settings feature's own parts. */
#pragma once
#include "features/feature.h"
#include "features/person.h"
#include "features/settings/views.h"
#include "http/response.h"

enum err settings_page(struct request *request, struct response *response);
enum err settings_profile(struct request *request, struct response *response);  /* name, headline, bio */
enum err settings_public(struct request *request, struct response *response);   /* username, on or off */
enum err settings_drafts(struct request *request, struct response *response);   /* prepared applications */
enum err settings_password(struct request *request, struct response *response);
enum err settings_session_end(struct request *request, struct response *response);
enum err settings_sessions_end(struct request *request, struct response *response);
enum err settings_export(struct request *request, struct response *response);
enum err settings_delete(struct request *request, struct response *response);
enum err settings_token_new(struct request *request, struct response *response);
enum err settings_token_create(struct request *request, struct response *response);
enum err settings_token_revoke_page(struct request *request, struct response *response);
enum err settings_token_revoke(struct request *request, struct response *response);
enum err settings_api_export(struct request *request, struct response *response);
enum err settings_api_delete(struct request *request, struct response *response);

/* The page as it is after a request: a posted form shows what was typed and its messages (422). */
enum err settings_show(struct request *request, struct response *response) MUST_CHECK;

/* The fields of the page's forms (routes.c). */
extern const struct field settings_profile_fields[], settings_public_fields[], settings_drafts_fields[], settings_password_fields[], settings_delete_fields[], settings_token_fields[];

/* Adds a message to `field` when it is not the person's password; `hash` gets the stored one. Outside a transaction: it takes long. Ten wrong
 * ones in a quarter of an hour are the most; a right one clears the count. ERR_UNAUTHORIZED when the account was deleted meanwhile. */
enum err settings_check_password(struct request *request, struct response *response, const char *field, struct str *hash) MUST_CHECK;

/* Puts the person's API tokens into the page. */
enum err settings_fill_tokens(struct request *request, struct settings_page *view) MUST_CHECK;

/* One JSON document with every row that is theirs. */
enum err settings_write_export(struct db *db, struct str user_id, struct buf *out) MUST_CHECK;
