package dev.paddock.sandbox;

import java.util.Locale;
import java.util.OptionalInt;

/**
 * The system calls that the filter looks at, with their numbers; −1 where an architecture has none.
 * Numbers: {@code arch/x86/entry/syscalls/syscall_64.tbl} and {@code
 * include/uapi/asm-generic/unistd.h} of Linux.
 */
enum Syscall {
  OPEN(2, -1),
  IOCTL(16, 29),
  SOCKET(41, 198),
  SOCKETPAIR(53, 199),
  CLONE(56, 220),
  CREAT(85, -1),
  CHMOD(90, -1),
  FCHMOD(91, 52),
  PTRACE(101, 117),
  SYSLOG(103, 116),
  MKNOD(133, -1),
  USELIB(134, -1),
  PERSONALITY(135, 92),
  USTAT(136, -1),
  SYSFS(139, -1),
  VHANGUP(153, 58),
  MODIFY_LDT(154, -1),
  PIVOT_ROOT(155, 41),
  SYSCTL(156, -1),
  ADJTIMEX(159, 171),
  CHROOT(161, 51),
  ACCT(163, 89),
  SETTIMEOFDAY(164, 170),
  MOUNT(165, 40),
  UMOUNT2(166, 39),
  SWAPON(167, 224),
  SWAPOFF(168, 225),
  REBOOT(169, 142),
  IOPL(172, -1),
  IOPERM(173, -1),
  CREATE_MODULE(174, -1),
  INIT_MODULE(175, 105),
  DELETE_MODULE(176, 106),
  QUERY_MODULE(178, -1),
  QUOTACTL(179, 60),
  NFSSERVCTL(180, 42),
  LOOKUP_DCOOKIE(212, 18),
  CLOCK_SETTIME(227, 112),
  KEXEC_LOAD(246, 104),
  ADD_KEY(248, 217),
  REQUEST_KEY(249, 218),
  KEYCTL(250, 219),
  MIGRATE_PAGES(256, 238),
  OPENAT(257, 56),
  MKNODAT(259, 33),
  FCHMODAT(268, 53),
  UNSHARE(272, 97),
  MOVE_PAGES(279, 239),
  PERF_EVENT_OPEN(298, 241),
  FANOTIFY_INIT(300, 262),
  OPEN_BY_HANDLE_AT(304, 265),
  CLOCK_ADJTIME(305, 266),
  SETNS(308, 268),
  PROCESS_VM_READV(310, 270),
  PROCESS_VM_WRITEV(311, 271),
  KCMP(312, 272),
  FINIT_MODULE(313, 273),
  KEXEC_FILE_LOAD(320, 294),
  BPF(321, 280),
  USERFAULTFD(323, 282),
  IO_URING_SETUP(425, 425),
  IO_URING_ENTER(426, 426),
  IO_URING_REGISTER(427, 427),
  OPEN_TREE(428, 428),
  MOVE_MOUNT(429, 429),
  FSOPEN(430, 430),
  FSCONFIG(431, 431),
  FSMOUNT(432, 432),
  FSPICK(433, 433),
  CLONE3(435, 435),
  OPENAT2(437, 437),
  PIDFD_GETFD(438, 438),
  PROCESS_MADVISE(440, 440),
  MOUNT_SETATTR(442, 442),
  QUOTACTL_FD(443, 443),
  MEMFD_SECRET(447, 447),
  FCHMODAT2(452, 452);

  /** {@code mseal}, Linux 6.10: what came later is not known to this filter. */
  static final int HIGHEST_KNOWN = 462;

  /** Set in the number of a call of the x32 ABI, which shares the token of x86-64. */
  static final int X32_BIT = 0x4000_0000;

  private final int x86;
  private final int arm;

  Syscall(int x86, int arm) {
    this.x86 = x86;
    this.arm = arm;
  }

  OptionalInt number(Architecture architecture) {
    int number =
        switch (architecture) {
          case X86_64 -> x86;
          case AARCH64 -> arm;
        };
    return number < 0 ? OptionalInt.empty() : OptionalInt.of(number);
  }

  /** As the kernel spells it. */
  String kernelName() {
    return this == SYSCTL ? "_sysctl" : name().toLowerCase(Locale.ROOT);
  }
}
