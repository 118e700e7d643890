package dev.paddock.sandbox.spi;

import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A kind of place to run in that can be left out of a distribution; found at run time. */
public interface SandboxFactory {
  /** As in {@link SandboxProvider#place()}; also the name of its table in the settings. */
  String place();

  /** The keys that its settings may have. */
  Set<String> settings();

  /** Does nothing yet that costs time or can fail because of the machine. */
  SandboxProvider open(Setup setup);

  /**
   * What a place gets.
   *
   * @param base a folder for files that live as long as a sandbox; may be shared with other
   *     processes and places, and need not exist
   * @param settings as configured
   * @param environment of this process
   * @param notices is told, in a sentence each, what a person should know
   */
  record Setup(
      Path base,
      Map<String, String> settings,
      Map<String, String> environment,
      Consumer<String> notices) {
    public Setup {
      settings = Map.copyOf(settings);
      environment = Map.copyOf(environment);
    }
  }
}
