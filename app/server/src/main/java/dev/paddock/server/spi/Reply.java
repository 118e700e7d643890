package dev.paddock.server.spi;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.InputStream;
import java.util.Map;

/** What is answered. */
public sealed interface Reply {
  int status();

  Map<String, String> headers();

  /** A JSON body. */
  record Json(int status, Map<String, String> headers, JsonNode body) implements Reply {}

  /** Bytes; the stream is closed by the server. {@code length} is -1 when it is not known. */
  record Bytes(int status, Map<String, String> headers, InputStream body, long length)
      implements Reply {}

  /** No body. */
  record Empty(int status, Map<String, String> headers) implements Reply {}

  /** A stream of server-sent events. The head is sent at once. */
  record Events(Map<String, String> headers, EventSource source) implements Reply {
    @Override
    public int status() {
      return 200;
    }
  }

  static Json ok(JsonNode body) {
    return new Json(200, Map.of(), body);
  }

  /**
   * Bytes to be saved, never shown by a browser as a part of this server.
   *
   * @param length -1 when it is not known
   */
  static Bytes download(String contentType, InputStream body, long length) {
    return new Bytes(
        200,
        Map.of("content-type", contentType, "content-disposition", "attachment"),
        body,
        length);
  }

  static Events events(EventSource source) {
    return new Events(Map.of(), source);
  }
}
