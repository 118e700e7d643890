package dev.paddock.docker;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What holds a container, one by one. A sandbox that people use has all of them; the attack tests
 * leave out one to show that it is the one that holds, where that is without danger: the first ones
 * are always there.
 */
enum Measure {
  OWN_PROCESSES("own process ids, of which none outlives the container"),
  OWN_IPC("own System V and POSIX message queues"),
  ENGINE_MASKS("the engine's cover of /proc and /sys, and harmless devices"),
  NO_NETWORK("own network with nothing in it but lo"),
  READ_ONLY_ROOT("the image is read-only"),
  READ_ONLY_MOUNTS("what the agent is given is read-only"),
  NO_CAPABILITIES("no capabilities"),
  NO_NEW_PRIVILEGES("no program gives more rights than its caller has"),
  SYSTEM_CALL_FILTER("the same system calls are refused as in a box on this machine"),
  ONE_FOLDER("nothing of the host is shown but the workspace and what the agent is given"),
  PROCESS_MARK(
      "what a command leaves behind is found by a mark that it cannot take off, and killed"),
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
}
