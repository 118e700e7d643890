package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.core.LogEntry;
import dev.paddock.core.SessionId;
import dev.paddock.node.EventLine;
import dev.paddock.store.Store;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** Whether a log, and the files that its calls left, keep what Paddock promises. */
final class LogCheck {
  private final Store store;

  /** The folder that the session works in. */
  private final Path workspace;

  LogCheck(Store store, Path workspace) {
    this.store = store;
    this.workspace = workspace;
  }

  /** The log's events, which have no gap, no double and one result a call. */
  List<JsonNode> check(SessionId session) {
    assertThat(store.verify(session).broken()).as("chain of " + session).isEmpty();
    List<JsonNode> events = new ArrayList<>();
    Set<String> ids = new HashSet<>();
    Map<String, JsonNode> calls = new HashMap<>();
    Map<String, List<JsonNode>> results = new HashMap<>();
    for (LogEntry entry : store.sessions().readAll(session)) {
      JsonNode event = EventLine.of(entry);
      events.add(event);
      assertThat(event.path("sequence").asInt()).isEqualTo(events.size());
      assertThat(ids.add(event.path("id").asText())).as("twice: " + event).isTrue();
      switch (event.path("type").asText()) {
        case "agent.tool_use" -> {
          if (!event.has("session_thread_id")) {
            calls.put(event.path("id").asText(), event);
          }
        }
        case "agent.tool_result" -> {
          if (!event.has("session_thread_id")) {
            results
                .computeIfAbsent(event.path("tool_use_id").asText(), id -> new ArrayList<>())
                .add(event);
          }
        }
        default -> {}
      }
    }
    assertThat(results.keySet()).isEqualTo(calls.keySet());
    calls.forEach(
        (id, call) -> {
          assertThat(results.get(id)).as("results of " + call).hasSize(1);
          checkEffect(call, results.get(id).getFirst());
        });
    return events;
  }

  private void checkEffect(JsonNode call, JsonNode result) {
    List<String> lines =
        switch (call.path("name").asText()) {
          case "bash" -> lines(Work.FILE);
          case "write" -> lines("approved.txt");
          default -> List.of();
        };
    String effect =
        call.path("name").asText().equals("bash")
            ? call.path("input").path("command").asText().split(" ")[1]
            : call.path("input").path("content").asText();
    assertThat(lines).as("no effect twice").doesNotHaveDuplicates();
    if (result.path("is_error").asBoolean()) {
      assertThat(result.path("content").toString()).contains("interrupted");
    } else if (!call.path("name").asText().equals("delegate")) {
      assertThat(lines).as("success without effect: " + call).contains(effect);
    }
  }

  private List<String> lines(String name) {
    try {
      Path file = workspace.resolve(name);
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<String> ids(List<JsonNode> events) {
    return events.stream().map(event -> event.path("id").asText());
  }
}
