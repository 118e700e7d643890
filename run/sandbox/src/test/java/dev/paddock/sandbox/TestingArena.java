package dev.paddock.sandbox;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.sandbox.spi.EgressSocket;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;

/**
 * Where attacks are tried: once against a box with every measure, then without each single one of
 * the measures that are said to hold it, then without all of them. It must fail, fail, and succeed.
 *
 * <p>A box without a measure runs inside throwaway user, mount and process namespaces.
 */
final class TestingArena extends AttackArena<Measure, TestingArena.Round> implements AutoCloseable {
  static final List<String> THROWAWAY =
      List.of(
          "unshare",
          "--user",
          "--map-root-user",
          "--mount",
          "--pid",
          "--fork",
          "--kill-child",
          "--mount-proc");

  /** Outside of /tmp, which every box has its own of. */
  private static final Path BASE = Path.of("/var/tmp");

  private final Path folder;
  private final String canary = "canary-" + UUID.randomUUID();
  private Limits limits = Limits.DEFAULT.withWallTime(Duration.ofSeconds(60));
  private LaunchOptions options = LaunchOptions.PRODUCTION;
  private Optional<EgressSocket> egress = Optional.empty();
  private boolean background;

  TestingArena() throws IOException {
    super(Measure.ALL);
    folder = Files.createTempDirectory(BASE, "paddock-attack");
    Files.createDirectory(host());
    Files.writeString(secret(), canary + "\n");
  }

  Path folder() {
    return folder;
  }

  /** A folder of the host that no box is shown. */
  Path host() {
    return folder.resolve("host");
  }

  Path secret() {
    return host().resolve("secret");
  }

  String canary() {
    return canary;
  }

  TestingArena limits(Limits allowed) {
    limits = allowed.withWallTime(Duration.ofSeconds(60));
    return this;
  }

  /** WORKSPACE in the prefix stands for the host's path of the round's workspace. */
  TestingArena options(LaunchOptions how) {
    options = how;
    return this;
  }

  /** The shell shares the network of started processes. */
  TestingArena background() {
    background = true;
    return this;
  }

  TestingArena egress(EgressSocket out) {
    egress = Optional.of(out);
    return this;
  }

  static boolean root() {
    return Machine.THIS.root();
  }

  static void assumeRoot(String why) {
    assumeTrue(root(), "needs root: " + why);
  }

  @Override
  public Round round(Set<Measure> measures) throws IOException {
    List<String> prefix = new ArrayList<>();
    if (!measures.equals(Measure.ALL)) {
      prefix.addAll(THROWAWAY);
    }
    Path home = Files.createTempDirectory(folder, "round");
    Path workspace = Files.createDirectory(home.resolve("workspace"));
    for (String word : options.prefix()) {
      prefix.add(word.replace("WORKSPACE", workspace.toString()));
    }
    LocalSandboxProvider provider =
        new LocalSandboxProvider(
            home.resolve("run"), Machine.THIS, options.withMeasures(measures).withPrefix(prefix));
    SandboxSpec closed = SandboxSpec.of(workspace).withLimits(limits);
    SandboxSpec open = egress.map(closed::withEgress).orElse(closed);
    Sandbox sandbox = provider.start(background ? open.withBackground() : open);
    return new Round(sandbox, provider, workspace);
  }

  @Override
  public void close() throws IOException {
    WorkspaceRemoval.remove(folder);
  }

  /** An attempt in one box. */
  interface Attack extends AttackArena.Attack<Round> {}

  /** An attack that succeeds when this bash script ends with 0. */
  static Attack script(String script) {
    return round -> round.bash(script).exitCode() == 0;
  }

  /** An attack that succeeds when this Perl program ends with 0. */
  static Attack perl(String program) {
    return round -> round.perl(program).exitCode() == 0;
  }

  /** One box. */
  record Round(Sandbox sandbox, LocalSandboxProvider provider, Path workspace)
      implements AttackArena.Attempt {
    ExecResult bash(String script) throws InterruptedException {
      return sandbox.exec(ExecRequest.of("bash", "-c", script));
    }

    ExecResult perl(String program) throws InterruptedException {
      return sandbox.exec(ExecRequest.of("perl", "-e", program));
    }

    @Override
    public void close() {
      sandbox.close();
      provider.close();
    }
  }
}
