/* Route of the public profile. */
#include "features/profile/profile.h"
#include "features/profile/store.sql.h"

static const struct route routes[] = {
    {HTTP_GET, "/profile/{username}", profile_show, ACCESS_PUBLIC, RATE_PUBLIC, .flags = ROUTE_ON_IO_THREAD,
     .summary = "a public profile: verified skills with their proofs"},
};

const struct feature feature_profile = {.name = "profile",
                                        .routes = routes,
                                        .routes_count = COUNT_OF(routes),
                                        .statements = profile_statements,
                                        .statements_count = &profile_statements_count};
