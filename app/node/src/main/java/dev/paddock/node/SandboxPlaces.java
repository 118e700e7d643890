package dev.paddock.node;

import dev.paddock.core.ErrorCode;
import dev.paddock.sandbox.LocalSandboxProvider;
import dev.paddock.sandbox.spi.SandboxFactory;
import dev.paddock.sandbox.spi.SandboxProvider;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The places to run in that this distribution has. */
public final class SandboxPlaces {
  /** Always there. */
  public static final String LOCAL = "local";

  private static final Map<String, SandboxFactory> OTHERS = others();

  private SandboxPlaces() {}

  private static Map<String, SandboxFactory> others() {
    Map<String, SandboxFactory> found = new TreeMap<>();
    ServiceLoader.load(SandboxFactory.class)
        .forEach(factory -> found.put(factory.place(), factory));
    return found;
  }

  public static Set<String> names() {
    Set<String> names = new TreeSet<>(OTHERS.keySet());
    names.add(LOCAL);
    return names;
  }

  /**
   * The keys that a place's settings may have; empty for a place that has none, or is not there.
   */
  static Set<String> settings(String place) {
    return Optional.ofNullable(OTHERS.get(place)).map(SandboxFactory::settings).orElse(Set.of());
  }

  static SandboxProvider open(
      String place, Home home, Map<String, String> environment, Settings.Sandbox settings) {
    if (place.equals(LOCAL)) {
      return new LocalSandboxProvider(home.files().resolve("sandboxes"));
    }
    SandboxFactory factory = OTHERS.get(place);
    if (factory == null) {
      throw new NodeException(ErrorCode.INVALID_REQUEST, unknown(place));
    }
    return factory.open(
        new SandboxFactory.Setup(
            home.files().resolve("sandboxes"),
            settings.of(place),
            environment,
            notice -> System.err.println("paddock: " + notice)));
  }

  static String unknown(String place) {
    return "there is no place \"%s\" for sandboxes; there are: %s"
        .formatted(place, String.join(", ", names()));
  }
}
