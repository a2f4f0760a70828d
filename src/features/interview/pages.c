/* The pages of interviews: the list, and one interview in each of its states. Design in interview.h. */
#include "base/clock.h"
#include "base/uuid.h"
#include "features/interview/interview.h"
#include "features/interview/interview_before.html.h"
#include "features/interview/interview_list.html.h"
#include "features/interview/interview_reading.html.h"
#include "features/interview/interview_reading_part.html.h"
#include "features/interview/interview_stage.html.h"
#include "features/interview/store.sql.h"
#include "pages/pages.h"

#define PAGE_SIZE 20
#define SLOW_US (120 * US_PER_SECOND)

static struct str counted(struct arena *arena, int64_t count, const char *one, const char *many)
{
    return str_format(arena, "%lld %s", (long long)count, count == 1 ? one : many);
}

/* What there is to say about one row of the list, by its state. */
static void describe(struct arena *arena, struct interview_item *item, struct str status, int64_t proved, int64_t answers, struct str topics)
{
    struct str said = answers ? counted(arena, answers, "answer", "answers") : STR("No answer");
    if (str_equal(status, STR("scheduled"))) {
        item->is_scheduled = true;
        item->status_word = STR("Not started");
        item->action = STR("Start");
        item->facts = topics;
    } else if (str_equal(status, STR("in_progress"))) {
        item->is_running = true;
        item->status_word = STR("In progress");
        item->action = STR("Continue");
        item->facts = str_format(arena, "%.*s so far", STR_ARG(said));
    } else if (str_equal(status, STR("completed"))) {
        item->is_reading = true;
        item->status_word = STR("Being read");
        item->action = STR("Look");
        item->facts = said;
    } else if (str_equal(status, STR("analyzed"))) {
        item->is_done = true;
        item->status_word = STR("Read");
        item->action = STR("See the result");
        item->facts = proved ? str_format(arena, "%.*s proved, %.*s", STR_ARG(counted(arena, proved, "skill", "skills")), STR_ARG(said))
                             : str_format(arena, "No skill proved, %.*s", STR_ARG(said));
    } else {
        item->is_left = true;
        item->status_word = STR("Left");
        item->action = STR("Open");
        item->facts = said;
    }
}

static struct str topics_of(struct arena *arena, struct str plan_text)
{
    struct interviewer_plan plan;
    struct str names[INTERVIEWER_TOPICS_MAX];
    if (interviewer_plan_read(arena, plan_text, &plan) != OK) return (struct str){0};
    for (size_t i = 0; i < plan.topics_count; i++) names[i] = plan.topics[i].skill;
    return str_join(arena, names, plan.topics_count, STR(", "));
}

static enum err load_items(struct request *request, int64_t offset, struct interview_list *view)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    struct arena *arena = request->arena;
    int64_t now = clock_now();
    view->items = arena_array(arena, struct interview_item, PAGE_SIZE);
    TRY(db_query(request->db, &sql_interview_list, DB_ARGS(db_uuid(request->identity.user_id), db_int(PAGE_SIZE), db_int(offset)), &rows));
    while (view->items_count < PAGE_SIZE && db_next(&rows)) {
        struct interview_item *item = &view->items[view->items_count++];
        int64_t at = db_col_time(&rows, 5) ? db_col_time(&rows, 5) : db_col_time(&rows, 4) ? db_col_time(&rows, 4) : db_col_time(&rows, 3);
        *item = (struct interview_item){.id = db_col_text(&rows, 0, arena), .role = db_col_text(&rows, 1, arena),
                                        .iso = time_iso(arena, at), .ago = time_ago(arena, at, now)};
        describe(arena, item, db_col_view(&rows, 2), db_col_int(&rows, 6), db_col_int(&rows, 7), topics_of(arena, db_col_view(&rows, 8)));
    }
    return db_rows_result(&rows);
}

static struct str page_address(struct arena *arena, int64_t page) { return str_format(arena, "/interviews?page=%lld", (long long)page); }

enum err interview_list_page(struct request *request, struct response *response)
{
    struct interview_list view = {0};
    int64_t total, page = request_int(request, "page", 1);
    TRY(pages_shell(request, NAV_INTERVIEWS, STR("Interviews"), STR("Talk about what you can do; your own words become the proof."), &view.shell));
    TRY(db_query_int(request->db, &sql_interview_count, DB_ARGS(db_uuid(request->identity.user_id)), &total));
    TRY(load_items(request, (page - 1) * PAGE_SIZE, &view));
    if (page > 1 && !view.items_count) return err_set(ERR_NOT_FOUND, "There is no such page of interviews.");
    view.has_pages = total > PAGE_SIZE;
    view.pager = (struct pager){.first = (page - 1) * PAGE_SIZE + 1, .last = (page - 1) * PAGE_SIZE + (int64_t)view.items_count, .total = total};
    if (page > 1) view.pager.previous = page_address(request->arena, page - 1);
    if (view.pager.last < total) view.pager.next = page_address(request->arena, page + 1);
    view.empty = (struct empty_view){PAGES_ICON("mic"), STR("No interviews yet"),
                                     STR("An interview turns a claim into a proof: a quote from your own words. It takes 10 to 30 minutes."),
                                     STR("Prepare one"), STR("/interviews/new")};
    struct html out = {0};
    interview_list_render(&out, &view);
    respond_html(response, &out);
    return OK;
}

static enum err before_page(struct request *request, struct response *response, const struct interview *interview)
{
    struct interviewer_plan plan;
    struct interview_before view = {.id = interview->id};
    struct str title = str_format(request->arena, "Interview as %.*s", STR_ARG(interview->role));
    TRY(pages_shell(request, NAV_INTERVIEWS, title, STR("Everything is prepared. Begin when you have time and quiet."), &view.shell));
    TRY(interviewer_plan_read(request->arena, interview->plan, &plan));
    view.minutes = plan.minutes;
    view.topics = arena_array(request->arena, struct interview_topic_view, plan.topics_count);
    view.topics_count = plan.topics_count;
    for (size_t i = 0; i < plan.topics_count; i++)
        view.topics[i] = (struct interview_topic_view){plan.topics[i].skill, str_from(level_name(plan.topics[i].level))};
    struct html out = {0};
    interview_before_render(&out, &view);
    respond_html(response, &out);
    return OK;
}

/* The last thing the interviewer said stands large; what was said before it becomes captions. */
static void fill_lines(struct request *request, const struct interview_turns *turns, struct interview_stage *view)
{
    size_t last = turns->count;
    while (last > 0 && turns->items[last - 1].is_user) last--;
    if (last > 0) {
        view->question = turns->items[last - 1].text;
        view->question_id = turns->items[last - 1].message_id;
    }
    view->lines = arena_array(request->arena, struct interview_line_view, turns->count);
    for (size_t i = 0; i < turns->count; i++)
        if (i + 1 != last)
            view->lines[view->lines_count++] = (struct interview_line_view){.id = turns->items[i].message_id, .text = turns->items[i].text,
                                                                            .is_user = turns->items[i].is_user};
}

enum err interview_stage_page(struct request *request, struct response *response, const struct interview *interview, struct str typed,
                              struct str problem)
{
    struct interviewer_plan plan;
    struct interviewer_state state;
    struct interview_turns turns;
    struct interview_stage view = {.id = interview->id, .message_id = uuid_new(request->arena), .problem = problem, .typed = typed};
    TRY(interviewer_plan_read(request->arena, interview->plan, &plan));
    TRY(interviewer_state_read(request->arena, interview->state, &plan, &state));
    TRY(interview_load_turns(request->db, request->arena, request->identity.user_id, interview->id, &turns));
    struct interviewer_progress progress = interviewer_progress_of(&plan, &state);
    pages_frame(request, str_format(request->arena, "Interview as %.*s", STR_ARG(interview->role)), (struct str){0}, &view.frame);
    view.frame.no_index = true;
    view.skill = progress.skill;
    view.seconds = progress.seconds;
    view.time = str_format(request->arena, "%lld:%02d", (long long)(progress.seconds / 60), (int)(progress.seconds % 60));
    view.topics = str_format(request->arena, "%lld of %lld topics done", (long long)progress.topics_done, (long long)progress.topics_total);
    fill_lines(request, &turns, &view);
    struct html out = {0};
    interview_stage_render(&out, &view);
    respond_html(response, &out);
    return OK;
}

static bool reading_is_slow(const struct interview *interview) { return clock_now() - interview->completed_at > SLOW_US; }

/* The reading of a completed interview: under way, slow, or given up. */
static enum err fill_reading(struct request *request, const struct interview *interview, struct interview_reading *view)
{
    int64_t job_id = 0;
    view->id = interview->id;
    view->is_slow = reading_is_slow(interview);
    enum err found = interview_dead_reading(request, interview->id, &job_id);
    view->has_failed = found == OK;
    return found == ERR_NOT_FOUND ? OK : found;
}

static enum err reading_page(struct request *request, struct response *response, const struct interview *interview)
{
    struct interview_reading view = {0};
    TRY(fill_reading(request, interview, &view));
    struct str title = str_format(request->arena, "Interview as %.*s", STR_ARG(interview->role));
    TRY(pages_shell(request, NAV_INTERVIEWS, title, STR("The conversation is over and stored."), &view.shell));
    struct html out = {0};
    interview_reading_render(&out, &view);
    respond_html(response, &out);
    return OK;
}

enum err interview_page(struct request *request, struct response *response)
{
    struct interview interview;
    TRY(interview_load(request->db, request->arena, request->identity.user_id, request_param(request, "id"), &interview));
    if (interview_is(&interview, "scheduled")) return before_page(request, response, &interview);
    if (interview_is(&interview, "in_progress"))
        return interview_stage_page(request, response, &interview, (struct str){0}, (struct str){0});
    if (interview_is(&interview, "completed")) return reading_page(request, response, &interview);
    return interview_result(request, response, &interview);
}

enum err interview_progress_part(struct request *request, struct response *response)
{
    struct interview interview;
    TRY(interview_load(request->db, request->arena, request->identity.user_id, request_param(request, "id"), &interview));
    struct interview_reading view = {0};
    TRY(fill_reading(request, &interview, &view));
    if (!interview_is(&interview, "completed")) response_header(request, response, "HX-Refresh", STR("true"));
    struct html out = {0};
    interview_reading_part_render(&out, &view);
    respond_html(response, &out);
    return OK;
}
