/* Errors: every code has words and a status, and the detail survives being quoted in the next one. */
#include "test.h"

#include <pthread.h>

TEST(every_code_has_a_name_and_a_status)
{
    for (int code = 0; code < ERR_COUNT; code++) {
        REQUIRE(err_name((enum err)code) != NULL);
        CHECK(strlen(err_name((enum err)code)) > 0);
        int status = err_http_status((enum err)code);
        CHECK(code == OK ? status == 200 : status >= 400 && status < 600);
        for (int other = 0; other < code; other++) CHECK(strcmp(err_name((enum err)code), err_name((enum err)other)) != 0);
    }
    CHECK_INT(err_http_status(ERR_NOT_FOUND), 404);
    CHECK_INT(err_http_status(ERR_TOO_LARGE), 413);
    CHECK_INT(err_http_status(ERR_UNAVAILABLE), 503);
    CHECK_INT(err_http_status((enum err)999), 500);
    CHECK_STR(err_name((enum err)999), "unknown");
}

TEST(detail_may_quote_the_last_one)
{
    CHECK_INT(err_set(ERR_INVALID, "line %d", 3), ERR_INVALID);
    CHECK_INT(err_set(ERR_IO, "file: %s", err_detail()), ERR_IO);
    CHECK_STR(err_detail(), "file: line 3");
}

/* A statement's name belongs into the log; what a person reads must not tell it, nor lose it when a rollback fails in between. */
TEST(people_read_other_words_than_the_log)
{
    CHECK_INT(err_set(ERR_INVALID, "the name is empty"), ERR_INVALID);
    CHECK_STR(err_words(), "the name is empty");
    CHECK_INT(err_set_private(ERR_NOT_FOUND, "It is not there.", "statement %s: no row", "person"), ERR_NOT_FOUND);
    CHECK_STR(err_detail(), "statement person: no row");
    CHECK_STR(err_words(), "It is not there.");
    struct err_state kept;
    err_save(&kept);
    CHECK_INT(err_set(ERR_IO, "meanwhile"), ERR_IO);
    CHECK_STR(err_words(), "meanwhile");
    err_restore(&kept);
    CHECK_STR(err_detail(), "statement person: no row");
    CHECK_STR(err_words(), "It is not there.");
}

TEST(detail_is_cut)
{
    CHECK_INT(err_set(ERR_INVALID, "%2000d", 1), ERR_INVALID);
    CHECK_INT(strlen(err_detail()), 511);
}

static void *read_detail(void *argument)
{
    (void)argument;
    return err_detail()[0] == '\0' ? NULL : (void *)err_detail();
}

TEST(detail_belongs_to_its_thread)
{
    CHECK_INT(err_set(ERR_INVALID, "mine"), ERR_INVALID);
    pthread_t thread;
    void *seen = &thread;
    REQUIRE(pthread_create(&thread, NULL, read_detail, NULL) == 0);
    pthread_join(thread, &seen);
    CHECK(seen == NULL);
    CHECK_STR(err_detail(), "mine");
}

static enum err pass_up(enum err code)
{
    TRY(code);
    return ERR_INTERNAL;
}

TEST(try_passes_the_code_up)
{
    CHECK_INT(pass_up(ERR_FORBIDDEN), ERR_FORBIDDEN);
    CHECK_INT(pass_up(OK), ERR_INTERNAL);
}
