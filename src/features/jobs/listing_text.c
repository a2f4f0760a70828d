/* Plain text out of advertisements: markup, entities, pay, years and remote work. Contract in listing.h. */
#include "base/buf.h"
#include "features/jobs/listing.h"

#include <ctype.h>
#include <string.h>

#define TAG_MAX 2000 /* bytes of one tag with its attributes */

struct entity {
    const char *name;
    uint32_t point;
};

/* The named references that advertisements use (HTML Living Standard, 13.5); any other stays as written. */
static const struct entity entities[] = {
    {"amp", '&'},       {"lt", '<'},        {"gt", '>'},        {"quot", '"'},      {"apos", '\''},     {"nbsp", ' '},      {"pound", 0xa3},
    {"euro", 0x20ac},   {"cent", 0xa2},     {"yen", 0xa5},      {"ndash", 0x2013},  {"mdash", 0x2014},  {"hellip", 0x2026}, {"lsquo", 0x2018},
    {"rsquo", 0x2019},  {"ldquo", 0x201c},  {"rdquo", 0x201d},  {"bull", 0x2022},   {"middot", 0xb7},   {"copy", 0xa9},     {"reg", 0xae},
    {"trade", 0x2122},  {"deg", 0xb0},      {"laquo", 0xab},    {"raquo", 0xbb},    {"times", 0xd7},    {"frac12", 0xbd},   {"agrave", 0xe0},
    {"aacute", 0xe1},   {"acirc", 0xe2},    {"atilde", 0xe3},   {"auml", 0xe4},     {"aring", 0xe5},    {"aelig", 0xe6},    {"ccedil", 0xe7},
    {"egrave", 0xe8},   {"eacute", 0xe9},   {"ecirc", 0xea},    {"euml", 0xeb},     {"iacute", 0xed},   {"icirc", 0xee},    {"iuml", 0xef},
    {"ntilde", 0xf1},   {"oacute", 0xf3},   {"ocirc", 0xf4},    {"otilde", 0xf5},   {"ouml", 0xf6},     {"oslash", 0xf8},   {"uacute", 0xfa},
    {"ugrave", 0xf9},   {"ucirc", 0xfb},    {"uuml", 0xfc},     {"szlig", 0xdf},    {"Agrave", 0xc0},   {"Auml", 0xc4},     {"Eacute", 0xc9},
    {"Ouml", 0xd6},     {"Uuml", 0xdc},     {"thinsp", ' '},    {"ensp", ' '},      {"emsp", ' '},      {"zwnj", 0},        {"shy", 0},
};

/* Collapses white space while it is written. */
struct plain {
    struct buf out;
    bool space;
    int breaks;
};

static void put_gap(struct plain *plain)
{
    if (plain->out.len) {
        if (plain->breaks) buf_append(&plain->out, "\n\n", plain->breaks > 1 ? 2 : 1);
        else if (plain->space) buf_append_char(&plain->out, ' ');
    }
    plain->space = false;
    plain->breaks = 0;
}

static void put_point(struct plain *plain, uint32_t point)
{
    if (point == ' ' || point == '\t' || point == 0xa0 || point == 0x2009 || point == 0x202f) {
        plain->space = true;
        return;
    }
    bool is_control = point < 0x20 || (point >= 0x7f && point < 0xa0) || point == 0xfeff || point == 0xad ||
                      (point >= 0x200b && point <= 0x200f) || (point >= 0x202a && point <= 0x202e) || (point >= 0x2066 && point <= 0x2069);
    if (is_control || point > 0x10ffff || (point >= 0xd800 && point < 0xe000)) return;
    put_gap(plain);
    char bytes[4];
    size_t len = 0;
    if (point < 0x80) {
        bytes[len++] = (char)point;
    } else if (point < 0x800) {
        bytes[len++] = (char)(0xc0 | point >> 6);
    } else {
        if (point < 0x10000) {
            bytes[len++] = (char)(0xe0 | point >> 12);
        } else {
            bytes[len++] = (char)(0xf0 | point >> 18);
            bytes[len++] = (char)(0x80 | (point >> 12 & 0x3f));
        }
        bytes[len++] = (char)(0x80 | (point >> 6 & 0x3f));
    }
    if (point >= 0x80) bytes[len++] = (char)(0x80 | (point & 0x3f));
    buf_append(&plain->out, bytes, len);
}

/* The length of the reference at the start of `s` ("&eacute;", "&#x2013;"), 0 when it is none. */
static size_t read_entity(struct str s, uint32_t *point)
{
    size_t end = str_find_char(str_slice(s, 0, 12), ';', 1);
    if (end == STR_NPOS || end < 3) return 0;
    struct str name = str_slice(s, 1, end);
    if (name.ptr[0] == '#') {
        bool hex = name.len > 1 && (name.ptr[1] | 32) == 'x';
        uint32_t value = 0;
        size_t i = hex ? 2 : 1;
        if (i == name.len) return 0;
        for (; i < name.len; i++) {
            unsigned char c = (unsigned char)name.ptr[i];
            if (hex ? !isxdigit(c) : !isdigit(c)) return 0;
            value = value * (hex ? 16 : 10) + (uint32_t)(isdigit(c) ? c - '0' : (c | 32) - 'a' + 10);
            if (value > 0x10ffff) return 0;
        }
        *point = value;
        return end + 1;
    }
    for (size_t i = 0; i < COUNT_OF(entities); i++) {
        if (!str_equal(name, str_from(entities[i].name))) continue;
        *point = entities[i].point;
        return end + 1;
    }
    return 0;
}

static bool is_block(struct str name)
{
    static const char *const blocks[] = {"br", "p", "div", "li", "ul", "ol", "tr", "table", "section", "h1", "h2", "h3", "h4", "h5", "h6"};
    for (size_t i = 0; i < COUNT_OF(blocks); i++)
        if (str_equal_ci(name, str_from(blocks[i]))) return true;
    return false;
}

static size_t skip_past(struct str s, size_t from, const char *closing)
{
    size_t at = str_find_ci(s, str_from(closing), from);
    if (at == STR_NPOS) return s.len;
    size_t end = str_find_char(s, '>', at);
    return end == STR_NPOS ? s.len : end + 1;
}

/* Passes over the tag at `at`; a '<' that begins none gives `at`. A cut tag ends before the next '<'. */
static size_t read_tag(struct plain *plain, struct str s, size_t at)
{
    size_t i = at + 1;
    if (i < s.len && s.ptr[i] == '!') return str_starts(str_slice(s, i, i + 3), STR("!--")) ? skip_past(s, i, "-->") : skip_past(s, i, ">");
    bool is_closing = i < s.len && s.ptr[i] == '/';
    if (is_closing) i++;
    size_t start = i;
    while (i < s.len && isalnum((unsigned char)s.ptr[i])) i++;
    struct str name = str_slice(s, start, i);
    if (!name.len || !isalpha((unsigned char)name.ptr[0])) return at;
    while (i < s.len && i - at < TAG_MAX && s.ptr[i] != '>' && s.ptr[i] != '<') i++;
    if (i < s.len && s.ptr[i] == '>') i++;
    if (is_block(name)) {
        plain->breaks += plain->breaks < 2 ? 1 : 0;
        if (!is_closing && str_equal_ci(name, STR("li"))) {
            put_point(plain, 0x2022);
            plain->space = true;
        }
    }
    if (!is_closing && str_equal_ci(name, STR("script"))) return skip_past(s, i, "/script");
    if (!is_closing && str_equal_ci(name, STR("style"))) return skip_past(s, i, "/style");
    return i;
}

struct str listing_plain_text(struct arena *arena, struct str markup, bool keep_lines)
{
    struct plain plain = {0};
    for (size_t i = 0; i < markup.len;) {
        char c = markup.ptr[i];
        uint32_t point = 0;
        size_t past = c == '<' ? read_tag(&plain, markup, i) : i;
        if (past == i && c == '&') {
            size_t len = read_entity(str_slice(markup, i, markup.len), &point);
            if (len) put_point(&plain, point);
            past = i + len;
        }
        if (past > i) {
            i = past;
            continue;
        }
        point = str_utf8_next(markup, &i);
        if (point == '\n' && keep_lines) plain.breaks++;
        else put_point(&plain, point == '\n' || point == '\r' || point == 0x2028 ? ' ' : point);
    }
    struct str text = str_copy(arena, buf_str(&plain.out));
    buf_dispose(&plain.out);
    return text;
}

struct currency {
    const char *sign, *code;
};
static const struct currency currencies[] = {
    {"£", "GBP"},   {"€", "EUR"},   {"GBP", "GBP"}, {"EUR", "EUR"}, {"CHF", "CHF"}, {"USD", "USD"}, {"CAD", "CAD"}, {"AUD", "AUD"}, {"C$", "CAD"},
    {"A$", "AUD"},  {"₹", "INR"},   {"INR", "INR"}, {"PLN", "PLN"}, {"zł", "PLN"},  {"SEK", "SEK"}, {"NOK", "NOK"}, {"DKK", "DKK"}, {"NZD", "NZD"},
    {"SGD", "SGD"}, {"ZAR", "ZAR"}, {"BRL", "BRL"}, {"R$", "BRL"},  {"JPY", "JPY"}, {"¥", "JPY"},   {"$", "USD"},
};

static bool contains_any(struct str text, const char *const *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_find_ci(text, str_from(words[i]), 0) != STR_NPOS) return true;
    return false;
}

/* A number with separators of thousands (',', '.', ''', space) and a 'k', at `*at`; LISTING_NONE when there is none more. */
static int64_t next_amount(struct str text, size_t *at)
{
    size_t i = *at;
    while (i < text.len && !isdigit((unsigned char)text.ptr[i])) i++;
    if (i == text.len) return LISTING_NONE;
    int64_t value = 0;
    for (; i < text.len && value < 1000000000; i++) {
        unsigned char c = (unsigned char)text.ptr[i];
        if (isdigit(c)) {
            value = value * 10 + (c - '0');
            continue;
        }
        bool three = i + 3 < text.len && isdigit((unsigned char)text.ptr[i + 1]) && isdigit((unsigned char)text.ptr[i + 2]) &&
                     isdigit((unsigned char)text.ptr[i + 3]) && (i + 4 == text.len || !isdigit((unsigned char)text.ptr[i + 4]));
        if ((c == ',' || c == '.' || c == '\'' || c == ' ') && three) continue;
        if (c == '.' || c == ',') /* a fraction is dropped */
            for (i++; i < text.len && isdigit((unsigned char)text.ptr[i]); i++) {}
        break;
    }
    size_t unit = i < text.len && text.ptr[i] == ' ' ? i + 1 : i;
    if (unit < text.len && (text.ptr[unit] | 32) == 'k' && (unit + 1 == text.len || !isalpha((unsigned char)text.ptr[unit + 1]))) {
        value *= 1000;
        i = unit + 1;
    }
    *at = i;
    return value;
}

void listing_salary(struct str text, int64_t *salary_min, int64_t *salary_max, struct str *currency)
{
    static const char *const shorter[] = {"hour", "/h", "day", "week", "month", "/mo", "/mes", "heure", "mois", "jour", "stunde", "monat"};
    *salary_min = *salary_max = LISTING_NONE;
    *currency = (struct str){0};
    if (!text.len || contains_any(text, shorter, COUNT_OF(shorter))) return;
    size_t at = 0;
    int64_t low = next_amount(text, &at);
    int64_t high = low == LISTING_NONE ? LISTING_NONE : next_amount(text, &at);
    if (low >= 0 && low < 1000 && high >= 1000 && high % 1000 == 0) low *= 1000; /* "35-40k" */
    if (low < 1000 || low > 100000000) return;
    if (high != LISTING_NONE && (high < low || high > 100000000)) high = LISTING_NONE;
    for (size_t i = 0; i < COUNT_OF(currencies) && !currency->len; i++)
        if (str_contains(text, str_from(currencies[i].sign))) *currency = str_from(currencies[i].code);
    *salary_min = low;
    *salary_max = high == LISTING_NONE ? low : high;
}

int64_t listing_years(struct str text)
{
    for (size_t at = str_find_ci(text, STR("year"), 0); at != STR_NPOS; at = str_find_ci(text, STR("year"), at + 4)) {
        struct str after = str_slice(text, at, at + 40);
        if (str_find_ci(after, STR("experience"), 0) == STR_NPOS && str_find_ci(after, STR("working"), 0) == STR_NPOS) continue;
        size_t i = at;
        bool seen = false;
        int64_t low = LISTING_NONE; /* the number furthest left of "3 - 5+ years" */
        while (i > 0 && at - i < 12) {
            unsigned char c = (unsigned char)text.ptr[i - 1];
            if (isdigit(c)) {
                size_t end = i;
                while (i > 0 && end - i < 2 && isdigit((unsigned char)text.ptr[i - 1])) i--;
                if (i > 0 && isdigit((unsigned char)text.ptr[i - 1])) break; /* "2020 years" */
                low = end - i == 2 ? (text.ptr[i] - '0') * 10 + (text.ptr[i + 1] - '0') : text.ptr[i] - '0';
                seen = true;
                continue;
            }
            bool joins = c == ' ' || c == '+' || c == '-' || c == 0xe2 || c == 0x80 || c == 0x93 || (!seen && c == '\'');
            bool is_to = (c == 'o' && i > 1 && text.ptr[i - 2] == 't') || (c == 't' && text.ptr[i] == 'o');
            if (!joins && !is_to) break;
            i--;
        }
        if (low >= 0 && low <= 30) return low;
    }
    return LISTING_NONE;
}

bool listing_is_remote(struct str title, struct str location, struct str description)
{
    static const char *const short_words[] = {"remote", "home office", "homeoffice", "work from home", "télétravail", "home based", "home-based"};
    static const char *const long_words[] = {"fully remote",   "100% remote",  "remote position", "remote role",  "remote working", "remote work ",
                                             "work remotely",  "remote first", "remote-first",    "remote job",   "(remote)",       "work from home",
                                             "working remotely", "home office possible", "home-based", "based from home", "work from anywhere"};
    return contains_any(title, short_words, COUNT_OF(short_words)) || contains_any(location, short_words, COUNT_OF(short_words)) ||
           contains_any(description, long_words, COUNT_OF(long_words));
}
