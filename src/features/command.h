/* What subcommands share: the store, the exit codes, the options that every one of them has.
 *
 * Exit codes: 0 success, 1 failure (one line on standard error says why), 2 wrong usage. With --json one document goes to standard
 * output and nothing else does.
 */
#pragma once
#include "base/arena.h"
#include "base/buf.h"
#include "db/db.h"

/* Options of one subcommand, taken out of its arguments; what is left are the operands, in order. */
struct command_options {
    bool json;
    bool password_stdin;
    bool admin;
    bool force;
    bool no_worker;
    bool dry_run;
    bool verify;
    bool listens; /* --listen was given, and is in the configuration */
    const char *to; /* --to WHERE; NULL unless given */
    int64_t top;          /* --top N, 0 unless given */
    int64_t jobs;         /* --jobs N, 0 unless given */
    int64_t finished, waiting; /* --finished N, --waiting N, 0 unless given */
    const char *operands[8];
    int operands_count;
};

/* Reads --json, --data DIR, --top N, --jobs N, --finished N, --waiting N, --admin, --password-stdin, --force, --no-worker, --dry-run, --verify, --to WHERE, --listen and the operands, of which there must be `least` to
 * `most`. False after printing what was wrong: return 2. Applies --data to the configuration. */
bool command_parse(int argc, char **argv, int least, int most, struct command_options *options);

/* Opens the store of the configuration and applies missing migrations and the catalogue. Close with db_pool_close. */
enum err command_open_store(struct db_pool **pool, size_t connections) MUST_CHECK;

/* Prints "careerprep: detail" and returns 1. */
int command_failed(enum err error);
/* Prints the document and a line break to standard output and returns 0, or 1 when it could not be written. */
int command_print_json(struct buf *document);
