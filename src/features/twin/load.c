/* What a twin may know, from the store. Design in ai/twin.h. */
#include "base/clock.h"
#include "db/db.h"
#include "features/twin/store.sql.h"
#include "features/twin/twin_feature.h"
#include "json/json.h"

#define PROOFS_MAX 200
#define PASSAGES_MAX 100

void twin_read_subject(struct arena *arena, const struct db_rows *rows, struct twin_subject *subject)
{
    *subject = (struct twin_subject){.user_id = db_col_text(rows, 0, arena), .username = db_col_text(rows, 3, arena), .quotes_resume = db_col_bool(rows, 4)};
    subject->person.first_name = db_col_text(rows, 1, arena);
    subject->person.last_name = db_col_text(rows, 2, arena);
    if (!subject->person.first_name.len) subject->person.first_name = subject->username;
}

static enum err load_proofs(struct db *db, struct arena *arena, struct twin_subject *subject)
{
    struct twin_proof *proofs = arena_array(arena, struct twin_proof, PROOFS_MAX);
    size_t count = 0;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_twin_proofs, DB_ARGS(db_uuid(subject->user_id)), &rows));
    while (count < PROOFS_MAX && db_next(&rows))
        proofs[count++] = (struct twin_proof){
            .id = db_col_text(&rows, 0, arena),
            .skill_id = db_col_text(&rows, 1, arena),
            .skill = db_col_text(&rows, 2, arena),
            .type = db_col_text(&rows, 3, arena),
            .date = time_long_date(arena, db_col_time(&rows, 4)),
            .summary = db_col_text(&rows, 5, arena),
            .snippet = db_col_text(&rows, 6, arena),
            .confidence = db_col_real(&rows, 7),
        };
    subject->person.proofs = proofs;
    subject->person.proofs_count = count;
    return db_rows_result(&rows);
}

enum err twin_load(struct db *db, struct arena *arena, struct twin_subject *subject)
{
    TRY(load_proofs(db, arena, subject));
    if (!subject->quotes_resume) return OK;
    struct str *passages = arena_array(arena, struct str, PASSAGES_MAX);
    size_t count = 0;
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query(db, &sql_twin_passages, DB_ARGS(db_uuid(subject->user_id)), &rows));
    while (count < PASSAGES_MAX && db_next(&rows)) passages[count++] = db_col_text(&rows, 0, arena);
    subject->person.passages = passages;
    subject->person.passages_count = count;
    return db_rows_result(&rows);
}

void twin_write_citations(struct json_writer *writer, const struct twin_subject *subject, const struct twin_answer *answer)
{
    json_array_open(writer);
    for (size_t i = 0; i < answer->citations_count; i++) {
        const struct twin_proof *proof = &subject->person.proofs[answer->citations[i].proof];
        json_object_open(writer);
        json_member_str(writer, "verification_id", proof->id);
        json_member_str(writer, "quote", answer->citations[i].quote);
        json_member_str(writer, "skill", proof->skill);
        json_member_str(writer, "date", proof->date);
        json_object_close(writer);
    }
    json_array_close(writer);
}
