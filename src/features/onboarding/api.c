/* /api/users/profile: the same fields and rules as the forms, as JSON. */
#include "base/clock.h"
#include "features/onboarding/onboarding.h"
#include "json/json.h"

static void write_list(struct json_writer *writer, const char *name, const struct str_list *list)
{
    json_key(writer, name);
    json_array_open(writer);
    for (size_t i = 0; i < list->count; i++) json_write_str(writer, list->items[i]);
    json_array_close(writer);
}

static void write_text(struct json_writer *writer, const char *name, struct str text)
{
    json_key(writer, name);
    if (text.len) json_write_str(writer, text);
    else json_write_null(writer);
}

static void write_number(struct json_writer *writer, const char *name, int64_t number)
{
    json_key(writer, name);
    if (number == PERSON_NONE) json_write_null(writer);
    else json_write_int(writer, number);
}

static void write_person(struct buf *out, const struct person *person)
{
    struct json_writer writer;
    json_begin(&writer, out);
    json_object_open(&writer);
    json_member_str(&writer, "user_id", person->user_id);
    json_member_str(&writer, "email", person->email);
    write_text(&writer, "username", person->username);
    json_member_str(&writer, "first_name", person->first_name);
    json_member_str(&writer, "last_name", person->last_name);
    write_text(&writer, "headline", person->headline);
    write_text(&writer, "public_bio", person->public_bio);
    json_member_bool(&writer, "is_public", person->is_public);
    json_member_bool(&writer, "twin_quotes_resume", person->twin_quotes_resume);
    write_list(&writer, "target_roles", &person->target_roles);
    write_list(&writer, "preferred_locations", &person->preferred_locations);
    write_number(&writer, "years_of_experience", person->years_of_experience);
    write_number(&writer, "salary_expectation_min", person->salary_min);
    write_number(&writer, "salary_expectation_max", person->salary_max);
    write_text(&writer, "salary_currency", person->salary_currency);
    json_member_int(&writer, "onboarding_step", person->onboarding_step);
    json_member_bool(&writer, "onboarding_completed", person->onboarding_completed);
    json_member_time(&writer, "updated_at", person->updated_at);
    json_object_close(&writer);
}

enum err onboarding_profile_get(struct request *request, struct response *response)
{
    struct person person;
    TRY(person_read(request->db, request->arena, request->identity.user_id, &person));
    struct buf out = {0};
    write_person(&out, &person);
    respond_json(response, &out);
    return OK;
}

enum err onboarding_profile_patch(struct request *request, struct response *response)
{
    struct person person;
    TRY(person_read(request->db, request->arena, request->identity.user_id, &person));
    TRY(person_apply(request, PERSON_FROM_PATCH, &person));
    if (request_has_errors(request)) {
        respond_problem(request, response, PROBLEM_VALIDATION, STR("Some fields are not valid; each is named under errors."));
        return OK;
    }
    person.updated_at = clock_now();
    TRY(person_write(request->db, request->arena, &person, person.updated_at));
    struct buf out = {0};
    write_person(&out, &person);
    respond_json(response, &out);
    return OK;
}
