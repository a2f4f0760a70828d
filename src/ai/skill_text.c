/* Design in skill_text.h. All names and aliases, folded (ASCII lower case, one space for any run of white space or a hyphen), stand in one
 * sorted table, built on first use. At each word start the range of patterns that agree with the text is narrowed byte by
 * byte; the longest that ends on a word border wins. 6,000 patterns take about 250 KB.
 *
 * Names that are words too ("Go", "Excel", "R") are candidates only in their exact spelling, and count when the surrounding fits: in a list, beside
 * another skill, after or before a word that goes with skills, or as a capital inside a sentence.
 */
#include "ai/skill_text.h"

#include "ai/catalogue.h"
#include "base/log.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PATTERN_MAX 120
#define PATTERNS_MAX 20000

struct pattern {
    const char *folded;
    struct str exact; /* the spelling that must stand in the text; "" for any case */
    uint16_t skill;
    uint8_t len;
};

static struct {
    struct pattern *patterns;
    size_t count;
    size_t first[257]; /* of the patterns that begin with a byte */
} table;
static pthread_once_t once = PTHREAD_ONCE_INIT;

/* --- folding ---------------------------------------------------------------------------------------------------------------------- */

static bool is_blank(char c) { return c == ' ' || c == '\t' || c == '\n'; }
static bool is_upper(char c) { return c >= 'A' && c <= 'Z'; }
static bool is_lower(char c) { return c >= 'a' && c <= 'z'; }
static bool is_digit(char c) { return c >= '0' && c <= '9'; }
static bool is_word(char c) { return is_upper(c) || is_lower(c) || is_digit(c) || (unsigned char)c >= 0x80 || c == '_'; }

/* The folded byte at `*at`, which moves on. 0 where no name can go on: at the end and at an empty line. */
static char fold_next(struct str text, size_t *at)
{
    if (*at >= text.len) return 0;
    char c = text.ptr[*at];
    if (is_blank(c)) {
        size_t lines = 0;
        for (; *at < text.len && is_blank(text.ptr[*at]); ++*at) lines += text.ptr[*at] == '\n' || text.ptr[*at] == '\t';
        return lines > 1 ? 0 : ' ';
    }
    if (str_starts(str_slice(text, *at, text.len), STR("\xE2\x80\x99"))) { /* typographic apostrophe */
        *at += 3;
        return '\'';
    }
    ++*at;
    if (c == '-' && *at < text.len && is_word(text.ptr[*at])) return ' ';
    return is_upper(c) ? (char)(c - 'A' + 'a') : c;
}

static size_t fold(struct str text, char *out, size_t max)
{
    size_t len = 0, at = 0;
    while (at < text.len && len < max) out[len++] = fold_next(text, &at);
    return at < text.len ? 0 : len;
}

/* --- the table -------------------------------------------------------------------------------------------------------------------- */

static int by_folded(const void *a, const void *b)
{
    const struct pattern *x = a, *y = b;
    return str_compare((struct str){x->folded, x->len}, (struct str){y->folded, y->len});
}

static void add_pattern(struct arena *arena, size_t skill, struct str text, bool exact)
{
    char folded[PATTERN_MAX];
    size_t len = fold(text, folded, sizeof(folded));
    if (len == 0 || table.count == PATTERNS_MAX) return;
    table.patterns[table.count++] = (struct pattern){.folded = str_copy(arena, (struct str){folded, len}).ptr,
                                                     .exact = exact ? text : (struct str){0},
                                                     .skill = (uint16_t)skill,
                                                     .len = (uint8_t)len};
}

static void build(void)
{
    static struct arena arena; /* for the life of the process */
    table.patterns = mem_alloc(PATTERNS_MAX * sizeof(*table.patterns));
    for (size_t i = 0; i < catalogue_skills_count; i++) {
        const struct catalogue_skill *skill = catalogue_skill_at(i);
        add_pattern(&arena, i, skill->name, skill->name_is_word);
        for (size_t j = 0; j < skill->aliases_count; j++)
            if (!skill->name_is_word || !str_equal(skill->aliases[j].text, skill->name))
                add_pattern(&arena, i, skill->aliases[j].text, skill->aliases[j].exact_case);
    }
    if (table.count == PATTERNS_MAX) log_fatal("the catalogue has more than %d names", PATTERNS_MAX);
    table.patterns = mem_resize(table.patterns, (table.count + 1) * sizeof(*table.patterns));
    qsort(table.patterns, table.count, sizeof(*table.patterns), by_folded);
    for (size_t byte = 0, at = 0; byte <= 256; byte++) {
        while (at < table.count && (unsigned char)table.patterns[at].folded[0] < byte) at++;
        table.first[byte] = at;
    }
}

/* The first pattern of [low, high) whose byte at `depth` is not below `byte`; patterns that end there count as 0. */
static size_t lower_bound(size_t low, size_t high, size_t depth, unsigned byte)
{
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct pattern *pattern = &table.patterns[middle];
        unsigned there = depth < pattern->len ? (unsigned char)pattern->folded[depth] : 0;
        if (there < byte) low = middle + 1;
        else high = middle;
    }
    return low;
}

/* --- one place -------------------------------------------------------------------------------------------------------------------- */

struct candidate {
    struct skill_mention mention;
    bool is_word;  /* counts only where the surrounding fits */
    bool is_other; /* the same words mean something else here: an employer, a technical term */
    bool accepted;
};

/* May a name end before `at`? Not inside a word, not before the signs that make another name of it (C and C++), not before ".js". */
static bool ends_here(struct str text, size_t at)
{
    if (at >= text.len) return true;
    char c = text.ptr[at];
    if (is_word(c)) {
        struct str rest = str_slice(text, at, text.len);
        return str_starts(rest, STR("\xE2\x80")) || str_starts(rest, STR("\xC2\xB7")) || str_starts(rest, STR("\xE2\x88\x99"));
    }
    if (c == '+' || c == '#') return false;
    return c != '.' || at + 1 >= text.len || !is_word(text.ptr[at + 1]) || is_upper(text.ptr[at + 1]);
}

/* Length of a plural ending at `at`, 0 for none. */
static size_t plural_at(struct str text, size_t at) { return at < text.len && text.ptr[at] == 's' && ends_here(text, at + 1) ? 1 : 0; }

/* "REST APIs", but "canvas" is no "Canva": only names of several words. */
static bool takes_plural(const struct pattern *pattern)
{
    return pattern->exact.len == 0 && pattern->folded[pattern->len - 1] != 's' && memchr(pattern->folded, ' ', pattern->len) != NULL;
}

static bool is_exact(struct str there, struct str exact)
{
    if (str_equal(there, exact)) return true;
    if (there.len != exact.len) return false; /* runs of white space inside a name that is a word: not worth it */
    for (size_t i = 0; i < there.len; i++) {
        bool gaps = (is_blank(there.ptr[i]) || there.ptr[i] == '-') && (exact.ptr[i] == ' ' || exact.ptr[i] == '-');
        if (there.ptr[i] != exact.ptr[i] && !gaps) return false;
    }
    return true;
}

/* The patterns that agree so far, with `depth` bytes. */
struct range {
    size_t low, high, depth;
};

static struct range narrow(struct range range, unsigned char byte)
{
    size_t low = lower_bound(range.low, range.high, range.depth, byte);
    return (struct range){low, lower_bound(low, range.high, range.depth, (unsigned)byte + 1), range.depth + 1};
}

/* The longest name that goes on from `from` with the text at `start`. */
static bool match_from(struct str text, size_t start, struct range from, struct candidate *found)
{
    size_t low = from.low, high = from.high, at = start;
    bool any = false;
    for (size_t depth = from.depth; low < high; depth++) {
        unsigned byte = (unsigned char)fold_next(text, &at);
        if (byte == 0) break;
        low = lower_bound(low, high, depth, byte);
        high = lower_bound(low, high, depth, byte + 1);
        if (low == high) break;
        for (size_t i = low; i < high && table.patterns[i].len == depth + 1; i++) {
            const struct pattern *pattern = &table.patterns[i];
            struct str there = str_slice(text, start, at);
            size_t plural = takes_plural(pattern) ? plural_at(text, at) : 0;
            if (!plural && !ends_here(text, at)) continue;
            if (pattern->exact.len && (from.depth || !is_exact(there, pattern->exact))) continue;
            *found = (struct candidate){.mention = {.skill = pattern->skill, .start = start, .end = at + plural},
                                        .is_word = pattern->exact.len > 0};
            any = true;
        }
    }
    return any;
}

/* The longest name that begins at `start`. */
static bool match_at(struct str text, size_t start, struct candidate *found)
{
    unsigned char first = (unsigned char)fold_next(str_slice(text, start, start + 1), &(size_t){0});
    return match_from(text, start, (struct range){table.first[first], table.first[first + 1], 0}, found);
}

/* Addresses are no prose: the end of the one that begins at `start`, or `start`. */
static size_t skip_address(struct str text, size_t start)
{
    size_t end = start;
    while (end < text.len && !is_blank(text.ptr[end])) end++;
    struct str token = str_slice(text, start, end);
    size_t at = str_find_char(token, '@', 0);
    if (at != STR_NPOS && at > 0 && str_find_char(token, '.', at) != STR_NPOS) return end;
    if (str_contains(token, STR("://")) || str_starts(token, STR("www."))) return end;
    static const struct str hosts[] = {STR_INIT(".com/"), STR_INIT(".org/"), STR_INIT(".io/"), STR_INIT(".dev/"), STR_INIT(".me/"), STR_INIT(".edu/")};
    for (size_t i = 0; i < COUNT_OF(hosts); i++)
        if (str_contains(token, hosts[i])) return end;
    return start;
}

/* --- names that are words --------------------------------------------------------------------------------------------------------- */

static bool among(struct str word, const struct str *words, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (str_equal_ci(word, words[i])) return true;
    return false;
}

static struct str word_before(struct str text, size_t at)
{
    while (at > 0 && text.ptr[at - 1] == ' ') at--;
    size_t end = at;
    while (at > 0 && is_word(text.ptr[at - 1])) at--;
    return str_slice(text, at, end);
}

static struct str word_after(struct str text, size_t at)
{
    while (at < text.len && text.ptr[at] == ' ') at++;
    size_t start = at;
    while (at < text.len && is_word(text.ptr[at])) at++;
    return str_slice(text, start, at);
}

enum border { BORDER_NONE, BORDER_LINE, BORDER_LIST };

static enum border border_sign(struct str around)
{
    static const struct str signs[] = {STR_INIT(","), STR_INIT(";"), STR_INIT("|"), STR_INIT("/"), STR_INIT("("), STR_INIT(")"), STR_INIT(":"), STR_INIT("\t"),
                                       STR_INIT("&"), STR_INIT("\xE2\x80\xA2"), STR_INIT("\xC2\xB7"), STR_INIT("\xE2\x88\x99"), STR_INIT("*")};
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (str_starts(around, signs[i])) return BORDER_LIST;
    return BORDER_NONE;
}

static enum border border_before(struct str text, size_t at)
{
    while (at > 0 && text.ptr[at - 1] == ' ') at--;
    if (at == 0 || text.ptr[at - 1] == '\n') return BORDER_LINE;
    size_t start = at - 1;
    while (start > 0 && ((unsigned char)text.ptr[start] & 0xC0) == 0x80) start--;
    return border_sign(str_slice(text, start, at));
}

static enum border border_after(struct str text, size_t at)
{
    while (at < text.len && text.ptr[at] == ' ') at++;
    if (at >= text.len || text.ptr[at] == '\n') return BORDER_LINE;
    return border_sign(str_slice(text, at, text.len));
}

/* "written in Go", "Rust developer" */
static bool has_cue(struct str text, const struct skill_mention *mention)
{
    static const struct str before[] = {STR_INIT("in"),    STR_INIT("using"),    STR_INIT("with"), STR_INIT("via"),     STR_INIT("language"), STR_INIT("learn"),
                                        STR_INIT("learned"), STR_INIT("learning"), STR_INIT("know"), STR_INIT("knows"), STR_INIT("use"),      STR_INIT("used"),
                                        STR_INIT("wrote"), STR_INIT("write"),    STR_INIT("writing"), STR_INIT("advanced"), STR_INIT("basic"), STR_INIT("microsoft"),
                                        STR_INIT("ms"),    STR_INIT("adobe"),    STR_INIT("apache"), STR_INIT("google")};
    static const struct str after[] = {STR_INIT("developer"), STR_INIT("developers"), STR_INIT("programming"), STR_INIT("programmer"), STR_INIT("engineer"), STR_INIT("code"),
                                       STR_INIT("codebase"), STR_INIT("backend"), STR_INIT("library"), STR_INIT("framework"), STR_INIT("language"), STR_INIT("apps"),
                                       STR_INIT("application"), STR_INIT("applications"), STR_INIT("script"), STR_INIT("scripts"), STR_INIT("service"), STR_INIT("services"),
                                       STR_INIT("microservices"), STR_INIT("spreadsheets"), STR_INIT("macros"), STR_INIT("pivot"), STR_INIT("certification"), STR_INIT("certified")};
    return among(word_before(text, mention->start), before, COUNT_OF(before)) || among(word_after(text, mention->end), after, COUNT_OF(after));
}

/* A single letter is more often something else: an initial, a grade, R&D. */
static bool letter_excluded(struct str text, const struct skill_mention *mention)
{
    if (mention->end - mention->start > 1) return false;
    char next = mention->end < text.len ? text.ptr[mention->end] : ' ';
    char before = mention->start ? text.ptr[mention->start - 1] : ' ';
    if (next == '&' || next == '-' || next == '\'' || before == '-' || before == '&' || before == '.') return true;
    return next == '.' && mention->end + 1 < text.len && text.ptr[mention->end + 1] != '\n' && !is_blank(text.ptr[mention->end + 1]);
}

/* A capital inside a sentence of small letters. */
static bool is_inside_sentence(struct str text, const struct skill_mention *mention)
{
    struct str before = word_before(text, mention->start), after = word_after(text, mention->end);
    if (mention->end - mention->start < 2 || before.len == 0 || !is_lower(before.ptr[0])) return false;
    return after.len == 0 || !is_upper(after.ptr[0]);
}

static bool is_beside(struct str text, const struct candidate *first, const struct candidate *second)
{
    struct str between = str_trim(str_slice(text, first->mention.end, second->mention.start));
    if (str_contains(str_slice(text, first->mention.end, second->mention.start), STR("\n\n"))) return false;
    return between.len == 0 || (between.len <= 3 && border_sign(between) == BORDER_LIST) || str_equal(between, STR("and")) || str_equal(between, STR("or")) ||
           str_equal(between, STR(", and"));
}

static bool fits_alone(struct str text, const struct skill_mention *mention)
{
    if (letter_excluded(text, mention)) return false;
    enum border before = border_before(text, mention->start), after = border_after(text, mention->end);
    bool ends_sentence = mention->end < text.len && text.ptr[mention->end] == '.';
    if (before != BORDER_NONE && after != BORDER_NONE) return true;
    if (before == BORDER_LIST && ends_sentence) return true;
    return has_cue(text, mention) || is_inside_sentence(text, mention);
}

/* --- names that mean something else ------------------------------------------------------------------------------------------------- */

/* "at Figma", "Stripe, Inc.": a company and no skill, however it is spelt. "Good at Excel" is none. */
static bool is_employer(struct str text, const struct skill_mention *mention)
{
    static const struct str forms[] = {STR_INIT("inc"), STR_INIT("llc"), STR_INIT("ltd"), STR_INIT("limited"), STR_INIT("gmbh"), STR_INIT("ag"), STR_INIT("corp"),
                                       STR_INIT("corporation"), STR_INIT("plc"), STR_INIT("labs"), STR_INIT("holdings")};
    static const struct str able[] = {STR_INIT("good"), STR_INIT("great"), STR_INIT("better"), STR_INIT("best"), STR_INIT("excellent"), STR_INIT("expert"), STR_INIT("proficient"),
                                      STR_INIT("skilled"), STR_INIT("adept"), STR_INIT("strong"), STR_INIT("experienced"), STR_INIT("competent"), STR_INIT("hosted"),
                                      STR_INIT("deployed"), STR_INIT("running"), STR_INIT("look"), STR_INIT("looked"), STR_INIT("looking"), STR_INIT("talented")};
    struct str name = str_slice(text, mention->start, mention->end);
    size_t after = mention->end < text.len && text.ptr[mention->end] == ',' ? mention->end + 1 : mention->end;
    struct str form = word_after(text, after);
    if (form.len && is_upper(form.ptr[0]) && among(form, forms, COUNT_OF(forms))) return true;
    if (!is_upper(name.ptr[0])) return false;
    struct str before = word_before(text, mention->start);
    if (str_equal(before, STR("joined"))) return true;
    if (before.len == 0) return mention->start && str_ends(str_trim(str_slice(text, 0, mention->start)), STR("@"));
    if (!str_equal(before, STR("at")) && !str_equal(before, STR("At"))) return false;
    return !among(word_before(text, (size_t)(before.ptr - text.ptr)), able, COUNT_OF(able));
}

/* "Conflict resolution algorithms", "content negotiation": machines do what soft skills are named after. */
static bool is_technical_term(struct str text, const struct skill_mention *mention)
{
    static const struct str after[] = {STR_INIT("algorithm"), STR_INIT("algorithms"), STR_INIT("protocol"), STR_INIT("protocols"), STR_INIT("engine"), STR_INIT("layer"),
                                       STR_INIT("module"), STR_INIT("modules"), STR_INIT("library"), STR_INIT("mechanism"), STR_INIT("mechanisms"), STR_INIT("software"),
                                       STR_INIT("system"), STR_INIT("systems"), STR_INIT("service"), STR_INIT("api"), STR_INIT("apis"), STR_INIT("logic"), STR_INIT("pipeline"),
                                       STR_INIT("framework"), STR_INIT("middleware"), STR_INIT("bus"), STR_INIT("component"), STR_INIT("components"), STR_INIT("platform"),
                                       STR_INIT("tree"), STR_INIT("trees"), STR_INIT("code"), STR_INIT("function"), STR_INIT("functions"), STR_INIT("strategies")};
    static const struct str before[] = {STR_INIT("merge"), STR_INIT("git"), STR_INIT("dependency"), STR_INIT("version"), STR_INIT("content"), STR_INIT("tls"), STR_INIT("ssl"),
                                        STR_INIT("protocol"), STR_INIT("event"), STR_INIT("dns"), STR_INIT("crdt"), STR_INIT("replication"), STR_INIT("data"), STR_INIT("sync"),
                                        STR_INIT("interprocess"), STR_INIT("serial"), STR_INIT("wireless"), STR_INIT("write"), STR_INIT("task"), STR_INIT("automatic"),
                                        STR_INIT("automated")};
    static const struct str field = STR_INIT("Soft skills");
    if (!str_equal(catalogue_skill_at(mention->skill)->field, field)) return false;
    return among(word_after(text, mention->end), after, COUNT_OF(after)) || among(word_before(text, mention->start), before, COUNT_OF(before));
}

/* "at Figma, Notion and Stripe" */
static bool continues_list(struct str text, const struct candidate *first, const struct candidate *second)
{
    static const struct str signs[] = {STR_INIT(","), STR_INIT("and"), STR_INIT("&"), STR_INIT(", and")};
    struct str between = str_slice(text, first->mention.end, second->mention.start);
    return str_find_char(between, '\n', 0) == STR_NPOS && among(str_trim(between), signs, COUNT_OF(signs));
}

/* Forwards and backwards, so that a run of such names beside one sure skill counts as a whole. */
static void judge_words(struct str text, struct candidate *candidates, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        struct candidate *one = &candidates[i];
        one->is_other = is_employer(text, &one->mention) || is_technical_term(text, &one->mention) ||
                        (i && one->is_word && candidates[i - 1].is_other && continues_list(text, &candidates[i - 1], one));
        one->accepted = !one->is_other && (!one->is_word || fits_alone(text, &one->mention));
        if (!one->accepted && !one->is_other && i && candidates[i - 1].accepted && !letter_excluded(text, &one->mention))
            one->accepted = is_beside(text, &candidates[i - 1], one);
    }
    for (size_t i = count; i-- > 1;)
        if (!candidates[i - 1].accepted && !candidates[i - 1].is_other && candidates[i].accepted && !letter_excluded(text, &candidates[i - 1].mention))
            candidates[i - 1].accepted = is_beside(text, &candidates[i - 1], &candidates[i]);
}

/* --- all of a text ---------------------------------------------------------------------------------------------------------------- */

struct candidates {
    struct candidate *items;
    size_t count, cap;
};

static void keep(struct candidates *list, const struct candidate *one)
{
    if (list->count == list->cap) {
        list->cap = list->cap ? 2 * list->cap : 64;
        list->items = mem_resize(list->items, list->cap * sizeof(*list->items));
    }
    list->items[list->count++] = *one;
}

/* A maker whose name stands once for several of its things: "AWS ECS Lambda S3 RDS", "Google Docs, Sheets, Slides". The run of them ends
 * where anything but names in a list follows. */
struct run {
    const struct str *makers; /* folded, as the catalogue may spell the maker before the thing; NULL outside a run */
    size_t end;
    int unknown; /* names in a row that the catalogue does not know */
};

#define UNKNOWN_MAX 2
#define SPELLINGS 2

static const struct {
    struct str word, spellings[SPELLINGS];
} makers[] = {
    {STR_INIT("aws"), {STR_INIT("aws "), STR_INIT("amazon ")}},         {STR_INIT("amazon"), {STR_INIT("amazon "), STR_INIT("aws ")}},
    {STR_INIT("azure"), {STR_INIT("azure "), STR_INIT("azure ")}},      {STR_INIT("gcp"), {STR_INIT("google cloud "), STR_INIT("google ")}},
    {STR_INIT("google"), {STR_INIT("google "), STR_INIT("google cloud ")}}, {STR_INIT("microsoft"), {STR_INIT("microsoft "), STR_INIT("ms ")}},
    {STR_INIT("ms"), {STR_INIT("ms "), STR_INIT("microsoft ")}},        {STR_INIT("adobe"), {STR_INIT("adobe "), STR_INIT("adobe ")}},
    {STR_INIT("apache"), {STR_INIT("apache "), STR_INIT("apache ")}},
};

static void begin_run(struct str text, size_t at, struct run *run)
{
    struct str word = word_after(text, at);
    for (size_t i = 0; i < COUNT_OF(makers); i++)
        if (str_equal_ci(word, makers[i].word)) *run = (struct run){makers[i].spellings, at + word.len, 0};
}

/* Whether only the signs of a list stand between the run and the name at `at`. */
static bool run_reaches(struct str text, const struct run *run, size_t at)
{
    if (!run->makers || at < run->end) return false;
    struct str between = str_slice(text, run->end, at), rest = str_trim(between);
    if (str_find_char(between, '\n', 0) != STR_NPOS && rest.len == 0) return false;
    return rest.len == 0 || border_sign(rest) == BORDER_LIST || str_equal(rest, STR("and")) || str_equal(rest, STR(", and"));
}

/* "Microsoft, Project Manager": a role and no thing of Microsoft's. */
static bool begins_role(struct str text, size_t end)
{
    static const struct str roles[] = {STR_INIT("manager"), STR_INIT("engineer"), STR_INIT("developer"), STR_INIT("lead"), STR_INIT("analyst"), STR_INIT("designer"),
                                       STR_INIT("architect"), STR_INIT("director"), STR_INIT("coordinator"), STR_INIT("owner"), STR_INIT("administrator"), STR_INIT("consultant"),
                                       STR_INIT("specialist"), STR_INIT("assistant"), STR_INIT("team")};
    return among(word_after(text, end), roles, COUNT_OF(roles));
}

/* The thing of the run's maker whose name stands at `at` without the maker's. */
static bool match_in_run(struct str text, size_t at, struct run *run, struct candidate *found)
{
    if (!is_word(text.ptr[at]) || is_lower(text.ptr[at]) || !run_reaches(text, run, at)) return false;
    for (size_t i = 0; i < SPELLINGS; i++) {
        struct range range = {0, table.count, 0};
        for (size_t k = 0; k < run->makers[i].len && range.low < range.high; k++) range = narrow(range, (unsigned char)run->makers[i].ptr[k]);
        if (match_from(text, at, range, found) && !begins_role(text, found->mention.end)) return true;
    }
    struct str word = word_after(text, at);
    if (++run->unknown > UNKNOWN_MAX) run->makers = NULL;
    else run->end = at + word.len;
    return false;
}

static void collect(struct str text, struct candidates *list)
{
    size_t address_end = 0;
    struct run run = {0};
    for (size_t at = 0; at < text.len;) {
        bool after_gap = at == 0 || is_blank(text.ptr[at - 1]);
        if (after_gap && !is_blank(text.ptr[at])) address_end = skip_address(text, at);
        if (address_end > at) {
            at = address_end;
            continue;
        }
        bool starts = !is_blank(text.ptr[at]) && (at == 0 || !is_word(text.ptr[at - 1]) || (unsigned char)text.ptr[at - 1] >= 0x80);
        struct candidate found;
        if (starts && (match_at(text, at, &found) || match_in_run(text, at, &run, &found))) {
            keep(list, &found);
            if (run_reaches(text, &run, at)) run = (struct run){run.makers, found.mention.end, 0};
            begin_run(text, at, &run);
            if (run.end > at && run.end < found.mention.end) run.end = found.mention.end;
            at = found.mention.end;
            continue;
        }
        if (starts) begin_run(text, at, &run);
        bool in_word = is_word(text.ptr[at]) && (unsigned char)text.ptr[at] < 0x80;
        at++;
        while (in_word && at < text.len && is_word(text.ptr[at]) && (unsigned char)text.ptr[at] < 0x80) at++;
    }
}

size_t skill_text_find(struct arena *arena, struct str text, struct skill_mention **mentions)
{
    pthread_once(&once, build);
    struct candidates list = {0};
    collect(text, &list);
    judge_words(text, list.items, list.count);
    *mentions = arena_array(arena, struct skill_mention, list.count);
    size_t count = 0;
    for (size_t i = 0; i < list.count; i++)
        if (list.items[i].accepted) (*mentions)[count++] = list.items[i].mention;
    free(list.items);
    return count;
}

size_t skill_text_find_unique(struct arena *arena, struct str text, struct skill_mention **mentions)
{
    size_t count = skill_text_find(arena, text, mentions), kept = 0;
    bool *seen = arena_array(arena, bool, catalogue_skills_count);
    for (size_t i = 0; i < count; i++) {
        if (seen[(*mentions)[i].skill]) continue;
        seen[(*mentions)[i].skill] = true;
        (*mentions)[kept++] = (*mentions)[i];
    }
    return kept;
}
