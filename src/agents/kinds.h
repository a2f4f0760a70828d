/* The job kinds of the agents, each defined in its agent's file. */
#pragma once
#include "bus/bus.h"

/* Work for one person: two jobs of each at once, so that nobody's many jobs hold up the others'. */
extern const struct job_lane lane_person;

/* What the jobs of a kind publish and enqueue. */
#define CAUSES(...) ((const char *const[]){__VA_ARGS__, NULL})

extern const struct job_kind kind_resume_read;       /* action: reads an uploaded resume in the sandbox */
extern const struct job_kind kind_interview_analyze; /* interviewer: the truth loop */
extern const struct job_kind kind_roadmap_repath;    /* architect */
extern const struct job_kind kind_market_scrape;     /* sentinel, by schedule: which job boards are asked */
extern const struct job_kind kind_market_search;     /* sentinel: asks one of them */
extern const struct job_kind kind_market_insights;   /* sentinel */
extern const struct job_kind kind_market_cleanup;    /* sentinel, by schedule */
extern const struct job_kind kind_listing_embed;     /* sentinel: vectors of new listings; off while there is no model */
extern const struct job_kind kind_jobs_match;        /* action: best listings for one person */
extern const struct job_kind kind_action_auto_apply; /* action: a draft of an application for a listing that fits */
extern const struct job_kind kind_rejection_parse;   /* strategist: what an employer's answer says is missing */
extern const struct job_kind kind_strategist_review; /* strategist: what a change means for the person */
extern const struct job_kind kind_strategist_market; /* strategist: whose roadmaps the market changes */
extern const struct job_kind kind_strategist_rejection; /* strategist: what an employer's answer means for the roadmap */
