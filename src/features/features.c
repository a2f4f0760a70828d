/* The list of features: one line each. */
#include "features/feature.h"

#define FEATURES(add) \
    add(account) \
    add(application) \
    add(activity) \
    add(admin) \
    add(connection) \
    add(dashboard) \
    add(docs) \
    add(interview) \
    add(jobs) \
    add(landing) \
    add(market) \
    add(metrics) \
    add(onboarding) \
    add(profile) \
    add(resume) \
    add(roadmap) \
    add(settings) \
    add(skills) \
    add(twin)

#define DECLARE(name) extern const struct feature feature_##name;
FEATURES(DECLARE)

#define LIST(name) &feature_##name,
const struct feature *const features[] = {FEATURES(LIST)};
const size_t features_count = sizeof(features) / sizeof(features[0]);
