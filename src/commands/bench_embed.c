/* careerprep bench embed: how fast the local model is on one core, with sentences as they stand in resumes and listings (eight to fourteen tokens; the mean is printed). */
#include "ai/embed.h"
#include "base/clock.h"
#include "commands/bench.h"

#include <stdio.h>

static const struct str sentences[] = {
    STR_INIT("Managed a team of twelve and doubled their output"),
    STR_INIT("Backend developer with Go and PostgreSQL experience"),
    STR_INIT("Registered nurse in an intensive care unit"),
    STR_INIT("Prepared monthly financial statements and closed the books"),
    STR_INIT("Looking for a data scientist who knows statistics"),
    STR_INIT("Repaired pumps and valves in a chemical plant"),
    STR_INIT("Tell me about a time when a project failed"),
    STR_INIT("Taught mathematics and physics at a secondary school"),
    STR_INIT("Answered sixty calls a day and solved most at once"),
    STR_INIT("Designed the packaging of a new line of cosmetics"),
    STR_INIT("Forklift driver with a licence and five years of practice"),
    STR_INIT("Wrote tests before code and reviewed the work of others"),
    STR_INIT("Negotiated contracts with suppliers in four countries"),
    STR_INIT("Planned the kitchen of a restaurant with eighty seats"),
    STR_INIT("Deployed services on Kubernetes and watched them"),
    STR_INIT("Senior accountant for taxes and audits"),
    STR_INIT("Cared for people with dementia and their families"),
    STR_INIT("Sold insurance to small businesses in the region"),
    STR_INIT("Built dashboards that the management reads every morning"),
    STR_INIT("Installed and wired solar panels on private houses"),
    STR_INIT("Translated technical manuals from German into English"),
    STR_INIT("Led the move of all archives to a digital system"),
};
enum { WHOLE_BATCH = 10 * COUNT_OF(sentences), SECONDS = 2 };

/* Sentences a second, in calls of `count`, over two seconds. */
static enum err measure(const struct embedder *embedder, size_t count, double *per_second, double *tokens)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct str texts[WHOLE_BATCH];
    size_t done = 0, all_tokens = 0;
    int64_t start = clock_monotonic(), now = start;
    for (; now - start < SECONDS * 1000000LL; now = clock_monotonic()) {
        struct embedding *embeddings;
        for (size_t i = 0; i < count; i++) texts[i] = sentences[(done + i) % COUNT_OF(sentences)];
        TRY(embed_texts(embedder, &arena, texts, count, &embeddings));
        for (size_t i = 0; i < count; i++) all_tokens += embeddings[i].chunks[0].tokens;
        done += count;
        arena_reset(&arena);
    }
    *per_second = (double)done * 1e6 / (double)(now - start);
    *tokens = (double)all_tokens / (double)done;
    return OK;
}

enum err bench_embed(const struct command_options *options, struct bench_report *report)
{
    const struct embedder *embedder = embed_local();
    double single = 0, batch = 0, tokens = 0;
    (void)options;
    if (!embedder) return err_set(ERR_UNAVAILABLE, "%s", embed_local_missing());
    snprintf(report->engine, sizeof report->engine, "%s", embedder->engine);
    TRY(measure(embedder, 1, &single, &tokens)); /* reads the weights, too: in two seconds that is nothing */
    TRY(measure(embedder, WHOLE_BATCH, &batch, &tokens));
    bench_add(report, "single_per_s", single);
    bench_add(report, "batch_per_s", batch);
    bench_add(report, "tokens_mean", tokens);
    bench_add(report, "rss_mib", bench_resident());
    return OK;
}
