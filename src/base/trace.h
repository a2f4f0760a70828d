/* Trace context: which chain of causes across services and threads something belongs to (W3C Trace Context, w3.org/TR/trace-context-1).
 *
 * A request goes on with the trace of its `traceparent` header, or begins one; its own span is its request id. Events and jobs keep the traceparent of what published
 * them, and a run of a job goes on with it in a span of its own. So one trace id finds the request, its events, their jobs and all that those cause: in the
 * log, and in the columns `trace` of agent_events and jobs. The text is from outside: it is believed in nothing but this.
 */
#pragma once
#include "base/arena.h"
#include "base/str.h"

#define TRACE_ID_LENGTH 32
#define TRACE_SPAN_LENGTH 16

struct trace {
    char id[TRACE_ID_LENGTH + 1];     /* lower-case hex; "" where it is not known yet */
    char span[TRACE_SPAN_LENGTH + 1]; /* of what is being done */
    bool is_sampled;                  /* whoever began it records it */
};

/* Reads a traceparent; false, and nothing is read, when it is not well-formed (3.2.2). Of a later version than 00 only what 00 knows is taken. */
bool trace_read(struct str traceparent, struct trace *trace);
/* What this thread does from now on; copied. Without an id or a span they are drawn when they are first asked for. NULL: nothing that has a trace. */
void trace_set_current(const struct trace *trace);
/* NULL when there is none. Valid until it is set again. */
const struct trace *trace_current(void);
/* As a traceparent (3.2). */
struct str trace_text(struct arena *arena, const struct trace *trace);
/* The current one as a traceparent, for what it causes; "" when there is none. */
struct str trace_current_text(struct arena *arena);
/* A call to another service: the current trace with a span of its own; false, and nothing is written, when there is none. */
bool trace_begin_call(struct trace *call);
