/* A temporary folder as working directory, removed by test_folder_leave. */
#pragma once
#include "base/str.h"

#include <fcntl.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static char test_folder[64];
static int test_folder_before = -1;

static inline bool test_folder_enter(void)
{
    snprintf(test_folder, sizeof test_folder, "/tmp/careerprep-test.XXXXXX");
    test_folder_before = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    return test_folder_before >= 0 && mkdtemp(test_folder) && chdir(test_folder) == 0;
}

static inline int test_folder_remove_one(const char *path, const struct stat *info, int kind, struct FTW *place)
{
    (void)info, (void)kind, (void)place;
    return remove(path);
}

static inline bool test_folder_leave(void)
{
    bool back = fchdir(test_folder_before) == 0;
    close(test_folder_before);
    return back && nftw(test_folder, test_folder_remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0;
}

static inline bool test_folder_write(const char *path, struct str content)
{
    FILE *file = fopen(path, "wb");
    bool written = file && (content.len == 0 || fwrite(content.ptr, 1, content.len, file) == content.len);
    return file && fclose(file) == 0 && written;
}
