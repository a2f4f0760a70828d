/* careerprep twin ask USERNAME QUESTION: what the twin would answer. For operators: the profile need not be public, nothing is kept. */
#include "db/db.h"
#include "features/command.h"
#include "features/twin/store.sql.h"
#include "features/twin/twin_feature.h"
#include "json/json.h"

#include <stdio.h>

static enum err load(struct db *db, struct arena *arena, struct str username, struct twin_subject *subject)
{
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        enum err found = db_query_one(db, &sql_twin_person_of_operator, DB_ARGS(db_text(username)), &rows);
        if (found == ERR_NOT_FOUND) return err_set(ERR_NOT_FOUND, "nobody has the username %.*s", STR_ARG(username));
        TRY(found);
        twin_read_subject(arena, &rows, subject);
    }
    return twin_load(db, arena, subject);
}

static int print(const struct twin_subject *subject, const struct twin_answer *answer, bool json)
{
    if (!json) {
        printf("%.*s\n", STR_ARG(answer->reply));
        return 0;
    }
    struct buf document CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &document);
    json_object_open(&writer);
    json_member_str(&writer, "reply", answer->reply);
    json_key(&writer, "citations");
    twin_write_citations(&writer, subject, answer);
    json_member_bool(&writer, "answered", answer->answered);
    json_object_close(&writer);
    return command_print_json(&document);
}

int twin_ask_command(int argc, char **argv)
{
    struct command_options options;
    if (!command_parse(argc, argv, 2, 2, &options)) return 2;
    struct str question = str_from(options.operands[1]);
    if (!str_is_text(question) || !str_trim(question).len || str_utf8_length(question) > TWIN_QUESTION_MAX)
        return command_failed(err_set(ERR_INVALID, "the question must be text of 1 to %d characters", TWIN_QUESTION_MAX));
    struct arena arena = {0};
    struct db_pool *pool = NULL;
    struct db *db = NULL;
    struct twin_subject subject;
    struct twin_answer answer;
    enum err result = command_open_store(&pool, 1);
    if (result == OK) result = db_acquire(pool, &db);
    if (result == OK) result = load(db, &arena, str_from(options.operands[0]), &subject);
    if (result == OK) twin_answer(&arena, &subject.person, question, &answer);
    int code = result == OK ? print(&subject, &answer, options.json) : command_failed(result);
    db_release(db);
    if (pool) db_pool_close(pool);
    arena_dispose(&arena);
    return code;
}
