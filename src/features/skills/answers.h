/* What the API of skills answers. */
#pragma once
#include "http/schema.h"

extern const struct schema skills_catalogue_schema, skills_list_schema, skills_claim_schema, skills_changed_schema;
