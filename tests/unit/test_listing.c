/* Listings of other people's making: nothing hostile gets through, nothing right is lost. */
#include "base/clock.h"
#include "features/jobs/listing.h"
#include "json/json.h"
#include "test.h"

static struct arena arena;

static struct str plain(const char *markup) { return listing_plain_text(&arena, str_from(markup), false); }

TEST(markup_becomes_text)
{
    CHECK_STR(plain("&nbsp;...Role: <b>Engineer </b>(Mule)\r\n Pay &pound;30k&ndash;40k &amp; more&nbsp;"), "...Role: Engineer (Mule) Pay £30k–40k & more");
    CHECK_STR(plain("<p>One</p><p>Two<br/>Three</p>"), "One\n\nTwo\nThree");
    CHECK_STR(plain("<ul><li>Ward work</li><li>Nights</li></ul>"), "• Ward work\n\n• Nights");
    CHECK_STR(plain("a < b and c <3"), "a < b and c <3");
    CHECK_STR(plain("cut </s…<strong>here</strong>"), "cut here");
    CHECK_STR(plain("x<script>alert('&lt;')</script>y<style>p{}</style>z<!-- <b> -->!"), "xyz!");
    CHECK_STR(plain("&#x2013;&#8211;&bogus;&#xZZ;&#99999999;&#0;"), "––&bogus;&#xZZ;&#99999999;");
    CHECK_STR(plain("a\x01\x7f\xe2\x80\xae" "b\xff"), "ab\xef\xbf\xbd");
    CHECK_STR(plain("<a href=\"x"), "");
    CHECK_STR(listing_plain_text(&arena, STR("one\n\n\n two"), true), "one\n\ntwo");
}

static void check_salary(const char *text, int64_t low, int64_t high, const char *currency)
{
    int64_t min, max;
    struct str code;
    listing_salary(str_from(text), &min, &max, &code);
    if (!CHECK_INT(min, low) || !CHECK_INT(max, high) || !CHECK_STR(code, currency)) printf("  in \"%s\"\n", text);
}

TEST(pay_is_read_only_when_it_is_a_years_pay)
{
    check_salary("80'000 - 90'000 CHF", 80000, 90000, "CHF");
    check_salary("$115k - $140k", 115000, 140000, "USD");
    check_salary("35k €/an", 35000, 35000, "EUR");
    check_salary("£30,000.50 per year", 30000, 30000, "GBP");
    check_salary("€40.000 - €50.000", 40000, 50000, "EUR");
    check_salary("35-40k EUR", 35000, 40000, "EUR");
    check_salary("$17 - $35 per hour", -1, -1, "");
    check_salary("2 500 € par mois", -1, -1, "");
    check_salary("12", -1, -1, "");
    check_salary("competitive", -1, -1, "");
    check_salary("99999999999999999999999999", -1, -1, "");
    check_salary("", -1, -1, "");
}

TEST(years_are_the_lower_number)
{
    CHECK_INT(listing_years(STR("You have 3-5 years of experience in sales")), 3);
    CHECK_INT(listing_years(STR("at least 5+ years' experience")), 5);
    CHECK_INT(listing_years(STR("2 to 4 years experience")), 2);
    CHECK_INT(listing_years(STR("We were founded 12 years ago")), -1);
    CHECK_INT(listing_years(STR("years of experience")), -1);
    CHECK_INT(listing_years(STR("Year")), -1);
}

static enum err read_as(const char *text, enum listing_shape shape, struct listing *listing)
{
    static struct json *root; /* strings are copied out: freed before they are looked at */
    enum err parsed = json_parse(str_from(text), 1 << 20, &root);
    if (parsed != OK) return parsed;
    enum err result = listing_read(&arena, root, shape == LISTING_UNKNOWN ? listing_shape_of(root) : shape, INT64_C(1800000000) * US_PER_SECOND, listing);
    json_free(root);
    return result;
}

TEST(ids_keep_their_64_bits_and_sign)
{
    struct listing l;
    CHECK_OK(read_as("{\"id\":-6957375894526202970,\"title\":\"T\",\"link\":\"https://jooble.org/1\",\"snippet\":\"\"}", LISTING_UNKNOWN, &l));
    CHECK_STR(l.external_id, "-6957375894526202970");
    CHECK_STR(l.source, "jooble");
    CHECK_INT(read_as("{\"id\":1.5,\"title\":\"T\",\"link\":\"https://jooble.org/1\"}", LISTING_UNKNOWN, &l), ERR_INVALID);
}

TEST(adzuna_fields_may_be_missing)
{
    struct listing l;
    CHECK_OK(read_as("{\"id\":\"7\",\"title\":\"<strong>Baker</strong>\",\"redirect_url\":\"https://www.adzuna.co.uk/jobs/7\"}", LISTING_UNKNOWN, &l));
    CHECK_STR(l.title, "Baker");
    CHECK_INT(l.salary_min, -1);
    CHECK_INT(l.posted_at, 0);
    CHECK_OK(read_as("{\"id\":\"7\",\"title\":\"Baker\",\"redirect_url\":\"https://www.adzuna.co.uk/jobs/7\",\"company\":{\"display_name\":null},"
                     "\"location\":[],\"salary_min\":30000.5,\"salary_max\":\"much\",\"salary_is_predicted\":\"1\",\"contract_type\":\"permanent\","
                     "\"contract_time\":\"full_time\",\"created\":\"2017-03-03\"}", LISTING_UNKNOWN, &l));
    CHECK_INT(l.salary_min, 30001);
    CHECK_INT(l.salary_max, -1);
    CHECK_STR(l.salary_currency, "GBP");
    CHECK_STR(l.salary_text, "estimated by Adzuna");
    CHECK_STR(l.contract_type, "permanent, full-time");
    CHECK(l.posted_at > 0);
}

TEST(what_cannot_be_used_is_refused_with_a_reason)
{
    struct listing l;
    static const char *const wrong[] = {
        "{}", "[]", "7", "\"x\"", "null", "{\"id\":7}",
        "{\"id\":7,\"title\":\"T\",\"redirect_url\":\"javascript:alert(1)\"}",
        "{\"id\":7,\"title\":\"T\",\"redirect_url\":\"https://a b\"}",
        "{\"id\":7,\"title\":{\"a\":1},\"redirect_url\":\"https://example.org/1\"}",
        "{\"id\":7,\"title\":\"<b> </b>\",\"redirect_url\":\"https://example.org/1\"}",
        "{\"id\":\"\",\"title\":\"T\",\"redirect_url\":\"https://example.org/1\"}",
        "{\"external_id\":\"1\",\"title\":\"T\"}",
        "{\"external_id\":\"1\",\"source\":\"No Good\",\"title\":\"T\"}",
        "{\"external_id\":\"1\",\"source\":\"ok\",\"title\":\"T\",\"url\":\"ftp://x\"}",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++)
        if (!CHECK_INT(read_as(wrong[i], LISTING_UNKNOWN, &l), ERR_INVALID)) printf("  for %s\n", wrong[i]);
}

TEST(own_shape_dates_and_cuts)
{
    struct listing l;
    CHECK_OK(read_as("{\"external_id\":\"1\",\"source\":\"demo\",\"title\":\"Remote nurse\",\"posted_days_ago\":2,\"salary_currency\":\"eur\"}", LISTING_UNKNOWN, &l));
    CHECK_INT(l.posted_at, (INT64_C(1800000000) - 2 * 86400) * US_PER_SECOND);
    CHECK_STR(l.salary_currency, "");
    CHECK(l.is_remote);
    struct str long_title = str_format(&arena, "{\"external_id\":\"1\",\"source\":\"demo\",\"title\":\"%0900d\",\"posted_at\":\"9999-01-01\"}", 0);
    CHECK_OK(read_as(str_cstr(&arena, long_title), LISTING_UNKNOWN, &l));
    CHECK_INT(str_utf8_length(l.title), LISTING_TITLE_MAX);
    CHECK(str_ends(l.title, STR("…")));
    CHECK_INT(l.posted_at, 0); /* a date in the future is no date of posting */
}

TEST(the_same_ad_under_another_id_has_the_same_fingerprint)
{
    struct listing a, b, c;
    CHECK_OK(read_as("{\"external_id\":\"1\",\"source\":\"demo\",\"title\":\"Cook\",\"company\":\"Inn\",\"description\":\"Soup\"}", LISTING_UNKNOWN, &a));
    CHECK_OK(read_as("{\"external_id\":\"2\",\"source\":\"demo\",\"title\":\"COOK\",\"company\":\"Inn\",\"description\":\"Soup\"}", LISTING_UNKNOWN, &b));
    CHECK_OK(read_as("{\"external_id\":\"3\",\"source\":\"demo\",\"title\":\"Cook\",\"company\":\"Inn\",\"description\":\"Bread\"}", LISTING_UNKNOWN, &c));
    CHECK_STR(a.fingerprint, b.fingerprint);
    CHECK(!str_equal(a.fingerprint, c.fingerprint));
}
