/* Design in resume_heading.h. */
#include "ai/resume_heading.h"

#include <string.h>

#define WORDS_MAX 7
#define LINE_MAX_BYTES 70
#define FILLER (-1)
#define VAGUE 3 /* also names things of lists: "Training", "Technical Studies" */
#define WEAK 2 /* also stands inside of entries: "Highlights", "Courses" */

/* Words of headings in small letters. Strength 0: says nothing alone; FILLER: joins. */
struct entry {
    const char *word;
    int strength;
    enum resume_section section;
    enum heading_topic topic;
};

static const struct entry entries[] = {
    {"experience", 5, SECTION_EXPERIENCE, 0}, {"experiences", 5, SECTION_EXPERIENCE, 0}, {"employment", 5, SECTION_EXPERIENCE, 0},
    {"employers", 3, SECTION_EXPERIENCE, 0}, {"internship", 5, SECTION_EXPERIENCE, 0}, {"internships", 5, SECTION_EXPERIENCE, 0},
    {"apprenticeships", 5, SECTION_EXPERIENCE, 0}, {"positions", 4, SECTION_EXPERIENCE, 0}, {"appointments", 4, SECTION_EXPERIENCE, 0},
    {"rotations", 4, SECTION_EXPERIENCE, 0}, {"history", 3, SECTION_EXPERIENCE, 0}, {"work", 1, SECTION_EXPERIENCE, 0}, {"jobs", 1, SECTION_EXPERIENCE, 0},
    {"engagements", 3, SECTION_EXPERIENCE, 0}, {"practicum", 5, SECTION_EXPERIENCE, 0}, {"externships", 5, SECTION_EXPERIENCE, 0}, {"fieldwork", 4, SECTION_EXPERIENCE, 0},
    {"journey", 4, SECTION_EXPERIENCE, 0}, {"progression", 3, SECTION_EXPERIENCE, 0}, {"record", 1, SECTION_EXPERIENCE, 0}, {"career", 1, SECTION_EXPERIENCE, 0},
    {"education", 5, SECTION_EDUCATION, 0}, {"educational", 5, SECTION_EDUCATION, 0}, {"academics", 4, SECTION_EDUCATION, 0}, {"academic", 3, SECTION_EDUCATION, 0},
    {"degrees", 4, SECTION_EDUCATION, 0}, {"schooling", 5, SECTION_EDUCATION, 0}, {"studies", 4, SECTION_EDUCATION, 0}, {"training", 3, SECTION_EDUCATION, 0},
    {"trainings", 3, SECTION_EDUCATION, 0}, {"coursework", 2, SECTION_EDUCATION, 0}, {"courses", 2, SECTION_EDUCATION, 0},
    {"diplomas", 5, SECTION_EDUCATION, 0}, {"schools", 4, SECTION_EDUCATION, 0}, {"formation", 4, SECTION_EDUCATION, 0},
    {"skills", 5, SECTION_SKILLS, 0}, {"skill", 5, SECTION_SKILLS, 0}, {"skillset", 5, SECTION_SKILLS, 0}, {"competencies", 5, SECTION_SKILLS, 0},
    {"competences", 5, SECTION_SKILLS, 0}, {"competency", 5, SECTION_SKILLS, 0}, {"expertise", 5, SECTION_SKILLS, 0}, {"proficiencies", 5, SECTION_SKILLS, 0},
    {"proficiency", 5, SECTION_SKILLS, 0}, {"technologies", 4, SECTION_SKILLS, 0}, {"technology", 2, SECTION_SKILLS, 0}, {"tools", 3, SECTION_SKILLS, 0},
    {"toolbox", 4, SECTION_SKILLS, 0}, {"toolkit", 4, SECTION_SKILLS, 0}, {"stack", 4, SECTION_SKILLS, 0}, {"strengths", 4, SECTION_SKILLS, 0},
    {"specializations", 4, SECTION_SKILLS, 0}, {"specialisations", 4, SECTION_SKILLS, 0},
    {"capabilities", 4, SECTION_SKILLS, 0}, {"abilities", 4, SECTION_SKILLS, 0}, {"specialties", 4, SECTION_SKILLS, 0}, {"specialities", 4, SECTION_SKILLS, 0},
    {"qualifications", 3, SECTION_SKILLS, 0}, {"qualification", 3, SECTION_SKILLS, 0}, {"highlights", 2, SECTION_SKILLS, 0}, {"knowledge", 3, SECTION_SKILLS, 0},
    {"projects", 5, SECTION_PROJECTS, 0}, {"project", 2, SECTION_PROJECTS, 0}, {"portfolio", 3, SECTION_PROJECTS, 0}, {"contributions", 3, SECTION_PROJECTS, 0},
    {"works", 3, SECTION_PROJECTS, 0}, {"hackathons", 4, SECTION_PROJECTS, 0},
    {"summary", 4, SECTION_SUMMARY, 0}, {"objective", 5, SECTION_SUMMARY, 0}, {"objectives", 5, SECTION_SUMMARY, 0}, {"profile", 3, SECTION_SUMMARY, 0},
    {"about", 4, SECTION_SUMMARY, 0}, {"overview", 3, SECTION_SUMMARY, 0}, {"statement", 3, SECTION_SUMMARY, 0}, {"goal", 4, SECTION_SUMMARY, 0},
    {"goals", 4, SECTION_SUMMARY, 0}, {"focus", 3, SECTION_SUMMARY, 0}, {"introduction", 4, SECTION_SUMMARY, 0}, {"biography", 4, SECTION_SUMMARY, 0},
    {"bio", 4, SECTION_SUMMARY, 0}, {"background", 1, SECTION_SUMMARY, 0}, {"synopsis", 4, SECTION_SUMMARY, 0},
    {"volunteer", 6, SECTION_OTHER, 0}, {"volunteering", 6, SECTION_OTHER, 0}, {"voluntary", 6, SECTION_OTHER, 0}, {"certifications", 5, SECTION_CERTIFICATIONS, 0},
    {"certification", 5, SECTION_CERTIFICATIONS, 0}, {"certificates", 5, SECTION_CERTIFICATIONS, 0}, {"certificate", 2, SECTION_CERTIFICATIONS, 0}, {"licenses", 5, SECTION_CERTIFICATIONS, 0},
    {"licences", 5, SECTION_CERTIFICATIONS, 0}, {"licensure", 5, SECTION_CERTIFICATIONS, 0}, {"licensures", 5, SECTION_CERTIFICATIONS, 0}, {"awards", 5, SECTION_OTHER, 0},
    {"award", 4, SECTION_OTHER, 0}, {"honors", 5, SECTION_OTHER, 0}, {"honours", 5, SECTION_OTHER, 0}, {"scholarships", 5, SECTION_OTHER, 0},
    {"recognition", 4, SECTION_OTHER, 0}, {"achievements", 4, SECTION_OTHER, 0}, {"accomplishments", 4, SECTION_OTHER, 0}, {"publications", 5, SECTION_OTHER, 0},
    {"presentations", 5, SECTION_OTHER, 0}, {"patents", 5, SECTION_OTHER, 0}, {"conferences", 5, SECTION_OTHER, 0}, {"talks", 4, SECTION_OTHER, 0},
    {"languages", 3, SECTION_LANGUAGES, 0}, {"language", 1, SECTION_LANGUAGES, 0}, {"interests", 5, SECTION_OTHER, 0}, {"hobbies", 5, SECTION_OTHER, 0},
    {"affiliations", 5, SECTION_OTHER, 0}, {"memberships", 5, SECTION_OTHER, 0}, {"membership", 4, SECTION_OTHER, 0}, {"associations", 4, SECTION_OTHER, 0},
    {"organizations", 4, SECTION_OTHER, 0}, {"activities", 4, SECTION_OTHER, 0}, {"involvement", 4, SECTION_OTHER, 0}, {"service", 2, SECTION_OTHER, 0},
    {"development", 2, SECTION_OTHER, 0}, {"information", 1, SECTION_OTHER, 0}, {"details", 1, SECTION_OTHER, 0},
    {"accreditations", 5, SECTION_CERTIFICATIONS, 0}, {"accreditation", 5, SECTION_CERTIFICATIONS, 0}, {"credentials", 3, SECTION_CERTIFICATIONS, 0},
    {"linguistic", 6, SECTION_LANGUAGES, 0}, {"grants", 5, SECTION_OTHER, 0}, {"fellowships", 5, SECTION_OTHER, 0}, {"papers", 4, SECTION_OTHER, 0}, {"prizes", 5, SECTION_OTHER, 0},
    {"distinctions", 5, SECTION_OTHER, 0}, {"accolades", 5, SECTION_OTHER, 0}, {"seminars", 4, SECTION_OTHER, 0}, {"workshops", 3, SECTION_OTHER, 0},
    {"extracurriculars", 5, SECTION_OTHER, 0}, {"philanthropy", 4, SECTION_OTHER, 0}, {"miscellaneous", 4, SECTION_OTHER, 0}, {"availability", 4, SECTION_OTHER, 0},
    {"endorsements", 5, SECTION_OTHER, TOPIC_REFERENCES}, {"declaration", 5, SECTION_OTHER, 0}, {"links", 3, SECTION_OTHER, TOPIC_CONTACT}, {"contact", 5, SECTION_OTHER, TOPIC_CONTACT},
    {"contacts", 5, SECTION_OTHER, TOPIC_CONTACT}, {"references", 5, SECTION_OTHER, TOPIC_REFERENCES}, {"referees", 5, SECTION_OTHER, TOPIC_REFERENCES},
    {"testimonials", 5, SECTION_OTHER, TOPIC_REFERENCES},
    /* Words that only come with one of the above. */
    {"professional", 0, 0, 0}, {"relevant", 0, 0, 0}, {"related", 0, 0, 0}, {"technical", 0, 0, 0}, {"core", 0, 0, 0}, {"key", 0, 0, 0},
    {"additional", 0, 0, 0}, {"other", 0, 0, 0}, {"selected", 0, 0, 0}, {"personal", 0, 0, 0}, {"leadership", 0, 0, 0}, {"teaching", 0, 0, 0}, {"research", 0, 0, 0},
    {"clinical", 0, 0, 0}, {"industry", 0, 0, 0}, {"recent", 0, 0, 0}, {"previous", 0, 0, 0}, {"past", 0, 0, 0}, {"prior", 0, 0, 0}, {"current", 0, 0, 0},
    {"military", 0, 0, 0}, {"computer", 0, 0, 0}, {"software", 0, 0, 0}, {"it", 0, 0, 0}, {"soft", 0, 0, 0}, {"hard", 0, 0, 0}, {"general", 0, 0, 0},
    {"executive", 0, 0, 0}, {"job", 0, 0, 0}, {"management", 0, 0, 0}, {"business", 0, 0, 0}, {"community", 0, 0, 0}, {"extracurricular", 0, 0, 0}, {"curricular", 0, 0, 0},
    {"extra", 0, 0, 0}, {"social", 0, 0, 0}, {"side", 0, 0, 0}, {"open", 0, 0, 0}, {"source", 0, 0, 0}, {"major", 0, 0, 0}, {"main", 0, 0, 0}, {"notable", 0, 0, 0},
    {"special", 0, 0, 0}, {"areas", 0, 0, 0}, {"area", 0, 0, 0}, {"field", 0, 0, 0}, {"programming", 4, SECTION_SKILLS, 0}, {"continuing", 0, 0, 0}, {"further", 0, 0, 0}, {"formal", 0, 0, 0},
    {"freelance", 0, 0, 0}, {"consulting", 0, 0, 0}, {"sales", 0, 0, 0}, {"marketing", 0, 0, 0}, {"nursing", 0, 0, 0}, {"legal", 0, 0, 0}, {"engineering", 0, 0, 0},
    {"graduate", 0, 0, 0}, {"college", 0, 0, 0}, {"interpersonal", 0, 0, 0}, {"transferable", 0, 0, 0}, {"digital", 0, 0, 0}, {"people", 0, 0, 0}, {"foreign", 0, 0, 0},
    {"spoken", 0, 0, 0}, {"available", 0, 0, 0}, {"upon", 0, 0, 0}, {"request", 0, 0, 0}, {"summarized", 0, 0, 0}, {"me", 0, 0, 0}, {"civic", 0, 0, 0},
    {"undertaken", 0, 0, 0}, {"completed", 0, 0, 0}, {"known", 0, 0, 0}, {"practical", 0, 0, 0}, {"industrial", 0, 0, 0}, {"online", 0, 0, 0}, {"tech", 0, 0, 0},
    {"set", 0, 0, 0}, {"functional", 0, 0, 0}, {"final", 0, 0, 0}, {"year", 0, 0, 0}, {"co", 0, 0, 0},
    {"and", FILLER, 0, 0}, {"of", FILLER, 0, 0}, {"in", FILLER, 0, 0}, {"the", FILLER, 0, 0}, {"my", FILLER, 0, 0}, {"with", FILLER, 0, 0}, {"for", FILLER, 0, 0},
    {"held", 0, 0, 0}, {"a", FILLER, 0, 0}, {"at", FILLER, 0, 0},
};

static const struct entry *find_entry(struct str word)
{
    for (size_t i = 0; i < COUNT_OF(entries); i++)
        if (str_equal_ci(word, str_from(entries[i].word))) return &entries[i];
    return NULL;
}

static bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80; }
static bool is_capital(char c) { return c >= 'A' && c <= 'Z'; }

static bool is_named(const struct entry *entry, const char *word) { return str_equal(str_from(entry->word), str_from(word)); }

/* Reads a phrase that holds nothing but words of headings. */
static bool read_phrase(struct str phrase, struct heading *out)
{
    const struct entry *best = NULL, *last = NULL;
    size_t words = 0;
    for (size_t at = 0; at < phrase.len;) {
        char c = phrase.ptr[at];
        if (c == ' ' || c == '&' || c == '/' || c == ',' || c == '-' || c == '+' || c == '\'' || c == '(' || c == ')') {
            at++;
            continue;
        }
        size_t start = at;
        while (at < phrase.len && is_letter(phrase.ptr[at])) at++;
        const struct entry *entry = at > start ? find_entry(str_slice(phrase, start, at)) : NULL;
        if (!entry || ++words > WORDS_MAX) return false;
        if (last && is_named(last, "language") && entry->section == SECTION_SKILLS) entry = last; /* "Language Skills", "Language Proficiency" */
        else if (last && is_named(last, "project") && is_named(entry, "experience")) entry = last;
        last = entry;
        if (entry->strength > 0 && (!best || entry->strength > best->strength)) best = entry;
    }
    if (!best || last->strength == FILLER) return false; /* "Skills and" goes on in the next line */
    *out = (struct heading){.section = best->section, .topic = best->topic, .is_weak = best->strength == WEAK, .is_vague = best->strength == VAGUE};
    return true;
}

/* "E D U C A T I O N", "S U M M A RY", "W O R K  H I S T O R Y": the letters without the spaces, words apart where two spaces are. */
static struct str close_up(struct str line, char *out, size_t max)
{
    size_t letters = 0, parts = 0, len = 0;
    for (size_t i = 0; i < line.len && len + 2 < max; i++) {
        char c = line.ptr[i];
        if (is_letter(c)) {
            letters++;
            parts += i == 0 || !is_letter(line.ptr[i - 1]);
            out[len++] = c;
        } else if (c == '&') {
            out[len++] = ' ';
            out[len++] = c;
        } else if (c != ' ') {
            return (struct str){0};
        } else if (i && line.ptr[i - 1] == ' ' && len && out[len - 1] != ' ') {
            out[len++] = ' ';
        }
    }
    return letters >= 5 && parts * 2 > letters ? (struct str){out, len} : (struct str){0};
}

/* Spaced letters whose word gaps are lost: every way to split them into words of headings is tried. */
static bool split_words(struct str letters, int depth, char *out, size_t len, size_t max)
{
    if (letters.len == 0) return true;
    for (size_t i = 0; depth < WORDS_MAX && i < COUNT_OF(entries); i++) {
        struct str word = str_from(entries[i].word);
        if (word.len > letters.len || len + word.len + 2 > max || !str_equal_ci(str_slice(letters, 0, word.len), word)) continue;
        memcpy(out + len, word.ptr, word.len);
        out[len + word.len] = ' ';
        out[len + word.len + 1] = 0;
        if (split_words(str_slice(letters, word.len, letters.len), depth + 1, out, len + word.len + 1, max)) return true;
    }
    return false;
}

static bool read_spaced(struct str line, struct heading *out)
{
    char closed[LINE_MAX_BYTES * 2], split[LINE_MAX_BYTES * 2] = "";
    struct str letters = close_up(line, closed, sizeof(closed));
    if (letters.len == 0) return false;
    if (read_phrase(letters, out)) return true;
    return split_words(letters, 0, split, 0, sizeof(split)) && read_phrase(str_trim(str_from(split)), out);
}

/* Without decoration: number signs, rules, stars, a number in front. */
static struct str bare(struct str line, bool *is_bulleted)
{
    line = str_trim(line);
    size_t start = 0, end = line.len;
    *is_bulleted = str_starts(line, STR("\xE2\x80\xA2")) || str_starts(line, STR("- ")) || str_starts(line, STR("* "));
    while (start < end && !(is_letter(line.ptr[start]) && (unsigned char)line.ptr[start] < 0x80)) start++;
    while (end > start && !(is_letter(line.ptr[end - 1]) && (unsigned char)line.ptr[end - 1] < 0x80) && line.ptr[end - 1] != ')') end--;
    return str_slice(line, start, end);
}

static bool is_all_capitals(struct str s)
{
    for (size_t i = 0; i < s.len; i++)
        if (s.ptr[i] >= 'a' && s.ptr[i] <= 'z') return false;
    return true;
}

/* "Skills", "## Skills" */
static bool stands_alone(struct str line, struct heading *out)
{
    if (line.len == 0 || line.len > LINE_MAX_BYTES || str_ends(line, STR(".")) || str_ends(line, STR(","))) return false;
    bool is_bulleted = false, marked = str_starts(line, STR("#")) || str_ends(line, STR(":"));
    struct str phrase = bare(line, &is_bulleted);
    if (phrase.len < 4 || (!is_capital(phrase.ptr[0]) && !marked)) return false;
    if (is_bulleted && !is_all_capitals(phrase)) return false;
    if (!read_phrase(phrase, out) && !read_spaced(phrase, out)) return false;
    out->is_loud = marked || is_all_capitals(phrase);
    return true;
}

/* "Skills: Java, SQL", "Work<tab>Acme" */
static bool runs_in(struct str line, struct heading *out)
{
    size_t tab = str_find_char(line, '\t', 0), colon = str_find_char(line, ':', 0);
    size_t end = tab < colon ? tab : colon;
    if (end == STR_NPOS || end == 0 || end > 40) return false;
    struct str phrase = str_slice(line, 0, end), content = str_trim(str_slice(line, end + 1, line.len));
    if (content.len == 0 || !stands_alone(str_trim(phrase), out)) return false;
    if (end == colon && out->is_weak) return false;
    out->content = content;
    out->is_label = end == tab;
    return true;
}

bool resume_heading_read(struct str line, bool can_run_in, struct heading *out)
{
    *out = (struct heading){0};
    line = str_trim(line);
    return stands_alone(line, out) || (can_run_in && runs_in(line, out));
}
