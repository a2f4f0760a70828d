/* The front page and the display settings. The proof on the front page is a real one of a public profile when there is one; else it is
 * a made-up one that says so. */
#include "base/clock.h"
#include "db/db.h"
#include "features/landing/landing.h"
#include "features/landing/landing.html.h"
#include "features/landing/store.sql.h"
#include "features/proof_words.h"
#include "pages/pages.h"

#include <string.h>

static void fill_example(struct landing_page *view)
{
    view->is_example = true;
    view->skill = STR("PostgreSQL");
    view->kind = STR("From a project");
    view->strength = STR("Strong proof");
    view->quote = STR("Our report took forty seconds, so I read the query plan, saw that it scanned the whole orders table, and added an index on "
                      "customer and date. After that it took about two hundred milliseconds.");
}

static enum err fill_proof(struct request *request, struct landing_page *view)
{
    struct arena *arena = request->arena;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = request->db ? db_query_one(request->db, &sql_landing_proof, DB_NO_ARGS, &rows) : ERR_UNAVAILABLE;
    if (found == ERR_NOT_FOUND || found == ERR_UNAVAILABLE) {
        fill_example(view);
        return OK;
    }
    TRY(found);
    view->username = db_col_text(&rows, 0, arena);
    view->name = str_trim(str_format(arena, "%.*s %.*s", STR_ARG(db_col_view(&rows, 1)), STR_ARG(db_col_view(&rows, 2))));
    view->skill = db_col_text(&rows, 3, arena);
    view->kind = proof_kind_words(db_col_view(&rows, 4));
    view->strength = proof_strength_words(arena, db_col_real(&rows, 5));
    view->quote = db_col_text(&rows, 6, arena);
    view->date = time_iso(arena, db_col_time(&rows, 7));
    view->date_words = time_long_date(arena, db_col_time(&rows, 7));
    return OK;
}

enum err landing_page(struct request *request, struct response *response)
{
    struct landing_page view = {0};
    pages_frame(request, STR("Skills you have proved"),
                STR("Interviews that keep what you demonstrated as proof, a roadmap from the gaps, and jobs that fit."), &view.frame);
    TRY(fill_proof(request, &view));
    struct html page = {0};
    landing_render(&page, &view);
    respond_html(response, &page);
    return OK;
}

static void set_display_cookie(struct request *request, struct response *response, const char *name, struct str standard)
{
    if (!request_has(request, name)) return;
    struct str value = request_text(request, name);
    bool is_standard = str_equal(value, standard);
    response_cookie(request, response,
                    &(struct cookie){.name = name, .value = is_standard ? STR("") : value, .max_age = is_standard ? -1 : 365 * 86400, .readable = true});
}

/* The path of the page the person came from, when it is ours. */
static struct str page_before(struct request *request)
{
    struct str referer = request_header(request, "Referer"), host = request_header(request, "Host");
    size_t start = str_find(referer, STR("://"), 0);
    if (start == STR_NPOS || !host.len) return STR("/");
    struct str rest = str_slice(referer, start + 3, referer.len);
    if (!str_starts(rest, host)) return STR("/");
    struct str path = str_slice(rest, host.len, rest.len);
    bool is_ours = path.len && path.ptr[0] == '/' && !(path.len > 1 && memchr("/\\", path.ptr[1], 2));
    return is_ours ? path : STR("/");
}

enum err landing_theme(struct request *request, struct response *response)
{
    set_display_cookie(request, response, "theme", STR("system"));
    set_display_cookie(request, response, "preset", STR("slate"));
    respond_redirect(request, response, page_before(request));
    return OK;
}
