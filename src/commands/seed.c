/* The catalogue's rows: other tables refer to skills by id, so the table follows the catalogue of the binary. A skill that left the
 * catalogue stays, since somebody may have proved it. */
#include "ai/catalogue.h"
#include "base/clock.h"
#include "commands/commands.h"
#include "commands/seed.sql.h"
#include "db/migrate.h"
#include "json/json.h"

#include <inttypes.h>
#include <stdio.h>

static uint64_t catalogue_version(void)
{
    uint64_t version = catalogue_skills_count;
    for (size_t i = 0; i < catalogue_skills_count; i++) {
        const struct catalogue_skill *skill = catalogue_skill_at(i);
        version = version * 31 + str_hash(skill->id) + 7 * str_hash(skill->name) + 11 * str_hash(skill->category) + 13 * str_hash(skill->field);
    }
    return version;
}

static enum err is_seeded(struct db *db, struct str version, bool *is_same)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(db, &sql_seed_version, DB_NO_ARGS, &rows);
    *is_same = found == OK && str_equal(db_col_view(&rows, 0), version);
    return found == ERR_NOT_FOUND ? OK : found;
}

static void write_catalogue(struct buf *out)
{
    struct json_writer writer;
    json_begin(&writer, out);
    json_array_open(&writer);
    for (size_t i = 0; i < catalogue_skills_count; i++) {
        const struct catalogue_skill *skill = catalogue_skill_at(i);
        json_object_open(&writer);
        json_member_str(&writer, "id", skill->id);
        json_member_str(&writer, "name", skill->name);
        json_member_str(&writer, "field", skill->field);
        json_member_str(&writer, "category", skill->category);
        json_object_close(&writer);
    }
    json_array_close(&writer);
}

/* Processes that start together do it once: the second waits, and then finds it done. */
static enum err seed(struct db *db, void *argument)
{
    struct str version = *(struct str *)argument;
    struct buf list CLEANUP(buf_dispose) = {0};
    bool is_same = false;
    TRY(db_migrate_lock(db));
    TRY(is_seeded(db, version, &is_same));
    if (is_same) return OK;
    write_catalogue(&list);
    TRY(db_exec(db, &sql_seed_skills, DB_ARGS(db_json(buf_str(&list)), db_time(clock_now()))));
    return db_exec(db, &sql_seed_set_version, DB_ARGS(db_text(version)));
}

enum err store_seed(struct db *db)
{
    char text[32];
    int len = snprintf(text, sizeof(text), "%016" PRIx64, catalogue_version());
    struct str version = {text, (size_t)len};
    bool is_same = false;
    TRY(is_seeded(db, version, &is_same));
    if (is_same) return OK;
    return db_transaction(db, seed, &version);
}
