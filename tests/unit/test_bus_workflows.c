/* Workflows: jobs after others. One that waits for ever is a roadmap that never changes. */
#include "bus_fixture.h"

static const struct job_kind plain = {.name = "test.plain", .agent = "test", .work = note_run};
static const struct job_kind *const kinds[] = {&plain};
static const struct bus_registry registry = {.kinds = kinds, .kinds_count = 1};

static int64_t after(const int64_t *needs, size_t count) { return job((struct job_spec){.kind = "test.plain", .needs = needs, .needs_count = count}); }

TEST(a_job_runs_after_all_that_it_needs)
{
    begin(&registry);
    int64_t first = after(NULL, 0), branches[] = {after(&first, 1), after(&first, 1), after(&first, 1)}, last = after(branches, 3);
    CHECK_STR(status(last), "waiting");
    CHECK_INT(run(), 5);
    CHECK_INT(fixture.ran[0], first);
    CHECK_INT(fixture.ran[4], last);
    end();
}

TEST(a_job_that_needs_what_is_completed_or_never_was_is_ready_at_once)
{
    begin(&registry);
    int64_t done = after(NULL, 0), missing = 987654;
    CHECK_INT(run(), 1);
    after(&done, 1);
    after(&missing, 1);
    CHECK_INT(run(), 2);
    end();
}

TEST(a_need_that_is_named_twice_is_one)
{
    begin(&registry);
    int64_t first = after(NULL, 0), twice[] = {first, first};
    after(twice, 2);
    CHECK_INT(run(), 2);
    end();
}

TEST(a_cancelled_job_cancels_those_that_need_it)
{
    begin(&registry);
    int64_t first = after(NULL, 0), second = after(&first, 1), third = after(&second, 1), other = after(NULL, 0);
    DO(bus_cancel(fixture.store.db, first));
    CHECK_INT(run(), 1);
    CHECK_STR(status(second), "cancelled");
    CHECK_STR(status(third), "cancelled");
    CHECK_STR(status(other), "completed");
    int64_t late = after(&first, 1); /* published when it was cancelled already */
    CHECK_INT(run(), 0);
    CHECK_STR(status(late), "cancelled");
    end();
}

TEST(a_dead_job_holds_those_that_need_it_until_it_is_redriven)
{
    int64_t count = 0, next;
    begin(&registry);
    fixture.result = ERR_INVALID;
    int64_t first = after(NULL, 0), second = after(&first, 1);
    CHECK_INT(run(), 1);
    fixture.result = OK;
    int64_t late = after(&first, 1); /* published when it was dead already */
    CHECK_INT(run(), 0);
    pass(40 * 86400);
    CHECK_OK(bus_housekeeping(fixture.store.db, &fixture.arena, &next)); /* which forgets dead jobs that nobody waits for */
    DO(bus_redrive_dead(fixture.store.db, NULL, first, 1, &count));
    CHECK_INT(count, 1);
    CHECK_INT(run(), 3);
    CHECK_STR(status(second), "completed");
    CHECK_STR(status(late), "completed");
    end();
}

TEST(a_workflow_is_cancelled_as_a_whole)
{
    int64_t count = 0;
    begin(&registry);
    struct str workflow = uuid_new(&fixture.arena);
    int64_t first = job((struct job_spec){.kind = "test.plain", .workflow_id = workflow});
    int64_t second = job((struct job_spec){.kind = "test.plain", .workflow_id = workflow, .needs = &first, .needs_count = 1}), other = after(NULL, 0);
    DO(bus_cancel_workflow(fixture.store.db, workflow, &count));
    CHECK_INT(count, 2);
    CHECK_INT(run(), 1);
    CHECK_STR(status(second), "cancelled");
    CHECK_STR(status(other), "completed");
    DO(bus_cancel_workflow(fixture.store.db, workflow, &count));
    CHECK_INT(count, 0);
    end();
}

TEST(a_job_that_needs_one_of_a_deleted_person_does_not_wait_for_ever)
{
    begin(&registry);
    struct str gone = person("gone@example.org");
    int64_t needed = job((struct job_spec){.kind = "test.plain", .user_id = gone, .run_at = clock_now() + US_PER_DAY}), waiting = after(&needed, 1);
    DO(bus_forget_person(fixture.store.db, gone));
    exec("DELETE FROM users");
    CHECK_INT(run(), 0);
    CHECK_STR(status(waiting), "cancelled");
    end();
}

TEST(needs_and_a_time_do_not_go_together)
{
    begin(&registry);
    int64_t first = after(NULL, 0);
    CHECK_INT(publish((struct job_spec){.kind = "test.plain", .needs = &first, .needs_count = 1, .run_at = clock_now() + US_PER_DAY}, NULL), ERR_INTERNAL);
    end();
}
