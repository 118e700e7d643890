package dev.paddock.server;

import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.Json;
import dev.paddock.server.spi.Problem;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/** Answers what is so malformed that it never becomes a request. */
final class MalformedRequests extends ErrorHandler {
  private final Metrics metrics;
  private final ServerLog log;

  MalformedRequests(Metrics metrics, ServerLog log) {
    this.metrics = metrics;
    this.log = log;
  }

  /** Jetty would answer some methods with nothing. */
  @Override
  public boolean errorPageForMethod(String method) {
    return true;
  }

  @Override
  protected void generateResponse(
      Request request,
      Response response,
      int status,
      @Nullable String message,
      @Nullable Throwable cause,
      Callback callback) {
    String id = Ids.next("req");
    // A version of HTTP that there is not is the client's mistake, not a failure of this server.
    int answered = status == HttpStatus.HTTP_VERSION_NOT_SUPPORTED_505 ? 400 : status;
    if (answered >= 500 && cause != null) {
      log.failure("request failed", id, cause);
    }
    log.write(
        log.line(ServerLog.Level.INFO, "malformed request")
            .put("request_id", id)
            .put("status", answered));
    metrics.request("malformed", "", answered, 0);
    Problem problem =
        new Problem(
            answered,
            answered >= 500 ? ErrorCode.INTERNAL : ErrorCode.INVALID_REQUEST,
            answered >= 500
                ? "internal error; the server's log tells more under " + id
                : "malformed request: " + HttpStatus.getMessage(status),
            Optional.empty(),
            Optional.empty(),
            Optional.empty());
    response.setStatus(answered);
    response.getHeaders().put("request-id", id).put("x-request-id", id);
    response.getHeaders().put("content-type", "application/json");
    byte[] body = Json.bytes(PlainDialect.INSTANCE.error(problem, id).body());
    response.write(true, ByteBuffer.wrap(body), callback);
  }
}
