/* Adzuna and Jooble. Contract in board.h. */
#include "features/jobs/board.h"

#include "ai/catalogue.h"
#include "base/clock.h"
#include "json/json.h"

#define ADZUNA_PAGE 50      /* the most that it gives */
#define ADZUNA_DAYS_OLD 30
#define WORDS_MAX 100       /* code points of a role or a place */

/* ---- where ---- */

/* The parts of Adzuna, by what people and the list of cities call the country. */
static const struct {
    const char *country, *code;
} adzuna_countries[] = {
    {"Australia", "au"},     {"Austria", "at"},      {"Belgium", "be"},        {"Brazil", "br"},       {"Canada", "ca"},        {"France", "fr"},
    {"Germany", "de"},       {"India", "in"},        {"Italy", "it"},          {"Mexico", "mx"},       {"Netherlands", "nl"},   {"New Zealand", "nz"},
    {"Poland", "pl"},        {"Singapore", "sg"},    {"South Africa", "za"},   {"Spain", "es"},        {"Switzerland", "ch"},   {"United Kingdom", "gb"},
    {"United States", "us"}, {"UK", "gb"},           {"USA", "us"},
};

static struct str adzuna_code(struct str country)
{
    for (size_t i = 0; i < COUNT_OF(adzuna_countries); i++)
        if (str_equal_ci(country, str_from(adzuna_countries[i].country))) return str_from(adzuna_countries[i].code);
    return (struct str){0};
}

static bool is_remote(struct str place) { return str_equal_ci(place, STR("remote")); }

static const struct catalogue_city *find_city(struct str name)
{
    const struct catalogue_city *found;
    return name.len && catalogue_suggest_cities(name, &found, 1) && str_equal_ci(found->name, name) ? found : NULL;
}

/* Which part of Adzuna to ask, and where in that country. "Berlin, Germany" says both, of "Berlin" the list of cities knows the country, "Germany" is all of it. Elsewhere ("Austin, TX",
 * "remote") it is ADZUNA_COUNTRY. *code is "" when no part fits. */
static void adzuna_place(struct str place, struct str *code, struct str *where)
{
    size_t comma = STR_NPOS;
    for (size_t at = 0; (at = str_find_char(place, ',', at)) != STR_NPOS; at++) comma = at;
    bool has_country = comma != STR_NPOS;
    struct str city = str_trim(str_slice(place, 0, has_country ? comma : place.len)), country = has_country ? str_trim(str_slice(place, comma + 1, place.len)) : city;
    const struct catalogue_city *known = find_city(city);
    *where = is_remote(place) ? (struct str){0} : place;
    *code = config_text(CONFIG_ADZUNA_COUNTRY);
    if (adzuna_code(country).len) {
        *code = adzuna_code(country);
        *where = has_country ? city : (struct str){0};
    } else if (known && (!has_country || str_equal_ci(known->country, country))) {
        *code = adzuna_code(known->country);
        *where = city;
    }
}

/* Work that is done anywhere has no place at either board: it is a word of the search. */
static struct str search_words(struct arena *arena, const struct board_search *search)
{
    struct str role = str_utf8_prefix(search->role, WORDS_MAX);
    return is_remote(search->place) ? str_format(arena, "%.*s remote", STR_ARG(role)) : role;
}

static struct str base_url(enum config_key key)
{
    struct str url = config_text(key);
    while (str_ends(url, STR("/"))) url = str_slice(url, 0, url.len - 1);
    return url;
}

/* ---- Adzuna: GET /v1/api/jobs/{country}/search/{page}. A parameter that it does not know is answered with 400. ---- */

static enum err call_adzuna(struct arena *arena, const struct board_search *search, int page, struct http_call *call)
{
    struct str code, where;
    struct buf url CLEANUP(buf_dispose) = {0};
    adzuna_place(search->place, &code, &where);
    if (!code.len) return err_set(ERR_UNSUPPORTED, "Adzuna has no part for the country of a search");
    buf_append_format(&url, "%.*s/v1/api/jobs/%.*s/search/%d?app_id=", STR_ARG(base_url(CONFIG_ADZUNA_BASE_URL)), STR_ARG(code), page);
    buf_append_url_part(&url, config_text(CONFIG_ADZUNA_APP_ID));
    buf_append_str(&url, STR("&app_key="));
    buf_append_url_part(&url, config_text(CONFIG_ADZUNA_APP_KEY));
    buf_append_format(&url, "&results_per_page=%d&max_days_old=%d&sort_by=date&what=", ADZUNA_PAGE, ADZUNA_DAYS_OLD);
    buf_append_url_part(&url, search_words(arena, search));
    if (where.len) {
        buf_append_str(&url, STR("&where="));
        buf_append_url_part(&url, str_utf8_prefix(where, WORDS_MAX));
    }
    *call = (struct http_call){.url = str_copy(arena, buf_str(&url))};
    return OK;
}

/* ---- Jooble: POST /api/{key} ---- */

static enum err call_jooble(struct arena *arena, const struct board_search *search, int page, struct http_call *call)
{
    struct buf url CLEANUP(buf_dispose) = {0}, body CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    buf_append_format(&url, "%.*s/api/", STR_ARG(base_url(CONFIG_JOOBLE_BASE_URL)));
    buf_append_url_part(&url, config_text(CONFIG_JOOBLE_API_KEY));
    json_begin(&writer, &body);
    json_object_open(&writer);
    json_member_str(&writer, "keywords", search_words(arena, search));
    json_member_str(&writer, "location", is_remote(search->place) ? STR("") : str_utf8_prefix(search->place, WORDS_MAX));
    json_member_str(&writer, "page", str_format(arena, "%d", page));
    json_object_close(&writer);
    *call = (struct http_call){.url = str_copy(arena, buf_str(&url)), .body = str_copy(arena, buf_str(&body))};
    return OK;
}

/* ---- both ---- */

static const struct board all[] = {
    {"adzuna", "Adzuna", {CONFIG_ADZUNA_APP_ID, CONFIG_ADZUNA_APP_KEY}, call_adzuna, "results", {"count", "count"}, LISTING_ADZUNA, ADZUNA_PAGE},
    {"jooble", "Jooble", {CONFIG_JOOBLE_API_KEY, CONFIG_COUNT}, call_jooble, "jobs", {"totalCount", "total_count"}, LISTING_JOOBLE, 0},
};

const struct board *boards(size_t *count)
{
    *count = COUNT_OF(all);
    return all;
}

const struct board *board_find(struct str name)
{
    for (size_t i = 0; i < COUNT_OF(all); i++)
        if (str_equal(name, str_from(all[i].name))) return &all[i];
    return NULL;
}

bool board_is_configured(const struct board *board, const char **missing)
{
    const char *absent = NULL;
    bool any = false;
    for (size_t i = 0; i < COUNT_OF(board->keys) && board->keys[i] != CONFIG_COUNT; i++) {
        if (config_is_set(board->keys[i])) any = true;
        else absent = config_table()[board->keys[i]].name;
    }
    if (missing) *missing = any ? absent : NULL;
    return any && !absent;
}

enum err board_call(struct arena *arena, const struct board *board, const struct board_search *search, int page, struct http_call *call)
{
    return board->call(arena, search, page, call);
}

/* One listing, unless it is over. */
static bool take(struct arena *arena, const struct board *board, const struct json *object, int64_t now, struct listing *listing)
{
    if (listing_read(arena, object, board->shape, now, listing) != OK) return false;
    if (!listing->posted_at) return true;
    listing->expires_at = listing->posted_at + BOARD_LISTING_DAYS * US_PER_DAY;
    return listing->expires_at > now;
}

enum err board_read(struct arena *arena, const struct board *board, struct str answer, int64_t before, int64_t now, struct board_page *out)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    *out = (struct board_page){0};
    if (json_parse_foreign(answer, HTTP_ANSWER_MAX, &root) != OK) return err_set(ERR_UNAVAILABLE, "%s answered with something that is no JSON", board->title);
    int64_t total = json_get_int(root, board->totals[0], json_get_int(root, board->totals[1], -1));
    const struct json *list = json_get(root, board->list);
    size_t count = json_count(list);
    if (json_type_of(list) != JSON_ARRAY) return err_set(ERR_UNAVAILABLE, "%s answered with something that is no list of jobs", board->title);
    if (count > BOARD_PAGE_MAX) return err_set(ERR_UNAVAILABLE, "%s answered with %zu jobs at once", board->title, count);
    out->listings = arena_array(arena, struct listing, count + 1);
    for (size_t i = 0; i < count; i++) {
        if (take(arena, board, json_at(list, i), now, &out->listings[out->count])) out->count++;
        else out->refused++;
    }
    bool is_full = board->page_size ? count >= board->page_size : count > 0;
    out->has_more = is_full && (total < 0 || total - before > (int64_t)count);
    return OK;
}
