/* What the API of the account answers: schemas for the route table. */
#pragma once
#include "http/schema.h"

extern const struct schema settings_export_schema;
