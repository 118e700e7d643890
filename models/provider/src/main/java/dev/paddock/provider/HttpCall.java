package dev.paddock.provider;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A request whose answer is one JSON object. */
final class HttpCall {
  private HttpCall() {}

  /**
   * Asks and waits.
   *
   * @param what was asked for, for the message of a failure
   */
  static ObjectNode answer(
      Endpoint where, String what, HttpRequest request, Duration timeout, int maxBytes)
      throws InterruptedException {
    CompletableFuture<HttpResponse<ResponseBody>> response =
        Http.CLIENT.sendAsync(request, info -> new ResponseBody());
    try {
      HttpResponse<ResponseBody> head = response.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
      try {
        String text = head.body().text(maxBytes, timeout);
        if (head.statusCode() != 200) {
          throw UpstreamErrors.status(where, what, head.statusCode(), head.headers(), text);
        }
        return Wire.object(where, text);
      } finally {
        head.body().cancel();
      }
    } catch (TimeoutException e) {
      throw new ModelException(
          ErrorCode.TIMEOUT,
          "%s did not answer for %s in time".formatted(where.provider(), what),
          e);
    } catch (ExecutionException e) {
      Throwable cause = e.getCause();
      throw UpstreamErrors.broken(where, cause == null ? e : cause);
    } finally {
      response.cancel(true);
    }
  }
}
