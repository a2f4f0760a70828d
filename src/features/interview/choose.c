/* Choosing what the interview is about: role, skills, length. Design in interview.h. */
#include "features/interview/interview.h"
#include "features/interview/interview_new.html.h"
#include "pages/pages.h"

#define CHOSEN_AT_FIRST 4

const struct field interview_new_fields[INTERVIEW_NEW_FIELDS] = {
    {.name = "role", .type = FIELD_TEXT, .label = "Role", .required = true, .min = 2, .max = 120},
    {.name = "skills", .type = FIELD_LIST, .label = "Skills", .required = true, .min = 1, .max = INTERVIEWER_TOPICS_MAX,
     .message = "Choose one to eight skills."},
    {.name = "length", .type = FIELD_CHOICE, .label = "Length", .choices = "short|normal"},
};

static bool is_listed(const struct str_list *list, struct str text)
{
    for (size_t i = 0; list && i < list->count; i++)
        if (str_equal(list->items[i], text)) return true;
    return false;
}

/* The claim that a link asked for stands first and is the only one chosen. False when it is no claim. */
static bool put_first(struct interview_claims *claims, struct str skill_id)
{
    size_t at = 0;
    while (at < claims->count && !str_equal(claims->items[at].claim.skill_id, skill_id)) at++;
    if (at == claims->count) return false;
    struct interview_claim_row wanted = claims->items[at];
    for (; at > 0; at--) claims->items[at] = claims->items[at - 1];
    claims->items[0] = wanted;
    return true;
}

static void fill_skills(struct request *request, struct interview_claims *claims, struct interview_new_view *view)
{
    bool was_sent = request->method == HTTP_POST;
    const struct str_list *sent = was_sent ? request_list(request, "skills") : NULL;
    struct str wanted = was_sent ? (struct str){0} : request_text(request, "skill");
    size_t chosen = CHOSEN_AT_FIRST;
    if (wanted.len && put_first(claims, wanted)) chosen = 1;
    else if (wanted.len) view->problem = STR("That skill is not among your claims. Add it on the page Skills; then an interview can ask about it.");
    view->skills = arena_array(request->arena, struct interview_choice, claims->count);
    view->skills_count = claims->count;
    for (size_t i = 0; i < claims->count; i++) {
        const struct interview_claim_row *row = &claims->items[i];
        view->skills[i] = (struct interview_choice){.id = row->claim.skill_id,
                                                    .name = row->claim.skill,
                                                    .level = str_from(level_name(row->claim.level)),
                                                    .is_verified = row->is_verified,
                                                    .is_checked = was_sent ? is_listed(sent, row->claim.skill_id) : i < chosen};
    }
}

static void fill_length(struct request *request, struct interview_new_view *view)
{
    static struct choice choices[] = {{STR_INIT("normal"), STR_INIT("Normal"), STR_INIT("Two or three questions a skill, by level."), false},
                                      {STR_INIT("short"), STR_INIT("Short"), STR_INIT("One or two questions a skill."), false}};
    bool is_short = request->method == HTTP_POST && str_equal(request_typed(request, "length"), STR("short"));
    view->length = PAGES_FIELD(request, interview_new_fields, "length", (struct str){0}, NULL);
    view->length.choices = arena_array(request->arena, struct choice, COUNT_OF(choices));
    view->length.choices_count = COUNT_OF(choices);
    for (size_t i = 0; i < COUNT_OF(choices); i++) view->length.choices[i] = choices[i];
    view->length.choices[is_short ? 1 : 0].is_selected = true;
}

static enum err show(struct request *request, struct response *response, struct str problem)
{
    struct interview_claims claims;
    struct interview_new_view view = {.problem = problem, .most = str_format(request->arena, "%d", INTERVIEWER_TOPICS_MAX)};
    struct str role;
    TRY(pages_shell(request, NAV_INTERVIEWS, STR("New interview"), STR("Choose what you want to show. The questions follow from it."), &view.shell));
    TRY(interview_load_claims(request->db, request->arena, request->identity.user_id, &claims));
    TRY(interview_default_role(request->db, request->arena, request->identity.user_id, &role));
    view.role = PAGES_FIELD(request, interview_new_fields, "role", role, "The work you want to do, as a listing would call it.");
    view.role.suggest = "/suggest/roles";
    fill_skills(request, &claims, &view);
    fill_length(request, &view);
    if (request->method == HTTP_POST) view.skills_error = request_error(request, "skills");
    if (!claims.count)
        view.empty = (struct empty_view){PAGES_ICON("award"), STR("Claim a skill first"),
                                         STR("An interview asks about the skills you say you have. Add one or more, then come back."),
                                         STR("Add skills"), STR("/skills")};
    struct html page = {0};
    interview_new_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

enum err interview_new_page(struct request *request, struct response *response) { return show(request, response, (struct str){0}); }

/* The chosen claims, in the order of the list. False when an entry is no claim of this person. */
static bool choose_claims(struct request *request, const struct interview_claims *claims, struct interviewer_claim *chosen, size_t *count)
{
    const struct str_list *sent = request_list(request, "skills");
    *count = 0;
    for (size_t i = 0; i < claims->count; i++)
        if (is_listed(sent, claims->items[i].claim.skill_id) && *count < INTERVIEWER_TOPICS_MAX) chosen[(*count)++] = claims->items[i].claim;
    return *count == sent->count;
}

enum err interview_new(struct request *request, struct response *response)
{
    struct interview_claims claims;
    struct interviewer_claim chosen[INTERVIEWER_TOPICS_MAX];
    struct interview_wish wish = {.role = request_text(request, "role"), .claims = chosen,
                                  .is_short = str_equal(request_text(request, "length"), STR("short"))};
    struct str id;
    TRY(interview_load_claims(request->db, request->arena, request->identity.user_id, &claims));
    if (!request_has_errors(request) && !choose_claims(request, &claims, chosen, &wish.claims_count))
        request_add_error(request, "skills", STR("One of these skills is not among your claims any more. Choose again."));
    if (request_has_errors(request)) {
        response->status = 422;
        return show(request, response, (struct str){0});
    }
    TRY(interview_create(request->db, request->arena, &request->identity, &wish, &id));
    respond_redirect(request, response, str_format(request->arena, "/interviews/%.*s", STR_ARG(id)));
    return OK;
}
