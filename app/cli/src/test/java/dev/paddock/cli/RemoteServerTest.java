package dev.paddock.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server answers is not trusted, and what breaks off is taken up again. */
class RemoteServerTest {
  private static final String SESSION = "sesn_01234567";
  private static final String RUNNING =
      "{\"id\":\"sevt_1\",\"type\":\"session.status_running\",\"processed_at\":\"2026-01-01T00:00:00Z\"}";
  private static final String MESSAGE =
      "{\"id\":\"sevt_2\",\"type\":\"agent.message\",\"content\":[{\"type\":\"text\",\"text\":\"Hello\"}]}";
  private static final String LATER = "{\"id\":\"sevt_3\",\"type\":\"agent.later\",\"x\":1}";
  private static final String IDLE =
      "{\"id\":\"sevt_4\",\"type\":\"session.status_idle\",\"stop_reason\":{\"type\":\"end_turn\"}}";

  @TempDir private Path folder;

  private static String sse(String event) {
    return ": ping\n\nid: x\nevent: y\ndata: " + event + "\n\n";
  }

  private static TestingHttp.Answer stream(String... events) {
    StringBuilder body = new StringBuilder();
    for (String event : events) {
      body.append(sse(event));
    }
    return new TestingHttp.Answer(200, "text/event-stream", body.toString());
  }

  @Test
  void aStreamThatBreaksOffGoesOnBehindTheLastEvent() {
    Deque<TestingHttp.Answer> streams =
        new ArrayDeque<>(
            List.of(
                stream(MESSAGE),
                new TestingHttp.Answer(503, "application/json", "{}"),
                stream(),
                stream(LATER, IDLE)));
    try (TestingHttp server =
        new TestingHttp(
            exchange ->
                switch (exchange.getRequestURI().getPath()) {
                  case "/v1/sessions/" + SESSION -> TestingHttp.Answer.json("{}");
                  case "/v1/sessions/" + SESSION + "/events" ->
                      TestingHttp.Answer.json("{\"data\":[" + RUNNING + "],\"next_page\":null}");
                  default -> streams.removeFirst();
                })) {
      TestingCommand.Result tail =
          TestingCommand.run(server.environment(), "sessions", "tail", SESSION, "--json");
      assertThat(tail.exit()).as(tail.err()).isZero();
      assertThat(tail.lines()).containsExactly(RUNNING, MESSAGE, LATER, IDLE);
      assertThat(
              server.requests().stream()
                  .filter(request -> request.getRequestURI().getPath().endsWith("/stream"))
                  .map(RemoteServerTest::lastEventId))
          .containsExactly("sevt_1", "sevt_2", "sevt_2", "sevt_2");
    }
  }

  private static String lastEventId(HttpExchange request) {
    return request.getRequestHeaders().getFirst("last-event-id");
  }

  @Test
  void anErrorIsOneClearLine() {
    String error =
        "{\"type\":\"error\",\"error\":{\"type\":\"x\",\"message\":\"No\\nroom \\u001b[31mleft.\"}}";
    try (TestingHttp server =
        new TestingHttp(exchange -> new TestingHttp.Answer(400, "application/json", error))) {
      TestingCommand.Result refused =
          TestingCommand.run(server.environment(), "environments", "create", "lab");
      assertThat(refused.exit()).isEqualTo(1);
      assertThat(refused.out()).isEmpty();
      assertThat(refused.err()).contains("No room").doesNotContain("\u001b").hasLineCount(1);
    }
    try (TestingHttp server =
        new TestingHttp(exchange -> new TestingHttp.Answer(200, "text/html", "<html>"))) {
      TestingCommand.Result refused = TestingCommand.run(server.environment(), "sessions", "list");
      assertThat(refused.exit()).isEqualTo(1);
      assertThat(refused.err()).contains("is not Paddock's API");
    }
  }

  @Test
  void theKeyIsNotCarriedElsewhere() {
    try (TestingHttp other = new TestingHttp(exchange -> TestingHttp.Answer.json("{}"));
        TestingHttp server =
            new TestingHttp(
                exchange -> {
                  exchange
                      .getResponseHeaders()
                      .set("location", other.environment().get("PADDOCK_URL") + "/v1/sessions");
                  return new TestingHttp.Answer(302, "application/json", "{}");
                })) {
      assertThat(TestingCommand.run(server.environment(), "sessions", "list").exit()).isEqualTo(1);
      assertThat(other.requests()).isEmpty();
    }
  }

  @Test
  void filesStayInTheirFolder() throws IOException {
    Path out = folder.resolve("out");
    String list =
        """
        {"data":[
          {"id":"file_1","path":"a/b.txt","size_bytes":5},
          {"id":"file_2","path":"../../escaped.txt","size_bytes":5},
          {"id":"file_3","path":"/etc/escaped.txt","size_bytes":5},
          {"id":"file_4","path":"repo/.git/config","size_bytes":5}],
         "next_page":null}""";
    try (TestingHttp server =
        new TestingHttp(
            exchange ->
                exchange.getRequestURI().getPath().endsWith("/content")
                    ? new TestingHttp.Answer(200, "application/octet-stream", "hello")
                    : TestingHttp.Answer.json(list))) {
      TestingCommand.Result written =
          TestingCommand.run(
              server.environment(), "sessions", "files", SESSION, "--out", out.toString());
      assertThat(written.exit()).as(written.err()).isZero();
      assertThat(out.resolve("a/b.txt")).hasContent("hello");
      assertThat(written.err())
          .contains("escaped.txt was left out", "repo/.git/config was left out");
      try (var all = Files.walk(folder)) {
        assertThat(all.filter(Files::isRegularFile)).containsExactly(out.resolve("a/b.txt"));
      }

      Files.delete(out.resolve("a/b.txt"));
      Files.delete(out.resolve("a"));
      Path elsewhere = Files.createDirectory(folder.resolve("elsewhere"));
      Files.createSymbolicLink(out.resolve("a"), elsewhere);
      TestingCommand.Result refused =
          TestingCommand.run(
              server.environment(), "sessions", "files", SESSION, "--out", out.toString());
      assertThat(refused.exit()).isEqualTo(2);
      assertThat(elsewhere).isEmptyDirectory();
    }
  }
}
