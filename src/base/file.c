/* Files. Writing goes to a neighbour that is synced and renamed over the target, and the folder is synced too: after a
 * power cut there is the old content or the new one.
 */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static void close_fd(int *fd)
{
    if (*fd >= 0) close(*fd);
}

static enum err io_error(const char *verb, const char *path)
{
    enum err code = errno == ENOENT || errno == ENOTDIR ? ERR_NOT_FOUND : ERR_IO;
    return err_set(code, "cannot %s %s: %s", verb, path, strerror(errno));
}

static enum err read_to_end(struct arena *arena, int fd, const char *path, size_t max, struct str *content)
{
    CLEANUP(buf_dispose) struct buf buf;
    buf_init(&buf, max + 1); /* one more, to see that there is more */
    char chunk[16384];
    for (;;) {
        ssize_t got = read(fd, chunk, sizeof chunk);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return io_error("read", path);
        if (got == 0) break;
        buf_append(&buf, chunk, (size_t)got);
        if (buf.overflow || buf.len > max) return err_set(ERR_TOO_LARGE, "%s is larger than %zu bytes", path, max);
    }
    *content = str_copy(arena, buf_str(&buf));
    return OK;
}

enum err file_read(struct arena *arena, const char *path, size_t max, struct str *content)
{
    CLEANUP(close_fd) int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0) return io_error("open", path);
    return read_to_end(arena, fd, path, max, content);
}

enum err file_read_stdin(struct arena *arena, size_t max, struct str *content)
{
    return read_to_end(arena, STDIN_FILENO, "standard input", max, content);
}

static bool write_all(int fd, struct str content)
{
    while (content.len) {
        ssize_t written = write(fd, content.ptr, content.len);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        content = str_slice(content, (size_t)written, content.len);
    }
    return true;
}

static enum err sync_folder_of(struct arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    size_t len = slash ? (size_t)(slash - path) : 0;
    const char *folder = !slash ? "." : len == 0 ? "/" : str_cstr(arena, (struct str){path, len});
    CLEANUP(close_fd) int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fsync(fd) < 0) return io_error("sync", folder);
    return OK;
}

enum err file_write(const char *path, struct str content)
{
    CLEANUP(arena_dispose) struct arena arena = {0};
    char *beside = str_cstr(&arena, str_format(&arena, "%s.XXXXXX", path));
    CLEANUP(close_fd) int fd = mkostemp(beside, O_CLOEXEC);
    if (fd < 0) return io_error("write", path);
    if (!write_all(fd, content) || fsync(fd) < 0 || rename(beside, path) < 0) {
        enum err error = io_error("write", path);
        unlink(beside);
        return error;
    }
    return sync_folder_of(&arena, path);
}

enum err file_make_dirs(const char *path)
{
    CLEANUP(arena_dispose) struct arena arena = {0};
    char *part = str_cstr(&arena, str_from(path));
    for (char *at = part; *at; at++) {
        bool end = at[1] == '\0' || at[1] == '/';
        if (!end || *at == '/') continue;
        char saved = at[1];
        at[1] = '\0';
        if (mkdir(part, 0700) < 0 && errno != EEXIST) return io_error("make folder", part);
        at[1] = saved;
    }
    struct stat info;
    if (stat(path, &info) < 0) return io_error("make folder", path);
    if (!S_ISDIR(info.st_mode)) return err_set(ERR_CONFLICT, "%s is there but is no folder", path);
    return OK;
}
