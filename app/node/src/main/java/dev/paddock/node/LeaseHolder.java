package dev.paddock.node;

import dev.paddock.core.spi.Lease;
import dev.paddock.core.spi.Leases;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How a process names itself in leases. A process of the same boot and the same process namespace
 * can be looked up, so that the lease of a killed one need not be waited for.
 *
 * @param place the boot and the process namespace
 * @param started milliseconds since 1970; process ids are used again
 */
record LeaseHolder(String place, long pid, long started) {
  static final LeaseHolder THIS = current();

  private static final Pattern FORM = Pattern.compile("([0-9a-f-]+\\.[0-9]+):(\\d+):(\\d+)(/.*)?");

  private static LeaseHolder current() {
    ProcessHandle process = ProcessHandle.current();
    return new LeaseHolder(here(), process.pid(), started(process));
  }

  private static String here() {
    try {
      String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
      String namespace = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
      return boot + "." + namespace.replaceAll("[^0-9]", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static long started(ProcessHandle process) {
    return process.info().startInstant().map(Instant::toEpochMilli).orElse(0L);
  }

  /** Whether a holder is surely gone; one elsewhere is never taken for dead. */
  static boolean isDead(String holder) {
    Matcher form = FORM.matcher(holder);
    if (!form.matches() || !form.group(1).equals(THIS.place)) {
      return false;
    }
    Optional<ProcessHandle> process = ProcessHandle.of(Long.parseLong(form.group(2)));
    return process.isEmpty() || started(process.get()) != Long.parseLong(form.group(3));
  }

  /** Frees a lease whose holder is gone. Taking it in the dead one's name raises its epoch. */
  static void freeIfDead(Leases leases, String name) {
    leases
        .find(name)
        .map(Lease::holder)
        .filter(LeaseHolder::isDead)
        .flatMap(holder -> leases.acquire(name, holder, Duration.ofSeconds(5)))
        .ifPresent(leases::release);
  }

  @Override
  public String toString() {
    return place + ":" + pid + ":" + started;
  }
}
