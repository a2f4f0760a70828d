/* Buffer: growth, and the hard maximum that keeps a hostile input from eating the memory. */
#include "test.h"

#include "base/buf.h"

#include <stdlib.h>

TEST(appends_and_grows)
{
    CLEANUP(buf_dispose) struct buf buf = {0};
    for (int i = 0; i < 100000; i++) buf_append_char(&buf, (char)('a' + i % 26));
    CHECK_INT(buf.len, 100000);
    bool right = true;
    for (int i = 0; i < 100000; i++) right = right && buf.ptr[i] == 'a' + i % 26;
    CHECK(right);
    buf_clear(&buf);
    CHECK_INT(buf.len, 0);
    CHECK(buf.cap >= 100000);
}

TEST(nothing_is_fine)
{
    CLEANUP(buf_dispose) struct buf buf = {0};
    buf_append(&buf, NULL, 0);
    buf_append_str(&buf, (struct str){0});
    CHECK_STR(buf_str(&buf), "");
}

TEST(writes_numbers_and_formats)
{
    CLEANUP(buf_dispose) struct buf buf = {0};
    static const int64_t numbers[] = {0, 7, -7, 10, 1234567890123, INT64_MAX, INT64_MIN};
    for (size_t i = 0; i < COUNT_OF(numbers); i++) {
        buf_append_int(&buf, numbers[i]);
        buf_append_char(&buf, ' ');
    }
    CHECK_STR(buf_str(&buf), "0 7 -7 10 1234567890123 9223372036854775807 -9223372036854775808 ");
    buf_clear(&buf);
    buf_append_format(&buf, "%s=%05d|", "x", 42);
    buf_append_format(&buf, "%1000s", "y");
    CHECK_INT(buf.len, 8 + 1000);
    CHECK_STR(str_slice(buf_str(&buf), 0, 8), "x=00042|");
}

TEST(overflow_keeps_what_was_there)
{
    CLEANUP(buf_dispose) struct buf buf;
    buf_init(&buf, 10);
    buf_append(&buf, "12345678", 8);
    buf_append(&buf, "9abc", 4);
    CHECK(buf.overflow);
    CHECK_STR(buf_str(&buf), "12345678");
    buf_append(&buf, "9", 1);
    buf_append_char(&buf, '9');
    buf_append_int(&buf, 9);
    buf_append_format(&buf, "%d", 9);
    CHECK_STR(buf_str(&buf), "12345678");
    CHECK(!buf_reserve(&buf, 0));
    buf_clear(&buf);
    CHECK(!buf.overflow);
    buf_append(&buf, "1234567890", 10);
    CHECK(!buf.overflow);
    buf_append_format(&buf, "%s", "");
    CHECK(!buf.overflow);
    buf_append_format(&buf, "%s", "x");
    CHECK(buf.overflow && buf.len == 10);
}

TEST(reserve_refuses_what_cannot_be)
{
    CLEANUP(buf_dispose) struct buf buf = {0};
    buf_append(&buf, "abc", 3);
    CHECK(buf_reserve(&buf, 5000) && buf.cap >= 5003);
    CHECK(!buf_reserve(&buf, SIZE_MAX));
    CHECK(buf.overflow);
    CHECK_STR(buf_str(&buf), "abc");
    buf_clear(&buf);
    CHECK(!buf_reserve(&buf, BUF_MAX_DEFAULT + 1));
}

TEST(take_hands_the_memory_over)
{
    struct buf buf = {0};
    size_t len = 9;
    char *taken = buf_take(&buf, &len);
    CHECK_STR(taken, "");
    CHECK_INT(len, 0);
    free(taken);
    buf_append(&buf, "abc", 3);
    taken = buf_take(&buf, &len);
    CHECK_STR(taken, "abc");
    CHECK_INT(len, 3);
    CHECK(buf.ptr == NULL && buf.len == 0 && buf.cap == 0);
    free(taken);
}
