package dev.paddock.agent;

import com.fasterxml.jackson.annotation.JsonProperty;
import java.util.List;

/**
 * Which models answer instead, in order, and when. A fallback holds until the session is idle.
 *
 * @param models references
 */
public record Fallback(List<String> models, List<On> on) {
  public static final Fallback NONE = new Fallback(List.of(), List.of());

  /** Of a model that is asked no further. */
  public enum On {
    /** Its retries are used up. */
    @JsonProperty("exhausted")
    EXHAUSTED,
    /** It cannot be reached; it is not asked again. */
    @JsonProperty("unavailable")
    UNAVAILABLE,
    @JsonProperty("rate_limited")
    RATE_LIMITED,
    @JsonProperty("overloaded")
    OVERLOADED,
    /** It refused to answer. */
    @JsonProperty("refusal")
    REFUSAL
  }
}
