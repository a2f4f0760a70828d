/* The sentinel is to give new listings the vectors by which they are found by meaning (db/vectors.h). It is wired, and off: nothing asks for those vectors yet, so it says so
 * and writes nothing.
 */
#include "agents/kinds.h"
#include "json/json.h"

static enum err say_off(struct job *job)
{
    struct json_writer writer;
    json_begin(&writer, job->result);
    json_object_open(&writer);
    json_member_str(&writer, "summary", STR("Embedded nothing: the search by meaning is not switched on yet, listings are matched by skills and words."));
    json_member_int(&writer, "embedded", 0);
    json_object_close(&writer);
    return OK;
}

const struct job_kind kind_listing_embed = {.name = "listing.embed", .agent = "sentinel", .title = "Preparing new listings for the search by meaning", .apply = say_off, .priority = BUS_LAST};
