/* GET /metrics: who may read it, and what it is put together from. Design in metrics.h. */
#include "features/metrics/metrics.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "bus/bus.h"
#include "features/feature.h"
#include "http/client.h"
#include "http/proxy.h"
#include "http/server.h"
#include "security/token.h"

#include <string.h>

static bool has_token(struct request *request)
{
    struct str token, expected = config_text(CONFIG_METRICS_TOKEN);
    if (!expected.len || !token_of_header(request_header(request, "Authorization"), &token)) return false;
    return token_matches(token, expected);
}

/* Whether the host of an address or of a Host header is this machine: "localhost:8080", "http://127.0.0.1". */
static bool is_this_machine(struct arena *arena, struct str host)
{
    struct proxy_list local = {0};
    struct proxy_address address;
    size_t scheme = str_find(host, STR("://"), 0);
    if (scheme != STR_NPOS) host = str_slice(host, scheme + 3, host.len);
    host = str_slice(host, 0, str_find_char(host, '/', 0));
    bool is_bracketed = str_starts(host, STR("["));
    host = is_bracketed ? str_slice(host, 1, str_find_char(host, ']', 0)) : str_slice(host, 0, str_find_char(host, ':', 0));
    if (str_equal_ci(host, STR("localhost"))) return true;
    if (proxy_list_read(arena, "127.0.0.0/8,::1", &local) != OK) return false;
    return proxy_address_read(host, &address) == OK && proxy_is_trusted(&local, &address);
}

/* What is not said with METRICS_ALLOW holds only where nobody from outside can look local: behind a proxy on this machine that adds no header, either the request names the public
 * host, or BASE_URL does, without which nobody could sign in. */
static bool may_be_proxied(struct request *request)
{
    struct str base = config_text(CONFIG_BASE_URL);
    if (strcmp(config_source(CONFIG_METRICS_ALLOW), "default") != 0) return false;
    return !is_this_machine(request->arena, request_header(request, "Host")) || (base.len && !is_this_machine(request->arena, base));
}

/* Only of who asks directly: a proxy that is not in TRUSTED_PROXIES lends its own address to everybody. */
static bool has_address(struct request *request)
{
    struct proxy_list allowed = {0};
    struct proxy_address address;
    if (may_be_proxied(request)) return false;
    if (request_header(request, "X-Forwarded-For").len || request_header(request, "Forwarded").len || request_header(request, "Via").len) return false;
    if (proxy_list_read(request->arena, config_cstr(CONFIG_METRICS_ALLOW), &allowed) != OK) return false;
    return proxy_address_read(request->address, &address) == OK && proxy_is_trusted(&allowed, &address);
}

static enum err metrics_page(struct request *request, struct response *response)
{
    struct buf out CLEANUP(buf_dispose) = {0}, stored CLEANUP(buf_dispose) = {0};
    if (!request->identity.is_admin && !has_address(request) && !has_token(request)) return err_set(ERR_NOT_FOUND, "There is no page at this address.");
    metrics_write_process(&out);
    server_write_metrics(request, &out);
    http_write_call_counts(&out);
    bus_write_counts(&out);
    bool is_up = request->db && bus_write_gauges(request->db, request->arena, &stored) == OK;
    if (request->db && !is_up) log_warn("the figures of the store are missing: %s", err_detail());
    metrics_family(&out, "careerprep_store_up", "gauge", "Whether the store answered; the figures that it holds are missing otherwise.");
    metrics_sample(&out, "careerprep_store_up", NO_LABELS, is_up);
    if (is_up) buf_append_str(&out, buf_str(&stored));
    respond_text(response, "text/plain; version=0.0.4; charset=utf-8", buf_str(&out));
    return OK;
}

static const struct route routes[] = {
    {HTTP_GET, "/metrics", metrics_page, ACCESS_PUBLIC, RATE_PUBLIC, .flags = ROUTE_WITHOUT_STORE,
     .summary = "figures for Prometheus: for METRICS_ALLOW, METRICS_TOKEN and administrators"},
};

const struct feature feature_metrics = {.name = "metrics", .routes = routes, .routes_count = COUNT_OF(routes)};
