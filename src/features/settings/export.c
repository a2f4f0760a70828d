/* "Download my data": one JSON document, one member a table, every row that is theirs. Secrets (the password's and the tokens' hashes) and
 * numbers that only machines read (embedding vectors) are left out. */
#include "base/clock.h"
#include "bus/bus.h"
#include "features/settings/export.sql.h"
#include "features/settings/settings.h"
#include "json/json.h"

#include <string.h>

/* The columns in the order of the statement; `types` has a letter for each: t text, i integer, r real, b boolean, w time, j JSON. */
static const struct part {
    const char *name;
    const struct sql *sql;
    const char *columns;
    const char *types;
} parts[] = {
    {"user", &sql_export_user,
     "id email username first_name last_name role onboarding_step onboarding_completed onboarding_skipped last_seen_activity_at created_at updated_at", "ttttttibbwww"},
    {"profile", &sql_export_profile,
     "target_roles preferred_locations years_of_experience salary_expectation_min salary_expectation_max salary_currency is_public public_bio headline twin_quotes_resume wants_drafts drafts_min_score created_at updated_at",
     "jjiiitbttbbiww"},
    {"password", &sql_export_password, "changed_at", "w"},
    {"sessions", &sql_export_sessions, "created_at last_used_at expires_at user_agent", "wwwt"},
    {"education", &sql_export_education, "id degree institution field_of_study start_year end_year created_at updated_at", "ttttiiww"},
    {"work_history", &sql_export_work, "id title company start_month end_month description created_at updated_at", "ttttttww"},
    {"resumes", &sql_export_resumes, "id file_name media_type status error content_text contact uploaded_at", "ttttttjw"},
    {"resume_chunks", &sql_export_resume_chunks, "resume_id chunk_index section content_text", "titt"},
    {"resume_uploads", &sql_export_resume_uploads, "resume_id bytes", "ti"},
    {"skill_suggestions", &sql_export_suggestions, "skill_id source snippet status created_at", "ttttw"},
    {"skills", &sql_export_skills, "id skill_id proficiency_level source is_verified verification_metadata created_at updated_at", "ttttbjww"},
    {"skill_verifications", &sql_export_verifications,
     "id user_skill_id interview_id verification_type confidence snippet turn_index start_offset end_offset summary raw_data verified_at", "ttttrtiiitjw"},
    {"interviews", &sql_export_interviews, "id role_title mode status plan state outcome started_at completed_at created_at updated_at", "ttttjjjwwww"},
    {"interview_turns", &sql_export_turns, "interview_id turn_index role content_text skill_id created_at", "titttw"},
    {"roadmaps", &sql_export_roadmaps, "id title target_role status reason last_change version created_at updated_at", "tttttjiww"},
    {"roadmap_modules", &sql_export_modules,
     "id roadmap_id skill_id title summary reason kind hours position status completed_at created_at updated_at", "tttttttiitwww"},
    {"job_applications", &sql_export_applications,
     "id job_listing_id title company url status notes match_score applied_on next_step_on created_at updated_at", "tttttttrttww"},
    {"application_documents", &sql_export_documents, "id application_id kind content_text created_at", "ttttw"},
    {"application_drafts", &sql_export_drafts, "id job_listing_id title company url match_score cover_note evidence status created_at decided_at", "tttttrtjtww"},
    {"application_rejections", &sql_export_rejections, "id application_id content_text findings created_at", "tttjw"},
    {"connection_requests", &sql_export_connections,
     "id recruiter_name recruiter_email recruiter_company recruiter_linkedin message status created_at responded_at", "tttttttww"},
    {"twin_questions", &sql_export_twin_questions, "id question reply answered citations asked_at", "tttbjw"},
    {"embedded_texts", &sql_export_embeddings, "id source_type source_id chunk_index chunk_text model dimensions metadata created_at", "tttittijw"},
    {"agent_events", &sql_export_events,
     "id event_type payload status source_agent target_agent summary error_message created_at processed_at", "ttjtttttww"},
    {"jobs", &sql_export_jobs, "id kind payload status attempts last_error result created_at finished_at", "itjtitjww"},
    {"questions_to_you", &sql_export_waits, "job_id step_key question created_at", "ittw"},
    {"costs", &sql_export_costs, "id job_id step_key model tokens_in tokens_out micros created_at settled_at", "tittiiiww"},
    {"notifications", &sql_export_notifications, "id kind title body url created_at read_at", "tttttww"},
    {"api_tokens", &sql_export_tokens, "id name scopes created_at last_used_at expires_at", "tttwww"},
    {"idempotency_keys", &sql_export_idempotency_keys, "idempotency_key created_at status location", "twit"},
    {"audit_log", &sql_export_audit, "id action detail address created_at", "ttttw"},
};

static void write_column(struct json_writer *writer, const struct db_rows *rows, int column, char type)
{
    if (db_col_is_null(rows, column)) {
        json_write_null(writer);
        return;
    }
    switch (type) {
    case 'i': json_write_int(writer, db_col_int(rows, column)); break;
    case 'r': json_write_double(writer, db_col_real(rows, column)); break;
    case 'b': json_write_bool(writer, db_col_bool(rows, column)); break;
    case 'j': json_write_raw(writer, bus_shown(db_col_view(rows, column))); break;
    default: json_write_str(writer, db_col_view(rows, column)); break;
    }
}

static void write_row(struct json_writer *writer, const struct db_rows *rows, const struct part *part)
{
    struct str rest = str_from(part->columns), name;
    char key[64];
    json_object_open(writer);
    for (int i = 0; part->types[i] && str_split_next(&rest, ' ', &name); i++) {
        size_t len = name.len < sizeof(key) ? name.len : sizeof(key) - 1;
        memcpy(key, name.ptr, len);
        key[len] = 0;
        if (part->types[i] == 'w') {
            json_member_time(writer, key, db_col_time(rows, i));
            continue;
        }
        json_key(writer, key);
        write_column(writer, rows, i, part->types[i]);
    }
    json_object_close(writer);
}

enum err settings_write_export(struct db *db, struct str user_id, struct buf *out)
{
    struct json_writer writer;
    json_begin(&writer, out);
    json_object_open(&writer);
    json_member_time(&writer, "exported_at", clock_now());
    for (size_t i = 0; i < COUNT_OF(parts); i++) {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        json_key(&writer, parts[i].name);
        json_array_open(&writer);
        TRY(db_query(db, parts[i].sql, DB_ARGS(db_uuid(user_id)), &rows));
        while (db_next(&rows)) write_row(&writer, &rows, &parts[i]);
        TRY(db_rows_result(&rows));
        json_array_close(&writer);
    }
    json_object_close(&writer);
    return OK;
}

enum err settings_api_export(struct request *request, struct response *response)
{
    struct buf out = {0};
    buf_init(&out, (size_t)256 << 20);
    enum err written = settings_write_export(request->db, request->identity.user_id, &out);
    if (written != OK) {
        buf_dispose(&out);
        return written;
    }
    respond_json(response, &out);
    return OK;
}

enum err settings_export(struct request *request, struct response *response)
{
    struct str name = str_format(request->arena, "attachment; filename=\"career-prep-%.*s.json\"", STR_ARG(time_date(request->arena, clock_now())));
    response_header(request, response, "Content-Disposition", name);
    return settings_api_export(request, response);
}
