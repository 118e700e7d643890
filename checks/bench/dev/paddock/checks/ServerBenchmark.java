package dev.paddock.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.checks.TestingOpenAi.Answer;
import dev.paddock.checks.TestingOpenAi.Call;
import dev.paddock.core.Json;
import dev.paddock.store.AppendBenchmark;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;

/**
 * The server beside its peers, in one run: what a turn of the model costs beside {@code
 * openai-agents}, durable events beside raw SQLite; then many streams, many sessions, its start.
 *
 * <pre>server [PYTHON with openai-agents]</pre>
 */
final class ServerBenchmark {
  static final String MODEL = "openai/scripted";

  private static final int TURNS = 20;
  private static final int ROUNDS = 8;
  private static final int STARTS = 7;

  private ServerBenchmark() {}

  static void run(Path root, String[] arguments) throws Exception {
    // Without this the scripted server waits for acknowledgements, 40 ms at a time.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Path home = Files.createTempDirectory("paddock-server");
    try (TestingOpenAi model = new TestingOpenAi(ServerBenchmark::answer)) {
      Map<String, String> environment =
          Map.of("OPENAI_BASE_URL", model.url(), "OPENAI_API_KEY", "upstream-key");
      try (ServerProcess server = new ServerProcess(root, home, environment);
          SessionClient client = new SessionClient(server::url)) {
        turns(client, model, arguments);
        System.out.println();
        System.out.println("durable events: the store beside raw SQLite");
        AppendBenchmark.sqlite(Files.createDirectory(home.resolve("append")));
        System.out.println();
        new ServerLoad(server, client).run();
      }
      System.out.println();
      starts(root, environment);
    }
  }

  /** Calls until the conversation has as many results as its first message asks for. */
  private static Answer answer(JsonNode request) {
    int done = TestingOpenAi.results(request);
    int wanted = 0;
    for (JsonNode message : request.path("messages")) {
      if (message.path("role").asText().equals("user") && wanted == 0) {
        String digits = message.path("content").toString().replaceAll("\\D", "");
        wanted = digits.isEmpty() ? 0 : Integer.parseInt(digits);
      }
    }
    String tool = request.path("tools").toString().contains("\"noop\"") ? "noop" : "bash";
    return done < wanted
        ? new Answer.Calls(List.of(new Call(tool, Json.object().put("command", "echo hello"))))
        : new Answer.Text("done");
  }

  private static void turns(SessionClient client, TestingOpenAi model, String[] arguments)
      throws Exception {
    System.out.printf("%-60s %8s %8s%n", "ms a turn of the model with a call", "min", "p50");
    String agent = client.agent("bench", MODEL, Map.of());
    String environment = client.environment();
    double ours =
        print(
            "paddock serve: API, sandboxed command, log on disk",
            rounds(() -> session(client, agent, environment, TURNS), TURNS + 1));
    double bare = print("a bare client (Java)", rounds(() -> bare(model.url()), TURNS + 1));
    System.out.printf("%-60s %8.1f%n", "paddock over its bare client", ours - bare);
    double one =
        print(
            "paddock: a whole session with one call, its box started",
            rounds(() -> session(client, agent, environment, 1), 1));
    double further = (ours * (TURNS + 1) - one) / (TURNS - 1);
    System.out.printf("%-60s %8.1f%n", "paddock: each further turn", further);
    if (arguments.length == 0) {
      System.out.println(
          "not measured: openai-agents; name a Python that has it: bench server PYTHON");
      return;
    }
    double theirs = peer(arguments[0], model.url());
    System.out.printf(
        "%-60s %8.2f%n", "ratio with the session and its box, by minima", (ours - bare) / theirs);
    System.out.printf("%-60s %8.2f%n", "ratio of each further turn", (further - bare) / theirs);
  }

  private static double[] rounds(Callable<Boolean> round, int turns) throws Exception {
    round.call();
    double[] millis = new double[ROUNDS];
    for (int i = 0; i < ROUNDS; i++) {
      long start = System.nanoTime();
      round.call();
      millis[i] = (System.nanoTime() - start) / 1e6 / turns;
    }
    return millis;
  }

  /** Prints what the rounds took, and returns the least. */
  private static double print(String what, double[] millis) {
    Arrays.sort(millis);
    System.out.printf("%-60s %8.1f %8.1f%n", what, millis[0], millis[millis.length / 2]);
    return millis[0];
  }

  private static boolean session(
      SessionClient client, String agent, String environment, int calls) throws Exception {
    String session = client.session(agent, environment);
    String first = client.send(session, SessionClient.message("calls: " + calls));
    try (SessionFollower follower = new SessionFollower(client, session, first)) {
      return !follower.await(SessionFollower::isIdle).isEmpty();
    }
  }

  /** The same requests and nothing else. */
  private static boolean bare(String url) throws Exception {
    ObjectNode body = Json.object().put("model", "scripted").put("stream", true);
    ArrayNode messages = body.putArray("messages");
    messages.addObject().put("role", "user").put("content", "calls: " + TURNS);
    try (HttpClient http = HttpClient.newHttpClient()) {
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
    }
    return true;
  }

  /** Prints the peer's lines, and returns its least time over its bare client. */
  private static double peer(String python, String url) throws Exception {
    String script =
        """
        import asyncio, http.client, json, statistics, sys, time, urllib.parse
        from agents import Agent, OpenAIChatCompletionsModel, Runner, function_tool, set_tracing_disabled
        from openai import AsyncOpenAI
        url, turns, rounds = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
        set_tracing_disabled(True)
        client = AsyncOpenAI(base_url=url, api_key="none")
        address = urllib.parse.urlsplit(url)
        connection = http.client.HTTPConnection(address.netloc)

        @function_tool
        def noop(command: str) -> str:
            return "hello"

        agent = Agent(name="bench", instructions="Do it.", tools=[noop],
                      model=OpenAIChatCompletionsModel(model="scripted", openai_client=client))

        async def theirs():
            run = Runner.run_streamed(agent, "calls: %d" % turns, max_turns=turns + 2)
            async for _ in run.stream_events():
                pass
            assert run.final_output == "done", run.final_output

        async def bare():
            messages = [{"role": "user", "content": "calls: %d" % turns}]
            for _ in range(turns + 1):
                connection.request("POST", address.path + "/chat/completions", json.dumps(
                    {"model": "scripted", "stream": True, "messages": messages}))
                connection.getresponse().read()
                messages += [{"role": "assistant", "content": "x" * 400},
                             {"role": "tool", "tool_call_id": "a", "content": "hello"}]

        async def measure(what, run):
            await run()
            times = []
            for _ in range(rounds):
                start = time.perf_counter()
                await run()
                times.append((time.perf_counter() - start) * 1000 / (turns + 1))
            print("%-60s %8.1f %8.1f" % (what, min(times), statistics.median(times)))
            return min(times)

        async def main():
            a = await measure("openai-agents: in process, tool that does nothing, no log", theirs)
            b = await measure("a bare client (Python)", bare)
            print("%-60s %8.1f" % ("openai-agents over its bare client", a - b))

        asyncio.run(main())
        """;
    Process child =
        new ProcessBuilder(
                python, "-c", script, url, String.valueOf(TURNS), String.valueOf(ROUNDS))
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    List<String> lines =
        new String(child.getInputStream().readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    lines.forEach(System.out::println);
    if (child.waitFor() != 0) {
      throw new IllegalStateException(python + " could not run openai-agents");
    }
    String[] last = lines.getLast().split(" +");
    return Double.parseDouble(last[last.length - 1]);
  }

  /** From the start of the command to the answer of a request that reads the store. */
  private static void starts(Path root, Map<String, String> environment) throws Exception {
    double[] millis = new double[STARTS];
    for (int i = 0; i < STARTS; i++) {
      Path home = Files.createTempDirectory("paddock-start");
      long start = System.nanoTime();
      try (ServerProcess server = new ServerProcess(root, home, environment);
          SessionClient client = new SessionClient(server::url)) {
        client.send("GET", "/v1/agents", Optional.empty());
        millis[i] = (System.nanoTime() - start) / 1e6;
      }
    }
    System.out.printf("%-60s %8s %8s%n", "start", "min ms", "p50 ms");
    print("start to first answer, an empty home", millis);
  }
}
