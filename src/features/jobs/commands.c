/* careerprep jobs import, jobs match. */
#include "ai/catalogue.h"
#include "ai/extract.h"
#include "ai/resume_skills.h"
#include "base/clock.h"
#include "base/file.h"
#include "features/command.h"
#include "features/jobs/import.h"
#include "features/jobs/jobs.h"
#include "features/jobs/matches.h"
#include "json/json.h"

#include <inttypes.h>
#include <stdio.h>

#define RESUME_FILE_MAX ((size_t)10 << 20)
#define MATCHES_SHOWN 10

static enum err with_store(struct arena *arena, void *argument, enum err (*body)(struct db *db, struct arena *arena, void *argument))
{
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    enum err result = command_open_store(&pool, 1);
    if (result == OK) result = db_acquire(pool, &db);
    if (result == OK) result = body(db, arena, argument);
    db_release(db);
    if (pool) db_pool_close(pool);
    return result;
}

/* ---- jobs import ---- */

struct importing {
    struct str content;
    struct import_report report;
};

static enum err run_import(struct db *db, struct arena *arena, void *argument)
{
    struct importing *importing = argument;
    return import_listings(db, arena, importing->content, &importing->report);
}

static int print_import_json(const struct import_report *report)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_object_open(&writer);
    json_member_int(&writer, "read", report->read);
    json_member_int(&writer, "new", report->added);
    json_member_int(&writer, "updated", report->updated);
    json_member_int(&writer, "unchanged", report->unchanged);
    json_member_int(&writer, "refused", report->refused);
    json_key(&writer, "refusals");
    json_array_open(&writer);
    for (size_t i = 0; i < report->refusals_count; i++) {
        json_object_open(&writer);
        json_member_int(&writer, "listing", (int64_t)report->refusals[i].index + 1); /* counted from 1, as people do */
        json_member_str(&writer, "reason", report->refusals[i].reason);
        json_object_close(&writer);
    }
    json_array_close(&writer);
    json_object_close(&writer);
    return command_print_json(&out);
}

static int print_import(const struct import_report *report)
{
    printf("%" PRId64 " listings read: %" PRId64 " new, %" PRId64 " updated, %" PRId64 " unchanged, %" PRId64 " refused.\n", report->read,
           report->added, report->updated, report->unchanged, report->refused);
    for (size_t i = 0; i < report->refusals_count; i++)
        printf("  listing %zu: %.*s\n", report->refusals[i].index + 1, STR_ARG(report->refusals[i].reason));
    if (report->refused > (int64_t)report->refusals_count) printf("  and %" PRId64 " more\n", report->refused - (int64_t)report->refusals_count);
    if (report->added + report->updated) printf("Market insights and matches follow as soon as the server runs.\n");
    return 0;
}

int jobs_import_command(int argc, char **argv)
{
    struct command_options options;
    if (!command_parse(argc, argv, 1, 1, &options)) return 2;
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct importing importing = {0};
    enum err result = file_read(&arena, options.operands[0], LISTINGS_FILE_MAX, &importing.content);
    if (result == OK) result = with_store(&arena, &importing, run_import);
    if (result != OK) return command_failed(result);
    int printed = options.json ? print_import_json(&importing.report) : print_import(&importing.report);
    bool all_refused = importing.report.read > 0 && importing.report.refused == importing.report.read;
    return printed ? printed : all_refused;
}

/* ---- jobs match ---- */

struct matching {
    struct jobs_person person;
    struct jobs_matches matches;
};

static enum err run_match(struct db *db, struct arena *arena, void *argument)
{
    struct matching *matching = argument;
    struct corpus *corpus = arena_new(arena, struct corpus);
    struct jobs_filter all = {.band = -1, .skill = CATALOGUE_NONE};
    TRY(corpus_load(db, arena, clock_now(), corpus));
    return jobs_matches_find(db, arena, &matching->person, corpus, &all, &matching->matches);
}

/* What a resume alone tells: the skills it names, as claims, and as goals the occupations that its first lines name. */
static enum err person_from_resume(struct arena *arena, struct str text, struct jobs_person *person)
{
    struct resume resume;
    TRY(resume_parse(arena, text, &resume));
    *person = (struct jobs_person){.match = {.years = -1}, .resume = text};
    struct skill_mention *mentions = NULL;
    size_t count = resume_skills(arena, &resume, &mentions);
    struct match_person_skill *skills = arena_array(arena, struct match_person_skill, count);
    for (size_t i = 0; i < count; i++) skills[i].skill = mentions[i].skill;
    person->match.skills = skills;
    person->match.skills_count = count;
    struct str rest = text, line;
    for (int lines = 0; lines < 8 && str_split_next(&rest, '\n', &line);) {
        line = str_trim(line);
        if (!line.len) continue;
        lines++;
        if (line.len <= 60 && catalogue_occupation_for(line) != CATALOGUE_NONE) str_list_add(arena, &person->match.roles, line);
    }
    person->is_known = true;
    return OK;
}

static void write_match(struct json_writer *writer, struct arena *arena, const struct jobs_matches *matches, const struct jobs_match *match)
{
    const struct corpus_listing *listing = match->listing;
    json_object_open(writer);
    json_key(writer, "listing");
    json_object_open(writer);
    json_member_str(writer, "id", listing->id);
    json_member_str(writer, "title", listing->title);
    json_member_str(writer, "company", listing->company);
    json_member_str(writer, "location", listing->location);
    json_member_str(writer, "source", listing->source);
    json_member_str(writer, "url", listing->url);
    json_object_close(writer);
    json_member_str(writer, "band", str_from(match_band_name(match->band)));
    json_member_double(writer, "score", (double)(int)(match->score * 1000 + 0.5) / 1000);
    json_key(writer, "reasons");
    json_array_open(writer);
    struct match_listing input = corpus_for_match(listing);
    struct match_reason *reasons;
    size_t count = match_reasons(arena, matches->matcher, &input, &reasons);
    for (size_t i = 0; i < count; i++) {
        json_object_open(writer);
        json_member_str(writer, "kind", str_from(match_reason_kind_name(reasons[i].kind)));
        json_member_str(writer, "text", reasons[i].text);
        json_object_close(writer);
    }
    json_array_close(writer);
    json_object_close(writer);
}

static int print_matches_json(struct arena *arena, const struct jobs_matches *matches, size_t top)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_object_open(&writer);
    json_key(&writer, "matches");
    json_array_open(&writer);
    for (size_t i = 0; i < top; i++) write_match(&writer, arena, matches, &matches->items[i]);
    json_array_close(&writer);
    json_object_close(&writer);
    return command_print_json(&out);
}

static void print_match(struct arena *arena, const struct jobs_matches *matches, const struct jobs_match *match)
{
    const struct corpus_listing *listing = match->listing;
    printf("%s: %.*s, %.*s, %.*s\n", match_band_title(match->band), STR_ARG(listing->title), STR_ARG(listing->company), STR_ARG(listing->location));
    struct match_listing input = corpus_for_match(listing);
    struct match_reason *reasons;
    size_t count = match_reasons(arena, matches->matcher, &input, &reasons);
    for (size_t i = 0; i < count; i++) printf("  %c %.*s\n", reasons[i].is_good ? '+' : '-', STR_ARG(reasons[i].text));
}

int jobs_match_command(int argc, char **argv)
{
    struct command_options options;
    if (!command_parse(argc, argv, 1, 1, &options)) return 2;
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str content;
    struct extracted extracted;
    struct matching matching = {0};
    enum err result = file_read(&arena, options.operands[0], RESUME_FILE_MAX, &content);
    if (result == OK) result = extract_text(&arena, (struct str){0}, content, &extracted);
    if (result == OK) result = person_from_resume(&arena, extracted.text, &matching.person);
    if (result == OK) result = with_store(&arena, &matching, run_match);
    if (result != OK) return command_failed(result);
    size_t top = options.top ? (size_t)options.top : MATCHES_SHOWN;
    if (top > matching.matches.count) top = matching.matches.count;
    if (options.json) return print_matches_json(&arena, &matching.matches, top);
    for (size_t i = 0; i < top; i++) print_match(&arena, &matching.matches, &matching.matches.items[i]);
    if (!matching.matches.count) printf("There are no listings yet: `careerprep jobs import FILE` brings them.\n");
    return 0;
}
