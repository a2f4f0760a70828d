/* The small commands of the house: config, routes, events. */
#include "agents/registry.h"
#include "base/config.h"
#include "commands/commands.h"
#include "commands/demo.h"
#include "features/command.h"
#include "http/scope.h"
#include "json/json.h"

#include <stdio.h>

static int command_config(int argc, char **argv)
{
    struct command_options options;
    if (!command_parse(argc, argv, 0, 0, &options)) return 2;
    const struct config_entry *table = config_table();
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_object_open(&writer);
    json_key(&writer, "settings");
    json_array_open(&writer);
    for (int i = 0; i < CONFIG_COUNT; i++) {
        struct str value = config_text((enum config_key)i);
        if (table[i].secret && value.len) value = STR("********");
        if (!options.json) {
            printf("%-18s %-28.*s %-12s %s\n", table[i].name, STR_ARG(value.len ? value : STR("-")), config_source((enum config_key)i),
                   table[i].help);
            continue;
        }
        json_object_open(&writer);
        json_member_str(&writer, "name", str_from(table[i].name));
        json_member_str(&writer, "value", value);
        json_member_str(&writer, "source", str_from(config_source((enum config_key)i)));
        json_member_str(&writer, "help", str_from(table[i].help));
        json_object_close(&writer);
    }
    json_array_close(&writer);
    json_object_close(&writer);
    return options.json ? command_print_json(&out) : 0;
}

static void write_fields(struct json_writer *writer, const struct route *route)
{
    json_key(writer, "fields");
    json_array_open(writer);
    for (size_t i = 0; i < route->fields_count; i++) {
        const struct field *field = &route->fields[i];
        json_object_open(writer);
        json_member_str(writer, "name", str_from(field->name));
        json_member_str(writer, "type", str_from(field_type_name(field->type)));
        json_member_bool(writer, "required", field->required);
        json_member_int(writer, "min", field->min);
        json_member_int(writer, "max", field->max);
        if (field->choices) json_member_str(writer, "choices", str_from(field->choices));
        json_object_close(writer);
    }
    json_array_close(writer);
}

/* How a route is to be called: a stream stays open, a socket is an upgrade. */
static const char *route_kind(const struct route *route)
{
    if (route->flags & ROUTE_WEBSOCKET) return "socket";
    if (route->flags & ROUTE_STREAM) return "stream";
    return route->flags & ROUTE_API ? "api" : "page";
}

static int command_routes(int argc, char **argv)
{
    struct command_options options;
    if (!command_parse(argc, argv, 0, 0, &options)) return 2;
    size_t count;
    const struct route *const *routes = all_routes(&count);
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_object_open(&writer);
    json_key(&writer, "routes");
    json_array_open(&writer);
    for (size_t i = 0; i < count; i++) {
        const struct route *route = routes[i];
        if (!options.json) {
            printf("%-7s %-44s %-8s %-8s %s\n", http_method_name(route->method), route->pattern, access_name(route->access),
                   rate_class_name(route->rate), route->summary ? route->summary : "");
            continue;
        }
        json_object_open(&writer);
        json_member_str(&writer, "method", str_from(http_method_name(route->method)));
        json_member_str(&writer, "pattern", str_from(route->pattern));
        json_member_str(&writer, "access", str_from(access_name(route->access)));
        json_member_str(&writer, "kind", str_from(route_kind(route)));
        if (route->scope) json_member_str(&writer, "scope", str_from(scope_name(route->scope)));
        json_member_str(&writer, "rate", str_from(rate_class_name(route->rate)));
        json_member_int(&writer, "body_limit", route_body_max(route));
        json_member_str(&writer, "summary", str_from(route->summary));
        write_fields(&writer, route);
        json_object_close(&writer);
    }
    json_array_close(&writer);
    json_object_close(&writer);
    return options.json ? command_print_json(&out) : 0;
}

static void write_names(struct json_writer *writer, const char *key, const char *const *names)
{
    json_key(writer, key);
    json_array_open(writer);
    for (; names && *names; names++) json_write_str(writer, str_from(*names));
    json_array_close(writer);
}

static void write_event(struct json_writer *writer, const struct event_type *type)
{
    json_object_open(writer);
    json_member_str(writer, "type", str_from(type->name));
    json_member_str(writer, "schema", str_from(type->schema));
    write_names(writer, "producers", type->producers);
    write_names(writer, "consumers", type->consumers);
    json_member_str(writer, "title", str_from(type->title));
    json_member_bool(writer, "is_secret", type->is_secret);
    json_object_close(writer);
}

static void write_kind(struct json_writer *writer, const struct job_kind *kind)
{
    json_object_open(writer);
    json_member_str(writer, "kind", str_from(kind->name));
    json_member_str(writer, "agent", str_from(kind->agent));
    json_member_str(writer, "title", str_from(kind->title));
    if (kind->schedule) json_member_str(writer, "schedule", str_from(kind->schedule->cron));
    json_member_bool(writer, "is_secret", kind->is_secret);
    write_names(writer, "causes", kind->causes);
    json_object_close(writer);
}

static int command_events(int argc, char **argv)
{
    struct command_options options;
    if (!command_parse(argc, argv, 0, 0, &options)) return 2;
    struct buf out CLEANUP(buf_dispose) = {0};
    struct json_writer writer;
    json_begin(&writer, &out);
    json_object_open(&writer);
    json_key(&writer, "events");
    json_array_open(&writer);
    for (size_t i = 0; i < agents_registry.events_count; i++) {
        const struct event_type *type = &agents_registry.events[i];
        write_event(&writer, type);
        if (options.json) continue;
        printf("%-24s", type->name);
        for (const char *const *name = type->producers; *name; name++) printf(" %s", *name);
        printf(" ->");
        for (const char *const *name = type->consumers; name && *name; name++) printf(" %s", *name);
        printf("\n    %s\n", type->schema);
    }
    json_array_close(&writer);
    json_key(&writer, "kinds");
    json_array_open(&writer);
    for (size_t i = 0; i < agents_registry.kinds_count; i++) {
        const struct job_kind *kind = agents_registry.kinds[i];
        write_kind(&writer, kind);
        if (options.json || !kind->causes) continue;
        printf("%-24s", kind->name);
        for (const char *const *name = kind->causes; *name; name++) printf("%s %s", name == kind->causes ? " =>" : "", *name);
        printf("\n");
    }
    json_array_close(&writer);
    json_object_close(&writer);
    return options.json ? command_print_json(&out) : 0;
}

const struct command house_commands[] = {
    {"serve", "[--listen 127.0.0.1:8080] [--data DIR] [--no-worker]", "pages, API, sockets, workers and schedules", command_serve},
    {"worker", "[--listen 127.0.0.1:9090]", "jobs and schedules without pages, beside other processes on one PostgreSQL\n"
     "Runs WORKERS jobs at once until it gets SIGTERM or SIGINT; then it takes no more, lets those that run end, and exits 0. When it is killed, the others take its\n"
     "jobs over after 30 seconds. With --listen it answers /healthz, /readyz and /metrics there, and nothing else; LISTEN is not read. Needs DATABASE_URL: an embedded\n"
     "store belongs to one process, and serve runs its jobs. Any number may run beside `serve` or `serve --no-worker`.",
     command_worker},
    {"migrate", "[--dry-run]", "apply missing migrations (--dry-run: print their SQL and change nothing)\n"
     "What is printed can be run as it is by psql or sqlite3: each migration's record is part of it.\n"
     "Every start of serve does the same. Processes that start together do it once; it goes forward only, so make a backup before an upgrade.",
     command_migrate},
    {"doctor", "[--json]", "check every configured part for real\n"
     "Prints each part as fine, off or broken, with what to do about it. Exits 1 when one is broken.",
     command_doctor},
    {"config", "[--json]", "effective settings, secrets masked", command_config},
    {"routes", "[--json]", "every route: method, pattern, access, limits, fields", command_routes},
    {"events", "[--json]", "every event type (schema, producers, consumers) and every kind of job with what it causes", command_events},
    {"backup", "FILE", "a consistent copy of the store in one new file, also while serving\n"
     "FILE must not exist. It is a database of SQLite whichever engine the store is on, it is as private as the store, and `restore` takes it on either.",
     command_backup},
    {"demo", "", "load a demonstration into an empty store and print a sign-in", command_demo},
    {"restore", "FILE [--force]", "put a backup of either engine in place of an empty store (--force: of any)\n"
     "The file is checked first: one that is damaged, not ours, or of a newer program is refused and nothing is changed. Then everything is replaced in one\n"
     "transaction, also while others serve, and everybody signs in again and makes new API tokens.",
     command_restore},
    {"copy", "--to postgres://...|sqlite:PATH [--verify] [--json]", "everything into another empty store, on either engine; goes on where it broke off (--verify: compare the two)\n"
     "  careerprep copy --to postgres://careerprep@db.example.org/careerprep      from SQLite in DATA_DIR\n"
     "  DATABASE_URL=postgres://... careerprep copy --to sqlite:/srv/careerprep/careerprep.db\n"
     "The source is the configured store, and stays as it is; stop its server first, since what is changed meanwhile is not copied. The target must be\n"
     "empty, or an unfinished copy, and served by nobody; its tables are made. At the end all of it is read back and compared by counts and checksums.\n"
     "A password can be left out of the URL: PGPASSWORD and ~/.pgpass are read. --json prints one document with each table's count and checksum.\n"
     "Exits 1 when anything differs.",
     command_copy},
    {"embed", "[--json]", "the vectors of texts, one a line on standard input, by the local model\n"
     "--json prints {\"model\",\"dimensions\",\"vectors\":[[...]],\"errors\":[{\"line\",\"reason\"}]}: a vector for each line, null for one that has none (empty, or longer than 256 KiB),\n"
     "and errors says why. Otherwise each line's numbers, separated by spaces. A long text is embedded in chunks; its vector is the mean of theirs.",
     command_embed},
    {"bench", "embed|queue [--jobs N] [--finished N] [--waiting N] [--json]", "our own figures on this machine\n"
     "embed: sentences a second that the local model embeds on one core, one by one and in batches, and the memory in use.\n"
     "queue runs on a scratch store of the configured engine.\n"
     "queue: jobs a second published and run (100,000 that do nothing, or --jobs), beside bare commits; the same with limits per key and with workflows; and how soon one is picked up.\n"
     "queue --finished N --waiting N: instead, how long a claim takes in an empty table and in one with so many jobs (ten million take a few minutes and 6 GB).",
     command_bench},
};
const size_t house_commands_count = COUNT_OF(house_commands);
