/* The skills that a resume names, without the employers that happen to be called like one.
 *
 * An entry of the experience begins with a line or two of title, employer, place and dates. A name that stands there as a part of its own
 * ("Stripe, San Francisco"; "Product designer | Figma | 2019 - 2022") is who paid for the work. "Java Developer" is no part of its own, a
 * list of several names is no heading, and what is named again below the heading is offered as ever.
 */
#include "ai/resume_skills.h"

#include "ai/catalogue.h"

#include <stdint.h>

#define HEADING_WORDS 12
#define LINES_AROUND 2

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

/* A year stands in the line, alone or in a range. */
static bool has_year(struct str line)
{
    for (size_t i = 0; i + 4 <= line.len; i++) {
        if ((i && is_digit(line.ptr[i - 1])) || (i + 4 < line.len && is_digit(line.ptr[i + 4]))) continue;
        struct str century = str_slice(line, i, i + 2);
        if ((str_equal(century, STR("19")) || str_equal(century, STR("20"))) && is_digit(line.ptr[i + 2]) && is_digit(line.ptr[i + 3])) return true;
    }
    return false;
}

/* Short, no item of a list, no sentence. */
static bool is_like_heading(struct str line)
{
    size_t words = 0;
    for (size_t i = 0; i < line.len; i++) words += line.ptr[i] > ' ' && (i == 0 || line.ptr[i - 1] <= ' ');
    static const struct str bullets[] = {STR_INIT("-"), STR_INIT("*"), STR_INIT("\xE2\x80\xA2"), STR_INIT("\xE2\x80\x93"), STR_INIT("\xC2\xB7"), STR_INIT("\xE2\x96")};
    for (size_t i = 0; i < COUNT_OF(bullets); i++)
        if (str_starts(line, bullets[i])) return false;
    return line.len > 0 && words <= HEADING_WORDS && !str_ends(line, STR("."));
}

static struct str line_at(struct str text, size_t at)
{
    size_t start = at, end = at;
    while (start > 0 && text.ptr[start - 1] != '\n') start--;
    while (end < text.len && text.ptr[end] != '\n') end++;
    return str_slice(text, start, end);
}

/* Whether the line before is the dated one of a heading. */
static bool is_below_date(struct str text, struct str line)
{
    size_t start = (size_t)(line.ptr - text.ptr);
    struct str before = start ? str_trim(line_at(text, start - 1)) : (struct str){0};
    return is_like_heading(before) && has_year(before);
}

/* Whether a date stands in one of the two lines after, without an empty line between. */
static bool is_above_date(struct str text, struct str line)
{
    size_t end = (size_t)(line.ptr - text.ptr) + line.len;
    for (int i = 0; i < LINES_AROUND && end < text.len; i++) {
        struct str after = line_at(text, end + 1);
        if (!is_like_heading(str_trim(after))) return false;
        if (has_year(after)) return true;
        end = (size_t)(after.ptr - text.ptr) + after.len;
    }
    return false;
}

static bool ends_part(struct str rest)
{
    static const struct str signs[] = {STR_INIT(","), STR_INIT("|"), STR_INIT("("), STR_INIT("\xE2\x80\x93"), STR_INIT("\xE2\x80\x94"), STR_INIT("\xC2\xB7"), STR_INIT("\xE2\x80\xA2"),
                                       STR_INIT("- "), STR_INIT("/ ")};
    size_t blanks = 0;
    while (blanks < rest.len && (rest.ptr[blanks] == ' ' || rest.ptr[blanks] == '\t')) blanks++;
    if (blanks == rest.len || (blanks && str_find_char(str_slice(rest, 0, blanks), '\t', 0) != STR_NPOS) || blanks > 2) return true;
    rest = str_slice(rest, blanks, rest.len);
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (str_starts(rest, signs[i])) return true;
    return is_digit(rest.ptr[0]) && has_year(str_slice(rest, 0, rest.len < 4 ? rest.len : 4)); /* "Stripe 2019 - 2022" */
}

/* 0 when the name begins the line, 1 after a sign between parts, -1 inside a part. */
static int begins_part(struct str before)
{
    static const struct str signs[] = {STR_INIT(","), STR_INIT("|"), STR_INIT("\xE2\x80\x93"), STR_INIT("\xE2\x80\x94"), STR_INIT("\xC2\xB7"), STR_INIT("\xE2\x80\xA2"), STR_INIT(" -"),
                                       STR_INIT("@"), STR_INIT("\t")};
    size_t end = before.len;
    while (end > 0 && before.ptr[end - 1] == ' ') end--;
    if (str_trim(before).len == 0) return 0;
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (str_ends(str_slice(before, 0, end), signs[i])) return 1;
    return before.len - end > 2 ? 1 : -1;
}

static bool is_experience(const struct resume *resume, size_t at)
{
    const char *place = resume->text.ptr + at;
    for (size_t i = 0; i < resume->chunks_count; i++) {
        struct str chunk = resume->chunks[i].text;
        if ((uintptr_t)place >= (uintptr_t)chunk.ptr && (uintptr_t)place < (uintptr_t)(chunk.ptr + chunk.len))
            return resume->chunks[i].section == SECTION_EXPERIENCE;
    }
    return false;
}

/* "Figma • San Francisco, CA • Built …": a reader of columns put the first item on the line of the employer. */
static bool has_place_after(struct str rest)
{
    static const struct str signs[] = {STR_INIT(","), STR_INIT("|"), STR_INIT("\xC2\xB7"), STR_INIT("\xE2\x80\xA2"), STR_INIT("\t")};
    size_t at = 0;
    while (at < rest.len && rest.ptr[at] == ' ') at++;
    for (size_t i = 0; i < COUNT_OF(signs); i++)
        if (str_starts(str_slice(rest, at, rest.len), signs[i])) return true;
    return false;
}

/* "Software Engineer Figma<tab>2021 - 2022": nobody is an engineer of a tool of the office or of design. "Engineer Java" stays. */
static bool follows_title(struct str before, size_t skill)
{
    static const struct str roles[] = {STR_INIT("engineer"), STR_INIT("developer"), STR_INIT("designer"), STR_INIT("manager"), STR_INIT("analyst"), STR_INIT("lead"),
                                       STR_INIT("architect"), STR_INIT("consultant"), STR_INIT("intern"), STR_INIT("director"), STR_INIT("specialist"), STR_INIT("administrator")};
    struct str field = catalogue_skill_at(skill)->field;
    if (!str_equal(field, STR("Product and design")) && !str_equal(field, STR("Office and productivity"))) return false;
    before = str_trim(before);
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        if (before.len >= roles[i].len && str_equal_ci(str_slice(before, before.len - roles[i].len, before.len), roles[i])) return true;
    return false;
}

/* `alone`: no other skill is named in the line; `begins_list`: another one is named right after it. */
static bool is_employer(const struct resume *resume, const struct skill_mention *mention, bool alone, bool begins_list)
{
    struct str line = line_at(resume->text, mention->start);
    size_t start = (size_t)(line.ptr - resume->text.ptr);
    char first = resume->text.ptr[mention->start];
    if ((first >= 'a' && first <= 'z') || mention->end > start + line.len || !is_experience(resume, mention->start)) return false;
    struct str before = str_slice(line, 0, mention->start - start);
    int place = follows_title(before, mention->skill) ? 1 : begins_part(before);
    if (place < 0 || !ends_part(str_slice(line, mention->end - start, line.len))) return false;
    if (!is_like_heading(str_trim(line))) return place == 0 && !begins_list && has_place_after(str_slice(line, mention->end - start, line.len)) && is_below_date(resume->text, line);
    if (!alone) return false;
    return has_year(line) || (place == 0 && (is_below_date(resume->text, line) || is_above_date(resume->text, line)));
}

static bool is_alone(struct str text, const struct skill_mention *mentions, size_t count, size_t i)
{
    struct str line = line_at(text, mentions[i].start);
    size_t start = (size_t)(line.ptr - text.ptr), end = start + line.len;
    return (i == 0 || mentions[i - 1].end <= start) && (i + 1 == count || mentions[i + 1].start >= end);
}

#define LIST_GAP 5 /* bytes of a sign between names of a list, with its blanks */

static bool begins_list(const struct skill_mention *mentions, size_t count, size_t i)
{
    return i + 1 < count && mentions[i + 1].start - mentions[i].end <= LIST_GAP;
}

size_t resume_skills(struct arena *arena, const struct resume *resume, struct skill_mention **mentions)
{
    size_t count = skill_text_find(arena, resume->text, mentions), kept = 0;
    bool *seen = arena_array(arena, bool, catalogue_skills_count);
    struct skill_mention *all = *mentions;
    *mentions = arena_array(arena, struct skill_mention, count);
    for (size_t i = 0; i < count; i++) {
        if (seen[all[i].skill] || is_employer(resume, &all[i], is_alone(resume->text, all, count, i), begins_list(all, count, i))) continue;
        seen[all[i].skill] = true;
        (*mentions)[kept++] = all[i];
    }
    return kept;
}
