package dev.paddock.sandbox;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What holds a box, one by one. A box that people use has all of them; the attack tests leave out
 * one to show that it is the one that holds.
 */
enum Measure {
  EMPTY_ENVIRONMENT("bubblewrap starts with an empty environment"),
  NO_INHERITED_FILES("no open file of the host process reaches the box"),
  HIDDEN_HOST("nothing of the host but its programs is shown"),
  READ_ONLY_SYSTEM("the programs are read-only"),
  PRIVATE_DEVICES("a /dev of harmless devices"),
  READ_ONLY_PROC("/proc is read-only"),
  USER_NAMESPACE("own user namespace, an ordinary user inside"),
  NO_NESTED_USER_NAMESPACES("no further user namespaces"),
  PID_NAMESPACE("own process ids, of which none outlives the box"),
  NETWORK_NAMESPACE("own network with nothing in it but lo"),
  IPC_NAMESPACE("own System V and POSIX message queues"),
  UTS_NAMESPACE("own host name"),
  CGROUP_NAMESPACE("own view of control groups"),
  NO_CAPABILITIES("no capabilities"),
  NEW_SESSION("no controlling terminal"),
  DIE_WITH_PARENT("the box ends with the process that started it"),
  BRIDGE_PROCESSES("the bridge to a proxy has own process ids, of which none outlives the box"),

  FILTER_ARCHITECTURES("system calls of other architectures are refused"),
  FILTER_UNKNOWN("system calls newer than the filter are refused"),
  FILTER_NAMESPACES("unshare, setns and cloning into namespaces are refused"),
  FILTER_MOUNTS("mounting and opening by handle are refused"),
  FILTER_TRACING("ptrace, process_vm and perf are refused"),
  FILTER_KEYS("kernel keyrings are refused"),
  FILTER_BPF("bpf is refused"),
  FILTER_IO_URING("io_uring is refused"),
  FILTER_USERFAULTFD("userfaultfd is refused"),
  FILTER_SOCKETS("sockets other than IPv4, IPv6 and route netlink are refused"),
  FILTER_TERMINAL("typing into a terminal by ioctl is refused"),
  FILTER_SET_ID("making files setuid or setgid is refused"),
  FILTER_KERNEL("modules, kexec, clocks, reboot and other administration are refused"),

  MEMORY_LIMIT("memory is limited"),
  PROCESS_LIMIT("processes are limited"),
  WORKSPACE_LIMIT("the size of the workspace is limited"),
  FILE_SIZE_LIMIT("file size is limited"),
  CPU_LIMIT("CPU time is limited"),
  IO_LIMIT("what is read from and written to the disk in a second is limited where asked for"),
  OPEN_FILES_LIMIT("open files are limited");

  static final Set<Measure> ALL = Collections.unmodifiableSet(EnumSet.allOf(Measure.class));

  private final String text;

  Measure(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }

  static Set<Measure> allBut(Measure first, Measure... rest) {
    Set<Measure> kept = EnumSet.complementOf(EnumSet.of(first, rest));
    return Collections.unmodifiableSet(kept);
  }
}
