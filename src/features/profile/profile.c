/* GET /profile/{username}: what a recruiter reads in ten seconds. Three statements, whatever the person has proved.
 *
 * A profile that is not public answers like a name that nobody has: the same statement finds no row.
 */
#include "features/profile/profile.h"

#include "ai/catalogue.h"
#include "db/db.h"
#include "features/person.h"
#include "features/profile/profile_page.html.h"
#include "features/profile/store.sql.h"
#include "json/json.h"
#include "pages/pages.h"

#define SKILLS_USUAL 16
#define LIST_BYTES_MAX 65536
#define PAGE_USUAL 49152 /* bytes: twelve skills with three proofs each */

/* A stored JSON list of texts as "a, b or c"; at most `most` of them. */
static enum err list_words(struct arena *arena, struct str stored, size_t most, const char *last, struct str *words)
{
    *words = STR("");
    if (stored.len <= 2) return OK;
    struct json *list CLEANUP(json_free_at) = NULL;
    TRY(json_parse(stored, LIST_BYTES_MAX, &list));
    size_t count = json_count(list) < most ? json_count(list) : most;
    for (size_t i = 0; i < count; i++) {
        const char *between = i == 0 ? "" : i + 1 == count ? last : ", ";
        *words = str_format(arena, "%.*s%s%.*s", STR_ARG(*words), between, STR_ARG(json_str(json_at(list, i))));
    }
    return OK;
}

static enum err read_person(struct request *request, struct db_rows *rows, struct profile_page *view, struct str *user_id)
{
    struct arena *arena = request->arena;
    if (!db_next(rows)) {
        TRY(db_rows_result(rows));
        return err_set(ERR_NOT_FOUND, "There is no public profile at this address.");
    }
    *user_id = db_col_text(rows, 0, arena);
    struct str first = db_col_text(rows, 1, arena), last = db_col_view(rows, 2);
    view->first_name = first.len ? first : view->username;
    view->name = str_trim(str_format(arena, "%.*s %.*s", STR_ARG(view->first_name), STR_ARG(last)));
    view->initials = str_format(arena, "%.*s%.*s", STR_ARG(str_utf8_prefix(view->first_name, 1)), STR_ARG(str_utf8_prefix(last, 1)));
    view->role = db_col_text(rows, 3, arena);
    if (!view->role.len) TRY(list_words(arena, db_col_view(rows, 4), 1, "", &view->role));
    TRY(list_words(arena, db_col_view(rows, 5), PERSON_PLACES_SHOWN, " or ", &view->locations));
    int64_t years = db_col_int(rows, 6);
    if (years > 0) view->experience = str_format(arena, "%lld %s", (long long)years, years == 1 ? "year" : "years");
    view->bio = db_col_text(rows, 7, arena);
    view->is_public = db_col_bool(rows, 8);
    view->twin_quotes_resume = db_col_bool(rows, 9);
    view->is_owner = str_equal(*user_id, request->identity.user_id);
    return OK;
}

static struct profile_claim read_skill(struct arena *arena, const struct db_rows *rows)
{
    size_t known = catalogue_skill_by_id(db_col_view(rows, 1));
    struct profile_claim skill = {.id = db_col_text(rows, 0, arena), .level = db_col_text(rows, 2, arena)};
    if (known == CATALOGUE_NONE) {
        skill.left_skill = db_col_text(rows, 1, arena);
    } else {
        skill.name = catalogue_skill_at(known)->name;
        skill.category = catalogue_skill_at(known)->category;
    }
    return skill;
}

static enum err read_left_names(struct request *request, struct str user_id, struct profile_facts *facts)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_profile_left_skills, DB_ARGS(db_uuid(user_id)), &rows));
    while (db_next(&rows)) {
        for (size_t i = 0; i < facts->skills_count; i++) {
            struct profile_claim *skill = &facts->skills[i];
            if (!skill->left_skill.len || !str_equal(skill->left_skill, db_col_view(&rows, 0))) continue;
            skill->name = db_col_text(&rows, 1, request->arena);
            skill->category = db_col_text(&rows, 2, request->arena);
        }
    }
    return db_rows_result(&rows);
}

static enum err read_skills(struct request *request, struct db_rows *rows, struct str user_id, struct profile_facts *facts)
{
    bool has_left = false;
    size_t space = 0;
    while (facts->skills_count < PROFILE_SKILLS_MAX && db_next(rows)) {
        if (facts->skills_count == space) {
            space = space ? space * 4 : SKILLS_USUAL;
            struct profile_claim *larger = arena_array(request->arena, struct profile_claim, space);
            for (size_t i = 0; i < facts->skills_count; i++) larger[i] = facts->skills[i];
            facts->skills = larger;
        }
        facts->skills[facts->skills_count] = read_skill(request->arena, rows);
        has_left |= facts->skills[facts->skills_count++].left_skill.len > 0;
    }
    TRY(db_rows_result(rows));
    return has_left ? read_left_names(request, user_id, facts) : OK;
}

static struct profile_claim *find_skill(const struct profile_facts *facts, struct str id)
{
    for (size_t i = 0; i < facts->skills_count; i++)
        if (str_equal(facts->skills[i].id, id)) return &facts->skills[i];
    return NULL;
}

static enum err read_rows(struct request *request, struct db_rows *rows, struct profile_facts *facts)
{
    struct arena *arena = request->arena;
    facts->rows = arena_array(arena, struct profile_row, facts->skills_count * PROFILE_PROOFS_A_SKILL);
    while (db_next(rows)) {
        struct profile_claim *skill = find_skill(facts, db_col_view(rows, 0));
        if (!skill || ++skill->count > PROFILE_PROOFS_A_SKILL) continue;
        struct profile_row *row = &facts->rows[facts->rows_count++];
        *row = (struct profile_row){.skill = skill,
                                    .type = db_col_text(rows, 1, arena),
                                    .confidence = db_col_real(rows, 2),
                                    .verified_at = db_col_time(rows, 3),
                                    .snippet = db_col_text(rows, 4, arena),
                                    .summary = db_col_text(rows, 5, arena)};
        skill->proofs[skill->count - 1] = row;
        if (row->confidence > skill->best) skill->best = row->confidence;
    }
    return db_rows_result(rows);
}

/* The person, the skills and the proofs are asked for together; what belongs to nobody public is not looked at. */
static enum err read_profile(struct request *request, struct profile_page *view)
{
    struct db_rows person CLEANUP(db_rows_close) = {0}, skills CLEANUP(db_rows_close) = {0}, proofs CLEANUP(db_rows_close) = {0};
    const struct db_value name[] = {db_text(view->username), db_uuid_or_null(request->identity.user_id)};
    const struct db_ask asks[] = {
        {&sql_profile_person, name, 2, &person}, {&sql_profile_skills, name, 1, &skills}, {&sql_profile_proofs, name, 1, &proofs}};
    struct profile_facts facts = {0};
    struct str user_id;
    TRY(db_query_all(request->db, asks, COUNT_OF(asks)));
    TRY(read_person(request, &person, view, &user_id));
    TRY(read_skills(request, &skills, user_id, &facts));
    TRY(read_rows(request, &proofs, &facts));
    profile_build_skills(request->arena, &facts, view);
    profile_build_milestones(request->arena, &facts, view);
    return OK;
}

/* What a visitor may ask first: about the two skills that are proved best, and about projects. */
static void suggest_questions(struct arena *arena, struct profile_page *view)
{
    if (!view->skills_count) return;
    size_t skills = view->skills_count < 2 ? view->skills_count : 2;
    view->questions = arena_array(arena, struct profile_question, skills + 1);
    for (size_t i = 0; i < skills; i++)
        view->questions[view->questions_count++].text =
            str_format(arena, "What has %.*s done with %.*s?", STR_ARG(view->first_name), STR_ARG(view->skills[i].name));
    view->questions[view->questions_count++].text = STR("Which projects were there?");
}

/* Title, description, and what a link preview shows. */
static void describe(struct request *request, struct profile_page *view)
{
    struct arena *arena = request->arena;
    struct str title = view->role.len ? str_format(arena, "%.*s, %.*s", STR_ARG(view->name), STR_ARG(view->role)) : view->name;
    struct buf sentence = {0};
    buf_append_str(&sentence, view->skills_summary);
    for (size_t i = 0; i < view->skills_count && i < 5; i++)
        buf_append_format(&sentence, "%s%.*s", i ? ", " : ", with quotes from interviews: ", STR_ARG(view->skills[i].name));
    pages_frame(request, title, str_copy(arena, buf_str(&sentence)), &view->frame);
    buf_dispose(&sentence);
    view->frame.no_index = !view->is_public;
    struct str base = pages_site_address(request);
    view->frame.canonical_url = str_format(arena, "%.*s/profile/%.*s", STR_ARG(base), STR_ARG(view->username));
    view->frame.picture_url = str_format(arena, "%.*s%s", STR_ARG(base), ASSET_URL_og_card_png);
}

/* Usernames are lower case, and people type them as they like. Says nothing about who is there. */
static bool redirect_to_lower(struct request *request, struct response *response)
{
    struct str name = request_param(request, "username"), lower = str_lower(request->arena, name);
    if (str_equal(name, lower) || person_username_problem(lower).len) return false;
    respond_redirect(request, response, str_format(request->arena, "/profile/%.*s", STR_ARG(lower)));
    response->status = 308;
    return true;
}

enum err profile_show(struct request *request, struct response *response)
{
    if (redirect_to_lower(request, response)) return OK;
    struct profile_page view = {.username = request_param(request, "username")};
    TRY(read_profile(request, &view));
    suggest_questions(request->arena, &view);
    describe(request, &view);
    struct html page = {0};
    buf_reserve(&page.buf, PAGE_USUAL);
    profile_page_render(&page, &view);
    respond_html(response, &page);
    return OK;
}
