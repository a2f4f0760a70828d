/* Design in resume.h. One walk over the lines finds the headings (resume_heading.h); what stands between two of them is cut into chunks at empty lines,
 * else at lines, else at spaces. What stands before the first heading is prose of a summary or the person's own lines.
 */
#include "ai/resume.h"

#include "ai/catalogue.h"
#include "ai/resume_contact.h"
#include "ai/resume_heading.h"
#include "ai/skill_text.h"

#define CHUNK_BYTES 1500
#define PROSE_WORDS 15

static const char *const section_names[SECTION_COUNT] = {"summary", "experience", "education", "skills", "projects", "certifications", "languages", "other"};

const char *resume_section_name(enum resume_section section) { return section_names[section]; }

struct reading {
    struct arena *arena;
    struct resume *resume;
    size_t cap;
    struct resume_parts parts;
};

static void add_chunk(struct reading *reading, enum resume_section section, struct str text)
{
    text = str_trim(text);
    if (text.len == 0) return;
    struct resume *resume = reading->resume;
    if (resume->chunks_count == reading->cap) {
        reading->cap = reading->cap ? 2 * reading->cap : 16;
        struct resume_chunk *larger = arena_array(reading->arena, struct resume_chunk, reading->cap);
        for (size_t i = 0; i < resume->chunks_count; i++) larger[i] = resume->chunks[i];
        resume->chunks = larger;
    }
    resume->chunks[resume->chunks_count] = (struct resume_chunk){.section = section, .text = text, .index = (int)resume->chunks_count};
    resume->chunks_count++;
}

/* The best place to cut text that is longer than a chunk: after the last empty line, line, sentence or word that fits. */
static size_t cut_at(struct str text)
{
    static const struct str borders[] = {STR_INIT("\n\n"), STR_INIT("\n"), STR_INIT(". "), STR_INIT(" ")};
    for (size_t i = 0; i < COUNT_OF(borders); i++)
        for (size_t at = CHUNK_BYTES; at > CHUNK_BYTES / 3; at--)
            if (str_starts(str_slice(text, at, text.len), borders[i])) return i == 2 ? at + 1 : at;
    size_t at = CHUNK_BYTES;
    while (at > 0 && ((unsigned char)text.ptr[at] & 0xC0) == 0x80) at--;
    return at ? at : CHUNK_BYTES;
}

static void add_section(struct reading *reading, enum resume_section section, struct str text)
{
    text = str_trim(text);
    while (text.len > CHUNK_BYTES) {
        size_t cut = cut_at(text);
        add_chunk(reading, section, str_slice(text, 0, cut));
        text = str_trim(str_slice(text, cut, text.len));
    }
    add_chunk(reading, section, text);
}

/* A paragraph of sentences, as a summary is, and not a name, a title and an address. */
static bool is_prose(struct str paragraph)
{
    size_t words = 0, small = 0;
    for (size_t i = 0; i < paragraph.len; i++) {
        bool starts = paragraph.ptr[i] > ' ' && (i == 0 || paragraph.ptr[i - 1] <= ' ');
        words += starts;
        small += starts && paragraph.ptr[i] >= 'a' && paragraph.ptr[i] <= 'z';
    }
    return words >= PROSE_WORDS && small * 2 > words && str_find_char(paragraph, '.', 0) != STR_NPOS;
}

/* The text before the first heading: runs of prose are the summary, the rest is the person's own lines. */
static void add_opening(struct reading *reading, struct str text)
{
    size_t start = 0, at = 0;
    bool prose = false;
    while (at < text.len) {
        size_t end = str_find(text, STR("\n\n"), at);
        end = end == STR_NPOS ? text.len : end;
        bool is = is_prose(str_slice(text, at, end));
        if (at > start && is != prose) {
            add_section(reading, prose ? SECTION_SUMMARY : SECTION_OTHER, str_slice(text, start, at));
            start = at;
        }
        prose = is;
        at = end;
        while (at < text.len && text.ptr[at] == '\n') at++;
    }
    add_section(reading, prose ? SECTION_SUMMARY : SECTION_OTHER, str_slice(text, start, text.len));
}

static bool is_contact(struct str paragraph)
{
    size_t at = str_find_char(paragraph, '@', 0);
    return at != STR_NPOS && at > 0 && paragraph.ptr[at - 1] > ' ' && str_find_char(paragraph, '.', at) != STR_NPOS && !is_prose(paragraph);
}

/* Mostly names of the catalogue: "JavaScript HTML CSS". */
static bool is_skills(struct arena *arena, struct str paragraph)
{
    struct skill_mention *mentions;
    size_t count = skill_text_find(arena, paragraph, &mentions), named = 0;
    for (size_t i = 0; i < count; i++) named += mentions[i].end - mentions[i].start;
    return count > 1 && named * 2 > paragraph.len;
}

/* A column beside the resume, called "About" or "Profile": contact data, and often skills without a heading. Neither is a summary. */
static void add_about(struct reading *reading, struct str text)
{
    size_t start = 0, at = 0;
    enum resume_section section = SECTION_SUMMARY;
    while (at < text.len) {
        size_t end = str_find(text, STR("\n\n"), at);
        end = end == STR_NPOS ? text.len : end;
        struct str paragraph = str_slice(text, at, end);
        enum resume_section is = section;
        if (is_contact(paragraph)) is = SECTION_OTHER;
        else if (is_prose(paragraph)) is = SECTION_SUMMARY;
        else if (is_skills(reading->arena, paragraph)) is = SECTION_SKILLS;
        if (is == SECTION_OTHER && reading->parts.contact.len == 0) reading->parts.contact = paragraph;
        if (is != section) {
            add_section(reading, section, str_slice(text, start, at));
            start = at;
            section = is;
        }
        at = end;
        while (at < text.len && text.ptr[at] == '\n') at++;
    }
    add_section(reading, section, str_slice(text, start, text.len));
}

struct open_section {
    bool is_open; /* false before the first heading */
    enum resume_section section;
    enum heading_topic topic;
    size_t start;
    bool gaps;                 /* every heading so far stood after an empty line, but for the first */
    bool seen[SECTION_COUNT]; /* had a heading that stood alone in its line */
};

static void close_section(struct reading *reading, const struct open_section *open, size_t end)
{
    struct str text = str_slice(reading->resume->text, open->start, end);
    if (!open->is_open) {
        reading->parts.opening = text;
        add_opening(reading, text);
        return;
    }
    if (open->topic == TOPIC_CONTACT && reading->parts.contact.len == 0) reading->parts.contact = text;
    if (open->topic == TOPIC_REFERENCES && reading->parts.references.len == 0) reading->parts.references = text;
    if (open->section == SECTION_SUMMARY && is_contact(text)) add_about(reading, text);
    else add_section(reading, open->section, text);
}

/* "Training and Development" in a list of skills is one of them, where headings stand after an empty line. */
static bool is_skill(const struct open_section *open, const struct heading *heading, bool after_gap)
{
    if (!open->is_open || open->section != SECTION_SKILLS || !heading->is_vague || heading->is_loud || after_gap) return false;
    return open->gaps || heading->is_label;
}

/* Under a job "Highlights" and under a school "Courses" are part of the entry; a skills section has "Languages: Go" of its own. */
static bool opens_section(const struct open_section *open, const struct heading *heading, bool after_gap)
{
    bool in_entries = open->is_open && open->section != SECTION_SUMMARY && open->topic == TOPIC_NONE;
    if (heading->is_weak && in_entries) return false;
    if (is_skill(open, heading, after_gap)) return false;
    if (heading->content.len == 0) return true;
    if (heading->is_label) return !open->is_open || open->section != heading->section || heading->section == SECTION_OTHER;
    if (open->is_open && (open->section == heading->section || open->seen[heading->section])) return false;
    if (open->is_open && open->section == SECTION_SKILLS && heading->section >= SECTION_CERTIFICATIONS && !after_gap) return false;
    return after_gap || !in_entries;
}

/* "Languages: Java, SQL": a list whose first line names a programming language is one of skills. */
static bool lists_programming(struct arena *arena, struct str list)
{
    struct skill_mention *mentions;
    list = str_trim(list);
    size_t end = str_find_char(list, '\n', 0);
    size_t count = skill_text_find(arena, str_slice(list, 0, end == STR_NPOS ? list.len : end), &mentions);
    for (size_t i = 0; i < count; i++)
        if (str_equal(catalogue_skill_at(mentions[i].skill)->category, STR("Programming languages"))) return true;
    return false;
}

static bool read_heading(struct reading *reading, size_t at, size_t end, struct heading *out)
{
    struct str text = reading->resume->text;
    if (!resume_heading_read(str_slice(text, at, end), true, out)) return false;
    size_t content = out->content.len ? (size_t)(out->content.ptr - text.ptr) : end;
    if (out->section == SECTION_LANGUAGES && lists_programming(reading->arena, str_slice(text, content, text.len))) out->section = SECTION_SKILLS;
    return true;
}

static void walk(struct reading *reading)
{
    struct str text = reading->resume->text;
    struct open_section open = {0};
    bool after_gap = true;
    for (size_t at = 0; at < text.len;) {
        size_t end = str_find_char(text, '\n', at);
        end = end == STR_NPOS ? text.len : end;
        struct str line = str_slice(text, at, end);
        struct heading heading;
        if (read_heading(reading, at, end, &heading) && opens_section(&open, &heading, after_gap)) {
            close_section(reading, &open, at);
            size_t content = heading.content.len ? (size_t)(heading.content.ptr - text.ptr) : end;
            open.gaps = !open.is_open || (after_gap && open.gaps);
            open.is_open = true;
            open.section = heading.section;
            open.topic = heading.topic;
            open.start = content;
            open.seen[heading.section] |= heading.content.len == 0;
        }
        after_gap = str_trim(line).len == 0;
        at = end + 1;
    }
    close_section(reading, &open, text.len);
}

enum err resume_parse(struct arena *arena, struct str text, struct resume *out)
{
    if (!str_is_text(text)) return err_set(ERR_INVALID, "The resume is no text.");
    *out = (struct resume){.text = text};
    struct reading reading = {.arena = arena, .resume = out};
    walk(&reading);
    reading.parts.text = text;
    resume_contact_read(arena, &reading.parts, &out->contact);
    return OK;
}
