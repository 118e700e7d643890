package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.SandboxProvider;
import java.nio.file.Path;

final class LocalPortTest extends PortContract {
  @Override
  protected SandboxProvider open(Path base) {
    return new LocalSandboxProvider(base);
  }
}
