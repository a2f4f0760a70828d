/* Route of the public profile. */
#include "features/person.h"
#include "features/profile/profile.h"
#include "features/profile/store.sql.h"

/* Any text, so that an address in capitals can be sent on to the real one. */
static const struct field fields[] = {{.name = "username", .type = FIELD_TEXT, .label = "Username", .max = USERNAME_MAX}};

static const struct route routes[] = {
    {HTTP_GET, "/profile/{username}", profile_show, ACCESS_PUBLIC, RATE_PUBLIC, FIELDS(fields), .flags = ROUTE_ON_IO_THREAD,
     .summary = "a public profile: verified skills with their proofs"},
};

const struct feature feature_profile = {.name = "profile",
                                        .routes = routes,
                                        .routes_count = COUNT_OF(routes),
                                        .statements = profile_statements,
                                        .statements_count = &profile_statements_count};
