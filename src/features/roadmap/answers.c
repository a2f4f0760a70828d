/* What the API of roadmaps answers: the tables of what api.c writes. */
#include "features/roadmap/answers.h"
#include "features/roadmap/roadmap.h"

static const struct schema_member change_members[] = {
    {.name = "added", .type = SCHEMA_TEXT, .flags = MEMBER_LIST, .says = "modules that are new", .example = "Helm charts"},
    {.name = "dropped", .type = SCHEMA_TEXT, .flags = MEMBER_LIST, .says = "modules that are not needed any more", .example = "Docker basics"},
    {.name = "finished", .type = SCHEMA_TEXT, .flags = MEMBER_LIST, .says = "modules whose skill was proved", .example = "Git"},
    {.name = "moved", .type = SCHEMA_INT, .says = "how many modules stand at another place", .example = "2"},
    {.name = "reason", .type = SCHEMA_TEXT, .example = "Kubernetes was not shown in the interview."},
    {.name = "at", .type = SCHEMA_TIME},
};
static const struct schema change_schema = SCHEMA("RoadmapChange", "What the last plan changed.", change_members);

static const struct schema_member module_members[] = {
    {.name = "id", .type = SCHEMA_ID},
    {.name = "skill_id", .type = SCHEMA_KEY, .says = "of the catalogue", .example = "kubernetes"},
    {.name = "kind", .type = SCHEMA_CHOICE, .says = "learn it, deepen it, or prove it in an interview", .choices = "learn|deepen|prove"},
    {.name = "title", .type = SCHEMA_TEXT, .example = "Kubernetes basics"},
    {.name = "summary", .type = SCHEMA_TEXT, .example = "Deploy a service, give it limits, and roll it back."},
    {.name = "reason", .type = SCHEMA_TEXT, .says = "why it is on the roadmap", .example = "Your target role asks for Kubernetes."},
    {.name = "hours", .type = SCHEMA_INT, .says = "about how long it takes", .example = "12"},
    {.name = "position", .type = SCHEMA_INT, .example = "1"},
    {.name = "status", .type = SCHEMA_CHOICE, .choices = ROADMAP_STATUSES},
    {.name = "completed_at", .type = SCHEMA_TIME, .flags = MEMBER_NULLABLE},
};
static const struct schema module_schema = SCHEMA("RoadmapModule", "One step of a roadmap.", module_members);

#define ROADMAP_MEMBERS \
    {.name = "id", .type = SCHEMA_ID}, {.name = "title", .type = SCHEMA_TEXT, .example = "Towards platform engineer"}, {.name = "target_role", .type = SCHEMA_TEXT, .example = "Platform engineer"}, \
        {.name = "status", .type = SCHEMA_CHOICE, .choices = "active|archived"}, \
        {.name = "reason", .type = SCHEMA_TEXT, .says = "why it was planned", .example = "You asked for a new plan."}, \
        {.name = "version", .type = SCHEMA_INT, .says = "how often it was planned", .example = "2"}, \
        {.name = "last_change", .type = SCHEMA_OBJECT, .flags = MEMBER_NULLABLE, .says = "null until it was planned again", .object = &change_schema}, {.name = "created_at", .type = SCHEMA_TIME}, \
        {.name = "updated_at", .type = SCHEMA_TIME}

static const struct schema_member roadmap_members[] = {ROADMAP_MEMBERS};
static const struct schema roadmap_schema = SCHEMA("Roadmap", "A plan towards a role.", roadmap_members);

static const struct schema_member detail_members[] = {ROADMAP_MEMBERS, {.name = "modules", .type = SCHEMA_OBJECT, .flags = MEMBER_LIST, .says = "in order", .object = &module_schema}};
const struct schema roadmap_detail_schema = SCHEMA("RoadmapDetail", "A plan towards a role with its modules.", detail_members);

static const struct schema_member list_members[] = {
    {.name = "roadmaps", .type = SCHEMA_OBJECT, .flags = MEMBER_LIST, .object = &roadmap_schema},
    NEXT_CURSOR_MEMBER,
};
const struct schema roadmap_list_schema = SCHEMA("RoadmapList", "Roadmaps of the person.", list_members);

static const struct schema_member planning_members[] = {
    {.name = "status", .type = SCHEMA_CHOICE, .choices = "planning"},
    {.name = "was_waiting_already", .type = SCHEMA_BOOL, .says = "a plan had been asked for before and is still to come"},
    {.name = "event_id", .type = SCHEMA_ID, .says = "its event tells when the plan is there: GET the address in Location"},
};
const struct schema roadmap_planning_schema = SCHEMA("RoadmapPlanning", "A plan was asked for; the architect makes it in the background.", planning_members);
