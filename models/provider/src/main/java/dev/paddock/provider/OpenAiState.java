package dev.paddock.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.core.ProviderState;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What servers beyond OpenAI's want back: {@code reasoning_content} or {@code reasoning} as text,
 * {@code reasoning_details} as blocks, {@code extra_content} on a call (Gemini's signatures).
 */
final class OpenAiState {
  private static final List<String> TEXTS = List.of("reasoning_content", "reasoning");
  private static final String DETAILS = "reasoning_details";
  private static final String EXTRA = "extra_content";

  private final StringBuilder text = new StringBuilder();
  private final ArrayNode details = Json.mapper().createArrayNode();
  private final TreeMap<Integer, JsonNode> extras = new TreeMap<>();
  private String textField = "";

  /** Keeps what a delta holds and returns its part of the reasoning. */
  String keep(JsonNode delta) {
    delta.path(DETAILS).forEach(details::add);
    for (String field : TEXTS) {
      JsonNode value = delta.path(field);
      if (value.isTextual() && !value.textValue().isEmpty()) {
        textField = field;
        text.append(value.textValue());
        return value.textValue();
      }
    }
    return "";
  }

  void keepCall(int index, JsonNode call) {
    JsonNode extra = call.path(EXTRA);
    if (extra.isObject()) {
      extras.put(index, extra);
    }
  }

  Optional<ProviderState> state(String provider) {
    ObjectNode out = Json.object();
    if (!textField.isEmpty()) {
      out.put(textField, text.toString());
    }
    if (!details.isEmpty()) {
      out.set(DETAILS, details);
    }
    if (!extras.isEmpty()) {
      ObjectNode calls = out.putObject("calls");
      extras.forEach((index, extra) -> calls.set(String.valueOf(index), extra));
    }
    return out.isEmpty() ? Optional.empty() : Optional.of(new ProviderState(provider, out));
  }

  /** Plain reasoning belongs to the turn it was part of; later turns must not see it. */
  static void restore(JsonNode state, ObjectNode message, boolean inThisTurn) {
    for (String field : TEXTS) {
      if (inThisTurn && state.hasNonNull(field)) {
        message.set(field, state.get(field));
      }
    }
    if (state.hasNonNull(DETAILS)) {
      message.set(DETAILS, state.get(DETAILS));
    }
    state
        .path("calls")
        .properties()
        .forEach(
            entry -> {
              // What a client brought back may hold anything.
              if (entry.getKey().matches("\\d{1,4}")
                  && message.path("tool_calls").path(Integer.parseInt(entry.getKey()))
                      instanceof ObjectNode call) {
                call.set(EXTRA, entry.getValue());
              }
            });
  }
}
