/* The resume feature: upload, what was read, the skills it offers; commands `resume parse` and `skills extract`.
 *
 * A file is never read here: an upload is kept and read by the agent's job "resume.read" in the sandbox (src/agents/resume_read.c). Recognised
 * skills are suggestions until the person accepts them with a level of their own.
 */
#pragma once
#include "http/request.h"
#include "http/response.h"

int resume_command_parse(int argc, char **argv);
int resume_command_extract(int argc, char **argv);
