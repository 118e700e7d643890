package dev.paddock.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.paddock.server.spi.EventSource.Batch;
import dev.paddock.server.spi.EventSource.Event;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StreamTest {
  @TempDir Path folder;
  private TestingServer server;

  @BeforeEach
  void start() {
    server = new TestingServer(folder, TestingServer.SHORT, Optional.empty());
  }

  @AfterEach
  void stop() {
    server.close();
  }

  /** An open stream whose head was read. */
  private record Client(Socket socket, BufferedReader in) implements AutoCloseable {
    String next() throws IOException {
      StringBuilder event = new StringBuilder();
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        if (line.isEmpty() && !event.isEmpty()) {
          return event.toString();
        }
        // The sizes of chunks are hexadecimal digits alone.
        if (!line.isEmpty() && !line.matches("[0-9A-Fa-f]+")) {
          event.append(line).append('\n');
        }
      }
      return "end";
    }

    String nextEvent() throws IOException {
      String event = next();
      while (event.startsWith(":")) {
        event = next();
      }
      return event;
    }

    @Override
    public void close() throws IOException {
      socket.close();
    }
  }

  private Client open(String path) throws IOException {
    Socket socket = server.connect();
    String request =
        "GET " + path + " HTTP/1.1\r\nHost: x\r\nx-api-key: " + TestingServer.KEY + "\r\n\r\n";
    socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
    BufferedReader in =
        new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    assertThat(in.readLine()).isEqualTo("HTTP/1.1 200 OK");
    List<String> head = new ArrayList<>();
    for (String line = in.readLine(); !line.isEmpty(); line = in.readLine()) {
      head.add(line.toLowerCase(java.util.Locale.ROOT));
    }
    assertThat(head).contains("content-type: text/event-stream; charset=utf-8");
    return new Client(socket, in);
  }

  private static Event event(String id, String name, String data) {
    return new Event(Optional.of(id), Optional.of(name), data);
  }

  private static void await(BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).isLessThan(deadline);
      LockSupport.parkNanos(1_000_000);
    }
  }

  @Test
  void theHeadComesAtOnceThenEventsAndPings() throws Exception {
    try (Client client = open("/v1/events")) {
      assertThat(client.next()).isEqualTo(": ping\n");
      server.dialect.events.add(
          new Batch(List.of(event("7", "message", "a\nb\r\nc"), event("8", "x", "é")), false));
      assertThat(client.nextEvent())
          .isEqualTo("id: 7\nevent: message\ndata: a\ndata: b\ndata: c\n");
      assertThat(client.nextEvent()).isEqualTo("id: 8\nevent: x\ndata: é\n");
      server.dialect.events.add(
          new Batch(List.of(new Event(Optional.empty(), Optional.empty(), "last")), true));
      assertThat(client.nextEvent()).isEqualTo("data: last\n");
    }
    await(() -> server.dialect.closedSources.get() == 1);
  }

  @Test
  void idsAndNamesCannotBreakOut() {
    StringBuilder text = new StringBuilder();
    EventWriter.append(text, event("1\ndata: forged", "a\r\nid: 2", "x\n\nid: 3"));
    assertThat(text.toString())
        .isEqualTo("id: 1data: forged\nevent: aid: 2\ndata: x\ndata: \ndata: id: 3\n\n");
  }

  @Test
  void aClientThatHangsUpIsLetGoAtOnce() throws Exception {
    try (Client client = open("/v1/events")) {
      assertThat(client.next()).startsWith(":");
    }
    await(() -> server.dialect.closedSources.get() == 1);
  }

  @Test
  void aClientThatDoesNotReadIsDroppedAndHoldsUpNobody() throws Exception {
    try (Client slow = open("/v1/flood");
        Client other = open("/v1/events")) {
      await(() -> server.dialect.closedSources.get() == 1);
      server.dialect.events.add(new Batch(List.of(event("1", "a", "b")), false));
      assertThat(other.nextEvent()).isEqualTo("id: 1\nevent: a\ndata: b\n");
      assertThat(slow.socket().isClosed()).isFalse();
    }
    assertThat(server.metrics.text())
        .contains("paddock_streams_dropped_total{reason=\"slow_client\"} 1");
    server.close();
    assertThat(server.logged()).contains("\"note\":\"slow client\"");
    start();
  }

  @Test
  void twoHundredStreamsAllHearOneEach() throws Exception {
    List<Client> clients = new ArrayList<>();
    try {
      for (int i = 0; i < 200; i++) {
        clients.add(open("/v1/events"));
      }
      assertThat(server.metrics.text()).contains("paddock_streams_open 200\n");
      for (int i = 0; i < 200; i++) {
        server.dialect.events.add(new Batch(List.of(event("1", "a", "b")), true));
      }
      for (Client client : clients) {
        assertThat(client.nextEvent()).isEqualTo("id: 1\nevent: a\ndata: b\n");
      }
    } finally {
      for (Client client : clients) {
        client.close();
      }
    }
    await(() -> server.dialect.closedSources.get() == 200);
    assertThat(server.dialect.openSources.get()).isEqualTo(200);
  }

  @Test
  void drainingEndsStreamsCleanlyAndLetsRequestsEnd() throws Exception {
    try (Client stream = open("/v1/events")) {
      Thread asking =
          Thread.ofVirtual()
              .start(() -> assertThat(server.get("/v1/slow").body()).contains("done"));
      server.dialect.entered.acquire();
      Thread draining =
          Thread.ofVirtual()
              .start(
                  () -> {
                    try {
                      assertThat(server.http.drain()).isTrue();
                    } catch (InterruptedException e) {
                      Thread.currentThread().interrupt();
                    }
                  });
      String last = stream.next();
      while (last.startsWith(":")) {
        last = stream.next();
      }
      assertThat(last).isEqualTo("end");
      server.dialect.release.release();
      asking.join();
      draining.join();
    }
  }
}
