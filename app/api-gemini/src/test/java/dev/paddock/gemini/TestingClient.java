package dev.paddock.gemini;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.EventSource;
import dev.paddock.server.spi.Reply;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What a client makes of a stream: a step's start begins it anew, its deltas are added. */
final class TestingClient {
  private static final Duration SOON = Duration.ofMillis(1);

  final List<JsonNode> events = new ArrayList<>();
  private final Map<Integer, ObjectNode> steps = new HashMap<>();
  private final Map<Integer, StringBuilder> texts = new HashMap<>();
  boolean done;

  Optional<String> lastId() {
    return events.isEmpty()
        ? Optional.empty()
        : Optional.of(events.getLast().path("event_id").asText());
  }

  /** Takes what is there, at most so many events; then the connection is cut. */
  void read(Reply reply, int most) throws InterruptedException {
    try (EventSource source = ((Reply.Events) reply).source()) {
      int taken = 0;
      while (taken < most && !done) {
        EventSource.Batch batch = source.next(SOON);
        if (batch.events().isEmpty() && !batch.last()) {
          return;
        }
        for (EventSource.Event event : batch.events()) {
          if (taken++ < most) {
            take(event);
          }
        }
      }
    }
  }

  void readAll(Reply reply) throws InterruptedException {
    try (EventSource source = ((Reply.Events) reply).source()) {
      while (!done) {
        source.next(Duration.ofSeconds(20)).events().forEach(this::take);
      }
    }
  }

  void take(EventSource.Event event) {
    if (event.data().equals("[DONE]")) {
      done = true;
      return;
    }
    JsonNode data = Json.tree(event.data());
    events.add(data);
    int index = data.path("index").asInt();
    switch (data.path("event_type").asText()) {
      case "step.start" -> {
        steps.put(index, data.path("step").deepCopy());
        texts.put(index, new StringBuilder());
      }
      case "step.delta" -> delta(index, data.path("delta"));
      case "interaction.completed" -> replace(data.path("interaction").path("steps"));
      default -> {}
    }
  }

  /** An end may say which steps stand, where some that were told do not. */
  private void replace(JsonNode whole) {
    if (whole.isArray()) {
      for (int i = 0; i < whole.size(); i++) {
        assertThat(steps.get(i)).isEqualTo(whole.get(i));
      }
      steps.clear();
      for (int i = 0; i < whole.size(); i++) {
        steps.put(i, whole.get(i).deepCopy());
      }
    }
  }

  private void delta(int index, JsonNode delta) {
    ObjectNode step = Optional.ofNullable(steps.get(index)).orElseThrow();
    StringBuilder text = Optional.ofNullable(texts.get(index)).orElseThrow();
    switch (delta.path("type").asText()) {
      case "text" -> text.append(delta.path("text").asText());
      case "thought_summary" -> text.append(delta.path("content").path("text").asText());
      case "arguments_delta" -> step.set("arguments", Json.tree(delta.path("arguments").asText()));
      default ->
          delta.properties().stream()
              .filter(field -> !field.getKey().equals("type"))
              .forEach(field -> step.set(field.getKey(), field.getValue()));
    }
    if (!text.isEmpty()) {
      String field = step.path("type").asText().equals("thought") ? "summary" : "content";
      step.putArray(field).add(Json.object().put("type", "text").put("text", text.toString()));
    }
  }

  ArrayNode steps() {
    ArrayNode out = Json.mapper().createArrayNode();
    for (int i = 0; i < steps.size(); i++) {
      out.add(steps.get(i));
    }
    return out;
  }
}
