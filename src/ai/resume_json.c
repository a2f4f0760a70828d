/* Design in resume_json.h. One table says which members of an entry stand on which line. */
#include "ai/resume_json.h"

#include "json/json.h"

#define JSON_RESUME_MAX ((size_t)2 << 20)
#define FIELDS_MAX 6

static const struct {
    const char *member, *heading;
    const char *titles[FIELDS_MAX]; /* one line, with commas */
    const char *texts[FIELDS_MAX];  /* a line each */
    const char *items[FIELDS_MAX];  /* lists, a bullet each */
} sections[] = {
    {"work", "Experience", {"position", "name", "company", "location"}, {"url", "website", "description", "summary"}, {"highlights", "keywords"}},
    {"projects", "Projects", {"name", "entity", "type"}, {"url", "description", "summary"}, {"roles", "highlights", "keywords"}},
    {"education", "Education", {"studyType", "area", "institution", "location"}, {"url", "score", "gpa", "summary"}, {"courses"}},
    {"certificates", "Certifications", {"name", "issuer", "date"}, {"url"}, {0}},
    {"volunteer", "Volunteer Experience", {"position", "organization", "location"}, {"url", "website", "summary"}, {"highlights"}},
    {"awards", "Awards", {"title", "awarder", "date"}, {"summary"}, {0}},
    {"publications", "Publications", {"name", "publisher", "releaseDate"}, {"url", "website", "summary"}, {0}},
    {"references", "References", {"name"}, {"reference"}, {0}},
};

/* One line an entry: a name with what belongs to it. */
static const struct {
    const char *member, *heading, *name, *level, *list, *text;
} lists[] = {
    {"skills", "Skills", "name", "level", "keywords", NULL},
    {"languages", "Languages", "language", "fluency", NULL, NULL},
    {"interests", "Interests", "name", NULL, "keywords", "summary"},
};

static void write_line(struct buf *out, struct str value)
{
    value = str_trim(value);
    if (value.len == 0) return;
    buf_append_str(out, value);
    buf_append_char(out, '\n');
}

/* Appends the value, after a separator when something of the line stands there. */
static void write_part(struct buf *out, struct str value, struct str separator, bool *any)
{
    value = str_trim(value);
    if (value.len == 0) return;
    if (*any) buf_append_str(out, separator);
    buf_append_str(out, value);
    *any = true;
}

static void write_parts(struct buf *out, const struct json *entry, const char *const *members, size_t count)
{
    bool any = false;
    for (size_t i = 0; i < count && members[i]; i++) write_part(out, json_get_str(entry, members[i]), STR(", "), &any);
    if (any) buf_append_char(out, '\n');
}

/* "2019-03 - 2021-05"; without an end the start alone, since nobody said that it goes on. */
static void write_dates(struct buf *out, const struct json *entry)
{
    bool any = false;
    write_part(out, json_get_str(entry, "startDate"), STR(""), &any);
    write_part(out, json_get_str(entry, "endDate"), STR(" - "), &any);
    if (any) buf_append_char(out, '\n');
}

static void write_items(struct buf *out, const struct json *items)
{
    for (size_t i = 0; i < json_count(items); i++) {
        struct str item = str_trim(json_str(json_at(items, i)));
        if (item.len) buf_append_str(out, STR("- "));
        write_line(out, item);
    }
}

static void write_section(struct buf *out, const struct json *entries, size_t index)
{
    for (size_t i = 0; i < json_count(entries); i++) {
        const struct json *entry = json_at(entries, i);
        write_parts(out, entry, sections[index].titles, FIELDS_MAX);
        write_dates(out, entry);
        for (size_t k = 0; k < FIELDS_MAX && sections[index].texts[k]; k++) write_line(out, json_get_str(entry, sections[index].texts[k]));
        for (size_t k = 0; k < FIELDS_MAX && sections[index].items[k]; k++) write_items(out, json_get(entry, sections[index].items[k]));
        buf_append_char(out, '\n');
    }
}

/* "Web (advanced): HTML, CSS" */
static void write_list(struct buf *out, const struct json *entries, size_t index)
{
    for (size_t i = 0; i < json_count(entries); i++) {
        const struct json *entry = json_at(entries, i), *items = lists[index].list ? json_get(entry, lists[index].list) : NULL;
        struct str level = lists[index].level ? str_trim(json_get_str(entry, lists[index].level)) : (struct str){0};
        bool any = false, listed = false;
        write_part(out, json_get_str(entry, lists[index].name), STR(""), &any);
        if (any && level.len) buf_append_format(out, " (%.*s)", STR_ARG(level));
        for (size_t n = 0; n < json_count(items); n++) {
            struct str item = str_trim(json_str(json_at(items, n)));
            write_part(out, item, listed ? STR(", ") : STR(": "), &any);
            listed = listed || item.len;
        }
        if (any) buf_append_char(out, '\n');
        if (lists[index].text) write_line(out, json_get_str(entry, lists[index].text));
    }
}

static void write_basics(struct buf *out, const struct json *basics)
{
    static const char *const lines[] = {"name", "label", "email", "phone", "url", "website"};
    static const char *const place[] = {"address", "postalCode", "city", "region", "countryCode"};
    for (size_t i = 0; i < COUNT_OF(lines); i++) write_line(out, json_get_str(basics, lines[i]));
    write_parts(out, json_get(basics, "location"), place, COUNT_OF(place));
    const struct json *profiles = json_get(basics, "profiles");
    for (size_t i = 0; i < json_count(profiles); i++) write_line(out, json_get_str(json_at(profiles, i), "url"));
}

/* A section under its heading, or nothing where there is nothing in it. */
static void add_section(struct buf *out, const char *heading, struct buf *content)
{
    struct str text = str_trim(buf_str(content));
    if (text.len) buf_append_format(out, "\n## %s\n\n%.*s\n", heading, STR_ARG(text));
    buf_clear(content);
}

bool resume_json_is(struct str text)
{
    text = str_trim(text);
    if (!str_starts(text, STR("{"))) return false;
    text = str_trim(str_slice(text, 1, text.len));
    return str_starts(text, STR("\"")) || str_starts(text, STR("}"));
}

enum err resume_json_write(struct str json, struct buf *out)
{
    struct json *resume CLEANUP(json_free_at) = NULL;
    enum err result = json_parse_foreign(json, JSON_RESUME_MAX, &resume);
    if (result == ERR_INVALID) return err_set(ERR_INVALID, "This file is broken JSON. Mend it and upload it again. (%s)", err_detail());
    TRY(result);
    if (json_type_of(json_get(resume, "basics")) != JSON_OBJECT && json_type_of(json_get(resume, "work")) != JSON_ARRAY)
        return err_set(ERR_UNSUPPORTED, "This JSON is no JSON Resume (jsonresume.org): it has no \"basics\" and no \"work\".");
    struct buf content CLEANUP(buf_dispose) = {0};
    write_basics(out, json_get(resume, "basics"));
    write_line(&content, json_get_str(json_get(resume, "basics"), "summary"));
    add_section(out, "Summary", &content);
    for (size_t i = 0; i < COUNT_OF(sections); i++) {
        write_section(&content, json_get(resume, sections[i].member), i);
        add_section(out, sections[i].heading, &content);
    }
    for (size_t i = 0; i < COUNT_OF(lists); i++) {
        write_list(&content, json_get(resume, lists[i].member), i);
        add_section(out, lists[i].heading, &content);
    }
    return OK;
}
