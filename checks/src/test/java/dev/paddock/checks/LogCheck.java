package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
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
    List<JsonNode> events =
        store.sessions().readAll(session).stream().<JsonNode>map(EventLine::of).toList();
    check(events, workspace);
    return events;
  }

  /** Fails unless the events are whole and fit the files that their calls left in the folder. */
  static void check(List<JsonNode> events, Path folder) {
    Set<String> ids = new HashSet<>();
    Map<String, JsonNode> calls = new HashMap<>();
    Map<String, List<JsonNode>> results = new HashMap<>();
    int sequence = 0;
    for (JsonNode event : events) {
      assertThat(event.path("sequence").asInt()).isEqualTo(++sequence);
      assertThat(ids.add(event.path("id").asText())).as("twice: " + event).isTrue();
      if (event.has("session_thread_id")) {
        continue;
      }
      switch (event.path("type").asText()) {
        case "agent.tool_use" -> calls.put(event.path("id").asText(), event);
        case "agent.tool_result" ->
            results
                .computeIfAbsent(event.path("tool_use_id").asText(), id -> new ArrayList<>())
                .add(event);
        default -> {}
      }
    }
    assertThat(results.keySet()).isEqualTo(calls.keySet());
    calls.forEach(
        (id, call) -> {
          assertThat(results.get(id)).as("results of " + call).hasSize(1);
          checkEffect(call, results.get(id).getFirst(), folder);
        });
  }

  private static void checkEffect(JsonNode call, JsonNode result, Path folder) {
    List<String> lines =
        switch (call.path("name").asText()) {
          case "bash" -> lines(folder.resolve(Work.FILE));
          case "write" -> lines(folder.resolve("approved.txt"));
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

  private static List<String> lines(Path file) {
    try {
      return Files.exists(file) ? Files.readAllLines(file) : List.of();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Stream<String> ids(List<JsonNode> events) {
    return events.stream().map(event -> event.path("id").asText());
  }
}
