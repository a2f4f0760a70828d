/* The connection feature's own parts. */
#pragma once
#include "features/connection/views.h"
#include "features/feature.h"
#include "http/response.h"

extern const struct feature feature_connection;

#define CONNECT_FIELDS 6
extern const struct field connect_fields[CONNECT_FIELDS];
extern const struct field connect_page_fields[1];
extern const struct field connections_fields[1];
extern const struct field connection_id_fields[1];

enum err connect_page(struct request *request, struct response *response);
enum err connect_send(struct request *request, struct response *response);
enum err connections_page(struct request *request, struct response *response);
enum err connection_accept(struct request *request, struct response *response);
enum err connection_decline(struct request *request, struct response *response);
