package dev.paddock.agent;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.Sampling;
import dev.paddock.provider.spi.ToolChoice;
import java.util.List;

/**
 * How a session's model is to speak, beside what its agent says: a part of its document for those
 * who create sessions call by call.
 *
 * @param mustCall each turn has a call, where a tool is open
 */
public record GenerationSettings(Sampling sampling, boolean mustCall) {
  public static final GenerationSettings DEFAULT = new GenerationSettings(Sampling.DEFAULT, false);

  private static final String KEY = "generation";

  /** Those of a session's document. */
  static GenerationSettings of(ObjectNode document) {
    if (!document.hasNonNull(KEY)) {
      return DEFAULT;
    }
    ObjectNode sampling = (ObjectNode) Json.tree(Sampling.DEFAULT);
    if (document.path(KEY).path("sampling") instanceof ObjectNode set) {
      sampling.setAll(set);
    }
    sampling.putIfAbsent("stop", Json.tree(List.of()));
    return new GenerationSettings(
        Json.convert(sampling, Sampling.class),
        document.path(KEY).path("mustCall").asBoolean(false));
  }

  /** Puts them into a session's document and leaves its other keys alone. */
  public ObjectNode into(ObjectNode document) {
    return document.set(KEY, Json.tree(this));
  }

  ModelRequest applyTo(ModelRequest request) {
    ModelRequest sampled =
        sampling.equals(Sampling.DEFAULT) ? request : request.withSampling(sampling);
    boolean force = mustCall && !request.tools().isEmpty();
    return force ? sampled.withTools(request.tools(), new ToolChoice.Required()) : sampled;
  }
}
