/* What the API of the twin answers. */
#pragma once
#include "http/schema.h"

extern const struct schema twin_reply_schema;
