package dev.paddock.server;

import dev.paddock.core.Json;
import dev.paddock.server.spi.Reply;
import java.io.IOException;
import java.io.InputStream;
import java.util.LinkedHashMap;
import java.util.Map;
import org.eclipse.jetty.server.Response;

/** Writes what a route answered. */
final class ReplyWriter {
  private static final int BUFFER = 64 << 10;
  private static final byte[] NOTHING = new byte[0];

  private final OpenStreams streams;
  private final Metrics metrics;
  private final Timeouts timeouts;

  ReplyWriter(OpenStreams streams, Metrics metrics, Timeouts timeouts) {
    this.streams = streams;
    this.metrics = metrics;
    this.timeouts = timeouts;
  }

  static Reply with(Reply reply, String name, String value) {
    Map<String, String> headers = new LinkedHashMap<>(reply.headers());
    headers.putIfAbsent(name, value);
    return switch (reply) {
      case Reply.Json json -> new Reply.Json(json.status(), headers, json.body());
      case Reply.Bytes bytes ->
          new Reply.Bytes(bytes.status(), headers, bytes.body(), bytes.length());
      case Reply.Empty empty -> new Reply.Empty(empty.status(), headers);
      case Reply.Events events -> new Reply.Events(headers, events.source());
    };
  }

  void write(Reply reply, Exchange exchange, Response response)
      throws IOException, InterruptedException {
    response.setStatus(reply.status());
    reply.headers().forEach((name, value) -> response.getHeaders().put(name, value));
    response.getHeaders().put("x-content-type-options", "nosniff");
    ResponseSink sink = new ResponseSink(response, timeouts.write());
    boolean headOnly = exchange.head.method().equals("HEAD");
    switch (reply) {
      case Reply.Json json -> json(json, sink, response, headOnly);
      case Reply.Bytes bytes -> bytes(bytes, sink, response, headOnly);
      case Reply.Empty empty -> sink.write(true, NOTHING, 0, 0);
      case Reply.Events events -> events(events, sink, response, headOnly);
    }
  }

  private static void json(Reply.Json json, ResponseSink sink, Response response, boolean headOnly)
      throws IOException {
    byte[] body = Json.bytes(json.body());
    if (!json.headers().containsKey("content-type")) {
      response.getHeaders().put("content-type", "application/json");
    }
    response.getHeaders().put("content-length", body.length);
    sink.write(true, headOnly ? NOTHING : body, 0, headOnly ? 0 : body.length);
  }

  private static void bytes(
      Reply.Bytes bytes, ResponseSink sink, Response response, boolean headOnly)
      throws IOException {
    try (InputStream body = bytes.body()) {
      if (bytes.length() >= 0) {
        response.getHeaders().put("content-length", bytes.length());
      }
      if (!headOnly) {
        byte[] buffer = new byte[BUFFER];
        for (int n = body.read(buffer); n >= 0; n = body.read(buffer)) {
          sink.write(false, buffer, 0, n);
        }
      }
      sink.write(true, NOTHING, 0, 0);
    }
  }

  private void events(Reply.Events events, ResponseSink sink, Response response, boolean headOnly)
      throws IOException, InterruptedException {
    response.getHeaders().put("content-type", "text/event-stream; charset=utf-8");
    response.getHeaders().put("cache-control", "no-cache, no-transform");
    response.getHeaders().put("x-accel-buffering", "no");
    try (OpenStreams.Stream stream = streams.open(events.source())) {
      if (headOnly) {
        sink.write(true, NOTHING, 0, 0);
        return;
      }
      try (HangUps.Watch _ = HangUps.CLIENT.get().watch(stream::end)) {
        new EventWriter(sink, timeouts.ping()).write(stream);
      }
    } catch (ResponseSink.SlowClientException e) {
      metrics.streamDropped("slow_client");
      throw e;
    } catch (IOException e) {
      metrics.streamDropped("client_gone");
      throw e;
    } catch (RuntimeException e) {
      metrics.streamDropped("failed");
      throw e;
    }
  }
}
