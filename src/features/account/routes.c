/* Routes and commands of the account feature. */
#include "features/account/account.h"
#include "features/account/store.sql.h"

static const struct route routes[] = {
    {HTTP_GET, "/sign-up", account_sign_up_page, ACCESS_GUEST, RATE_PUBLIC, .flags = ROUTE_ON_IO_THREAD | ROUTE_WITHOUT_STORE,
     .summary = "sign-up page"},
    {HTTP_POST, "/sign-up", account_sign_up, ACCESS_GUEST, RATE_SIGN_IN, .fields = account_sign_up_fields, .fields_count = ACCOUNT_SIGN_UP_FIELDS,
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_NO_TRANSACTION, .summary = "make an account and sign in"},
    {HTTP_GET, "/sign-in", account_sign_in_page, ACCESS_GUEST, RATE_PUBLIC, .fields = account_next_fields, .fields_count = 1, .flags = ROUTE_ON_IO_THREAD | ROUTE_WITHOUT_STORE,
     .summary = "sign-in page"},
    {HTTP_POST, "/sign-in", account_sign_in, ACCESS_GUEST, RATE_SIGN_IN, .fields = account_sign_in_fields, .fields_count = ACCOUNT_SIGN_IN_FIELDS,
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_NO_TRANSACTION, .summary = "sign in"},
    {HTTP_POST, "/sign-out", account_sign_out, ACCESS_USER, RATE_CHANGE, .summary = "end this session"},
};

static const struct command commands[] = {
    {"user add", "EMAIL [--admin] [--password-stdin]", "make an account; the password is read from the terminal", account_user_add},
    {"user list", "[--json]", "all accounts", account_user_list},
};

const struct feature feature_account = {.name = "account",
                                        .routes = routes,
                                        .routes_count = sizeof(routes) / sizeof(routes[0]),
                                        .statements = account_statements,
                                        .statements_count = &account_statements_count,
                                        .commands = commands,
                                        .commands_count = sizeof(commands) / sizeof(commands[0])};
