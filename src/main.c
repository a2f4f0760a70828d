/* careerprep: the command table. Commands of the house stand in src/commands, the others in their features. */
#include "ai/embed.h"
#include "ai/extract_child.h"
#include "agents/registry.h"
#include "base/config.h"
#include "base/log.h"
#include "commands/commands.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 2

/* The local embedding model lies in the program's read-only part (tools/model.sh), whose pages all its processes share. */
static enum err set_model(void)
{
#ifdef LOCAL_MODEL_FILE
    extern const char local_model_file[], local_model_end[];
    return embed_set_local((struct str){local_model_file, (size_t)(local_model_end - local_model_file)});
#else
    return OK;
#endif
}

static size_t words(const char *name)
{
    size_t count = 1;
    for (; *name; name++) count += *name == ' ';
    return count;
}

static bool matches(const struct command *command, int argc, char **argv)
{
    size_t count = words(command->name);
    if ((size_t)argc < count) return false;
    char typed[128];
    snprintf(typed, sizeof(typed), count == WORDS_MAX ? "%s %s" : "%s", argv[0], count == WORDS_MAX ? argv[1] : "");
    return strcmp(typed, command->name) == 0;
}

/* Calls `visit` for each command until it returns true; that command, or NULL. */
static const struct command *find(bool (*visit)(const struct command *, int, char **), int argc, char **argv)
{
    for (size_t i = 0; i < house_commands_count; i++)
        if (visit(&house_commands[i], argc, argv)) return &house_commands[i];
    for (size_t i = 0; i < features_count; i++)
        for (size_t j = 0; j < features[i]->commands_count; j++)
            if (visit(&features[i]->commands[j], argc, argv)) return &features[i]->commands[j];
    return NULL;
}

/* "user" of "user add": the first of two words. */
static bool is_of_group(const struct command *command, int argc, char **argv)
{
    size_t len = strlen(argv[0]);
    (void)argc;
    return strncmp(command->name, argv[0], len) == 0 && command->name[len] == ' ';
}

static void print_line(FILE *out, const struct command *command)
{
    char left[96];
    snprintf(left, sizeof(left), "%s %s", command->name, command->usage);
    fprintf(out, "  %-52s %.*s\n", left, (int)strcspn(command->summary, "\n"), command->summary);
}

/* All commands, or those that begin with the word `group`. */
static void print_commands(FILE *out, char *group)
{
    for (size_t i = 0; i < house_commands_count; i++)
        if (!group || is_of_group(&house_commands[i], 1, &group)) print_line(out, &house_commands[i]);
    for (size_t i = 0; i < features_count; i++)
        for (size_t j = 0; j < features[i]->commands_count; j++)
            if (!group || is_of_group(&features[i]->commands[j], 1, &group)) print_line(out, &features[i]->commands[j]);
}

static void print_help(FILE *out)
{
    fprintf(out, "Career Prep: prepares people for work and proves what they can do.\n\nUsage: careerprep COMMAND [OPTIONS]\n\n");
    print_commands(out, NULL);
    fprintf(out, "\nEvery command takes --data DIR and --help. Settings come from the environment or a file named .env;\n"
                 "`careerprep config` lists them. `careerprep --version` says which one this is.\n");
}

static bool is_help(const char *argument) { return strcmp(argument, "--help") == 0 || strcmp(argument, "-h") == 0; }

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (is_help(argv[i])) return true;
    return false;
}

/* What is no command: its group, or that there is none. */
static int explain(int argc, char **argv)
{
    bool is_group = find(is_of_group, argc, argv) != NULL, asked = argc > 1 && asks_for_help(argc - 1, argv + 1);
    FILE *out = is_group && asked ? stdout : stderr;
    if (is_group && !asked && argc > 1 && argv[1][0] != '-') fprintf(out, "careerprep: no command '%s %s'\n", argv[0], argv[1]);
    if (is_group) {
        fprintf(out, "Usage: careerprep %s COMMAND [OPTIONS]\n\n", argv[0]);
        print_commands(out, argv[0]);
        return asked ? 0 : 2;
    }
    fprintf(out, "careerprep: no command '%s' (see careerprep --help)\n", argv[0]);
    return 2;
}

static int run(const struct command *command, int argc, char **argv)
{
    int skip = (int)words(command->name);
    if (asks_for_help(argc, argv)) {
        printf("Usage: careerprep %s %s\n\n%s\n", command->name, command->usage, command->summary);
        return 0;
    }
    int code = command->run(argc - skip, argv + skip);
    if (code == 2) fprintf(stderr, "Usage: careerprep %s %s\n", command->name, command->usage);
    return code;
}

static int run_line(int argc, char **argv)
{
    if (argc < 2 || strcmp(argv[1], "help") == 0 || is_help(argv[1])) {
        print_help(argc < 2 ? stderr : stdout);
        return argc < 2 ? 2 : 0;
    }
    if (strcmp(argv[1], "--version") == 0) {
        printf("careerprep %s\n", CAREERPREP_VERSION);
        return 0;
    }
    const struct command *command = find(matches, argc - 1, argv + 1);
    if (!command) return explain(argc - 1, argv + 1);
    struct buf mistakes CLEANUP(buf_dispose) = {0};
    if (!asks_for_help(argc - 1, argv + 1) && config_load(&mistakes) != OK) {
        fprintf(stderr, "careerprep: the configuration has mistakes:\n%.*s", STR_ARG(buf_str(&mistakes)));
        return 2;
    }
    /* Commands that change something publish events too; `serve` adds the live updates. */
    if (!asks_for_help(argc - 1, argv + 1) && bus_init(&agents_registry, NULL) != OK) {
        fprintf(stderr, "careerprep: %s\n", err_detail());
        return 1;
    }
    if (!asks_for_help(argc - 1, argv + 1) && set_model() != OK) {
        fprintf(stderr, "careerprep: %s\n", err_detail());
        return 1;
    }
    if (str_equal(config_text(CONFIG_LOG_FORMAT), STR("json"))) log_set_format(LOG_JSON);
    if (config_is_set(CONFIG_LOG_LEVEL)) log_set_level(log_level_of(config_cstr(CONFIG_LOG_LEVEL)));
    return run(command, argc - 1, argv + 1);
}

int main(int argc, char **argv)
{
    extract_child_main(argc, argv);
    int code = run_line(argc, argv);
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    fprintf(stderr, "careerprep: the output could not be written\n");
    return code ? code : 1;
}
