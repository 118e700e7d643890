package dev.paddock.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.Json;
import dev.paddock.server.spi.Dialect;
import dev.paddock.server.spi.Platform;
import dev.paddock.server.spi.Problem;
import dev.paddock.server.spi.Reply;
import dev.paddock.server.spi.RequestHead;
import dev.paddock.server.spi.Route;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** The errors of requests that no vendor's dialect claims. */
final class PlainDialect implements Dialect {
  static final PlainDialect INSTANCE = new PlainDialect();

  private PlainDialect() {}

  @Override
  public String name() {
    return "paddock";
  }

  @Override
  public List<Route> routes(Platform platform) {
    return List.of();
  }

  @Override
  public List<NotOffered> notOffered() {
    return List.of();
  }

  @Override
  public boolean claims(RequestHead head) {
    return true;
  }

  @Override
  public Reply.Json error(Problem problem, String requestId) {
    ObjectNode body = Json.object();
    ObjectNode error = body.putObject("error");
    error.put("type", problem.code().name().toLowerCase(Locale.ROOT));
    error.put("message", problem.message());
    problem.field().ifPresent(field -> error.put("field", field));
    body.put("request_id", requestId);
    return new Reply.Json(problem.status(), Map.of(), body);
  }
}
