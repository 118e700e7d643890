package dev.paddock.docker;

import dev.paddock.sandbox.ShellContract;
import dev.paddock.sandbox.spi.SandboxProvider;
import java.nio.file.Path;

final class DockerShellTest extends ShellContract {
  @Override
  protected SandboxProvider open(Path base) {
    return TestingEngines.provider(base);
  }
}
