/* Markup: a hole here is a script in somebody's page. */
#include "test.h"

#include "html/html.h"

#include <math.h>

static struct html page;

static struct str written(void)
{
    static char text[4096];
    size_t len = page.buf.len < sizeof text ? page.buf.len : sizeof text;
    if (len) memcpy(text, page.buf.ptr, len);
    buf_dispose(&page.buf);
    return (struct str){text, len};
}

#define WRITTEN(call) (call, written())

TEST(text_is_escaped)
{
    CHECK_STR(WRITTEN(html_text(&page, "<b>\"Tom\" & 'Jerry'</b>")), "&lt;b&gt;\"Tom\" &amp; 'Jerry'&lt;/b&gt;");
    CHECK_STR(WRITTEN(html_text(&page, "")), "");
    CHECK_STR(WRITTEN(html_text(&page, (struct str){0})), "");
    CHECK_STR(WRITTEN(html_text(&page, "&&&")), "&amp;&amp;&amp;");
    CHECK_STR(WRITTEN(html_text(&page, "€ 日本 😀")), "€ 日本 😀");
}

TEST(attributes_are_escaped)
{
    CHECK_STR(WRITTEN(html_attribute(&page, "\"' onload=x <&>")), "&quot;&#39; onload=x &lt;&amp;&gt;");
    CHECK_STR(WRITTEN(html_attribute(&page, STR("a\0b"))), STR("a\0b"));
}

/* The fast search works on sixteen bytes: a special character at every place of strings of every length must be found. */
TEST(every_position_is_escaped)
{
    static const char specials[] = "&<>\"'";
    static const char *const entities[] = {"&amp;", "&lt;", "&gt;", "&quot;", "&#39;"};
    struct arena arena = {0};
    for (size_t len = 1; len < 70; len++) {
        for (size_t at = 0; at < len; at++) {
            size_t kind = (len + at) % 5;
            char *text = arena_alloc(&arena, len);
            memset(text, 'x', len);
            text[at] = specials[kind];
            struct str expected = str_format(&arena, "%.*s%s%.*s", (int)at, text, entities[kind], (int)(len - at - 1), text + at + 1);
            REQUIRE(str_equal(WRITTEN(html_attribute(&page, ((struct str){text, len}))), expected));
        }
    }
    arena_dispose(&arena);
}

TEST(harmful_urls_become_a_hash)
{
    static const char *const harmful[] = {
        "javascript:alert(1)",   "JaVaScRiPt:alert(1)",     " javascript:alert(1)",   "\tjavascript:alert(1)",
        "\x01javascript:x",      "\n\r \x1fjavascript:x",   "java\nscript:alert(1)",  "java\tscript:alert(1)",
        "javascript\n:alert(1)", "java\x01script:alert(1)", "data:text/html,<script>", "DATA:text/html;base64,AA",
        "vbscript:x",            "file:///etc/passwd",      "blob:https://x/1",       "view-source:x",
        "ftp://x/",              "httpx:x",                 ":x",                     "a\x7f:x",
        "httpsjavascript:x",     "tel:1",
    };
    for (size_t i = 0; i < COUNT_OF(harmful); i++)
        if (!CHECK_STR(WRITTEN(html_url(&page, harmful[i])), "#")) printf("  was \"%s\"\n", harmful[i]);
    CHECK_STR(WRITTEN(html_url(&page, STR("\0javascript:x"))), "#");
    CHECK_STR(WRITTEN(html_url(&page, STR("javascript\0:x"))), "#");
}

TEST(good_urls_pass_escaped)
{
    static const char *const good[] = {
        "/skills/1",     "skills",         "",           "#part",       "?q=a:b",           "./a:b",
        "a/b:c",         "http://x/",      "HTTPS://x/", "https://x:8/", "mailto:a@example.org", "//host/path",
        "/a?u=javascript:x", " \x01\nhttps://x/",
    };
    for (size_t i = 0; i < COUNT_OF(good); i++) CHECK_STR(WRITTEN(html_url(&page, good[i])), good[i]);
    CHECK_STR(WRITTEN(html_url(&page, "/a?b=1&c=\"'")), "/a?b=1&amp;c=&quot;&#39;");
}

TEST(url_parts_are_percent_encoded)
{
    CHECK_STR(WRITTEN(html_url_part(&page, "AZaz09-._~")), "AZaz09-._~");
    CHECK_STR(WRITTEN(html_url_part(&page, "a b/c?d&e=\"é")), "a%20b%2Fc%3Fd%26e%3D%22%C3%A9");
    CHECK_STR(WRITTEN(html_url_part(&page, "")), "");
    CHECK_STR(WRITTEN(html_url_part(&page, STR("\0"))), "%00");
}

TEST(json_cannot_leave_its_script)
{
    CHECK_STR(WRITTEN(html_json(&page, "</script><!--&")), "\"\\u003c/script\\u003e\\u003c!--\\u0026\"");
    CHECK_STR(WRITTEN(html_json(&page, "a\"b\\c\nd\te\x01")), "\"a\\\"b\\\\c\\nd\\u0009e\\u0001\"");
    CHECK_STR(WRITTEN(html_json(&page, "\xE2\x80\xA8\xE2\x80\xA9€")), "\"\\u2028\\u2029€\"");
    CHECK_STR(WRITTEN(html_json(&page, "it's é 😀")), "\"it's é 😀\"");
    CHECK_STR(WRITTEN(html_json(&page, "")), "\"\"");
    CHECK_STR(WRITTEN(html_json(&page, "\xE2\x80")), "\"\xE2\x80\"");
}

TEST(numbers)
{
    CHECK_STR(WRITTEN(html_text(&page, 0)), "0");
    CHECK_STR(WRITTEN(html_text(&page, (size_t)42)), "42");
    CHECK_STR(WRITTEN(html_attribute(&page, INT64_MIN)), "-9223372036854775808");
    CHECK_STR(WRITTEN(html_text(&page, (bool)true)), "1");
    CHECK_STR(WRITTEN(html_text(&page, 2.0)), "2");
    CHECK_STR(WRITTEN(html_text(&page, 2.5)), "2.5");
    CHECK_STR(WRITTEN(html_text(&page, 10.256)), "10.26");
    CHECK_STR(WRITTEN(html_text(&page, 100.0)), "100");
    CHECK_STR(WRITTEN(html_text(&page, -0.001)), "0");
    CHECK_STR(WRITTEN(html_text(&page, -0.5)), "-0.5");
    CHECK_STR(WRITTEN(html_text(&page, (double)NAN)), "n/a");
    html_double(&page, -1.7976931348623157e308);
    CHECK_INT(written().len, 310);
}

TEST(fragments_pass_unescaped)
{
    struct html_fragment fragment = {STR("<b>x</b>")};
    CHECK_STR(WRITTEN(html_text(&page, fragment)), "<b>x</b>");
    CHECK_STR(WRITTEN(html_literal(&page, "<i>", 3)), "<i>");
}

TEST(a_full_page_stops)
{
    buf_init(&page.buf, 10);
    html_text(&page, "12345678&&");
    CHECK(page.buf.overflow);
    CHECK(page.buf.len <= 10);
    buf_dispose(&page.buf);
    page = (struct html){0};
}
