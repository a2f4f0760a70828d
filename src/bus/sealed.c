/* Payloads and results of secret kinds, as the store has them: {"$sealed": "…"}. Design in bus.h, the encryption in security/seal.h. */
#include "bus/internal.h"
#include "json/json.h"
#include "security/seal.h"

bool bus_is_sealed(struct str document) { return str_starts(document, STR("{\"$sealed\"")); }

struct str bus_shown(struct str document) { return bus_is_sealed(document) ? STR("{\"encrypted\":true}") : document; }

struct str bus_seal(struct arena *arena, struct str document, struct str context)
{
    return str_format(arena, "{\"$sealed\":\"%.*s\"}", STR_ARG(seal_close(arena, document, context)));
}

enum err bus_unseal(struct arena *arena, struct str *document, struct str context)
{
    struct json *root CLEANUP(json_free_at) = NULL;
    if (!bus_is_sealed(*document)) return OK; /* from before its kind was secret */
    TRY(json_parse(*document, BUS_SEALED_MAX, &root));
    return seal_open(arena, json_get_str(root, "$sealed"), context, document);
}

/* A wrong key will not become the right one by trying again. */
static enum err open_in_run(struct run *run, const char *what, struct str *document, struct str context)
{
    enum err opened = bus_unseal(run->job.arena, document, context);
    run->cannot_open = opened != OK;
    return opened == OK ? OK : err_set(ERR_FORBIDDEN, "%s is encrypted and cannot be opened: it was sealed with a key that is not in PAYLOAD_KEYS, or was changed since", what);
}

struct str bus_payload_context(struct arena *arena, const struct job_kind *kind, struct str user_id)
{
    return str_format(arena, "payload %s %.*s", kind->name, STR_ARG(user_id));
}

enum err bus_open_payload(struct run *run)
{
    const struct job *job = &run->job;
    return open_in_run(run, "the payload", &run->payload, bus_payload_context(job->arena, job->kind, job->user_id));
}

struct str bus_kept_result(const struct job *job, struct str result)
{
    if (!job->kind->is_secret || !result.len) return result;
    return bus_seal(job->arena, result, str_format(job->arena, "result %s %lld", job->kind->name, (long long)job->id));
}

static struct str step_context(const struct job *job, struct str key)
{
    return str_format(job->arena, "step %s %lld %.*s", job->kind->name, (long long)job->id, STR_ARG(key));
}

struct str bus_kept_step(const struct job *job, struct str key, struct str result)
{
    return job->kind->is_secret ? bus_seal(job->arena, result, step_context(job, key)) : result;
}

enum err bus_open_step(struct run *run, struct str key, struct str *result)
{
    return open_in_run(run, "the result of a step", result, step_context(&run->job, key));
}
