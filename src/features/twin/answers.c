/* What the API of the twin answers: the tables of what twin.c and load.c write. */
#include "features/twin/answers.h"

static const struct schema_member citation_members[] = {
    {.name = "verification_id", .type = SCHEMA_ID},
    {.name = "quote", .type = SCHEMA_TEXT, .says = "verbatim, of the person's interview", .example = "I cut the image from 1.2 GB to 80 MB with a build stage."},
    {.name = "skill", .type = SCHEMA_TEXT, .example = "Docker"},
    {.name = "date", .type = SCHEMA_TEXT, .says = "of the interview, in words", .example = "12 March 2026"},
};
static const struct schema citation_schema = SCHEMA("Citation", "The evidence behind an answer.", citation_members);

static const struct schema_member reply_members[] = {
    {.name = "reply", .type = SCHEMA_TEXT, .example = "Ada has shown Docker in an interview: “I cut the image from 1.2 GB to 80 MB with a build stage.”"},
    {.name = "citations", .type = SCHEMA_OBJECT, .flags = MEMBER_LIST, .object = &citation_schema},
    {.name = "answered", .type = SCHEMA_BOOL, .says = "false: there is no evidence, and the reply says so"},
    {.name = "unverified", .type = SCHEMA_BOOL, .says = "the reply quotes the resume, which nobody has verified"},
};
const struct schema twin_reply_schema = SCHEMA("TwinReply", "What a person's twin answers.", reply_members);
