package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.SandboxProvider;
import java.nio.file.Path;

final class ShellTest extends ShellContract {
  @Override
  protected SandboxProvider open(Path base) {
    return new LocalSandboxProvider(base);
  }
}
