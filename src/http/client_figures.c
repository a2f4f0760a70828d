/* Counts of calls. Hosts come from the configuration, so there are few; should there be more than HOSTS_MAX, the rest share the last place. Places are only ever added, under a
 * lock; counting and reading what is there needs none.
 */
#include "http/client_figures.h"
#include "base/metrics.h"
#include "http/client.h"

#include <pthread.h>
#include <stdio.h>
#include <string.h>

#define HOSTS_MAX 32

static struct host_figures {
    char host[CALL_HOST_MAX];
    _Atomic uint64_t by_outcome[CALL_OUTCOME_COUNT];
    struct histogram durations;
} hosts[HOSTS_MAX + 1];
static _Atomic size_t hosts_count;
static pthread_mutex_t adding = PTHREAD_MUTEX_INITIALIZER;

const char *call_outcome_name(enum call_outcome outcome)
{
    static const char *const names[CALL_OUTCOME_COUNT] = {"2xx", "3xx", "4xx", "429", "5xx", "timeout", "unreached", "untrusted", "too_large", "broken", "stopped"};
    return names[outcome];
}

enum call_outcome call_outcome_of_status(int status)
{
    if (status == 429) return CALL_429;
    if (status < 200 || status > 599) return CALL_BROKEN;
    static const enum call_outcome of_class[] = {CALL_2XX, CALL_3XX, CALL_4XX, CALL_5XX};
    return of_class[status / 100 - 2];
}

static struct host_figures *find(const char *host)
{
    size_t count = atomic_load(&hosts_count);
    for (size_t i = 0; i < count && i < HOSTS_MAX; i++)
        if (strcmp(hosts[i].host, host) == 0) return &hosts[i];
    return NULL;
}

static struct host_figures *find_or_add(const char *host)
{
    struct host_figures *found = find(host);
    if (found) return found;
    pthread_mutex_lock(&adding);
    found = find(host);
    size_t count = atomic_load(&hosts_count);
    if (!found) {
        found = &hosts[count < HOSTS_MAX ? count : HOSTS_MAX];
        if (count <= HOSTS_MAX) {
            snprintf(found->host, sizeof found->host, "%s", count < HOSTS_MAX ? host : "others");
            atomic_store(&hosts_count, count + 1);
        }
    }
    pthread_mutex_unlock(&adding);
    return found;
}

void call_figures_count(const char *host, enum call_outcome outcome, int64_t us)
{
    struct host_figures *figures = find_or_add(host);
    metrics_add(&figures->by_outcome[outcome], 1);
    histogram_add(&figures->durations, us, 1);
}

void http_write_call_counts(struct buf *out)
{
    const char *calls = "careerprep_outgoing_calls_total", *durations = "careerprep_outgoing_call_duration_seconds";
    size_t count = atomic_load(&hosts_count);
    metrics_family(out, calls, "counter", "Calls to other services, by host and outcome.");
    for (size_t i = 0; i < count; i++) {
        for (int outcome = 0; outcome < CALL_OUTCOME_COUNT; outcome++) {
            uint64_t times = metrics_read(&hosts[i].by_outcome[outcome]);
            if (times) metrics_sample(out, calls, LABELS({"host", str_from(hosts[i].host)}, {"outcome", str_from(call_outcome_name((enum call_outcome)outcome))}), (int64_t)times);
        }
    }
    metrics_family(out, durations, "histogram", "From looking up the host to the end of the answer.");
    for (size_t i = 0; i < count; i++) metrics_histogram(out, durations, LABELS({"host", str_from(hosts[i].host)}), &hosts[i].durations);
}
