/* The board: columns of cards, moved by form, by drag or by keyboard; every way is the same request. */
#include "base/clock.h"
#include "features/application/application.h"
#include "features/application/board_page.html.h"
#include "features/application/store.sql.h"
#include "pages/pages.h"

#define CARDS_MAX 1000

const char *const application_statuses[APPLICATION_STATUS_COUNT] = {"saved", "applied", "interviewing", "offer", "rejected"};
static const char *const status_titles[APPLICATION_STATUS_COUNT] = {"Saved", "Applied", "Interviewing", "Offer", "Rejected"};

static size_t status_index(struct str status)
{
    for (size_t i = 0; i < APPLICATION_STATUS_COUNT; i++)
        if (str_equal(status, str_from(application_statuses[i]))) return i;
    return 0;
}

struct str application_status_title(struct str status) { return str_from(status_titles[status_index(status)]); }

struct choice *application_columns(struct arena *arena, struct str status)
{
    struct choice *columns = arena_array(arena, struct choice, APPLICATION_STATUS_COUNT);
    for (size_t i = 0; i < APPLICATION_STATUS_COUNT; i++)
        columns[i] = (struct choice){.value = str_from(application_statuses[i]), .label = str_from(status_titles[i]),
                                     .is_selected = i == status_index(status)};
    return columns;
}

struct db_value application_applied_on(struct arena *arena, struct str status)
{
    return str_equal(status, STR("saved")) ? db_null() : db_text(time_date(arena, clock_now()));
}

void application_read(struct db_rows *rows, struct arena *arena, struct application *application)
{
    *application = (struct application){
        .id = db_col_text(rows, 0, arena),
        .listing_id = db_col_text(rows, 1, arena),
        .title = db_col_text(rows, 2, arena),
        .company = db_col_text(rows, 3, arena),
        .url = db_col_text(rows, 4, arena),
        .status = db_col_text(rows, 5, arena),
        .notes = db_col_text(rows, 6, arena),
        .applied_on = db_col_text(rows, 7, arena),
        .next_step_on = db_col_text(rows, 8, arena),
        .created_at = db_col_time(rows, 9),
        .updated_at = db_col_time(rows, 10),
    };
}

enum err application_find(struct request *request, struct str id, struct application *application)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(request->db, &sql_application_by_id, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(id)), &rows));
    application_read(&rows, request->arena, application);
    return OK;
}

/* "2026-03-12" as "12 March 2026" */
static struct str day(struct arena *arena, struct str date)
{
    int64_t at;
    return time_parse(date, &at) == OK ? time_long_date(arena, at) : date;
}

static struct board_card make_card(struct arena *arena, const struct application *application, struct str today)
{
    struct board_card card = {.id = application->id, .title = application->title, .company = application->company};
    card.columns = application_columns(arena, application->status);
    card.columns_count = APPLICATION_STATUS_COUNT;
    bool is_over = str_equal(application->status, STR("rejected"));
    if (application->next_step_on.len && !is_over) {
        card.is_due = str_compare(application->next_step_on, today) <= 0;
        card.dates = str_format(arena, "%s %.*s", card.is_due ? "Due: next step" : "Next step", STR_ARG(day(arena, application->next_step_on)));
    } else if (application->applied_on.len) {
        card.dates = str_format(arena, "Applied %.*s", STR_ARG(day(arena, application->applied_on)));
    }
    return card;
}

/* One query; the cards come in order and are dealt out to their columns. */
static enum err fill_columns(struct request *request, struct board_page *view)
{
    struct arena *arena = request->arena;
    struct str today = time_date(arena, clock_now());
    view->columns = arena_array(arena, struct board_column, APPLICATION_STATUS_COUNT);
    view->columns_count = APPLICATION_STATUS_COUNT;
    for (size_t i = 0; i < APPLICATION_STATUS_COUNT; i++)
        view->columns[i] = (struct board_column){.status = str_from(application_statuses[i]), .name = str_from(status_titles[i])};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_application_board, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    while (db_next(&rows)) {
        struct application application;
        application_read(&rows, arena, &application);
        struct board_column *column = &view->columns[status_index(application.status)];
        if (!column->cards) column->cards = arena_array(arena, struct board_card, CARDS_MAX);
        if (column->cards_count < CARDS_MAX) column->cards[column->cards_count++] = make_card(arena, &application, today);
        view->has_cards = true;
        if (!request_has(request, "moved") || !request_has(request, "from") || !str_equal(application.id, request_text(request, "moved"))) continue;
        view->moved_id = application.id;
        view->moved_from = request_text(request, "from");
        view->moved_words = str_format(arena, "%.*s is in %.*s now.", STR_ARG(application.title), STR_ARG(application_status_title(application.status)));
    }
    return db_rows_result(&rows);
}

enum err application_board(struct request *request, struct response *response)
{
    struct board_page view = {0};
    TRY(pages_shell(request, NAV_JOBS, STR("Job Hunt"), STR("Where each of your applications stands, and what comes next."), &view.shell));
    TRY(fill_columns(request, &view));
    TRY(application_fill_drafts(request, &view));
    view.empty = (struct empty_view){PAGES_ICON("square-kanban"), STR("Your board is empty"),
                                     STR("Save a listing that fits, or add an application you made elsewhere."), STR("Look at matches"), STR("/jobs")};
    struct html page = {0};
    board_page_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

enum err application_move(struct request *request, struct response *response)
{
    struct application before;
    struct str id = request_param(request, "id"), status = request_text(request, "status");
    TRY(application_find(request, id, &before));
    TRY(db_exec(request->db, &sql_application_move,
                DB_ARGS(db_uuid(request->identity.user_id), db_uuid(id), db_text(status), application_applied_on(request->arena, status),
                        db_time(clock_now()))));
    bool stays = str_equal(before.status, status);
    if (str_equal(request_text(request, "back"), STR("page"))) {
        if (!stays) respond_flash(request, response, false, str_format(request->arena, "Moved to %.*s.", STR_ARG(application_status_title(status))));
        respond_redirect(request, response, str_format(request->arena, "/jobs/applications/%.*s", STR_ARG(id)));
        return OK;
    }
    struct str address = str_format(request->arena, "/jobs/board?moved=%.*s&from=%.*s", STR_ARG(id), STR_ARG(before.status));
    respond_redirect(request, response, stays ? STR("/jobs/board") : address);
    return OK;
}
