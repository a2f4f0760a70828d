/* The resume feature: upload, what was read, the skills it offers; commands `resume parse` and `skills extract`.
 *
 * A file is never read here: an upload is kept and read by the agent's job "resume.read" in the sandbox (src/agents/resume_read.c). Recognised
 * skills are suggestions until the person accepts them with a level of their own.
 */
#pragma once
#include "http/request.h"
#include "http/response.h"

#define RESUME_FILE_MAX (INT64_C(5) << 20)
#define RESUME_SUGGESTIONS_MAX 100

enum err resume_page_get(struct request *request, struct response *response);
enum err resume_progress_part(struct request *request, struct response *response);
/* The page with a message at the file field (422), "" for none. */
enum err resume_page_show(struct request *request, struct response *response, struct str file_error);
enum err resume_upload_action(struct request *request, struct response *response);
enum err resume_suggestions_action(struct request *request, struct response *response);
enum err resume_delete_action(struct request *request, struct response *response);

int resume_command_parse(int argc, char **argv);
int resume_command_extract(int argc, char **argv);
