/* Server-sent events (HTML Standard, 9.2): the library's callback response on one side, a stream of the hub on the other.
 */
#include "base/log.h"
#include "http/private.h"
#include <microhttpd.h>

#define BLOCK 1024 /* what the library asks for at a time: kept small, it is held for each stream */

static ssize_t stream_fill(void *cls, uint64_t position, char *out, size_t max)
{
    (void)position;
    long len = hub_stream_read(cls, out, max);
    return len < 0 ? MHD_CONTENT_READER_END_OF_STREAM : len;
}

static void stream_gone(void *cls)
{
    hub_close_stream(cls);
}

struct MHD_Response *stream_response(struct request_private *exchange)
{
    struct hub *hub = exchange->server->options.hub;
    if (!hub) log_fatal("a route opens a stream, but the server has no hub");
    struct stream *stream = hub_open_stream(hub, exchange->response.stream_channel, &exchange->request.identity, exchange->connection);
    struct MHD_Response *response = MHD_create_response_from_callback(MHD_SIZE_UNKNOWN, BLOCK, stream_fill, stream, stream_gone);
    if (!response) {
        hub_close_stream(stream);
        return NULL;
    }
    size_t most = exchange->server->options.streams_of_one_max;
    if (most) hub_keep_newest(hub, exchange->response.stream_channel, most);
    MHD_add_response_header(response, "Content-Type", "text/event-stream");
    MHD_add_response_header(response, "X-Accel-Buffering", "no");
    return response;
}
