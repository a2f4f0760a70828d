/* Trace context. Design in trace.h. */
#include "base/trace.h"
#include "base/uuid.h"

#include <string.h>

#define VERSION_00_LENGTH 55 /* version, trace id, span id, flags: 2-32-16-2 */

static _Thread_local struct {
    struct trace trace;
    bool is_set;
} current;

static bool is_hex(struct str text)
{
    for (size_t i = 0; i < text.len; i++) {
        char c = text.ptr[i];
        if (!((c >= '0' && c <= '9') || (c >= 'a' && c <= 'f'))) return false;
    }
    return true;
}

static bool is_id(struct str text)
{
    bool is_zero = true;
    for (size_t i = 0; i < text.len; i++) is_zero &= text.ptr[i] == '0';
    return !is_zero && is_hex(text);
}

bool trace_read(struct str text, struct trace *trace)
{
    if (text.len < VERSION_00_LENGTH || text.ptr[2] != '-' || text.ptr[35] != '-' || text.ptr[52] != '-') return false;
    struct str version = str_slice(text, 0, 2), id = str_slice(text, 3, 35), span = str_slice(text, 36, 52), flags = str_slice(text, 53, 55);
    if (!is_hex(version) || str_equal(version, STR("ff")) || !is_id(id) || !is_id(span) || !is_hex(flags)) return false;
    if (text.len > VERSION_00_LENGTH && (str_equal(version, STR("00")) || text.ptr[VERSION_00_LENGTH] != '-')) return false;
    *trace = (struct trace){.is_sampled = strchr("13579bdf", flags.ptr[1]) != NULL};
    memcpy(trace->id, id.ptr, id.len);
    memcpy(trace->span, span.ptr, span.len);
    return true;
}

void trace_set_current(const struct trace *trace)
{
    current.is_set = trace != NULL;
    if (trace) current.trace = *trace;
}

static void draw(char *out, size_t length)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str hex = random_hex(&arena, length / 2);
    memcpy(out, hex.ptr, length);
    out[length] = '\0';
}

const struct trace *trace_current(void)
{
    if (!current.is_set) return NULL;
    if (!current.trace.id[0]) draw(current.trace.id, TRACE_ID_LENGTH);
    if (!current.trace.span[0]) draw(current.trace.span, TRACE_SPAN_LENGTH);
    return &current.trace;
}

struct str trace_text(struct arena *arena, const struct trace *trace)
{
    return str_format(arena, "00-%s-%s-%s", trace->id, trace->span, trace->is_sampled ? "01" : "00");
}

struct str trace_current_text(struct arena *arena)
{
    const struct trace *trace = trace_current();
    return trace ? trace_text(arena, trace) : (struct str){0};
}

bool trace_begin_call(struct trace *call)
{
    const struct trace *trace = trace_current();
    if (!trace) return false;
    *call = *trace;
    draw(call->span, TRACE_SPAN_LENGTH);
    return true;
}
