#include "http/websocket.h"
#include "http/private.h"
struct websockets { int unused; };
struct websockets *websockets_new(struct server *server) { (void)server; return NULL; }
void websockets_free(struct websockets *websockets) { (void)websockets; }
const char *websocket_check_upgrade(struct request_private *exchange, int *status) { (void)exchange; *status = 501; return "Sockets are not served yet."; }
struct MHD_Response *websocket_response(struct request_private *exchange) { (void)exchange; return NULL; }
