/* The rules about what people tell us that need no store. Design in person.h. */
#include "features/person.h"

#include "ai/catalogue_data.h"

#include <inttypes.h>

/* Addresses and words that a name must not be mistaken for. */
static const char *const reserved[] = {
    "about",    "account",  "activity",     "admin",    "administrator", "api",        "assets",   "blog",   "career-prep", "careerprep",
    "contact",  "dashboard", "demo",        "edit",     "everyone",      "guest",      "healthz",  "help",   "home",        "interview",
    "interviews", "job",    "jobs",         "legal",    "login",         "logout",     "mail",     "market", "me",          "metrics",
    "mod",      "moderator", "new",         "none",     "null",          "official",   "onboarding", "owner", "postmaster", "press",
    "privacy",  "profile",  "public",       "readyz",   "recruiter",     "resume",     "roadmap",  "robots", "root",        "search",
    "security", "settings", "sign-in",      "sign-out", "sign-up",       "signup",     "skills",   "staff",  "static",      "status",
    "suggest",  "support",  "system",       "team",     "terms",         "test",       "undefined", "user",  "users",       "webmaster", "www",
};

struct str person_salary_problem(int64_t salary_min, int64_t salary_max)
{
    bool fits = salary_min == PERSON_NONE || salary_max == PERSON_NONE || salary_min <= salary_max;
    return fits ? (struct str){0} : STR("The highest salary must not be below the lowest.");
}

struct str person_username_problem(struct str username)
{
    if (username.len < USERNAME_MIN || username.len > USERNAME_MAX) return STR("Use 3 to 50 letters, digits and hyphens.");
    for (size_t i = 0; i < username.len; i++) {
        char c = username.ptr[i];
        bool is_fine = (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
        if (!is_fine) return STR("Only letters from a to z, digits and hyphens make an address.");
    }
    if (username.ptr[0] == '-' || username.ptr[username.len - 1] == '-') return STR("Begin and end with a letter or a digit.");
    for (size_t i = 0; i < COUNT_OF(reserved); i++)
        if (str_equal(username, str_from(reserved[i]))) return STR("This word is kept for the site itself. Try another one.");
    return (struct str){0};
}

/* U+00C0 to U+017F without their marks; capitals stand for two letters. */
static const char unmarked[] = "aaaaaaAceeeeiiiidnooooo-ouuuuyTSaaaaaaAceeeeiiiidnooooo-ouuuuyTyaaaaaaccccccccddddeeeeeeeeeegggg"
                               "gggghhhhiiiiiiiiiiiijjkkkllllllllllnnnnnnnnnooooooOOrrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs";

static struct str letters_of(uint32_t point)
{
    static const char lower[] = "abcdefghijklmnopqrstuvwxyz", digits[] = "0123456789";
    if (point >= 'a' && point <= 'z') return (struct str){&lower[point - 'a'], 1};
    if (point >= 'A' && point <= 'Z') return (struct str){&lower[point - 'A'], 1};
    if (point >= '0' && point <= '9') return (struct str){&digits[point - '0'], 1};
    if (point < 0xc0 || point >= 0x180) return (struct str){0};
    const char *letter = &unmarked[point - 0xc0];
    if (*letter == 'A') return STR("ae");
    if (*letter == 'O') return STR("oe");
    if (*letter == 'S') return STR("ss");
    if (*letter == 'T') return STR("th");
    return *letter == '-' ? (struct str){0} : (struct str){letter, 1};
}

struct str person_slug(struct arena *arena, struct str text)
{
    char *slug = arena_alloc(arena, USERNAME_MAX + 4);
    size_t len = 0;
    bool gap = false;
    for (size_t at = 0; at < text.len && len < USERNAME_MAX;) {
        struct str letters = letters_of(str_utf8_next(text, &at));
        if (!letters.len) {
            gap = len > 0;
            continue;
        }
        if (len + gap + letters.len > USERNAME_MAX) break;
        if (gap) slug[len++] = '-';
        gap = false;
        for (size_t i = 0; i < letters.len; i++) slug[len++] = letters.ptr[i];
    }
    return (struct str){slug, len};
}

static struct str folded(struct arena *arena, struct str text)
{
    char out[CATALOGUE_FOLD_MAX];
    return text.len < CATALOGUE_FOLD_MAX ? str_copy(arena, (struct str){out, catalogue_fold(text, out)}) : str_lower(arena, text);
}

struct str_list person_merge_list(struct arena *arena, const struct str_list *list)
{
    struct str_list merged = {0}, keys = {0};
    for (size_t i = 0; i < list->count; i++) {
        struct str key = folded(arena, list->items[i]);
        bool is_known = false;
        for (size_t k = 0; k < keys.count; k++) is_known |= str_equal_ci(keys.items[k], key);
        if (is_known) continue;
        str_list_add(arena, &keys, key);
        str_list_add(arena, &merged, list->items[i]);
    }
    return merged;
}

struct str person_list_text(struct arena *arena, const struct str_list *list)
{
    return str_join(arena, list->items, list->count, STR(", "));
}

static struct str grouped(struct arena *arena, int64_t amount)
{
    struct str digits = str_format(arena, "%" PRId64, amount);
    char *out = arena_alloc(arena, digits.len * 2);
    size_t len = 0;
    for (size_t i = 0; i < digits.len; i++) {
        if (i > 0 && (digits.len - i) % 3 == 0) out[len++] = ',';
        out[len++] = digits.ptr[i];
    }
    return (struct str){out, len};
}

struct str person_salary_text(struct arena *arena, const struct person *person)
{
    struct str currency = person->salary_currency;
    struct str low = grouped(arena, person->salary_min), high = grouped(arena, person->salary_max);
    if (person->salary_min == PERSON_NONE && person->salary_max == PERSON_NONE) return (struct str){0};
    struct str text;
    if (person->salary_max == PERSON_NONE) text = str_format(arena, "at least %.*s %.*s", STR_ARG(currency), STR_ARG(low));
    else if (person->salary_min == PERSON_NONE) text = str_format(arena, "up to %.*s %.*s", STR_ARG(currency), STR_ARG(high));
    else text = str_format(arena, "%.*s %.*s to %.*s", STR_ARG(currency), STR_ARG(low), STR_ARG(high));
    return str_trim(text);
}
