/* Secret kinds: what they are given and what they find out is encrypted in the store, and opened where the job runs. */
#include "bus_fixture.h"

#include "base/config.h"
#include "security/seal.h"

#define OLD_KEY "an old key of the installation 00001"
#define NEW_KEY "a newer key of the installation 0002"
#define TOKEN "correct-horse-battery"
#define PAYLOAD "{\"account\":\"a1\",\"token\":\"" TOKEN "\"}"

static size_t seen, thought;
static int fails_left;

static bool has_token(const struct job *job) { return str_equal(json_get_str(job->payload, "token"), STR(TOKEN)); }

static enum err answer(struct job *job, void *argument, struct buf *result)
{
    (void)job;
    (void)argument;
    thought++;
    buf_append_str(result, STR("{\"balance\":\"" TOKEN "\"}"));
    return OK;
}

static enum err use(struct job *job)
{
    struct str result;
    TRY(note_run(job));
    seen += has_token(job);
    TRY(job_step(job, "ask", answer, NULL, &result));
    CHECK_STR(result, "{\"balance\":\"" TOKEN "\"}");
    TRY(job_step_apply(job, "store", answer, NULL, &result));
    CHECK_STR(result, "{\"balance\":\"" TOKEN "\"}");
    return fails_left-- > 0 ? err_set(ERR_UNAVAILABLE, "after its steps") : OK;
}

static enum err find(struct job *job)
{
    if (!job->kind->work) seen += has_token(job);
    buf_append_str(job->result, STR("{\"found\":\"" TOKEN "\"}"));
    return OK;
}

static const struct job_retry stubborn[] = {{.error = ERR_FORBIDDEN, .max_attempts = 5}, {.error = OK}};
static const struct job_lane lane = {.name = "account", .field = "account", .width = 3};
static const struct job_kind secret = {.name = "test.secret", .agent = "test", .work = use, .apply = find, .lane = &lane, .retries = stubborn, .is_secret = true};
static const struct job_kind together = {.name = "test.together", .agent = "test", .apply = find, .batch = 8, .is_secret = true};
static const struct job_kind open_kind = {.name = "test.open", .agent = "test", .apply = find};
static const struct job_kind *const kinds[] = {&secret, &together, &open_kind};
static const char *const test[] = {"test", NULL};
static const char *const to_secret[] = {"test.secret", NULL};
static const char *const to_open[] = {"test.open", NULL};
static const struct event_type events[] = {{.name = "LINKED", .schema = "account:key token:text", .producers = test, .consumers = to_secret, .is_secret = true}};
static const struct bus_registry registry = {.events = events, .events_count = 1, .kinds = kinds, .kinds_count = COUNT_OF(kinds)};

static void use_keys(const char *text) { CHECK_OK(config_set(CONFIG_PAYLOAD_KEYS, text)); }

/* The first test: no key was set yet. */
TEST(a_secret_kind_without_a_key_is_refused_at_the_start)
{
    CHECK(!seal_has_keys());
    CHECK_INT(bus_init(&registry, NULL), ERR_INTERNAL);
}

static void begin_secrets(void)
{
    seen = thought = 0;
    fails_left = 0;
    use_keys(OLD_KEY);
    begin(&registry);
}

static int64_t count_open(const char *table, const char *column)
{
    return number(str_cstr(&fixture.arena, str_format(&fixture.arena, "SELECT COUNT(*) FROM %s WHERE CAST(%s AS TEXT) LIKE '%%%s%%'", table, column, TOKEN)));
}

/* Nothing of what was given or found is readable where payloads and results are kept. */
static void check_nothing_is_open(void)
{
    CHECK_INT(count_open("jobs", "payload"), 0);
    CHECK_INT(count_open("jobs", "result"), 0);
    CHECK_INT(count_open("job_steps", "result"), 0);
    CHECK_INT(count_open("agent_events", "payload"), 0);
    CHECK_INT(count_open("job_attempts", "reason"), 0);
}

static struct str stored(const char *column, int64_t id)
{
    return text_of(str_cstr(&fixture.arena, str_format(&fixture.arena, "SELECT %s FROM jobs WHERE id = $1", column)), DB_ARGS(db_int(id)));
}

TEST(a_secret_payload_is_sealed_however_it_is_published_and_opened_by_its_job)
{
    begin_secrets();
    struct str me = person("me@example.org");
    int64_t id = job((struct job_spec){.kind = "test.secret", .user_id = me, .payload = STR(PAYLOAD)}), many[2];
    const struct job_spec specs[] = {{.kind = "test.secret", .payload = STR(PAYLOAD)}, {.kind = "test.together", .payload = STR(PAYLOAD)}};
    DO(bus_enqueue_many(fixture.store.db, &fixture.arena, specs, 2, many));
    const struct event published[] = {{.type = "LINKED", .user_id = me, .payload = STR(PAYLOAD)}, {.type = "LINKED", .payload = STR(PAYLOAD)}};
    DO(bus_publish(fixture.store.db, &fixture.arena, &published[0], NULL));
    DO(bus_publish_many(fixture.store.db, &fixture.arena, published, 2));
    job((struct job_spec){.kind = "test.together", .key = STR("k"), .key_use = JOB_KEY_DEBOUNCE, .run_at = clock_now() + US_PER_SECOND});
    job((struct job_spec){.kind = "test.together", .key = STR("k"), .key_use = JOB_KEY_DEBOUNCE, .run_at = clock_now() + US_PER_SECOND, .payload = STR(PAYLOAD)});
    CHECK_STR(stored("lane", id), "account:a1");
    CHECK(bus_is_sealed(stored("payload", id)));
    CHECK_STR(bus_shown(stored("payload", id)), "{\"encrypted\":true}");
    check_nothing_is_open();
    pass(1);
    CHECK_INT(run(), 7);
    CHECK_INT(seen, 7);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE status = 'completed'"), 7);
    CHECK_INT(number("SELECT COUNT(*) FROM job_steps"), 10);
    CHECK(bus_is_sealed(stored("result", id)));
    CHECK(bus_is_sealed(stored("result", many[1])));
    check_nothing_is_open();
    end();
}

TEST(a_sealed_result_of_a_step_is_given_to_the_next_run)
{
    begin_secrets();
    fails_left = 1;
    int64_t id = job((struct job_spec){.kind = "test.secret", .payload = STR(PAYLOAD)});
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "scheduled");
    pass(60);
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "completed");
    CHECK_INT(thought, 2);
    check_nothing_is_open();
    end();
}

TEST(without_its_key_a_job_is_dead_at_once_and_with_it_again_it_goes_on)
{
    int64_t count = 0;
    begin_secrets();
    fails_left = 1;
    int64_t begun = job((struct job_spec){.kind = "test.secret", .payload = STR(PAYLOAD)});
    CHECK_INT(run(), 1);
    int64_t fresh = job((struct job_spec){.kind = "test.secret", .payload = STR(PAYLOAD)});
    use_keys(NEW_KEY);
    CHECK_OK(bus_init(&registry, NULL));
    pass(60);
    CHECK_INT(run(), 2);
    CHECK_STR(status(begun), "dead");
    CHECK_STR(status(fresh), "dead");
    CHECK_STR(stored("last_error", fresh), "forbidden: the payload is encrypted and cannot be opened: it was sealed with a key that is not in PAYLOAD_KEYS, or was changed since");
    use_keys(NEW_KEY ", " OLD_KEY);
    CHECK_OK(bus_init(&registry, NULL));
    int64_t by_new = job((struct job_spec){.kind = "test.secret", .payload = STR(PAYLOAD)});
    DO(bus_redrive_dead(fixture.store.db, "test.secret", 0, 10, &count));
    CHECK_INT(count, 2);
    CHECK_INT(run(), 3);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE status = 'completed'"), 3);
    CHECK_INT(thought, 6);
    struct str payload = stored("payload", by_new), of_old = stored("payload", fresh), context = bus_payload_context(&fixture.arena, &secret, STR(""));
    use_keys(NEW_KEY);
    CHECK_OK(seal_init());
    CHECK_OK(bus_unseal(&fixture.arena, &payload, context)); /* the first of the two keys has sealed it */
    CHECK_STR(payload, PAYLOAD);
    CHECK_INT(bus_unseal(&fixture.arena, &of_old, context), ERR_FORBIDDEN);
    end();
}

TEST(a_result_of_a_step_that_cannot_be_opened_ends_the_job)
{
    begin_secrets();
    fails_left = 1;
    int64_t id = job((struct job_spec){.kind = "test.secret", .payload = STR(PAYLOAD)});
    CHECK_INT(run(), 1);
    exec("UPDATE job_steps SET result = (SELECT o.result FROM job_steps o WHERE o.step_key = 'store') WHERE step_key = 'ask'"); /* of another step */
    pass(60);
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "dead");
    CHECK(str_starts(stored("last_error", id), STR("forbidden: the result of a step is encrypted")));
    end();
}

TEST(a_payload_that_was_put_to_another_person_opens_nowhere)
{
    begin_secrets();
    int64_t mine = job((struct job_spec){.kind = "test.secret", .user_id = person("me@example.org"), .payload = STR(PAYLOAD)});
    int64_t theirs = job((struct job_spec){.kind = "test.secret", .user_id = person("other@example.org"), .payload = STR("{\"account\":\"b\"}")});
    exec("UPDATE jobs SET payload = (SELECT o.payload FROM jobs o ORDER BY o.id LIMIT 1)");
    CHECK_INT(run(), 2);
    CHECK_STR(status(mine), "completed");
    CHECK_STR(status(theirs), "dead");
    CHECK_INT(seen, 1);
    end();
}

TEST(jobs_from_before_their_kind_was_secret_run)
{
    begin_secrets();
    int64_t id = job((struct job_spec){.kind = "test.secret", .payload = STR(PAYLOAD)});
    exec("UPDATE jobs SET payload = '" PAYLOAD "'");
    CHECK_INT(run(), 1);
    CHECK_STR(status(id), "completed");
    CHECK_INT(seen, 1);
    end();
}

TEST(nothing_that_was_changed_opens)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str plain, sealed;
    use_keys(OLD_KEY);
    CHECK_OK(seal_init());
    sealed = seal_close(&arena, STR("a text"), STR("context"));
    CHECK(!str_equal(sealed, seal_close(&arena, STR("a text"), STR("context")))); /* the nonce is another each time */
    CHECK_OK(seal_open(&arena, sealed, STR("context"), &plain));
    CHECK_STR(plain, "a text");
    CHECK_INT(seal_open(&arena, sealed, STR("another"), &plain), ERR_FORBIDDEN);
    for (size_t i = 0; i < sealed.len; i++) {
        char *changed = arena_alloc(&arena, sealed.len);
        memcpy(changed, sealed.ptr, sealed.len);
        changed[i] = changed[i] == 'A' ? 'B' : 'A';
        CHECK(seal_open(&arena, (struct str){changed, sealed.len}, STR("context"), &plain) != OK);
        CHECK(seal_open(&arena, str_slice(sealed, 0, i), STR("context"), &plain) != OK);
    }
    CHECK_OK(seal_open(&arena, seal_close(&arena, STR(""), STR("")), STR(""), &plain));
    CHECK_INT(plain.len, 0);
}

/* Whether start-up refuses it. */
static bool is_refused(const struct event_type *type, const char *keys)
{
    const struct bus_registry wrong = {.events = type, .events_count = type != NULL, .kinds = kinds, .kinds_count = COUNT_OF(kinds)};
    use_keys(keys);
    return bus_init(&wrong, NULL) != OK;
}

TEST(a_secret_that_would_stand_in_the_open_is_refused_at_the_start)
{
    const struct event_type leaks = {.name = "LEAKS", .schema = "token:text", .producers = test, .consumers = to_open, .is_secret = true};
    const struct event_type is_open = {.name = "IS_OPEN", .schema = "token:text", .producers = test, .consumers = to_secret};
    const struct event_type awaited = {.name = "AWAITED", .schema = "token:text", .producers = test, .audit = "nobody", .is_secret = true, .is_awaited = true};
    CHECK(!is_refused(events, OLD_KEY));
    CHECK(is_refused(&leaks, OLD_KEY));
    CHECK(is_refused(&is_open, OLD_KEY));
    CHECK(is_refused(&awaited, OLD_KEY));
    CHECK(is_refused(events, OLD_KEY ",too short"));
    CHECK(is_refused(events, OLD_KEY "," OLD_KEY "," OLD_KEY "," OLD_KEY "," OLD_KEY "," OLD_KEY "," OLD_KEY "," OLD_KEY "," OLD_KEY));
}
