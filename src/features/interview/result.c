/* What came of an interview: proofs with their quotes, gaps, the next step, and the transcript with the quotes marked. Design in interview.h.
 *
 * Proofs are byte ranges of turns. They are marked where the stored range holds; a range that does not fit its turn is left unmarked.
 */
#include "base/clock.h"
#include "features/interview/interview.h"
#include "features/interview/interview_result.html.h"
#include "features/interview/store.sql.h"
#include "features/proof_words.h"
#include "json/json.h"
#include "pages/pages.h"

#define PROOFS_MAX 64

static struct str counted(struct arena *arena, size_t count, const char *one, const char *many)
{
    return str_format(arena, "%zu %s", count, count == 1 ? one : many);
}

struct mark {
    int64_t turn, start, end;
    struct str id;
};

struct marks {
    struct mark items[PROOFS_MAX];
    size_t count;
};

/* The statement orders by skill: neighbours of one skill stand on one card. */
static void group_by_skill(struct arena *arena, struct interview_result_view *view)
{
    view->skills = arena_array(arena, struct interview_proved_view, view->proofs_count);
    for (size_t i = 0; i < view->proofs_count; i++) {
        struct interview_proof_view *proof = &view->proofs[i];
        struct interview_proved_view *skill = view->skills_count ? &view->skills[view->skills_count - 1] : NULL;
        if (!skill || !str_equal(skill->skill, proof->skill)) {
            skill = &view->skills[view->skills_count++];
            *skill = (struct interview_proved_view){.skill = proof->skill, .proofs = proof};
        }
        skill->proofs_count++;
    }
    for (size_t i = 0; i < view->skills_count; i++)
        view->skills[i].quotes = counted(arena, view->skills[i].proofs_count, "quote", "quotes");
}

/* Fills proofs, skills and marks. */
static enum err load_proofs(struct request *request, struct str id, struct interview_result_view *view, struct marks *marks)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    struct arena *arena = request->arena;
    view->proofs = arena_array(arena, struct interview_proof_view, PROOFS_MAX);
    TRY(db_query(request->db, &sql_interview_proofs, DB_ARGS(db_uuid(request->identity.user_id), db_uuid(id)), &rows));
    while (view->proofs_count < PROOFS_MAX && db_next(&rows)) {
        struct interview_proof_view *proof = &view->proofs[view->proofs_count++];
        *proof = (struct interview_proof_view){.id = db_col_text(&rows, 0, arena), .skill = db_col_text(&rows, 1, arena),
                                               .type = proof_kind_words(db_col_view(&rows, 2)), .strength = proof_strength_words(arena, db_col_real(&rows, 3)),
                                               .quote = db_col_text(&rows, 4, arena), .summary = db_col_text(&rows, 8, arena)};
        marks->items[marks->count++] = (struct mark){db_col_int(&rows, 5), db_col_int(&rows, 6), db_col_int(&rows, 7), proof->id};
    }
    group_by_skill(arena, view);
    return db_rows_result(&rows);
}

static bool starts_character(struct str text, int64_t at)
{
    return at == (int64_t)text.len || ((unsigned char)text.ptr[at] & 0xC0) != 0x80;
}

static bool fits(const struct mark *mark, const struct interview_turn *turn)
{
    return mark->turn == turn->index && mark->start >= 0 && mark->start < mark->end && mark->end <= (int64_t)turn->text.len &&
           starts_character(turn->text, mark->start) && starts_character(turn->text, mark->end);
}

/* The mark of this turn that covers `at`, or the next one after it. */
static const struct mark *next_mark(const struct marks *marks, const struct interview_turn *turn, int64_t at)
{
    const struct mark *best = NULL;
    for (size_t i = 0; i < marks->count; i++) {
        const struct mark *mark = &marks->items[i];
        if (!fits(mark, turn) || mark->end <= at) continue;
        if (!best || mark->start < best->start || (mark->start == best->start && mark->end > best->end)) best = mark;
    }
    return best;
}

static void split_turn(struct arena *arena, const struct marks *marks, const struct interview_turn *turn, struct interview_line_view *line)
{
    int64_t at = 0, end = (int64_t)turn->text.len;
    line->parts = arena_array(arena, struct interview_part, 2 * marks->count + 1);
    while (at < end) {
        const struct mark *mark = next_mark(marks, turn, at);
        if (!mark || mark->start > at) {
            int64_t stop = mark ? mark->start : end;
            line->parts[line->parts_count++] = (struct interview_part){.text = str_slice(turn->text, (size_t)at, (size_t)stop)};
            at = stop;
            continue;
        }
        line->parts[line->parts_count++] =
            (struct interview_part){.text = str_slice(turn->text, (size_t)at, (size_t)mark->end), .is_quote = true,
                                    .anchor = str_format(arena, "proof-%.*s", STR_ARG(mark->id))};
        at = mark->end;
    }
}

static enum err load_lines(struct request *request, struct str id, const struct marks *marks, struct interview_result_view *view)
{
    struct interview_turns turns;
    TRY(interview_load_turns(request->db, request->arena, request->identity.user_id, id, &turns));
    view->lines = arena_array(request->arena, struct interview_line_view, turns.count);
    view->lines_count = turns.count;
    for (size_t i = 0; i < turns.count; i++) {
        view->lines[i] = (struct interview_line_view){.id = turns.items[i].message_id, .text = turns.items[i].text, .is_user = turns.items[i].is_user};
        split_turn(request->arena, marks, &turns.items[i], &view->lines[i]);
    }
    return OK;
}

static enum err read_outcome(struct request *request, const struct interview *interview, struct interview_result_view *view)
{
    struct json *outcome CLEANUP(json_free_at) = NULL;
    if (!interview->outcome.len) return OK;
    TRY(json_parse(interview->outcome, (size_t)256 << 10, &outcome));
    const struct json *gaps = json_get(outcome, "gaps");
    view->gaps_count = json_count(gaps);
    view->gaps = arena_array(request->arena, struct interview_gap_view, view->gaps_count);
    for (size_t i = 0; i < view->gaps_count; i++)
        view->gaps[i] = (struct interview_gap_view){str_copy(request->arena, json_get_str(json_at(gaps, i), "skill")),
                                                    str_copy(request->arena, json_get_str(json_at(gaps, i), "reason"))};
    view->note = str_copy(request->arena, json_get_str(json_get(outcome, "quality"), "note"));
    return OK;
}

static void choose_next_step(struct interview_result_view *view)
{
    if (view->was_left) return;
    if (view->gaps_count) {
        view->next = STR("Your roadmap now covers these gaps");
        view->next_href = STR("/roadmap");
        view->next_word = STR("Open the roadmap");
    } else if (view->proofs_count) {
        view->next = STR("These proofs can appear on your public profile, if you want");
        view->next_href = STR("/settings#public");
        view->next_word = STR("Open the profile settings");
    } else {
        view->next = STR("Try again with one skill you used lately, and tell one case in detail");
        view->next_href = STR("/interviews/new");
        view->next_word = STR("Prepare an interview");
    }
}

static struct str sentence(struct arena *arena, const struct interview *interview, const struct interview_result_view *view)
{
    struct str date = time_long_date(arena, interview->completed_at ? interview->completed_at : interview->created_at);
    if (view->was_left) return STR("You left this interview. It was not read for proof; what you said is kept.");
    struct str skills = counted(arena, view->skills_count, "skill", "skills"), quotes = counted(arena, view->proofs_count, "quote", "quotes");
    return str_format(arena, "%.*s proved by %.*s, on %.*s.", STR_ARG(skills), STR_ARG(quotes), STR_ARG(date));
}

enum err interview_result(struct request *request, struct response *response, const struct interview *interview)
{
    struct interview_result_view view = {.id = interview->id, .was_left = interview_is(interview, "abandoned")};
    struct marks *marks = arena_new(request->arena, struct marks);
    struct str title = str_format(request->arena, "Interview as %.*s", STR_ARG(interview->role));
    TRY(load_proofs(request, interview->id, &view, marks));
    TRY(load_lines(request, interview->id, marks, &view));
    TRY(read_outcome(request, interview, &view));
    choose_next_step(&view);
    TRY(pages_shell(request, NAV_INTERVIEWS, title, sentence(request->arena, interview, &view), &view.shell));
    struct html out = {0};
    interview_result_render(&out, &view);
    respond_html(response, &out);
    return OK;
}
