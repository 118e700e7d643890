package dev.paddock.provider.spi;

import java.util.Set;

/**
 * What is known of a model.
 *
 * @param ref its reference, {@code provider/model}
 * @param contextTokens prompt and answer together
 */
public record ModelDescription(
    String ref, long contextTokens, long maxOutputTokens, Set<Capability> capabilities) {

  /** What a model can do. */
  public enum Capability {
    TOOLS,
    JSON_SCHEMA,
    IMAGES,
    THINKING,
    LOGPROBS,
    SCORING,
    /** Its turn is held to the offered tools and their schemas by grammar. */
    GRAMMAR,
    /** It runs in this process. */
    LOCAL
  }

  public boolean can(Capability capability) {
    return capabilities.contains(capability);
  }
}
