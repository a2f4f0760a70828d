/* Assets: the styles, scripts and pictures embedded in the program by tools/assetc, each with its content hash in its address.
 *
 * ASSET_URL_app_css and the like (http/assets/asset_urls.h, generated) are string constants. All of it is constant data.
 */
#pragma once
#include "base/str.h"
#include "http/assets/asset_urls.h"

struct asset {
    struct str path;         /* "/assets/app-1f3a9c2e.css", or "/robots.txt" for a file of assets/root.txt */
    struct str content_type; /* "text/css; charset=utf-8" */
    struct str etag;         /* weak, the same for every encoding: W/"0123456789abcdef" */
    struct str identity;
    struct str gzip, brotli; /* empty when not smaller than identity */
    bool immutable;          /* the path changes with the content: to be cached for a year */
};

extern const struct asset assets_table[]; /* sorted by path, byte order */
extern const size_t assets_count;

/* The asset with exactly this path, or NULL. */
const struct asset *asset_find(struct str path);
