/* The flow of the conversation. Design in interviewer.h.
 *
 * start -> context question -> topics, each with its questions -> closing question -> end. One answer moves the state once: an aside
 * keeps the question open, a follow-up digs at it, everything else goes on to the next. The words come from the catalogue's dialogue;
 * which line of a kind is spoken next is a walk over all of them in an order of this interview's own.
 */
#include "ai/interviewer.h"
#include "ai/answer_kind.h"
#include "base/buf.h"
#include "base/clock.h"

#define NO_REMARK INTERVIEWER_LINE_COUNT
#define BREAK_SECONDS 300
#define WORDS_OF_AN_ANSWER 12 /* after a pause: fewer are taken as "let us go on" */

struct talk {
    struct arena *arena;
    const struct interviewer_plan *plan;
    struct interviewer_state *state;
    struct interviewer_reply *reply;
};

static const char *const line_names[INTERVIEWER_LINE_COUNT] = {
    [LINE_OPENING] = "opening",
    [LINE_ASK_CONTEXT] = "ask_context",
    [LINE_TRANSITION] = "transition",
    [LINE_ACKNOWLEDGE] = "acknowledge",
    [LINE_VAGUE] = "vague_follow_up",
    [LINE_TOO_SHORT] = "too_short",
    [LINE_OWNERSHIP] = "ownership_follow_up",
    [LINE_DONT_KNOW] = "dont_know_ack",
    [LINE_REPEAT] = "repeat_request",
    [LINE_OFF_TOPIC] = "off_topic",
    [LINE_TIME_CHECK] = "time_check",
    [LINE_CLOSING_ASK] = "closing_ask",
    [LINE_CLOSING] = "closing",
    [LINE_INJECTED] = "injected",
    [LINE_UPSET] = "upset",
};

static const struct interviewer_topic *current_topic(const struct talk *talk)
{
    return talk->state->stage == AT_TOPICS ? &talk->plan->topics[talk->state->topic] : NULL;
}

/* "Docker, SQL and Git" from a topic on. */
static struct str topic_names(const struct talk *talk, size_t from)
{
    struct buf names CLEANUP(buf_dispose) = {0};
    size_t count = talk->plan->topics_count;
    for (size_t i = from; i < count; i++) {
        if (i > from) buf_append_str(&names, i + 1 == count ? STR(" and ") : STR(", "));
        buf_append_str(&names, talk->plan->topics[i].skill);
    }
    return str_copy(talk->arena, buf_str(&names));
}

static int64_t minutes_left(const struct talk *talk)
{
    int64_t left = (int64_t)talk->plan->minutes * 60 - talk->state->seconds;
    return left <= 60 ? 1 : (left + 30) / 60;
}

static bool is_over_time(const struct talk *talk)
{
    return talk->state->seconds >= (int64_t)talk->plan->minutes * 60;
}

/* What stands for a placeholder. Before the first topic, and while one is announced, {skill} is the topic to come. */
static struct str placeholder(const struct talk *talk, struct str name)
{
    size_t topic = (size_t)talk->state->topic;
    if (str_equal(name, STR("name"))) return talk->plan->name;
    if (str_equal(name, STR("role"))) return talk->plan->role;
    if (str_equal(name, STR("minutes"))) return str_format(talk->arena, "%lld", (long long)minutes_left(talk));
    if (str_equal(name, STR("topics"))) return topic_names(talk, topic);
    if (str_equal(name, STR("skill")) && topic < talk->plan->topics_count && talk->state->stage <= AT_TOPICS)
        return talk->plan->topics[topic].skill;
    return (struct str){0};
}

/* Fills a line. False when something other than the name is missing; a missing name goes with the blank or comma before it. */
static bool fill(const struct talk *talk, struct str line, struct buf *out)
{
    for (size_t at = 0; at < line.len;) {
        size_t open = str_find_char(line, '{', at);
        size_t close = open == STR_NPOS ? STR_NPOS : str_find_char(line, '}', open);
        if (close == STR_NPOS) open = line.len;
        buf_append_str(out, str_slice(line, at, open));
        if (open == line.len) return true;
        struct str name = str_slice(line, open + 1, close), value = placeholder(talk, name);
        if (!value.len && !str_equal(name, STR("name"))) return false;
        if (!value.len)
            while (out->len && (out->ptr[out->len - 1] == ' ' || out->ptr[out->len - 1] == ',')) out->len--;
        buf_append_str(out, value);
        at = close + 1;
    }
    return true;
}

static size_t greatest_common_divisor(size_t a, size_t b)
{
    while (b) {
        size_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

/* The next line of a kind that can be filled; "" when the catalogue has none. */
static struct str line(struct talk *talk, enum interviewer_line kind)
{
    size_t count;
    struct str purpose = str_from(line_names[kind]);
    const struct str *lines = catalogue_dialogue(purpose, &count);
    if (!count) return (struct str){0};
    uint64_t hash = (str_hash(talk->plan->seed) ^ str_hash(purpose)) * UINT64_C(0x9E3779B97F4A7C15);
    size_t start = (size_t)(hash >> 20) % count, step = 1 + (size_t)(hash >> 44) % count;
    while (greatest_common_divisor(step, count) != 1) step++;
    struct buf out CLEANUP(buf_dispose) = {0};
    for (size_t tries = 0; tries < count; tries++) {
        size_t at = (start + (size_t)talk->state->used[kind]++ % count * step) % count;
        buf_clear(&out);
        if (fill(talk, lines[at], &out)) return str_copy(talk->arena, buf_str(&out));
    }
    return (struct str){0};
}

static void say(struct talk *talk, struct str text, struct str skill_id)
{
    if (talk->reply->count < COUNT_OF(talk->reply->says))
        talk->reply->says[talk->reply->count++] = (struct interviewer_say){text, skill_id};
}

static struct str sentences(struct talk *talk, struct str first, struct str second)
{
    if (!first.len || !second.len) return first.len ? first : second;
    return str_format(talk->arena, "%.*s %.*s", STR_ARG(first), STR_ARG(second));
}

/* Says `before` and then the question, which is open from now on. */
static void ask(struct talk *talk, struct str before, struct str question)
{
    const struct interviewer_topic *topic = current_topic(talk);
    struct str skill_id = topic ? topic->skill_id : (struct str){0};
    const struct interviewer_topic *first = &talk->plan->topics[0];
    if (talk->state->stage == AT_CONTEXT && str_contains(question, first->skill)) skill_id = first->skill_id;
    talk->state->open = question;
    say(talk, sentences(talk, before, question), skill_id);
}

static void end_interview(struct talk *talk)
{
    talk->state->stage = AT_CLOSING; /* {skill} means nothing any more */
    say(talk, line(talk, LINE_CLOSING), (struct str){0});
    talk->state->stage = AT_END;
    talk->state->open = (struct str){0};
    talk->reply->ended = true;
}

static void begin_question(struct interviewer_state *state)
{
    state->follow_ups = state->asides = 0;
    state->follow_up_asked = state->ownership_asked = false;
}

static struct str time_check(struct talk *talk)
{
    if (talk->state->time_told || talk->state->seconds * 3 < (int64_t)talk->plan->minutes * 60 * 2) return (struct str){0};
    talk->state->time_told = true;
    return line(talk, LINE_TIME_CHECK);
}

/* The next question of the topic, the next topic, or the closing question, after a remark on what was said. */
static void move_on(struct talk *talk, enum interviewer_line remark)
{
    struct interviewer_state *state = talk->state;
    const struct interviewer_topic *topic = current_topic(talk);
    struct str before = remark == NO_REMARK ? (struct str){0} : line(talk, remark);
    begin_question(state);
    bool more_of_this = topic && (size_t)state->question + 1 < topic->questions_count && state->unknowns < 2;
    if (more_of_this && !is_over_time(talk)) {
        state->question++;
        before = sentences(talk, before, time_check(talk));
        ask(talk, before, topic->questions[state->question].text);
        return;
    }
    /* The first topic needs no announcement when it is the only one, or when the talk is about it already. */
    bool announces = topic || (talk->plan->topics_count > 1 && !str_contains(state->open, talk->plan->topics[0].skill));
    if (topic) state->topic++;
    state->question = state->unknowns = 0;
    if ((size_t)state->topic >= talk->plan->topics_count || is_over_time(talk)) {
        state->stage = AT_CLOSING;
        if (remark == LINE_DONT_KNOW) before = line(talk, LINE_ACKNOWLEDGE); /* no other question is to be announced */
        ask(talk, before, line(talk, LINE_CLOSING_ASK));
        return;
    }
    state->stage = AT_TOPICS;
    before = sentences(talk, before, time_check(talk));
    if (announces) before = sentences(talk, before, line(talk, LINE_TRANSITION));
    ask(talk, before, talk->plan->topics[state->topic].questions[0].text);
}

/* A remark that leaves the question open, and the question again. */
static void aside(struct talk *talk, enum interviewer_line kind)
{
    if (talk->state->asides++ >= INTERVIEWER_ASIDES) {
        if (talk->state->stage == AT_CLOSING) end_interview(talk);
        else move_on(talk, NO_REMARK);
        return;
    }
    struct str remark = line(talk, kind);
    if (kind == LINE_UPSET) {
        talk->state->is_paused = true;
        say(talk, remark, (struct str){0});
        return;
    }
    ask(talk, remark, talk->state->open);
}

/* Digs at the open question; `question` stays open in its place. */
static void follow_up(struct talk *talk, struct str before, struct str question)
{
    talk->state->follow_ups++;
    ask(talk, before, question);
}

static bool ask_planned_follow_up(struct talk *talk, struct str before)
{
    const struct interviewer_topic *topic = current_topic(talk);
    struct str planned = topic ? topic->questions[talk->state->question].follow_up : (struct str){0};
    if (!planned.len || talk->state->follow_up_asked) return false;
    talk->state->follow_up_asked = true;
    follow_up(talk, before, planned);
    return true;
}

static bool dig(struct talk *talk, enum answer_kind kind)
{
    struct interviewer_state *state = talk->state;
    const struct interviewer_topic *topic = current_topic(talk);
    if (state->follow_ups >= INTERVIEWER_FOLLOW_UPS || is_over_time(talk)) return false;
    if (!topic) { /* the context question: once, when there is next to nothing */
        if (kind != ANSWER_SHORT || state->stage != AT_CONTEXT || state->follow_ups) return false;
        follow_up(talk, (struct str){0}, line(talk, LINE_TOO_SHORT));
        return true;
    }
    if (kind == ANSWER_TEAM && !state->ownership_asked) {
        state->ownership_asked = true;
        follow_up(talk, (struct str){0}, line(talk, LINE_OWNERSHIP));
        return true;
    }
    if (kind == ANSWER_SHORT || kind == ANSWER_VAGUE) {
        if (state->follow_ups) return ask_planned_follow_up(talk, (struct str){0});
        follow_up(talk, (struct str){0}, line(talk, kind == ANSWER_SHORT ? LINE_TOO_SHORT : LINE_VAGUE));
        return true;
    }
    bool deep = topic->level >= LEVEL_PROFICIENT && state->question == 0 && !state->follow_ups;
    return deep && ask_planned_follow_up(talk, line(talk, LINE_ACKNOWLEDGE));
}

static void respond(struct talk *talk, enum answer_kind kind)
{
    switch (kind) {
    case ANSWER_STOP: end_interview(talk); return;
    case ANSWER_REPEAT: aside(talk, LINE_REPEAT); return;
    case ANSWER_OFF_TOPIC: aside(talk, LINE_OFF_TOPIC); return;
    case ANSWER_INJECTION: aside(talk, LINE_INJECTED); return;
    case ANSWER_UPSET: aside(talk, LINE_UPSET); return;
    default: break;
    }
    if (talk->state->stage == AT_CLOSING) {
        end_interview(talk);
        return;
    }
    if (kind == ANSWER_UNKNOWN) {
        talk->state->unknowns++;
        move_on(talk, LINE_DONT_KNOW);
        return;
    }
    if (!dig(talk, kind)) move_on(talk, LINE_ACKNOWLEDGE);
}

static void pass_time(struct interviewer_state *state, int64_t now)
{
    int64_t gap = state->last_at ? (now - state->last_at) / US_PER_SECOND : 0;
    if (gap > 0) state->seconds += gap < BREAK_SECONDS ? gap : BREAK_SECONDS;
    if (now > state->last_at) state->last_at = now;
}

void interviewer_begin(struct arena *arena, const struct interviewer_plan *plan, struct interviewer_state *state, int64_t now,
                       struct interviewer_reply *reply)
{
    struct talk talk = {.arena = arena, .plan = plan, .state = state, .reply = reply};
    *reply = (struct interviewer_reply){.ended = state->stage == AT_END};
    if (state->stage != AT_START) return;
    pass_time(state, now);
    state->stage = AT_CONTEXT;
    say(&talk, line(&talk, LINE_OPENING), (struct str){0});
    ask(&talk, (struct str){0}, line(&talk, LINE_ASK_CONTEXT));
}

void interviewer_answer(struct arena *arena, const struct interviewer_plan *plan, struct interviewer_state *state, struct str answer,
                        int64_t now, struct interviewer_reply *reply)
{
    struct talk talk = {.arena = arena, .plan = plan, .state = state, .reply = reply};
    *reply = (struct interviewer_reply){.ended = state->stage == AT_END};
    if (state->stage == AT_END || state->stage == AT_START) return;
    pass_time(state, now);
    const struct interviewer_topic *topic = current_topic(&talk);
    enum answer_kind kind = answer_classify(arena, answer, topic ? catalogue_skill_by_id(topic->skill_id) : CATALOGUE_NONE);
    bool was_paused = state->is_paused;
    state->is_paused = false;
    bool goes_on = kind == ANSWER_SHORT || kind == ANSWER_VAGUE || kind == ANSWER_UNKNOWN || kind == ANSWER_OFF_TOPIC;
    if (was_paused && goes_on && answer_words(answer) < WORDS_OF_AN_ANSWER) {
        if (state->stage == AT_CLOSING) end_interview(&talk);
        else move_on(&talk, NO_REMARK);
        return;
    }
    respond(&talk, kind);
}

struct interviewer_progress interviewer_progress_of(const struct interviewer_plan *plan, const struct interviewer_state *state)
{
    return (struct interviewer_progress){.topics_done = state->topic,
                                         .topics_total = (int64_t)plan->topics_count,
                                         .seconds = state->seconds,
                                         .skill = state->stage == AT_TOPICS ? plan->topics[state->topic].skill : (struct str){0},
                                         .ended = state->stage == AT_END};
}
