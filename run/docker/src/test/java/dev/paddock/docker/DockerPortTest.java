package dev.paddock.docker;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.paddock.sandbox.PortContract;
import dev.paddock.sandbox.spi.SandboxProvider;
import java.nio.file.Path;

final class DockerPortTest extends PortContract {
  @Override
  protected SandboxProvider open(Path base) {
    SandboxProvider provider = TestingEngines.provider(base);
    assumeTrue(NetworkBridge.missing().isEmpty(), () -> NetworkBridge.missing().toString());
    return provider;
  }
}
