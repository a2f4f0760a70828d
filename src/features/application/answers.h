/* What the API of applications answers. */
#pragma once
#include "http/schema.h"

extern const struct schema application_schema, application_list_schema;
