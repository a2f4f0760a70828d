/* A store with people who look for work, and both job boards on a port of this machine.
 *
 *     begin_search(57, TWO);    57 jobs for each of two searches at each board
 *     run_night();
 *     end_search();
 */
#pragma once
#include "agents/registry.h"
#include "bus/quota.h"
#include "bus_fixture.h"
#include "commands/commands.h"
#include "fake_boards.h"

#define SECRET "k3y-that-nobody-may-see"
#define AMPLE "minute=1000"

static struct fake_boards fake;

/* Each of `roles` in Berlin, a person for each. */
static inline void add_people(const char *const *roles, size_t count)
{
    static const struct sql sql = {"t_profile", "INSERT INTO user_profiles (user_id, target_roles, preferred_locations, created_at, updated_at) VALUES ($1, $2, $3, $4, $4)", 4};
    for (size_t i = 0; i < count; i++) {
        struct str id = person(str_cstr(&fixture.arena, str_format(&fixture.arena, "%zu@example.org", i))), list = str_format(&fixture.arena, "[\"%s\"]", roles[i]);
        CHECK_OK(db_exec(fixture.store.db, &sql, DB_ARGS(db_uuid(id), db_json(list), db_json(STR("[\"Berlin, Germany\"]")), db_time(clock_now()))));
    }
}

static inline void configure(const char *id, const char *key, const char *jooble)
{
    CHECK_OK(config_set(CONFIG_ADZUNA_APP_ID, id));
    CHECK_OK(config_set(CONFIG_ADZUNA_APP_KEY, key));
    CHECK_OK(config_set(CONFIG_JOOBLE_API_KEY, jooble));
    CHECK_OK(config_set(CONFIG_QUOTA_ADZUNA, AMPLE));
    CHECK_OK(config_set(CONFIG_QUOTA_JOOBLE, AMPLE));
}

/* Both boards know `jobs` for each search; somebody looks for each of the roles. */
static inline void begin_search(int jobs, const char *const *roles, size_t count)
{
    memset(&fake, 0, sizeof fake);
    fake.jobs = jobs;
    begin(&agents_registry);
    log_set_level(LOG_ERROR);
    CHECK_OK(store_seed(fixture.store.db));
    configure("id-" SECRET, SECRET, SECRET);
    fake_boards_start(&fake);
    add_people(roles, count);
}

static inline void end_search(void)
{
    fake_boards_stop(&fake);
    configure("", "", "");
    CHECK_OK(config_set(CONFIG_QUOTA_ADZUNA, ""));
    CHECK_OK(config_set(CONFIG_QUOTA_JOOBLE, ""));
    end();
}

static const char *const one_role[] = {"Data analyst"};
static const char *const two_roles[] = {"Data analyst", "Nurse"};
#define ONE one_role, 1
#define TWO two_roles, 2

/* As the clock would. */
static inline void start_night(void) { job((struct job_spec){.kind = "market.scrape"}); }

static inline void run_night(void)
{
    start_night();
    run();
}

static inline struct str job_text(const char *column, const char *board)
{
    struct str sql = str_format(&fixture.arena, "SELECT CAST(%s AS TEXT) FROM jobs WHERE kind = 'market.search' AND CAST(payload AS TEXT) LIKE '%%%s%%' ORDER BY id DESC LIMIT 1", column, board);
    return text_of(str_cstr(&fixture.arena, sql), DB_NO_ARGS);
}

static inline struct str result_member(const char *board, const char *member)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    if (!CHECK_OK(json_parse(job_text("result", board), BUS_PAYLOAD_MAX, &root))) return STR("");
    const struct json *value = json_get(root, member);
    return json_type_of(value) == JSON_INT ? str_format(&fixture.arena, "%" PRId64, json_int(value)) : str_copy(&fixture.arena, json_str(value));
}

static inline int64_t listings(const char *source)
{
    return number(str_cstr(&fixture.arena, str_format(&fixture.arena, "SELECT COUNT(*) FROM job_listings WHERE source = '%s'", source)));
}

static inline int64_t events(void) { return number("SELECT COUNT(*) FROM agent_events WHERE event_type = 'MARKET_UPDATE'"); }

static inline int64_t used(const char *budget)
{
    struct quota_state *states;
    size_t count;
    CHECK_OK(quota_left(fixture.store.db, &fixture.arena, budget, &states, &count));
    return states[0].windows[PERIOD_LIFETIME].used;
}

/* How often a page of a search was asked for at most: 1 when nothing was asked twice. */
static inline int most_alike(void)
{
    int most = 0;
    for (int i = 0; i < fake.count; i++) {
        int alike = 0;
        for (int k = 0; k < fake.count; k++)
            alike += strcmp(fake.calls[i].url, fake.calls[k].url) == 0 && strcmp(fake.calls[i].body, fake.calls[k].body) == 0;
        if (alike > most) most = alike;
    }
    return most;
}
