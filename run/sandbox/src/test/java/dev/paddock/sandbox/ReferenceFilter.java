package dev.paddock.sandbox;

import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What the filter is to answer, decided a second time: by names and values as the kernel's headers
 * have them, without the rules, the numbers' table or the program.
 */
final class ReferenceFilter {
  enum Answer {
    ALLOW(0x7FFF_0000),
    EPERM(0x0005_0001),
    ENOSYS(0x0005_0026),
    EAFNOSUPPORT(0x0005_0061),
    KILL(0x8000_0000);

    final int action;

    Answer(int action) {
      this.action = action;
    }
  }

  private static final Set<String> NOT_PERMITTED =
      Set.of(
          "unshare",
          "setns",
          "mount",
          "umount2",
          "pivot_root",
          "chroot",
          "open_tree",
          "move_mount",
          "fsopen",
          "fsconfig",
          "fsmount",
          "fspick",
          "mount_setattr",
          "open_by_handle_at",
          "swapon",
          "swapoff",
          "quotactl",
          "quotactl_fd",
          "ptrace",
          "process_vm_readv",
          "process_vm_writev",
          "process_madvise",
          "kcmp",
          "pidfd_getfd",
          "perf_event_open",
          "lookup_dcookie",
          "add_key",
          "request_key",
          "keyctl",
          "bpf",
          "io_uring_setup",
          "io_uring_enter",
          "io_uring_register",
          "userfaultfd",
          "vhangup",
          "syslog",
          "uselib",
          "ustat",
          "sysfs",
          "modify_ldt",
          "_sysctl",
          "adjtimex",
          "acct",
          "settimeofday",
          "reboot",
          "iopl",
          "ioperm",
          "create_module",
          "init_module",
          "finit_module",
          "delete_module",
          "query_module",
          "nfsservctl",
          "clock_settime",
          "clock_adjtime",
          "kexec_load",
          "kexec_file_load",
          "migrate_pages",
          "move_pages",
          "fanotify_init");

  private static final Set<String> NOT_THERE = Set.of("clone3", "openat2", "memfd_secret");

  private final Map<Integer, String> names = new TreeMap<>();
  private final int token;
  private final boolean x32;

  /**
   * @param numbers of calls by name, from a table that is not ours
   */
  ReferenceFilter(int token, boolean x32, Map<String, Integer> numbers) {
    this.token = token;
    this.x32 = x32;
    numbers.forEach((name, number) -> names.put(number, name));
  }

  Answer answer(int architecture, int number, long[] wide) {
    if (architecture != token) {
      return Answer.KILL;
    }
    if (number < 0 || number > 462 || (x32 && (number & 0x4000_0000) != 0)) {
      return Answer.ENOSYS;
    }
    String name = names.getOrDefault(number, "");
    int[] a = Arrays.stream(wide).mapToInt(value -> (int) value).toArray();
    if (NOT_PERMITTED.contains(name)) {
      return Answer.EPERM;
    }
    if (NOT_THERE.contains(name)) {
      return Answer.ENOSYS;
    }
    return switch (name) {
      case "clone" -> refusedIf((a[0] & 0x7E02_0000) != 0, Answer.EPERM);
      case "socket" ->
          refusedIf(a[0] != 2 && a[0] != 10 && !(a[0] == 16 && a[2] == 0), Answer.EAFNOSUPPORT);
      case "socketpair" ->
          refusedIf(a[0] != 1 || ((a[1] & 0xF) != 1 && (a[1] & 0xF) != 5), Answer.EAFNOSUPPORT);
      case "ioctl" -> refusedIf(a[1] == 0x5412 || a[1] == 0x541C || a[1] == 0x5423, Answer.EPERM);
      case "personality" -> refusedIf(a[0] != 0 && a[0] != -1, Answer.EPERM);
      case "chmod", "fchmod", "creat", "mknod" -> refusedIf(setId(a[1]), Answer.EPERM);
      case "fchmodat", "fchmodat2", "mknodat" -> refusedIf(setId(a[2]), Answer.EPERM);
      case "open" -> refusedIf(creates(a[1]) && setId(a[2]), Answer.EPERM);
      case "openat" -> refusedIf(creates(a[2]) && setId(a[3]), Answer.EPERM);
      default -> Answer.ALLOW;
    };
  }

  private static Answer refusedIf(boolean refused, Answer how) {
    return refused ? how : Answer.ALLOW;
  }

  private static boolean setId(int mode) {
    return (mode & 06000) != 0;
  }

  private static boolean creates(int flags) {
    return (flags & 0100) != 0 || (flags & 020000000) != 0;
  }
}
