/* The interview feature: choosing what it is about, the conversation itself, and what came of it.
 *
 * The server owns the transcript. Every turn, the state after it and, at the end, the event are rows of one transaction, under the
 * interview's row lock, so that a crash, a second window or a repeated message changes nothing twice. The words are the
 * interviewer's (ai/interviewer.h). Conversations come in by three doors, which share talk.c: the socket, the form, and the API.
 */
#pragma once
#include "ai/interviewer.h"
#include "db/db.h"
#include "features/feature.h"
#include "features/interview/views.h"
#include "http/response.h"
#include "http/websocket.h"

struct json_writer;

extern const struct feature feature_interview;

/* careerprep interview analyze: the judge on a transcript in a file, without a store. */
int interview_analyze_command(int argc, char **argv);

/* One row of interviews; texts live in the arena. */
struct interview {
    struct str id, role, status;
    struct str plan, state, outcome; /* JSON; outcome "" before the analysis */
    int64_t started_at, completed_at, created_at;
};
bool interview_is(const struct interview *interview, const char *status);

struct interview_turn {
    int64_t index;
    bool is_user;
    struct str text, skill_id;
    struct str message_id; /* as the client named it, else "INTERVIEW:INDEX" */
    int64_t created_at;
};

struct interview_turns {
    struct interview_turn *items;
    size_t count;
};

/* store.c: reading. Someone else's id is ERR_NOT_FOUND. */
enum err interview_load(struct db *db, struct arena *arena, struct str user_id, struct str id, struct interview *interview) MUST_CHECK;
enum err interview_load_turns(struct db *db, struct arena *arena, struct str user_id, struct str id, struct interview_turns *turns) MUST_CHECK;

struct interview_claim_row {
    struct interviewer_claim claim;
    bool is_verified;
};
struct interview_claims {
    struct interview_claim_row *items; /* not yet verified first */
    size_t count;
};
enum err interview_load_claims(struct db *db, struct arena *arena, struct str user_id, struct interview_claims *claims) MUST_CHECK;
/* The first target role of the profile, "" when there is none. */
enum err interview_default_role(struct db *db, struct arena *arena, struct str user_id, struct str *role) MUST_CHECK;

/* How one answers a person about a mistake: the last error's own sentence, copied into the arena. */
struct str interview_reason(struct arena *arena);

/* create.c: plans an interview over some of the person's claims, in the open transaction. ERR_INVALID with a sentence when the plan cannot be made. */
struct interview_wish {
    struct str role;
    const struct interviewer_claim *claims;
    size_t claims_count;
    bool is_short;
};
enum err interview_create(struct db *db, struct arena *arena, const struct identity *who, const struct interview_wish *wish, struct str *id) MUST_CHECK;

/* talk.c: one interview, held by this transaction. */
struct interview_session {
    struct db *db;
    struct arena *arena;
    struct str user_id;
    struct interview row;
    struct interviewer_plan plan;
    struct interviewer_state state;
    int64_t next_turn;
};

/* Takes the row and reads where the conversation stands. */
enum err interview_hold(struct db *db, struct arena *arena, struct str user_id, struct str id, struct interview_session *session) MUST_CHECK;
/* Begins a scheduled interview, takes up one that was left; one in progress stays as it is. ERR_CONFLICT when it is over. */
enum err interview_start(struct interview_session *session) MUST_CHECK;

struct interview_heard {
    bool is_repeated;             /* this message was here before: `turns` has the stored answer alone */
    struct interview_turn turns[3]; /* the answer, then what the interviewer says to it */
    size_t count;
};
/* Stores an answer and the interviewer's reply; completes the interview when that was the end. `message_id` may be "". ERR_INVALID for
 * an empty or too long text, ERR_CONFLICT when the interview is not in progress. */
enum err interview_say(struct interview_session *session, struct str text, struct str message_id, struct interview_heard *heard) MUST_CHECK;
/* Ends it now; nothing happens when it is complete already. ERR_CONFLICT without any answer, or when it was left. */
enum err interview_finish(struct interview_session *session) MUST_CHECK;
/* Leaves it without an analysis. ERR_CONFLICT when it is complete. */
enum err interview_abandon(struct interview_session *session) MUST_CHECK;

/* remove.c: deletes the interview with its turns and proofs; skills that had no other proof are claims again. ERR_CONFLICT while it is read. */
enum err interview_remove(struct db *db, struct arena *arena, struct str user_id, struct str id) MUST_CHECK;

/* choose.c */
#define INTERVIEW_NEW_FIELDS 3
extern const struct field interview_new_fields[INTERVIEW_NEW_FIELDS];
enum err interview_new_page(struct request *request, struct response *response);
enum err interview_new(struct request *request, struct response *response);
/* pages.c */
enum err interview_list_page(struct request *request, struct response *response);
enum err interview_page(struct request *request, struct response *response);
enum err interview_progress_part(struct request *request, struct response *response);
/* The stage with what was typed and why it was refused, both "" on first sight. */
enum err interview_stage_page(struct request *request, struct response *response, const struct interview *interview, struct str typed,
                              struct str problem);
/* The id of the job that gave up reading a completed interview; ERR_NOT_FOUND when there is none. */
enum err interview_dead_reading(struct request *request, struct str id, int64_t *job_id) MUST_CHECK;
/* result.c: what came of it, and the transcript with the proofs marked. */
enum err interview_result(struct request *request, struct response *response, const struct interview *interview);
/* actions.c */
enum err interview_start_action(struct request *request, struct response *response);
enum err interview_say_action(struct request *request, struct response *response);
enum err interview_finish_action(struct request *request, struct response *response);
enum err interview_read_again_action(struct request *request, struct response *response);
enum err interview_abandon_action(struct request *request, struct response *response);
enum err interview_delete_action(struct request *request, struct response *response);
enum err interview_finish_page(struct request *request, struct response *response);
enum err interview_abandon_page(struct request *request, struct response *response);
enum err interview_delete_page(struct request *request, struct response *response);
/* api.c */
#define INTERVIEW_STATUSES "scheduled|in_progress|completed|analyzed|abandoned"
enum err interview_api_list(struct request *request, struct response *response);
enum err interview_api_get(struct request *request, struct response *response);
enum err interview_api_session(struct request *request, struct response *response);
enum err interview_api_complete(struct request *request, struct response *response);
/* socket.c */
enum err interview_socket(struct request *request, struct response *response);
extern const struct websocket_handler interview_socket_handler;
