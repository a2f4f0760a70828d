/* What a person does with one interview by form, and the questions before what cannot be undone. Design in interview.h. */
#include "bus/bus.h"
#include "features/interview/interview.h"
#include "features/interview/interview_confirm.html.h"
#include "pages/pages.h"

static struct str address(struct request *request, const char *action)
{
    return str_format(request->arena, "/interviews/%.*s%s", STR_ARG(request_param(request, "id")), action);
}

static enum err hold(struct request *request, struct interview_session *session)
{
    return interview_hold(request->db, request->arena, request->identity.user_id, request_param(request, "id"), session);
}

enum err interview_start_action(struct request *request, struct response *response)
{
    struct interview_session session;
    TRY(hold(request, &session));
    TRY(interview_start(&session));
    respond_redirect(request, response, address(request, ""));
    return OK;
}

enum err interview_say_action(struct request *request, struct response *response)
{
    struct interview_session session;
    struct interview_heard heard;
    TRY(hold(request, &session));
    enum err said = request_has_errors(request) ? ERR_INVALID : interview_say(&session, request_text(request, "text"), request_text(request, "message_id"), &heard);
    if ((said == ERR_INVALID || said == ERR_TOO_LARGE) && interview_is(&session.row, "in_progress")) {
        struct str problem = request_has_errors(request) ? request_error(request, "text") : interview_reason(request->arena);
        if (!problem.len) problem = STR("This answer could not be taken. Send it again.");
        response->status = 422;
        return interview_stage_page(request, response, &session.row, request_typed(request, "text"), problem);
    }
    TRY(said);
    respond_redirect(request, response, address(request, ""));
    return OK;
}

enum err interview_finish_action(struct request *request, struct response *response)
{
    struct interview_session session;
    TRY(hold(request, &session));
    TRY(interview_finish(&session));
    respond_redirect(request, response, address(request, ""));
    return OK;
}

enum err interview_read_again_action(struct request *request, struct response *response)
{
    struct interview interview;
    int64_t job_id = 0;
    TRY(interview_load(request->db, request->arena, request->identity.user_id, request_param(request, "id"), &interview));
    enum err found = interview_dead_reading(request, interview.id, &job_id);
    if (found == OK) TRY(bus_redrive(request->db, request->arena, request->identity.user_id, job_id));
    else if (found != ERR_NOT_FOUND) return found; /* not found: it is being read, or has been, in the meantime */
    respond_redirect(request, response, address(request, ""));
    return OK;
}

enum err interview_abandon_action(struct request *request, struct response *response)
{
    struct interview_session session;
    TRY(hold(request, &session));
    TRY(interview_abandon(&session));
    respond_flash(request, response, false, STR("You left the interview. What you said is kept, and you can take it up again."));
    respond_redirect(request, response, STR("/interviews"));
    return OK;
}

enum err interview_delete_action(struct request *request, struct response *response)
{
    TRY(interview_remove(request->db, request->arena, request->identity.user_id, request_param(request, "id")));
    respond_flash(request, response, false, STR("The interview and its proofs are deleted."));
    respond_redirect(request, response, STR("/interviews"));
    return OK;
}

/* `only_open`: the question has a sense only before the interview is over; after it its page says what came of it. */
static enum err confirm(struct request *request, struct response *response, struct interview_confirm *view, struct str title, bool only_open)
{
    struct interview interview;
    TRY(interview_load(request->db, request->arena, request->identity.user_id, request_param(request, "id"), &interview));
    if (only_open && (interview_is(&interview, "completed") || interview_is(&interview, "analyzed"))) {
        respond_redirect(request, response, address(request, ""));
        return OK;
    }
    struct str sentence = str_format(request->arena, "Your interview as %.*s.", STR_ARG(interview.role));
    TRY(pages_shell(request, NAV_INTERVIEWS, title, sentence, &view->shell));
    view->back = address(request, "");
    struct html out = {0};
    interview_confirm_render(&out, view);
    respond_html(response, &out);
    return OK;
}

enum err interview_finish_page(struct request *request, struct response *response)
{
    struct interview_confirm view = {.sentence = STR("The interviewer asks nothing more, and your answers are read for proof. Skills that were not asked about stay as they are."),
                                     .action = address(request, "/finish"), .word = STR("Finish now")};
    return confirm(request, response, &view, STR("Finish the interview?"), true);
}

enum err interview_abandon_page(struct request *request, struct response *response)
{
    struct interview_confirm view = {.sentence = STR("Your answers are kept, and they are not read for proof. You can continue the interview later."),
                                     .action = address(request, "/abandon"), .word = STR("Leave it")};
    return confirm(request, response, &view, STR("Leave the interview?"), true);
}

enum err interview_delete_page(struct request *request, struct response *response)
{
    struct interview_confirm view = {.sentence = STR("The conversation and the proofs from it are deleted for good. Skills that have no other proof are claims again."),
                                     .action = address(request, "/delete"), .word = STR("Delete the interview"), .is_destructive = true};
    return confirm(request, response, &view, STR("Delete the interview?"), false);
}
