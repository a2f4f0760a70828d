/* careerprep demo: refuses a store with people in it, loads the data set once, and prints a sign-in. Design in demo.h.
 *
 * The password is made at random and stands nowhere but in the output; running the command again makes a new one for the same people. A load
 * that was cut off leaves its mark, so that a half demonstration is not taken for a whole one.
 */
#include "commands/demo.h"

#include "agents/registry.h"
#include "base/clock.h"
#include "base/config.h"
#include "base/file.h"
#include "base/uuid.h"
#include "bus/bus.h"
#include "commands/commands.h"
#include "commands/demo.sql.h"
#include "commands/seed.sql.h"
#include "features/command.h"
#include "features/jobs/import.h"
#include "json/json.h"
#include "security/password.h"

#include <stdio.h>

#define PEOPLE_BYTES_MAX ((size_t)1 << 20)

enum demo_state { DEMO_ABSENT, DEMO_CUT_OFF, DEMO_LOADED };

static enum err read_state(struct db *db, enum demo_state *state)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    enum err found = db_query_one(db, &sql_demo_state, DB_NO_ARGS, &rows);
    *state = DEMO_ABSENT;
    if (found == ERR_NOT_FOUND) return OK;
    TRY(found);
    *state = str_equal(db_col_view(&rows, 0), STR("loaded")) ? DEMO_LOADED : DEMO_CUT_OFF;
    return OK;
}

static enum err check_empty(struct db *db, enum demo_state state)
{
    const char *directory = config_cstr(CONFIG_DATA_DIR);
    int64_t people = 0;
    if (state == DEMO_CUT_OFF) return err_set(ERR_CONFLICT, "an earlier load into %s was cut off: delete that folder and run the command again", directory);
    TRY(db_query_int(db, &sql_people_count, DB_NO_ARGS, &people));
    if (people == 0) return OK;
    return err_set(ERR_CONFLICT, "the store in %s has %lld accounts; the demonstration needs an empty one: choose another folder with --data", directory,
                   (long long)people);
}

static enum err import_all(struct demo_load *load)
{
    struct import_report report = {0};
    TRY(import_listings(load->db, load->arena, demo_listings, &report));
    return bus_run_until_idle(load->pool, NULL);
}

static enum err load_all(struct demo_load *load)
{
    struct json *people CLEANUP(json_free_at) = NULL;
    TRY(json_parse(demo_people, PEOPLE_BYTES_MAX, &people));
    TRY(db_exec(load->db, &sql_demo_set_state, DB_ARGS(db_text(STR("loading")))));
    TRY(import_all(load));
    for (size_t i = 0; i < json_count(people); i++) TRY(demo_add_person(load, json_at(people, i)));
    return db_exec(load->db, &sql_demo_set_state, DB_ARGS(db_text(STR("loaded"))));
}

static enum err renew_password(struct demo_load *load)
{
    return db_exec(load->db, &sql_demo_new_password, DB_ARGS(db_text(load->password_hash), db_time(load->now), db_text(STR("%" DEMO_MAIL))));
}

static enum err print_result(struct demo_load *load, struct str password)
{
    struct db_rows rows CLEANUP(db_rows_close) = {0};
    TRY(db_query_one(load->db, &sql_demo_counts, DB_NO_ARGS, &rows));
    printf("The demonstration is in %s: %lld people, %lld listings, %lld verified skills.\n", config_cstr(CONFIG_DATA_DIR),
           (long long)db_col_int(&rows, 0), (long long)db_col_int(&rows, 1), (long long)db_col_int(&rows, 2));
    if (db_col_int(&rows, 3)) printf("%lld jobs are left for the server to finish.\n", (long long)db_col_int(&rows, 3));
    printf("\n  Sign in as  mara-lindqvist" DEMO_MAIL "\n  Password    %.*s\n\n"
           "The others have the same password: ngozi-okafor, aylin-demir, tomasz-nowak, luis-almeida, hanna-varga" DEMO_MAIL ".\n"
           "Public profiles: /profile/mara-lindqvist, /profile/ngozi-okafor, /profile/aylin-demir\n"
           "The password is shown this once; the same command makes a new one.\n", STR_ARG(password));
    return OK;
}

static enum err run(struct demo_load *load)
{
    enum demo_state state;
    TRY(read_state(load->db, &state));
    if (state != DEMO_LOADED) TRY(check_empty(load->db, state));
    struct str password = random_hex(load->arena, 8);
    TRY(password_hash(load->arena, password, &load->password_hash));
    TRY(state == DEMO_LOADED ? renew_password(load) : load_all(load));
    return print_result(load, password);
}

int command_demo(int argc, char **argv)
{
    struct command_options options;
    if (!command_parse(argc, argv, 0, 0, &options)) return 2;
    struct arena arena = {0};
    struct demo_load load = {.arena = &arena, .now = clock_now()};
    enum err result = bus_init(&agents_registry, NULL);
    if (result == OK) result = file_make_dirs(config_cstr(CONFIG_DATA_DIR));
    if (result == OK) result = command_open_store(&load.pool, 3);
    if (result == OK) result = db_acquire(load.pool, &load.db);
    if (result == OK) result = run(&load);
    int code = result == OK ? 0 : command_failed(result);
    clock_set_for_test(0);
    db_release(load.db);
    if (load.pool) db_pool_close(load.pool);
    arena_dispose(&arena);
    return code;
}
