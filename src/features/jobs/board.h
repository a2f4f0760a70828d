/* Job boards that are asked over the network, Adzuna and Jooble: what is sent and what their answers mean. No network and no store in here.
 *
 * Their answers are hostile input like files are (listing.h): what is not understood is left out, and a listing without what is needed is refused. Field shapes: Adzuna's search
 * response (developer.adzuna.com); Jooble documents little (jooble.org/api/about), so whatever it may leave out is optional.
 */
#pragma once
#include "base/config.h"
#include "features/jobs/listing.h"
#include "http/client.h"

#define BOARD_PAGE_MAX 200    /* listings of one answer that are read */
#define BOARD_LISTING_DAYS 60 /* after which an advertisement is over: boards do not say until when one is open */

/* What somebody looks for, in the words in which they said it. */
struct board_search {
    struct str role, place; /* "Data analyst", "Berlin, Germany"; "" for anywhere */
};

struct board {
    const char *name;  /* the source of its listings and its budget (bus/quota.h): "adzuna" */
    const char *title; /* "Adzuna" */
    enum config_key keys[2]; /* what must be set; CONFIG_COUNT for none */
    enum err (*call)(struct arena *arena, const struct board_search *search, int page, struct http_call *call);
    const char *list;        /* the member of its answer that has the jobs */
    const char *totals[2];   /* how many there are in all: either name */
    enum listing_shape shape;
    size_t page_size; /* listings of a full page; 0: it does not say */
};

const struct board *boards(size_t *count);
const struct board *board_find(struct str name); /* NULL: none of that name */
/* Whether it may be asked; *missing (may be NULL) is the setting that is not there when others of its are, NULL when none is set. */
bool board_is_configured(const struct board *board, const char **missing);

/* The call for one page, from 1. In the arena. ERR_UNSUPPORTED: it knows no such country. */
enum err board_call(struct arena *arena, const struct board *board, const struct board_search *search, int page, struct http_call *call) MUST_CHECK;

struct board_page {
    struct listing *listings; /* what can be used */
    size_t count, refused;    /* refused: without what a listing needs, or over */
    bool has_more;            /* the next page may have some */
};

/* Reads the answer to that call; earlier pages of the search had `before` jobs. In the arena. ERR_UNAVAILABLE when it is no list of jobs: another time it may be. */
enum err board_read(struct arena *arena, const struct board *board, struct str answer, int64_t before, int64_t now, struct board_page *out) MUST_CHECK;
