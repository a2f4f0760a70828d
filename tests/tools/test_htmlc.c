/* What the template compiler makes of page.html, layout.html and row.html: every value escaped for its place. */
#include "../unit/test.h"
#include "tools/page.html.h"
#include "tools/views.h"

static const struct item items[] = {
    {STR_INIT("A & <b>"), STR_INIT("javascript:alert(1)"), 3, true},
    {STR_INIT("It's"), STR_INIT("/b?x=1&y=2"), -1, false},
};
static const struct person person = {"Ada <i>"};

static struct page sample(void)
{
    return (struct page){
        .document = {STR("A </title> B")},
        .items = items,
        .items_count = 2,
        .words = {STR("one"), STR("<two>")},
        .words_count = 2,
        .person = &person,
        .best = items[0],
        .query = STR("a b/c\"&"),
        .data = STR("</script>\""),
        .kind = STR("x"),
        .share = 0.5,
    };
}

static struct str render(struct html *out, const struct page *page)
{
    page_render(out, page);
    return buf_str(&out->buf);
}

#define CHECK_HAS(markup, text)                                                                                        \
    do {                                                                                                               \
        if (!str_contains(markup, STR(text))) printf("in: %.*s\n", STR_ARG(markup));                                  \
        CHECK(str_contains(markup, STR(text)));                                                                        \
    } while (0)

TEST(values_are_escaped_for_their_place)
{
    struct html out = {0};
    struct page page = sample();
    struct str markup = render(&out, &page);
    CHECK_HAS(markup, "<title>A &lt;/title&gt; B</title>");
    CHECK_HAS(markup, "<h1 class=\"a calm\">Ada &lt;i&gt;?\?/ \"\303\251\"</h1>");
    CHECK_HAS(markup, "<li aria-current=\"true\"><a href=\"#\" title='A &amp; &lt;b&gt;'>A &amp; &lt;b&gt;</a>: 3</li>");
    CHECK_HAS(markup, "<li><a href=\"/b?x=1&amp;y=2\" title='It&#39;s'>It's</a>: -1</li></ul>");
    CHECK_HAS(markup, "<p>[one][&lt;two&gt;] 0.5</p>");
    CHECK_HAS(markup, "<a href=\"/search?q=a%20b%2Fc%22%26\">");
    CHECK_HAS(markup, "<a href=\"/x/a%20b%2Fc%22%26\">b</a>");
    CHECK(!str_contains(str_slice(markup, str_find(markup, STR("\"data\": "), 0), markup.len), STR("</script>\\")));
    CHECK_HAS(markup, ", \"list\": [3,-1, 0]}</script>");
    buf_dispose(&out.buf);
}

TEST(branches_follow_the_values)
{
    struct html out = {0};
    struct page page = sample();
    page.items_count = 0;
    page.query = STR("");
    page.kind = STR("y");
    struct str markup = render(&out, &page);
    CHECK_HAS(markup, "class=\"a other\"");
    CHECK_HAS(markup, "<p>None</p>");
    CHECK_HAS(markup, "<p>No query</p>");
    CHECK(!str_contains(markup, STR("<ul>")));
    buf_clear(&out.buf);
    page.mood = MOOD_BUSY;
    markup = render(&out, &page);
    CHECK_HAS(markup, "class=\"a busy\"");
    buf_dispose(&out.buf);
}

TEST(white_space_shrinks_but_not_where_it_shows)
{
    struct html out = {0};
    struct page page = sample();
    struct str markup = render(&out, &page);
    CHECK(str_starts(markup, STR("<!doctype html>\n<html lang=\"en\">\n<head>")));
    CHECK_HAS(markup, "</head>\n<body>\n<h1");
    CHECK_HAS(markup, "<pre>\n  kept\n\n  x\n</pre>");
    CHECK_HAS(markup, "<textarea name=\"t\">\n\n  kept</textarea>");
    CHECK(str_ends(markup, STR("</svg>\n</body>\n</html>")));
    buf_dispose(&out.buf);
}

TEST(icons_and_assets_have_their_hashed_address)
{
    struct html out = {0};
    struct page page = sample();
    struct str markup = render(&out, &page);
    CHECK_HAS(markup, "<link rel=\"stylesheet\" href=\"/assets/app-12345678.css\">");
    CHECK_HAS(markup, "<svg class=\"icon\" aria-hidden=\"true\"><use href=\"/assets/icons-0a1b2c3d.svg#map\"/></svg>");
    CHECK_HAS(markup, "<svg><use href=\"/assets/icons-0a1b2c3d.svg#map\"/></svg>");
    CHECK_HAS(markup, "<input checked value=\"3\">");
    buf_dispose(&out.buf);
}

