package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.SandboxException;
import dev.paddock.sandbox.spi.Readiness;
import dev.paddock.sandbox.spi.Sandbox;
import dev.paddock.sandbox.spi.SandboxFactory;
import dev.paddock.sandbox.spi.SandboxProvider;
import dev.paddock.sandbox.spi.SandboxSpec;
import java.util.List;
import java.util.Set;

/** A place that is never ready; what it lacks is what its settings say. */
public final class TestingSandboxFactory implements SandboxFactory {
  @Override
  public String place() {
    return "testing";
  }

  @Override
  public Set<String> settings() {
    return Set.of("image");
  }

  @Override
  public SandboxProvider open(Setup setup) {
    String image = setup.settings().getOrDefault("image", "none");
    return new SandboxProvider() {
      @Override
      public String place() {
        return "testing";
      }

      @Override
      public Readiness readiness() {
        return new Readiness(List.of(new Readiness.Missing("no " + image, "pull " + image)));
      }

      @Override
      public Readiness egressReadiness() {
        return readiness();
      }

      @Override
      public Sandbox start(SandboxSpec spec) {
        throw new SandboxException(ErrorCode.ISOLATION_MISSING, "no " + image);
      }

      @Override
      public void close() {}
    };
  }
}
