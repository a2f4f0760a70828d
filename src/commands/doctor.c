/* careerprep doctor: tries every configured part for real and says what to do about what is off. */
#include "agents/registry.h"
#include "ai/catalogue.h"
#include "ai/embed.h"
#include "ai/extract.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/file.h"
#include "bus/quota.h"
#include "bus/schedules.h"
#include "commands/commands.h"
#include "db/migrate.h"
#include "db/vectors.h"
#include "features/command.h"
#include "features/jobs/board.h"
#include "json/json.h"
#include "security/password.h"

#include <stdio.h>
#include <sys/statvfs.h>

enum outcome { FINE, OFF, BROKEN };

struct check {
    char part[40];
    enum outcome outcome;
    char detail[600];
};

static void say(struct check *check, enum outcome outcome, const char *format, ...) PRINTF_LIKE(3, 4);
static void say(struct check *check, enum outcome outcome, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    vsnprintf(check->detail, sizeof(check->detail), format, args);
    va_end(args);
    check->outcome = outcome;
}

static void check_data_dir(struct check *check)
{
    const char *dir = config_cstr(CONFIG_DATA_DIR);
    struct statvfs fs;
    if (file_make_dirs(dir) != OK || statvfs(dir, &fs) != 0) {
        say(check, BROKEN, "%s cannot be used: %s. Make it writable or set DATA_DIR.", dir, err_detail());
        return;
    }
    unsigned long long free_mib = (unsigned long long)fs.f_bavail * fs.f_frsize >> 20;
    if (free_mib < 200) say(check, BROKEN, "%s has only %llu MiB free", dir, free_mib);
    else say(check, FINE, "%s, %llu MiB free", dir, free_mib);
}

static void check_store(struct check *check)
{
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    int missing = 0;
    struct buf remarks = {0};
    enum err result = db_pool_open(&pool, 1);
    if (result == OK) result = db_acquire(pool, &db);
    if (result == OK) result = db_migrate_status(db, &missing);
    if (result == OK) result = db_remarks(db, &remarks);
    if (result != OK) say(check, BROKEN, "%s", err_detail());
    else if (missing) say(check, OFF, "%s, %d migration%s missing: run careerprep migrate", db_engine_version(db), missing, missing == 1 ? "" : "s");
    else say(check, FINE, "%s, schema up to date%s%.*s", db_engine_version(db), remarks.len ? "." : "", STR_ARG(buf_str(&remarks)));
    buf_dispose(&remarks);
    db_release(db);
    if (pool) db_pool_close(pool);
}

static void check_vectors(struct check *check)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    struct str words;
    bool is_native = false;
    enum err result = db_pool_open(&pool, 1);
    if (result == OK) result = db_acquire(pool, &db);
    if (result == OK) result = vectors_describe(db, &arena, &words, &is_native);
    if (result != OK) say(check, BROKEN, "%s", err_detail());
    else say(check, is_native || !db_pool_is_shared(pool) ? FINE : OFF, "%.*s", STR_ARG(words));
    db_release(db);
    if (pool) db_pool_close(pool);
}

static void check_passwords(struct check *check)
{
    struct arena arena = {0};
    struct str hash;
    int64_t before = clock_monotonic();
    bool fine = password_hash(&arena, STR("a test of the hash"), &hash) == OK && password_verify(hash, STR("a test of the hash")) == OK;
    if (fine) say(check, FINE, "argon2id, %lld ms for a hash and a check", (long long)((clock_monotonic() - before) / 1000));
    else say(check, BROKEN, "%s", err_detail());
    arena_dispose(&arena);
}

static void check_catalogue(struct check *check)
{
    const struct str *fields;
    say(check, FINE, "%zu skills in %zu fields, %zu occupations", catalogue_skills_count, catalogue_fields(&fields),
        catalogue_occupations_count);
}

/* Reads a small PDF in the sandbox, as an upload is read. */
static void check_resume_reader(struct check *check)
{
    static const struct str sample = STR_INIT(
        "%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Count 1 /Kids [3 0 R] >>\nendobj\n"
        "3 0 obj\n<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>\nendobj\n"
        "4 0 obj\n<< /Length 62 >>\nstream\nBT /F1 12 Tf 72 700 Td (Doctor reads a resume in the sandbox) Tj ET\nendstream\nendobj\n"
        "5 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>\nendobj\ntrailer\n<< /Size 6 /Root 1 0 R >>\n%%EOF\n");
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct extracted text;
    if (!extract_has_pdf()) {
        say(check, BROKEN, "pdftotext is missing, PDF files cannot be read: install poppler-utils");
        return;
    }
    enum err result = extract_text(&arena, (struct str){0}, sample, &text);
    if (result != OK) say(check, BROKEN, "%s", err_detail());
    else if (!str_contains(text.text, STR("Doctor reads a resume"))) say(check, BROKEN, "a test file was read wrongly");
    else say(check, FINE, "reads PDF, DOCX and text behind %s", extract_sandbox_name());
}

/* Zones come from a package that a small system may lack, or lose. */
static void check_schedules(struct check *check)
{
    size_t count = 0;
    for (size_t i = 0; i < agents_registry.kinds_count; i++) {
        const struct job_kind *kind = agents_registry.kinds[i];
        if (schedule_check(kind) != OK) {
            say(check, BROKEN, "%s: %s", kind->name, err_detail());
            return;
        }
        count += kind->schedule != NULL;
    }
    say(check, FINE, "%zu kind%s of jobs by the clock of %s", count, count == 1 ? "" : "s", config_cstr(CONFIG_SCHEDULE_TIME_ZONE));
}

/* Nobody is asked here: each call is one less of a budget that may have to last for ever. */
static void check_boards(struct check *check)
{
    size_t count, configured = 0;
    const struct board *all = boards(&count);
    struct buf words CLEANUP(buf_dispose) = {0};
    for (size_t i = 0; i < count; i++) {
        const char *missing = NULL;
        if (board_is_configured(&all[i], &missing)) buf_append_format(&words, "%s%s", configured++ ? " and " : "", all[i].title);
        if (!missing) continue;
        say(check, BROKEN, "%s is off: %s is not set", all[i].title, missing);
        return;
    }
    if (configured) say(check, FINE, "new listings come every night from %.*s (not asked now: calls are metered)", STR_ARG(buf_str(&words)));
    else say(check, OFF, "no source of listings is configured: set ADZUNA_APP_ID and ADZUNA_APP_KEY, or JOOBLE_API_KEY, or import files");
}

/* The cosine of two texts' vectors. */
static enum err similarity(const struct embedder *embedder, struct arena *arena, const char *one, const char *other, double *cosine)
{
    const float *left, *right;
    TRY(embed_text(embedder, arena, str_from(one), &left));
    TRY(embed_text(embedder, arena, str_from(other), &right));
    *cosine = 0;
    for (size_t i = 0; i < embedder->dimensions; i++) *cosine += (double)left[i] * (double)right[i];
    return OK;
}

/* Two texts that mean alike, without a word in common, are nearer to each other than two that do not. The last one is timed, when the weights have been read. */
static void check_embeddings(struct check *check)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    const struct embedder *embedder = embed_local();
    double alike = 0, apart = 0;
    const float *vector;
    if (!embedder) {
        say(check, OFF, "%s; listings are matched by skills and words", embed_local_missing());
        return;
    }
    enum err result = similarity(embedder, &arena, "software developer", "experienced Python programmer", &alike);
    if (result == OK) result = similarity(embedder, &arena, "software developer", "a nurse cares for old people", &apart);
    int64_t before = clock_monotonic();
    if (result == OK) result = embed_text(embedder, &arena, STR("Managed a team of twelve and doubled their output"), &vector);
    double took = (double)(clock_monotonic() - before) / 1000;
    if (result != OK) say(check, BROKEN, "%s", err_detail());
    else if (!(alike > apart)) say(check, BROKEN, "%s gives wrong vectors on this processor (%s)", embedder->model, embedder->engine);
    else
        say(check, FINE, "%s is built in: %zu dimensions, a sentence in %.1f ms (%s). Listings are not embedded yet: they are matched by skills and words", embedder->model,
            embedder->dimensions, took, embedder->engine);
}

static void check_models(struct check *check)
{
    say(check, OFF, "no language model is used: interviewer, analysis and twin run on the built-in engines");
}

struct report {
    struct json_writer writer;
    bool is_json, is_broken;
};

static void report_check(struct report *report, const struct check *check)
{
    static const char *const words[] = {"fine", "off", "broken"};
    report->is_broken |= check->outcome == BROKEN;
    if (!report->is_json) printf("%-16s %-7s %s\n", check->part, words[check->outcome], check->detail);
    json_object_open(&report->writer);
    json_member_str(&report->writer, "part", str_from(check->part));
    json_member_str(&report->writer, "state", str_from(words[check->outcome]));
    json_member_str(&report->writer, "detail", str_from(check->detail));
    json_object_close(&report->writer);
}

/* A line for each budget that is in use. */
static void check_budgets(struct report *report)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    struct quota_state *states;
    size_t count = 0;
    int missing = 0;
    enum err result = db_pool_open(&pool, 1);
    if (result == OK) result = db_acquire(pool, &db);
    if (result == OK) result = db_migrate_status(db, &missing);
    if (result == OK && !missing) result = quota_left(db, &arena, NULL, &states, &count);
    if (result != OK) {
        struct check check = {.part = "budgets"};
        say(&check, BROKEN, "%s", err_detail());
        report_check(report, &check);
    }
    for (size_t i = 0; result == OK && i < count; i++) {
        struct check check = {0};
        struct buf words CLEANUP(buf_dispose) = {0};
        if (!states[i].in_use) continue;
        snprintf(check.part, sizeof check.part, "budget %s", states[i].budget->name);
        quota_describe(&states[i], &words);
        say(&check, FINE, "%s: %.*s", states[i].budget->title, STR_ARG(buf_str(&words)));
        report_check(report, &check);
    }
    db_release(db);
    if (pool) db_pool_close(pool);
}

int command_doctor(int argc, char **argv)
{
    struct command_options options;
    if (!command_parse(argc, argv, 0, 0, &options)) return 2;
    static const struct {
        const char *part;
        void (*run)(struct check *);
    } checks[] = {{"data directory", check_data_dir}, {"store", check_store}, {"vectors", check_vectors},         {"passwords", check_passwords},
                  {"catalogue", check_catalogue}, {"resume reader", check_resume_reader}, {"schedules", check_schedules}, {"job boards", check_boards}, {"language models", check_models},
                  {"embeddings", check_embeddings}};
    struct buf out CLEANUP(buf_dispose) = {0};
    struct report report = {.is_json = options.json};
    json_begin(&report.writer, &out);
    json_object_open(&report.writer);
    json_key(&report.writer, "checks");
    json_array_open(&report.writer);
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        struct check check = {0};
        snprintf(check.part, sizeof check.part, "%s", checks[i].part);
        checks[i].run(&check);
        report_check(&report, &check);
    }
    check_budgets(&report);
    json_array_close(&report.writer);
    json_object_close(&report.writer);
    int printed = options.json ? command_print_json(&out) : 0;
    return report.is_broken ? 1 : printed;
}
