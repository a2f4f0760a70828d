/* Reading a person with all that hangs below. Design in person_whole.h. */
#include "features/person_whole.h"

#include "features/person_whole.sql.h"
#include "json/json.h"

#include <ctype.h>
#include <stdlib.h>

/* Columns of person_whole. Those between are the parts' own. */
enum { PART, ID, CLAIM_ID, INTERVIEW_ID, TEXTS, LISTS = 11, NUMBERS = 13, FLAGS = 17, CONFIDENCE = 21, CREATED_AT, UPDATED_AT };
enum { PART_PERSON, PART_CLAIM, PART_PROOF };

struct proof_row {
    struct proof_row *next;
    struct str claim_id;
    struct person_proof proof;
};

struct reading {
    struct arena *arena;
    struct person_whole *whole;
    size_t space;
    bool is_known;
    struct proof_row *proofs; /* in no order: their claims may come later */
};

static enum err take_person(struct reading *reading, const struct db_rows *rows)
{
    struct arena *arena = reading->arena;
    struct person *person = &reading->whole->person;
    int64_t *const numbers[] = {&person->years_of_experience, &person->salary_min, &person->salary_max};
    *person = (struct person){
        .user_id = db_col_text(rows, ID, arena),
        .email = db_col_text(rows, TEXTS, arena),
        .username = db_col_text(rows, TEXTS + 1, arena),
        .first_name = db_col_text(rows, TEXTS + 2, arena),
        .last_name = db_col_text(rows, TEXTS + 3, arena),
        .headline = db_col_text(rows, TEXTS + 4, arena),
        .public_bio = db_col_text(rows, TEXTS + 5, arena),
        .salary_currency = db_col_text(rows, TEXTS + 6, arena),
        .onboarding_step = (int)db_col_int(rows, NUMBERS),
        .onboarding_completed = db_col_bool(rows, FLAGS),
        .onboarding_skipped = db_col_bool(rows, FLAGS + 1),
        .is_public = db_col_bool(rows, FLAGS + 2),
        .twin_quotes_resume = db_col_bool(rows, FLAGS + 3),
        .created_at = db_col_time(rows, CREATED_AT),
        .updated_at = db_col_time(rows, UPDATED_AT),
    };
    for (size_t i = 0; i < COUNT_OF(numbers); i++)
        *numbers[i] = db_col_is_null(rows, NUMBERS + 1 + (int)i) ? PERSON_NONE : db_col_int(rows, NUMBERS + 1 + (int)i);
    reading->is_known = true;
    TRY(person_list_read(arena, db_col_view(rows, LISTS), &person->target_roles));
    return person_list_read(arena, db_col_view(rows, LISTS + 1), &person->preferred_locations);
}

static enum err take_claim(struct reading *reading, const struct db_rows *rows)
{
    struct arena *arena = reading->arena;
    struct person_whole *whole = reading->whole;
    if (whole->skills_count == reading->space) {
        reading->space = reading->space ? 4 * reading->space : 16;
        struct person_skill *larger = arena_array(arena, struct person_skill, reading->space);
        for (size_t i = 0; i < whole->skills_count; i++) larger[i] = whole->skills[i];
        whole->skills = larger;
    }
    struct person_skill *skill = &whole->skills[whole->skills_count++];
    *skill = (struct person_skill){
        .id = db_col_text(rows, ID, arena),
        .skill_id = db_col_text(rows, TEXTS, arena),
        .name = db_col_text(rows, TEXTS + 1, arena),
        .field = db_col_text(rows, TEXTS + 2, arena),
        .category = db_col_text(rows, TEXTS + 3, arena),
        .metadata = db_col_text(rows, LISTS, arena),
        .proofs_total = db_col_int(rows, NUMBERS),
        .is_verified = db_col_bool(rows, FLAGS),
        .created_at = db_col_time(rows, CREATED_AT),
    };
    return level_parse(db_col_view(rows, TEXTS + 4), &skill->level);
}

static void take_proof(struct reading *reading, const struct db_rows *rows)
{
    struct arena *arena = reading->arena;
    struct proof_row *row = arena_new(arena, struct proof_row);
    *row = (struct proof_row){.next = reading->proofs,
                              .claim_id = db_col_text(rows, CLAIM_ID, arena),
                              .proof = {.id = db_col_text(rows, ID, arena),
                                        .interview_id = db_col_text(rows, INTERVIEW_ID, arena),
                                        .type = db_col_text(rows, TEXTS, arena),
                                        .snippet = db_col_text(rows, TEXTS + 1, arena),
                                        .summary = db_col_text(rows, TEXTS + 2, arena),
                                        .confidence = db_col_real(rows, CONFIDENCE),
                                        .verified_at = db_col_time(rows, CREATED_AT)}};
    reading->proofs = row;
}

static bool comes_before(const struct person_proof *a, const struct person_proof *b)
{
    if (a->verified_at != b->verified_at) return a->verified_at > b->verified_at;
    if (a->confidence != b->confidence) return a->confidence > b->confidence;
    return str_compare(a->id, b->id) < 0;
}

static void keep_proof(struct person_skill *skill, const struct person_proof *proof)
{
    size_t at = skill->proofs_count;
    while (at > 0 && comes_before(proof, &skill->proofs[at - 1])) at--;
    if (at == PERSON_PROOFS_KEPT) return;
    if (skill->proofs_count < PERSON_PROOFS_KEPT) skill->proofs_count++;
    for (size_t i = skill->proofs_count - 1; i > at; i--) skill->proofs[i] = skill->proofs[i - 1];
    skill->proofs[at] = *proof;
}

/* Without regard to capitals of ASCII, as skill_states_read has it. */
static int by_name(const void *left, const void *right)
{
    const struct person_skill *a = left, *b = right;
    for (size_t i = 0; i < a->name.len && i < b->name.len; i++) {
        int difference = tolower((unsigned char)a->name.ptr[i]) - tolower((unsigned char)b->name.ptr[i]);
        if (difference) return difference;
    }
    if (a->name.len != b->name.len) return a->name.len < b->name.len ? -1 : 1;
    return str_compare(a->skill_id, b->skill_id);
}

enum err person_whole_read(struct db *db, struct arena *arena, struct str user_id, struct person_whole *whole)
{
    struct reading reading = {.arena = arena, .whole = whole};
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    *whole = (struct person_whole){0};
    TRY(db_query(db, &sql_person_whole, DB_ARGS(db_uuid(user_id), db_time(0)), &rows));
    while (db_next(&rows)) {
        switch (db_col_int(&rows, PART)) {
        case PART_PERSON: TRY(take_person(&reading, &rows)); break;
        case PART_CLAIM: TRY(take_claim(&reading, &rows)); break;
        default: take_proof(&reading, &rows);
        }
    }
    TRY(db_rows_result(&rows));
    if (!reading.is_known) return err_set_private(ERR_NOT_FOUND, "It does not exist, or it is not yours.", "no such person");
    if (whole->skills_count) qsort(whole->skills, whole->skills_count, sizeof(*whole->skills), by_name);
    for (const struct proof_row *row = reading.proofs; row; row = row->next)
        for (size_t i = 0; i < whole->skills_count; i++)
            if (str_equal(whole->skills[i].id, row->claim_id)) keep_proof(&whole->skills[i], &row->proof);
    return OK;
}
