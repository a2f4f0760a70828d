/* What agents did, in plain words. */
#include "features/agent_words.h"

#include "json/json.h"

#include <ctype.h>

#define RESULT_MAX ((size_t)256 << 10)

struct str agent_name(struct arena *arena, const char *agent)
{
    if (!agent || !agent[0]) return STR("An agent");
    return str_format(arena, "%c%s", toupper((unsigned char)agent[0]), agent + 1);
}

struct str agent_job_words(struct arena *arena, const struct job_kind *kind, struct str kind_name, struct str result)
{
    struct json *document CLEANUP(json_free_at) = NULL;
    if (result.len && json_parse(result, RESULT_MAX, &document) == OK) {
        struct str summary = json_get_str(document, "summary");
        if (summary.len) return str_copy(arena, summary);
    }
    return kind && kind->title && kind->title[0] ? str_from(kind->title) : kind_name;
}

struct str agent_event_words(struct str type, struct str summary)
{
    if (summary.len) return summary;
    const struct event_type *known = bus_event_type(type);
    return known ? str_from(known->title) : type;
}
