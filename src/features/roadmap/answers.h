/* What the API of roadmaps answers. */
#pragma once
#include "http/schema.h"

extern const struct schema roadmap_list_schema, roadmap_detail_schema, roadmap_planning_schema;
