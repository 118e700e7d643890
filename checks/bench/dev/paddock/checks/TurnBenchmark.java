package dev.paddock.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.checks.TestingOpenAi.Answer;
import dev.paddock.checks.TestingOpenAi.Call;
import dev.paddock.core.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * What a turn of the model costs beside what the model takes: here with a sandboxed command and a
 * log that outlives the process, and in {@code openai-agents} with a tool that does nothing and no
 * log. All of them ask the same scripted model server, take turns, and are warmed up alike.
 */
final class TurnBenchmark {
  private static final int TURNS = 20;
  private static final int WARMUP = 60;
  private static final int ROUNDS = 15;

  private final SessionClient client;
  private final String url;

  TurnBenchmark(SessionClient client, String url) {
    this.client = client;
    this.url = url;
  }

  /** Calls until the conversation has as many results as its first message asks for. */
  static Answer answer(JsonNode request) {
    int done = TestingOpenAi.results(request);
    int wanted = 0;
    for (JsonNode message : request.path("messages")) {
      if (message.path("role").asText().equals("user") && wanted == 0) {
        String digits = message.path("content").toString().replaceAll("\\D", "");
        wanted = digits.isEmpty() ? 0 : Integer.parseInt(digits);
      }
    }
    String tool = request.path("tools").toString().contains("\"noop\"") ? "noop" : "bash";
    // The same call again and again would be taken for a loop that leads nowhere.
    return done < wanted
        ? new Answer.Calls(List.of(new Call(tool, Json.object().put("command", "echo " + done))))
        : new Answer.Text("done");
  }

  /** What is measured, a round of it being some turns of the model. */
  private static final class Measure {
    private final String what;
    private final int turns;
    private final List<Double> millis = new ArrayList<>();

    Measure(String what, int turns) {
      this.what = what;
      this.turns = turns;
    }

    void take(boolean counted, Callable<Boolean> round) throws Exception {
      long start = System.nanoTime();
      if (!round.call()) {
        throw new IllegalStateException(what + ": a round did not end as it should");
      }
      if (counted) {
        millis.add((System.nanoTime() - start) / 1e6 / turns);
      }
    }

    /** Prints what the rounds took, and returns the middle one. */
    double print() {
      double[] sorted = millis.stream().mapToDouble(Double::doubleValue).sorted().toArray();
      TurnBenchmark.print(what, sorted);
      return sorted[sorted.length / 2];
    }
  }

  /** The least and the middle one. */
  static void print(String what, double[] millis) {
    double[] sorted = millis.clone();
    Arrays.sort(sorted);
    System.out.printf("%-60s %8.1f %8.1f%n", what, sorted[0], sorted[sorted.length / 2]);
  }

  /**
   * @param python one that has {@code openai-agents}
   */
  void run(Optional<String> python) throws Exception {
    String agent = client.agent("bench", ServerBenchmark.MODEL, Map.of());
    String environment = client.environment();
    Measure ours = new Measure("paddock serve: API, sandboxed command, log on disk", TURNS + 1);
    Measure bare = new Measure("a bare client (Java)", TURNS + 1);
    Measure one = new Measure("paddock: a whole session with one call, its box started", 1);
    Measure theirs =
        new Measure("openai-agents: in process, tool that does nothing, no log", TURNS + 1);
    Measure theirBare = new Measure("a bare client (Python)", TURNS + 1);
    try (HttpClient http = HttpClient.newHttpClient();
        TurnPeer peer = TurnPeer.start(python, url, TURNS)) {
      for (int i = -WARMUP; i < ROUNDS; i++) {
        ours.take(i >= 0, () -> session(agent, environment, TURNS));
        bare.take(i >= 0, () -> bare(http));
        one.take(i >= 0, () -> session(agent, environment, 1));
        theirs.take(i >= 0, () -> peer.round("theirs"));
        theirBare.take(i >= 0, () -> peer.round("bare"));
      }
    }
    System.out.printf("%-60s %8s %8s%n", "ms a turn of the model with a call", "min", "p50");
    double over = ours.print() - bare.print();
    System.out.printf("%-60s %8s %8.1f%n", "paddock over its bare client", "", over);
    one.print();
    if (python.isEmpty()) {
      System.out.println(
          "not measured: openai-agents; name a Python that has it: bench server PYTHON");
      return;
    }
    double theirOver = theirs.print() - theirBare.print();
    System.out.printf("%-60s %8s %8.1f%n", "openai-agents over its bare client", "", theirOver);
    System.out.printf("%-60s %8s %8.2f%n", "ratio", "", over / theirOver);
  }

  private boolean session(String agent, String environment, int calls) throws Exception {
    String session = client.session(agent, environment);
    String first = client.send(session, SessionClient.message("calls: " + calls));
    try (SessionFollower follower = new SessionFollower(client, session, first)) {
      List<JsonNode> events = follower.await(SessionFollower::isIdle);
      return events.stream()
              .filter(event -> event.path("type").asText().equals("agent.tool_result"))
              .filter(event -> !event.path("is_error").asBoolean())
              .count()
          == calls;
    }
  }

  /** The same requests and nothing else. */
  private boolean bare(HttpClient http) throws Exception {
    ObjectNode body = Json.object().put("model", "scripted").put("stream", true);
    ArrayNode messages = body.putArray("messages");
    messages.addObject().put("role", "user").put("content", "calls: " + TURNS);
    for (int i = 0; i <= TURNS; i++) {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create(url + "/chat/completions"))
              .version(HttpClient.Version.HTTP_1_1)
              .POST(HttpRequest.BodyPublishers.ofString(Json.write(body)))
              .build();
      String answer = http.send(request, BodyHandlers.ofString()).body();
      messages.addObject().put("role", "assistant").put("content", answer);
      messages.addObject().put("role", "tool").put("content", "hello");
    }
    return true;
  }
}
