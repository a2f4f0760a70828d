/* What operators and machines ask for: is it alive, can it serve, what may be crawled. */
#include "db/db.h"
#include "features/landing/landing.h"
#include "features/landing/store.sql.h"
#include "http/response.h"

enum err landing_health(struct request *request, struct response *response)
{
    (void)request;
    respond_text(response, "text/plain; charset=utf-8", STR("ok\n"));
    return OK;
}

enum err landing_ready(struct request *request, struct response *response)
{
    int64_t rows = 0;
    if (db_query_int(request->db, &sql_landing_ready, DB_NO_ARGS, &rows) != OK) return err_set(ERR_UNAVAILABLE, "The store does not answer.");
    respond_text(response, "text/plain; charset=utf-8", STR("ready\n"));
    return OK;
}

enum err landing_robots(struct request *request, struct response *response)
{
    (void)request;
    respond_text(response, "text/plain; charset=utf-8",
                 STR("User-agent: *\nAllow: /$\nAllow: /profile/\nAllow: /docs/\nAllow: /assets/\nDisallow: /\n"));
    return OK;
}
