/* One listing out of one JSON object, by its source's shape. Contract in listing.h; field shapes: Adzuna's search response
 * (developer.adzuna.com) and Jooble's (jooble.org/api/about, and what its clients print).
 */
#include "features/jobs/listing.h"

#include "base/clock.h"
#include "json/json.h"

#include <inttypes.h>

#define SALARY_MAX 100000000.0

enum listing_shape listing_shape_of(const struct json *object)
{
    if (json_type_of(object) != JSON_OBJECT) return LISTING_UNKNOWN;
    if (json_get(object, "external_id")) return LISTING_OWN;
    if (json_get(object, "redirect_url")) return LISTING_ADZUNA;
    if (json_get(object, "link") || json_get(object, "snippet")) return LISTING_JOOBLE;
    return LISTING_UNKNOWN;
}

/* At most `points` code points; what is longer ends in "…". */
static struct str cut(struct arena *arena, struct str text, size_t points)
{
    struct str prefix = str_utf8_prefix(text, points);
    if (prefix.len == text.len) return text;
    return str_format(arena, "%.*s…", STR_ARG(str_trim(str_utf8_prefix(text, points - 1))));
}

static struct str plain_member(struct arena *arena, const struct json *object, const char *member, size_t points)
{
    return cut(arena, listing_plain_text(arena, json_get_str(object, member), false), points);
}

/* An id is text or a whole number of 64 bits, never a fraction: that would name another listing. */
static enum err read_id(struct arena *arena, const struct json *value, struct str *id)
{
    *id = json_type_of(value) == JSON_INT ? str_format(arena, "%" PRId64, json_int(value)) : str_trim(json_str(value));
    if (!id->len) return err_set(ERR_INVALID, "it has no id that is text or a whole number");
    if (id->len > 120) return err_set(ERR_INVALID, "its id is longer than 120 bytes");
    if (!str_is_text(*id) || str_find_char(*id, '\n', 0) != STR_NPOS) return err_set(ERR_INVALID, "its id has characters that are no text");
    *id = str_copy(arena, *id);
    return OK;
}

static bool is_link(struct str url)
{
    bool has_scheme = str_starts(url, STR("https://")) || str_starts(url, STR("http://"));
    if (!has_scheme || url.len < 10 || url.len > LISTING_URL_MAX) return false;
    for (size_t i = 0; i < url.len; i++)
        if ((unsigned char)url.ptr[i] <= ' ' || url.ptr[i] == '"' || url.ptr[i] == '<' || url.ptr[i] == 0x7f) return false;
    return true;
}

static enum err read_url(struct arena *arena, const struct json *value, bool is_needed, struct str *url)
{
    struct str text = str_trim(json_str(value));
    if (!is_needed && (json_type_of(value) == JSON_MISSING || json_type_of(value) == JSON_NULL)) return OK;
    if (!is_link(text)) return err_set(ERR_INVALID, "it has no web address (http or https, at most %d bytes)", LISTING_URL_MAX);
    *url = str_copy(arena, text);
    return OK;
}

static int64_t read_salary(const struct json *object, const char *member)
{
    double value = json_get_double(object, member, -1);
    return value >= 1 && value <= SALARY_MAX ? (int64_t)(value + 0.5) : LISTING_NONE;
}

static void read_salaries(const struct json *object, struct listing *listing)
{
    listing->salary_min = read_salary(object, "salary_min");
    listing->salary_max = read_salary(object, "salary_max");
    if (listing->salary_max != LISTING_NONE && listing->salary_max < listing->salary_min) listing->salary_max = LISTING_NONE;
}

/* A day of slack for clocks and time zones. */
static int64_t read_past_time(const struct json *object, const char *member, int64_t now)
{
    int64_t at = 0;
    return time_parse(json_get_str(object, member), &at) == OK && at > 0 && at < now + US_PER_DAY ? at : 0;
}

struct country {
    const char *ending, *currency;
};
/* Adzuna answers in the currency of its country, which only the address tells. Longer endings first. */
static const struct country adzuna_countries[] = {
    {".co.uk/", "GBP"}, {".com.au/", "AUD"}, {".com.br/", "BRL"}, {".co.nz/", "NZD"}, {".co.za/", "ZAR"}, {".at/", "EUR"}, {".be/", "EUR"},
    {".ca/", "CAD"},    {".ch/", "CHF"},     {".de/", "EUR"},     {".es/", "EUR"},    {".fr/", "EUR"},    {".in/", "INR"}, {".it/", "EUR"},
    {".mx/", "MXN"},    {".nl/", "EUR"},     {".pl/", "PLN"},     {".sg/", "SGD"},    {".com/", "USD"},
};

static struct str adzuna_currency(struct str url)
{
    for (size_t i = 0; i < COUNT_OF(adzuna_countries); i++) {
        struct str host = str_slice(url, 0, str_find_char(url, '/', 8) + 1);
        if (str_ends(host, str_from(adzuna_countries[i].ending))) return str_from(adzuna_countries[i].currency);
    }
    return (struct str){0};
}

static enum err read_adzuna(struct arena *arena, const struct json *object, int64_t now, struct listing *listing)
{
    listing->source = STR("adzuna");
    TRY(read_id(arena, json_get(object, "id"), &listing->external_id));
    TRY(read_url(arena, json_get(object, "redirect_url"), true, &listing->url));
    listing->title = plain_member(arena, object, "title", LISTING_TITLE_MAX);
    listing->company = plain_member(arena, json_get(object, "company"), "display_name", LISTING_NAME_MAX);
    listing->location = plain_member(arena, json_get(object, "location"), "display_name", LISTING_NAME_MAX);
    listing->description = plain_member(arena, object, "description", LISTING_DESCRIPTION_MAX);
    listing->posted_at = read_past_time(object, "created", now);
    read_salaries(object, listing);
    if (listing->salary_min != LISTING_NONE || listing->salary_max != LISTING_NONE) {
        listing->salary_currency = adzuna_currency(listing->url);
        if (str_equal(json_get_str(object, "salary_is_predicted"), STR("1")) || json_get_int(object, "salary_is_predicted", 0) == 1)
            listing->salary_text = STR("estimated by Adzuna");
    }
    struct str type = plain_member(arena, object, "contract_type", 40), time = plain_member(arena, object, "contract_time", 40);
    const char *between = type.len && time.len ? ", " : "";
    struct str both = str_format(arena, "%.*s%s%.*s", STR_ARG(type), between, STR_ARG(time));
    for (size_t i = 0; i < both.len; i++)
        if (both.ptr[i] == '_') both = str_format(arena, "%.*s-%.*s", (int)i, both.ptr, (int)(both.len - i - 1), both.ptr + i + 1);
    listing->contract_type = both;
    return OK;
}

static enum err read_jooble(struct arena *arena, const struct json *object, int64_t now, struct listing *listing)
{
    listing->source = STR("jooble");
    TRY(read_id(arena, json_get(object, "id"), &listing->external_id));
    TRY(read_url(arena, json_get(object, "link"), true, &listing->url));
    listing->title = plain_member(arena, object, "title", LISTING_TITLE_MAX);
    listing->company = plain_member(arena, object, "company", LISTING_NAME_MAX);
    listing->location = plain_member(arena, object, "location", LISTING_NAME_MAX);
    listing->description = plain_member(arena, object, "snippet", LISTING_DESCRIPTION_MAX);
    listing->contract_type = plain_member(arena, object, "type", 60);
    listing->salary_text = plain_member(arena, object, "salary", 100);
    listing->posted_at = read_past_time(object, "updated", now);
    listing_salary(listing->salary_text, &listing->salary_min, &listing->salary_max, &listing->salary_currency);
    return OK;
}

static bool is_source_name(struct str s)
{
    if (s.len < 2 || s.len > 40) return false;
    for (size_t i = 0; i < s.len; i++)
        if (!((s.ptr[i] >= 'a' && s.ptr[i] <= 'z') || (s.ptr[i] >= '0' && s.ptr[i] <= '9') || s.ptr[i] == '-')) return false;
    return true;
}

static bool is_currency(struct str s)
{
    if (s.len != 3) return false;
    for (size_t i = 0; i < 3; i++)
        if (s.ptr[i] < 'A' || s.ptr[i] > 'Z') return false;
    return true;
}

static enum err read_own(struct arena *arena, const struct json *object, int64_t now, struct listing *listing)
{
    struct str source = json_get_str(object, "source");
    if (!is_source_name(source)) return err_set(ERR_INVALID, "its source is not 2 to 40 lower-case letters, digits and hyphens");
    listing->source = str_copy(arena, source);
    TRY(read_id(arena, json_get(object, "external_id"), &listing->external_id));
    TRY(read_url(arena, json_get(object, "url"), false, &listing->url));
    listing->title = plain_member(arena, object, "title", LISTING_TITLE_MAX);
    listing->company = plain_member(arena, object, "company", LISTING_NAME_MAX);
    listing->location = plain_member(arena, object, "location", LISTING_NAME_MAX);
    listing->description = cut(arena, listing_plain_text(arena, json_get_str(object, "description"), true), LISTING_DESCRIPTION_MAX);
    listing->contract_type = plain_member(arena, object, "contract_type", 60);
    read_salaries(object, listing);
    struct str currency = json_get_str(object, "salary_currency");
    if (is_currency(currency)) listing->salary_currency = str_copy(arena, currency);
    listing->posted_at = read_past_time(object, "posted_at", now);
    int64_t days_ago = json_get_int(object, "posted_days_ago", LISTING_NONE);
    if (!listing->posted_at && days_ago >= 0 && days_ago <= 3650) listing->posted_at = now - days_ago * US_PER_DAY;
    int64_t expires_at = 0;
    if (time_parse(json_get_str(object, "expires_at"), &expires_at) == OK && expires_at > 0) listing->expires_at = expires_at;
    return OK;
}

enum err listing_read(struct arena *arena, const struct json *object, enum listing_shape shape, int64_t now, struct listing *listing)
{
    *listing = (struct listing){.salary_min = LISTING_NONE, .salary_max = LISTING_NONE, .years_required = LISTING_NONE};
    if (json_type_of(object) != JSON_OBJECT) return err_set(ERR_INVALID, "it is no JSON object");
    switch (shape) {
    case LISTING_ADZUNA: TRY(read_adzuna(arena, object, now, listing)); break;
    case LISTING_JOOBLE: TRY(read_jooble(arena, object, now, listing)); break;
    case LISTING_OWN: TRY(read_own(arena, object, now, listing)); break;
    case LISTING_UNKNOWN: return err_set(ERR_INVALID, "it has the fields of no known source (see docs/jobs-and-market.md)");
    }
    if (!listing->title.len) return err_set(ERR_INVALID, "it has no title");
    listing->is_remote = listing_is_remote(listing->title, listing->location, listing->description);
    listing->years_required = listing_years(listing->description);
    struct str same = str_format(arena, "%.*s\n%.*s\n%.*s", STR_ARG(str_lower(arena, listing->title)),
                                 STR_ARG(str_lower(arena, listing->company)), STR_ARG(str_utf8_prefix(listing->description, 200)));
    listing->fingerprint = str_format(arena, "%016" PRIx64, str_hash(same));
    return OK;
}
