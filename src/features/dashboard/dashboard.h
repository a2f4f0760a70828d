/* The dashboard: one best next step with its reason, then proofs, roadmap, matches, people who ask, and what the agents did. */
#pragma once
#include "db/db.h"
#include "features/dashboard/views.h"
#include "features/feature.h"
#include "http/response.h"

extern const struct feature feature_dashboard;

enum err dashboard_page(struct request *request, struct response *response);
