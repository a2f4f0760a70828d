/* The strategist reads what an employer answered, and finds the gaps: skills that the answer names as missing (ai/rejection.h), and skills that the listing asks for and
 * nothing proves. Each with the sentence that says so, word for word.
 *
 * The text is what somebody else wrote and is not obeyed: all that can come of it are ids of the catalogue. `findings` of the row is the key: only the run that fills it
 * publishes, so that reading twice tells nothing twice. What the gaps mean for the person is decided on the event (strategist_rejection.c).
 */
#include "agents/kinds.h"
#include "agents/rejection_parse.sql.h"
#include "ai/catalogue.h"
#include "ai/rejection.h"
#include "ai/skill_text.h"
#include "json/json.h"

#define LISTING_GAPS_MAX 20

struct gap {
    size_t skill;
    bool is_named; /* by the answer */
    struct str quote;
    size_t start, end; /* of the quote in the answer */
};

struct reading {
    struct str rejection_id, application_id, text, listing; /* listing: title and description, "" without one */
    bool *is_proved; /* by catalogue index */
    struct gap *gaps;
    size_t count;
};

static enum err read_text(struct job *job, struct reading *reading, bool *is_open)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(job->db, &sql_rejection_parse_text, DB_ARGS(db_uuid(job->user_id), db_uuid(reading->rejection_id)), &rows);
    *is_open = found == OK;
    if (found == ERR_NOT_FOUND) return OK; /* read already, or deleted since */
    TRY(found);
    reading->text = db_col_text(&rows, 0, job->arena);
    reading->application_id = db_col_text(&rows, 1, job->arena);
    if (!db_col_is_null(&rows, 2))
        reading->listing = str_format(job->arena, "%.*s\n\n%.*s", STR_ARG(db_col_view(&rows, 3)), STR_ARG(db_col_view(&rows, 4)));
    return OK;
}

static enum err read_proved(struct job *job, struct reading *reading)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    reading->is_proved = arena_array(job->arena, bool, catalogue_skills_count);
    TRY(db_query(job->db, &sql_rejection_parse_proved, DB_ARGS(db_uuid(job->user_id)), &rows));
    while (db_next(&rows)) {
        size_t skill = catalogue_skill_by_id(db_col_view(&rows, 0));
        if (skill != CATALOGUE_NONE) reading->is_proved[skill] = true;
    }
    return db_rows_result(&rows);
}

static bool is_found(const struct reading *reading, size_t skill)
{
    for (size_t i = 0; i < reading->count; i++)
        if (reading->gaps[i].skill == skill) return true;
    return false;
}

/* What the answer names counts even when it is proved: the strategist weighs it. */
static void find_gaps(struct job *job, struct reading *reading)
{
    struct rejection_missing *missing;
    struct skill_mention *asked;
    size_t named = rejection_read(job->arena, reading->text, &missing), listed = skill_text_find_unique(job->arena, reading->listing, &asked);
    reading->gaps = arena_array(job->arena, struct gap, named + LISTING_GAPS_MAX);
    for (size_t i = 0; i < named; i++)
        reading->gaps[reading->count++] = (struct gap){.skill = missing[i].skill, .is_named = true, .start = missing[i].start, .end = missing[i].end,
                                                       .quote = str_slice(reading->text, missing[i].start, missing[i].end)};
    for (size_t i = 0; i < listed && reading->count < named + LISTING_GAPS_MAX; i++) {
        if (reading->is_proved[asked[i].skill] || is_found(reading, asked[i].skill)) continue;
        reading->gaps[reading->count++] = (struct gap){.skill = asked[i].skill, .quote = rejection_sentence(reading->listing, asked[i].start, asked[i].end)};
    }
}

static enum err work(struct job *job)
{
    struct reading *reading = arena_new(job->arena, struct reading);
    bool is_open = false;
    reading->rejection_id = json_get_str(job->payload, "rejection_id");
    TRY(read_text(job, reading, &is_open));
    if (!is_open) return OK;
    TRY(read_proved(job, reading));
    find_gaps(job, reading);
    job->state = reading;
    return OK;
}

static void write_findings(const struct reading *reading, struct buf *out)
{
    struct json_writer writer;
    json_begin(&writer, out);
    json_object_open(&writer);
    json_key(&writer, "gaps");
    json_array_open(&writer);
    for (size_t i = 0; i < reading->count; i++) {
        const struct gap *gap = &reading->gaps[i];
        json_object_open(&writer);
        json_member_str(&writer, "skill_id", catalogue_skill_at(gap->skill)->id);
        json_member_str(&writer, "source", gap->is_named ? STR("answer") : STR("listing"));
        json_member_str(&writer, "quote", gap->quote);
        if (gap->is_named) json_member_int(&writer, "start", (int64_t)gap->start);
        if (gap->is_named) json_member_int(&writer, "end", (int64_t)gap->end);
        json_object_close(&writer);
    }
    json_array_close(&writer);
    json_object_close(&writer);
}

static enum err publish(struct job *job, const struct reading *reading, struct str summary)
{
    struct buf payload CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &payload);
    json_object_open(&writer);
    json_member_str(&writer, "application_id", reading->application_id);
    json_key(&writer, "gaps");
    json_array_open(&writer);
    for (size_t i = 0; i < reading->count; i++) json_write_str(&writer, catalogue_skill_at(reading->gaps[i].skill)->id);
    json_array_close(&writer);
    json_object_close(&writer);
    struct event event = {.type = "REJECTION_PARSED", .user_id = job->user_id, .payload = buf_str(&payload), .summary = summary, .cause = job};
    return bus_publish(job->db, job->arena, &event, NULL);
}

static enum err apply(struct job *job)
{
    const struct reading *reading = job->state;
    struct buf findings CLEANUP(buf_dispose) = {0};
    int64_t changed = 0;
    size_t named = 0;
    if (!reading) return OK;
    write_findings(reading, &findings);
    TRY(db_exec_count(job->db, &sql_rejection_parse_keep, DB_ARGS(db_uuid(job->user_id), db_uuid(reading->rejection_id), db_json(buf_str(&findings))), &changed));
    if (changed != 1) return OK;
    for (size_t i = 0; i < reading->count; i++) named += reading->gaps[i].is_named;
    struct str words = str_format(job->arena, "An employer's answer was read: it names %zu %s as missing; the listing asks for %zu more that nothing proves yet.", named,
                                  named == 1 ? "skill" : "skills", reading->count - named);
    struct json_writer writer;
    json_begin(&writer, job->result);
    json_object_open(&writer);
    json_member_str(&writer, "summary", words);
    json_member_int(&writer, "named", (int64_t)named);
    json_member_int(&writer, "gaps", (int64_t)reading->count);
    json_object_close(&writer);
    return publish(job, reading, words);
}

const struct job_kind kind_rejection_parse = {.name = "rejection.parse", .agent = "strategist", .title = "Reading an employer's answer", .work = work, .apply = apply,
                                              .lane = &lane_person, .causes = CAUSES("REJECTION_PARSED")};
