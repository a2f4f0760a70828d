/* What the API of activity answers: the tables of what api.c writes. */
#include "features/activity/answers.h"

static const struct schema_member job_members[] = {
    {.name = "id", .type = SCHEMA_TEXT, .says = "its number", .example = "42"},
    {.name = "kind", .type = SCHEMA_TEXT, .says = "what kind of work", .example = "architect.replan"},
    {.name = "status", .type = SCHEMA_CHOICE, .says = "dead: it was tried often enough and given up", .choices = "scheduled|blocked|queued|waiting|running|completed|dead|cancelled"},
    {.name = "attempts", .type = SCHEMA_INT, .says = "how often it was begun", .example = "1"},
    {.name = "error", .type = SCHEMA_TEXT, .says = "of the last attempt that failed, else empty", .example = ""},
    {.name = "finished_at", .type = SCHEMA_TIME, .flags = MEMBER_NULLABLE},
};
static const struct schema job_schema = SCHEMA("Job", "Work that an agent did, or has to do, because of an event.", job_members);

static const struct schema_member event_members[] = {
    {.name = "id", .type = SCHEMA_ID},
    {.name = "event_type", .type = SCHEMA_TEXT, .example = "SKILL_CLAIMED"},
    {.name = "status", .type = SCHEMA_CHOICE, .choices = "pending|processing|completed|failed"},
    {.name = "source_agent", .type = SCHEMA_TEXT, .says = "who made it known", .example = "skills"},
    {.name = "summary", .type = SCHEMA_TEXT, .says = "in a sentence, or empty", .example = "You claimed Docker."},
    {.name = "correlation_id", .type = SCHEMA_TEXT, .says = "the same for all events that one action caused, or empty", .example = ""},
    {.name = "created_at", .type = SCHEMA_TIME},
    {.name = "payload", .type = SCHEMA_FREE, .says = "by the type of the event: careerprep events lists them"},
    {.name = "jobs", .type = SCHEMA_OBJECT, .flags = MEMBER_LIST, .object = &job_schema},
};
const struct schema activity_event_schema = SCHEMA("Event", "Something that happened, with what the agents did because of it.", event_members);

static const struct schema_member list_members[] = {
    {.name = "events", .type = SCHEMA_OBJECT, .flags = MEMBER_LIST, .object = &activity_event_schema},
    NEXT_CURSOR_MEMBER,
    {.name = "total", .type = SCHEMA_INT, .says = "of all that fit the filters, not only of this page", .example = "1"},
};
const struct schema activity_list_schema = SCHEMA("EventList", "Events of the person.", list_members);
