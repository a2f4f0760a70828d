/* Trace context: a proper traceparent is gone on with, anything else is passed over. */
#include "test.h"

#include "base/trace.h"

#define ID "0af7651916cd43dd8448eb211c80319c"
#define SPAN "b7ad6b7169203331"

TEST(a_proper_traceparent_is_read)
{
    struct trace trace = {0};
    CHECK(trace_read(STR("00-" ID "-" SPAN "-01"), &trace));
    CHECK_STR(trace.id, ID);
    CHECK_STR(trace.span, SPAN);
    CHECK(trace.is_sampled);
    CHECK(trace_read(STR("00-" ID "-" SPAN "-02"), &trace));
    CHECK(!trace.is_sampled); /* other bits are none of ours */
    CHECK(trace_read(STR("cc-" ID "-" SPAN "-0f-what-the-future-brings"), &trace));
    CHECK(trace.is_sampled);
}

TEST(anything_else_is_passed_over)
{
    static const char *const wrong[] = {
        "", "00", "00-" ID, "00-" ID "-" SPAN, "00-" ID "-" SPAN "-0", "00-" ID "-" SPAN "-001", "00-" ID "-" SPAN "-01-more", "ff-" ID "-" SPAN "-01",
        "cc-" ID "-" SPAN "-01.more", "0g-" ID "-" SPAN "-01", "00-" ID "-" SPAN "-0x", "00-0AF7651916CD43DD8448EB211C80319C-" SPAN "-01",
        "00-00000000000000000000000000000000-" SPAN "-01", "00-" ID "-0000000000000000-01", "00_" ID "-" SPAN "-01", " 00-" ID "-" SPAN "-01",
        "00-" ID "-b7ad6b716920333\n-01", "00-0af7651916cd43dd8448eb211c80319-" SPAN "-011",
    };
    for (size_t i = 0; i < COUNT_OF(wrong); i++) {
        struct trace trace = {.id = "untouched"};
        if (!CHECK(!trace_read(str_from(wrong[i]), &trace))) printf("  was \"%s\"\n", wrong[i]);
        CHECK_STR(trace.id, "untouched");
    }
    struct trace trace;
    CHECK(!trace_read((struct str){"00-" ID "-" SPAN "-01\0", 56}, &trace));
}

TEST(what_is_caused_carries_the_trace_and_the_span_of_its_cause)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct trace trace = {.id = ID, .span = SPAN, .is_sampled = true};
    CHECK(!trace_current());
    CHECK_INT(trace_current_text(&arena).len, 0);
    trace_set_current(&trace);
    CHECK_STR(trace_current_text(&arena), "00-" ID "-" SPAN "-01");
    trace_set_current(&(struct trace){.id = ID});
    struct str first = trace_current_text(&arena);
    CHECK(str_starts(first, STR("00-" ID "-")));
    CHECK(trace_read(first, &trace)); /* the span is drawn, and stays */
    CHECK_STR(trace_current_text(&arena), first);
    trace_set_current(&(struct trace){0});
    CHECK(trace_read(trace_current_text(&arena), &trace));
    CHECK(strcmp(trace.id, ID) != 0);
    trace_set_current(NULL);
    CHECK(!trace_current());
}
