/* What the API of interviews answers: the tables of what api.c writes. */
#include "features/interview/answers.h"
#include "features/interview/interview.h"

#define INTERVIEW_MEMBERS \
    {.name = "id", .type = SCHEMA_ID}, {.name = "role_title", .type = SCHEMA_TEXT, .says = "what the interview is for", .example = "Platform engineer"}, \
        {.name = "mode", .type = SCHEMA_CHOICE, .choices = "text|voice"}, \
        {.name = "status", .type = SCHEMA_CHOICE, .says = "completed: it is being read; analyzed: the proofs are there", .choices = INTERVIEW_STATUSES}, \
        {.name = "verified_skills", .type = SCHEMA_INT, .says = "of how many skills it holds a proof", .example = "2"}, \
        {.name = "created_at", .type = SCHEMA_TIME}, {.name = "started_at", .type = SCHEMA_TIME, .flags = MEMBER_NULLABLE}, \
        {.name = "completed_at", .type = SCHEMA_TIME, .flags = MEMBER_NULLABLE}, {.name = "updated_at", .type = SCHEMA_TIME}

static const struct schema_member interview_members[] = {INTERVIEW_MEMBERS};
static const struct schema interview_schema = SCHEMA("Interview", "An interview of the person.", interview_members);

static const struct schema_member list_members[] = {
    {.name = "interviews", .type = SCHEMA_OBJECT, .flags = MEMBER_LIST, .object = &interview_schema},
    NEXT_CURSOR_MEMBER,
};
const struct schema interview_list_schema = SCHEMA("InterviewList", "Interviews of the person.", list_members);

static const struct schema_member whole_members[] = {
    INTERVIEW_MEMBERS,
    {.name = "outcome", .type = SCHEMA_FREE, .flags = MEMBER_NULLABLE, .says = "what the reading found: proofs, gaps, and how good the conversation was for it; null before"},
};
const struct schema interview_whole_schema = SCHEMA("InterviewDetail", "An interview with what came of it.", whole_members);

static const struct schema_member session_members[] = {
    {.name = "interview_id", .type = SCHEMA_ID},
    {.name = "role_title", .type = SCHEMA_TEXT, .says = "what the interview is for", .example = "Platform engineer"},
    {.name = "skills", .type = SCHEMA_TEXT, .flags = MEMBER_LIST, .says = "what it asks about, in this order", .example = "Docker"},
    {.name = "status", .type = SCHEMA_CHOICE, .choices = "scheduled"},
    {.name = "websocket_url", .type = SCHEMA_TEXT, .says = "where the conversation is held, in EVI's messages; with the session's cookie",
     .example = "wss://careers.example.org/v0/evi/chat?interview_id=0197a3d2-7c11-7d43-9d0a-5f2e61c0a8b4"},
};
const struct schema interview_session_schema = SCHEMA("InterviewSession", "An interview that is ready to begin.", session_members);

static const struct schema_member completed_members[] = {
    {.name = "success", .type = SCHEMA_BOOL},
    {.name = "interview_id", .type = SCHEMA_ID},
    {.name = "status", .type = SCHEMA_CHOICE, .says = "completed: it is being read; analyzed: the proofs are there", .choices = "completed|analyzed"},
};
const struct schema interview_completed_schema = SCHEMA("InterviewCompleted", "An interview that is over.", completed_members);
