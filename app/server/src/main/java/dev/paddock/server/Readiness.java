package dev.paddock.server;

import dev.paddock.core.PaddockException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether the parts that the server stands on answer. Looked at again after a moment, not at every
 * question.
 */
public final class Readiness {
  private static final long FRESH = Duration.ofSeconds(2).toNanos();

  private final Map<String, Part> parts = new LinkedHashMap<>();
  private List<String> missing = List.of();
  private long lookedAt;
  private boolean looked;

  /** Looks whether a part answers; a {@link PaddockException} means that it does not. */
  @FunctionalInterface
  public interface Part {
    boolean answers();
  }

  public Readiness with(String name, Part part) {
    parts.put(name, part);
    return this;
  }

  /** The names of the parts that do not answer. */
  synchronized List<String> missing() {
    if (!looked || System.nanoTime() - lookedAt > FRESH) {
      List<String> found = new ArrayList<>();
      parts.forEach(
          (name, part) -> {
            if (!answers(part)) {
              found.add(name);
            }
          });
      missing = List.copyOf(found);
      lookedAt = System.nanoTime();
      looked = true;
    }
    return missing;
  }

  private static boolean answers(Part part) {
    try {
      return part.answers();
    } catch (PaddockException e) {
      return false;
    }
  }
}
