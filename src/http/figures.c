/* What this server has answered, by route: counted as each answer ends, written for /metrics. */
#include "base/metrics.h"
#include "http/hub.h"
#include "http/private.h"

#include <stdlib.h>

#define CLASSES 5 /* 1xx to 5xx */

struct route_figures {
    const struct route *route;
    const char *method; /* "-" where any may have been asked for */
    _Atomic uint64_t by_class[CLASSES];
    struct histogram durations; /* not of streams and sockets, which last as long as a page is open */
};

/* In the order of the routes' addresses, to be found by them. */
struct http_figures {
    struct route_figures *routes;
    size_t count;
};

static int by_route(const void *a, const void *b)
{
    uintptr_t left = (uintptr_t)((const struct route_figures *)a)->route, right = (uintptr_t)((const struct route_figures *)b)->route;
    return (left > right) - (left < right);
}

struct http_figures *http_figures_new(const struct server_options *options)
{
    struct http_figures *figures = mem_alloc(sizeof *figures);
    figures->routes = mem_alloc((options->routes_count + 2) * sizeof *figures->routes);
    for (size_t i = 0; i < options->routes_count; i++)
        figures->routes[figures->count++] = (struct route_figures){.route = options->routes[i], .method = http_method_name(options->routes[i]->method)};
    figures->routes[figures->count++] = (struct route_figures){.route = &dispatch_asset_route, .method = http_method_name(HTTP_GET)};
    figures->routes[figures->count++] = (struct route_figures){.route = &dispatch_unknown_route, .method = "-"};
    qsort(figures->routes, figures->count, sizeof *figures->routes, by_route);
    return figures;
}

void http_figures_free(struct http_figures *figures)
{
    if (!figures) return;
    free(figures->routes);
    free(figures);
}

void http_figures_count(struct http_figures *figures, const struct route *route, int status, int64_t us)
{
    struct route_figures wanted = {.route = route ? route : &dispatch_unknown_route};
    struct route_figures *found = bsearch(&wanted, figures->routes, figures->count, sizeof wanted, by_route);
    if (!found || status < 100 || status >= 600) return;
    metrics_add(&found->by_class[status / 100 - 1], 1);
    if (!(wanted.route->flags & (ROUTE_STREAM | ROUTE_WEBSOCKET))) histogram_add(&found->durations, us, 1);
}

static void write_requests(const struct http_figures *figures, struct buf *out)
{
    static const char *const classes[CLASSES] = {"1xx", "2xx", "3xx", "4xx", "5xx"};
    const char *name = "careerprep_http_requests_total";
    metrics_family(out, name, "counter", "Requests answered, by route and class of status; - is an address that nobody serves.");
    for (size_t i = 0; i < figures->count; i++) {
        const struct route_figures *of = &figures->routes[i];
        for (size_t class = 0; class < CLASSES; class++) {
            uint64_t requests = metrics_read(&of->by_class[class]);
            if (!requests) continue;
            metrics_sample(out, name, LABELS({"route", str_from(of->route->pattern)}, {"method", str_from(of->method)}, {"status", str_from(classes[class])}),
                           (int64_t)requests);
        }
    }
}

static void write_durations(const struct http_figures *figures, struct buf *out)
{
    const char *name = "careerprep_http_request_duration_seconds";
    metrics_family(out, name, "histogram", "From the request line to the end of the answer, without streams and sockets.");
    for (size_t i = 0; i < figures->count; i++) {
        const struct route_figures *of = &figures->routes[i];
        if (!histogram_count(&of->durations)) continue;
        metrics_histogram(out, name, LABELS({"route", str_from(of->route->pattern)}, {"method", str_from(of->method)}), &of->durations);
    }
}

static void write_gauge(struct buf *out, const char *name, const char *help, size_t value)
{
    metrics_family(out, name, "gauge", help);
    metrics_sample(out, name, NO_LABELS, (int64_t)value);
}

void server_write_metrics(const struct request *request, struct buf *out)
{
    struct server *server = request->private->server;
    write_requests(server->figures, out);
    write_durations(server->figures, out);
    write_gauge(out, "careerprep_http_requests_in_flight", "Requests being read or answered, streams among them.", (size_t)atomic_load(&server->active));
    write_gauge(out, "careerprep_http_worker_queue", "Requests that wait for a thread.", worker_pool_queued(server->workers));
    if (server->options.hub) write_gauge(out, "careerprep_http_streams", "Open event streams.", hub_stream_count(server->options.hub));
    write_gauge(out, "careerprep_http_sockets", "Open WebSockets.", websockets_count(server->websockets));
}
