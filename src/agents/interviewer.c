/* The interviewer's analysis: the truth loop.
 *
 * A finished interview is read and judged (ai/analyze.h) without a transaction; then everything that follows is one transaction: the proofs,
 * the verified skills with the numbers counted from the rows, the outcome, the events for architect and matcher, and the notification.
 * The interview's status is the key: only the run that turns 'completed' into 'analyzed' writes anything, so that running twice stores and
 * tells nothing twice.
 *
 * A quote is compared once more with the stored turn before it is stored. One that is not there byte for byte, or not in an answer, is an
 * error of ours: it is logged and left out.
 *
 * One wording of one skill is one proof: what an earlier interview's quote says already is not stored again, and changes nothing.
 *
 * A gap is a claim at proficient or expert that this interview asked about, did not prove, and none proved before.
 */
#include "agents/interviewer.sql.h"
#include "agents/kinds.h"
#include "ai/analyze.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/uuid.h"
#include "json/json.h"

#include <string.h>

#define TURNS_MAX 5000

struct reading {
    struct job *job;
    struct arena *arena;
    struct str user_id, interview_id, role;
    bool is_finished; /* completed, and not analysed yet */
    struct claim {
        struct str user_skill_id, skill_id, name;
        bool was_verified, was_asked, is_gap;
        bool is_judged;                   /* the judge found a proof */
        struct str_list quotes;           /* what proves it, over all interviews */
        size_t stored;                    /* proofs in the store, over all interviews */
        const struct analyze_proof *best; /* of this interview; NULL: none */
    } *claims;
    struct analyze_claim *judged; /* as the judge sees the claims: same order */
    size_t claims_count;
    struct analyze_turn *turns;
    int64_t *indices; /* turn_index of each */
    size_t turns_count;
    struct analysis analysis;
    size_t proofs_stored, skills_proved, gaps_count;
};

/* ---- read ---- */

static enum err read_interview(struct reading *r)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(r->job->db, &sql_interviewer_role, DB_ARGS(db_uuid(r->user_id), db_uuid(r->interview_id)), &rows);
    if (found == ERR_NOT_FOUND) return OK; /* deleted since */
    TRY(found);
    r->role = db_col_text(&rows, 0, r->arena);
    r->is_finished = str_equal(db_col_view(&rows, 1), STR("completed"));
    return OK;
}

static enum err read_claims(struct reading *r)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    size_t cap = 0;
    TRY(db_query(r->job->db, &sql_interviewer_claims, DB_ARGS(db_uuid(r->user_id)), &rows));
    while (db_next(&rows)) {
        if (r->claims_count == cap) {
            size_t grown = cap ? cap * 2 : 32;
            struct claim *claims = arena_array(r->arena, struct claim, grown);
            struct analyze_claim *judged = arena_array(r->arena, struct analyze_claim, grown);
            if (cap) memcpy(claims, r->claims, cap * sizeof(*claims));
            if (cap) memcpy(judged, r->judged, cap * sizeof(*judged));
            r->claims = claims;
            r->judged = judged;
            cap = grown;
        }
        struct claim *claim = &r->claims[r->claims_count];
        struct analyze_claim *judged = &r->judged[r->claims_count++];
        *claim = (struct claim){.user_skill_id = db_col_text(&rows, 0, r->arena), .skill_id = db_col_text(&rows, 1, r->arena),
                                .name = db_col_text(&rows, 2, r->arena), .was_verified = db_col_bool(&rows, 4)};
        *judged = (struct analyze_claim){.skill = claim->name, .index = catalogue_skill_by_id(claim->skill_id)};
        TRY(level_parse(db_col_view(&rows, 3), &judged->level));
    }
    return db_rows_result(&rows);
}

static void mark_asked(struct reading *r, struct str skill_id)
{
    for (size_t i = 0; i < r->claims_count; i++) r->claims[i].was_asked |= str_equal(r->claims[i].skill_id, skill_id);
}

static enum err read_turns(struct reading *r)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    r->turns_count = 0;
    r->turns = arena_array(r->arena, struct analyze_turn, TURNS_MAX);
    r->indices = arena_array(r->arena, int64_t, TURNS_MAX);
    TRY(db_query(r->job->db, &sql_interviewer_turns, DB_ARGS(db_uuid(r->user_id), db_uuid(r->interview_id)), &rows));
    while (db_next(&rows)) {
        if (r->turns_count == TURNS_MAX) return err_set(ERR_TOO_LARGE, "an interview of more than %d turns is not read", TURNS_MAX);
        struct analyze_turn *turn = &r->turns[r->turns_count];
        r->indices[r->turns_count++] = db_col_int(&rows, 0);
        *turn = (struct analyze_turn){.is_user = str_equal(db_col_view(&rows, 1), STR("user")), .text = db_col_text(&rows, 2, r->arena),
                                      .asked_skill = CATALOGUE_NONE};
        struct str skill_id = db_col_view(&rows, 3);
        if (turn->is_user || !skill_id.len) continue;
        turn->asked_skill = catalogue_skill_by_id(skill_id);
        mark_asked(r, skill_id);
    }
    return db_rows_result(&rows);
}

static enum err interview_work(struct job *job)
{
    struct reading *r = arena_new(job->arena, struct reading);
    *r = (struct reading){.job = job, .arena = job->arena, .user_id = job->user_id};
    r->interview_id = str_copy(job->arena, json_get_str(job->payload, "interview_id"));
    job->state = r;
    TRY(read_interview(r));
    if (!r->is_finished) return OK;
    TRY(read_claims(r));
    TRY(read_turns(r));
    return analyze_transcript(r->arena, r->judged, r->claims_count, r->turns, r->turns_count, &r->analysis);
}

/* ---- store ---- */

static bool is_said(const struct reading *r, const struct analyze_proof *proof)
{
    if (proof->turn >= r->turns_count || !r->turns[proof->turn].is_user) return false;
    struct str text = r->turns[proof->turn].text;
    return proof->start < proof->end && proof->end <= text.len && proof->snippet.len == proof->end - proof->start &&
           memcmp(text.ptr + proof->start, proof->snippet.ptr, proof->snippet.len) == 0;
}

static void write_raw(struct json_writer *writer, const struct analyze_proof *proof)
{
    json_object_open(writer);
    json_member_str(writer, "transcript_snippet", proof->snippet);
    json_member_double(writer, "confidence_score", proof->confidence);
    json_member_str(writer, "evaluator", STR("rules"));
    json_object_close(writer);
}

static struct claim *claim_of(struct reading *r, struct str user_skill_id)
{
    for (size_t i = 0; i < r->claims_count; i++)
        if (str_equal(r->claims[i].user_skill_id, user_skill_id)) return &r->claims[i];
    return NULL;
}

/* The quotes that prove what this interview may prove, too; they stay as they are until the transaction ends. */
static enum err read_quotes(struct reading *r)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    for (size_t i = 0; i < r->analysis.proofs_count; i++) r->claims[r->analysis.proofs[i].claim].is_judged = true;
    json_list_open(&list);
    for (size_t i = 0; i < r->claims_count; i++) {
        if (!r->claims[i].is_judged) continue;
        json_object_open(&list.writer);
        json_member_str(&list.writer, "id", r->claims[i].user_skill_id);
        json_object_close(&list.writer);
    }
    TRY(db_exec(r->job->db, &sql_interviewer_hold_claims, DB_ARGS(db_uuid(r->user_id), db_json(json_list_str(&list)))));
    TRY(db_query(r->job->db, &sql_interviewer_quotes, DB_ARGS(db_uuid(r->user_id), db_json(json_list_str(&list))), &rows));
    while (db_next(&rows)) {
        struct claim *claim = claim_of(r, db_col_view(&rows, 0));
        if (claim) str_list_add(r->arena, &claim->quotes, db_col_text(&rows, 1, r->arena));
    }
    return db_rows_result(&rows);
}

/* Whether a proof of the claim says the same already, from this interview or an earlier one. */
static bool is_known(struct reading *r, const struct claim *claim, struct str snippet)
{
    for (size_t i = 0; i < claim->quotes.count; i++)
        if (analyze_same_wording(r->arena, claim->quotes.items[i], snippet)) return true;
    return false;
}

static void write_proof(struct reading *r, struct json_writer *writer, const struct claim *claim, const struct analyze_proof *proof)
{
    json_object_open(writer);
    json_member_str(writer, "id", uuid_new(r->arena));
    json_member_str(writer, "claim", claim->user_skill_id);
    json_member_str(writer, "type", str_from(proof_type_name(proof->type)));
    json_member_double(writer, "confidence", proof->confidence);
    json_member_str(writer, "snippet", proof->snippet);
    json_member_int(writer, "turn", r->indices[proof->turn]);
    json_member_int(writer, "start", (int64_t)proof->start);
    json_member_int(writer, "end", (int64_t)proof->end);
    json_member_str(writer, "summary", proof->summary);
    json_key(writer, "raw");
    write_raw(writer, proof);
    json_object_close(writer);
}

static enum err store_proofs(struct reading *r, int64_t now)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    TRY(read_quotes(r));
    json_list_open(&list);
    for (size_t i = 0; i < r->analysis.proofs_count; i++) { /* at most three a claim */
        const struct analyze_proof *proof = &r->analysis.proofs[i];
        struct claim *claim = &r->claims[proof->claim];
        if (!is_said(r, proof)) {
            log_error("a quote of interview %.*s is not in the transcript and was left out", STR_ARG(r->interview_id));
            continue;
        }
        if (is_known(r, claim, proof->snippet)) continue;
        write_proof(r, &list.writer, claim, proof);
        str_list_add(r->arena, &claim->quotes, proof->snippet);
        if (!claim->best || proof->confidence > claim->best->confidence) claim->best = proof;
        r->proofs_stored++;
    }
    for (size_t i = 0; i < r->claims_count; i++) r->skills_proved += r->claims[i].best != NULL;
    return db_exec(r->job->db, &sql_interviewer_insert_proofs,
                   DB_ARGS(db_uuid(r->user_id), db_uuid(r->interview_id), db_json(json_list_str(&list)), db_time(now)));
}

static enum err count_proofs(struct reading *r)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(r->job->db, &sql_interviewer_counts, DB_ARGS(db_uuid(r->user_id)), &rows));
    while (db_next(&rows)) {
        struct claim *claim = claim_of(r, db_col_view(&rows, 0));
        if (claim) claim->stored = (size_t)db_col_int(&rows, 1);
    }
    return db_rows_result(&rows);
}

static void write_metadata(const struct reading *r, struct json_writer *writer, const struct claim *claim, int64_t now)
{
    json_object_open(writer);
    json_member_bool(writer, "is_verified", true);
    json_member_int(writer, "verification_count", (int64_t)claim->stored);
    json_key(writer, "latest_proof");
    json_object_open(writer);
    json_member_str(writer, "interview_id", r->interview_id);
    json_member_time(writer, "timestamp", now);
    json_member_str(writer, "transcript_snippet", claim->best->snippet);
    json_member_double(writer, "evaluator_confidence", claim->best->confidence);
    json_object_close(writer);
    json_object_close(writer);
}

static enum err verify_skills(struct reading *r, int64_t now)
{
    struct json_list list CLEANUP(json_list_dispose) = {0};
    int64_t changed = 0;
    json_list_open(&list);
    for (size_t i = 0; i < r->claims_count; i++) {
        if (!r->claims[i].best) continue;
        json_object_open(&list.writer);
        json_member_str(&list.writer, "id", r->claims[i].user_skill_id);
        json_key(&list.writer, "metadata");
        write_metadata(r, &list.writer, &r->claims[i], now);
        json_object_close(&list.writer);
    }
    TRY(db_exec_count(r->job->db, &sql_interviewer_verify, DB_ARGS(db_uuid(r->user_id), db_json(json_list_str(&list)), db_time(now)), &changed));
    return changed == (int64_t)r->skills_proved ? OK : err_set(ERR_NOT_FOUND, "%zu claims were proved and %lld are there", r->skills_proved, (long long)changed);
}

/* ---- what came out ---- */

static void choose_gaps(struct reading *r)
{
    bool any_asked = false;
    if (!r->analysis.quality.enough_to_judge) return; /* nothing was looked for */
    for (size_t i = 0; i < r->claims_count; i++) any_asked |= r->claims[i].was_asked;
    for (size_t i = 0; i < r->analysis.gaps_count; i++) {
        struct claim *claim = &r->claims[r->analysis.gaps[i].claim];
        claim->is_gap = !claim->was_verified && !claim->best && (claim->was_asked || !any_asked);
        r->gaps_count += claim->is_gap;
    }
}

static enum err write_proof_ids(struct reading *r, struct json_writer *writer)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(r->job->db, &sql_interviewer_proof_ids, DB_ARGS(db_uuid(r->user_id), db_uuid(r->interview_id)), &rows));
    json_key(writer, "proofs");
    json_array_open(writer);
    while (db_next(&rows)) json_write_str(writer, db_col_view(&rows, 0));
    json_array_close(writer);
    return db_rows_result(&rows);
}

static enum err store_outcome(struct reading *r)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_object_open(&writer);
    TRY(write_proof_ids(r, &writer));
    json_key(&writer, "gaps");
    json_array_open(&writer);
    for (size_t i = 0; i < r->analysis.gaps_count; i++) {
        const struct claim *claim = &r->claims[r->analysis.gaps[i].claim];
        if (!claim->is_gap) continue;
        json_object_open(&writer);
        json_member_str(&writer, "skill_id", claim->skill_id);
        json_member_str(&writer, "skill", claim->name);
        json_member_str(&writer, "reason", r->analysis.gaps[i].reason);
        json_object_close(&writer);
    }
    json_array_close(&writer);
    json_key(&writer, "quality");
    json_object_open(&writer);
    json_member_int(&writer, "user_turns", r->analysis.quality.user_turns);
    json_member_int(&writer, "user_words", r->analysis.quality.user_words);
    json_member_double(&writer, "mean_words", r->analysis.quality.mean_words);
    json_member_bool(&writer, "enough_to_judge", r->analysis.quality.enough_to_judge);
    json_member_str(&writer, "note", r->analysis.quality.note);
    json_object_close(&writer);
    json_object_close(&writer);
    return db_exec_one(r->job->db, &sql_interviewer_set_outcome, DB_ARGS(db_uuid(r->user_id), db_uuid(r->interview_id), db_json(buf_str(&out))));
}

/* ---- what is told ---- */

static struct event verified_event(struct reading *r, const struct claim *claim)
{
    struct buf payload CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &payload);
    json_object_open(&writer);
    json_member_str(&writer, "user_id", r->user_id);
    json_member_str(&writer, "skill_id", claim->skill_id);
    json_member_str(&writer, "interview_id", r->interview_id);
    json_member_double(&writer, "confidence", claim->best->confidence);
    json_object_close(&writer);
    return (struct event){.type = "SKILL_VERIFIED", .user_id = r->user_id, .payload = str_copy(r->arena, buf_str(&payload)), .cause = r->job,
                          .summary = str_format(r->arena, "Your interview proved %.*s.", STR_ARG(claim->name))};
}

/* One event for each skill that nothing proved before; *count of them. */
static enum err publish_verified(struct reading *r, size_t *count)
{
    struct event *events = arena_array(r->arena, struct event, r->claims_count + 1);
    *count = 0;
    for (size_t i = 0; i < r->claims_count; i++)
        if (r->claims[i].best && !r->claims[i].was_verified) events[(*count)++] = verified_event(r, &r->claims[i]);
    return bus_publish_many(r->job->db, r->arena, events, *count);
}

static enum err publish_repath(struct reading *r)
{
    struct buf payload CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &payload);
    json_object_open(&writer);
    json_member_str(&writer, "user_id", r->user_id);
    json_member_str(&writer, "reason", r->gaps_count ? STR("skill_verification_gaps") : STR("skills_verified"));
    json_key(&writer, "gaps");
    json_array_open(&writer);
    for (size_t i = 0; i < r->claims_count; i++)
        if (r->claims[i].is_gap) json_write_str(&writer, r->claims[i].skill_id);
    json_array_close(&writer);
    json_object_close(&writer);
    struct event event = {.type = "ROADMAP_REPATH_NEEDED", .user_id = r->user_id, .payload = buf_str(&payload), .cause = r->job,
                          .summary = r->gaps_count ? STR("Your interview left claims without a proof; the roadmap was planned again.")
                                                   : STR("Your interview proved skills; the roadmap was planned again.")};
    return bus_publish(r->job->db, r->arena, &event, NULL);
}

static struct str result_words(struct reading *r)
{
    if (!r->analysis.quality.enough_to_judge) return r->analysis.quality.note;
    struct str proved = r->skills_proved == 0 ? STR("No claim was proved") : str_format(r->arena, "%zu %s proved with %zu %s", r->skills_proved,
                        r->skills_proved == 1 ? "skill was" : "skills were", r->proofs_stored, r->proofs_stored == 1 ? "quote" : "quotes");
    if (!r->gaps_count) return str_format(r->arena, "%.*s.", STR_ARG(proved));
    return str_format(r->arena, "%.*s; %zu %s.", STR_ARG(proved), r->gaps_count, r->gaps_count == 1 ? "claim still has no proof" : "claims still have no proof");
}

static enum err tell(struct reading *r)
{
    size_t verified = 0;
    TRY(publish_verified(r, &verified));
    if (verified || r->gaps_count) TRY(publish_repath(r));
    struct str words = result_words(r);
    struct json_writer writer;
    json_begin(&writer, r->job->result);
    json_object_open(&writer);
    json_member_str(&writer, "summary", words);
    json_member_int(&writer, "proofs", (int64_t)r->proofs_stored);
    json_member_int(&writer, "skills", (int64_t)r->skills_proved);
    json_member_int(&writer, "gaps", (int64_t)r->gaps_count);
    json_object_close(&writer);
    return bus_notify(r->job->db, r->arena, r->user_id, "interview", str_format(r->arena, "Your interview as %.*s was read", STR_ARG(r->role)), words,
                      str_format(r->arena, "/interviews/%.*s", STR_ARG(r->interview_id)));
}

static enum err interview_apply(struct job *job)
{
    struct reading *r = job->state;
    int64_t changed = 0, now = clock_now();
    if (!r->is_finished) return OK;
    TRY(db_exec_count(job->db, &sql_interviewer_take, DB_ARGS(db_uuid(r->user_id), db_uuid(r->interview_id), db_time(now)), &changed));
    if (changed != 1) return OK;
    TRY(read_turns(r)); /* as they are stored now: the quotes are compared with these */
    TRY(store_proofs(r, now));
    TRY(count_proofs(r));
    TRY(verify_skills(r, now));
    choose_gaps(r);
    TRY(store_outcome(r));
    return tell(r);
}

const struct job_kind kind_interview_analyze = {
    .name = "interview.analyze", .agent = "interviewer", .title = "Reading your interview", .work = interview_work, .apply = interview_apply, .lane = &lane_person,
    .causes = CAUSES("SKILL_VERIFIED", "ROADMAP_REPATH_NEEDED")};
