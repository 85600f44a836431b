/* An fsync that fails as a broken disk's does, while the file named by PLANNED_FSYNC_FAILS exists. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

static int failing(void) {
    const char *flag = getenv("PLANNED_FSYNC_FAILS");
    return flag != NULL && access(flag, F_OK) == 0;
}

static int pass(const char *name, int file) {
    int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
    if (failing()) {
        errno = EIO;
        return -1;
    }
    return real(file);
}

int fsync(int file) { return pass("fsync", file); }
int fdatasync(int file) { return pass("fdatasync", file); }
