/* Cron expressions: five fields, UTC; `*`, lists, ranges and steps. Source: crontab(5). */
#pragma once
#include "base/str.h"

/* The first minute after `after` that fits; ERR_INVALID for a wrong expression or one that never comes (30 February). */
enum err cron_next(struct str expression, int64_t after, int64_t *next) MUST_CHECK;
