/* What the readers of JSON share, inside this folder. */
#pragma once
#include "json/json.h"

/* json_parse; `keeps_last`: of members with one name the last counts, and the others are no mistake. */
enum err json_parse_document(struct str text, size_t max, bool keeps_last, struct json **root) MUST_CHECK;
