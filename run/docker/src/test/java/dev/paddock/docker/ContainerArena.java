package dev.paddock.docker;

import dev.paddock.sandbox.AttackArena;
import dev.paddock.sandbox.spi.ExecRequest;
import dev.paddock.sandbox.spi.ExecResult;
import dev.paddock.sandbox.spi.Limits;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Set;
import java.util.UUID;

/**
 * Where attacks are tried on containers: once with every measure, then without each single one of
 * those that are said to hold it, then without all of them. They must fail, fail, and succeed.
 */
final class ContainerArena extends AttackArena<Measure, ContainerArena.Round> {
  private final Path folder;
  private final String canary = "canary-" + UUID.randomUUID();
  private Limits limits = Limits.DEFAULT.withWallTime(Duration.ofSeconds(60));

  ContainerArena(Path folder) {
    super(Measure.ALL);
    this.folder = folder;
  }

  String canary() {
    return canary;
  }

  ContainerArena limits(Limits allowed) {
    limits = allowed.withWallTime(Duration.ofSeconds(60));
    return this;
  }

  @Override
  public Round round(Set<Measure> measures) throws IOException {
    Path home = Files.createTempDirectory(folder, "round");
    Path workspace = Files.createDirectory(home.resolve("workspace"));
    Path secret = Files.createDirectory(home.resolve("beside")).resolve("secret");
    Files.writeString(secret, canary + "\n");
    DockerSandboxProvider provider = TestingEngines.provider(home.resolve("run"), measures);
    Sandbox sandbox = provider.start(SandboxSpec.of(workspace).withLimits(limits));
    return new Round(sandbox, provider, workspace, secret);
  }

  /** An attempt in one container. */
  interface Attack extends AttackArena.Attack<Round> {}

  /** An attack that succeeds when this bash script ends with 0. */
  static Attack script(String script) {
    return round -> round.bash(script).exitCode() == 0;
  }

  /** An attack that succeeds when this Perl program ends with 0. */
  static Attack perl(String program) {
    return round -> round.perl(program).exitCode() == 0;
  }

  /**
   * One container.
   *
   * @param secret a file of the host that it is not shown
   */
  record Round(Sandbox sandbox, DockerSandboxProvider provider, Path workspace, Path secret)
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
