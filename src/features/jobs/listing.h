/* Job listings as they come from outside, made plain.
 *
 * Four shapes are read: Adzuna's search envelope, lines of Adzuna job objects, Jooble's envelope, and our own. All that is in them is
 * somebody else's text: ids may be negative and need 64 bits, fields go missing or have another type, titles and descriptions hold
 * markup and entities. Only id and title are needed (and the address, where a source asks to link back to it); any other field
 * that is missing or makes no sense is left out, and a listing without what is needed is refused with the reason.
 * Field shapes: docs/jobs-and-market.md.
 */
#pragma once
#include "base/arena.h"
#include "base/str.h"

struct json;

#define LISTINGS_FILE_MAX ((size_t)64 << 20)
#define LISTINGS_MAX 100000
#define LISTING_TITLE_MAX 200         /* code points; longer text is cut with "…" */
#define LISTING_NAME_MAX 160          /* company, location */
#define LISTING_DESCRIPTION_MAX 20000 /* code points */
#define LISTING_URL_MAX 2000          /* bytes */
#define LISTING_NONE INT64_C(-1)      /* a number that was not given */

struct listing {
    struct str source, external_id, title, company, location, description, url;
    struct str salary_currency, salary_text, contract_type;
    int64_t salary_min, salary_max; /* whole units a year; LISTING_NONE */
    int64_t years_required;         /* of experience, as the text says; LISTING_NONE */
    int64_t posted_at, expires_at;  /* 0: not given */
    bool is_remote;
    struct str fingerprint; /* alike for an advertisement that is posted again under another id */
};

enum listing_shape { LISTING_ADZUNA, LISTING_JOOBLE, LISTING_OWN, LISTING_UNKNOWN };

/* The shape of one job object by the fields it has. */
enum listing_shape listing_shape_of(const struct json *object);
/* Reads one job object; ERR_INVALID says what is missing. `now` dates "posted_days_ago" of our own shape and refuses dates in the future.
 * Everything lives in the arena. */
enum err listing_read(struct arena *arena, const struct json *object, enum listing_shape shape, int64_t now, struct listing *listing) MUST_CHECK;

/* ---- the parts, alone ---- */

/* Text without markup: tags dropped (block tags become line breaks, scripts and styles go whole), entities decoded once, white space
 * collapsed, control characters removed. `keep_lines`: line breaks of the text itself mean something. */
struct str listing_plain_text(struct arena *arena, struct str markup, bool keep_lines);
/* "80'000 - 90'000 CHF", "$115k - $140k", "35k €/an" to a range a year; pay by the hour, day, week or month, and numbers too small
 * to be a year's pay, leave the range empty: the text is shown as it is. */
void listing_salary(struct str text, int64_t *salary_min, int64_t *salary_max, struct str *currency);
/* "at least 5 years of experience", "3-5 years' experience": the lower number, LISTING_NONE when none is asked for. */
int64_t listing_years(struct str text);
bool listing_is_remote(struct str title, struct str location, struct str description);
