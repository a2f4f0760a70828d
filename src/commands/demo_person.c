/* One person of the demonstration. Design in demo.h.
 *
 * The clock is set to the day of each step, so that the story has dates; the bus runs until nothing is left to do after each, as the workers
 * of a server would have.
 */
#include "base/clock.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "commands/demo.h"
#include "commands/demo.sql.h"
#include "features/account/account.h"
#include "features/person.h"
#include "features/twin/store.sql.h"
#include "features/twin/twin_feature.h"
#include "json/json.h"

#define MINUTE (60 * US_PER_SECOND)
#define DAYS_BEFORE_INTERVIEW 3

struct adding {
    struct demo_load *load;
    struct arena *arena;
    const struct json *json;
    struct str user_id;
    int64_t at; /* the day of this step */
};

static int64_t days_ago(const struct demo_load *load, const struct json *json)
{
    return load->now - json_get_int(json, "days_ago", 0) * US_PER_DAY;
}

static void read_list(struct arena *arena, const struct json *list, struct str_list *out)
{
    for (size_t i = 0; i < json_count(list); i++) str_list_add(arena, out, str_copy(arena, json_str(json_at(list, i))));
}

static enum err write_profile(struct db *db, struct adding *adding)
{
    const struct json *json = adding->json, *salary = json_get(json, "salary");
    bool has_salary = json_count(salary) == 3;
    struct person person = {.user_id = adding->user_id,
                            .username = json_get_str(json, "username"),
                            .first_name = json_get_str(json, "first_name"),
                            .last_name = json_get_str(json, "last_name"),
                            .headline = json_get_str(json, "headline"),
                            .public_bio = json_get_str(json, "bio"),
                            .years_of_experience = json_get_int(json, "years", PERSON_NONE),
                            .salary_min = has_salary ? json_int(json_at(salary, 0)) : PERSON_NONE,
                            .salary_max = has_salary ? json_int(json_at(salary, 1)) : PERSON_NONE,
                            .salary_currency = has_salary ? json_str(json_at(salary, 2)) : (struct str){0},
                            .is_public = json_get_bool(json, "public", false),
                            .twin_quotes_resume = true};
    read_list(adding->arena, json_get(json, "roles"), &person.target_roles);
    read_list(adding->arena, json_get(json, "locations"), &person.preferred_locations);
    TRY(person_write(db, adding->arena, &person, adding->at));
    if (json_get_bool(json, "drafts", false)) TRY(db_exec(db, &sql_demo_want_drafts, DB_ARGS(db_uuid(adding->user_id))));
    return db_exec(db, &sql_demo_finish_onboarding, DB_ARGS(db_uuid(adding->user_id)));
}

static enum err write_history(struct db *db, struct adding *adding)
{
    const struct json *education = json_get(adding->json, "education"), *work = json_get(adding->json, "work");
    for (size_t i = 0; i < json_count(education); i++) {
        const struct json *one = json_at(education, i);
        TRY(db_exec(db, &sql_demo_education,
                    DB_ARGS(db_uuid(uuid_new(adding->arena)), db_uuid(adding->user_id), db_text(json_get_str(one, "degree")),
                            db_text(json_get_str(one, "institution")), db_text(json_get_str(one, "field")), db_int(json_get_int(one, "from", 2000)),
                            db_int(json_get_int(one, "to", 2004)), db_int((int64_t)i), db_time(adding->at))));
    }
    for (size_t i = 0; i < json_count(work); i++) {
        const struct json *one = json_at(work, i);
        TRY(db_exec(db, &sql_demo_work,
                    DB_ARGS(db_uuid(uuid_new(adding->arena)), db_uuid(adding->user_id), db_text(json_get_str(one, "title")), db_text(json_get_str(one, "company")),
                            db_text(json_get_str(one, "from")), db_text(json_get_str(one, "to")), db_text(json_get_str(one, "description")), db_int((int64_t)i),
                            db_time(adding->at))));
    }
    return OK;
}

static enum err write_claims(struct db *db, struct adding *adding)
{
    void *iterator = NULL;
    struct str skill;
    const struct json *level;
    while (json_next_member(json_get(adding->json, "claims"), &iterator, &skill, &level))
        TRY(db_exec(db, &sql_demo_claim,
                    DB_ARGS(db_uuid(uuid_new(adding->arena)), db_uuid(adding->user_id), db_text(skill), db_text(json_str(level)), db_time(adding->at))));
    return OK;
}

/* Sign-up and onboarding, finished in one go. */
static enum err join(struct db *db, void *argument)
{
    struct adding *adding = argument;
    struct account_new account = {.first_name = json_get_str(adding->json, "first_name"),
                                  .last_name = json_get_str(adding->json, "last_name"),
                                  .password_hash = adding->load->password_hash};
    account.email = str_format(adding->arena, "%.*s" DEMO_MAIL, STR_ARG(json_get_str(adding->json, "username")));
    TRY(account_create(db, adding->arena, &account, &adding->user_id));
    TRY(write_profile(db, adding));
    TRY(write_history(db, adding));
    TRY(write_claims(db, adding));
    struct event event = {.type = "ONBOARDING_COMPLETED", .user_id = adding->user_id, .summary = STR("You finished your profile."),
                          .payload = str_format(adding->arena, "{\"user_id\":\"%.*s\"}", STR_ARG(adding->user_id))};
    return bus_publish(db, adding->arena, &event, NULL);
}

static enum err write_turn(struct db *db, struct adding *adding, struct str interview_id, int64_t index, struct str text, struct str skill)
{
    struct str message = str_format(adding->arena, "%.*s:%lld", STR_ARG(interview_id), (long long)index);
    bool is_user = index % 2;
    return db_exec(db, &sql_demo_turn,
                   DB_ARGS(db_uuid(adding->user_id), db_uuid(interview_id), db_int(index), db_text(is_user ? STR("user") : STR("assistant")), db_text(text),
                           db_text_or_null(skill), db_text(message), db_time(adding->at + index * MINUTE)));
}

/* The whole conversation, and its end with the event that starts the analysis. */
static enum err talk(struct db *db, void *argument)
{
    struct adding *adding = argument;
    const struct json *interview = json_get(adding->json, "interview"), *turns = json_get(interview, "turns");
    struct str id = uuid_new(adding->arena), role = json_get_str(interview, "role");
    int64_t end = adding->at + (int64_t)json_count(turns) * 2 * MINUTE;
    TRY(db_exec(db, &sql_demo_interview,
                DB_ARGS(db_uuid(id), db_uuid(adding->user_id), db_text(role), db_json(STR("{}")), db_json(STR("{}")), db_time(adding->at), db_time(end))));
    for (size_t i = 0; i < json_count(turns); i++) {
        const struct json *turn = json_at(turns, i);
        struct str about = json_get_str(turn, "about");
        TRY(write_turn(db, adding, id, 2 * (int64_t)i, json_get_str(turn, "ask"), about));
        TRY(write_turn(db, adding, id, 2 * (int64_t)i + 1, json_get_str(turn, "answer"), about));
    }
    struct event event = {.type = "INTERVIEW_COMPLETED", .user_id = adding->user_id,
                          .payload = str_format(adding->arena, "{\"interview_id\":\"%.*s\",\"user_id\":\"%.*s\"}", STR_ARG(id), STR_ARG(adding->user_id)),
                          .summary = str_format(adding->arena, "Your interview as %.*s is finished.", STR_ARG(role))};
    return bus_publish(db, adding->arena, &event, NULL);
}

static enum err write_application(struct db *db, struct adding *adding, const struct json *one, int64_t position)
{
    int64_t at = days_ago(adding->load, one);
    struct str status = json_get_str(one, "status");
    bool was_sent = !str_equal(status, STR("saved"));
    return db_exec(db, &sql_demo_application,
                   DB_ARGS(db_uuid(uuid_new(adding->arena)), db_uuid(adding->user_id), db_text(json_get_str(one, "title")), db_text(json_get_str(one, "company")),
                           db_text(status), db_text(json_get_str(one, "notes")), was_sent ? db_text(time_date(adding->arena, at)) : db_null(), db_int(position),
                           db_time(at)));
}

static enum err write_connection(struct db *db, struct adding *adding, const struct json *one)
{
    int64_t at = days_ago(adding->load, one);
    struct str status = json_get_str(one, "status"), name = json_get_str(one, "name"), company = json_get_str(one, "company");
    bool is_pending = str_equal(status, STR("pending"));
    TRY(db_exec(db, &sql_demo_connection,
                DB_ARGS(db_uuid(uuid_new(adding->arena)), db_uuid(adding->user_id), db_text(name), db_text(json_get_str(one, "email")), db_text(company),
                        db_text(json_get_str(one, "link")), db_text(json_get_str(one, "message")), db_text(status), db_time(at),
                        is_pending ? db_null() : db_time(at + US_PER_DAY / 2))));
    if (!is_pending) return OK;
    clock_set_for_test(at);
    enum err told = bus_notify(db, adding->arena, adding->user_id, "connection",
                               str_format(adding->arena, "%.*s of %.*s asks to connect.", STR_ARG(name), STR_ARG(company)),
                               STR("Read the message, then accept or decline."), STR("/connections"));
    clock_set_for_test(adding->load->now);
    return told;
}

static enum err ask_twin(struct db *db, struct adding *adding, struct twin_subject *subject, struct str question, int64_t at)
{
    struct twin_answer answer;
    struct buf citations CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    twin_answer(adding->arena, &subject->person, question, &answer);
    json_begin(&writer, &citations);
    twin_write_citations(&writer, subject, &answer);
    return db_exec(db, &sql_twin_keep_question,
                   DB_ARGS(db_uuid(uuid_new(adding->arena)), db_uuid(adding->user_id), db_text(question), db_text(answer.reply), db_bool(answer.answered),
                           db_json(buf_str(&citations)), db_time(at)));
}

/* What came after: applications, recruiters, questions to the twin. */
static enum err live_on(struct db *db, void *argument)
{
    struct adding *adding = argument;
    const struct json *applications = json_get(adding->json, "applications"), *connections = json_get(adding->json, "connections"),
                      *questions = json_get(adding->json, "questions");
    for (size_t i = 0; i < json_count(applications); i++) TRY(write_application(db, adding, json_at(applications, i), (int64_t)i));
    for (size_t i = 0; i < json_count(connections); i++) TRY(write_connection(db, adding, json_at(connections, i)));
    struct twin_subject subject = {.user_id = adding->user_id, .username = json_get_str(adding->json, "username")};
    subject.person.first_name = json_get_str(adding->json, "first_name");
    subject.person.last_name = json_get_str(adding->json, "last_name");
    TRY(twin_load(db, adding->arena, &subject));
    for (size_t i = 0; i < json_count(questions); i++)
        TRY(ask_twin(db, adding, &subject, json_str(json_at(questions, i)), adding->load->now - (int64_t)(i + 1) * 7 * 3600 * US_PER_SECOND));
    return OK;
}

enum err demo_add_person(struct demo_load *load, const struct json *person)
{
    struct adding adding = {.load = load, .arena = load->arena, .json = person};
    int64_t interview = days_ago(load, json_get(person, "interview"));
    adding.at = interview - DAYS_BEFORE_INTERVIEW * US_PER_DAY;
    clock_set_for_test(adding.at);
    TRY(db_transaction(load->db, join, &adding));
    TRY(bus_run_until_idle(load->pool, NULL));
    adding.at = interview;
    clock_set_for_test(interview + US_PER_DAY / 24);
    TRY(db_transaction(load->db, talk, &adding));
    TRY(bus_run_until_idle(load->pool, NULL));
    clock_set_for_test(load->now);
    return db_transaction(load->db, live_on, &adding);
}
