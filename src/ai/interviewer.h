/* The interviewer: a conversation about what a person claims to be able to do. Pure and deterministic: no store, no clock, no chance.
 *
 * The plan (which topics, which questions) is made once, seeded by the interview's id; the state says where the conversation stands.
 * Both are small JSON documents, so that the interview goes on after a restart with exactly the words it would have had.
 * The interviewer asks; it never praises, judges, promises or gives an answer away. It digs where an answer is short, vague or about
 * others, lets go kindly where the person does not know, and takes no orders. Every interview ends: at most INTERVIEWER_FOLLOW_UPS
 * follow-ups and INTERVIEWER_ASIDES asides (repetition, orders, small talk, a pause) a question.
 */
#pragma once
#include "ai/catalogue.h"
#include "base/str.h"

#define INTERVIEWER_TOPICS_MAX 8
#define INTERVIEWER_QUESTIONS_MAX 3 /* a topic */
#define INTERVIEWER_FOLLOW_UPS 2
#define INTERVIEWER_ASIDES 3
#define INTERVIEWER_ANSWER_MAX 4000 /* code points of one answer */
/* The person's turns until the end, whatever they say: each question with its follow-ups and asides, and the pause after an aside;
 * so many again for the first and the last question. */
#define INTERVIEWER_TURNS_MAX ((INTERVIEWER_TOPICS_MAX * INTERVIEWER_QUESTIONS_MAX + 2) * (1 + INTERVIEWER_FOLLOW_UPS + INTERVIEWER_ASIDES))

struct interviewer_claim {
    struct str skill_id, skill; /* "docker", "Docker"; an id that the catalogue does not know is a skill of the person's own */
    enum question_level level;
};

/* What a plan is made for. */
struct interviewer_request {
    struct str seed; /* the interview's id */
    struct str name; /* first name, "" is fine */
    struct str role;
    const struct interviewer_claim *claims;
    size_t claims_count;
    bool is_short;
    struct str_list said; /* what interviewers asked this person before: those questions come last */
};

struct interviewer_question {
    struct str text, follow_up;
};

struct interviewer_topic {
    struct str skill_id, skill;
    enum question_level level;
    struct interviewer_question questions[INTERVIEWER_QUESTIONS_MAX];
    size_t questions_count;
};

struct interviewer_plan {
    struct str seed, name, role;
    int minutes;
    struct interviewer_topic topics[INTERVIEWER_TOPICS_MAX];
    size_t topics_count;
};

enum interviewer_stage { AT_START, AT_CONTEXT, AT_TOPICS, AT_CLOSING, AT_END, INTERVIEWER_STAGE_COUNT };

enum interviewer_line {
    LINE_OPENING,
    LINE_ASK_CONTEXT,
    LINE_TRANSITION,
    LINE_ACKNOWLEDGE,
    LINE_VAGUE,
    LINE_TOO_SHORT,
    LINE_OWNERSHIP,
    LINE_DONT_KNOW,
    LINE_REPEAT,
    LINE_OFF_TOPIC,
    LINE_TIME_CHECK,
    LINE_CLOSING_ASK,
    LINE_CLOSING,
    LINE_INJECTED,
    LINE_UPSET,
    INTERVIEWER_LINE_COUNT
};

struct interviewer_state {
    enum interviewer_stage stage;
    int64_t topic, question; /* where we are; topic is also the number of finished topics */
    int64_t follow_ups, asides, unknowns; /* of this question, of this question, of this topic */
    bool follow_up_asked, ownership_asked, is_paused, time_told;
    int64_t seconds; /* of conversation; a break counts five minutes at most */
    int64_t last_at; /* microseconds since 1970 */
    struct str open; /* the question that waits for an answer */
    int64_t used[INTERVIEWER_LINE_COUNT]; /* lines spoken of each kind: none comes twice before all have come */
};

struct interviewer_say {
    struct str text;
    struct str skill_id; /* what the question is about, "" for none */
};

struct interviewer_reply {
    struct interviewer_say says[2];
    size_t count;
    bool ended;
};

struct interviewer_progress {
    int64_t topics_done, topics_total, seconds;
    struct str skill; /* name of the current topic, "" between topics */
    bool ended;
};

/* ERR_INVALID without claims, with more than INTERVIEWER_TOPICS_MAX or without a role. Texts live in the arena or in the request. */
enum err interviewer_plan_make(struct arena *arena, const struct interviewer_request *request, struct interviewer_plan *plan) MUST_CHECK;

/* The first words, on a zeroed state. A second call says nothing. `now` in microseconds. */
void interviewer_begin(struct arena *arena, const struct interviewer_plan *plan, struct interviewer_state *state, int64_t now,
                       struct interviewer_reply *reply);
/* Takes one answer and gives what the interviewer says to it. After the end: nothing, with `ended`. */
void interviewer_answer(struct arena *arena, const struct interviewer_plan *plan, struct interviewer_state *state, struct str answer,
                        int64_t now, struct interviewer_reply *reply);
struct interviewer_progress interviewer_progress_of(const struct interviewer_plan *plan, const struct interviewer_state *state);

/* JSON, as in interviews.plan and interviews.state. Reading gives ERR_INTERNAL for what we did not write; texts live in the arena. */
struct buf;
void interviewer_plan_write(const struct interviewer_plan *plan, struct buf *out);
enum err interviewer_plan_read(struct arena *arena, struct str text, struct interviewer_plan *plan) MUST_CHECK;
void interviewer_state_write(const struct interviewer_state *state, struct buf *out);
enum err interviewer_state_read(struct arena *arena, struct str text, const struct interviewer_plan *plan, struct interviewer_state *state) MUST_CHECK;
