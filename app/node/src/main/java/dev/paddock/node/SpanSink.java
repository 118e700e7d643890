package dev.paddock.node;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.Map;

/** Where spans go. */
sealed interface SpanSink {
  void send(ObjectNode request) throws IOException, InterruptedException;

  /** A file of JSON lines, as the OpenTelemetry file exporter writes it. */
  record ToFile(Path file) implements SpanSink {
    @Override
    public void send(ObjectNode request) throws IOException {
      try (OutputStream out =
          Files.newOutputStream(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
        out.write((Json.write(request) + "\n").getBytes(StandardCharsets.UTF_8));
      }
    }
  }

  /** OTLP over HTTP with JSON; {@code headers} may hold a key and are never shown. */
  record ToEndpoint(URI traces, Map<String, String> headers, HttpClient client)
      implements SpanSink {
    private static final Duration TIMEOUT = Duration.ofSeconds(10);

    static ToEndpoint of(URI traces, Map<String, String> headers) {
      return new ToEndpoint(
          traces, headers, HttpClient.newBuilder().connectTimeout(TIMEOUT).build());
    }

    @Override
    public void send(ObjectNode request) throws IOException, InterruptedException {
      HttpRequest.Builder post =
          HttpRequest.newBuilder(traces)
              .timeout(TIMEOUT)
              .header("content-type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofByteArray(Json.bytes(request)));
      headers.forEach(post::header);
      HttpResponse<Void> answer = client.send(post.build(), HttpResponse.BodyHandlers.discarding());
      if (answer.statusCode() / 100 != 2) {
        throw new IOException("the collector at " + traces + " answered " + answer.statusCode());
      }
    }

    @Override
    public String toString() {
      return traces.toString();
    }
  }
}
