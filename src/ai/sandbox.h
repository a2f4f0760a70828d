/* Locks the calling process in before it reads a hostile file: a process started for just that, never the server itself.
 *
 * In this order: an empty network of its own where the kernel allows it, another user than root, Landlock (no file but the ones a
 * program needs to start, no TCP, no signals to others), limits, seccomp (an allow list; everything else answers EPERM).
 * What this machine lacks is left out and said by sandbox_name; without seccomp nothing is read at all.
 */
#pragma once
#include "base/err.h"

struct sandbox_limits {
    size_t memory;        /* bytes of address space; under AddressSanitizer on top of what it reserves */
    unsigned cpu_seconds; /* SIGXCPU ends the process after them */
};
#define SANDBOX_LIMITS ((struct sandbox_limits){.memory = (size_t)512 << 20, .cpu_seconds = 20})

/* Enters the sandbox for good. With `program` the process may become that one program and read the libraries it needs; with NULL it may
 * only read and write the descriptors it has. ERR_UNAVAILABLE when seccomp is missing. The process must have one thread. */
enum err sandbox_enter(const char *program, struct sandbox_limits limits) MUST_CHECK;

/* What holds on this machine: "Landlock and seccomp", "seccomp", "none". */
const char *sandbox_name(void);
