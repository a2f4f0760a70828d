/* What a person does with a resume: upload, decide on offered skills, delete. */
#include "ai/catalogue.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "features/resume/resume.h"
#include "features/resume/store.sql.h"
#include "json/json.h"

/* Where an upload may lead to besides the page of the resume. */
static struct str next_of(const struct request *request)
{
    static const struct str places[] = {STR_INIT("/onboarding"), STR_INIT("/onboarding/3"), STR_INIT("/onboarding/4"), STR_INIT("/onboarding/5"), STR_INIT("/settings")};
    struct str wanted = request_text(request, "next");
    for (size_t i = 0; i < COUNT_OF(places); i++)
        if (str_equal(wanted, places[i])) return places[i];
    return STR("/resume");
}

static enum err store_upload(struct request *request, const struct upload *file)
{
    struct db *db = request->db;
    struct str id = uuid_new(request->arena), name = file->file_name.len ? file->file_name : STR("resume");
    struct db_value user = db_uuid(request->identity.user_id);
    struct str media_type = str_is_text(file->media_type) ? str_utf8_prefix(file->media_type, 100) : (struct str){0};
    TRY(db_exec(db, &sql_resume_remove_unread, DB_ARGS(user)));
    TRY(db_exec(db, &sql_resume_insert, DB_ARGS(db_uuid(id), user, db_text(name), db_text(media_type), db_time(clock_now()))));
    TRY(db_exec(db, &sql_resume_insert_upload, DB_ARGS(user, db_uuid(id), db_blob(file->content))));
    struct buf payload CLEANUP(buf_dispose) = {0};
    struct json_writer json;
    json_begin(&json, &payload);
    json_object_open(&json);
    json_member_str(&json, "user_id", request->identity.user_id);
    json_member_str(&json, "resume_id", id);
    json_object_close(&json);
    struct event event = {.type = "RESUME_UPLOADED", .user_id = request->identity.user_id, .payload = buf_str(&payload),
                          .summary = str_format(request->arena, "You uploaded %.*s.", STR_ARG(name))};
    return bus_publish(db, request->arena, &event, NULL);
}

enum err resume_upload_action(struct request *request, struct response *response)
{
    const struct upload *file = request_file(request, "file");
    if (request_has_errors(request)) {
        struct str problem = request_error(request, "file");
        if (problem.len && request_has(request, "file")) problem = file->content.len ? STR("This file is larger than 5 MB. Choose a smaller one.") : STR("This file is empty. Choose another one.");
        if (problem.len == 0) problem = request_error(request, "next");
        if (!request_wants_json(request)) return resume_page_show(request, response, problem);
        respond_problem(request, response, PROBLEM_VALIDATION, problem);
        return OK;
    }
    TRY(store_upload(request, file));
    respond_redirect(request, response, next_of(request));
    return OK;
}

struct choice_made {
    struct str skill, choice;
};

/* What was chosen for the field of work of a skill: "Cloud and DevOps:expert". "later" when nothing was. */
static struct str group_choice(const struct request *request, size_t skill)
{
    const struct str_list *groups = request_list(request, "groups");
    struct str field = catalogue_skill_at(skill)->field;
    for (size_t i = 0; i < groups->count; i++) {
        struct str one = groups->items[i];
        if (one.len > field.len && one.ptr[field.len] == ':' && str_starts(one, field)) return str_slice(one, field.len + 1, one.len);
    }
    return STR("later");
}

/* "docker:expert"; "docker:group" is what was chosen for its field of work. */
static enum err read_choice(const struct request *request, struct str text, struct choice_made *out)
{
    size_t colon = str_find_char(text, ':', 0);
    if (colon == STR_NPOS) return err_set(ERR_INVALID, "A choice is not one of those offered.");
    *out = (struct choice_made){.skill = str_slice(text, 0, colon), .choice = str_slice(text, colon + 1, text.len)};
    size_t skill = catalogue_skill_by_id(out->skill);
    if (skill != CATALOGUE_NONE && str_equal(out->choice, STR("group"))) out->choice = group_choice(request, skill);
    enum question_level level;
    bool known = str_equal(out->choice, STR("later")) || str_equal(out->choice, STR("dismiss")) || level_parse(out->choice, &level) == OK;
    if (!known || skill == CATALOGUE_NONE) return err_set(ERR_INVALID, "A choice is not one of those offered.");
    return OK;
}

static void write_choice(struct json_writer *json, struct arena *arena, const struct choice_made *choice)
{
    bool dismisses = str_equal(choice->choice, STR("dismiss"));
    json_object_open(json);
    json_member_str(json, "id", uuid_new(arena));
    json_member_str(json, "skill", choice->skill);
    json_member_str(json, "level", choice->choice);
    json_member_str(json, "status", dismisses ? STR("dismissed") : STR("accepted"));
    json_object_close(json);
}

/* What is decided, as the statements take it; the first choice for a skill counts. */
static enum err write_choices(struct request *request, struct buf *out)
{
    const struct str_list *choices = request_list(request, "choices");
    struct choice_made *made = arena_array(request->arena, struct choice_made, choices->count);
    struct json_writer json;
    json_begin(&json, out);
    json_array_open(&json);
    for (size_t i = 0; i < choices->count; i++) {
        TRY(read_choice(request, choices->items[i], &made[i]));
        size_t first = 0;
        while (!str_equal(made[first].skill, made[i].skill) || str_equal(made[first].choice, STR("later"))) {
            if (first == i) break;
            first++;
        }
        if (first == i && !str_equal(made[i].choice, STR("later"))) write_choice(&json, request->arena, &made[i]);
    }
    json_array_close(&json);
    return OK;
}

enum err resume_suggestions_action(struct request *request, struct response *response)
{
    struct buf choices CLEANUP(buf_dispose) = {0};
    int accepted = 0, dismissed = 0;
    TRY(write_choices(request, &choices));
    struct db_value user = db_uuid(request->identity.user_id), list = db_json(buf_str(&choices));
    TRY(db_exec(request->db, &sql_resume_accept, DB_ARGS(user, list, db_time(clock_now()))));
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_resume_settle, DB_ARGS(user, list), &rows));
    while (db_next(&rows)) *(str_equal(db_col_view(&rows, 0), STR("accepted")) ? &accepted : &dismissed) += 1;
    TRY(db_rows_result(&rows));
    struct str words = STR("Nothing was chosen, so nothing changed.");
    if (accepted || dismissed) words = str_format(request->arena, "%d added to your skills, %d dismissed.", accepted, dismissed);
    respond_flash(request, response, false, words);
    respond_redirect(request, response, STR("/resume"));
    return OK;
}

enum err resume_delete_action(struct request *request, struct response *response)
{
    struct db_value user = db_uuid(request->identity.user_id);
    TRY(db_exec(request->db, &sql_resume_delete_all, DB_ARGS(user)));
    TRY(db_exec(request->db, &sql_resume_delete_suggestions, DB_ARGS(user)));
    respond_flash(request, response, false, STR("Your resume was deleted. Skills you accepted stay."));
    respond_redirect(request, response, STR("/resume"));
    return OK;
}
