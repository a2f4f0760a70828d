/* The job hunt's own parts. */
#pragma once
#include "features/feature.h"
#include "features/jobs/matches.h"
#include "features/jobs/views.h"
#include "http/response.h"

extern const struct feature feature_jobs;

enum err jobs_matches_page(struct request *request, struct response *response);
enum err jobs_listing_page(struct request *request, struct response *response);
enum err jobs_listing_save(struct request *request, struct response *response);

int jobs_import_command(int argc, char **argv);
int jobs_match_command(int argc, char **argv);

/* What both pages show of one listing. `match` gives band and reasons, NULL while nothing is known about the person. */
void jobs_fill_match(struct arena *arena, const struct corpus_listing *listing, const struct matcher *matcher, const enum match_band *band,
                     size_t reasons_most, struct match_view *view);
/* "saved" to "Saved" */
struct str jobs_status_title(struct str status);
