/* Cross-site requests. Design in origin.h. */
#include "security/origin.h"

#include "base/config.h"

/* "https://example.org:8443/x" gives "example.org:8443". */
static struct str host_of(struct str url)
{
    size_t start = str_find(url, STR("://"), 0);
    if (start == STR_NPOS) return (struct str){0};
    size_t end = str_find_char(url, '/', start + 3);
    return str_slice(url, start + 3, end == STR_NPOS ? url.len : end);
}

static bool is_ours(struct request *request, struct str url)
{
    struct str host = host_of(url);
    if (!host.len) return false;
    if (config_is_set(CONFIG_BASE_URL)) return str_equal_ci(host, host_of(config_text(CONFIG_BASE_URL)));
    return str_equal_ci(host, request_header(request, "Host"));
}

static enum err refuse(void) { return err_set(ERR_FORBIDDEN, "This request came from another site and was not carried out."); }

enum err origin_filter(struct request *request, struct response *response)
{
    (void)response;
    bool upgrade = request->route->flags & ROUTE_WEBSOCKET;
    if ((request->method == HTTP_GET && !upgrade) || request->route->access == ACCESS_WEBHOOK) return OK;
    if (request->identity.token_id.len) return OK; /* no browser sends a token by itself */
    struct str site = request_header(request, "Sec-Fetch-Site");
    if (site.len) return str_equal(site, STR("same-origin")) || str_equal(site, STR("none")) ? OK : refuse();
    struct str origin = request_header(request, "Origin");
    if (origin.len) return is_ours(request, origin) ? OK : refuse();
    struct str referer = request_header(request, "Referer");
    if (referer.len) return is_ours(request, referer) ? OK : refuse();
    return request_is_signed_in(request) ? refuse() : OK;
}
