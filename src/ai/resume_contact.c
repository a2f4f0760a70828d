/* Design in resume_contact.h. */
#include "ai/resume_contact.h"

#include "ai/catalogue.h"

#include <string.h>

#define OPENING_LINES 12
#define NAME_LINES 5
#define LINKS_MAX 8
#define CITIES_MAX 20
#define PLACE_LINE_POINTS 300 /* looking a city up costs; a line of contact data is short */
#define PLACE_PARTS_MAX 8

static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80; }
static bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }

/* --- e-mail ----------------------------------------------------------------------------------------------------------------------- */

static bool is_mail_sign(char c) { return (is_letter(c) && (unsigned char)c < 0x80) || is_digit(c) || c == '.' || c == '_' || c == '-' || c == '+' || c == '%'; }

static struct str find_email(struct str text)
{
    for (size_t at = str_find_char(text, '@', 0); at != STR_NPOS; at = str_find_char(text, '@', at + 1)) {
        size_t start = at, end = at + 1;
        while (start > 0 && is_mail_sign(text.ptr[start - 1])) start--;
        while (end < text.len && is_mail_sign(text.ptr[end]) && text.ptr[end] != '_' && text.ptr[end] != '+' && text.ptr[end] != '%') end++;
        while (end > at && (text.ptr[end - 1] == '.' || text.ptr[end - 1] == '-')) end--;
        while (start < at && (text.ptr[start] == '.' || text.ptr[start] == '-')) start++;
        size_t dot = str_find_char(str_slice(text, at, end), '.', 0);
        if (start < at && dot != STR_NPOS && dot > 1 && end - at - dot > 2 && end - start <= 254) return str_slice(text, start, end);
    }
    return (struct str){0};
}

/* --- telephone -------------------------------------------------------------------------------------------------------------------- */

static bool is_phone_sign(char c) { return is_digit(c) || c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '+' || c == '/'; }

/* Years, dates and amounts are no numbers to call: 8 to 15 digits, no year pairs, no group of one digit but the country's. */
static bool is_phone(struct str s)
{
    size_t digits = 0, groups = 0, group = 0, years = 0, longest = 0;
    for (size_t i = 0; i <= s.len; i++) {
        if (i < s.len && is_digit(s.ptr[i])) {
            digits++;
            group++;
            continue;
        }
        if (group == 0) continue;
        struct str number = str_slice(s, i - group, i);
        years += group == 4 && (str_starts(number, STR("19")) || str_starts(number, STR("20")));
        groups++;
        longest = group > longest ? group : longest;
        group = 0;
    }
    if (digits < 8 || digits > 15 || groups > 7 || longest < 3) return false;
    if (years && !str_starts(s, STR("+")) && !str_starts(s, STR("("))) return groups >= 3 && years == 1 && digits >= 10 && s.ptr[0] != '2';
    return groups > 1 || digits >= 10;
}

static struct str find_phone(struct str text)
{
    for (size_t at = 0; at < text.len; at++) {
        bool starts = is_digit(text.ptr[at]) || ((text.ptr[at] == '+' || text.ptr[at] == '(') && at + 1 < text.len && is_digit(text.ptr[at + 1]));
        if (!starts) continue;
        size_t end = at;
        while (end < text.len && is_phone_sign(text.ptr[end])) end++;
        bool inside = at > 0 && (is_letter(text.ptr[at - 1]) || strchr("/-_=$#@", text.ptr[at - 1]));
        bool goes_on = end < text.len && !is_blank(text.ptr[end - 1]) && (is_letter(text.ptr[end]) || strchr("@%_", text.ptr[end]));
        struct str found = str_trim(str_slice(text, at, end));
        while (found.len && !is_digit(found.ptr[found.len - 1])) found.len--;
        if (!inside && !goes_on && is_phone(found)) return found;
        at = end;
    }
    return (struct str){0};
}

/* --- links ------------------------------------------------------------------------------------------------------------------------ */

/* An address on the web: with its scheme, with www., or a host of a known ending with a path. */
static bool is_link(struct str token)
{
    if (str_find_char(token, '@', 0) != STR_NPOS || token.len > 300) return false;
    if (str_starts(token, STR("http://")) || str_starts(token, STR("https://"))) return token.len > 11 && str_contains(token, STR("."));
    if (str_starts(token, STR("www."))) return token.len > 7;
    static const struct str hosts[] = {STR_INIT("linkedin.com/"), STR_INIT("github.com/"), STR_INIT("gitlab.com/"), STR_INIT("github.io"), STR_INIT("behance.net/"),
                                       STR_INIT("dribbble.com/"), STR_INIT("medium.com/"), STR_INIT("twitter.com/"), STR_INIT("stackoverflow.com/"), STR_INIT("kaggle.com/")};
    for (size_t i = 0; i < COUNT_OF(hosts); i++)
        if (str_find_ci(token, hosts[i], 0) != STR_NPOS) return true;
    return false;
}

static void add_links(struct arena *arena, struct str text, struct str_list *links)
{
    for (size_t at = 0; at < text.len && links->count < LINKS_MAX;) {
        while (at < text.len && (is_blank(text.ptr[at]) || strchr("(<[|,;", text.ptr[at]))) at++;
        size_t end = at;
        while (end < text.len && !is_blank(text.ptr[end]) && !strchr(")>]|,;", text.ptr[end])) end++;
        struct str token = str_slice(text, at, end);
        while (token.len && strchr(".:/", token.ptr[token.len - 1])) token.len--;
        bool known = false;
        for (size_t i = 0; i < links->count; i++) known = known || str_equal_ci(links->items[i], token);
        if (token.len && is_link(token) && !known) str_list_add(arena, links, token);
        at = end + (end == at);
    }
}

/* --- name ------------------------------------------------------------------------------------------------------------------------- */

/* Words of job titles and of documents: a line with one of them is no name. */
static bool is_title_word(struct str word)
{
    static const char *const words[] = {
        "resume",      "curriculum", "vitae",      "cv",         "profile",    "page",        "name",       "contact",     "senior",      "junior",     "lead",
        "chief",       "head",       "staff",      "principal",  "assistant",  "associate",   "engineer",   "developer",   "manager",     "director",   "analyst",
        "designer",    "consultant", "specialist", "coordinator", "administrator", "architect", "accountant", "teacher",    "nurse",       "chef",       "cook",
        "driver",      "officer",    "executive",  "president",  "technician", "supervisor",  "representative", "agent",   "advisor",     "adviser",    "intern",
        "student",     "trainer",    "instructor", "professor",  "lecturer",   "scientist",   "researcher", "writer",      "editor",      "artist",     "attorney",
        "lawyer",      "paralegal",  "clerk",      "cashier",    "operator",   "mechanic",    "electrician", "planner",    "buyer",       "banker",     "broker",
        "recruiter",   "generalist", "programmer", "tester",     "leader",     "owner",       "founder",    "partner",     "professional", "sales",     "marketing",
        "business",    "software",   "data",       "project",    "product",    "human",       "resources",  "hr",          "it",          "information", "technology",
        "finance",     "financial",  "banking",    "healthcare", "construction", "public",    "relations",  "digital",     "media",       "customer",   "service",
        "account",     "operations", "development", "management", "engineering", "education", "health",     "fitness",     "aviation",    "agriculture", "arts",
        "legal",       "advocate",   "consultancy", "apparel",   "automobile", "of",          "and",        "the",         "to",          "for",        "in",
        "at",          "company",    "university", "college",    "school",     "institute",   "street",     "road",        "avenue",      "phone",      "email",
        "address",     "tel",        "mobile",     "experience", "skills",     "summary",     "objective",  "worker",      "therapist",   "physician",  "pharmacist",
        "secretary",   "receptionist", "controller", "auditor",  "trader",     "tutor",       "coach",      "producer",    "photographer", "librarian", "counselor",
        "inspector",   "foreman",    "superintendent", "estimator", "web",     "full-stack",  "fullstack",  "frontend",    "backend",     "freelance",  "certified",
        "registered",  "confidential", "profile-pic", "photo",   "picture",    "logo",        "with",       "years",       "deputy",      "vice",       "general",
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (str_equal_ci(word, str_from(words[i]))) return true;
    return false;
}

/* "Ada", "O'Neill", "Jean-Luc", "Q.", "van" between two others. */
static bool is_name_word(struct str word, bool inside)
{
    static const char *const particles[] = {"van", "von", "de", "da", "del", "der", "den", "di", "la", "le", "bin", "ibn", "al", "el", "dos", "du", "ter", "y"};
    for (size_t i = 0; inside && i < COUNT_OF(particles); i++)
        if (str_equal(word, str_from(particles[i]))) return true;
    if (word.len == 0 || word.len > 24 || !(is_capital(word.ptr[0]) || (unsigned char)word.ptr[0] >= 0xC3)) return false;
    for (size_t i = 0; i < word.len; i++)
        if (!is_letter(word.ptr[i]) && word.ptr[i] != '\'' && word.ptr[i] != '-' && !(word.ptr[i] == '.' && i + 1 == word.len)) return false;
    return true;
}

static bool mail_agrees(struct str email, struct str word)
{
    size_t at = str_find_char(email, '@', 0);
    return at != STR_NPOS && word.len >= 3 && str_find_ci(str_slice(email, 0, at), word, 0) != STR_NPOS;
}

static bool is_name(struct str line, struct str email, bool must_agree)
{
    size_t words = 0, full = 0;
    bool agrees = false, title = false;
    struct str rest = line, word;
    while (str_split_next(&rest, ' ', &word)) {
        if (word.len == 0) continue;
        if (!is_name_word(word, words > 0)) return false;
        words++;
        full += word.len >= 2 && !str_ends(word, STR("."));
        agrees = agrees || mail_agrees(email, word);
        title = title || is_title_word(word);
    }
    if (words < 2 || words > 5 || full < 2) return false;
    if (must_agree) return agrees;
    return agrees || (!title && catalogue_occupation_for(line) == CATALOGUE_NONE && catalogue_skill_by_name(line) == CATALOGUE_NONE);
}

static bool is_place(struct str part);

/* `must_agree`: away from the top only the e-mail address tells a name from other words. */
static struct str find_name(struct str text, struct str email, bool must_agree)
{
    struct str rest = text, line;
    for (int lines = 0; (must_agree || lines < NAME_LINES) && str_split_next(&rest, '\n', &line);) {
        line = str_trim(line);
        if (line.len == 0) continue;
        lines++;
        while (line.len && strchr("#*> ", line.ptr[0])) line = str_slice(line, 1, line.len);
        size_t end = 0; /* "Jane Doe, PhD | Engineer" */
        while (end < line.len && !strchr("\t|,*", line.ptr[end]) && (unsigned char)line.ptr[end] != 0xE2 && (unsigned char)line.ptr[end] != 0xC2) end++;
        struct str first = str_trim(str_slice(line, 0, end));
        if (str_starts(first, STR("Name:"))) first = str_trim(str_slice(first, 5, first.len));
        if (first.len <= 60 && is_name(first, email, must_agree) && !is_place(line)) return first;
    }
    return (struct str){0};
}

/* --- place ------------------------------------------------------------------------------------------------------------------------ */

static struct str part_until(struct str s, const char *signs)
{
    size_t end = 0;
    while (end < s.len && !strchr(signs, s.ptr[end]) && (unsigned char)s.ptr[end] != 0xE2 && (unsigned char)s.ptr[end] != 0xC2) end++;
    return str_slice(s, 0, end);
}

/* A city of the catalogue by its whole name. */
static bool is_city(struct str name)
{
    const struct catalogue_city *found[CITIES_MAX];
    if (name.len < 3 || name.len > 60 || !is_letter(name.ptr[0]) || ((unsigned char)name.ptr[0] < 0x80 && !is_capital(name.ptr[0]))) return false;
    size_t count = catalogue_suggest_cities(name, found, CITIES_MAX);
    for (size_t i = 0; i < count; i++)
        if (str_equal_ci(found[i]->name, name)) return true;
    return false;
}

/* What may stand after a city: a state's letters with or without a postcode, a region, a country. */
static bool is_region(struct str region)
{
    size_t letters = 0;
    for (size_t i = 0; i < region.len; i++) {
        char c = region.ptr[i];
        if (!is_letter(c) && !is_digit(c) && c != ' ' && c != ',' && c != '-' && c != '.' && c != '(' && c != ')') return false;
        letters += is_letter(c);
    }
    return region.len <= 50 && letters >= 2 && (is_capital(region.ptr[0]) || (unsigned char)region.ptr[0] >= 0x80);
}

/* Another part of the same place: "US", "94035", and a country after a state's letters. */
static bool goes_on(struct str region, struct str next)
{
    bool has_digit = false, is_short = next.len <= 3;
    for (size_t i = 0; i < next.len; i++) {
        has_digit = has_digit || is_digit(next.ptr[i]);
        is_short = is_short && is_capital(next.ptr[i]);
    }
    if (next.len == 0 || next.len > 25 || !(is_letter(next.ptr[0]) || is_digit(next.ptr[0]))) return false;
    if (has_digit) return next.len <= 10 && find_phone(next).len == 0;
    return is_short || (region.len <= 3 && is_region(next));
}

/* The place that `text` begins with: "Berlin, Germany", "Mountain View, CA 94035, US"; "" when it begins with none. */
static struct str place_at_start(struct str text)
{
    size_t end = str_find_char(text, ',', 0);
    if (end == STR_NPOS || !is_city(str_trim(str_slice(text, 0, end)))) return (struct str){0};
    struct str region = {0};
    for (int parts = 0; parts < 3 && end < text.len; parts++) {
        size_t comma = str_find_char(text, ',', end + 1);
        size_t stop = comma == STR_NPOS ? text.len : comma;
        struct str part = str_trim(str_slice(text, end + 1, stop));
        if (parts == 0 ? part.len == 0 || !is_region(part) : !goes_on(region, part)) break;
        region = part;
        end = stop;
    }
    return region.len ? str_trim(str_slice(text, 0, end)) : (struct str){0};
}

static bool is_place(struct str part) { return place_at_start(part).len > 0; }

/* In one line: whole, between separators, or at the end of an address ("12 High Street, Leeds, UK"). */
static struct str place_in(struct str line)
{
    line = str_utf8_prefix(line, PLACE_LINE_POINTS);
    for (int parts = 0; line.len && parts < PLACE_PARTS_MAX; parts++) {
        struct str part = part_until(line, "|;\t()");
        struct str rest = str_trim(part);
        for (int tries = 0; rest.len && tries < 6; tries++) {
            if (is_place(rest)) return place_at_start(rest);
            size_t comma = str_find_char(rest, ',', 0), colon = str_find_char(rest, ':', 0);
            size_t cut = comma < colon ? comma : colon;
            if (cut == STR_NPOS) break;
            rest = str_trim(str_slice(rest, cut + 1, rest.len));
        }
        size_t next = part.len + 1;
        while (next < line.len && ((unsigned char)line.ptr[next] & 0xC0) == 0x80) next++;
        line = str_slice(line, next, line.len);
    }
    return (struct str){0};
}

static struct str find_place(struct str text)
{
    struct str rest = text, line;
    for (int lines = 0; lines < OPENING_LINES && str_split_next(&rest, '\n', &line);) {
        if (str_trim(line).len == 0) continue;
        lines++;
        struct str place = place_in(str_trim(line));
        if (place.len) return place;
    }
    return (struct str){0};
}

/* --- all of it -------------------------------------------------------------------------------------------------------------------- */

static struct str first_of(struct str (*find)(struct str), const struct resume_parts *parts)
{
    struct str found = find(parts->opening);
    if (found.len == 0) found = find(parts->contact);
    if (found.len) return found;
    size_t end = parts->references.len ? (size_t)(parts->references.ptr - parts->text.ptr) : parts->text.len;
    found = find(str_slice(parts->text, 0, end));
    return found.len || end == parts->text.len ? found : find(str_slice(parts->text, end + parts->references.len, parts->text.len));
}

void resume_contact_read(struct arena *arena, const struct resume_parts *parts, struct resume_contact *out)
{
    *out = (struct resume_contact){0};
    out->email = first_of(find_email, parts);
    out->phone = find_phone(parts->opening);
    if (out->phone.len == 0) out->phone = find_phone(parts->contact);
    out->name = find_name(parts->opening, out->email, false);
    if (out->name.len == 0 && out->email.len) out->name = find_name(parts->text, out->email, true);
    out->location = find_place(parts->opening);
    if (out->location.len == 0) out->location = find_place(parts->contact);
    struct str_list links = {0};
    add_links(arena, parts->opening, &links);
    add_links(arena, parts->contact, &links);
    out->links = str_join(arena, links.items, links.count, STR("\n"));
}
