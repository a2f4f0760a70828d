/* A full disk, on a small file system of its own (SQLite): publishing fails cleanly, and what was published is done when there is room again. */
#include "bus_fixture.h"

#include <fcntl.h>
#include <sched.h>
#include <sys/mount.h>

static enum err write_effect(struct job *job)
{
    static const struct sql sql = {"test_effect", "INSERT INTO test_effects (job_id) VALUES ($1)", 1};
    return db_exec(job->db, &sql, DB_ARGS(db_int(job->id)));
}

static const struct job_kind consuming = {.name = "test.consume", .agent = "test", .apply = write_effect};
static const struct job_kind batched = {.name = "test.batch", .agent = "test", .apply = write_effect, .batch = 16};
static const struct job_kind *const kinds[] = {&consuming, &batched};
static const char *const test[] = {"test", NULL};
static const struct event_type events[] = {
    {.name = "FILLED", .schema = "words:text", .producers = test, .consumers = (const char *const[]){"test.consume", "test.batch", NULL}},
};
static const struct bus_registry registry = {.events = events, .events_count = 1, .kinds = kinds, .kinds_count = COUNT_OF(kinds)};

static char place[] = "/tmp/careerprep-full-XXXXXX";

/* As root, or in a name space of this process where it is. */
static bool mount_small(void)
{
    if (!mkdtemp(place)) return false;
    if (mount("none", place, "tmpfs", 0, "size=16m") == 0) return true;
    return unshare(CLONE_NEWUSER | CLONE_NEWNS) == 0 && mount("none", place, "tmpfs", 0, "size=16m") == 0;
}

/* A file of so many bytes; what does not fit is left out. */
static void fill(const char *name, size_t bytes)
{
    static const char block[4096];
    char path[200];
    snprintf(path, sizeof path, "%s/%s", place, name);
    int file = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    while (file >= 0 && bytes >= sizeof block && write(file, block, sizeof block) == (ssize_t)sizeof block) bytes -= sizeof block;
    if (file >= 0) close(file);
}

static enum err publish_filling(struct str payload)
{
    struct db *db = fixture.store.db;
    enum err published = db_begin(db);
    if (published == OK) published = bus_publish(db, &fixture.arena, &(struct event){.type = "FILLED", .payload = payload}, NULL);
    if (published == OK) return db_commit(db);
    db_rollback(db);
    return published;
}

TEST(a_full_disk_loses_nothing_and_writes_no_half)
{
    char path[200];
    if (!mount_small()) SKIP("this process may not mount a file system");
    setenv("TMPDIR", place, 1);
    fixture = (struct fixture){.now = INT64_C(1800000000) * US_PER_SECOND, .monotonic = 1000 * US_PER_SECOND};
    REQUIRE(test_store_open_file(&fixture.store, 3));
    CHECK_OK(bus_init(&registry, NULL));
    set_clocks();
    exec("CREATE TABLE test_effects (job_id BIGINT NOT NULL)");
    fill("ballast", 10 << 20); /* what is freed later must hold what the write-ahead log has to move into the database */
    char *words = malloc(20000);
    memset(words, 'w', 20000);
    struct str payload = str_format(&fixture.arena, "{\"words\":\"%.*s\"}", 20000, words);
    free(words);
    int64_t acknowledged = 0, refused = 0;
    for (int i = 0; i < 400; i++) {
        enum err published = publish_filling(payload);
        acknowledged += published == OK;
        refused += published != OK;
        if (published != OK) CHECK_INT(published, ERR_UNAVAILABLE);
    }
    CHECK(acknowledged > 5 && refused > 5);
    CHECK_INT(number("SELECT COUNT(*) FROM agent_events"), acknowledged);
    CHECK_INT(number("SELECT COUNT(*) FROM jobs"), 2 * acknowledged);
    fill("rest", 16 << 20); /* not a byte is left: nothing can be claimed or recorded */
    int ran = 0;
    enum err run_result = bus_run_until_idle(fixture.store.pool, &ran);
    CHECK_INT(run_result, ERR_UNAVAILABLE);
    snprintf(path, sizeof path, "%s/rest", place);
    unlink(path);
    snprintf(path, sizeof path, "%s/ballast", place);
    unlink(path);
    struct process next = {0}; /* who could not even write that it stops is taken for dead, as by the next server */
    CHECK_OK(bus_process_register(fixture.store.db, &next));
    CHECK_OK(bus_process_bury_others(fixture.store.db, &next));
    run();
    pass(3600);
    run();
    CHECK_INT(number("SELECT COUNT(*) FROM jobs WHERE status = 'completed'"), 2 * acknowledged);
    CHECK_INT(number("SELECT COUNT(DISTINCT job_id) FROM test_effects"), 2 * acknowledged);
    CHECK_INT(number("SELECT COUNT(*) FROM test_effects"), 2 * acknowledged);
    CHECK_INT(number("SELECT COUNT(*) FROM agent_events WHERE status <> 'completed'"), 0);
    end();
    umount(place);
    rmdir(place);
}
