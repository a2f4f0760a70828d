/* The action agent prepares an application for a listing that fits, for people who want that (Settings): a draft with a cover note that waits for the person's word.
 * Nothing is ever sent anywhere: the person takes the draft onto the board, and applies themselves.
 *
 * The note says what the listing asks for and quotes, word for word, what was proved of it in interviews; nothing else. Without such a proof there is no draft.
 * A person and a listing have one draft, whatever became of it, and none when the listing is on the board: the table's key makes that so when an event comes twice.
 */
#include "agents/action_apply.sql.h"
#include "agents/kinds.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "json/json.h"

#include <inttypes.h>

#define EVIDENCE_MAX 5
#define WAITING_MAX 10 /* drafts that the person has not looked at: more would bury them */

struct evidence {
    struct str verification_id, skill_id, name, quote;
    int64_t at; /* when the interview ended, 0 unknown */
};

struct application {
    struct job *job;
    struct str listing_id, person, title, company;
    double score;
    int64_t min_score, waiting;
    bool is_wanted, is_known;
    struct evidence evidence[EVIDENCE_MAX];
    size_t count;
};

static enum err read_facts(struct application *a, bool *is_there)
{
    struct job *job = a->job;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(job->db, &sql_action_apply_facts, DB_ARGS(db_uuid(job->user_id), db_uuid(a->listing_id)), &rows);
    *is_there = found == OK;
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    a->is_wanted = db_col_bool(&rows, 0);
    a->min_score = db_col_int(&rows, 1);
    a->person = str_trim(str_format(job->arena, "%.*s %.*s", STR_ARG(db_col_view(&rows, 2)), STR_ARG(db_col_view(&rows, 3))));
    a->title = db_col_text(&rows, 4, job->arena);
    a->company = db_col_text(&rows, 5, job->arena);
    a->waiting = db_col_int(&rows, 6);
    a->is_known = db_col_bool(&rows, 7);
    return OK;
}

/* The strongest proof of each skill. */
static enum err read_evidence(struct application *a)
{
    struct arena *arena = a->job->arena;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(a->job->db, &sql_action_apply_evidence, DB_ARGS(db_uuid(a->job->user_id), db_uuid(a->listing_id)), &rows));
    while (db_next(&rows) && a->count < EVIDENCE_MAX) {
        bool is_taken = false;
        for (size_t i = 0; i < a->count; i++) is_taken |= str_equal(a->evidence[i].skill_id, db_col_view(&rows, 1));
        if (is_taken) continue;
        a->evidence[a->count++] = (struct evidence){.verification_id = db_col_text(&rows, 0, arena), .skill_id = db_col_text(&rows, 1, arena),
                                                    .name = db_col_text(&rows, 2, arena), .quote = db_col_text(&rows, 3, arena), .at = db_col_time(&rows, 4)};
    }
    return db_rows_result(&rows);
}

static struct str cover_note(const struct application *a)
{
    struct arena *arena = a->job->arena;
    struct buf note CLEANUP(buf_dispose) = {0};
    buf_append_str(&note, STR("Hello,\n\nI am applying for the position "));
    buf_append_format(&note, "“%.*s”%s%.*s. ", STR_ARG(a->title), a->company.len ? " at " : "", STR_ARG(a->company));
    buf_append_str(&note, a->count == 1 ? STR("You ask for a skill that I have shown in an interview. In my own words:\n")
                                        : STR("You ask for skills that I have shown in interviews. In my own words:\n"));
    for (size_t i = 0; i < a->count; i++) {
        const struct evidence *one = &a->evidence[i];
        buf_append_format(&note, "\n%.*s: “%.*s”\n", STR_ARG(one->name), STR_ARG(one->quote));
        if (one->at) buf_append_format(&note, "(Interview of %.*s)\n", STR_ARG(time_long_date(arena, one->at)));
    }
    buf_append_str(&note, STR("\nI am happy to show more of it.\n"));
    if (a->person.len) buf_append_format(&note, "\n%.*s\n", STR_ARG(a->person));
    return str_copy(arena, buf_str(&note));
}

static struct str evidence_list(const struct application *a)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    json_list_open(&list);
    for (size_t i = 0; i < a->count; i++) {
        json_object_open(&list.writer);
        json_member_str(&list.writer, "verification_id", a->evidence[i].verification_id);
        json_member_str(&list.writer, "skill_id", a->evidence[i].skill_id);
        json_object_close(&list.writer);
    }
    return str_copy(a->job->arena, json_list_str(&list));
}

/* `draft_id` "": none was made, and `words` say why. */
static enum err say(struct job *job, struct str words, struct str draft_id)
{
    struct json_writer writer;
    json_begin(&writer, job->result);
    json_object_open(&writer);
    json_member_str(&writer, "summary", words);
    if (draft_id.len) json_member_str(&writer, "draft_id", draft_id);
    json_object_close(&writer);
    return OK;
}

static enum err store_draft(struct application *a)
{
    struct job *job = a->job;
    int64_t made = 0;
    struct str id = uuid_new(job->arena);
    TRY(db_exec_count(job->db, &sql_action_apply_draft,
                      DB_ARGS(db_uuid(id), db_uuid(job->user_id), db_uuid(a->listing_id), db_real(a->score), db_text(cover_note(a)), db_json(evidence_list(a)), db_time(clock_now())),
                      &made));
    if (!made) return say(job, STR("It has a draft already."), STR(""));
    struct str where = str_format(job->arena, "%.*s%s%.*s", STR_ARG(a->title), a->company.len ? " at " : "", STR_ARG(a->company));
    TRY(say(job, str_format(job->arena, "Prepared an application for %.*s, with %zu verified %s. It waits for your word; nothing was sent.", STR_ARG(where), a->count,
                            a->count == 1 ? "quote" : "quotes"), id));
    return bus_notify(job->db, job->arena, job->user_id, "draft", STR("An application waits for your word"), where, str_format(job->arena, "/jobs/drafts/%.*s", STR_ARG(id)));
}

static enum err prepare_application(struct job *job)
{
    struct application a = {.job = job, .listing_id = json_get_str(job->payload, "job_listing_id"), .score = json_get_double(job->payload, "match_score", 0)};
    bool is_there = false;
    TRY(read_facts(&a, &is_there));
    if (!is_there) return say(job, STR("The listing is over."), STR(""));
    if (!a.is_wanted) return say(job, STR("Prepared no application: you have not asked for drafts (Settings)."), STR(""));
    if (a.is_known) return say(job, STR("It is on your board or has a draft already."), STR(""));
    if (a.score * 100 < (double)a.min_score) return say(job, STR("Prepared no application: the job fits less than you ask for (Settings)."), STR(""));
    if (a.waiting >= WAITING_MAX) return say(job, str_format(job->arena, "%" PRId64 " drafts wait for your word already.", a.waiting), STR(""));
    TRY(read_evidence(&a));
    if (!a.count) return say(job, STR("Nothing proves yet what the listing asks for, so there is nothing to write."), STR(""));
    return store_draft(&a);
}

const struct job_kind kind_action_auto_apply = {.name = "action.auto_apply", .agent = "action", .title = "Preparing an application", .apply = prepare_application, .lane = &lane_person};
