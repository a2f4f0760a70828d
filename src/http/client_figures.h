/* What this process has called, by host and outcome: shared by client.c and client_figures.c alone. */
#pragma once
#include <stdint.h>

#define CALL_HOST_MAX 160

enum call_outcome {
    CALL_2XX,
    CALL_3XX,
    CALL_4XX,
    CALL_429, /* told apart: we ask too often */
    CALL_5XX,
    CALL_TIMEOUT,
    CALL_UNREACHED, /* no address, or nobody listens */
    CALL_UNTRUSTED, /* TLS */
    CALL_TOO_LARGE,
    CALL_BROKEN,    /* broke off, or was no HTTP */
    CALL_STOPPED,   /* by us */
    CALL_OUTCOME_COUNT
};

const char *call_outcome_name(enum call_outcome outcome);
enum call_outcome call_outcome_of_status(int status); /* CALL_BROKEN for what is no status of an answer */
void call_figures_count(const char *host, enum call_outcome outcome, int64_t us);
