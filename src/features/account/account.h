/* The account feature's own parts. */
#pragma once
#include "features/account/views.h"
#include "features/feature.h"
#include "http/response.h"

extern const struct feature feature_account;

#define ACCOUNT_SIGN_UP_FIELDS 4
#define ACCOUNT_SIGN_IN_FIELDS 3
extern const struct field account_sign_up_fields[ACCOUNT_SIGN_UP_FIELDS];
extern const struct field account_sign_in_fields[ACCOUNT_SIGN_IN_FIELDS];
extern const struct field account_next_fields[1];

enum err account_sign_up_page(struct request *request, struct response *response);
enum err account_sign_up(struct request *request, struct response *response);
enum err account_sign_in_page(struct request *request, struct response *response);
enum err account_sign_in(struct request *request, struct response *response);
enum err account_sign_out(struct request *request, struct response *response);

/* Makes the account with its empty profile, in the open transaction. ERR_CONFLICT when the address is taken. `user_id` lives in the arena. */
struct account_new {
    struct str email, first_name, last_name, password_hash;
    bool is_admin;
};
enum err account_create(struct db *db, struct arena *arena, const struct account_new *account, struct str *user_id) MUST_CHECK;

int account_user_add(int argc, char **argv);
int account_user_list(int argc, char **argv);
