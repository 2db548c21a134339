/* Counts the calls of one process that can change files below one folder, and lets one of them go wrong.
 *
 * Loaded with LD_PRELOAD; says nothing of it to children. From the environment:
 *   FAULT_BELOW   the folder, absolute
 *   FAULT_LOG     a file that gets a line for each call: its number, its name, what it changes
 *   FAULT_AT      the number of the call that goes wrong, counted from 1; without it all go well
 *   FAULT_KIND    kill: the process is killed before the call
 *                 tear: killed after half of what was to be written, or after the call where nothing is written
 *                 once: the call fails with FAULT_ERRNO
 *                 on: it fails, and so does every call after it
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>
#include <utime.h>

enum kind { NONE, KILL, TEAR, ONCE, ON };

static char below[PATH_MAX];
static size_t below_length;
static int log_file = -1;
static long fault_at;
static enum kind kind;
static int fault_errno;
static long calls;

static void *real(const char *name) { return dlsym(RTLD_NEXT, name); }
#define REAL(type, name, ...)                                    \
    static type (*real_##name)(__VA_ARGS__);                     \
    if (!real_##name) real_##name = (type(*)(__VA_ARGS__))real(#name)

/* System calls that nothing here counts. Looked up when first needed: other libraries start before this one. */
typedef long (*system_call)(long, ...);
static system_call raw(void) {
    static system_call found;
    if (!found) found = (system_call)real("syscall");
    return found;
}

__attribute__((constructor)) static void start(void) {
    const char *value;
    if ((value = getenv("FAULT_BELOW"))) {
        snprintf(below, sizeof below, "%s", value);
        below_length = strlen(below);
    }
    if ((value = getenv("FAULT_LOG")))
        log_file = (int)raw()(SYS_openat, AT_FDCWD, value, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    if ((value = getenv("FAULT_AT"))) fault_at = atol(value);
    if ((value = getenv("FAULT_ERRNO"))) fault_errno = atoi(value);
    value = getenv("FAULT_KIND");
    if (!value) kind = NONE;
    else if (!strcmp(value, "kill")) kind = KILL;
    else if (!strcmp(value, "tear")) kind = TEAR;
    else if (!strcmp(value, "once")) kind = ONCE;
    else if (!strcmp(value, "on")) kind = ON;
    for (const char **name = (const char *[]){"LD_PRELOAD", "FAULT_BELOW", "FAULT_LOG", "FAULT_AT", "FAULT_ERRNO", "FAULT_KIND", NULL}; *name; name++)
        unsetenv(*name);
}

static void die(void) {
    raw()(SYS_kill, getpid(), SIGKILL);
    for (;;) pause();
}

/* The path behind a descriptor; nothing for a pipe, a socket or a file without a name. */
static int path_of(int file, char *path) {
    char link[64];
    snprintf(link, sizeof link, "/proc/self/fd/%d", file);
    ssize_t length = raw()(SYS_readlinkat, AT_FDCWD, link, path, PATH_MAX - 1);
    if (length <= 0 || path[0] != '/') return 0;
    path[length] = 0;
    return 1;
}

/* An absolute path, relative to a folder where it is not one already. */
static int absolute(int folder, const char *name, char *path) {
    char base[PATH_MAX];
    if (name[0] == '/') {
        snprintf(path, PATH_MAX, "%s", name);
        return 1;
    }
    if (folder == AT_FDCWD ? !getcwd(base, sizeof base) : !path_of(folder, base)) return 0;
    /* A name that is cut off lies too deep to be looked for. */
    if (snprintf(path, PATH_MAX, "%s/%s", base, name) >= PATH_MAX) return 0;
    return 1;
}

static int is_below(const char *path) {
    return below_length && !strncmp(path, below, below_length) && (path[below_length] == '/' || !path[below_length]);
}

/* What becomes of a call. */
enum fate { GO, FAIL, HALF };

static enum fate count(const char *name, const char *path, const char *other) {
    char line[3 * PATH_MAX];
    int saved = errno;
    long number = __atomic_add_fetch(&calls, 1, __ATOMIC_SEQ_CST);
    int length = snprintf(line, sizeof line, "%ld\t%s\t%s%s%s\n", number, name, path, other ? " -> " : "", other ? other : "");
    if (log_file >= 0) raw()(SYS_write, log_file, line, (size_t)length);
    errno = saved;
    if (!fault_at || number < fault_at || (number > fault_at && kind != ON)) return GO;
    switch (kind) {
    case KILL: die(); return GO;
    case TEAR: return HALF;
    case ONCE:
    case ON: errno = fault_errno; return FAIL;
    default: return GO;
    }
}

static enum fate at_path(const char *name, int folder, const char *path) {
    char whole[PATH_MAX];
    if (!path || !absolute(folder, path, whole) || !is_below(whole)) return GO;
    return count(name, whole, NULL);
}

static enum fate at_paths(const char *name, int from_folder, const char *from, int to_folder, const char *to) {
    char one[PATH_MAX], other[PATH_MAX];
    if (!from || !to || !absolute(from_folder, from, one) || !absolute(to_folder, to, other)) return GO;
    if (!is_below(one) && !is_below(other)) return GO;
    return count(name, one, other);
}

/* The path of a link is what is changed; what it holds may be anything. */
static enum fate at_file(const char *name, int file) {
    char path[PATH_MAX];
    int saved = errno;
    int known = path_of(file, path);
    errno = saved;
    return known && is_below(path) ? count(name, path, NULL) : GO;
}

/* Runs a call as its fate says. */
#define DO(decision, call)               \
    do {                                 \
        enum fate decided = (decision);  \
        if (decided == FAIL) return -1;  \
        __typeof__(call) done = call;    \
        if (decided == HALF) die();      \
        return done;                     \
    } while (0)

static int changes(int flags) {
    return (flags & O_ACCMODE) != O_RDONLY || flags & (O_CREAT | O_TRUNC);
}

static int takes_mode(int flags) { return flags & O_CREAT || (flags & O_TMPFILE) == O_TMPFILE; }

#define MODE(flags)                   \
    mode_t mode = 0;                  \
    if (takes_mode(flags)) {          \
        va_list rest;                 \
        va_start(rest, flags);        \
        mode = va_arg(rest, mode_t);  \
        va_end(rest);                 \
    }

#define OPEN(name)                                                                 \
    int name(const char *path, int flags, ...) {                                   \
        MODE(flags)                                                                \
        REAL(int, name, const char *, int, ...);                                   \
        DO(changes(flags) ? at_path("open", AT_FDCWD, path) : GO, real_##name(path, flags, mode)); \
    }
OPEN(open)
OPEN(open64)

#define OPENAT(name)                                                               \
    int name(int folder, const char *path, int flags, ...) {                       \
        MODE(flags)                                                                \
        REAL(int, name, int, const char *, int, ...);                              \
        DO(changes(flags) ? at_path("open", folder, path) : GO, real_##name(folder, path, flags, mode)); \
    }
OPENAT(openat)
OPENAT(openat64)

#define CREAT(name)                                      \
    int name(const char *path, mode_t mode) {            \
        REAL(int, name, const char *, mode_t);           \
        DO(at_path("open", AT_FDCWD, path), real_##name(path, mode)); \
    }
CREAT(creat)
CREAT(creat64)

/* The C library opens and writes these within itself: seen as they are opened. */
#define FOPEN(name)                                                                     \
    FILE *name(const char *path, const char *how) {                                     \
        REAL(FILE *, name, const char *, const char *);                                 \
        enum fate it = strpbrk(how, "wa+") ? at_path("fopen", AT_FDCWD, path) : GO;     \
        if (it == FAIL) return NULL;                                                    \
        FILE *done = real_##name(path, how);                                            \
        if (it == HALF) die();                                                          \
        return done;                                                                    \
    }
FOPEN(fopen)
FOPEN(fopen64)

int mkstemp(char *path) {
    REAL(int, mkstemp, char *);
    DO(at_path("open", AT_FDCWD, path), real_mkstemp(path));
}

char *mkdtemp(char *path) {
    REAL(char *, mkdtemp, char *);
    enum fate it = at_path("mkdir", AT_FDCWD, path);
    if (it == FAIL) return NULL;
    char *done = real_mkdtemp(path);
    if (it == HALF) die();
    return done;
}

ssize_t write(int file, const void *bytes, size_t length) {
    REAL(ssize_t, write, int, const void *, size_t);
    enum fate it = at_file("write", file);
    DO(it, real_write(file, bytes, it == HALF ? length / 2 : length));
}

#define PWRITE(name, offset_type)                                                        \
    ssize_t name(int file, const void *bytes, size_t length, offset_type offset) {       \
        REAL(ssize_t, name, int, const void *, size_t, offset_type);                     \
        enum fate it = at_file("write", file);                                           \
        DO(it, real_##name(file, bytes, it == HALF ? length / 2 : length, offset));      \
    }
PWRITE(pwrite, off_t)
PWRITE(pwrite64, off64_t)

ssize_t writev(int file, const struct iovec *parts, int number) {
    REAL(ssize_t, writev, int, const struct iovec *, int);
    enum fate it = at_file("write", file);
    DO(it, real_writev(file, parts, it == HALF ? number / 2 : number));
}

#define PWRITEV(name, offset_type)                                                       \
    ssize_t name(int file, const struct iovec *parts, int number, offset_type offset) {  \
        REAL(ssize_t, name, int, const struct iovec *, int, offset_type);                \
        enum fate it = at_file("write", file);                                           \
        DO(it, real_##name(file, parts, it == HALF ? number / 2 : number, offset));      \
    }
PWRITEV(pwritev, off_t)
PWRITEV(pwritev64, off64_t)

ssize_t copy_file_range(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t length, unsigned flags) {
    REAL(ssize_t, copy_file_range, int, off64_t *, int, off64_t *, size_t, unsigned);
    DO(at_file("write", to), real_copy_file_range(from, from_offset, to, to_offset, length, flags));
}

#define SENDFILE(name, offset_type)                                        \
    ssize_t name(int to, int from, offset_type *offset, size_t length) {   \
        REAL(ssize_t, name, int, int, offset_type *, size_t);              \
        DO(at_file("write", to), real_##name(to, from, offset, length));   \
    }
SENDFILE(sendfile, off_t)
SENDFILE(sendfile64, off64_t)

ssize_t splice(int from, off64_t *from_offset, int to, off64_t *to_offset, size_t length, unsigned flags) {
    REAL(ssize_t, splice, int, off64_t *, int, off64_t *, size_t, unsigned);
    DO(at_file("write", to), real_splice(from, from_offset, to, to_offset, length, flags));
}

#define FILE_CALL(name, label, parameters, types, arguments)    \
    int name parameters {                                       \
        REAL(int, name, types);                                 \
        DO(at_file(label, file), real_##name arguments);        \
    }
#define TYPES(...) __VA_ARGS__
FILE_CALL(ftruncate, "truncate", (int file, off_t length), TYPES(int, off_t), (file, length))
FILE_CALL(ftruncate64, "truncate", (int file, off64_t length), TYPES(int, off64_t), (file, length))
FILE_CALL(fallocate, "truncate", (int file, int how, off_t offset, off_t length), TYPES(int, int, off_t, off_t), (file, how, offset, length))
FILE_CALL(fallocate64, "truncate", (int file, int how, off64_t offset, off64_t length), TYPES(int, int, off64_t, off64_t), (file, how, offset, length))
FILE_CALL(fchmod, "chmod", (int file, mode_t mode), TYPES(int, mode_t), (file, mode))
FILE_CALL(fchown, "chown", (int file, uid_t user, gid_t group), TYPES(int, uid_t, gid_t), (file, user, group))
FILE_CALL(futimens, "utime", (int file, const struct timespec times[2]), TYPES(int, const struct timespec *), (file, times))
FILE_CALL(futimes, "utime", (int file, const struct timeval times[2]), TYPES(int, const struct timeval *), (file, times))
FILE_CALL(fsync, "fsync", (int file), TYPES(int), (file))
FILE_CALL(fdatasync, "fsync", (int file), TYPES(int), (file))

/* Gives the error instead of setting it. */
#define POSIX_FALLOCATE(name, offset_type)                                   \
    int name(int file, offset_type offset, offset_type length) {             \
        REAL(int, name, int, offset_type, offset_type);                      \
        enum fate it = at_file("truncate", file);                            \
        if (it == FAIL) return errno;                                        \
        int done = real_##name(file, offset, length);                        \
        if (it == HALF) die();                                               \
        return done;                                                         \
    }
POSIX_FALLOCATE(posix_fallocate, off_t)
POSIX_FALLOCATE(posix_fallocate64, off64_t)

#define PATH_CALL(name, label, parameters, types, arguments)              \
    int name parameters {                                                 \
        REAL(int, name, types);                                           \
        DO(at_path(label, AT_FDCWD, path), real_##name arguments);        \
    }
PATH_CALL(mkdir, "mkdir", (const char *path, mode_t mode), TYPES(const char *, mode_t), (path, mode))
PATH_CALL(unlink, "unlink", (const char *path), TYPES(const char *), (path))
PATH_CALL(rmdir, "rmdir", (const char *path), TYPES(const char *), (path))
PATH_CALL(remove, "unlink", (const char *path), TYPES(const char *), (path))
PATH_CALL(truncate, "truncate", (const char *path, off_t length), TYPES(const char *, off_t), (path, length))
PATH_CALL(truncate64, "truncate", (const char *path, off64_t length), TYPES(const char *, off64_t), (path, length))
PATH_CALL(chmod, "chmod", (const char *path, mode_t mode), TYPES(const char *, mode_t), (path, mode))
PATH_CALL(chown, "chown", (const char *path, uid_t user, gid_t group), TYPES(const char *, uid_t, gid_t), (path, user, group))
PATH_CALL(lchown, "chown", (const char *path, uid_t user, gid_t group), TYPES(const char *, uid_t, gid_t), (path, user, group))
PATH_CALL(mknod, "mknod", (const char *path, mode_t mode, dev_t device), TYPES(const char *, mode_t, dev_t), (path, mode, device))
PATH_CALL(mkfifo, "mknod", (const char *path, mode_t mode), TYPES(const char *, mode_t), (path, mode))
PATH_CALL(utime, "utime", (const char *path, const struct utimbuf *times), TYPES(const char *, const struct utimbuf *), (path, times))
PATH_CALL(utimes, "utime", (const char *path, const struct timeval times[2]), TYPES(const char *, const struct timeval *), (path, times))
PATH_CALL(lutimes, "utime", (const char *path, const struct timeval times[2]), TYPES(const char *, const struct timeval *), (path, times))

#define FOLDER_CALL(name, label, parameters, types, arguments)          \
    int name parameters {                                               \
        REAL(int, name, types);                                         \
        DO(at_path(label, folder, path), real_##name arguments);        \
    }
FOLDER_CALL(mkdirat, "mkdir", (int folder, const char *path, mode_t mode), TYPES(int, const char *, mode_t), (folder, path, mode))
FOLDER_CALL(unlinkat, flags & AT_REMOVEDIR ? "rmdir" : "unlink", (int folder, const char *path, int flags), TYPES(int, const char *, int), (folder, path, flags))
FOLDER_CALL(fchmodat, "chmod", (int folder, const char *path, mode_t mode, int flags), TYPES(int, const char *, mode_t, int), (folder, path, mode, flags))
FOLDER_CALL(fchownat, "chown", (int folder, const char *path, uid_t user, gid_t group, int flags), TYPES(int, const char *, uid_t, gid_t, int), (folder, path, user, group, flags))
FOLDER_CALL(mknodat, "mknod", (int folder, const char *path, mode_t mode, dev_t device), TYPES(int, const char *, mode_t, dev_t), (folder, path, mode, device))

/* Without a path it is the descriptor itself whose times are set; the header says that there always is one. */
int utimensat(int folder, const char *path, const struct timespec times[2], int flags) {
    REAL(int, utimensat, int, const char *, const struct timespec *, int);
    const char *volatile given = path;
    DO(given ? at_path("utime", folder, path) : at_file("utime", folder), real_utimensat(folder, path, times, flags));
}

int rename(const char *from, const char *to) {
    REAL(int, rename, const char *, const char *);
    DO(at_paths("rename", AT_FDCWD, from, AT_FDCWD, to), real_rename(from, to));
}

int renameat(int from_folder, const char *from, int to_folder, const char *to) {
    REAL(int, renameat, int, const char *, int, const char *);
    DO(at_paths("rename", from_folder, from, to_folder, to), real_renameat(from_folder, from, to_folder, to));
}

int renameat2(int from_folder, const char *from, int to_folder, const char *to, unsigned flags) {
    REAL(int, renameat2, int, const char *, int, const char *, unsigned);
    DO(at_paths("rename", from_folder, from, to_folder, to), real_renameat2(from_folder, from, to_folder, to, flags));
}

int link(const char *from, const char *to) {
    REAL(int, link, const char *, const char *);
    DO(at_paths("link", AT_FDCWD, from, AT_FDCWD, to), real_link(from, to));
}

int linkat(int from_folder, const char *from, int to_folder, const char *to, int flags) {
    REAL(int, linkat, int, const char *, int, const char *, int);
    DO(at_paths("link", from_folder, from, to_folder, to), real_linkat(from_folder, from, to_folder, to, flags));
}

int symlink(const char *target, const char *path) {
    REAL(int, symlink, const char *, const char *);
    DO(at_path("symlink", AT_FDCWD, path), real_symlink(target, path));
}

int symlinkat(const char *target, int folder, const char *path) {
    REAL(int, symlinkat, const char *, int, const char *);
    DO(at_path("symlink", folder, path), real_symlinkat(target, folder, path));
}

/* Calls that bypass the functions above. */
long syscall(long number, ...) {
    va_list rest;
    long a[6];
    va_start(rest, number);
    for (int i = 0; i < 6; i++) a[i] = va_arg(rest, long);
    va_end(rest);
    enum fate it = GO;
    switch (number) {
    case SYS_renameat2: it = at_paths("rename", (int)a[0], (const char *)a[1], (int)a[2], (const char *)a[3]); break;
    case SYS_copy_file_range: it = at_file("write", (int)a[2]); break;
    case SYS_pwritev2: it = at_file("write", (int)a[0]); break;
#ifdef SYS_openat2
    /* The flags are the first member of `struct open_how`. */
    case SYS_openat2: it = changes((int)*(unsigned long long *)a[2]) ? at_path("open", (int)a[0], (const char *)a[1]) : GO; break;
#endif
#ifdef SYS_fchmodat2
    case SYS_fchmodat2: it = at_path("chmod", (int)a[0], (const char *)a[1]); break;
#endif
    default: break;
    }
    DO(it, raw()(number, a[0], a[1], a[2], a[3], a[4], a[5]));
}
