/* Reading, changing and writing what a person tells us. Design in person.h. */
#include "features/person.h"

#include "bus/bus.h"
#include "features/person.sql.h"
#include "json/json.h"

#include <inttypes.h>
#include <string.h>

enum err person_list_read(struct arena *arena, struct str text, struct str_list *list)
{
    *list = (struct str_list){0};
    if (!text.len) return OK;
    struct json *root CLEANUP(json_free_at) = NULL;
    TRY(json_parse(text, 1 << 20, &root));
    for (size_t i = 0; i < json_count(root); i++) str_list_add(arena, list, str_copy(arena, json_str(json_at(root, i))));
    return OK;
}

static struct str write_list(struct arena *arena, const struct str_list *list)
{
    struct json_list written CLEANUP(json_list_dispose) = {0};
    json_list_open(&written);
    for (size_t i = 0; i < list->count; i++) json_write_str(&written.writer, list->items[i]);
    return str_copy(arena, json_list_str(&written));
}

static int64_t number_or_none(const struct db_rows *rows, int column)
{
    return db_col_is_null(rows, column) ? PERSON_NONE : db_col_int(rows, column);
}

static struct db_value none_as_null(int64_t number) { return number == PERSON_NONE ? db_null() : db_int(number); }

enum err person_read(struct db *db, struct arena *arena, struct str user_id, struct person *person)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(db, &sql_person_by_id, DB_ARGS(db_uuid(user_id)), &rows));
    *person = (struct person){
        .user_id = str_copy(arena, user_id),
        .email = db_col_text(&rows, 0, arena),
        .username = db_col_text(&rows, 1, arena),
        .first_name = db_col_text(&rows, 2, arena),
        .last_name = db_col_text(&rows, 3, arena),
        .onboarding_step = (int)db_col_int(&rows, 4),
        .onboarding_completed = db_col_bool(&rows, 5),
        .onboarding_skipped = db_col_bool(&rows, 6),
        .headline = db_col_text(&rows, 7, arena),
        .public_bio = db_col_text(&rows, 8, arena),
        .years_of_experience = number_or_none(&rows, 11),
        .salary_min = number_or_none(&rows, 12),
        .salary_max = number_or_none(&rows, 13),
        .salary_currency = db_col_text(&rows, 14, arena),
        .is_public = db_col_bool(&rows, 15),
        .created_at = db_col_time(&rows, 16),
        .updated_at = db_col_time(&rows, 17),
        .twin_quotes_resume = db_col_bool(&rows, 18),
    };
    TRY(person_list_read(arena, db_col_view(&rows, 9), &person->target_roles));
    return person_list_read(arena, db_col_view(&rows, 10), &person->preferred_locations);
}

enum err person_replan(struct db *db, struct arena *arena, struct str user_id, const char *reason, struct str summary)
{
    struct buf payload CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &payload);
    json_object_open(&writer);
    json_member_str(&writer, "user_id", user_id);
    json_member_str(&writer, "reason", str_from(reason));
    json_object_close(&writer);
    struct event event = {.type = "ROADMAP_REPATH_NEEDED", .source = "person", .user_id = user_id, .payload = buf_str(&payload), .summary = summary};
    return bus_publish(db, arena, &event, NULL);
}

/* Other roles ask for another roadmap; before the profile is finished there is none yet. */
static enum err ask_for_new_plan(struct db *db, struct arena *arena, struct str user_id)
{
    return person_replan(db, arena, user_id, "goals_changed", STR("You changed the roles that you aim for."));
}

/* The number in the one row that a changing statement gives back; ERR_NOT_FOUND without it. */
static enum err take_one(struct db_rows *rows, int64_t *number)
{
    if (!db_next(rows)) {
        TRY(db_rows_result(rows));
        return err_set_private(ERR_NOT_FOUND, "It does not exist, or it is not yours.", "a person to be written is gone");
    }
    *number = db_col_int(rows, 0);
    while (db_next(rows)) {}
    return db_rows_result(rows);
}

/* Both statements go in one round trip. */
enum err person_write(struct db *db, struct arena *arena, const struct person *person, int64_t now)
{
    struct db_rows names CLEANUP(db_rows_close) = {0}, profile CLEANUP(db_rows_close) = {0};
    struct db_value id = db_uuid(person->user_id), roles = db_json(write_list(arena, &person->target_roles));
    const struct db_value name_values[] = {id, db_text_or_null(person->username), db_text(person->first_name), db_text(person->last_name), db_time(now), roles};
    const struct db_value profile_values[] = {
        id, roles, db_json(write_list(arena, &person->preferred_locations)), none_as_null(person->years_of_experience), none_as_null(person->salary_min),
        none_as_null(person->salary_max), db_text_or_null(person->salary_currency), db_bool(person->is_public), db_text_or_null(person->public_bio),
        db_text_or_null(person->headline), db_time(now), db_bool(person->twin_quotes_resume)};
    const struct db_ask asks[] = {{&sql_person_update_user, name_values, COUNT_OF(name_values), &names},
                                  {&sql_person_update_profile, profile_values, COUNT_OF(profile_values), &profile}};
    int64_t aims_elsewhere = 0, changed = 0;
    TRY(db_query_all(db, asks, COUNT_OF(asks)));
    TRY(take_one(&names, &aims_elsewhere));
    TRY(take_one(&profile, &changed));
    return aims_elsewhere ? ask_for_new_plan(db, arena, person->user_id) : OK;
}

/* ---- the fields of a request over what is stored ---- */

enum member_kind { MEMBER_TEXT, MEMBER_NUMBER, MEMBER_LIST, MEMBER_BOOL };

static const struct member {
    const char *name;
    enum member_kind kind;
    size_t offset;
    bool must_stay; /* once given it cannot be taken away, only changed */
} members[] = {
    {"username", MEMBER_TEXT, offsetof(struct person, username), false},
    {"first_name", MEMBER_TEXT, offsetof(struct person, first_name), true},
    {"last_name", MEMBER_TEXT, offsetof(struct person, last_name), false},
    {"headline", MEMBER_TEXT, offsetof(struct person, headline), false},
    {"public_bio", MEMBER_TEXT, offsetof(struct person, public_bio), false},
    {"target_roles", MEMBER_LIST, offsetof(struct person, target_roles), true},
    {"preferred_locations", MEMBER_LIST, offsetof(struct person, preferred_locations), true},
    {"years_of_experience", MEMBER_NUMBER, offsetof(struct person, years_of_experience), true},
    {"salary_expectation_min", MEMBER_NUMBER, offsetof(struct person, salary_min), false},
    {"salary_expectation_max", MEMBER_NUMBER, offsetof(struct person, salary_max), false},
    {"salary_currency", MEMBER_TEXT, offsetof(struct person, salary_currency), false},
    {"is_public", MEMBER_BOOL, offsetof(struct person, is_public), false},
    {"twin_quotes_resume", MEMBER_BOOL, offsetof(struct person, twin_quotes_resume), false},
};

static const struct member *find_member(const char *name)
{
    for (size_t i = 0; i < COUNT_OF(members); i++)
        if (strcmp(members[i].name, name) == 0) return &members[i];
    return NULL;
}

static const struct field *field_of(const struct request *request, const char *name)
{
    for (size_t i = 0; i < request->route->fields_count; i++)
        if (strcmp(request->route->fields[i].name, name) == 0) return &request->route->fields[i];
    return NULL;
}

/* Whether the field belongs to this request at all. */
static bool counts(const struct request *request, enum person_source source, const char *name)
{
    if (!field_of(request, name)) return false;
    if (source == PERSON_FROM_FORM) return true;
    return request_sent(request, name);
}

static bool is_empty(const struct request *request, const struct member *member)
{
    return member->kind != MEMBER_BOOL && !request_has(request, member->name);
}

static void put(struct request *request, const struct member *member, struct person *person)
{
    void *place = (char *)person + member->offset;
    switch (member->kind) {
    case MEMBER_TEXT: *(struct str *)place = request_text(request, member->name); break;
    case MEMBER_NUMBER: *(int64_t *)place = request_int(request, member->name, PERSON_NONE); break;
    case MEMBER_LIST: *(struct str_list *)place = person_merge_list(request->arena, request_list(request, member->name)); break;
    case MEMBER_BOOL: *(bool *)place = request_bool(request, member->name); break;
    }
}

static struct str missing_message(struct arena *arena, const struct field *field)
{
    return field->message ? str_from(field->message) : str_format(arena, "%s is required.", field->label);
}

static void check_salary(struct request *request, enum person_source source, const struct person *stored, struct person *person)
{
    if (!field_of(request, "salary_expectation_max")) return;
    struct str problem = person_salary_problem(person->salary_min, person->salary_max);
    bool has_highest = counts(request, source, "salary_expectation_max");
    if (problem.len && has_highest && !request_error(request, "salary_expectation_max").len) {
        request_add_error(request, "salary_expectation_max", problem);
        person->salary_max = stored->salary_max;
    } else if (problem.len && !has_highest) {
        request_add_error(request, "salary_expectation_min", problem);
        person->salary_min = stored->salary_min;
    }
    /* The lowest is new and valid: an old highest below it goes. */
    if (person_salary_problem(person->salary_min, person->salary_max).len) person->salary_max = PERSON_NONE;
    bool has_salary = person->salary_min != PERSON_NONE || person->salary_max != PERSON_NONE;
    if (has_salary && !person->salary_currency.len && !request_error(request, "salary_currency").len)
        request_add_error(request, "salary_currency", STR("Choose the currency of the salary."));
}

static enum err check_username(struct request *request, enum person_source source, const struct person *stored, struct person *person)
{
    if (!counts(request, source, "username") || request_error(request, "username").len) return OK;
    person->username = str_lower(request->arena, person->username);
    if (!person->username.len || str_equal(person->username, stored->username)) return OK;
    struct str problem = person_username_problem(person->username);
    if (!problem.len) {
        int64_t others = 0;
        TRY(db_query_int(request->db, &sql_person_with_username, DB_ARGS(db_text(person->username), db_uuid(person->user_id)), &others));
        if (others) problem = STR("Somebody else has this username. Try another one.");
    }
    if (!problem.len) return OK;
    request_add_error(request, "username", problem);
    person->username = stored->username;
    return OK;
}

enum err person_apply(struct request *request, enum person_source source, struct person *person)
{
    const struct person stored = *person;
    for (size_t i = 0; i < request->route->fields_count; i++) {
        const struct field *field = &request->route->fields[i];
        const struct member *member = find_member(field->name);
        if (!member || !counts(request, source, field->name) || request_error(request, field->name).len) continue;
        if (member->must_stay && is_empty(request, member)) request_add_error(request, field->name, missing_message(request->arena, field));
        else put(request, member, person);
    }
    check_salary(request, source, &stored, person);
    TRY(check_username(request, source, &stored, person));
    if (person->is_public && !person->username.len) {
        const char *name = counts(request, source, "is_public") ? "is_public" : "username";
        if (counts(request, source, name)) request_add_error(request, name, STR("A public profile needs a username, which is its address."));
        person->username = stored.username;
        person->is_public = stored.is_public && stored.username.len;
    }
    return OK;
}

enum err person_suggest_username(struct db *db, struct arena *arena, const struct person *person, struct str *username)
{
    struct str name = str_format(arena, "%.*s %.*s", STR_ARG(person->first_name), STR_ARG(person->last_name));
    struct str base = person_slug(arena, name);
    if (base.len < USERNAME_MIN) base = person_slug(arena, str_slice(person->email, 0, str_find_char(person->email, '@', 0)));
    if (base.len < USERNAME_MIN) base = STR("person");
    if (base.len > USERNAME_MAX - 5) base.len = USERNAME_MAX - 5;
    while (base.ptr[base.len - 1] == '-') base.len--;
    struct str_list taken = {0};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_person_usernames_like, DB_ARGS(db_text(base), db_text(str_format(arena, "%.*s-%%", STR_ARG(base)))), &rows));
    while (db_next(&rows)) str_list_add(arena, &taken, db_col_text(&rows, 0, arena));
    TRY(db_rows_result(&rows));
    *username = base;
    for (int number = 2; number < 9999; number++) {
        bool is_free = !person_username_problem(*username).len;
        for (size_t i = 0; i < taken.count && is_free; i++) is_free = !str_equal(taken.items[i], *username);
        if (is_free) return OK;
        *username = str_format(arena, "%.*s-%d", STR_ARG(base), number);
    }
    *username = (struct str){0};
    return OK;
}
