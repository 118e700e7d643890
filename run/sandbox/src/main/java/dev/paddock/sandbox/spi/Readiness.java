package dev.paddock.sandbox.spi;

import java.util.List;

/** Whether sandboxes can be started here; nothing missing means ready. */
public record Readiness(List<Missing> missing) {
  public static final Readiness READY = new Readiness(List.of());

  public Readiness {
    missing = List.copyOf(missing);
  }

  public boolean ready() {
    return missing.isEmpty();
  }

  /**
   * A part that is missing.
   *
   * @param fix the exact command or setting that provides it
   */
  public record Missing(String what, String fix) {}
}
