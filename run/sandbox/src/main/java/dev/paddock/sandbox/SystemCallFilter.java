package dev.paddock.sandbox;

import static dev.paddock.sandbox.FilterRule.Condition.hasAny;
import static dev.paddock.sandbox.FilterRule.Condition.is;
import static dev.paddock.sandbox.FilterRule.Condition.masked;
import static dev.paddock.sandbox.FilterRule.refuse;
import static dev.paddock.sandbox.FilterRule.refuseIf;
import static dev.paddock.sandbox.FilterRule.refuseUnless;

import dev.paddock.sandbox.BpfProgram.Instruction;
import dev.paddock.sandbox.FilterRule.Errno;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The seccomp program of a box: calls that reach deep into the kernel, out of the box or into other
 * processes are refused, calls that this table does not know as well.
 */
final class SystemCallFilter {
  private static final int AF_UNIX = 1;
  private static final int AF_INET = 2;
  private static final int AF_INET6 = 10;
  private static final int AF_NETLINK = 16;
  private static final int NETLINK_ROUTE = 0;
  private static final int SOCK_TYPE_MASK = 0xF;
  private static final int SOCK_STREAM = 1;
  private static final int SOCK_SEQPACKET = 5;
  private static final int CLONE_NEW_ANY = 0x7E02_0000;
  private static final int TIOCSTI = 0x5412;
  private static final int TIOCLINUX = 0x541C;
  private static final int TIOCSETD = 0x5423;
  private static final int SET_ID_BITS = 06000;
  private static final int CREATES_FILE = 0100 | 020000000; // O_CREAT, __O_TMPFILE

  /** Offsets in {@code struct seccomp_data}. */
  private static final int NUMBER = 0;

  private static final int ARCHITECTURE = 4;

  private static final Map<Measure, List<FilterRule>> RULES = rules();

  private SystemCallFilter() {}

  static BpfProgram program(Architecture architecture, Set<Measure> measures) {
    BpfProgram.Builder program = new BpfProgram.Builder();
    program
        .add(Instruction.load(ARCHITECTURE))
        .add(Instruction.ifEqual(architecture.auditToken(), 1, 0))
        .add(
            Instruction.ret(
                measures.contains(Measure.FILTER_ARCHITECTURES)
                    ? FilterRule.KILL_PROCESS
                    : FilterRule.ALLOW))
        .add(Instruction.load(NUMBER));
    if (architecture == Architecture.X86_64 && measures.contains(Measure.FILTER_ARCHITECTURES)) {
      program
          .add(Instruction.ifAtLeast(Syscall.X32_BIT, 0, 1))
          .add(Instruction.ret(Errno.ENOSYS.action()));
    }
    if (measures.contains(Measure.FILTER_UNKNOWN)) {
      program
          .add(Instruction.ifGreater(Syscall.HIGHEST_KNOWN, 0, 1))
          .add(Instruction.ret(Errno.ENOSYS.action()));
    }
    for (FilterRule rule : rules(measures)) {
      rule.call().number(architecture).ifPresent(number -> program.addAll(rule.compile(number)));
    }
    return program.add(Instruction.ret(FilterRule.ALLOW)).build();
  }

  /** The rules of these measures. */
  static List<FilterRule> rules(Set<Measure> measures) {
    return RULES.entrySet().stream()
        .filter(entry -> measures.contains(entry.getKey()))
        .flatMap(entry -> entry.getValue().stream())
        .toList();
  }

  private static Map<Measure, List<FilterRule>> rules() {
    Map<Measure, List<FilterRule>> rules = new EnumMap<>(Measure.class);
    rules.put(
        Measure.FILTER_NAMESPACES,
        List.of(
            refuse(Syscall.UNSHARE, Errno.EPERM),
            refuse(Syscall.SETNS, Errno.EPERM),
            refuseIf(Syscall.CLONE, Errno.EPERM, hasAny(0, CLONE_NEW_ANY)),
            // its flags lie in memory, where a filter cannot look; libc falls back to clone
            refuse(Syscall.CLONE3, Errno.ENOSYS)));
    rules.put(
        Measure.FILTER_MOUNTS,
        refuseAll(
            Syscall.MOUNT,
            Syscall.UMOUNT2,
            Syscall.PIVOT_ROOT,
            Syscall.CHROOT,
            Syscall.OPEN_TREE,
            Syscall.MOVE_MOUNT,
            Syscall.FSOPEN,
            Syscall.FSCONFIG,
            Syscall.FSMOUNT,
            Syscall.FSPICK,
            Syscall.MOUNT_SETATTR,
            Syscall.OPEN_BY_HANDLE_AT,
            Syscall.SWAPON,
            Syscall.SWAPOFF,
            Syscall.QUOTACTL,
            Syscall.QUOTACTL_FD));
    rules.put(
        Measure.FILTER_TRACING,
        refuseAll(
            Syscall.PTRACE,
            Syscall.PROCESS_VM_READV,
            Syscall.PROCESS_VM_WRITEV,
            Syscall.PROCESS_MADVISE,
            Syscall.KCMP,
            Syscall.PIDFD_GETFD,
            Syscall.PERF_EVENT_OPEN,
            Syscall.LOOKUP_DCOOKIE));
    rules.put(Measure.FILTER_KEYS, refuseAll(Syscall.ADD_KEY, Syscall.REQUEST_KEY, Syscall.KEYCTL));
    rules.put(Measure.FILTER_BPF, refuseAll(Syscall.BPF));
    rules.put(
        Measure.FILTER_IO_URING,
        refuseAll(Syscall.IO_URING_SETUP, Syscall.IO_URING_ENTER, Syscall.IO_URING_REGISTER));
    rules.put(Measure.FILTER_USERFAULTFD, refuseAll(Syscall.USERFAULTFD));
    rules.put(
        Measure.FILTER_SOCKETS,
        List.of(
            refuseUnless(
                Syscall.SOCKET,
                Errno.EAFNOSUPPORT,
                List.of(
                    List.of(is(0, AF_INET)),
                    List.of(is(0, AF_INET6)),
                    List.of(is(0, AF_NETLINK), is(2, NETLINK_ROUTE)))),
            // datagram pairs are out: such a socket can be reconnected to any path
            refuseUnless(
                Syscall.SOCKETPAIR,
                Errno.EAFNOSUPPORT,
                List.of(
                    List.of(is(0, AF_UNIX), masked(1, SOCK_TYPE_MASK, SOCK_STREAM)),
                    List.of(is(0, AF_UNIX), masked(1, SOCK_TYPE_MASK, SOCK_SEQPACKET))))));
    rules.put(
        Measure.FILTER_TERMINAL,
        List.of(
            new FilterRule(
                Syscall.IOCTL,
                List.of(
                    List.of(is(1, TIOCSTI)), List.of(is(1, TIOCLINUX)), List.of(is(1, TIOCSETD))),
                Errno.EPERM.action(),
                FilterRule.ALLOW),
            refuse(Syscall.VHANGUP, Errno.EPERM)));
    rules.put(
        Measure.FILTER_SET_ID,
        List.of(
            refuseIf(Syscall.CHMOD, Errno.EPERM, hasAny(1, SET_ID_BITS)),
            refuseIf(Syscall.FCHMOD, Errno.EPERM, hasAny(1, SET_ID_BITS)),
            refuseIf(Syscall.FCHMODAT, Errno.EPERM, hasAny(2, SET_ID_BITS)),
            refuseIf(Syscall.FCHMODAT2, Errno.EPERM, hasAny(2, SET_ID_BITS)),
            refuseIf(Syscall.CREAT, Errno.EPERM, hasAny(1, SET_ID_BITS)),
            refuseIf(Syscall.MKNOD, Errno.EPERM, hasAny(1, SET_ID_BITS)),
            refuseIf(Syscall.MKNODAT, Errno.EPERM, hasAny(2, SET_ID_BITS)),
            refuseIf(Syscall.OPEN, Errno.EPERM, hasAny(1, CREATES_FILE), hasAny(2, SET_ID_BITS)),
            refuseIf(Syscall.OPENAT, Errno.EPERM, hasAny(2, CREATES_FILE), hasAny(3, SET_ID_BITS)),
            // its mode lies in memory; callers fall back to openat
            refuse(Syscall.OPENAT2, Errno.ENOSYS)));
    rules.put(Measure.FILTER_KERNEL, kernelRules());
    return rules;
  }

  private static List<FilterRule> kernelRules() {
    FilterRule personality =
        refuseUnless(
            Syscall.PERSONALITY, Errno.EPERM, List.of(List.of(is(0, 0)), List.of(is(0, -1))));
    FilterRule secretMemory = refuse(Syscall.MEMFD_SECRET, Errno.ENOSYS);
    List<FilterRule> refused =
        refuseAll(
            Syscall.SYSLOG,
            Syscall.USELIB,
            Syscall.USTAT,
            Syscall.SYSFS,
            Syscall.MODIFY_LDT,
            Syscall.SYSCTL,
            Syscall.ADJTIMEX,
            Syscall.ACCT,
            Syscall.SETTIMEOFDAY,
            Syscall.REBOOT,
            Syscall.IOPL,
            Syscall.IOPERM,
            Syscall.CREATE_MODULE,
            Syscall.INIT_MODULE,
            Syscall.FINIT_MODULE,
            Syscall.DELETE_MODULE,
            Syscall.QUERY_MODULE,
            Syscall.NFSSERVCTL,
            Syscall.CLOCK_SETTIME,
            Syscall.CLOCK_ADJTIME,
            Syscall.KEXEC_LOAD,
            Syscall.KEXEC_FILE_LOAD,
            Syscall.MIGRATE_PAGES,
            Syscall.MOVE_PAGES,
            Syscall.FANOTIFY_INIT);
    return Stream.concat(Stream.of(personality, secretMemory), refused.stream()).toList();
  }

  private static List<FilterRule> refuseAll(Syscall... calls) {
    return Stream.of(calls).map(call -> refuse(call, Errno.EPERM)).toList();
  }
}
