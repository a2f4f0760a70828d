/* Routes of market insights. */
#include "features/market/market.h"
#include "features/market/store.sql.h"

static const struct field fields[] = {
    {.name = "field", .type = FIELD_TEXT, .label = "Field of work", .max = 80},
    {.name = "role", .type = FIELD_KEY, .label = "Role"},
    {.name = "period", .type = FIELD_MONTH, .label = "Posted in"},
};

static const struct route routes[] = {
    {HTTP_GET, "/market", market_page, ACCESS_USER, RATE_PAGE, FIELDS(fields), .summary = "what employers ask for"},
};

const struct feature feature_market = {.name = "market",
                                       .routes = routes,
                                       .routes_count = COUNT_OF(routes),
                                       .statements = market_statements,
                                       .statements_count = &market_statements_count};
