package dev.paddock.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.paddock.core.ErrorCode;
import dev.paddock.core.Ids;
import dev.paddock.core.PaddockException;
import dev.paddock.node.PortPreviews;
import dev.paddock.node.PortPreviews.Known;
import dev.paddock.node.PreviewOrigin;
import dev.paddock.server.PreviewAccess.Proof;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Optional;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Answers at the host of a preview: who may open it is let through to the program, everyone else
 * gets a page that says why not. Runs on a virtual thread.
 */
final class PreviewHandler {
  private final PortPreviews previews;
  private final PreviewForward forward;
  private final Running running;
  private final Metrics metrics;
  private final ServerLog log;

  PreviewHandler(
      PortPreviews previews,
      PreviewForward forward,
      Running running,
      Metrics metrics,
      ServerLog log) {
    this.previews = previews;
    this.forward = forward;
    this.running = running;
    this.metrics = metrics;
    this.log = log;
  }

  boolean handle(
      PreviewOrigin origin, String id, Request request, Response response, Callback callback) {
    long began = System.nanoTime();
    ClientEndPoint connection = ClientEndPoint.of(request);
    connection.requestBegins();
    String session = "";
    try (Running.Turn turn = running.begin()) {
      if (!turn.admitted()) {
        throw new PreviewRefusal(503, "The server is stopping", "Try again in a moment.");
      }
      Known known = known(id);
      session = known.session().value();
      answer(origin, known, request, response, callback);
    } catch (PreviewRefusal refusal) {
      refuse(refusal, request, response, callback);
    } catch (IOException e) { // the viewer is gone, or the program broke off
      callback.failed(e);
    } catch (InterruptedException e) {
      callback.failed(e);
      Thread.currentThread().interrupt();
    } catch (RuntimeException e) {
      fail(e, request, response, callback);
    } finally {
      connection.requestEnds();
    }
    write(request, response.getStatus(), session, System.nanoTime() - began);
    return true;
  }

  private Known known(String id) throws PreviewRefusal {
    Known known =
        previews
            .find(id)
            .orElseThrow(
                () ->
                    new PreviewRefusal(
                        404, "There is no such preview", "Its address is wrong, or it is gone."));
    return switch (known.state()) {
      case OPEN -> known;
      case EXPIRED ->
          throw gone("It was open until " + known.expiresAt() + ". Ask the agent for a new one.");
      case REVOKED -> throw gone("It was revoked. Ask the agent for a new one.");
      case ENDED -> throw gone("Its session has ended.");
    };
  }

  private static PreviewRefusal gone(String why) {
    return new PreviewRefusal(410, "This preview is over", why);
  }

  private void answer(
      PreviewOrigin origin, Known known, Request request, Response response, Callback callback)
      throws IOException, InterruptedException {
    String own = origin.of(known.id());
    String target = PreviewAccess.target(request);
    switch (PreviewAccess.proof(previews, known.id(), own, request)) {
      case Proof.Link link -> {
        response.setStatus(303);
        response.getHeaders().put(HttpHeader.LOCATION, own + target);
        response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
        response.getHeaders().put("Referrer-Policy", "no-referrer");
        response
            .getHeaders()
            .put(
                HttpHeader.SET_COOKIE,
                "%s=%s; Path=/; HttpOnly; SameSite=Lax%s"
                    .formatted(
                        PreviewAccess.COOKIE, link.token(), origin.secure() ? "; Secure" : ""));
        callback.succeeded();
      }
      case Proof.Bearer ignored ->
          forward.pass(origin, known, target, true, request, response, callback);
      case Proof.Cookie ignored ->
          forward.pass(origin, known, target, false, request, response, callback);
    }
  }

  private static void refuse(
      PreviewRefusal refusal, Request request, Response response, Callback callback) {
    if (response.isCommitted()) {
      callback.failed(refusal);
      return;
    }
    response.reset();
    response.setStatus(refusal.status());
    response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/html; charset=utf-8");
    response.getHeaders().put(HttpHeader.CACHE_CONTROL, "no-store");
    response
        .getHeaders()
        .put("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'");
    boolean head = request.getMethod().equals("HEAD");
    response.write(true, head ? ByteBuffer.allocate(0) : ByteBuffer.wrap(refusal.page()), callback);
  }

  private void fail(RuntimeException e, Request request, Response response, Callback callback) {
    String id = Ids.next("req");
    boolean busy = e instanceof PaddockException known && known.code().retryable();
    if (!busy && !(e instanceof PaddockException known && known.code() == ErrorCode.CONFLICT)) {
      log.failure("preview failed", id, e);
    }
    refuse(
        busy
            ? new PreviewRefusal(503, "Not now", "The server cannot answer now; try again.", e)
            : new PreviewRefusal(
                500, "Internal error", "The server's log tells more under " + id + ".", e),
        request,
        response,
        callback);
  }

  /** Never the id, the path or a header. */
  private void write(Request request, int status, String session, long nanos) {
    metrics.request("preview", request.getMethod(), status, nanos);
    ObjectNode line = log.line(ServerLog.Level.INFO, "preview");
    line.put("method", shown(request.getMethod())).put("status", status);
    line.put("ms", nanos / 1_000_000);
    Optional.of(session).filter(known -> !known.isEmpty()).ifPresent(it -> line.put("session", it));
    log.write(line);
  }

  private static String shown(String text) {
    return text.length() > 20 ? text.substring(0, 20) + "…" : text;
  }
}
