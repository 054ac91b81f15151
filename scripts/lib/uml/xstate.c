/*
 * Loaded into linux.uml by LD_PRELOAD on machines whose CPU has AMX (the tile registers of newer Xeons).
 *
 * User Mode Linux keeps a process's vector registers in a buffer of fixed size, 2,696 bytes (arch/x86/um/user-offsets.c,
 * before Linux 6.14), and gives them back with ptrace(PTRACE_SETREGSET, NT_X86_XSTATE). With AMX the whole set is 11,008
 * bytes, and a kernel takes the whole or nothing (arch/x86/kernel/fpu/regset.c): EFAULT, on which User Mode Linux panics
 * with "ptrace set fp regs failed, errno = 14". This puts what it gives over the whole set that the process has, and
 * sets that. The tiles are never in use there: a process has to ask for them (arch_prctl), and User Mode Linux refuses.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum { PEEK_LAST = 3, GET_REGSET = 0x4204, SET_REGSET = 0x4205, NT_X86_XSTATE = 0x202 };

static char whole[1 << 16] __attribute__((aligned(64)));

long ptrace(int request, ...) {
  va_list list;
  va_start(list, request);
  long pid = va_arg(list, long), address = va_arg(list, long);
  struct iovec *part = va_arg(list, struct iovec *);
  va_end(list);
  /* The C library's wrapper returns the word that the system call stores (ptrace(2)). */
  if (request > 0 && request <= PEEK_LAST) {
    long word;
    if (syscall(SYS_ptrace, (long)request, pid, address, &word) < 0) return -1;
    errno = 0;
    return word;
  }
  long answer = syscall(SYS_ptrace, (long)request, pid, address, part);
  if (answer == 0 || request != SET_REGSET || address != NT_X86_XSTATE || errno != EFAULT) return answer;
  struct iovec all = {whole, sizeof whole};
  if (syscall(SYS_ptrace, (long)GET_REGSET, pid, address, &all) < 0) return -1;
  memcpy(whole, part->iov_base, part->iov_len < all.iov_len ? part->iov_len : all.iov_len);
  return syscall(SYS_ptrace, (long)SET_REGSET, pid, address, &all);
}
