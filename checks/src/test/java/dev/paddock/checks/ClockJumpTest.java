package dev.paddock.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import dev.paddock.checks.TestingOpenAi.Answer;
import dev.paddock.checks.TestingOpenAi.Call;
import dev.paddock.core.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.util.List;
import java.util.LongSummaryStatistics;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A server whose clock jumps by hours while it works, as after a suspended night or a wrong time
 * server; by <a href="https://github.com/wolfcw/libfaketime">libfaketime</a>.
 */
@Tag("slow")
@Timeout(300)
class ClockJumpTest {
  private static final List<String> JUMPS = List.of("+7200", "-10800", "+90000", "-60", "+0");

  @TempDir Path folder;

  private static Optional<Path> library() throws IOException {
    Path machine = Path.of("/usr/lib");
    try (Stream<Path> folders = Files.list(machine)) {
      return folders
          .map(each -> each.resolve("faketime/libfaketimeMT.so.1"))
          .filter(Files::exists)
          .findFirst();
    }
  }

  /** The clock jumps while the model is asked, before each call and before the end. */
  private Answer answer(JsonNode request) {
    int done = TestingOpenAi.results(request);
    jump(JUMPS.get(done));
    return done < JUMPS.size() - 1
        ? new Answer.Calls(
            List.of(new Call("bash", Json.object().put("command", "echo call " + done))))
        : new Answer.Text("done");
  }

  private void jump(String by) {
    Path fresh = folder.resolve("clock.new");
    try {
      Files.writeString(fresh, by + "\n");
      Files.move(fresh, clock(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private Path clock() {
    return folder.resolve("clock");
  }

  @Test
  void aSessionGoesOnOverEveryJump() throws Exception {
    Optional<Path> library = library();
    assumeTrue(library.isPresent(), "libfaketime is missing; fix: sudo apt-get install faketime");
    assumeTrue(Machine.confines(), Machine.whyNot());
    jump("+0");
    try (TestingOpenAi model = new TestingOpenAi(this::answer);
        ServerUnderTest server =
            ServerUnderTest.start(jumping(model, library.orElseThrow()), folder);
        SessionClient client = SessionClient.of(server)) {
      String session =
          client.session(client.agent("a", "openai/scripted", Map.of()), client.environment());
      String first = client.send(session, SessionClient.message("begin"));
      List<JsonNode> events;
      try (SessionFollower follower = new SessionFollower(client, session, first)) {
        events = follower.await(SessionFollower::isIdle);
      }
      assertThat(events)
          .filteredOn(event -> event.path("type").asText().equals("agent.tool_result"))
          .hasSize(JUMPS.size() - 1)
          .allMatch(event -> !event.path("is_error").asBoolean());
      assertThat(events)
          .filteredOn(event -> event.path("type").asText().equals("session.error"))
          .isEmpty();
      assertThat(SessionFollower.status(events).orElseThrow().path("stop_reason").path("type"))
          .hasToString("\"end_turn\"");
      assertThat(LogCheck.ids(events)).doesNotHaveDuplicates();
      assertThat(hoursBetween(events)).as("the clock did jump").isGreaterThan(20);
      Program.Result verified = new Program(folder).run("sessions", "verify", session);
      assertThat(verified.exit()).as(verified.out() + verified.err()).isZero();
    }
  }

  private static long hoursBetween(List<JsonNode> events) {
    LongSummaryStatistics hours =
        events.stream()
            .map(event -> event.path("processed_at").asText())
            .filter(text -> !text.isEmpty())
            .mapToLong(text -> Instant.parse(text).getEpochSecond() / 3600)
            .summaryStatistics();
    return hours.getMax() - hours.getMin();
  }

  private Program jumping(TestingOpenAi model, Path library) {
    return new Program(folder)
        .with("OPENAI_BASE_URL", model.url())
        .with("OPENAI_API_KEY", "upstream-key")
        .with("LD_PRELOAD", library.toString())
        .with("FAKETIME_TIMESTAMP_FILE", clock().toString())
        .with("FAKETIME_NO_CACHE", "1")
        .with("FAKETIME_DONT_FAKE_MONOTONIC", "1")
        .with("NO_FAKE_STAT", "1");
  }
}
