package dev.paddock.checks;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** Many idle streams, and many sessions that run at once, on one server. */
final class ServerLoad {
  private static final int STREAMS = 2_000;
  private static final int FAN_OUTS = 10;
  private static final int SESSIONS = 200;
  private static final int CALLS = 2;

  private final ServerProcess server;
  private final SessionClient client;

  ServerLoad(ServerProcess server, SessionClient client) {
    this.server = server;
    this.client = client;
  }

  void run() throws Exception {
    String agent = client.agent("load", ServerBenchmark.MODEL, Map.of());
    String environment = client.environment();
    streams(client.session(agent, environment));
    System.out.println();
    sessions(agent, environment);
  }

  private void streams(String session) throws Exception {
    double before = server.residentMiB();
    List<Socket> sockets = new ArrayList<>();
    List<CountDownLatch> heard = new ArrayList<>();
    for (int i = 0; i <= FAN_OUTS; i++) {
      heard.add(new CountDownLatch(STREAMS));
    }
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      CountDownLatch open = new CountDownLatch(STREAMS);
      for (int i = 0; i < STREAMS; i++) {
        Socket socket = open(session);
        sockets.add(socket);
        threads.execute(() -> listen(socket, open, heard));
      }
      open.await();
      double after = server.residentMiB();
      double[] millis = new double[FAN_OUTS];
      for (int i = 0; i <= FAN_OUTS; i++) {
        long start = System.nanoTime();
        client.send(session, SessionClient.message("calls: 0, number " + "x".repeat(i)));
        if (!heard.get(i).await(2, TimeUnit.MINUTES)) {
          throw new IllegalStateException(heard.get(i).getCount() + " streams heard nothing");
        }
        if (i > 0) {
          millis[i - 1] = (System.nanoTime() - start) / 1e6;
        }
      }
      Arrays.sort(millis);
      System.out.printf("%,d idle streams%n", STREAMS);
      System.out.printf("memory: %.0f MiB more, %.0f in all%n", after - before, after);
      System.out.printf(
          "from sending an event to the last stream: min %.0f ms, p50 %.0f ms%n",
          millis[0], millis[FAN_OUTS / 2]);
      for (Socket socket : sockets) {
        socket.close();
      }
    }
  }

  private Socket open(String session) throws IOException {
    URI url = URI.create(server.url());
    Socket socket = new Socket(url.getHost(), url.getPort());
    socket
        .getOutputStream()
        .write(
            "GET /v1/sessions/%s/events/stream HTTP/1.1\r\nHost: x\r\nx-api-key: %s\r\n\r\n"
                .formatted(session, ServerUnderTest.KEY)
                .getBytes(StandardCharsets.US_ASCII));
    return socket;
  }

  /** Counts the person's messages only; each is followed by a turn. */
  private static void listen(Socket socket, CountDownLatch open, List<CountDownLatch> heard) {
    try {
      BufferedReader in =
          new BufferedReader(
              new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8), 1024);
      for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
        // the head
      }
      open.countDown();
      for (int next = 0; next < heard.size(); ) {
        String line = in.readLine();
        if (line == null) {
          return;
        }
        if (line.startsWith("data:") && line.contains("\"user.message\"")) {
          heard.get(next).countDown();
          next++;
        }
      }
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
  }

  private void sessions(String agent, String environment) throws Exception {
    List<String> ids = new ArrayList<>();
    for (int i = 0; i < SESSIONS; i++) {
      ids.add(client.session(agent, environment));
    }
    long events = 0;
    long start = System.nanoTime();
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<List<JsonNode>>> ended = new ArrayList<>();
      for (String id : ids) {
        ended.add(threads.submit(() -> turn(id)));
      }
      for (Future<List<JsonNode>> one : ended) {
        events += one.get().size();
      }
    }
    double seconds = (System.nanoTime() - start) / 1e9;
    System.out.printf(
        "%d sessions at once, %d sandboxed commands each: %.1f s, %.0f turns of the model a second, %.0f durable events a second, %.0f MiB%n",
        SESSIONS,
        CALLS,
        seconds,
        SESSIONS * (CALLS + 1) / seconds,
        events / seconds,
        server.residentMiB());
  }

  private List<JsonNode> turn(String session) throws Exception {
    String first = client.send(session, SessionClient.message("calls: " + CALLS));
    try (SessionFollower follower = new SessionFollower(client, session, first)) {
      return follower.await(SessionFollower::isIdle);
    }
  }
}
