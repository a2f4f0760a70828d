/* What the API of the profile answers. */
#pragma once
#include "http/schema.h"

extern const struct schema profile_schema;
