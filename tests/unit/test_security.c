/* Passwords and limits: a mistake here opens somebody's account. */
#include "test.h"

#include "base/clock.h"
#include "security/limits.h"
#include "security/password.h"
#include "test_store.h"

static struct arena arena;

TEST(a_password_is_known_again_and_no_other)
{
    struct str hash, again;
    CHECK_INT(password_hash(&arena, STR("correct horse"), &hash), OK);
    CHECK_INT(password_hash(&arena, STR("correct horse"), &again), OK);
    CHECK(!str_equal(hash, again)); /* salted */
    CHECK(str_starts(hash, STR("$argon2id$")));
    CHECK_INT(password_verify(hash, STR("correct horse")), OK);
    CHECK_INT(password_verify(hash, STR("correct horsf")), ERR_UNAUTHORIZED);
    CHECK_INT(password_verify(hash, STR("")), ERR_UNAUTHORIZED);
    CHECK_INT(password_verify((struct str){0}, STR("correct horse")), ERR_UNAUTHORIZED);
    CHECK_INT(password_verify(STR("not a hash"), STR("correct horse")), ERR_UNAUTHORIZED);
    arena_dispose(&arena);
}

TEST(easy_passwords_are_named)
{
    CHECK(password_weakness(STR("Password123"), STR("a@b.org")).len > 0);
    CHECK(password_weakness(STR("aaaaaaaaaaaa"), STR("a@b.org")).len > 0);
    CHECK(password_weakness(STR("ada.lovelace@example.org"), STR("ada.lovelace@example.org")).len > 0);
    CHECK(password_weakness(STR("ada.lovelace"), STR("ada.lovelace@example.org")).len > 0);
    CHECK_INT(password_weakness(STR("seven lamps over the river"), STR("a@b.org")).len, 0);
}

TEST(a_limit_holds_until_its_window_ends)
{
    struct test_store store CLEANUP(test_store_close) = {0};
    REQUIRE(test_store_open(&store, 1));
    int64_t wait = 0, now = INT64_C(1767225600) * US_PER_SECOND; /* a full hour */
    clock_set_for_test(now);
    for (int i = 0; i < 3; i++) CHECK_INT(limit_take(store.db, STR("twin 192.0.2.1"), 3600, 3, &wait), OK);
    CHECK_INT(limit_take(store.db, STR("twin 192.0.2.1"), 3600, 3, &wait), ERR_TOO_MANY);
    CHECK(wait > 3500 && wait <= 3601);
    CHECK_INT(limit_take(store.db, STR("twin 192.0.2.2"), 3600, 3, &wait), OK); /* somebody else's */
    clock_set_for_test(now + 3600 * US_PER_SECOND);
    CHECK_INT(limit_take(store.db, STR("twin 192.0.2.1"), 3600, 3, &wait), OK);
    CHECK_INT(limit_clear(store.db, STR("twin 192.0.2.1")), OK);
    for (int i = 0; i < 3; i++) CHECK_INT(limit_take(store.db, STR("twin 192.0.2.1"), 3600, 3, &wait), OK);
    clock_set_for_test(0);
}

TEST(a_household_is_one_client)
{
    CHECK_STR(limits_client_key(&arena, STR("192.0.2.7")), "192.0.2.7");
    CHECK_STR(limits_client_key(&arena, STR("2001:db8:1:2:3:4:5:6")), "2001:0db8:0001:0002");
    CHECK(str_equal(limits_client_key(&arena, STR("2001:db8:1:2::9")), limits_client_key(&arena, STR("2001:db8:1:2:ffff::1"))));
    CHECK_STR(limits_client_key(&arena, STR("::ffff:192.0.2.7")), "192.0.2.7");
    arena_dispose(&arena);
}

static int fast_clients;
static void note_fast(void) { fast_clients++; }

static enum err ask_upload(const char *address, int64_t *retry_after)
{
    static const struct route route = {.rate = RATE_UPLOAD}; /* 30 in ten minutes */
    struct request request = {.arena = &arena, .route = &route, .address = str_from(address)};
    struct response response = {0};
    enum err error = limits_filter(&request, &response);
    *retry_after = response.retry_after;
    return error;
}

TEST(what_a_client_takes_is_told_when_it_is_worth_it)
{
    struct limits_taken taken[4];
    int64_t wait = 0;
    limits_reset_for_test();
    limits_when_fast(note_fast, 42);
    CHECK_OK(ask_upload("192.0.2.1", &wait));
    CHECK_INT(limits_collect(taken, COUNT_OF(taken)), 0); /* one of thirty is no news */
    CHECK_OK(ask_upload("192.0.2.1", &wait));
    REQUIRE(CHECK_INT(limits_collect(taken, COUNT_OF(taken)), 1));
    CHECK_INT(taken[0].count, 2);
    CHECK_INT(taken[0].class, RATE_UPLOAD);
    CHECK_INT(limits_collect(taken, COUNT_OF(taken)), 0); /* told once */
    fast_clients = 0;
    for (int i = 0; i < 8; i++) CHECK_OK(ask_upload("192.0.2.2", &wait));
    CHECK_INT(fast_clients, 1); /* a quarter of the burst: told at once */
    limits_when_fast(NULL, 0);
    limits_reset_for_test();
    arena_dispose(&arena);
}

TEST(what_a_client_took_elsewhere_is_missing_here_and_owed)
{
    struct limits_taken taken[1];
    int64_t wait = 0;
    limits_reset_for_test();
    limits_when_fast(note_fast, 42);
    for (int i = 0; i < 2; i++) CHECK_OK(ask_upload("192.0.2.3", &wait));
    REQUIRE(CHECK_INT(limits_collect(taken, 1), 1));
    taken[0].count = 28;
    limits_apply(&taken[0]);
    CHECK_INT(ask_upload("192.0.2.3", &wait), ERR_TOO_MANY);
    CHECK(wait >= 1 && wait <= 21); /* one comes back each 20 s */
    taken[0].count = 30;
    limits_apply(&taken[0]);
    CHECK_INT(ask_upload("192.0.2.3", &wait), ERR_TOO_MANY);
    CHECK(wait > 590 && wait <= 621);
    taken[0].count = 100000;
    limits_apply(&taken[0]);
    CHECK_INT(ask_upload("192.0.2.3", &wait), ERR_TOO_MANY);
    CHECK(wait <= 4 * 600 + 21); /* four bursts at most */
    CHECK_OK(ask_upload("192.0.2.4", &wait)); /* others owe nothing */
    limits_when_fast(NULL, 0);
    limits_reset_for_test();
    arena_dispose(&arena);
}
