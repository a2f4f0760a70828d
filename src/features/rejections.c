/* Reading what employers found missing. Design in rejections.h. */
#include "features/rejections.h"

#include "ai/catalogue.h"
#include "features/rejections.sql.h"
#include "json/json.h"

#define FINDINGS_MAX ((size_t)1 << 20)

static struct rejection_gap *find_or_add(struct rejection_gap *gaps, size_t *count, size_t skill)
{
    for (size_t i = 0; i < *count; i++)
        if (gaps[i].skill == skill) return &gaps[i];
    gaps[*count] = (struct rejection_gap){.skill = skill};
    return &gaps[(*count)++];
}

static enum err take_findings(struct arena *arena, const struct db_rows *rows, struct rejection_gap *gaps, size_t *count)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    struct str company = db_col_text(rows, 1, arena), from = company.len ? company : db_col_text(rows, 2, arena);
    TRY(json_parse(db_col_view(rows, 0), FINDINGS_MAX, &root));
    const struct json *found = json_get(root, "gaps");
    for (size_t i = 0; i < json_count(found); i++) {
        const struct json *one = json_at(found, i);
        size_t skill = catalogue_skill_by_id(json_get_str(one, "skill_id"));
        if (skill == CATALOGUE_NONE) continue; /* the catalogue knew it once */
        struct rejection_gap *gap = find_or_add(gaps, count, skill);
        bool is_named = str_equal(json_get_str(one, "source"), STR("answer"));
        gap->named += is_named;
        gap->asked += !is_named;
        if (!gap->from.len) gap->from = from;
    }
    return OK;
}

enum err rejection_gaps_read(struct db *db, struct arena *arena, struct str user_id, struct rejection_gap **gaps, size_t *count)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    *gaps = arena_array(arena, struct rejection_gap, catalogue_skills_count);
    *count = 0;
    TRY(db_query(db, &sql_rejections_findings, DB_ARGS(db_uuid(user_id)), &rows));
    while (db_next(&rows)) TRY(take_findings(arena, &rows, *gaps, count));
    return db_rows_result(&rows);
}

bool rejection_gap_matters(const struct rejection_gap *gap) { return gap->named > 0 || gap->asked > 1; }
