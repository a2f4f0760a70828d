/* Education and work history: a list of entries, and one form for a new or a chosen one.
 *
 * Both kinds have the same five parts (what, where, more, from, to) and one table says how they differ. A new entry has a token in
 * its form; the row's id is made from the person and the token, so that saving while typing, a second try and the final "Add" all
 * mean the same row, and nobody can name a row of somebody else. What was typed and never added is kept as unfinished (position
 * -1) and opens again with the page. An entry with an error keeps its valid parts, like every other step.
 */
#include "base/clock.h"
#include "base/uuid.h"
#include "features/onboarding/education.html.h"
#include "features/onboarding/onboarding.h"
#include "features/onboarding/remove.html.h"
#include "features/onboarding/store.sql.h"
#include "features/onboarding/work.html.h"
#include "pages/pages.h"

#include <inttypes.h>

#define ENTRIES_MAX 40
#define UNFINISHED (-1)

struct entry_kind {
    const char *head, *place, *detail, *start, *end; /* fields of the form */
    bool has_current;
    const struct sql *list, *put, *delete;
    struct str title_new, title_edit, add;
};

static const struct entry_kind kinds[STEP_COUNT] = {
    [STEP_EDUCATION] = {"degree", "institution", "field_of_study", "start_year", "end_year", false, &sql_onboarding_education_list,
                        &sql_onboarding_education_put, &sql_onboarding_education_delete, STR_INIT("Add education"),
                        STR_INIT("Edit education"), STR_INIT("Add education")},
    [STEP_WORK] = {"title", "company", "description", "start_month", "end_month", true, &sql_onboarding_work_list,
                   &sql_onboarding_work_put, &sql_onboarding_work_delete, STR_INIT("Add a role"), STR_INIT("Edit role"), STR_INIT("Add role")},
};

struct entry {
    struct str id;
    struct str head, place, detail, start, end; /* start, end: "2019" or "2019-04"; "" when not given */
    bool is_unfinished;
};

struct entries {
    struct entry *items;
    size_t count;
};

static enum err read_entries(struct request *request, enum onboarding_step step, struct entries *entries)
{
    struct arena *arena = request->arena;
    entries->items = arena_array(arena, struct entry, ENTRIES_MAX + 1);
    entries->count = 0;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, kinds[step].list, DB_ARGS(db_uuid(request->identity.user_id)), &rows));
    while (entries->count <= ENTRIES_MAX && db_next(&rows)) {
        entries->items[entries->count++] = (struct entry){
            .id = db_col_text(&rows, 0, arena),
            .head = db_col_text(&rows, 1, arena),
            .place = db_col_text(&rows, 2, arena),
            .detail = db_col_text(&rows, 3, arena),
            .start = db_col_text(&rows, 4, arena),
            .end = db_col_text(&rows, 5, arena),
            .is_unfinished = db_col_int(&rows, 6) == UNFINISHED,
        };
    }
    return db_rows_result(&rows);
}

static struct entry *find_entry(struct entries *entries, struct str id)
{
    for (size_t i = 0; i < entries->count; i++)
        if (str_equal(entries->items[i].id, id)) return &entries->items[i];
    return NULL;
}

static struct db_value moment_value(const struct entry_kind *kind, struct str text)
{
    int64_t year = 0;
    if (kind->has_current) return db_text(text);
    return text.len && str_to_int(text, &year) == OK ? db_int(year) : db_null();
}

static enum err put_entry(struct request *request, enum onboarding_step step, const struct entry *entry)
{
    const struct entry_kind *kind = &kinds[step];
    return db_exec(request->db, kind->put,
                   DB_ARGS(db_uuid(request->identity.user_id), db_uuid(entry->id), db_text(entry->head), db_text(entry->place),
                           db_text(entry->detail), moment_value(kind, entry->start), moment_value(kind, entry->end),
                           db_int(entry->is_unfinished ? UNFINISHED : 0), db_time(clock_now())));
}

/* RFC 9562, 5.8: an id of our own making from the person and the form's token. */
static struct str id_from_token(struct request *request, struct str token)
{
    struct str key = str_format(request->arena, "%.*s %.*s", STR_ARG(request->identity.user_id), STR_ARG(token));
    uint64_t high = str_hash(key), low = str_hash(str_format(request->arena, "entry %.*s", STR_ARG(key)));
    return str_format(request->arena, "%08" PRIx64 "-%04" PRIx64 "-8%03" PRIx64 "-8%03" PRIx64 "-%012" PRIx64, high >> 32, high >> 16 & 0xffff,
                      high & 0xfff, low >> 48 & 0xfff, low & 0xffffffffffff);
}

/* ---- pages ---- */

static struct str spoken_month(struct arena *arena, struct str moment)
{
    int64_t us = 0;
    if (moment.len != 7 || time_parse(str_format(arena, "%.*s-01", STR_ARG(moment)), &us) != OK) return moment;
    struct str date = time_long_date(arena, us);
    return str_slice(date, str_find_char(date, ' ', 0) + 1, date.len);
}

static struct str spoken_time(struct arena *arena, const struct entry_kind *kind, const struct entry *entry)
{
    struct str start = spoken_month(arena, entry->start), end = spoken_month(arena, entry->end);
    if (!end.len && start.len && kind->has_current && !entry->is_unfinished) end = STR("today");
    if (start.len && end.len) return str_format(arena, "%.*s to %.*s", STR_ARG(start), STR_ARG(end));
    if (start.len) return str_format(arena, "since %.*s", STR_ARG(start));
    return end.len ? str_format(arena, "until %.*s", STR_ARG(end)) : (struct str){0};
}

static void fill_rows(struct request *request, enum onboarding_step step, const struct entries *entries, struct str except, bool is_edit,
                      struct entry_row **rows, size_t *count)
{
    struct arena *arena = request->arena;
    *rows = arena_array(arena, struct entry_row, entries->count + 1);
    *count = 0;
    for (size_t i = 0; i < entries->count; i++) {
        const struct entry *entry = &entries->items[i];
        if (str_equal(entry->id, except)) continue;
        (*rows)[(*count)++] = (struct entry_row){
            .id = entry->id,
            .title = entry->head.len ? entry->head : STR("(no title yet)"),
            .place = entry->place,
            .detail = entry->detail,
            .when = spoken_time(arena, &kinds[step], entry),
            .is_unfinished = entry->is_unfinished,
            .edit_href = str_format(arena, "/onboarding/%d?entry=%.*s%s", (int)step, STR_ARG(entry->id), is_edit ? "&edit=1" : ""),
            .delete_href = str_format(arena, "/onboarding/%d/entries/%.*s/delete%s", (int)step, STR_ARG(entry->id), is_edit ? "?edit=1" : ""),
        };
    }
}

enum err onboarding_entry_rows(struct request *request, enum onboarding_step step, struct str except, struct entry_row **rows, size_t *count)
{
    struct entries entries;
    TRY(read_entries(request, step, &entries));
    fill_rows(request, step, &entries, except, false, rows, count);
    return OK;
}

static void fill_form(struct request *request, enum onboarding_step step, const struct entry *entry, struct entries_page *view)
{
    const struct entry_kind *kind = &kinds[step];
    bool is_work = kind->has_current;
    view->head = onboarding_field(request, step, kind->head, entry->head, is_work ? NULL : "Bachelor of Science, say, or a certificate.");
    view->place = onboarding_field(request, step, kind->place, entry->place, NULL);
    view->head.is_required = view->place.is_required = true; /* of an entry that is added; the step itself is optional */
    view->detail = onboarding_field(request, step, kind->detail, entry->detail, is_work ? "What you did and what came of it." : NULL);
    view->start = onboarding_field(request, step, kind->start, entry->start, is_work ? "Year and month, like 2021-04." : NULL);
    view->end = onboarding_field(request, step, kind->end, entry->end, is_work ? "Empty when you work here now." : NULL);
    if (!is_work) return;
    view->current = onboarding_field(request, step, "is_current", (struct str){0}, NULL);
    if (request->method == HTTP_GET) view->current.is_checked = entry->start.len && !entry->end.len && !entry->is_unfinished;
}

/* Which entry the form shows: the one asked for, one that was left unfinished, or a new one. */
static enum err choose(struct request *request, struct entries *entries, struct entries_page *view, struct entry *shown)
{
    struct str wanted = request_text(request, "entry");
    struct entry *found = wanted.len ? find_entry(entries, wanted) : NULL;
    if (wanted.len && !found) return err_set(ERR_NOT_FOUND, "There is no such entry among yours.");
    bool is_get = request->method == HTTP_GET;
    for (size_t i = 0; i < entries->count && !found && is_get; i++)
        if (entries->items[i].is_unfinished) found = &entries->items[i];
    *shown = found ? *found : (struct entry){0};
    view->entry_id = shown->id;
    view->is_unfinished = shown->is_unfinished;
    if (!found) view->draft = is_get ? random_hex(request->arena, 12) : request_text(request, "draft");
    return OK;
}

enum err onboarding_show_entries(struct request *request, struct response *response, const struct person *person, enum onboarding_step step)
{
    const struct entry_kind *kind = &kinds[step];
    struct entries_page view = {0};
    struct entries entries;
    struct entry shown = {0};
    TRY(read_entries(request, step, &entries));
    TRY(choose(request, &entries, &view, &shown));
    onboarding_wizard(request, person, step, &view.wizard);
    view.wizard.is_lenient = true;
    struct str hidden = view.draft.len ? id_from_token(request, view.draft) : shown.id;
    fill_rows(request, step, &entries, hidden, view.wizard.is_edit, &view.rows, &view.rows_count);
    bool is_new = !shown.id.len || shown.is_unfinished;
    view.form_title = is_new ? kind->title_new : kind->title_edit;
    view.add_label = is_new ? kind->add : STR("Save changes");
    fill_form(request, step, &shown, &view);
    struct html page = {0};
    if (step == STEP_WORK) {
        TRY(onboarding_resume_box(request, &view.resume));
        work_render(&page, &view);
    } else {
        education_render(&page, &view);
    }
    respond_html(response, &page);
    if (request_has_errors(request)) response->status = 422;
    return OK;
}

/* ---- changes ---- */

static void take(struct request *request, const char *name, struct str *value)
{
    if (!request_error(request, name).len) *value = request_text(request, name);
}

static bool is_blank(const struct request *request, const struct entry_kind *kind)
{
    const char *const names[] = {kind->head, kind->place, kind->detail, kind->start, kind->end};
    for (size_t i = 0; i < COUNT_OF(names); i++)
        if (str_trim(request_typed(request, names[i])).len) return false;
    return !kind->has_current || !request_bool(request, "is_current");
}

/* The valid fields of the request over the entry; what does not fit keeps its stored value and gets a message. */
static void apply(struct request *request, const struct entry_kind *kind, struct entry *entry)
{
    const struct entry stored = *entry;
    take(request, kind->head, &entry->head);
    take(request, kind->place, &entry->place);
    take(request, kind->detail, &entry->detail);
    take(request, kind->start, &entry->start);
    take(request, kind->end, &entry->end);
    if (kind->has_current && request_bool(request, "is_current")) {
        entry->end = (struct str){0};
        if (request_text(request, kind->end).len && !request_error(request, kind->end).len)
            request_add_error(request, kind->end, STR("You say that you work here now: take the last month away, or untick it."));
    }
    if (!entry->start.len || !entry->end.len || str_compare(entry->start, entry->end) <= 0) return;
    if (!request_error(request, kind->end).len) request_add_error(request, kind->end, STR("The end must not be before the start."));
    entry->end = stored.end;
    if (str_compare(entry->start, entry->end) > 0) entry->end = (struct str){0};
}

/* What an entry needs before it counts as added. */
static void require(struct request *request, const struct entry_kind *kind, const struct entry *entry)
{
    bool is_work = kind->has_current;
    if (!entry->head.len && !request_error(request, kind->head).len)
        request_add_error(request, kind->head, is_work ? STR("Name the role.") : STR("Name the degree or course."));
    if (!entry->place.len && !request_error(request, kind->place).len)
        request_add_error(request, kind->place, is_work ? STR("Name the company.") : STR("Name the institution."));
    bool is_open = is_work && entry->start.len && !entry->end.len && !request_bool(request, "is_current");
    if (is_open && !request_error(request, kind->end).len)
        request_add_error(request, kind->end, STR("Give the last month, or say that you work here now."));
}

/* The row that a form means. */
struct opened {
    struct entry entry; /* as stored; only its id when it is new */
    bool is_stored, has_room;
};

/* ERR_NOT_FOUND for an id that is not theirs; a new row's id is made from the token. */
static enum err open_entry(struct request *request, enum onboarding_step step, struct opened *opened)
{
    struct str id = request_text(request, "entry"), token = request_text(request, "draft");
    bool is_new = !id.len;
    if (is_new && !token.len) token = random_hex(request->arena, 12);
    if (is_new) id = id_from_token(request, token);
    struct entries entries;
    TRY(read_entries(request, step, &entries));
    struct entry *found = find_entry(&entries, id);
    if (!found && !is_new) return err_set(ERR_NOT_FOUND, "There is no such entry among yours.");
    *opened = (struct opened){.is_stored = found != NULL, .has_room = found || entries.count < ENTRIES_MAX};
    opened->entry = found ? *found : (struct entry){.id = id, .is_unfinished = true};
    if (!opened->has_room) request_add_error(request, kinds[step].head, STR("Forty entries are the most we keep. Remove one first."));
    return OK;
}

static enum err drop(struct request *request, enum onboarding_step step, struct str id)
{
    return db_exec(request->db, kinds[step].delete, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(id)));
}

/* Keeps what was typed without asking for the rest: while typing, and on Back and Finish later. */
static enum err keep(struct request *request, enum onboarding_step step)
{
    const struct entry_kind *kind = &kinds[step];
    struct opened opened;
    TRY(open_entry(request, step, &opened));
    struct entry entry = opened.entry;
    if (is_blank(request, kind) && entry.is_unfinished) return opened.is_stored ? drop(request, step, entry.id) : OK;
    if (!opened.has_room) return OK;
    apply(request, kind, &entry);
    if (!entry.is_unfinished) {
        require(request, kind, &entry); /* an added entry stays complete */
        if (!entry.head.len) entry.head = opened.entry.head;
        if (!entry.place.len) entry.place = opened.entry.place;
        if (kind->has_current && !entry.end.len && !request_bool(request, "is_current")) entry.end = opened.entry.end;
    }
    return put_entry(request, step, &entry);
}

/* Adds or changes the entry, or adds messages. An empty form of a new entry is fine unless `must_add`; what was begun in it and
 * emptied again goes. */
static enum err submit(struct request *request, enum onboarding_step step, bool must_add)
{
    const struct entry_kind *kind = &kinds[step];
    struct opened opened;
    TRY(open_entry(request, step, &opened));
    struct entry entry = opened.entry;
    if (!must_add && entry.is_unfinished && is_blank(request, kind)) return opened.is_stored ? drop(request, step, entry.id) : OK;
    apply(request, kind, &entry);
    require(request, kind, &entry);
    if (request_has_errors(request)) return OK;
    entry.is_unfinished = false;
    return put_entry(request, step, &entry);
}

enum err onboarding_submit_entry(struct request *request, struct response *response)
{
    enum onboarding_step step = onboarding_step_of(request);
    struct person person;
    TRY(person_read(request->db, request->arena, request->identity.user_id, &person));
    if (!onboarding_is_open(&person, step)) {
        respond_redirect(request, response, str_format(request->arena, "/onboarding/%d", person.onboarding_step));
        return OK;
    }
    struct str then = request_text(request, "then");
    bool adds = str_equal(then, STR("more")), skips = str_equal(then, STR("skip"));
    if (str_equal(then, STR("back")) || str_equal(then, STR("later")) || skips) {
        TRY(keep(request, step));
        return onboarding_leave(request, response, &person, step, skips ? STR("next") : then);
    }
    TRY(submit(request, step, adds));
    if (request_has_errors(request)) return onboarding_show_entries(request, response, &person, step);
    return onboarding_leave(request, response, &person, step, then);
}

static enum err save(struct db *db, void *argument)
{
    struct request *request = argument;
    (void)db;
    return keep(request, onboarding_step_of(request));
}

enum err onboarding_save_entry(struct request *request, struct response *response)
{
    TRY(db_transaction(request->db, save, request)); /* of its own: valid fields stay although the answer is 422 */
    onboarding_answer_saved(request, response, clock_now());
    return OK;
}

static struct str list_address(struct request *request, enum onboarding_step step)
{
    return str_format(request->arena, "/onboarding/%d%s", (int)step, onboarding_is_edit(request) ? "?edit=1" : "");
}

enum err onboarding_ask_delete(struct request *request, struct response *response)
{
    enum onboarding_step step = onboarding_step_of(request);
    struct entries entries;
    TRY(read_entries(request, step, &entries));
    struct entry *entry = find_entry(&entries, request_param(request, "id"));
    if (!entry) return err_set(ERR_NOT_FOUND, "There is no such entry among yours.");
    struct remove_page view = {.is_edit = onboarding_is_edit(request), .back_href = list_address(request, step)};
    struct entry_row *rows;
    size_t count;
    fill_rows(request, step, &(struct entries){.items = entry, .count = 1}, (struct str){0}, false, &rows, &count);
    view.row = rows[0];
    pages_frame(request, STR("Remove an entry"), (struct str){0}, &view.frame);
    view.frame.no_index = true;
    struct html page = {0};
    remove_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

enum err onboarding_delete_entry(struct request *request, struct response *response)
{
    enum onboarding_step step = onboarding_step_of(request);
    TRY(db_exec_one(request->db, kinds[step].delete, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(request_param(request, "id")))));
    respond_flash(request, response, false, STR("The entry was removed."));
    respond_redirect(request, response, list_address(request, step));
    return OK;
}
