/* Standard error of a piece of a test, as text: capture_begin, then capture_end gives what was written in between. */
#pragma once
#include "base/str.h"

#include <stdio.h>
#include <unistd.h>

static FILE *capture_file;
static int capture_saved;

static inline void capture_begin(void)
{
    fflush(stderr);
    capture_file = tmpfile();
    capture_saved = dup(STDERR_FILENO);
    if (capture_file) dup2(fileno(capture_file), STDERR_FILENO);
}

static inline struct str capture_end(void)
{
    static char text[65536];
    size_t len = 0;
    fflush(stderr);
    dup2(capture_saved, STDERR_FILENO);
    close(capture_saved);
    if (capture_file) {
        rewind(capture_file);
        len = fread(text, 1, sizeof text, capture_file);
        fclose(capture_file);
    }
    return (struct str){text, len};
}
