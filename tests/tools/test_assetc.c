/* What assetc makes of the folder assets/: addresses, rewritten references, encodings, the sorted table. */
#include "../unit/test.h"
#include "http/assets.h"
#include "tools/asset_test_urls.h"

#include <zlib.h>

static const struct asset *find(const char *path)
{
    const struct asset *asset = asset_find(str_from(path));
    if (!asset) test_fail(__FILE__, __LINE__, "no asset %s", path);
    return asset;
}

TEST(every_file_has_an_address_of_its_content)
{
    const struct asset *robots = find(ASSET_URL_robots_txt);
    REQUIRE(robots);
    /* printf 'User-agent: *\n' | sha256sum */
    CHECK_STR(robots->path, "/assets/robots-fd89345a.txt");
    CHECK_STR(robots->etag, "W/\"fd89345af6aca5da\"");
    CHECK_STR(robots->identity, "User-agent: *\n");
    CHECK_STR(robots->content_type, "text/plain; charset=utf-8");
    CHECK(robots->immutable);
    CHECK(!asset_find(STR("/assets/robots.txt")));
    CHECK(!asset_find(STR("")));
}

TEST(files_of_the_root_list_are_served_at_the_root)
{
    const struct asset *robots = find("/robots.txt");
    REQUIRE(robots);
    CHECK_STR(robots->identity, "User-agent: *\n");
    CHECK(!robots->immutable);
    CHECK(!asset_find(STR("/sheet.css")));
}

TEST(references_between_assets_use_the_public_address)
{
    const struct asset *css = find(ASSET_URL_sheet_css), *js = find(ASSET_URL_code_js);
    REQUIRE(css && js);
    CHECK(str_contains(css->identity, STR("url(\"" ASSET_URL_dot_svg "#x\")")));
    CHECK(str_contains(css->identity, STR("url(" ASSET_URL_dot_svg ") }")));
    CHECK(str_contains(css->identity, STR("url(data:image/png;base64,AA==)")));
    CHECK(str_contains(js->identity, STR("from \"" ASSET_URL_other_mjs "\";\n")));
    CHECK(str_contains(js->identity, STR("= '" ASSET_URL_sheet_css "';\n")));
    CHECK(str_contains(js->identity, STR("\"./not-an-asset\"")));
}

TEST(encodings_exist_where_they_are_smaller)
{
    const struct asset *css = find(ASSET_URL_sheet_css), *robots = find(ASSET_URL_robots_txt);
    REQUIRE(css && robots);
    CHECK(css->gzip.len > 0 && css->gzip.len < css->identity.len);
    CHECK(css->brotli.len > 0 && css->brotli.len < css->identity.len);
    CHECK_INT(robots->gzip.len, 0);
    char plain[8192];
    z_stream stream = {.next_in = (unsigned char *)(uintptr_t)css->gzip.ptr, .avail_in = (unsigned)css->gzip.len,
                       .next_out = (unsigned char *)plain, .avail_out = sizeof plain};
    REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
    CHECK_INT(inflate(&stream, Z_FINISH), Z_STREAM_END);
    CHECK_STR(((struct str){plain, stream.total_out}), css->identity);
    inflateEnd(&stream);
}

TEST(the_table_is_sorted)
{
    CHECK_INT(assets_count, 6);
    for (size_t i = 1; i < assets_count; i++) CHECK(str_compare(assets_table[i - 1].path, assets_table[i].path) < 0);
    for (size_t i = 0; i < assets_count; i++) CHECK(asset_find(assets_table[i].path) == &assets_table[i]);
}
