/* The action agent reads an uploaded resume: text in the sandbox, sections, contact data, and skills to offer.
 *
 * `work` reads only; all that it finds is written by `apply` in one transaction with the completion of the job. A file that cannot be read is a result,
 * told in a sentence, and no failed job; only what a later try may mend (no sandbox, no memory) is tried again. Should the resume be
 * replaced or deleted meanwhile, nothing happens.
 */
#include "agents/kinds.h"
#include "agents/resume_read.sql.h"
#include "ai/catalogue.h"
#include "ai/extract.h"
#include "ai/resume_skills.h"
#include "base/clock.h"
#include "json/json.h"

#define ATTEMPTS 5
#define SNIPPET_POINTS 200
#define SUGGESTIONS_MAX 100

struct reading {
    struct str resume_id, file_name;
    struct str failure; /* the sentence for the person; "" when it was read */
    struct extracted file;
    struct resume resume;
    struct skill_mention *skills; /* each once */
    size_t skills_count;
};

static bool is_about_the_file(enum err error)
{
    return error == ERR_INVALID || error == ERR_UNSUPPORTED || error == ERR_TOO_LARGE || error == ERR_TIMEOUT;
}

static enum err read_content(struct job *job, struct str media_type, struct str content, struct reading *reading)
{
    enum err result = extract_text(job->arena, media_type, content, &reading->file);
    if (result == OK) result = resume_parse(job->arena, reading->file.text, &reading->resume);
    if (result == OK) {
        reading->skills_count = resume_skills(job->arena, &reading->resume, &reading->skills);
        return OK;
    }
    if (is_about_the_file(result)) reading->failure = str_copy(job->arena, str_from(err_detail()));
    else if (job->attempt >= ATTEMPTS) reading->failure = STR("Files cannot be read here at the moment. Upload it again later.");
    return reading->failure.len ? OK : result;
}

static enum err work(struct job *job)
{
    struct reading *reading = arena_new(job->arena, struct reading);
    reading->resume_id = json_get_str(job->payload, "resume_id");
    struct str media_type, content;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        enum err found = db_query_one(job->db, &sql_resume_read_upload, DB_ARGS(db_uuid(job->user_id), db_uuid(reading->resume_id)), &rows);
        if (found == ERR_NOT_FOUND) return OK;
        TRY(found);
        media_type = db_col_text(&rows, 0, job->arena);
        reading->file_name = db_col_text(&rows, 1, job->arena);
        content = db_col_text(&rows, 2, job->arena);
    }
    TRY(read_content(job, media_type, content, reading));
    job->state = reading;
    return OK;
}

static enum err apply_failure(struct job *job, const struct reading *reading)
{
    TRY(db_exec_one(job->db, &sql_resume_read_failed, DB_ARGS(db_uuid(job->user_id), db_uuid(reading->resume_id), db_text(reading->failure))));
    TRY(db_exec(job->db, &sql_resume_read_drop_upload, DB_ARGS(db_uuid(job->user_id), db_uuid(reading->resume_id))));
    buf_append_str(job->result, STR("{\"read\":false}"));
    return bus_notify(job->db, job->arena, job->user_id, "resume", STR("Your resume could not be read"), reading->failure, STR("/resume"));
}

static struct str contact_json(struct arena *arena, const struct resume_contact *contact)
{
    struct buf document CLEANUP(buf_dispose) = {0};
    struct json_writer json;
    json_begin(&json, &document);
    json_object_open(&json);
    json_member_str(&json, "name", contact->name);
    json_member_str(&json, "email", contact->email);
    json_member_str(&json, "phone", contact->phone);
    json_member_str(&json, "location", contact->location);
    json_key(&json, "links");
    json_array_open(&json);
    struct str rest = contact->links, link;
    while (str_split_next(&rest, '\n', &link)) json_write_str(&json, link);
    json_array_close(&json);
    json_object_close(&json);
    return str_copy(arena, buf_str(&document));
}

static enum err store_chunks(struct job *job, const struct reading *reading)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    json_list_open(&list);
    for (size_t i = 0; i < reading->resume.chunks_count; i++) {
        const struct resume_chunk *chunk = &reading->resume.chunks[i];
        json_object_open(&list.writer);
        json_member_int(&list.writer, "index", chunk->index);
        json_member_str(&list.writer, "section", str_from(resume_section_name(chunk->section)));
        json_member_str(&list.writer, "text", chunk->text);
        json_object_close(&list.writer);
    }
    if (json_list_overflows(&list)) return err_set(ERR_TOO_LARGE, "the resume is too long");
    return db_exec(job->db, &sql_resume_read_chunks, DB_ARGS(db_uuid(job->user_id), db_uuid(reading->resume_id), db_json(json_list_str(&list))));
}

/* The line in which a skill is named. */
static struct str snippet_of(struct str text, const struct skill_mention *mention)
{
    size_t start = mention->start, end = mention->end;
    while (start > 0 && text.ptr[start - 1] != '\n') start--;
    while (end < text.len && text.ptr[end] != '\n') end++;
    struct str line = str_trim(str_slice(text, start, end));
    if (str_utf8_length(line) <= SNIPPET_POINTS) return line;
    /* A long line begins a little before the name. */
    size_t from = mention->start > start + 60 ? mention->start - 60 : start;
    while (from < mention->start && ((unsigned char)text.ptr[from] & 0xC0) == 0x80) from++;
    return str_trim(str_utf8_prefix(str_slice(text, from, end), SNIPPET_POINTS));
}

static enum err store_suggestions(struct job *job, const struct reading *reading)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    TRY(db_exec(job->db, &sql_resume_read_drop_suggestions, DB_ARGS(db_uuid(job->user_id))));
    json_list_open(&list);
    for (size_t i = 0; i < reading->skills_count && i < SUGGESTIONS_MAX; i++) {
        json_object_open(&list.writer);
        json_member_str(&list.writer, "skill", catalogue_skill_at(reading->skills[i].skill)->id);
        json_member_str(&list.writer, "snippet", snippet_of(reading->resume.text, &reading->skills[i]));
        json_object_close(&list.writer);
    }
    return db_exec(job->db, &sql_resume_read_suggest, DB_ARGS(db_uuid(job->user_id), db_json(json_list_str(&list)), db_time(clock_now())));
}

static enum err publish(struct job *job, const struct reading *reading, struct str summary)
{
    struct buf payload CLEANUP(buf_dispose) = {0};
    struct json_writer json;
    json_begin(&json, &payload);
    json_object_open(&json);
    json_member_str(&json, "user_id", job->user_id);
    json_member_str(&json, "resume_id", reading->resume_id);
    json_key(&json, "skills");
    json_array_open(&json);
    for (size_t i = 0; i < reading->skills_count && i < SUGGESTIONS_MAX; i++) json_write_str(&json, catalogue_skill_at(reading->skills[i].skill)->id);
    json_array_close(&json);
    json_object_close(&json);
    struct event event = {.type = "RESUME_READ", .user_id = job->user_id, .payload = buf_str(&payload), .summary = summary, .cause = job};
    return bus_publish(job->db, job->arena, &event, NULL);
}

static enum err apply_success(struct job *job, const struct reading *reading)
{
    struct db_value user = db_uuid(job->user_id), resume = db_uuid(reading->resume_id);
    int64_t offered = 0;
    TRY(db_exec_one(job->db, &sql_resume_read_ready,
                    DB_ARGS(user, resume, db_text(reading->resume.text), db_json(contact_json(job->arena, &reading->resume.contact)),
                            db_text(str_from(reading->file.type)))));
    TRY(db_exec(job->db, &sql_resume_read_drop_upload, DB_ARGS(user, resume)));
    TRY(db_exec(job->db, &sql_resume_read_drop_older, DB_ARGS(user, resume)));
    TRY(store_chunks(job, reading));
    TRY(store_suggestions(job, reading));
    TRY(db_query_int(job->db, &sql_resume_read_count_suggestions, DB_ARGS(user), &offered));
    struct str words = offered == 1 ? STR("One skill waits for your word.") : offered ? str_format(job->arena, "%lld skills wait for your word.", (long long)offered)
                                                                                      : STR("It names no skill that is not in your list already.");
    buf_append_format(job->result, "{\"read\":true,\"skills\":%zu}", reading->skills_count);
    TRY(publish(job, reading, str_format(job->arena, "Your resume %.*s was read. %.*s", STR_ARG(reading->file_name), STR_ARG(words))));
    return bus_notify(job->db, job->arena, job->user_id, "resume", STR("Your resume was read"), words, STR("/resume"));
}

static enum err apply(struct job *job)
{
    const struct reading *reading = job->state;
    if (!reading) return OK;
    enum err result = reading->failure.len ? apply_failure(job, reading) : apply_success(job, reading);
    return result == ERR_NOT_FOUND ? OK : result; /* replaced or deleted while it was read */
}

const struct job_kind kind_resume_read = {.name = "resume.read",
                                          .agent = "action",
                                          .title = "Reading your resume",
                                          .work = work,
                                          .apply = apply,
                                          .max_attempts = ATTEMPTS, .lane = &lane_person,
                                          .causes = CAUSES("RESUME_READ")};
