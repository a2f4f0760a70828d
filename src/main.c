/* careerprep: the command table. Commands of the house stand in src/commands, the others in their features. */
#include "ai/extract_child.h"
#include "agents/registry.h"
#include "base/config.h"
#include "base/log.h"
#include "commands/commands.h"

#include <stdio.h>
#include <string.h>

#define WORDS_MAX 2

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

static bool print_line(const struct command *command, int argc, char **argv)
{
    (void)argc;
    (void)argv;
    char left[96];
    snprintf(left, sizeof(left), "%s %s", command->name, command->usage);
    printf("  %-52s %s\n", left, command->summary);
    return false;
}

static void print_help(void)
{
    printf("Career Prep: prepares people for work and proves what they can do.\n\nUsage: careerprep COMMAND [OPTIONS]\n\n");
    (void)find(print_line, 0, NULL);
    printf("\nEvery command takes --data DIR and --help. Settings come from the environment or a file named .env;\n"
           "`careerprep config` lists them.\n");
}

static bool asks_for_help(int argc, char **argv)
{
    for (int i = 0; i < argc && strcmp(argv[i], "--") != 0; i++)
        if (strcmp(argv[i], "--help") == 0) return true;
    return false;
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

int main(int argc, char **argv)
{
    extract_child_main(argc, argv);
    if (argc < 2 || strcmp(argv[1], "help") == 0 || strcmp(argv[1], "--help") == 0) {
        print_help();
        return argc < 2 ? 2 : 0;
    }
    const struct command *command = find(matches, argc - 1, argv + 1);
    if (!command) {
        fprintf(stderr, "careerprep: no command '%s' (see careerprep --help)\n", argv[1]);
        return 2;
    }
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
    if (config_is_set(CONFIG_LOG_LEVEL)) log_set_level(log_level_of(config_cstr(CONFIG_LOG_LEVEL)));
    int code = run(command, argc - 1, argv + 1);
    if (fflush(stdout) == 0 && !ferror(stdout)) return code;
    fprintf(stderr, "careerprep: the output could not be written\n");
    return code ? code : 1;
}
