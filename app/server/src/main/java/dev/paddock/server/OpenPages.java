package dev.paddock.server;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route.Scope;
import java.io.ByteArrayInputStream;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What needs no key: whether the server lives, whether it is ready, and its counts. */
final class OpenPages {
  private final Readiness readiness;
  private final Metrics metrics;
  private final Authentication authentication;
  private final boolean behindProxy;

  OpenPages(
      Readiness readiness, Metrics metrics, Authentication authentication, boolean behindProxy) {
    this.readiness = readiness;
    this.metrics = metrics;
    this.authentication = authentication;
    this.behindProxy = behindProxy;
  }

  /** The answer, if the path is one of these. */
  Optional<Reply> answer(RequestHead head, InetAddress peer) {
    if (!head.method().equals("GET") && !head.method().equals("HEAD")) {
      return Optional.empty();
    }
    return switch (head.path()) {
      case "/healthz" -> Optional.of(Reply.ok(Json.object().put("status", "ok")));
      case "/readyz" -> Optional.of(ready());
      case "/metrics" -> Optional.of(metrics(head, peer));
      default -> Optional.empty();
    };
  }

  private Reply ready() {
    List<String> missing = readiness.missing();
    ObjectNode body = Json.object().put("status", missing.isEmpty() ? "ready" : "not ready");
    if (missing.isEmpty()) {
      return Reply.ok(body);
    }
    ArrayNode parts = body.putArray("missing");
    missing.forEach(parts::add);
    return new Reply.Json(503, Map.of(), body);
  }

  /**
   * Counts tell who works with what, so they need a key, except here on this machine. A page in a
   * browser here may have been made to ask by a foreign site; it then names a foreign host.
   */
  private Reply metrics(RequestHead head, InetAddress peer) {
    if (behindProxy || !peer.isLoopbackAddress() || !namesLoopback(head)) {
      Authentication.require(authentication.caller(head), Scope.READ);
    }
    byte[] text = metrics.text().getBytes(StandardCharsets.UTF_8);
    return new Reply.Bytes(
        200,
        Map.of("content-type", "text/plain; version=0.0.4; charset=utf-8"),
        new ByteArrayInputStream(text),
        text.length);
  }

  private static boolean namesLoopback(RequestHead head) {
    String host = head.header("host").orElse("").replaceFirst(":\\d+$", "");
    return host.equals("localhost") || host.equals("127.0.0.1") || host.equals("[::1]");
  }
}
