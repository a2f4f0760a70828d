/* Routes and commands of the resume feature. */
#include "features/feature.h"
#include "features/resume/resume.h"
#include "features/resume/store.sql.h"

static const struct field upload_fields[] = {
    {.name = "file", .type = FIELD_FILE, .label = "Resume file", .required = true, .max = RESUME_FILE_MAX, .message = "Choose a file first, of at most 5 MB."},
    {.name = "next", .type = FIELD_TEXT, .label = "Next page", .max = 100},
};

static const struct field suggestion_fields[] = {
    {.name = "choices", .type = FIELD_LIST, .label = "Choices", .max = RESUME_SUGGESTIONS_MAX},
    {.name = "groups", .type = FIELD_LIST, .label = "Choices for a field of work", .max = RESUME_SUGGESTIONS_MAX},
};

#define UPLOAD_BODY_MAX ((size_t)RESUME_FILE_MAX + ((size_t)64 << 10)) /* the file and the frame of the form */

static const struct route routes[] = {
    {HTTP_GET, "/resume", resume_page_get, ACCESS_USER, RATE_PAGE, .summary = "my resume: upload, what was read, skills it offers"},
    {HTTP_GET, "/resume/progress", resume_progress_part, ACCESS_USER, RATE_PAGE, .summary = "whether it has been read (part of a page)"},
    {HTTP_POST, "/resume", resume_upload_action, ACCESS_USER, RATE_UPLOAD, UPLOAD_BODY_MAX, FIELDS(upload_fields),
     .flags = ROUTE_SHOWS_ERRORS | ROUTE_FREE_TEXT, .summary = "upload a resume to be read"},
    {HTTP_POST, "/resume/suggestions", resume_suggestions_action, ACCESS_USER, RATE_CHANGE, FIELDS(suggestion_fields),
     .summary = "accept or dismiss offered skills"},
    {HTTP_POST, "/resume/delete", resume_delete_action, ACCESS_USER, RATE_CHANGE, .summary = "delete my resume"},
};

static const struct command commands[] = {
    {"resume parse", "FILE [--json]", "text, sections, contact and skills of a resume (PDF, DOCX, Markdown, text or JSON Resume)", resume_command_parse},
    {"skills extract", "[--json]", "skills named in the text on standard input, with their places", resume_command_extract},
};

const struct feature feature_resume = {.name = "resume",
                                       .routes = routes,
                                       .routes_count = sizeof(routes) / sizeof(routes[0]),
                                       .statements = resume_statements,
                                       .statements_count = &resume_statements_count,
                                       .commands = commands,
                                       .commands_count = sizeof(commands) / sizeof(commands[0])};
