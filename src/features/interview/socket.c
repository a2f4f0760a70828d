/* The conversation over a WebSocket, in EVI's message format. Design in interview.h.
 *
 * Server to client: chat_metadata first, then the transcript so far, then one user_message and the interviewer's assistant_message
 * with assistant_end for each answer. Client to server: user_input; what concerns audio and tools is answered with an error event,
 * since this interview is written. Our additions, which other clients ignore: `message_id` on user_input and user_message, by which an
 * answer that is sent again counts once, and `turn` and `progress` on assistant_message. What is said in one window is heard in all.
 */
#include "base/clock.h"
#include "base/uuid.h"
#include "features/interview/interview.h"
#include "json/json.h"

#define MESSAGE_ID_MAX 64
#define CLOSE_NORMAL 1000

enum err interview_socket(struct request *request, struct response *response)
{
    (void)response;
    struct interview interview;
    struct str id = request_text(request, "interview_id");
    TRY(interview_load(request->db, request->arena, request->identity.user_id, id, &interview));
    if (interview_is(&interview, "abandoned"))
        return err_set(ERR_CONFLICT, "You left this interview. Continue it on its page.");
    websocket_set_key(request, id);
    return OK;
}

/* Who hears it: this window alone, or every window on this interview. */
enum hearers { THIS_WINDOW, ALL_WINDOWS };

static void send(struct websocket_call *call, enum hearers hearers, const struct buf *message)
{
    if (hearers == ALL_WINDOWS) websocket_send_all(call->socket, buf_str(message));
    else websocket_send(call->socket, buf_str(message));
}

static void open_message(struct json_writer *json, struct buf *out, const char *type)
{
    json_begin(json, out);
    json_object_open(json);
    json_member_str(json, "type", str_from(type));
}

static void send_metadata(struct websocket_call *call)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer json;
    open_message(&json, &out, "chat_metadata");
    json_member_str(&json, "chat_id", call->key);
    json_member_str(&json, "chat_group_id", call->key);
    json_member_str(&json, "request_id", uuid_new(call->arena));
    json_object_close(&json);
    send(call, THIS_WINDOW, &out);
}

/* `code` and `slug` are stable words for programs; `message` is for people. */
static void send_error(struct websocket_call *call, const char *code, const char *slug, struct str message)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer json;
    open_message(&json, &out, "error");
    json_member_str(&json, "code", str_from(code));
    json_member_str(&json, "slug", str_from(slug));
    json_member_str(&json, "message", message);
    json_object_close(&json);
    send(call, THIS_WINDOW, &out);
}

static void write_content(struct json_writer *json, const char *role, struct str text)
{
    json_key(json, "message");
    json_object_open(json);
    json_member_str(json, "role", str_from(role));
    json_member_str(json, "content", text);
    json_object_close(json);
    json_key(json, "models");
    json_object_open(json);
    json_object_close(json);
}

static void write_progress(struct json_writer *json, const struct interview_session *session)
{
    struct interviewer_progress progress = interviewer_progress_of(&session->plan, &session->state);
    json_key(json, "progress");
    json_object_open(json);
    json_member_int(json, "topics_done", progress.topics_done);
    json_member_int(json, "topics_total", progress.topics_total);
    json_member_str(json, "skill", progress.skill);
    json_member_bool(json, "ended", progress.ended || !interview_is(&session->row, "in_progress"));
    json_member_int(json, "seconds", progress.seconds);
    json_object_close(json);
}

static void send_user_message(struct websocket_call *call, enum hearers hearers, const struct interview_session *session, const struct interview_turn *turn)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer json;
    int64_t at = (turn->created_at - session->row.started_at) / 1000; /* milliseconds from the start */
    open_message(&json, &out, "user_message");
    write_content(&json, "user", turn->text);
    json_key(&json, "time");
    json_object_open(&json);
    json_member_int(&json, "begin", at < 0 ? 0 : at);
    json_member_int(&json, "end", at < 0 ? 0 : at);
    json_object_close(&json);
    json_member_bool(&json, "from_text", true);
    json_member_bool(&json, "interim", false);
    json_member_str(&json, "message_id", turn->message_id);
    json_object_close(&json);
    send(call, hearers, &out);
}

static void send_assistant_message(struct websocket_call *call, enum hearers hearers, const struct interview_session *session,
                                   const struct interview_turn *turn, bool is_last)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer json;
    open_message(&json, &out, "assistant_message");
    json_member_str(&json, "id", turn->message_id);
    json_member_int(&json, "turn", turn->index);
    write_content(&json, "assistant", turn->text);
    json_member_bool(&json, "from_text", false);
    json_member_bool(&json, "is_quick_response", false);
    if (is_last) write_progress(&json, session);
    json_object_close(&json);
    send(call, hearers, &out);
}

static void send_assistant_end(struct websocket_call *call, enum hearers hearers)
{
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer json;
    open_message(&json, &out, "assistant_end");
    json_object_close(&json);
    send(call, hearers, &out);
}

/* Turns in order; after the last one of the interviewer, where we stand. */
static void send_turns(struct websocket_call *call, enum hearers hearers, const struct interview_session *session,
                       const struct interview_turn *turns, size_t count)
{
    size_t last = count;
    while (last > 0 && turns[last - 1].is_user) last--;
    for (size_t i = 0; i < count; i++) {
        if (turns[i].is_user) send_user_message(call, hearers, session, &turns[i]);
        else send_assistant_message(call, hearers, session, &turns[i], i + 1 == last);
    }
    if (last > 0 && last == count) send_assistant_end(call, hearers);
}

static enum err opened(struct websocket_call *call)
{
    struct interview_session session;
    struct interview_turns turns;
    TRY(interview_hold(call->db, call->arena, call->identity.user_id, call->key, &session));
    if (interview_is(&session.row, "scheduled")) TRY(interview_start(&session));
    TRY(interview_load_turns(call->db, call->arena, call->identity.user_id, call->key, &turns));
    send_metadata(call);
    send_turns(call, THIS_WINDOW, &session, turns.items, turns.count);
    if (!interview_is(&session.row, "in_progress")) websocket_close(call->socket, CLOSE_NORMAL, "the interview is over");
    return OK;
}

static bool is_message_id(struct str id)
{
    for (size_t i = 0; i < id.len; i++)
        if (id.ptr[i] <= ' ' || id.ptr[i] > '~') return false;
    return id.len <= MESSAGE_ID_MAX;
}

static enum err take_answer(struct websocket_call *call, const struct json *message)
{
    struct interview_session session;
    struct interview_heard heard;
    struct str message_id = json_get_str(message, "message_id");
    enum json_type type = json_type_of(json_get(message, "message_id"));
    if ((type != JSON_STRING && type != JSON_MISSING && type != JSON_NULL) || !is_message_id(message_id)) {
        send_error(call, "E0102", "invalid_message_id", STR("message_id has at most 64 printable characters without blanks."));
        return OK;
    }
    TRY(interview_hold(call->db, call->arena, call->identity.user_id, call->key, &session));
    enum err said = interview_say(&session, json_get_str(message, "text"), message_id, &heard);
    if (said == ERR_INVALID || said == ERR_TOO_LARGE || said == ERR_CONFLICT) {
        send_error(call, said == ERR_CONFLICT ? "E0103" : "E0104", said == ERR_CONFLICT ? "interview_not_open" : "invalid_text",
                   interview_reason(call->arena));
        return OK;
    }
    TRY(said);
    send_turns(call, heard.is_repeated ? THIS_WINDOW : ALL_WINDOWS, &session, heard.turns, heard.count);
    if (!interview_is(&session.row, "in_progress")) websocket_close(call->socket, CLOSE_NORMAL, "the interview is over");
    return OK;
}

/* What EVI's clients may send besides, and what we say to it: NULL is nothing. */
static const struct {
    const char *type, *reason;
} others[] = {
    {"session_settings", NULL},
    {"pause_assistant_message", NULL},
    {"resume_assistant_message", NULL},
    {"audio_input", "This interview is written: send user_input."},
    {"assistant_input", "Only the interviewer speaks for the interviewer."},
    {"tool_response", "This interview uses no tools."},
    {"tool_error", "This interview uses no tools."},
};

static enum err received(struct websocket_call *call, struct str text)
{
    struct json *message CLEANUP(json_free_at) = NULL;
    if (json_parse(text, text.len, &message) != OK || json_type_of(message) != JSON_OBJECT) {
        send_error(call, "E0100", "invalid_json", STR("A message is one JSON object."));
        return OK;
    }
    struct str type = json_get_str(message, "type");
    if (str_equal(type, STR("user_input"))) return take_answer(call, message);
    for (size_t i = 0; i < COUNT_OF(others); i++) {
        if (!str_equal(type, str_from(others[i].type))) continue;
        if (others[i].reason) send_error(call, "E0105", "not_supported", str_from(others[i].reason));
        return OK;
    }
    send_error(call, "E0101", "unknown_type", STR("This type of message is not known."));
    return OK;
}

const struct websocket_handler interview_socket_handler = {.opened = opened, .received = received};
