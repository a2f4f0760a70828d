/* Market insights' own parts. */
#pragma once
#include "features/feature.h"
#include "features/market/views.h"
#include "http/response.h"

extern const struct feature feature_market;

enum err market_page(struct request *request, struct response *response);
