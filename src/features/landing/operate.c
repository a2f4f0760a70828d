/* What operators and machines ask for: is it alive, can it serve, what did it do, what may be crawled. */
#include "base/clock.h"
#include "db/db.h"
#include "features/landing/landing.h"
#include "features/landing/store.sql.h"
#include "http/server.h"

#include <inttypes.h>

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

/* A proxy that is not trusted makes everybody look local: then nobody is. */
static bool may_read_metrics(struct request *request)
{
    bool is_local = str_equal(request->address, STR("127.0.0.1")) || str_equal(request->address, STR("::1"));
    return request->identity.is_admin || (is_local && !request_header(request, "X-Forwarded-For").len && !request_header(request, "Forwarded").len);
}

static enum err write_jobs(struct request *request, struct buf *out)
{
    buf_append_str(out, STR("# HELP careerprep_jobs Background jobs in the store.\n# TYPE careerprep_jobs gauge\n"));
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(request->db, &sql_landing_jobs_by_status, DB_NO_ARGS, &rows));
    while (db_next(&rows)) buf_append_format(out, "careerprep_jobs{status=\"%.*s\"} %" PRId64 "\n", STR_ARG(db_col_view(&rows, 0)), db_col_int(&rows, 1));
    return db_rows_result(&rows);
}

enum err landing_metrics(struct request *request, struct response *response)
{
    if (!may_read_metrics(request)) return err_set(ERR_FORBIDDEN, "Figures are for this machine and for administrators.");
    struct server_counts counts;
    server_read_counts(&counts);
    struct buf out CLEANUP(buf_dispose) = {0};
    buf_append_str(&out, STR("# HELP careerprep_requests_total Requests answered, by class of status.\n# TYPE careerprep_requests_total counter\n"));
    for (int i = 1; i < (int)COUNT_OF(counts.by_class); i++)
        buf_append_format(&out, "careerprep_requests_total{status=\"%dxx\"} %" PRIu64 "\n", i, counts.by_class[i]);
    buf_append_str(&out, STR("# HELP careerprep_uptime_seconds Since the process began to serve.\n# TYPE careerprep_uptime_seconds gauge\n"));
    buf_append_format(&out, "careerprep_uptime_seconds %.1f\n", (double)counts.uptime_us / (double)US_PER_SECOND);
    TRY(write_jobs(request, &out));
    respond_text(response, "text/plain; version=0.0.4; charset=utf-8", buf_str(&out));
    return OK;
}
