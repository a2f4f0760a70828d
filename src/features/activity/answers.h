/* What the API of activity answers. */
#pragma once
#include "http/schema.h"

extern const struct schema activity_list_schema, activity_event_schema;
