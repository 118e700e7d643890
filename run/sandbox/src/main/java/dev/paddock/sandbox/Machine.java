package dev.paddock.sandbox;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.spi.Readiness.Missing;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What this machine offers for isolation.
 *
 * @param osName and osArch as in the system properties
 * @param proc {@code /proc}, or a made-up one in tests
 * @param bwrap the installed bubblewrap
 * @param bash whether there is a bash
 * @param socat what bridges a box to a proxy
 */
record Machine(
    String osName,
    String osArch,
    Path proc,
    Optional<Path> bwrap,
    boolean bash,
    Optional<Path> socat) {
  private static final List<Path> PROGRAMS =
      List.of(Path.of("/usr/bin"), Path.of("/usr/local/bin"), Path.of("/bin"));

  static final Machine THIS =
      new Machine(
          System.getProperty("os.name"),
          System.getProperty("os.arch"),
          Path.of("/proc"),
          installed("bwrap"),
          Files.isExecutable(Path.of("/bin/bash")),
          installed("socat"));

  static final String INSTALL_SOCAT =
      "sudo apt-get install socat (Debian, Ubuntu), sudo dnf install socat (Fedora),"
          + " sudo pacman -S socat (Arch)";

  private static final String INSTALL =
      "sudo apt-get install bubblewrap (Debian, Ubuntu), sudo dnf install bubblewrap (Fedora),"
          + " sudo pacman -S bubblewrap (Arch)";

  static Optional<Path> installed(String program) {
    return PROGRAMS.stream()
        .map(folder -> folder.resolve(program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  Path self() {
    return proc.resolve("self");
  }

  Architecture architecture() {
    return Architecture.of(osArch)
        .orElseThrow(
            () -> new SandboxException(ErrorCode.ISOLATION_MISSING, "no filter for " + osArch));
  }

  Bubblewrap bubblewrap() {
    return bwrap
        .map(Bubblewrap::at)
        .orElseThrow(
            () ->
                new SandboxException(
                    ErrorCode.ISOLATION_MISSING, "bubblewrap is missing; " + INSTALL));
  }

  /** Whether this process is the machine's root, whom the kernel's process limit does not bind. */
  boolean root() {
    return status("Uid:").map(ids -> ids.split("\\s+")[0].equals("0")).orElse(false);
  }

  /** What is surely missing, without starting anything but bubblewrap's help. */
  List<Missing> missing() {
    if (!osName.equals("Linux")) {
      return List.of(
          new Missing(
              "confinement works on Linux only", "run Paddock on Linux or in a VM with it"));
    }
    List<Missing> missing = new ArrayList<>();
    if (Architecture.of(osArch).isEmpty()) {
      missing.add(
          new Missing(
              "there is no system call filter for " + osArch,
              "run on x86-64 or aarch64, with a JDK built for it"));
    }
    if (bwrap.isEmpty()) {
      missing.add(new Missing("bubblewrap (bwrap) is not installed", INSTALL));
    } else if (!Bubblewrap.at(bwrap.get()).sufficient()) {
      missing.add(
          new Missing(
              bwrap.get() + " is older than 0.5.0",
              "install bubblewrap 0.5.0 or newer: " + INSTALL));
    }
    if (!bash) {
      missing.add(new Missing("/bin/bash is missing", "install bash"));
    }
    if (status("Seccomp:").isEmpty()) {
      missing.add(
          new Missing(
              "the kernel has no seccomp", "boot a kernel built with CONFIG_SECCOMP_FILTER=y"));
    }
    missing.addAll(userNamespaces());
    return missing;
  }

  private List<Missing> userNamespaces() {
    if (!Files.exists(proc.resolve("self/ns/user"))) {
      return List.of(
          new Missing(
              "the kernel has no user namespaces", "boot a kernel built with CONFIG_USER_NS=y"));
    }
    List<Missing> missing = new ArrayList<>();
    if (setting("user/max_user_namespaces").equals("0")) {
      missing.add(
          new Missing(
              "user namespaces are switched off (user.max_user_namespaces is 0)",
              "sudo sysctl -w user.max_user_namespaces=10000"));
    }
    if (!root() && setting("kernel/unprivileged_userns_clone").equals("0")) {
      missing.add(
          new Missing(
              "user namespaces are for root only (kernel.unprivileged_userns_clone is 0)",
              "sudo sysctl -w kernel.unprivileged_userns_clone=1"));
    }
    return missing;
  }

  /** Why a box did not start although nothing seemed to be missing. */
  List<Missing> whyNoBox(String message) {
    if (!root() && setting("kernel/apparmor_restrict_unprivileged_userns").equals("1")) {
      return List.of(
          new Missing(
              "AppArmor keeps bubblewrap from making user namespaces (Ubuntu 23.10 and newer): "
                  + message,
              """
              sudo tee /etc/apparmor.d/bwrap <<'EOF'
              abi <abi/4.0>,
              include <tunables/global>
              profile bwrap %s flags=(unconfined) {
                userns,
              }
              EOF
              sudo apparmor_parser -r /etc/apparmor.d/bwrap
              (or, for every program: sudo sysctl -w \
              kernel.apparmor_restrict_unprivileged_userns=0)"""
                  .formatted(bwrap.map(Path::toString).orElse("/usr/bin/bwrap"))));
    }
    if (status("Seccomp:").filter(mode -> mode.equals("2")).isPresent()) {
      return List.of(
          new Missing(
              "this process runs under a system call filter, most likely a container's, that keeps"
                  + " bubblewrap from making namespaces: "
                  + message,
              "start the container with --security-opt seccomp=unconfined --security-opt"
                  + " systempaths=unconfined, or run Paddock outside it"));
    }
    return List.of(
        new Missing(
            "a box does not start: " + message,
            "see that this works: bwrap --unshare-all --ro-bind / / --proc /proc --dev /dev true"));
  }

  private String setting(String name) {
    Path file = proc.resolve("sys").resolve(name);
    try {
      return Files.exists(file) ? Files.readString(file).strip() : "";
    } catch (IOException hidden) { // a setting that cannot be read names no cause
      return "";
    }
  }

  private Optional<String> status(String field) {
    try {
      return Files.readAllLines(proc.resolve("self/status")).stream()
          .filter(line -> line.startsWith(field))
          .map(line -> line.substring(field.length()).strip())
          .findFirst();
    } catch (IOException e) {
      throw new SandboxException(ErrorCode.ISOLATION_MISSING, "cannot read " + proc, e);
    }
  }
}
