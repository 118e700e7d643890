package dev.paddock.checks;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.paddock.core.Json;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;
import java.util.function.Function;

/** An OpenAI-compatible server on loopback that answers as its script says. */
final class TestingOpenAi implements AutoCloseable {
  private final HttpServer server;
  private final Function<JsonNode, Answer> script;
  private final List<JsonNode> requests = new CopyOnWriteArrayList<>();

  /** What the model says to one request. */
  sealed interface Answer {
    record Text(String text) implements Answer {}

    record Calls(List<Call> calls) implements Answer {}

    record Failure(int status) implements Answer {}
  }

  record Call(String name, ObjectNode arguments) {}

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
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  List<JsonNode> requests() {
    return requests;
  }

  private void models(HttpExchange exchange) throws IOException {
    answer(
        exchange,
        200,
        "application/json",
        "{\"object\":\"list\",\"data\":[{\"id\":\"scripted\"}]}");
  }

  private void complete(HttpExchange exchange) throws IOException {
    JsonNode request = Json.read(exchange.getRequestBody().readAllBytes(), JsonNode.class);
    requests.add(request);
    switch (script.apply(request)) {
      case Answer.Failure failure ->
          answer(
              exchange,
              failure.status(),
              "application/json",
              "{\"error\":{\"message\":\"scripted\"}}");
      case Answer.Text text -> {
        ObjectNode delta = Json.object().put("role", "assistant").put("content", text.text());
        answer(
            exchange,
            200,
            "text/event-stream",
            chunk(delta, "") + chunk(Json.object(), "stop") + "data: [DONE]\n\n");
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

  private static String chunk(ObjectNode delta, String finish) {
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
    server.stop(0);
  }
}
