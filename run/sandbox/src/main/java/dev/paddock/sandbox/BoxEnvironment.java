package dev.paddock.sandbox;

import dev.paddock.sandbox.spi.SandboxSpec;
import java.util.LinkedHashMap;
import java.util.Map;

/** The variables that commands find in every place, before those of the place itself. */
public final class BoxEnvironment {
  public static final String HOME = "/tmp/home";

  private BoxEnvironment() {}

  /** The specification's own win. */
  public static Map<String, String> of(SandboxSpec spec) {
    Map<String, String> environment = new LinkedHashMap<>();
    environment.put("HOME", HOME);
    environment.put("TMPDIR", "/tmp");
    environment.put("USER", "agent");
    environment.put("LOGNAME", "agent");
    environment.put("SHELL", "/bin/bash");
    environment.put("LANG", "C.UTF-8");
    environment.put("TERM", "dumb");
    if (spec.egress().isPresent()) {
      environment.putAll(EgressBridge.environment());
    }
    environment.putAll(spec.environment());
    return environment;
  }
}
