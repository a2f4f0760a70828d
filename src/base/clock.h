/* Time: UTC microseconds since 1970 everywhere; text only at the edges. Tests set the clock. */
#pragma once
#include "base/str.h"

#define US_PER_SECOND INT64_C(1000000)
#define US_PER_DAY (INT64_C(86400) * US_PER_SECOND)

int64_t clock_now(void);       /* wall clock, microseconds since 1970-01-01T00:00:00Z */
int64_t clock_monotonic(void); /* never goes back; microseconds since an arbitrary start */
void clock_set_for_test(int64_t now); /* 0 returns to the real clock */
void clock_set_monotonic_for_test(int64_t now);

struct str time_iso(struct arena *arena, int64_t us);      /* 2026-03-12T09:30:00Z */
struct str time_date(struct arena *arena, int64_t us);     /* 2026-03-12 */
struct str time_long_date(struct arena *arena, int64_t us);/* 12 March 2026 */
struct str time_ago(struct arena *arena, int64_t us, int64_t now); /* "just now", "5 minutes ago", "yesterday", "on 12 March" */
/* Reads RFC 3339 with or without time, fraction (any digits) and offset ("2017-03-03", "2022-11-13T04:39:15.7820007+00:00"). */
enum err time_parse(struct str s, int64_t *us) MUST_CHECK;
