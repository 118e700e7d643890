package dev.paddock.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.paddock.core.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;

/** An OpenAI-compatible server on loopback that answers as its script says. */
final class TestingOpenAi implements AutoCloseable {
  private static final Duration PACE = Duration.ofMillis(20);
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private final HttpServer server;
  private final Function<JsonNode, Answer> script;
  private final List<JsonNode> requests = new CopyOnWriteArrayList<>();
  private final CountDownLatch closed = new CountDownLatch(1);

  /** What the model says to one request. */
  sealed interface Answer {
    record Text(String text) implements Answer {}

    record Calls(List<Call> calls) implements Answer {}

    record Failure(int status, Map<String, String> headers) implements Answer {
      Failure(int status) {
        this(status, Map.of());
      }
    }

    /** Bytes that are sent as an event stream, as they are, and what comes then. */
    record Raw(String text, Ending ending) implements Answer {}

    /** The word again and again until the client hangs up. */
    record Endless(String word) implements Answer {}
  }

  record Call(String name, ObjectNode arguments) {}

  /** How a raw answer ends: well, with the connection cut off, or never. */
  enum Ending {
    WHOLE,
    CUT,
    SILENCE
  }

  TestingOpenAi(Function<JsonNode, Answer> script) {
    this.script = script;
    try {
      server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException e) {
      throw new java.io.UncheckedIOException(e);
    }
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/v1/chat/completions", this::complete);
    server.createContext("/v1/models", this::models);
    server.createContext("/v1/embeddings", this::embed);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  /** How many results of calls the conversation has. */
  static int results(JsonNode request) {
    int results = 0;
    for (JsonNode message : request.path("messages")) {
      results += message.path("role").asText().equals("tool") ? 1 : 0;
    }
    return results;
  }

  List<JsonNode> requests() {
    return requests;
  }

  private void models(HttpExchange exchange) throws IOException {
    answer(
        exchange,
        200,
        "application/json",
        "{\"object\":\"list\",\"data\":[{\"id\":\"scripted\",\"object\":\"model\",\"created\":1700000000,\"owned_by\":\"tests\"}]}");
  }

  /** Vectors that tell texts of different lengths apart. */
  private void embed(HttpExchange exchange) throws IOException {
    JsonNode request = Json.read(exchange.getRequestBody().readAllBytes(), JsonNode.class);
    JsonNode input = request.path("input");
    ObjectNode answer = Json.object().put("object", "list");
    answer.put("model", request.path("model").asText());
    ArrayNode data = answer.putArray("data");
    int inputs = input.isArray() && !input.path(0).isNumber() ? input.size() : 1;
    for (int i = 0; i < inputs; i++) {
      String text = input.isTextual() ? input.textValue() : input.path(i).toString();
      ObjectNode item = data.addObject().put("object", "embedding").put("index", i);
      item.putArray("embedding").add(1.0).add(text.length()).add(0.5);
    }
    answer.putObject("usage").put("prompt_tokens", 3).put("total_tokens", 3);
    answer(exchange, 200, "application/json", Json.write(answer));
  }

  private static void endless(HttpExchange exchange, String word) throws IOException {
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    exchange.sendResponseHeaders(200, 0);
    byte[] more =
        chunk(Json.object().put("role", "assistant").put("content", word), "")
            .getBytes(StandardCharsets.UTF_8);
    try (OutputStream body = exchange.getResponseBody()) {
      long end = System.nanoTime() + LONGEST.toNanos();
      while (System.nanoTime() < end) {
        body.write(more);
        body.flush();
        LockSupport.parkNanos(PACE.toNanos());
      }
    }
  }

  private void raw(HttpExchange exchange, Answer.Raw raw) throws IOException {
    byte[] bytes = raw.text().getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", "text/event-stream");
    long announced = bytes.length + (raw.ending() == Ending.WHOLE ? 0L : 1000L);
    exchange.sendResponseHeaders(200, announced);
    exchange.getResponseBody().write(bytes);
    exchange.getResponseBody().flush();
    if (raw.ending() == Ending.SILENCE) {
      try {
        closed.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
      }
    }
    exchange.close();
  }

  private void complete(HttpExchange exchange) throws IOException {
    JsonNode request = Json.read(exchange.getRequestBody().readAllBytes(), JsonNode.class);
    requests.add(request);
    switch (script.apply(request)) {
      case Answer.Failure failure -> {
        failure.headers().forEach(exchange.getResponseHeaders()::set);
        answer(
            exchange,
            failure.status(),
            "application/json",
            "{\"error\":{\"message\":\"scripted\"}}");
      }
      case Answer.Raw raw -> raw(exchange, raw);
      case Answer.Endless endless -> endless(exchange, endless.word());
      case Answer.Text text -> {
        StringBuilder events = new StringBuilder();
        for (String word : text.text().split("(?<= )")) {
          events.append(chunk(Json.object().put("role", "assistant").put("content", word), ""));
        }
        answer(
            exchange,
            200,
            "text/event-stream",
            events + chunk(Json.object(), "stop") + "data: [DONE]\n\n");
      }
      case Answer.Calls calls -> {
        StringBuilder events = new StringBuilder();
        int index = 0;
        for (Call call : calls.calls()) {
          ObjectNode delta = Json.object().put("role", "assistant");
          ObjectNode tool = delta.putArray("tool_calls").addObject();
          tool.put("index", index)
              .put("id", "call_" + requests.size() + "_" + index)
              .put("type", "function");
          tool.putObject("function")
              .put("name", call.name())
              .put("arguments", Json.write(call.arguments()));
          events.append(chunk(delta, ""));
          index++;
        }
        answer(
            exchange,
            200,
            "text/event-stream",
            events + chunk(Json.object(), "tool_calls") + "data: [DONE]\n\n");
      }
    }
  }

  static String chunk(ObjectNode delta, String finish) {
    ObjectNode chunk = Json.object().put("id", "chatcmpl-1").put("object", "chat.completion.chunk");
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
    choice.set("delta", delta);
    if (!finish.isEmpty()) {
      choice.put("finish_reason", finish);
      chunk
          .putObject("usage")
          .put("prompt_tokens", 100)
          .put("completion_tokens", 10)
          .put("total_tokens", 110);
    }
    return "data: " + Json.write(chunk) + "\n\n";
  }

  private static void answer(HttpExchange exchange, int status, String type, String body)
      throws IOException {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getResponseHeaders().set("Content-Type", type);
    exchange.sendResponseHeaders(status, bytes.length);
    exchange.getResponseBody().write(bytes);
    exchange.close();
  }

  @Override
  public void close() {
    closed.countDown();
    server.stop(0);
  }
}
