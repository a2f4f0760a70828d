/* careerprep resume parse, skills extract. */
#include "ai/catalogue.h"
#include "ai/extract.h"
#include "ai/resume_skills.h"
#include "ai/skill_text.h"
#include "base/file.h"
#include "features/command.h"
#include "features/resume/resume.h"
#include "json/json.h"

#include <stdio.h>

#define TEXT_MAX ((size_t)8 << 20)

static void write_skill(struct json_writer *json, size_t index)
{
    const struct catalogue_skill *skill = catalogue_skill_at(index);
    json_member_str(json, "name", skill->name);
    json_member_str(json, "id", skill->id);
    json_member_str(json, "category", skill->category);
}

/* Where a part of the text stands in it, in bytes. */
static void write_place(struct json_writer *json, struct str text, struct str part)
{
    json_member_int(json, "start", part.ptr - text.ptr);
    json_member_int(json, "end", part.ptr - text.ptr + (int64_t)part.len);
}

static void write_contact(struct json_writer *json, const struct resume_contact *contact)
{
    json_key(json, "contact");
    json_object_open(json);
    json_member_str(json, "name", contact->name);
    json_member_str(json, "email", contact->email);
    json_member_str(json, "phone", contact->phone);
    json_member_str(json, "location", contact->location);
    json_key(json, "links");
    json_array_open(json);
    struct str rest = contact->links, link;
    while (str_split_next(&rest, '\n', &link)) json_write_str(json, link);
    json_array_close(json);
    json_object_close(json);
}

static void write_chunks(struct json_writer *json, const struct resume *resume)
{
    json_key(json, "chunks");
    json_array_open(json);
    for (size_t i = 0; i < resume->chunks_count; i++) {
        json_object_open(json);
        json_member_str(json, "section", str_from(resume_section_name(resume->chunks[i].section)));
        json_member_str(json, "text", resume->chunks[i].text);
        json_member_int(json, "index", resume->chunks[i].index);
        write_place(json, resume->text, resume->chunks[i].text);
        json_object_close(json);
    }
    json_array_close(json);
}

/* Each skill once, in the order of first mention, with its place and the number of its mentions. */
static void write_mentioned(struct arena *arena, struct json_writer *json, const struct resume *resume)
{
    struct skill_mention *all, *unique;
    size_t mentions = skill_text_find(arena, resume->text, &all), skills = resume_skills(arena, resume, &unique);
    int64_t *counts = arena_array(arena, int64_t, catalogue_skills_count);
    for (size_t i = 0; i < mentions; i++) counts[all[i].skill]++;
    json_key(json, "skills");
    json_array_open(json);
    for (size_t i = 0; i < skills; i++) {
        json_object_open(json);
        write_skill(json, unique[i].skill);
        json_member_int(json, "mentions", counts[unique[i].skill]);
        write_place(json, resume->text, str_slice(resume->text, unique[i].start, unique[i].end));
        json_object_close(json);
    }
    json_array_close(json);
}

static void print_for_people(const struct resume *resume, const struct extracted *file)
{
    printf("%s", file->type);
    if (file->pages) printf(", %d page%s", file->pages, file->pages == 1 ? "" : "s");
    printf(", %zu bytes of text\n", file->text.len);
    const struct resume_contact *contact = &resume->contact;
    if (contact->name.len) printf("name      %.*s\n", STR_ARG(contact->name));
    if (contact->email.len) printf("e-mail    %.*s\n", STR_ARG(contact->email));
    if (contact->phone.len) printf("phone     %.*s\n", STR_ARG(contact->phone));
    if (contact->location.len) printf("location  %.*s\n", STR_ARG(contact->location));
    for (size_t i = 0; i < resume->chunks_count; i++)
        printf("\n[%s]\n%.*s\n", resume_section_name(resume->chunks[i].section), STR_ARG(resume->chunks[i].text));
}

static enum err parse_file(struct arena *arena, const char *path, struct extracted *file, struct resume *resume)
{
    struct str content;
    TRY(file_read(arena, path, RESUME_FILE_MAX, &content));
    TRY(extract_text(arena, (struct str){0}, content, file));
    return resume_parse(arena, file->text, resume);
}

int resume_command_parse(int argc, char **argv)
{
    struct command_options options;
    if (!command_parse(argc, argv, 1, 1, &options)) return 2;
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct extracted file;
    struct resume resume;
    enum err result = parse_file(&arena, options.operands[0], &file, &resume);
    if (result != OK) return command_failed(result);
    if (!options.json) {
        print_for_people(&resume, &file);
        return 0;
    }
    struct buf document CLEANUP(buf_dispose) = {0};
    struct json_writer json;
    json_begin(&json, &document);
    json_object_open(&json);
    json_member_str(&json, "text", resume.text);
    write_chunks(&json, &resume);
    write_contact(&json, &resume.contact);
    write_mentioned(&arena, &json, &resume);
    json_object_close(&json);
    return command_print_json(&document);
}

int resume_command_extract(int argc, char **argv)
{
    struct command_options options;
    if (!command_parse(argc, argv, 0, 0, &options)) return 2;
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str text;
    enum err result = file_read_stdin(&arena, TEXT_MAX, &text);
    if (result != OK) return command_failed(result);
    struct skill_mention *mentions;
    size_t count = skill_text_find(&arena, text, &mentions);
    if (!options.json) {
        for (size_t i = 0; i < count; i++) printf("%zu-%zu %.*s\n", mentions[i].start, mentions[i].end, STR_ARG(catalogue_skill_at(mentions[i].skill)->name));
        return 0;
    }
    struct buf document CLEANUP(buf_dispose) = {0};
    struct json_writer json;
    json_begin(&json, &document);
    json_object_open(&json);
    json_key(&json, "skills");
    json_array_open(&json);
    for (size_t i = 0; i < count; i++) {
        json_object_open(&json);
        write_skill(&json, mentions[i].skill);
        json_member_int(&json, "start", (int64_t)mentions[i].start);
        json_member_int(&json, "end", (int64_t)mentions[i].end);
        json_object_close(&json);
    }
    json_array_close(&json);
    json_object_close(&json);
    return command_print_json(&document);
}
