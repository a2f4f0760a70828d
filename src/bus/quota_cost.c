/* What asking models cost: reserved before, settled after. Design in quota.h. */
#include "bus/quota.h"

#include "base/clock.h"
#include "base/uuid.h"
#include "bus/quota.sql.h"

static enum err check_figures(int64_t tokens_in, int64_t tokens_out, int64_t micros)
{
    const int64_t figures[] = {tokens_in, tokens_out, micros};
    for (size_t i = 0; i < COUNT_OF(figures); i++)
        if (figures[i] < 0 || figures[i] > PERIOD_LIMIT_MAX / 2) return err_set(ERR_INVALID, "a cost of %lld cannot be", (long long)figures[i]);
    return OK;
}

static void parts_of(int64_t tokens, int64_t micros, struct quota_part parts[2])
{
    parts[0] = (struct quota_part){quota_budget_find("ai"), micros};
    parts[1] = (struct quota_part){quota_budget_find("ai-tokens"), tokens};
}

struct reservation {
    const struct quota_cost *estimate;
    struct str id;
    int64_t when;
};

static enum err reserve(struct db *db, void *argument)
{
    struct reservation *reservation = argument;
    const struct quota_cost *cost = reservation->estimate;
    struct quota_part parts[2];
    parts_of(cost->tokens_in + cost->tokens_out, cost->micros, parts);
    TRY(quota_take_parts(db, parts, COUNT_OF(parts), &reservation->when));
    return db_exec(db, &sql_cost_reserve,
                   DB_ARGS(db_uuid(reservation->id), db_uuid_or_null(cost->user_id), cost->job_id ? db_int(cost->job_id) : db_null(),
                           db_text(cost->step_key), db_text(cost->model), db_int(cost->tokens_in), db_int(cost->tokens_out), db_int(cost->micros),
                           db_time(reservation->when)));
}

enum err quota_cost_reserve(struct db *db, struct arena *arena, const struct quota_cost *estimate, struct str *id, int64_t *when)
{
    TRY(check_figures(estimate->tokens_in, estimate->tokens_out, estimate->micros));
    struct reservation reservation = {.estimate = estimate, .id = uuid_new(arena)};
    enum err result = quota_in_transaction(db, reserve, &reservation);
    *id = reservation.id;
    *when = reservation.when;
    return result;
}

struct settlement {
    struct str id;
    int64_t tokens_in, tokens_out, micros;
};

static enum err settle(struct db *db, void *argument)
{
    const struct settlement *real = argument;
    int64_t tokens, micros, taken_at;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        enum err found = db_query_one(db, &sql_cost_reserved, DB_ARGS(db_uuid(real->id)), &rows);
        if (found == ERR_NOT_FOUND) return OK;
        TRY(found);
        tokens = real->tokens_in + real->tokens_out - db_col_int(&rows, 0) - db_col_int(&rows, 1);
        micros = real->micros - db_col_int(&rows, 2);
        taken_at = db_col_time(&rows, 3);
    }
    struct quota_part parts[2];
    parts_of(tokens, micros, parts);
    TRY(db_exec(db, &sql_cost_settle,
                DB_ARGS(db_uuid(real->id), db_int(real->tokens_in), db_int(real->tokens_out), db_int(real->micros), db_time(clock_now()))));
    return quota_correct(db, parts, COUNT_OF(parts), taken_at);
}

enum err quota_cost_settle(struct db *db, struct str id, int64_t tokens_in, int64_t tokens_out, int64_t micros)
{
    TRY(check_figures(tokens_in, tokens_out, micros));
    return quota_in_transaction(db, settle, &(struct settlement){id, tokens_in, tokens_out, micros});
}
