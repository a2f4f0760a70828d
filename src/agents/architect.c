/* The architect: builds a person's roadmap and plans it again when goals, claims or proofs change.
 *
 * Everything happens in one transaction: read goals, skills and modules, let the planner (ai/planner.h) make the plan, and put the
 * difference into the store. A module is known by its skill and kind. Finished ones stay as they are, in front; what is in the plan keeps
 * its id and whether it was begun; what is not is dropped, and comes back under its id when it is planned again. A module that was to
 * prove a skill is finished by the proof. When nothing differs there is no new version, no event and no notification, so running twice
 * does nothing the second time.
 */
#include "agents/architect.sql.h"
#include "agents/kinds.h"
#include "ai/planner.h"
#include "base/clock.h"
#include "base/uuid.h"
#include "features/rejections.h"
#include "features/skill_state.h"
#include "json/json.h"

#include <inttypes.h>

#define ROLES_MAX 20
#define MODULES_CAP 2048

struct module {
    struct str id, skill_id, title;
    enum module_kind kind;
    enum { MODULE_PENDING, MODULE_STARTED, MODULE_COMPLETED, MODULE_DROPPED } status;
    int64_t position, completed_at;
    bool is_kept;
};

struct replan {
    struct job *job;
    struct arena *arena;
    struct str user_id, reason; /* "because ..." without the because */
    struct str roles[ROLES_MAX];
    size_t roles_count;
    struct skill_states skills;
    struct {
        struct str id, title, role;
        int64_t version;
        bool is_new;
    } roadmap;
    struct module *modules;
    size_t modules_count;
    int *demand; /* by catalogue index, see planner.h */
    struct planner_missed *missed;
    size_t missed_count;
    struct plan plan;
    struct str_list added, dropped, finished;
    size_t moved;
    struct json_list inserted, updated, closed; /* rows for one statement each */
};

/* ---- what is there ---- */

static enum err read_goals(struct replan *re)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    struct json *roles CLEANUP(json_free_at) = NULL;
    enum err found = db_query_one(re->job->db, &sql_architect_goals, DB_ARGS(db_uuid(re->user_id)), &rows);
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    TRY(json_parse(db_col_view(&rows, 0), (size_t)64 << 10, &roles));
    for (size_t i = 0; i < json_count(roles) && re->roles_count < ROLES_MAX; i++) {
        struct str role = str_trim(json_str(json_at(roles, i)));
        if (role.len) re->roles[re->roles_count++] = str_copy(re->arena, role);
    }
    return OK;
}

static enum err read_modules(struct replan *re)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    static const char *const statuses[] = {"pending", "in_progress", "completed", "dropped"};
    size_t cap = 0;
    TRY(db_query(re->job->db, &sql_architect_modules, DB_ARGS(db_uuid(re->user_id), db_uuid(re->roadmap.id)), &rows));
    while (db_next(&rows) && re->modules_count < MODULES_CAP) {
        if (re->modules_count == cap) {
            struct module *old = re->modules;
            cap = cap ? 2 * cap : 32;
            re->modules = arena_array(re->arena, struct module, cap);
            for (size_t i = 0; i < re->modules_count; i++) re->modules[i] = old[i];
        }
        struct module *module = &re->modules[re->modules_count++];
        *module = (struct module){.id = db_col_text(&rows, 0, re->arena),
                                  .skill_id = db_col_text(&rows, 1, re->arena),
                                  .title = db_col_text(&rows, 3, re->arena),
                                  .position = db_col_int(&rows, 5),
                                  .completed_at = db_col_time(&rows, 6)};
        TRY(module_kind_parse(db_col_view(&rows, 2), &module->kind));
        for (int i = 0; i < (int)COUNT_OF(statuses); i++)
            if (str_equal(db_col_view(&rows, 4), str_from(statuses[i]))) module->status = i;
    }
    return db_rows_result(&rows);
}

static enum err read_roadmap(struct replan *re)
{
    {
        struct db_rows rows CLEANUP(db_rows_close) = {0};
        enum err found = db_query_one(re->job->db, &sql_architect_roadmap, DB_ARGS(db_uuid(re->user_id)), &rows);
        re->roadmap.is_new = found == ERR_NOT_FOUND;
        if (found == ERR_NOT_FOUND) return OK;
        TRY(found);
        re->roadmap.id = db_col_text(&rows, 0, re->arena);
        re->roadmap.title = db_col_text(&rows, 1, re->arena);
        re->roadmap.role = db_col_text(&rows, 2, re->arena);
        re->roadmap.version = db_col_int(&rows, 3);
    }
    return read_modules(re);
}

static enum err read_demand(struct replan *re)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    re->demand = arena_array(re->arena, int, catalogue_skills_count);
    TRY(db_query(re->job->db, &sql_architect_demand, DB_NO_ARGS, &rows));
    while (db_next(&rows)) {
        size_t skill = catalogue_skill_by_id(db_col_view(&rows, 0));
        if (skill != CATALOGUE_NONE) re->demand[skill] = (int)db_col_int(&rows, 1);
    }
    return db_rows_result(&rows);
}

static enum err read_missed(struct replan *re)
{
    struct rejection_gap *gaps;
    size_t count;
    TRY(rejection_gaps_read(re->job->db, re->arena, re->user_id, &gaps, &count));
    re->missed = arena_array(re->arena, struct planner_missed, count + 1);
    for (size_t i = 0; i < count; i++) {
        const struct rejection_gap *gap = &gaps[i];
        if (!rejection_gap_matters(gap)) continue;
        struct str why = gap->named ? str_format(re->arena, "was named as missing in an answer of %.*s", STR_ARG(gap->from))
                                    : str_format(re->arena, "was asked for by %" PRId64 " listings whose employers declined, %.*s the last,", gap->asked, STR_ARG(gap->from));
        re->missed[re->missed_count++] = (struct planner_missed){gap->skill, why};
    }
    return OK;
}

/* ---- the plan ---- */

/* A module that was to prove what is proved now is finished: by the proof, not by a tick. */
static void finish_proved(struct replan *re)
{
    for (size_t i = 0; i < re->modules_count; i++) {
        struct module *module = &re->modules[i];
        if (module->kind != MODULE_PROVE || module->status > MODULE_STARTED) continue;
        const struct skill_state *skill = skill_states_find(&re->skills, module->skill_id);
        if (!skill || !skill->is_verified) continue;
        module->status = MODULE_COMPLETED;
        module->is_kept = true;
        str_list_add(re->arena, &re->finished, module->title);
    }
}

static void make_plan(struct replan *re)
{
    struct planner_skill *skills = arena_array(re->arena, struct planner_skill, re->skills.count);
    struct planner_done *done = arena_array(re->arena, struct planner_done, re->modules_count);
    struct planner_input input = {.roles = re->roles, .roles_count = re->roles_count, .skills = skills, .skills_count = re->skills.count, .done = done,
                                  .demand = re->demand, .missed = re->missed, .missed_count = re->missed_count};
    for (size_t i = 0; i < re->skills.count; i++) {
        const struct skill_state *state = &re->skills.items[i];
        skills[i] = (struct planner_skill){.id = state->skill_id, .name = state->name, .level = state->level,
                                           .is_verified = state->is_verified, .is_gap = state->is_gap, .gap_at = state->gap_at};
    }
    for (size_t i = 0; i < re->modules_count; i++) {
        const struct module *module = &re->modules[i];
        if (module->status != MODULE_COMPLETED) continue;
        done[input.done_count++] = (struct planner_done){module->skill_id, module->kind, module->completed_at};
    }
    planner_plan(re->arena, &input, &re->plan);
}

static struct module *find_module(struct replan *re, const struct planned_module *planned)
{
    for (size_t i = 0; i < re->modules_count; i++) {
        struct module *module = &re->modules[i];
        bool is_open = module->status != MODULE_COMPLETED;
        if (is_open && module->kind == planned->kind && str_equal(module->skill_id, planned->skill_id)) return module;
    }
    return NULL;
}

/* How many of the modules that stay changed their place among each other: all but the longest run that kept its order. */
static size_t count_moved(const int64_t *positions, size_t count)
{
    size_t longest[PLANNER_MODULES_MAX], best = 0;
    for (size_t i = 0; i < count; i++) {
        longest[i] = 1;
        for (size_t j = 0; j < i; j++)
            if (positions[j] < positions[i] && longest[j] >= longest[i]) longest[i] = longest[j] + 1;
        if (longest[i] > best) best = longest[i];
    }
    return count - best;
}

/* ---- into the store ---- */

static void write_planned(struct replan *re, const struct planned_module *planned, int64_t position, struct module *old)
{
    static const char *const open_status[] = {"pending", "in_progress", "pending", "pending"};
    struct json_writer *writer = old ? &re->updated.writer : &re->inserted.writer;
    json_object_open(writer);
    json_member_str(writer, "id", old ? old->id : uuid_new(re->arena));
    json_member_str(writer, "title", planned->title);
    json_member_str(writer, "summary", planned->summary);
    json_member_str(writer, "reason", planned->reason);
    json_member_int(writer, "hours", planned->hours);
    json_member_int(writer, "position", position);
    if (old) {
        old->is_kept = true;
        json_member_str(writer, "status", str_from(open_status[old->status]));
    } else {
        json_member_str(writer, "skill", planned->skill_id);
        json_member_str(writer, "kind", str_from(module_kind_name(planned->kind)));
    }
    json_object_close(writer);
}

static void write_plan(struct replan *re, int64_t position)
{
    int64_t places[PLANNER_MODULES_MAX];
    size_t kept = 0;
    for (size_t i = 0; i < re->plan.modules_count; i++) {
        const struct planned_module *planned = &re->plan.modules[i];
        struct module *old = find_module(re, planned);
        if (old && old->status != MODULE_DROPPED) places[kept++] = old->position;
        else str_list_add(re->arena, &re->added, planned->title);
        write_planned(re, planned, position + (int64_t)i, old);
    }
    re->moved = count_moved(places, kept);
}

static void close_module(struct replan *re, const struct module *module, const char *status, int64_t position)
{
    struct json_writer *writer = &re->closed.writer;
    json_object_open(writer);
    json_member_str(writer, "id", module->id);
    json_member_str(writer, "status", str_from(status));
    json_member_int(writer, "position", position);
    json_object_close(writer);
}

/* Finished modules come first, in the order they had. */
static void write_finished(struct replan *re, int64_t *position)
{
    for (size_t i = 0; i < re->modules_count; i++) {
        struct module *module = &re->modules[i];
        if (module->status != MODULE_COMPLETED) continue;
        int64_t place = (*position)++;
        bool is_new = module->is_kept; /* finished just now, by a proof */
        if (is_new || module->position != place) close_module(re, module, "completed", place);
        module->is_kept = true;
    }
}

static void drop_others(struct replan *re)
{
    for (size_t i = 0; i < re->modules_count; i++) {
        const struct module *module = &re->modules[i];
        if (module->is_kept || module->status == MODULE_DROPPED) continue;
        close_module(re, module, "dropped", module->position);
        str_list_add(re->arena, &re->dropped, module->title);
    }
}

/* A statement for each kind of change, however many modules there are. */
static enum err store_modules(struct replan *re)
{
    struct db *db = re->job->db;
    struct db_value user = db_uuid(re->user_id), now = db_time(clock_now());
    json_list_open(&re->inserted);
    json_list_open(&re->updated);
    json_list_open(&re->closed);
    int64_t position = 1;
    write_finished(re, &position);
    write_plan(re, position);
    drop_others(re);
    enum err error = db_exec(db, &sql_architect_insert_modules, DB_ARGS(user, db_uuid(re->roadmap.id), db_json(json_list_str(&re->inserted)), now));
    if (error == OK) error = db_exec(db, &sql_architect_update_modules, DB_ARGS(user, db_json(json_list_str(&re->updated)), now));
    if (error == OK) error = db_exec(db, &sql_architect_close_modules, DB_ARGS(user, db_json(json_list_str(&re->closed)), now));
    json_list_dispose(&re->inserted);
    json_list_dispose(&re->updated);
    json_list_dispose(&re->closed);
    return error;
}

static enum err insert_roadmap(struct replan *re)
{
    re->roadmap.id = uuid_new(re->arena);
    return db_exec(re->job->db, &sql_architect_insert_roadmap,
                   DB_ARGS(db_uuid(re->roadmap.id), db_uuid(re->user_id), db_text(re->plan.title), db_text(re->plan.role), db_text(re->reason),
                           db_time(clock_now())));
}

/* ---- what is told ---- */

static void write_list(struct json_writer *writer, const char *name, const struct str_list *list)
{
    json_key(writer, name);
    json_array_open(writer);
    for (size_t i = 0; i < list->count; i++) json_write_str(writer, list->items[i]);
    json_array_close(writer);
}

static void write_change(const struct replan *re, struct buf *out)
{
    struct json_writer writer;
    json_begin(&writer, out);
    json_object_open(&writer);
    write_list(&writer, "added", &re->added);
    write_list(&writer, "dropped", &re->dropped);
    write_list(&writer, "finished", &re->finished);
    json_member_int(&writer, "moved", (int64_t)re->moved);
    json_member_str(&writer, "reason", re->reason);
    json_member_time(&writer, "at", clock_now());
    json_object_close(&writer);
}

static void write_result(struct replan *re, struct str words)
{
    struct json_writer writer;
    json_begin(&writer, re->job->result);
    json_object_open(&writer);
    json_member_str(&writer, "summary", words);
    json_member_int(&writer, "modules", (int64_t)re->plan.modules_count);
    json_member_int(&writer, "added", (int64_t)re->added.count);
    json_member_int(&writer, "dropped", (int64_t)re->dropped.count);
    json_member_int(&writer, "moved", (int64_t)re->moved);
    json_object_close(&writer);
}

/* "2 modules added, 1 removed, 1 finished, 3 moved" */
static struct str changes(struct replan *re)
{
    const struct {
        size_t count;
        const char *word;
    } parts[] = {{re->added.count, "added"}, {re->dropped.count, "removed"}, {re->finished.count, "finished by a proof"}, {re->moved, "moved"}};
    struct str words[COUNT_OF(parts)];
    size_t count = 0;
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        if (parts[i].count) words[count++] = str_format(re->arena, "%zu %s", parts[i].count, parts[i].word);
    return count ? str_join(re->arena, words, count, STR(", ")) : STR("another goal");
}

static enum err publish(struct replan *re, struct str summary)
{
    struct buf payload CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &payload);
    json_object_open(&writer);
    json_member_str(&writer, "user_id", re->user_id);
    json_member_str(&writer, "roadmap_id", re->roadmap.id);
    json_member_str(&writer, "reason", re->reason);
    json_object_close(&writer);
    return bus_publish(re->job->db, re->arena,
                       &(struct event){.type = "ROADMAP_PLANNED", .user_id = re->user_id, .payload = buf_str(&payload), .summary = summary, .cause = re->job},
                       NULL);
}

/* Names of the skills in the event's list of gaps: "Kubernetes and Helm". */
static struct str gap_names(struct replan *re, const struct json *gaps)
{
    struct str_list names = {0};
    for (size_t i = 0; i < json_count(gaps) && names.count < 3; i++) {
        const struct skill_state *skill = skill_states_find(&re->skills, json_str(json_at(gaps, i)));
        if (skill) str_list_add(re->arena, &names, skill->name);
    }
    if (names.count < 2) return names.count ? names.items[0] : STR("some of your claims");
    struct str front = str_join(re->arena, names.items, names.count - 1, STR(", "));
    return str_format(re->arena, "%.*s and %.*s", STR_ARG(front), STR_ARG(names.items[names.count - 1]));
}

/* Why, in words that follow "because". `is_own`: the person did it just now and sees it, so no notification. */
static struct str reason_words(struct replan *re, bool *is_own)
{
    static const struct {
        const char *name, *words;
        bool is_own;
    } known[] = {
        {"asked", "you asked for it", false},
        {"skills_verified", "your interview proved skills", false},
        {"claims_changed", "what you claim has changed", true},
        {"module_finished", "you finished a module", true},
        {"module_reopened", "you opened a finished module again", true},
        {"goals_changed", "your goals have changed", false},
        {"rejection", "an employer's answer showed what is missing", false},
        {"market_changed", "employers ask for other skills than before", false},
    };
    struct str reason = json_get_str(re->job->payload, "reason");
    *is_own = false;
    if (str_equal(reason, STR("skill_verification_gaps")))
        return str_format(re->arena, "your interview did not show %.*s", STR_ARG(gap_names(re, json_get(re->job->payload, "gaps"))));
    for (size_t i = 0; i < COUNT_OF(known); i++) {
        if (!str_equal(reason, str_from(known[i].name))) continue;
        *is_own = known[i].is_own;
        return str_from(known[i].words);
    }
    return reason.len ? STR("something it depends on has changed") : STR("your profile is finished");
}

/* The new version with its event; the person is told unless they just did it themselves. */
static enum err record_change(struct replan *re, bool is_own)
{
    struct buf change CLEANUP(buf_dispose) = {0};
    write_change(re, &change);
    TRY(db_exec_one(re->job->db, &sql_architect_new_version,
                    DB_ARGS(db_uuid(re->user_id), db_uuid(re->roadmap.id), db_text(re->plan.title), db_text(re->plan.role), db_text(re->reason),
                            db_json(buf_str(&change)), db_time(clock_now()))));
    struct str words = re->roadmap.is_new
        ? str_format(re->arena, "Your roadmap was planned because %.*s: %zu module%s.", STR_ARG(re->reason), re->plan.modules_count, re->plan.modules_count == 1 ? "" : "s")
        : str_format(re->arena, "Your roadmap was planned again because %.*s: %.*s.", STR_ARG(re->reason), STR_ARG(changes(re)));
    write_result(re, words);
    TRY(publish(re, words));
    if (is_own && !re->roadmap.is_new) return OK;
    return bus_notify(re->job->db, re->arena, re->user_id, "roadmap",
                      re->roadmap.is_new ? STR("Your roadmap is ready") : STR("Your roadmap was planned again"), words, STR("/roadmap"));
}

static enum err repath(struct job *job)
{
    struct replan *re = arena_new(job->arena, struct replan);
    bool is_own = false;
    *re = (struct replan){.job = job, .arena = job->arena, .user_id = job->user_id.len ? job->user_id : json_get_str(job->payload, "user_id")};
    TRY(read_goals(re));
    TRY(skill_states_read(job->db, re->arena, re->user_id, &re->skills));
    TRY(read_roadmap(re));
    TRY(read_demand(re));
    TRY(read_missed(re));
    re->reason = reason_words(re, &is_own);
    finish_proved(re);
    make_plan(re);
    if (re->roadmap.is_new && !re->plan.modules_count) {
        write_result(re, STR("There is nothing to plan from yet: neither a target role nor a claimed skill."));
        return OK;
    }
    if (re->roadmap.is_new) TRY(insert_roadmap(re));
    TRY(store_modules(re));
    bool is_other = !str_equal(re->roadmap.role, re->plan.role);
    if (!is_other && re->roadmap.title.len) re->plan.title = re->roadmap.title; /* the person may have renamed it */
    if (re->added.count || re->dropped.count || re->finished.count || re->moved || is_other) return record_change(re, is_own);
    write_result(re, str_format(re->arena, "Looked at your roadmap because %.*s; nothing had to change.", STR_ARG(re->reason)));
    return OK;
}

const struct job_kind kind_roadmap_repath = {.name = "roadmap.repath", .agent = "architect", .title = "Planning your roadmap", .apply = repath, .lane = &lane_person,
                                             .causes = CAUSES("ROADMAP_PLANNED")};
