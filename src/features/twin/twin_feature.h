/* The twin feature's own parts: from the store to src/ai/twin.h and back. */
#pragma once
#include "ai/twin.h"
#include "features/feature.h"
#include "features/twin/views.h"
#include "http/response.h"

struct db_rows;
struct json_writer;

extern const struct feature feature_twin;

extern const struct field twin_chat_fields[4];
extern const struct field twin_ask_fields[1];
extern const struct field twin_log_fields[1];

enum err twin_chat(struct request *request, struct response *response);
enum err twin_ask(struct request *request, struct response *response);
enum err twin_log_page(struct request *request, struct response *response);
int twin_ask_command(int argc, char **argv);

/* Whose twin is asked, and what it may know. */
struct twin_subject {
    struct str user_id, username;
    bool quotes_resume; /* the owner allows it */
    struct twin_person person;
};

/* The subject from the row of a twin_person statement. */
void twin_read_subject(struct arena *arena, const struct db_rows *rows, struct twin_subject *subject);
/* Verified quotes and, where the owner allows it, the lines of the resume. At most two statements. */
enum err twin_load(struct db *db, struct arena *arena, struct twin_subject *subject) MUST_CHECK;
/* [{"verification_id","quote","skill","date"}] */
void twin_write_citations(struct json_writer *writer, const struct twin_subject *subject, const struct twin_answer *answer);
