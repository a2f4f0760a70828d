/* Routes of the dashboard. */
#include "features/dashboard/dashboard.h"
#include "features/dashboard/store.sql.h"

static const struct route routes[] = {
    {HTTP_GET, "/dashboard", dashboard_page, ACCESS_USER, RATE_PAGE, .summary = "the next best step, proofs, roadmap, matches and news"},
};

const struct feature feature_dashboard = {.name = "dashboard",
                                          .routes = routes,
                                          .routes_count = COUNT_OF(routes),
                                          .statements = dashboard_statements,
                                          .statements_count = &dashboard_statements_count};
