package dev.paddock.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.paddock.core.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;

/** A model server for {@link Training}: it asks for a few commands, then it is done. */
final class TrainingModel implements AutoCloseable {
  private final HttpServer server;
  private final int calls;

  TrainingModel(int calls) throws IOException {
    this.calls = calls;
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/v1/chat/completions", this::answer);
    server.start();
  }

  String url() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/v1";
  }

  private void answer(HttpExchange exchange) throws IOException {
    try (exchange) {
      JsonNode request = Json.tree(new String(exchange.getRequestBody().readAllBytes(), UTF_8));
      int done = 0;
      for (JsonNode message : request.path("messages")) {
        done += message.path("role").asText().equals("tool") ? 1 : 0;
      }
      exchange.getResponseHeaders().set("content-type", "text/event-stream");
      exchange.sendResponseHeaders(200, 0);
      try (OutputStream out = exchange.getResponseBody()) {
        write(out, done < calls ? call(done) : Json.object().put("content", "done"), "");
        write(out, Json.object(), done < calls ? "tool_calls" : "stop");
        out.write("data: [DONE]\n\n".getBytes(UTF_8));
      }
    }
  }

  private static ObjectNode call(int number) {
    ObjectNode delta = Json.object();
    ObjectNode call = delta.putArray("tool_calls").addObject();
    call.put("index", 0).put("id", "call_" + number).put("type", "function");
    call.putObject("function")
        .put("name", "bash")
        .put("arguments", Json.write(Json.object().put("command", "echo " + number)));
    return delta;
  }

  private static void write(OutputStream out, ObjectNode delta, String finish) throws IOException {
    ObjectNode chunk = Json.object().put("id", "a").put("model", "training");
    ObjectNode choice = chunk.putArray("choices").addObject().put("index", 0);
    choice.set("delta", delta);
    if (!finish.isEmpty()) {
      choice.put("finish_reason", finish);
      chunk.putObject("usage").put("prompt_tokens", 1).put("completion_tokens", 1);
    }
    out.write(("data: " + Json.write(chunk) + "\n\n").getBytes(UTF_8));
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
