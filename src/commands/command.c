/* What subcommands share. Design in features/command.h. */
#include "features/command.h"

#include "base/config.h"
#include "commands/commands.h"
#include "db/migrate.h"

#include <stdio.h>
#include <string.h>

static bool wrong(const char *what, const char *argument)
{
    fprintf(stderr, "careerprep: %s%s%s (see --help)\n", what, argument ? " " : "", argument ? argument : "");
    return false;
}

/* "--top 5" and "--top=5"; the value is where `*value` points to. */
static bool takes_value(const char *name, char **argv, int argc, int *index, const char **value)
{
    size_t len = strlen(name);
    const char *argument = argv[*index];
    if (strncmp(argument, name, len) != 0) return false;
    if (argument[len] == '=') {
        *value = argument + len + 1;
        return true;
    }
    if (argument[len] != 0) return false;
    *value = *index + 1 < argc ? argv[++*index] : "";
    return true;
}

static bool set_flag(struct command_options *options, const char *argument)
{
    const struct {
        const char *name;
        bool *flag;
    } flags[] = {{"--json", &options->json},
                 {"--admin", &options->admin},
                 {"--force", &options->force},
                 {"--no-worker", &options->no_worker},
                 {"--dry-run", &options->dry_run},
                 {"--verify", &options->verify},
                 {"--password-stdin", &options->password_stdin}};
    for (size_t i = 0; i < COUNT_OF(flags); i++) {
        if (strcmp(argument, flags[i].name) != 0) continue;
        *flags[i].flag = true;
        return true;
    }
    return false;
}

/* "--jobs 5000", if it is one of those. */
static bool set_number(struct command_options *options, char **argv, int argc, int *index, bool *known)
{
    const struct {
        const char *name;
        int64_t *number, least, most;
    } numbers[] = {{"--jobs", &options->jobs, 1000, 100000000},
                   {"--finished", &options->finished, 1, 100000000},
                   {"--waiting", &options->waiting, 1, 100000000},
                   {"--top", &options->top, 1, 1000}};
    const char *value = NULL;
    size_t i = 0;
    while (i < COUNT_OF(numbers) && !takes_value(numbers[i].name, argv, argc, index, &value)) i++;
    *known = i < COUNT_OF(numbers);
    if (!*known || (str_to_int(str_from(value), numbers[i].number) == OK && *numbers[i].number >= numbers[i].least && *numbers[i].number <= numbers[i].most)) return true;
    fprintf(stderr, "careerprep: %s needs a number from %lld to %lld, not %s (see --help)\n", numbers[i].name, (long long)numbers[i].least, (long long)numbers[i].most, value);
    return false;
}

static bool set_value(struct command_options *options, char **argv, int argc, int *index, bool *known)
{
    const char *value = NULL;
    *known = true;
    if (takes_value("--data", argv, argc, index, &value))
        return config_set(CONFIG_DATA_DIR, value) == OK || wrong("--data needs a directory, not", value);
    if (takes_value("--listen", argv, argc, index, &value))
        return (options->listens = config_set(CONFIG_LISTEN, value) == OK) || wrong("--listen needs an address like 127.0.0.1:8080, not", value);
    if (takes_value("--to", argv, argc, index, &value)) {
        options->to = value;
        return value[0] || wrong("--to needs postgres://... or sqlite:PATH", NULL);
    }
    return set_number(options, argv, argc, index, known);
}

bool command_parse(int argc, char **argv, int least, int most, struct command_options *options)
{
    *options = (struct command_options){0};
    bool only_operands = false;
    for (int i = 0; i < argc; i++) {
        bool known = false;
        if (!only_operands && strcmp(argv[i], "--") == 0) {
            only_operands = true;
            continue;
        }
        if (!only_operands && argv[i][0] == '-' && argv[i][1]) {
            if (set_flag(options, argv[i])) continue;
            if (!set_value(options, argv, argc, &i, &known)) return false;
            if (known) continue;
            return wrong("unknown option", argv[i]);
        }
        if (options->operands_count == most || options->operands_count == (int)COUNT_OF(options->operands))
            return wrong("unexpected argument", argv[i]);
        options->operands[options->operands_count++] = argv[i];
    }
    if (options->operands_count < least) return wrong("an argument is missing", NULL);
    return true;
}

enum err command_open_store(struct db_pool **pool, size_t connections)
{
    TRY(db_pool_open(pool, connections));
    struct db *db = NULL;
    enum err result = db_acquire(*pool, &db);
    if (result == OK) result = db_migrate(db, NULL);
    if (result == OK) result = store_seed(db);
    db_release(db);
    if (result == OK) return OK;
    db_pool_close(*pool);
    *pool = NULL;
    return result;
}

int command_failed(enum err error)
{
    fprintf(stderr, "careerprep: %s\n", err_detail()[0] ? err_detail() : err_name(error));
    return 1;
}

int command_print_json(struct buf *document)
{
    if (document->overflow) return command_failed(err_set(ERR_TOO_LARGE, "the document is too large to print"));
    bool printed = fwrite(document->ptr, 1, document->len, stdout) == document->len && fputc('\n', stdout) != EOF;
    if (fflush(stdout) != 0 || !printed) return command_failed(err_set(ERR_IO, "standard output could not be written"));
    return 0;
}
