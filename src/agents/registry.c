/* Events and job kinds. Design in registry.h; the meaning of the columns in bus/bus.h. */
#include "agents/registry.h"

#include "agents/kinds.h"

const struct job_lane lane_person = {.name = "person", .field = "user_id", .width = 2};

#define PRODUCERS(...) .producers = (const char *const[]){__VA_ARGS__, NULL}
#define CONSUMERS(...) .consumers = (const char *const[]){__VA_ARGS__, NULL}

static const struct event_type events[] = {
    {.name = "ONBOARDING_COMPLETED", .schema = "user_id:id", PRODUCERS("person"), CONSUMERS("roadmap.repath"),
     .title = "The profile was finished"},
    {.name = "RESUME_UPLOADED", .schema = "user_id:id resume_id:id", PRODUCERS("person"), CONSUMERS("resume.read"),
     .title = "A resume was uploaded"},
    {.name = "RESUME_READ", .schema = "user_id:id resume_id:id skills:texts", PRODUCERS("action"), CONSUMERS("jobs.match"),
     .title = "The resume was read"},
    {.name = "INTERVIEW_COMPLETED", .schema = "interview_id:id user_id:id", PRODUCERS("interviewer"), CONSUMERS("interview.analyze"),
     .title = "An interview was finished"},
    {.name = "SKILL_VERIFIED", .schema = "user_id:id skill_id:key interview_id:id confidence:number", PRODUCERS("interviewer"),
     CONSUMERS("jobs.match"), .title = "A skill was proved"},
    {.name = "ROADMAP_REPATH_NEEDED", .schema = "user_id:id reason:text gaps:texts?", PRODUCERS("interviewer", "strategist", "person"),
     CONSUMERS("roadmap.repath"), .title = "The roadmap needs a new plan"},
    {.name = "ROADMAP_PLANNED", .schema = "user_id:id roadmap_id:id reason:text", PRODUCERS("architect"), CONSUMERS("strategist.review"),
     .title = "The roadmap was planned"},
    {.name = "MARKET_UPDATE", .schema = "skills:texts demand_scores:object new_listings:number", PRODUCERS("sentinel"),
     CONSUMERS("market.insights", "listing.embed"), .title = "New listings arrived"},
    {.name = "MARKET_SHIFTED", .schema = "skills:texts", PRODUCERS("sentinel"), CONSUMERS("strategist.market"),
     .title = "Employers ask for other skills than before"},
    {.name = "JOB_MATCH_FOUND", .schema = "user_id:id job_listing_id:id match_score:number", PRODUCERS("action"),
     CONSUMERS("strategist.review", "action.auto_apply"), .title = "A matching job was found"},
    {.name = "REJECTION_RECEIVED", .schema = "user_id:id application_id:id rejection_id:id", PRODUCERS("person"), CONSUMERS("rejection.parse"),
     .title = "An employer's answer was entered"},
    {.name = "REJECTION_PARSED", .schema = "application_id:id gaps:texts", PRODUCERS("strategist"), CONSUMERS("strategist.rejection"),
     .title = "An employer's answer was read"},
    {.name = "CONNECTION_REQUESTED", .schema = "user_id:id request_id:id", PRODUCERS("recruiter"),
     .audit = "people, on the activity page", .title = "Somebody asked to connect"},
};

static const struct job_kind *const kinds[] = {
    &kind_resume_read,       &kind_interview_analyze, &kind_roadmap_repath,    &kind_market_insights,   &kind_market_cleanup,    &kind_market_scrape,
    &kind_market_search,     &kind_listing_embed,     &kind_jobs_match,        &kind_action_auto_apply, &kind_rejection_parse,   &kind_strategist_review,
    &kind_strategist_market, &kind_strategist_rejection,
};

const struct bus_registry agents_registry = {
    .events = events, .events_count = COUNT_OF(events), .kinds = kinds, .kinds_count = COUNT_OF(kinds)};
