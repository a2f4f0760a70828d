/* What one event causes is caused once: wherever a process dies, and when the event comes twice. */
#include "agents_fixture.h"

#include "base/log.h"
#include "bus/internal.h"

/* ---- crashes ---- */

static struct {
    int at, passed;
    bool has_crashed;
} crash;

/* Everything fails after the boundary, until the process is gone; others give its jobs back. */
static bool crashes(const char *boundary)
{
    if (!boundary) return crash.has_crashed;
    if (strcmp(boundary, "before a commit of a rescue") == 0) return false;
    if (!crash.has_crashed && crash.passed++ == crash.at) crash.has_crashed = true;
    return crash.has_crashed;
}

/* Does the same again and again, and crashes at one boundary after another: the effects must be those of one run. */
static void crash_everywhere(struct str (*act)(void), void (*check)(struct str chain))
{
    log_set_level(LOG_LEVEL_COUNT);
    crash.at = 0;
    do {
        crash.passed = 0;
        crash.has_crashed = false;
        struct str chain = act();
        bus_crash_hook = crashes;
        enum err ran = bus_run_until_idle(store.pool, NULL);
        bus_crash_hook = NULL;
        CHECK(crash.has_crashed || ran == OK);
        run();
        check(chain);
        clock_set_for_test(clock_now() + US_PER_SECOND);
    } while (crash.has_crashed && ++crash.at < 1000);
    log_set_level(LOG_INFO);
    CHECK(crash.at > 10);
}

static struct str applicant, match_listing;

static struct str act_match(void)
{
    run_sql("UPDATE application_drafts SET status = 'discarded'", DB_NO_ARGS);
    match_listing = add_listing(asks_docker);
    return find_match(applicant, match_listing);
}

static void check_match(struct str chain)
{
    CHECK_INT(count("SELECT COUNT(*) FROM application_drafts WHERE user_id = $1 AND job_listing_id = $2", DB_ARGS(db_uuid(applicant), db_uuid(match_listing))), 1);
    CHECK_INT(count("SELECT COUNT(*) FROM notifications n JOIN application_drafts d ON n.url = '/jobs/drafts/' || CAST(d.id AS TEXT) WHERE d.job_listing_id = $1", DB_ARGS(db_uuid(match_listing))), 1);
    CHECK_INT(count("SELECT COUNT(*) FROM agent_events WHERE id = $1 AND status = 'completed'", DB_ARGS(db_uuid(chain))), 1);
}

TEST(a_draft_is_made_once_wherever_the_process_dies)
{
    begin();
    applicant = add_applicant();
    crash_everywhere(act_match, check_match);
    end();
}

static struct str rejected;

static struct str act_rejection(void)
{
    static const char *const names[] = {"Kubernetes", "Java", "Ansible", "Jenkins", "Redis"};
    return reject(applicant, rejected, str_cstr(&arena, str_format(&arena, "Mail %d. You lack %s.", crash.at, names[crash.at % 5])));
}

static void check_rejection(struct str chain)
{
    static const char *const links[] = {"REJECTION_RECEIVED", "REJECTION_PARSED", "ROADMAP_REPATH_NEEDED"};
    for (size_t i = 0; i < COUNT_OF(links); i++) CHECK_INT(events(chain, links[i]), 1);
    CHECK_INT(count("SELECT COUNT(*) FROM notifications WHERE kind = 'rejection'", DB_NO_ARGS), crash.at + 1);
    CHECK_INT(count("SELECT COUNT(*) FROM application_rejections WHERE findings IS NULL", DB_NO_ARGS), 0);
}

TEST(an_answer_is_read_and_weighed_once_wherever_the_process_dies)
{
    begin();
    applicant = add_person("Data Engineer");
    rejected = add_application(applicant, STR(""));
    crash_everywhere(act_rejection, check_rejection);
    CHECK_INT(modules_for(applicant, "kubernetes"), 1);
    end();
}

static struct str act_import(void)
{
    static const char *const forget[] = {"DELETE FROM job_listings", "DELETE FROM market_insights", "DELETE FROM market_demand"};
    for (size_t i = 0; i < COUNT_OF(forget); i++) run_sql(forget[i], DB_NO_ARGS); /* each is the first, so each shifts the market */
    import(1, 10, crash.at % 2 ? "Docker" : "dbt");
    return newest("MARKET_UPDATE");
}

static void check_import(struct str chain)
{
    CHECK_INT(events(chain, "MARKET_SHIFTED"), 1);
    CHECK_INT(events(chain, "ROADMAP_REPATH_NEEDED"), 2);
    CHECK_INT(count("SELECT COUNT(DISTINCT user_id) FROM agent_events WHERE correlation_id = $1 AND event_type = 'ROADMAP_REPATH_NEEDED'", DB_ARGS(db_uuid(chain))), 2);
    CHECK_INT(events(chain, "ROADMAP_PLANNED"), crash.at ? 2 : 0); /* dbt comes first in the catalogue, too */
}

TEST(a_shift_of_the_market_is_told_once_wherever_the_process_dies)
{
    begin();
    plan_roadmap(add_person("Data Engineer"));
    plan_roadmap(add_person("Data Engineer"));
    crash_everywhere(act_import, check_import);
    end();
}

TEST(an_event_that_comes_twice_changes_nothing_the_second_time)
{
    begin();
    struct str ada = add_person("Data Engineer"), application = add_application(ada, STR(""));
    plan_roadmap(ada);
    import(1, 4, "Docker");
    struct str first = reject(ada, application, "You lack Kubernetes.");
    run();
    int64_t planned = events_of("ROADMAP_PLANNED"), told = count("SELECT COUNT(*) FROM notifications", DB_NO_ARGS);
    struct str payload;
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        REQUIRE(CHECK_OK(db_query_one(store.db, SQL("SELECT payload FROM agent_events WHERE id = $1", 1), DB_ARGS(db_uuid(first)), &rows)));
        payload = db_col_text(&rows, 0, &arena);
    }
    struct str again = publish("REJECTION_RECEIVED", ada, payload);
    publish("MARKET_SHIFTED", STR(""), STR("{\"skills\":[\"docker\"]}"));
    publish("MARKET_UPDATE", STR(""), STR("{\"skills\":[\"docker\"],\"demand_scores\":{\"docker\":1},\"new_listings\":0}"));
    run();
    CHECK_INT(events(again, "REJECTION_PARSED"), 0);
    CHECK_INT(events_of("MARKET_SHIFTED"), 2); /* the first, and the one published here */
    CHECK_INT(events_of("ROADMAP_PLANNED"), planned);
    CHECK_INT(count("SELECT COUNT(*) FROM notifications", DB_NO_ARGS), told);
    end();
}
