/* Whole files, small ones. */
#pragma once
#include "base/buf.h"

/* Reads a whole file into the arena. ERR_NOT_FOUND, ERR_TOO_LARGE above `max` bytes, ERR_IO. */
enum err file_read(struct arena *arena, const char *path, size_t max, struct str *content) MUST_CHECK;
/* Reads standard input to its end. */
enum err file_read_stdin(struct arena *arena, size_t max, struct str *content) MUST_CHECK;
/* Writes beside the target, syncs and renames: the old or the new content, never a half. */
enum err file_write(const char *path, struct str content) MUST_CHECK;
/* Makes the directory (0700) with its parents; fine when it is there. */
enum err file_make_dirs(const char *path) MUST_CHECK;
