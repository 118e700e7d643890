package dev.paddock.docker;

import dev.paddock.sandbox.spi.SandboxFactory;
import dev.paddock.sandbox.spi.SandboxProvider;
import java.util.Set;

/** Makes the place {@code docker}. */
public final class DockerSandboxes implements SandboxFactory {
  static final String PLACE = "docker";

  @Override
  public String place() {
    return PLACE;
  }

  @Override
  public Set<String> settings() {
    return Set.of("image", "host");
  }

  @Override
  public SandboxProvider open(Setup setup) {
    return new DockerSandboxProvider(setup);
  }
}
