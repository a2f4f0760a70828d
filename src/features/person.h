/* What a person tells us about themselves: one field table, one set of rules, one store for every way in.
 *
 * Onboarding's forms, its saving while typing, the settings and the JSON API all list their fields from the macros below, so that a
 * limit or a message stands once. The way of a change is always the same: read the person, put the valid fields of the request
 * over it, let the rules that need more than one field object, write the whole row. What is not valid keeps its stored value, so
 * that saving while typing never loses what was right and never keeps what is wrong.
 */
#pragma once
#include "db/db.h"
#include "http/request.h"

#define PERSON_NONE INT64_C(-1) /* a number that was not given */
#define PERSON_SALARY_MAX INT64_C(100000000)
#define PERSON_PLACES_SHOWN 3 /* of the preferred places, on a public profile */
#define USERNAME_MIN 3
#define USERNAME_MAX 50

#define PERSON_CURRENCIES \
    "AED|ARS|AUD|BDT|BRL|CAD|CHF|CLP|CNY|COP|CZK|DKK|EGP|EUR|GBP|HKD|HUF|IDR|ILS|INR|JPY|KES|KRW|MXN|MYR|NGN|NOK|NZD|PHP|PKR|PLN|RON|SAR|" \
    "SEK|SGD|THB|TRY|TWD|UAH|USD|VND|ZAR"

#define PERSON_GOAL_FIELDS(is_required) \
    {.name = "target_roles", .type = FIELD_LIST, .label = "Target roles", .required = (is_required), .min = 1, .max = 10, \
     .message = "Name one to ten roles, each of at most 100 characters."}, \
    {.name = "preferred_locations", .type = FIELD_LIST, .label = "Preferred locations", .required = (is_required), .min = 1, .max = 10, \
     .message = "Name one to ten places, each of at most 100 characters; Remote is one too."}

#define PERSON_EXPERIENCE_FIELDS(is_required) \
    {.name = "years_of_experience", .type = FIELD_INT, .label = "Years of experience", .required = (is_required), .min = 0, .max = 50, \
     .message = "Enter a whole number from 0 to 50."}, \
    {.name = "salary_expectation_min", .type = FIELD_INT, .label = "Lowest yearly salary", .min = 0, .max = PERSON_SALARY_MAX, \
     .message = "Enter a whole number from 0 to 100000000, without separators."}, \
    {.name = "salary_expectation_max", .type = FIELD_INT, .label = "Highest yearly salary", .min = 0, .max = PERSON_SALARY_MAX, \
     .message = "Enter a whole number from 0 to 100000000, without separators."}, \
    {.name = "salary_currency", .type = FIELD_CHOICE, .label = "Currency", .choices = PERSON_CURRENCIES, \
     .message = "Choose a currency of the list."}

#define PERSON_USERNAME_FIELD \
    {.name = "username", .type = FIELD_TEXT, .label = "Public username", .max = USERNAME_MAX, \
     .message = "Use 3 to 50 letters, digits and hyphens."}

#define PERSON_NAME_FIELDS(is_required) \
    {.name = "first_name", .type = FIELD_TEXT, .label = "First name", .required = (is_required), .min = 1, .max = 80}, \
    {.name = "last_name", .type = FIELD_TEXT, .label = "Last name", .max = 80}

#define PERSON_ABOUT_FIELDS \
    {.name = "headline", .type = FIELD_TEXT, .label = "Headline", .max = 120, .example = "Platform engineer who likes calm deployments"}, \
    {.name = "public_bio", .type = FIELD_MULTILINE, .label = "About you", .max = 2000}

#define PERSON_PUBLIC_FIELD {.name = "is_public", .type = FIELD_BOOL, .label = "Show my profile"}
#define PERSON_TWIN_FIELD {.name = "twin_quotes_resume", .type = FIELD_BOOL, .label = "My twin may quote my resume"}

struct person {
    struct str user_id, email, username, first_name, last_name, headline, public_bio;
    struct str_list target_roles, preferred_locations;
    int64_t years_of_experience, salary_min, salary_max; /* PERSON_NONE: not given */
    struct str salary_currency;
    bool is_public;
    bool twin_quotes_resume; /* to strangers, a line at a time */
    bool onboarding_completed, onboarding_skipped;
    int onboarding_step;
    int64_t created_at, updated_at; /* of the profile */
};

/* Reads somebody; ERR_NOT_FOUND when there is no such person. Everything lives in the arena. One query. */
enum err person_read(struct db *db, struct arena *arena, struct str user_id, struct person *person) MUST_CHECK;
/* Writes what a person can change (not the address, not the progress of onboarding). `now` becomes updated_at. In
 * the open transaction; other target roles after onboarding publish ROADMAP_REPATH_NEEDED. */
enum err person_write(struct db *db, struct arena *arena, const struct person *person, int64_t now) MUST_CHECK;

/* Publishes that this person's own doing calls for another roadmap: `reason` in a word for the record ("claims_changed"), `summary` as a
 * sentence for them. In the open transaction. */
enum err person_replan(struct db *db, struct arena *arena, struct str user_id, const char *reason, struct str summary) MUST_CHECK;

/* Which fields of the request count: all of its table (a form: an empty control empties the value), or only those that were
 * sent (PATCH: null empties). */
enum person_source { PERSON_FROM_FORM, PERSON_FROM_PATCH };
/* Puts the valid fields of the request over `person`, then applies the rules that need more than one field or the store, adding their
 * messages to the request's fields and taking back what broke them. Returns the store's errors only. */
enum err person_apply(struct request *request, enum person_source source, struct person *person) MUST_CHECK;

/* ---- the rules, alone ---- */

/* Why these salaries do not fit together, "" when they do. */
struct str person_salary_problem(int64_t salary_min, int64_t salary_max);
/* Why this cannot be a username (already lower-case), "" when it can; whether somebody has it is the store's business. */
struct str person_username_problem(struct str username);
/* Without entries that say the same in other letters: "Backend Developer" and "backend developer". The first spelling stays. */
struct str_list person_merge_list(struct arena *arena, const struct str_list *list);
/* Lower case, "Ä" as "a", everything else that is no letter or digit as one hyphen: "Zoë  O'Neil" gives "zoe-o-neil". At most
 * USERNAME_MAX characters; "" when nothing is left. */
struct str person_slug(struct arena *arena, struct str text);
/* A free username from the name (else the mail address): "ada-lovelace", "ada-lovelace-2" ... One query. */
enum err person_suggest_username(struct db *db, struct arena *arena, const struct person *person, struct str *username) MUST_CHECK;
/* A stored JSON list of texts; "" is an empty one. */
enum err person_list_read(struct arena *arena, struct str text, struct str_list *list) MUST_CHECK;
/* "Berlin, Remote" */
struct str person_list_text(struct arena *arena, const struct str_list *list);
/* The salary in words: "EUR 50,000 to 70,000", "at least USD 40,000", "" when none was given. */
struct str person_salary_text(struct arena *arena, const struct person *person);
