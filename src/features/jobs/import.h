/* Importing listings: a file of JSON into job_listings, with the skills each one asks for. */
#pragma once
#include "db/db.h"
#include "features/jobs/listing.h"

struct job;

#define IMPORT_BATCH 500
#define IMPORT_REFUSALS_SHOWN 20

struct import_refusal {
    size_t index; /* of the listing in the file, from 0 */
    struct str reason;
};

struct import_report {
    int64_t read, added, updated, unchanged, refused;
    struct import_refusal refusals[IMPORT_REFUSALS_SHOWN];
    size_t refusals_count;
    uint32_t *by_skill; /* listings of this import that ask for each skill of the catalogue */
};

/* Reads `content` and stores what is in it, IMPORT_BATCH listings a transaction, so that a running server is never kept waiting for
 * long; a second run finishes what a first one did not. ERR_INVALID when the file is no listing file at all, ERR_TOO_LARGE above
 * LISTINGS_MAX: nothing is stored then. At the end one MARKET_UPDATE is published when something is new or changed (the bus must be
 * initialised). The report lives in the arena. */
enum err import_listings(struct db *db, struct arena *arena, struct str content, struct import_report *report) MUST_CHECK;

/* Stores up to IMPORT_BATCH listings that came another way, in the open transaction, which may run again; tells nobody. *report is what became of them. In the arena. */
enum err import_store(struct db *db, struct arena *arena, const struct listing *listings, size_t count, struct import_report *report) MUST_CHECK;
/* Publishes MARKET_UPDATE with what the report says, in the open transaction; `cause` is the job that brought the listings, NULL for a person. */
enum err import_publish(struct db *db, struct arena *arena, const struct import_report *report, const struct job *cause) MUST_CHECK;

/* Calls `visit` with every job object of a file, in order, without the store. */
enum err import_each(struct str content,
                     enum err (*visit)(void *argument, size_t index, const struct json *object, enum listing_shape shape), void *argument) MUST_CHECK;
