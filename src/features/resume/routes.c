/* Routes and commands of the resume feature. */
#include "features/feature.h"
#include "features/resume/resume.h"

static const struct command commands[] = {
    {"resume parse", "FILE [--json]", "text, sections, contact and skills of a resume (PDF, DOCX, Markdown or text)", resume_command_parse},
    {"skills extract", "[--json]", "skills named in the text on standard input, with their places", resume_command_extract},
};

const struct feature feature_resume = {.name = "resume", .commands = commands, .commands_count = sizeof(commands) / sizeof(commands[0])};
