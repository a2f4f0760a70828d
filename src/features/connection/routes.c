/* Routes of connection requests. */
#include "features/connection/connection.h"
#include "features/connection/store.sql.h"

static const struct route routes[] = {
    {HTTP_GET, "/profile/{username}/connect", connect_page, ACCESS_PUBLIC, RATE_PUBLIC, .fields = connect_page_fields,
     .fields_count = COUNT_OF(connect_page_fields), .flags = ROUTE_ON_IO_THREAD, .summary = "form to ask a person for contact"},
    {HTTP_POST, "/profile/{username}/connect", connect_send, ACCESS_PUBLIC, RATE_SIGN_IN, .fields = connect_fields, .fields_count = CONNECT_FIELDS,
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_FREE_TEXT, .summary = "ask a person for contact"},
    {HTTP_GET, "/connections", connections_page, ACCESS_USER, RATE_PAGE, .fields = connections_fields, .fields_count = COUNT_OF(connections_fields),
     .flags = ROUTE_ON_IO_THREAD, .summary = "who asked for contact"},
    {HTTP_POST, "/connections/{id}/accept", connection_accept, ACCESS_OWNER, RATE_CHANGE, .fields = connection_id_fields,
     .fields_count = COUNT_OF(connection_id_fields), .summary = "accept a request"},
    {HTTP_POST, "/connections/{id}/decline", connection_decline, ACCESS_OWNER, RATE_CHANGE, .fields = connection_id_fields,
     .fields_count = COUNT_OF(connection_id_fields), .summary = "decline a request"},
};

const struct feature feature_connection = {.name = "connection",
                                           .routes = routes,
                                           .routes_count = COUNT_OF(routes),
                                           .statements = connection_statements,
                                           .statements_count = &connection_statements_count};
