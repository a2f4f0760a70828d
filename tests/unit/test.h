/* Test harness: one header, one program per tests/unit/test_NAME.c.
 *
 *   #include "test.h"
 *   TEST(buf_grows) { CHECK_INT(buf.len, 3); }
 *
 * Tests run in the order they are written; an argument runs those whose name contains it. Each failing check prints one line
 * with its place; a test with a failing check counts as failed. SKIP leaves a test and is printed and counted. The program
 * ends with "N passed, N failed" and exit code 1 when one failed or none ran.
 */
#pragma once
#include "base/str.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

struct test_case {
    const char *name;
    void (*run)(void);
};

static struct test_case test_cases[512];
static size_t test_cases_count;
static size_t test_failed_checks; /* of the running test */
static const char *test_skip_reason;

static inline void test_register(const char *name, void (*run)(void))
{
    if (test_cases_count < COUNT_OF(test_cases)) test_cases[test_cases_count] = (struct test_case){name, run};
    test_cases_count++;
}

#define TEST(name)                                                                                                     \
    static void test_##name(void);                                                                                     \
    __attribute__((constructor)) static void test_register_##name(void) { test_register(#name, test_##name); }         \
    static void test_##name(void)

__attribute__((unused)) PRINTF_LIKE(3, 4) static void test_fail(const char *file, int line, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    printf("%s:%d: ", file, line);
    vprintf(format, args);
    putchar('\n');
    va_end(args);
    test_failed_checks++;
}

static inline bool test_same_int(const char *file, int line, const char *text, int64_t got, int64_t expected)
{
    if (got == expected) return true;
    test_fail(file, line, "%s is %" PRId64 ", expected %" PRId64, text, got, expected);
    return false;
}

static inline bool test_same_str(const char *file, int line, const char *text, struct str got, struct str expected)
{
    if (str_equal(got, expected)) return true;
    test_fail(file, line, "%s is \"%.*s\" (%zu bytes), expected \"%.*s\" (%zu bytes)", text, STR_ARG(got), got.len, STR_ARG(expected),
              expected.len);
    return false;
}

static inline struct str test_as_str(struct str s) { return s; }
#define TEST_STR_(s) _Generic((s), struct str: test_as_str, char *: str_from, const char *: str_from)(s)

/* Each gives whether it held. CHECK_STR takes struct str or C strings on both sides: got, expected. */
#define CHECK(condition) ((condition) ? true : (test_fail(__FILE__, __LINE__, "failed: %s", #condition), false))
#define CHECK_INT(got, expected) test_same_int(__FILE__, __LINE__, #got, (int64_t)(got), (int64_t)(expected))
#define CHECK_STR(got, expected) test_same_str(__FILE__, __LINE__, #got, TEST_STR_(got), TEST_STR_(expected))
#define CHECK_OK(expression)                                                                                           \
    ((expression) == OK ? true : (test_fail(__FILE__, __LINE__, "failed: %s: %s", #expression, err_detail()), false))
/* The rest of a test makes no sense without this. */
#define REQUIRE(condition)                                                                                             \
    do {                                                                                                               \
        if (!CHECK(condition)) return;                                                                                 \
    } while (0)
#define SKIP(reason)                                                                                                   \
    do {                                                                                                               \
        test_skip_reason = (reason);                                                                                   \
        return;                                                                                                        \
    } while (0)

int main(int argc, char **argv)
{
    size_t passed = 0, failed = 0, skipped = 0;
    if (test_cases_count > COUNT_OF(test_cases)) {
        printf("more than %zu tests in one file\n", COUNT_OF(test_cases));
        return 1;
    }
    for (size_t i = 0; i < test_cases_count; i++) {
        if (argc > 1 && !strstr(test_cases[i].name, argv[1])) continue;
        test_failed_checks = 0;
        test_skip_reason = NULL;
        test_cases[i].run();
        fflush(stdout);
        if (test_failed_checks) {
            printf("FAILED %s\n", test_cases[i].name);
            failed++;
        } else if (test_skip_reason) {
            printf("SKIPPED %s: %s\n", test_cases[i].name, test_skip_reason);
            skipped++;
        } else {
            passed++;
        }
    }
    printf("%zu passed, %zu failed", passed, failed);
    if (skipped) printf(", %zu skipped", skipped);
    printf("\n");
    return failed || passed + skipped == 0;
}
