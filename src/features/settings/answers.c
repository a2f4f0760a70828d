/* What the API of the account answers: the parts of the export (export.c), one a table. */
#include "features/settings/answers.h"

static const struct schema_member export_members[] = {
    {.name = "exported_at", .type = SCHEMA_TIME},
    {.name = "user", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "profile", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "password", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "sessions", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "education", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "work_history", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "resumes", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "resume_chunks", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "resume_uploads", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "skill_suggestions", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "skills", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "skill_verifications", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "interviews", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "interview_turns", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "roadmaps", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "roadmap_modules", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "job_applications", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "application_documents", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "connection_requests", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "twin_questions", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "embedded_texts", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "agent_events", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "jobs", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "notifications", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "api_tokens", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "idempotency_keys", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
    {.name = "audit_log", .type = SCHEMA_FREE, .flags = MEMBER_LIST},
};
const struct schema settings_export_schema = SCHEMA("Export", "Everything that is kept about the person, a member for each table with their rows; secrets and vectors are left out.", export_members);
