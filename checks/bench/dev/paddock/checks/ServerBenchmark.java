package dev.paddock.checks;

import dev.paddock.store.AppendBenchmark;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The server beside its peers, in one run: what a turn of the model costs beside {@code
 * openai-agents}, durable events beside raw SQLite; then many streams, many sessions, its start.
 *
 * <pre>server [PYTHON with openai-agents]</pre>
 */
final class ServerBenchmark {
  static final String MODEL = "openai/scripted";

  private static final int STARTS = 7;

  private ServerBenchmark() {}

  static void run(Path root, String[] arguments) throws Exception {
    // Without this the scripted server waits for acknowledgements, 40 ms at a time.
    System.setProperty("sun.net.httpserver.nodelay", "true");
    Path home = Files.createTempDirectory("paddock-server");
    try (TestingOpenAi model = new TestingOpenAi(TurnBenchmark::answer)) {
      Map<String, String> environment =
          Map.of("OPENAI_BASE_URL", model.url(), "OPENAI_API_KEY", "upstream-key");
      try (ServerProcess server = new ServerProcess(root, home, environment);
          SessionClient client = new SessionClient(server::url)) {
        new TurnBenchmark(client, model.url()).run(Stream.of(arguments).findFirst());
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
    TurnBenchmark.print("start to first answer, an empty home", millis);
  }
}
