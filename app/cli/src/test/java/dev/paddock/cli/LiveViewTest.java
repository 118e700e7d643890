package dev.paddock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.core.ContentBlock;
import dev.paddock.core.EventId;
import dev.paddock.core.Json;
import dev.paddock.core.LogEntry;
import dev.paddock.core.Permission;
import dev.paddock.core.Principal;
import dev.paddock.core.SessionEvent;
import dev.paddock.core.SessionId;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class LiveViewTest {
  private static final String HOSTILE = "\u001b[2Jls\u0007";

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final Screen screen =
      new Screen(new PrintStream(bytes, true, StandardCharsets.UTF_8), false, false);

  private static LogEntry entry(long sequence, SessionEvent event) {
    return new LogEntry(
        SessionId.next(),
        sequence,
        sequence,
        Instant.EPOCH,
        Principal.SYSTEM,
        Optional.empty(),
        event);
  }

  @Test
  void nothingOfACallReachesTheTerminalAsItCame() {
    EventId call = EventId.next();
    try (LiveView view = new LiveView(screen, false)) {
      view.entry(
          entry(
              1,
              new SessionEvent.AgentToolUse(
                  call,
                  HOSTILE,
                  Json.object().put("command", HOSTILE),
                  Permission.ALLOW,
                  Optional.empty(),
                  Optional.empty())));
      view.entry(
          entry(
              2,
              new SessionEvent.AgentToolResult(
                  EventId.next(), call, List.of(ContentBlock.text(HOSTILE)), false)));
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8))
        .contains("ls")
        .doesNotContain("\u001b")
        .doesNotContain("\u0007");
  }

  private static SessionEvent request(String host, String verdict, String reason) {
    return new SessionEvent.EgressRequest(
        EventId.next(),
        host,
        443,
        "CONNECT",
        "",
        200,
        verdict,
        Optional.empty(),
        Optional.empty(),
        reason.isEmpty() ? Optional.empty() : Optional.of(reason),
        500,
        524,
        1);
  }

  @Test
  void requestsAreFoldedByHostAndEachRefusalStandsThereOnce() {
    try (LiveView view = new LiveView(screen, false)) {
      for (int i = 0; i < 3; i++) {
        view.entry(entry(1 + i, request("a.example" + HOSTILE, "allowed", "")));
        view.entry(entry(9 + i, request("b.example", "denied", "b is not on the list")));
      }
      view.entry(entry(20, request("a.example" + HOSTILE, "failed", "broken off")));
    }
    assertThat(bytes.toString(StandardCharsets.UTF_8).lines())
        .hasSize(2)
        .anyMatch(line -> line.endsWith("network: b is not on the list"))
        .anyMatch(line -> line.contains("4 requests") && line.endsWith(", 1 failed"))
        .noneMatch(line -> line.contains("\u001b"));
  }
}
