/* Serving embedded assets: constant bytes, no filter, no store, no copy. The encodings were made at build time; the tag is the
 * same for all of them (weak), so Vary says that the bytes differ. Hashed addresses are cached for a year.
 */
#include "http/assets.h"
#include "http/private.h"

/* Whether If-None-Match has the tag (RFC 9110, 13.1.2: weak comparison). */
static bool is_known(struct str header, struct str etag)
{
    struct str entry;
    if (str_starts(etag, STR("W/"))) etag = str_slice(etag, 2, etag.len);
    while (str_split_next(&header, ',', &entry)) {
        entry = str_trim(entry);
        if (str_starts(entry, STR("W/"))) entry = str_slice(entry, 2, entry.len);
        if (str_equal(entry, etag) || str_equal(entry, STR("*"))) return true;
    }
    return false;
}

bool asset_serve(struct request_private *exchange)
{
    struct request *request = &exchange->request;
    struct response *response = &exchange->response;
    const struct asset *asset = asset_find(exchange->raw_path);
    if (!asset || request->method != HTTP_GET) return false;
    struct str body = asset->identity;
    if (asset->brotli.len > 0 && request_accepts_encoding(request, "br")) {
        body = asset->brotli;
        response_header(request, response, "Content-Encoding", STR("br"));
    } else if (asset->gzip.len > 0 && request_accepts_encoding(request, "gzip")) {
        body = asset->gzip;
        response_header(request, response, "Content-Encoding", STR("gzip"));
    }
    response_header(request, response, "Vary", STR("Accept-Encoding"));
    response_header(request, response, "ETag", asset->etag);
    response_header(request, response, "Cache-Control", asset->immutable ? STR("public, max-age=31536000, immutable")
                                                                         : STR("public, max-age=3600"));
    if (is_known(request_header(request, "If-None-Match"), asset->etag)) {
        response->status = 304;
        return true;
    }
    response->content_type = str_cstr(request->arena, asset->content_type);
    exchange->static_body = body;
    return true;
}
