/* The metrics feature's own parts: GET /metrics, for Prometheus and what understands its format. Kept for operators: for everybody else the address does not exist. */
#pragma once
#include "base/buf.h"

/* What the system says of this process: CPU time, memory, open files, when it started. What it does not say is left out. */
void metrics_write_process(struct buf *out);
