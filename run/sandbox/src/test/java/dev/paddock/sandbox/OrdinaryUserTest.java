package dev.paddock.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.ProcessRequest;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxReport.Limit;
import dev.paddock.sandbox.spi.SandboxSpec;
import dev.paddock.sandbox.spi.ShellRequest;
import dev.paddock.sandbox.spi.TerminalSize;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The same sandbox from a process of an ordinary user; root starts one of its own for that. */
final class OrdinaryUserTest {
  private static final int UID = 23456;

  private Path folder;

  @BeforeEach
  void create() throws Exception {
    folder = Files.createTempDirectory(Path.of("/var/tmp"), "paddock-user");
  }

  @AfterEach
  void remove() throws Exception {
    WorkspaceRemoval.remove(folder);
  }

  @Test
  void confinesAndLimitsWithoutRoot() throws Exception {
    List<String> prefix = List.of();
    String classPath = TestingJvm.classPath();
    if (TestingArena.root()) {
      assumeTrue(Files.isExecutable(Path.of("/usr/bin/setpriv")), "needs setpriv");
      classPath = copy(classPath);
      prefix = List.of("setpriv", "--reuid=" + UID, "--regid=" + UID, "--clear-groups");
    }
    try (TestingJvm jvm = TestingJvm.start(prefix, classPath, Checks.class, folder.toString())) {
      List<String> lines = new ArrayList<>();
      for (String line = jvm.readLine(); line != null; line = jvm.readLine()) {
        lines.add(line);
      }
      assertThat(lines)
          .containsExactly(
              "ready",
              "hello agent 1000",
              "shell /tmp",
              "started terminal",
              "file size limit Optional[FILE_SIZE]",
              "memory limit held",
              "process limit held",
              "secret hidden",
              Machine.THIS.socat().isPresent() ? "bridge hello" : "bridge not tried",
              "no namespaces",
              "NoNewPrivs:\t1");
    }
  }

  /** The classes of this project only: the rest may lie where others cannot read. */
  private String copy(String classPath) throws IOException {
    List<String> copies = new ArrayList<>();
    for (String part : classPath.split(":")) {
      Path source = Path.of(part);
      if (part.contains("/target/")) {
        copies.add(copy(source, folder.resolve("classes-" + copies.size())).toString());
      }
    }
    own(folder);
    return String.join(":", copies);
  }

  private static Path copy(Path source, Path target) throws IOException {
    try (Stream<Path> tree = Files.walk(source)) {
      for (Path each : tree.toList()) {
        Files.copy(each, target.resolve(source.relativize(each)));
      }
    }
    return target;
  }

  private static void own(Path tree) throws IOException {
    try (Stream<Path> all = Files.walk(tree)) {
      for (Path each : all.toList()) {
        Files.setAttribute(each, "unix:uid", UID, LinkOption.NOFOLLOW_LINKS);
      }
    }
  }

  /** Prints what it finds, line by line. */
  static final class Checks {
    private Checks() {}

    public static void main(String[] arguments) throws Exception {
      Path folder = Path.of(arguments[0]);
      Path workspace = Files.createDirectory(folder.resolve("workspace"));
      Path secret = Files.writeString(folder.resolve("secret"), "canary");
      Limits limits =
          Limits.DEFAULT.withMemoryBytes(64 << 20).withProcesses(40).withFileSizeBytes(1 << 20);
      try (LocalSandboxProvider provider = new LocalSandboxProvider(folder.resolve("run"))) {
        System.out.println(provider.readiness().ready() ? "ready" : provider.readiness());
        try (Sandbox sandbox = provider.start(SandboxSpec.of(workspace).withLimits(limits))) {
          print(sandbox, "echo hello $(id -un) $(id -u)");
          sandbox.shell(ShellRequest.of("cd /tmp"));
          System.out.print("shell " + sandbox.shell(ShellRequest.of("pwd")).stdoutText());
          System.out.print(
              "started "
                  + sandbox
                      .start(
                          ProcessRequest.of("bash", "-c", "tty -s && printf 'terminal\\n'")
                              .withTerminal(TerminalSize.USUAL))
                      .read(Duration.ofSeconds(60))
                      .text()
                      .replace("\r", ""));
          String tooLarge = "exec head -c 3M /dev/zero > big";
          System.out.println(
              "file size limit " + sandbox.exec(ExecRequest.of("bash", "-c", tooLarge)).killedBy());
          held(sandbox, Limit.MEMORY, "memory", "my @b; push @b, 'x' x 4194304 for 1 .. 40");
          held(
              sandbox,
              Limit.PROCESSES,
              "process",
              "for (1 .. 100) { defined(my $p = fork) or exit 1; $p or exec qw(sleep 60) }");
          boolean seen =
              sandbox
                  .exec(ExecRequest.of("cat", secret.toString()))
                  .stdoutText()
                  .contains("canary");
          System.out.println("secret " + (seen ? "SEEN" : "hidden"));
          bridged(provider, folder, workspace);
          print(
              sandbox, "unshare -U true || echo no namespaces; grep NoNewPrivs /proc/self/status");
        }
      }
    }

    private static void bridged(LocalSandboxProvider provider, Path folder, Path workspace)
        throws Exception {
      if (!provider.egressReadiness().ready()) {
        System.out.println("bridge not tried");
        return;
      }
      try (TestingProxy proxy = new TestingProxy(folder.resolve("proxy"));
          Sandbox box = provider.start(SandboxSpec.of(workspace).withEgress(proxy.egress))) {
        String said = box.exec(ExecRequest.of("perl", "-e", EgressBridgeTest.ASK)).stdoutText();
        System.out.print("bridge " + said);
      }
    }

    private static void print(Sandbox sandbox, String script) throws InterruptedException {
      System.out.print(sandbox.exec(ExecRequest.of("bash", "-c", script)).stdoutText());
    }

    private static void held(Sandbox sandbox, Limit limit, String name, String program)
        throws InterruptedException {
      int exitCode = sandbox.exec(ExecRequest.of("perl", "-e", program)).exitCode();
      System.out.println(
          name
              + " limit "
              + (exitCode == 0 ? "EXCEEDED by " + sandbox.report().limits().get(limit) : "held"));
    }
  }
}
