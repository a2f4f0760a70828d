/* What the API of interviews answers. */
#pragma once
#include "http/schema.h"

extern const struct schema interview_list_schema, interview_whole_schema;
extern const struct schema interview_session_schema, interview_completed_schema;
