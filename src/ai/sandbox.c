/* Design in sandbox.h. Landlock has no C library wrapper, so its three system calls stand here (landlock(7)); filters are built by
 * libseccomp, exported as BPF and loaded by hand, so that nothing is allocated after the memory limit is set. */
#include "ai/sandbox.h"

#include "base/str.h"

#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <link.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <termios.h>
#include <unistd.h>

#define NOBODY 65534
#define DESCRIPTORS_MAX 64

/* Rights added after the first version, by number: the header of the building machine may be older than the kernel. */
#define FS_RIGHTS_V1 ((1ULL << 13) - 1)
#define FS_REFER (1ULL << 13)     /* version 2 */
#define FS_TRUNCATE (1ULL << 14)  /* version 3 */
#define FS_IOCTL_DEV (1ULL << 15) /* version 5 */
#define NET_TCP 3ULL              /* version 4: bind and connect */
#define SCOPES 3ULL               /* version 6: abstract sockets and signals */

struct ruleset_attributes {
    uint64_t fs, net, scoped;
};

static long landlock_version(void) { return syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION); }

const char *sandbox_name(void)
{
    bool has_seccomp = prctl(PR_GET_SECCOMP, 0, 0, 0, 0) >= 0;
    if (!has_seccomp) return "none";
    return landlock_version() > 0 ? "Landlock and seccomp" : "seccomp";
}

/* --- files -------------------------------------------------------------------------------------------------------------------- */

static enum err allow_path(int ruleset, const char *path, uint64_t rights)
{
    int fd = open(path, O_PATH | O_CLOEXEC);
    if (fd < 0) return errno == ENOENT ? OK : err_set(ERR_UNAVAILABLE, "%s: %s", path, strerror(errno));
    struct stat info;
    if (fstat(fd, &info) == 0 && !S_ISDIR(info.st_mode)) rights &= ~(uint64_t)LANDLOCK_ACCESS_FS_READ_DIR;
    struct landlock_path_beneath_attr rule = {.allowed_access = rights, .parent_fd = fd};
    long added = syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &rule, 0);
    close(fd);
    return added == 0 ? OK : err_set(ERR_UNAVAILABLE, "Landlock refuses a rule: %s", strerror(errno));
}

/* The dynamic loader of this program is the loader of every program here. */
static int find_loader(struct dl_phdr_info *info, size_t size, void *found)
{
    (void)size;
    for (int i = 0; i < info->dlpi_phnum; i++)
        if (info->dlpi_phdr[i].p_type == PT_INTERP) *(const char **)found = (const char *)(info->dlpi_addr + info->dlpi_phdr[i].p_vaddr);
    return 1; /* the first entry is the program itself */
}

static enum err allow_program(int ruleset, const char *program)
{
    static const char *const libraries[] = {"/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache", "/usr/share/poppler"};
    const uint64_t reading = LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
    const char *loader = NULL;
    dl_iterate_phdr(find_loader, &loader);
    TRY(allow_path(ruleset, program, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE));
    if (loader) TRY(allow_path(ruleset, loader, LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_EXECUTE));
    for (size_t i = 0; i < COUNT_OF(libraries); i++) TRY(allow_path(ruleset, libraries[i], reading));
    return OK;
}

static enum err restrict_files(const char *program)
{
    long version = landlock_version();
    if (version < 1) return OK; /* said by sandbox_name */
    struct ruleset_attributes attributes = {.fs = FS_RIGHTS_V1};
    if (version >= 2) attributes.fs |= FS_REFER;
    if (version >= 3) attributes.fs |= FS_TRUNCATE;
    if (version >= 4) attributes.net = NET_TCP;
    if (version >= 5) attributes.fs |= FS_IOCTL_DEV;
    if (version >= 6) attributes.scoped = SCOPES;
    size_t size = version >= 6 ? sizeof(attributes) : version >= 4 ? 2 * sizeof(uint64_t) : sizeof(uint64_t);
    int ruleset = (int)syscall(SYS_landlock_create_ruleset, &attributes, size, 0);
    if (ruleset < 0) return err_set(ERR_UNAVAILABLE, "Landlock cannot be set up: %s", strerror(errno));
    enum err result = program ? allow_program(ruleset, program) : OK;
    if (result == OK && syscall(SYS_landlock_restrict_self, ruleset, 0) != 0)
        result = err_set(ERR_UNAVAILABLE, "Landlock cannot be entered: %s", strerror(errno));
    close(ruleset);
    return result;
}

/* --- system calls ------------------------------------------------------------------------------------------------------------- */

/* What a C or C++ program needs to compute and to read and write open descriptors. */
static const char *const calls_of_all[] = {
    "read",         "readv",         "pread64",       "write",           "writev",        "close",           "lseek",       "fstat",
    "newfstatat",   "statx",         "brk",           "munmap",          "mremap",        "madvise",         "exit",        "exit_group",
    "futex",        "getrandom",     "clock_gettime", "clock_getres",    "gettimeofday",  "time",            "getpid",      "gettid",
    "rt_sigaction", "rt_sigprocmask", "rt_sigreturn", "sigaltstack",     "sched_yield",   "sched_getaffinity", "restart_syscall", "set_robust_list",
    "rseq",         "uname",         "sysinfo",       "poll",            "ppoll",         "getuid",          "geteuid",     "getgid",
    "getegid",
};

/* What a program needs to start. */
static const char *const calls_to_start[] = {
    "execve", "arch_prctl", "set_tid_address", "access", "faccessat", "faccessat2", "readlink", "readlinkat", "stat", "getdents64", "getcwd", "dup",
    "membarrier",
};

static int allow_calls(scmp_filter_ctx filter, const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        int number = seccomp_syscall_resolve_name(names[i]);
        if (number == __NR_SCMP_ERROR || number < 0) continue; /* this architecture has no such call */
        int added = seccomp_rule_add(filter, SCMP_ACT_ALLOW, number, 0);
        if (added != 0) return added;
    }
    return 0;
}

static int allow_masked(scmp_filter_ctx filter, int call, unsigned argument, uint64_t mask, uint64_t value)
{
    return seccomp_rule_add(filter, SCMP_ACT_ALLOW, call, 1, SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, mask, value));
}

static int fill_filter(scmp_filter_ctx filter, bool starts_program)
{
    int bad = allow_calls(filter, calls_of_all, COUNT_OF(calls_of_all));
    bad = bad ? bad : allow_masked(filter, SCMP_SYS(prlimit64), 2, ~0ULL, 0); /* asking, not setting */
    bad = bad ? bad : allow_masked(filter, SCMP_SYS(ioctl), 1, ~0ULL, TCGETS);
    bad = bad ? bad : allow_masked(filter, SCMP_SYS(fcntl), 1, ~0ULL, F_GETFL);
    bad = bad ? bad : allow_masked(filter, SCMP_SYS(fcntl), 1, ~0ULL, F_GETFD);
    bad = bad ? bad : allow_masked(filter, SCMP_SYS(fcntl), 1, ~0ULL, F_DUPFD_CLOEXEC);
    if (bad) return bad;
    if (!starts_program) {
        bad = allow_masked(filter, SCMP_SYS(mmap), 2, PROT_EXEC, 0);
        return bad ? bad : allow_masked(filter, SCMP_SYS(mprotect), 2, PROT_EXEC, 0);
    }
    bad = allow_calls(filter, calls_to_start, COUNT_OF(calls_to_start));
    bad = bad ? bad : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 0);
    bad = bad ? bad : seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 0);
    return bad ? bad : allow_masked(filter, SCMP_SYS(openat), 2, O_ACCMODE | O_CREAT | O_TRUNC, O_RDONLY);
}

struct program_code {
    struct sock_filter instructions[1024];
    unsigned short count;
};

static enum err make_filter(bool starts_program, struct program_code *code)
{
    scmp_filter_ctx filter = seccomp_init(SCMP_ACT_ERRNO(EPERM));
    if (!filter) return err_set(ERR_UNAVAILABLE, "seccomp is not there");
    int file = memfd_create("filter", MFD_CLOEXEC);
    int bad = file < 0 ? -errno : fill_filter(filter, starts_program);
    bad = bad ? bad : seccomp_export_bpf(filter, file);
    ssize_t size = bad ? -1 : pread(file, code->instructions, sizeof(code->instructions), 0);
    struct stat info = {0};
    bool whole = size > 0 && fstat(file, &info) == 0 && info.st_size == size;
    if (file >= 0) close(file);
    seccomp_release(filter);
    if (!whole) return err_set(ERR_UNAVAILABLE, "the seccomp filter cannot be made: %s", bad ? strerror(-bad) : "too long");
    code->count = (unsigned short)((size_t)size / sizeof(struct sock_filter));
    return OK;
}

/* --- the rest ----------------------------------------------------------------------------------------------------------------- */

static void leave_network_and_root(void)
{
    /* Each is one more wall; where a container forbids it, Landlock and seccomp hold alone. */
    if (geteuid() != 0) {
        (void)!unshare(CLONE_NEWUSER | CLONE_NEWNET);
        return;
    }
    (void)!unshare(CLONE_NEWNET);
    if (setgroups(0, NULL) == 0 && setresgid(NOBODY, NOBODY, NOBODY) == 0) (void)!setresuid(NOBODY, NOBODY, NOBODY);
}

/* The sanitizers reserve terabytes before main; there the limit is on what comes on top. */
static rlim_t memory_limit(bool starts_program, size_t bytes)
{
    rlim_t limit = bytes;
#if defined(__SANITIZE_ADDRESS__)
    bool reserved = true;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
    bool reserved = true;
#else
    bool reserved = false;
#endif
#else
    bool reserved = false;
#endif
    if (starts_program || !reserved) return limit;
    unsigned long pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    char line[64] = "";
    if (file && fgets(line, sizeof(line), file)) pages = strtoul(line, NULL, 10);
    if (file) fclose(file);
    return limit + (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static enum err set_limits(rlim_t memory, rlim_t cpu_seconds)
{
    const struct {
        __rlimit_resource_t resource;
        struct rlimit limit;
    } limits[] = {
        {RLIMIT_CORE, {0, 0}},
        {RLIMIT_FSIZE, {0, 0}},
        {RLIMIT_NPROC, {1, 1}},
        {RLIMIT_NOFILE, {DESCRIPTORS_MAX, DESCRIPTORS_MAX}},
        {RLIMIT_CPU, {cpu_seconds, cpu_seconds + 1}},
        {RLIMIT_AS, {memory, memory}},
    };
    for (size_t i = 0; i < COUNT_OF(limits); i++)
        if (setrlimit(limits[i].resource, &limits[i].limit) != 0) return err_set(ERR_UNAVAILABLE, "limits cannot be set: %s", strerror(errno));
    return OK;
}

enum err sandbox_enter(const char *program, struct sandbox_limits limits)
{
    static struct program_code code;
    TRY(make_filter(program != NULL, &code));
    rlim_t memory = memory_limit(program != NULL, limits.memory);
    leave_network_and_root();
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) != 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
        return err_set(ERR_UNAVAILABLE, "privileges cannot be given up: %s", strerror(errno));
    TRY(restrict_files(program));
    TRY(set_limits(memory, limits.cpu_seconds));
    struct sock_fprog loaded = {.len = code.count, .filter = code.instructions};
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &loaded, 0, 0) != 0)
        return err_set(ERR_UNAVAILABLE, "the seccomp filter cannot be loaded: %s", strerror(errno));
    return OK;
}
