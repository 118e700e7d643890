package dev.paddock.gemini;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.agent.GenerationSettings;
import dev.paddock.provider.spi.Effort;
import dev.paddock.provider.spi.Sampling;
import dev.paddock.server.spi.ServerException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Of {@code generation_config}.
 *
 * @param allowedTools by name; empty allows all
 * @param summaries whether thoughts are shown
 */
record Generation(
    GenerationSettings settings,
    Optional<Effort> effort,
    Optional<Set<String>> allowedTools,
    boolean summaries) {
  private static final int MOST_STOPS = 16;

  static final Generation DEFAULT =
      new Generation(GenerationSettings.DEFAULT, Optional.empty(), Optional.empty(), true);

  static Generation read(Fields fields) {
    Sampling sampling =
        new Sampling(
            fields.number("temperature", 0, 2),
            fields.number("top_p", 0, 1),
            fields.whole("top_k", 1, 1_000_000).map(Long::intValue),
            fields.whole("seed", Integer.MIN_VALUE, Integer.MAX_VALUE),
            fields.whole("max_output_tokens", 1, Integer.MAX_VALUE).map(Long::intValue),
            stops(fields));
    Optional<Effort> effort =
        fields
            .oneOf("thinking_level", Set.of("minimal", "low", "medium", "high"))
            .map(Generation::effort);
    boolean summaries =
        !fields.oneOf("thinking_summaries", Set.of("auto", "none")).equals(Optional.of("none"));
    Choice choice =
        fields
            .find("tool_choice")
            .map(node -> choice(node, fields.at("tool_choice")))
            .orElse(new Choice(false, Optional.empty()));
    fields.notOffered("image_config", "output of images");
    fields.notOffered("speech_config", "output of speech");
    fields.notOffered("transcription_config", "transcription");
    fields.notOffered("video_config", "output of video");
    fields.noOthers();
    return new Generation(
        new GenerationSettings(sampling, choice.must()), effort, choice.allowed(), summaries);
  }

  private static List<String> stops(Fields fields) {
    List<String> stops = new ArrayList<>();
    for (Fields.Item item : fields.list("stop_sequences", MOST_STOPS)) {
      String stop = Fields.text(item.value(), item.place());
      if (stop.isEmpty() || stop.length() > 1000) {
        throw ServerException.invalid(item.place(), "has 1 to 1000 characters");
      }
      stops.add(stop);
    }
    return List.copyOf(stops);
  }

  private static Effort effort(String level) {
    return switch (level) {
      case "minimal" -> Effort.NONE;
      case "low" -> Effort.LOW;
      case "medium" -> Effort.MEDIUM;
      default -> Effort.HIGH;
    };
  }

  private record Choice(boolean must, Optional<Set<String>> allowed) {}

  private static Choice choice(JsonNode node, String place) {
    if (node.isTextual()) {
      return new Choice(must(node.textValue(), place), none(node.textValue()));
    }
    Fields fields = Fields.of(node, place);
    Fields allowed = Fields.of(fields.required("allowed_tools"), fields.at("allowed_tools"));
    fields.noOthers();
    String mode = allowed.text("mode").orElse("auto");
    Set<String> names = new LinkedHashSet<>();
    for (Fields.Item item : allowed.list("tools", 128)) {
      names.add(Fields.text(item.value(), item.place()));
    }
    allowed.noOthers();
    Optional<Set<String>> only =
        none(mode).or(() -> names.isEmpty() ? Optional.empty() : Optional.of(names));
    return new Choice(must(mode, allowed.at("mode")), only);
  }

  private static Optional<Set<String>> none(String mode) {
    return mode.toLowerCase(Locale.ROOT).equals("none") ? Optional.of(Set.of()) : Optional.empty();
  }

  private static boolean must(String mode, String place) {
    return switch (mode.toLowerCase(Locale.ROOT)) {
      case "auto", "none", "validated" -> false;
      case "any" -> true;
      default -> throw ServerException.invalid(place, "must be auto, any, none or validated");
    };
  }
}
