/* Files: limits when reading, and never half a file after writing. */
#include "test.h"

#include "base/file.h"
#include "folder.h"

#include <dirent.h>

static struct arena arena;

static size_t files_here(void)
{
    size_t count = 0;
    DIR *folder = opendir(".");
    for (struct dirent *entry; folder && (entry = readdir(folder));) count += entry->d_name[0] != '.';
    if (folder) closedir(folder);
    return count;
}

TEST(reads_within_the_limit)
{
    REQUIRE(test_folder_enter());
    struct str content;
    CHECK(test_folder_write("a", STR("hello\0world")));
    CHECK_OK(file_read(&arena, "a", 11, &content));
    CHECK_STR(content, STR("hello\0world"));
    CHECK_INT(file_read(&arena, "a", 10, &content), ERR_TOO_LARGE);
    CHECK(test_folder_write("empty", STR("")));
    CHECK_OK(file_read(&arena, "empty", 0, &content));
    CHECK_INT(content.len, 0);
    CHECK_INT(file_read(&arena, "missing", 10, &content), ERR_NOT_FOUND);
    CHECK_INT(file_read(&arena, "a/b", 10, &content), ERR_NOT_FOUND);
    CHECK_INT(file_read(&arena, ".", 10, &content), ERR_IO);
    CHECK(strstr(err_detail(), ".") != NULL);
    CHECK(test_folder_leave());
    arena_dispose(&arena);
}

TEST(reads_what_has_no_size_beforehand)
{
    struct str content;
    CHECK_OK(file_read(&arena, "/proc/self/status", 1 << 20, &content));
    CHECK(content.len > 100);
    CHECK_INT(file_read(&arena, "/dev/zero", 100000, &content), ERR_TOO_LARGE);
    arena_dispose(&arena);
}

TEST(reads_standard_input)
{
    REQUIRE(test_folder_enter());
    struct str content = {0};
    CHECK(test_folder_write("in", STR("from a pipe")));
    int saved = dup(STDIN_FILENO), fd = open("in", O_RDONLY);
    dup2(fd, STDIN_FILENO);
    CHECK_OK(file_read_stdin(&arena, 100, &content));
    CHECK_STR(content, "from a pipe");
    lseek(STDIN_FILENO, 0, SEEK_SET);
    CHECK_INT(file_read_stdin(&arena, 3, &content), ERR_TOO_LARGE);
    dup2(saved, STDIN_FILENO);
    close(saved);
    close(fd);
    CHECK(test_folder_leave());
    arena_dispose(&arena);
}

TEST(writes_replace_the_whole_file)
{
    REQUIRE(test_folder_enter());
    struct str content;
    CHECK_OK(file_write("a", STR("a long first content")));
    int old = open("a", O_RDONLY);
    CHECK_OK(file_write("a", STR("second")));
    CHECK_OK(file_read(&arena, "a", 100, &content));
    CHECK_STR(content, "second");
    char before[64] = {0}; /* who had it open still sees the whole old file: it was replaced, not written over */
    CHECK(read(old, before, sizeof before - 1) == 20);
    CHECK_STR(before, "a long first content");
    close(old);
    CHECK_OK(file_write("empty", STR("")));
    CHECK_INT(files_here(), 2);
    CHECK_INT(file_write("missing/a", STR("x")), ERR_NOT_FOUND);
    CHECK_OK(file_make_dirs("folder"));
    CHECK_INT(file_write("folder", STR("x")), ERR_IO);
    CHECK_INT(files_here(), 3); /* nothing is left beside the target */
    struct stat info;
    CHECK(stat("a", &info) == 0 && (info.st_mode & 0777) == 0600);
    CHECK(test_folder_leave());
    arena_dispose(&arena);
}

TEST(makes_folders_with_parents)
{
    REQUIRE(test_folder_enter());
    struct stat info;
    CHECK_OK(file_make_dirs("a/b//c/"));
    CHECK(stat("a/b/c", &info) == 0 && S_ISDIR(info.st_mode) && (info.st_mode & 0777) == 0700);
    CHECK_OK(file_make_dirs("a/b/c"));
    CHECK_OK(file_make_dirs("./a"));
    CHECK_OK(file_make_dirs("/"));
    CHECK(test_folder_write("plain", STR("x")));
    CHECK_INT(file_make_dirs("plain"), ERR_CONFLICT);
    CHECK(file_make_dirs("plain/x") != OK);
    CHECK(file_make_dirs("") != OK);
    CHECK(test_folder_leave());
}
