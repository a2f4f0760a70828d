/* What the system says of this process, from /proc (proc_pid_stat(5)), under the names that all exporters use. */
#include "base/arena.h"
#include "base/file.h"
#include "base/metrics.h"
#include "features/metrics/metrics.h"

#include <dirent.h>
#include <sys/resource.h>
#include <unistd.h>

#define STAT_MAX 8192
#define STAT_STARTED 20 /* fields of /proc/self/stat behind the program's name, the first is 1 */
#define STAT_RESIDENT 22

static void write_real(struct buf *out, const char *name, const char *type, const char *help, double value)
{
    metrics_family(out, name, type, help);
    metrics_sample_real(out, name, NO_LABELS, value);
}

static void write_int(struct buf *out, const char *name, const char *help, int64_t value)
{
    metrics_family(out, name, "gauge", help);
    metrics_sample(out, name, NO_LABELS, value);
}

/* The name is in parentheses and may have any byte in it, so fields are counted from the last one. */
static bool read_stat(struct arena *arena, int64_t *started_ticks, int64_t *resident_pages)
{
    struct str stat, field;
    size_t end = STR_NPOS;
    if (file_read(arena, "/proc/self/stat", STAT_MAX, &stat) != OK) return false;
    for (size_t at = 0; (at = str_find_char(stat, ')', at)) != STR_NPOS; at++) end = at;
    if (end == STR_NPOS || end + 2 >= stat.len) return false;
    struct str rest = str_slice(stat, end + 2, stat.len);
    bool has_started = false, has_resident = false;
    for (int number = 1; str_split_next(&rest, ' ', &field); number++) {
        if (number == STAT_STARTED) has_started = str_to_int(field, started_ticks) == OK;
        if (number == STAT_RESIDENT) has_resident = str_to_int(field, resident_pages) == OK;
    }
    return has_started && has_resident;
}

/* When the system started, in seconds since 1970. */
static bool read_boot(struct arena *arena, int64_t *seconds)
{
    struct str stat, line;
    if (file_read(arena, "/proc/stat", (size_t)1 << 20, &stat) != OK) return false;
    while (str_split_next(&stat, '\n', &line))
        if (str_starts(line, STR("btime "))) return str_to_int(str_slice(line, 6, line.len), seconds) == OK;
    return false;
}

static int64_t count_open_files(void)
{
    DIR *files = opendir("/proc/self/fd");
    int64_t count = -3; /* "." and "..", and the folder itself */
    if (!files) return -1;
    while (readdir(files)) count++;
    closedir(files);
    return count;
}

void metrics_write_process(struct buf *out)
{
    struct arena arena CLEANUP(arena_dispose) = {0};
    struct rusage used;
    struct rlimit limit;
    int64_t started = 0, resident = 0, boot = 0, open_files = count_open_files();
    bool has_stat = read_stat(&arena, &started, &resident);
    if (getrusage(RUSAGE_SELF, &used) == 0)
        write_real(out, "process_cpu_seconds_total", "counter", "CPU time of user and system.",
                   (double)(used.ru_utime.tv_sec + used.ru_stime.tv_sec) + (double)(used.ru_utime.tv_usec + used.ru_stime.tv_usec) / 1e6);
    if (has_stat) write_int(out, "process_resident_memory_bytes", "Resident memory.", resident * sysconf(_SC_PAGESIZE));
    if (has_stat && read_boot(&arena, &boot))
        write_real(out, "process_start_time_seconds", "gauge", "When the process started, since 1970.", (double)boot + (double)started / (double)sysconf(_SC_CLK_TCK));
    if (open_files >= 0) write_int(out, "process_open_fds", "Open files and sockets.", open_files);
    if (getrlimit(RLIMIT_NOFILE, &limit) == 0 && limit.rlim_cur != RLIM_INFINITY)
        write_int(out, "process_max_fds", "The most open files and sockets.", (int64_t)limit.rlim_cur);
}
