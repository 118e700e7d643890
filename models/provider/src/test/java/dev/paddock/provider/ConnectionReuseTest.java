package dev.paddock.provider;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.paddock.provider.spi.Message;
import dev.paddock.provider.spi.Model;
import dev.paddock.provider.spi.ModelEvent;
import dev.paddock.provider.spi.ModelRequest;
import dev.paddock.provider.spi.ModelStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A new connection for every turn would cost a TLS handshake each. */
final class ConnectionReuseTest {
  private static final int REQUESTS = 20;

  private final Set<Integer> ports = ConcurrentHashMap.newKeySet();
  private final Semaphore ended = new Semaphore(0);
  private HttpServer server;

  @BeforeEach
  void start() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/", this::answer);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop(0);
  }

  /** Its last, empty chunk is sent when the client has read all that matters. */
  private void answer(HttpExchange exchange) throws IOException {
    ports.add(exchange.getRemoteAddress().getPort());
    exchange.getRequestBody().readAllBytes();
    exchange.getResponseHeaders().set("content-type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    String text =
        TestingAdapter.OPENAI.textEvent("a")
            + "data: {\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n"
            + "data: [DONE]\n\n";
    exchange.getResponseBody().write(text.getBytes(UTF_8));
    exchange.getResponseBody().flush();
    try {
      assertThat(ended.tryAcquire(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    exchange.close();
  }

  @Test
  void aConnectionIsUsedAgainThoughItsEndComesLate() throws InterruptedException {
    URI base = URI.create("http://127.0.0.1:" + server.getAddress().getPort());
    Model model = TestingAdapter.OPENAI.model(base, HttpLimits.DEFAULT);
    for (int i = 0; i < REQUESTS; i++) {
      try (ModelStream stream =
          model.stream(ModelRequest.of(List.of(Message.User.of("question"))))) {
        Optional<ModelEvent> event = stream.next();
        while (event.isPresent() && !(event.get() instanceof ModelEvent.End)) {
          event = stream.next();
        }
        assertThat(event).isPresent();
      }
      ended.release();
    }
    assertThat(ports).hasSizeLessThan(REQUESTS);
  }
}
